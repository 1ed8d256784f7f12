// The inner loops of delimited text, in AssemblyScript: cells found, decimals read and written, in the module's own
// memory. Powers of ten up to 10^22 are doubles, so scaling by one is an error-free product (Dekker 1971). Where that
// does not settle the last digit, and for unusual numbers, JavaScript's own Number and String are asked.

const LF: i32 = 10;
const CR: i32 = 13;
const QUOTE: i32 = 34;
const BACKSLASH: i32 = 92;
const MINUS: i32 = 45;
const POINT: i32 = 46;
const ZERO: i32 = 48;

// biome-ignore format: a table
const POWERS = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);

// Powers of ten up to 10^8.
const WHOLE_POWERS = memory.data<u64>([1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000]);

// The two digits of every number below 100.
const PAIRS = memory.data(200);
for (let n = 0; n < 100; n++) store<u16>(PAIRS + 2 * n, (ZERO + n / 10) | ((ZERO + (n % 10)) << 8));

/** The first address that tables leave free. */
export function firstFree(): i32 {
  return <i32>__heap_base;
}

/** String(x) in ASCII at a place; gives the place after it. */
declare function format(x: f64, at: i32): i32;

/** The bytes of [start, end) as a JSON string at a place; gives the place after it. */
declare function escape(start: i32, end: i32, at: i32): i32;

// The index of rows has, as i32, for each row: the start and the end of its bytes, how many cells it has, the line on
// which it begins; then the start and the end of the cell of each column of the table.
const HEAD: i32 = 16;

let resume: i32 = 0;
let resumeLine: i32 = 0;
let irregular: i32 = 0;
let stray: i32 = 0;

/** The first line for which the last index had no room, or the end; the line of the stray quote where there is one. */
export function resumePlace(): i32 {
  return resume;
}

/** The number of that line. */
export function resumeNumber(): i32 {
  return resumeLine;
}

/** How many rows of the last index have a quoted cell, or more or fewer cells than the table has columns. */
export function irregularRows(): i32 {
  return irregular;
}

/**
 * Where something else than a delimiter or a line end follows the closing
 * quote of a cell, which ends the index; 0: nowhere.
 */
export function strayPlace(): i32 {
  return stray;
}

/**
 * Finds the cells of the lines in [start, end), which ends with a line end; the 15 bytes beyond it are read
 * too. The first line has the number line. Blank lines are no rows, nor are lines that begin with the byte
 * comment (0: none does). A cell that begins with a quote goes on to its closing quote, and its place in
 * the index is what lies between, where doubled quotes are made single; the byte before it is a quote,
 * which no other cell has. Gives how many rows the index now has.
 */
export function indexLines(
  start: i32, end: i32, line: i32, delimiter: i32, comment: i32, columns: i32, index: i32, indexEnd: i32,
): i32 {
  const stride = HEAD + (columns << 3);
  const delimiters = i8x16.splat(<i8>delimiter);
  const lineFeeds = i8x16.splat(<i8>LF);
  const returns = i8x16.splat(<i8>CR);
  let row = index;
  let cell = row + HEAD;
  let lineStart = start;
  let cellStart = start;
  // Where the content of a quoted cell ends, and whether its row has one.
  let quotedEnd = 0;
  let hasQuoted = false;
  let number = line;
  irregular = stray = 0;
  let chunk = start;
  while (chunk < end && row + stride <= indexEnd) {
    if (chunk == cellStart) {
      const first: i32 = load<u8>(chunk);
      if (first == QUOTE) {
        chunk = readQuoted(chunk + 1, end);
        quotedEnd = contentEnd;
        cellStart++;
        hasQuoted = true;
        const next: i32 = load<u8>(chunk);
        number += countLines(cellStart, quotedEnd);
        if (chunk >= end || (next != delimiter && next != LF && next != CR)) {
          stray = chunk;
          line = number;
          break;
        }
      } else if (first == comment && chunk == lineStart && comment != 0) {
        while (load<u8>(chunk) != LF && load<u8>(chunk) != CR) chunk++;
        lineStart = cellStart = chunk;
      }
    }
    const bytes = v128.load(chunk);
    const ends = v128.or(i8x16.eq(bytes, lineFeeds), i8x16.eq(bytes, returns));
    let next = chunk + 16;
    for (let found = i8x16.bitmask(v128.or(i8x16.eq(bytes, delimiters), ends)); found != 0; found &= found - 1) {
      const at = chunk + ctz(found);
      if (at >= end) break;
      const byte: i32 = load<u8>(at);
      // The second byte of a CRLF.
      if (byte == LF && at == lineStart && load<u8>(at - 1) == CR) {
        lineStart = cellStart = at + 1;
      } else {
        if (cell < row + stride) {
          store<i32>(cell, cellStart);
          store<i32>(cell, quotedEnd != 0 ? quotedEnd : at, 4);
        }
        cell += 8;
        cellStart = at + 1;
        quotedEnd = 0;
        if (byte != delimiter) {
          const cells = (cell - row - HEAD) >> 3;
          if (cells > 1 || at > lineStart) {
            store<i32>(row, lineStart);
            store<i32>(row, at, 4);
            store<i32>(row, cells, 8);
            store<i32>(row, line, 12);
            irregular += i32(hasQuoted || cells != columns);
            for (; cell < row + stride; cell += 8) {
              store<i32>(cell, at);
              store<i32>(cell, at, 4);
            }
            row += stride;
          }
          cell = row + HEAD;
          lineStart = at + 1;
          line = ++number;
          hasQuoted = false;
          if (row + stride > indexEnd) break;
        }
      }
      const first: i32 = load<u8>(cellStart);
      if (first == QUOTE || (first == comment && cellStart == lineStart)) {
        next = cellStart;
        break;
      }
    }
    chunk = next;
  }
  resume = lineStart;
  resumeLine = line;
  return (row - index) / stride;
}

let contentEnd: i32 = 0;

/**
 * From behind the opening quote of a cell on: makes doubled quotes single and gives the place behind the closing quote,
 * or the end where there is none; contentEnd is where the content now ends.
 */
function readQuoted(at: i32, end: i32): i32 {
  const quotes = i8x16.splat(<i8>QUOTE);
  let to = at;
  while (at < end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), quotes));
    const size = found == 0 ? 16 : ctz(found);
    if (to != at) for (let i = 0; i < size; i++) store<u8>(to + i, load<u8>(at + i));
    to += size;
    at += size;
    if (found == 0) continue;
    at++;
    if (load<u8>(at) != QUOTE) break;
    store<u8>(to++, QUOTE);
    at++;
  }
  contentEnd = to;
  return at;
}

/**
 * Reads the numbers in some cells of the rows of an index (count places in the list cells, as i32) into values (f64),
 * row after row; NaN for what is not spelt plainly. mark is the byte before the decimals.
 */
export function readNumbers(index: i32, stride: i32, rows: i32, cells: i32, count: i32, mark: i32, values: i32): void {
  for (const end = index + rows * stride; index < end; index += stride) {
    for (let i = 0; i < count; i++, values += 8) {
      const cell = index + HEAD + (load<i32>(cells + (i << 2)) << 3);
      store<f64>(values, readDecimal(load<i32>(cell), load<i32>(cell, 4), mark));
    }
  }
}

// A field of the rows that are written has, as i32: what it is, the place of its value for row 0, the bytes from there
// to that of the next row, whether it goes by rows of the input, the place and the size of the text before it.
const FIELD: i32 = 24;
// A number; a number or nothing (NaN, infinite); an integer of 64 bits; bytes as they are; bytes quoted where csv needs
// it; the same for a cell that a quote stands before, and any other as it is; bytes as a JSON string.
const NUMBER: i32 = 0;
const NUMBER_OR_NOTHING: i32 = 1;
const INTEGER: i32 = 2;
const BYTES: i32 = 3;
const QUOTED: i32 = 4;
const CELL: i32 = 5;

let written: i32 = 0;

/** The place after the rows last written. */
export function writtenEnd(): i32 {
  return written;
}

/**
 * Writes rows [row, end) at a place, as far as there is room before limit; gives the first row that is
 * left. sources has the row of the input for each row, or is 0 where they are the same; fixed is what a row
 * takes beside its bytes; nothing is written for no number.
 */
export function writeRows(
  row: i32, end: i32, sources: i32, fields: i32, fieldsEnd: i32, fixed: i32, delimiter: i32, nothing: i32, nothingSize: i32,
  tail: i32, tailSize: i32, at: i32, limit: i32,
): i32 {
  for (; row < end; row++) {
    const source = sources == 0 ? row : load<i32>(sources + (row << 2));
    let need = fixed;
    for (let field = fields; field < fieldsEnd; field += FIELD) {
      const kind = load<i32>(field);
      if (kind < BYTES) continue;
      const span = place(field, row, source);
      const size = load<i32>(span, 4) - load<i32>(span);
      need += kind == BYTES ? size : kind <= CELL ? 2 * size : 6 * size;
    }
    if (at + need > limit) break;
    for (let field = fields; field < fieldsEnd; field += FIELD) {
      at = copied(load<i32>(field, 16), load<i32>(field, 20), at);
      const kind = load<i32>(field);
      const value = place(field, row, source);
      if (kind == INTEGER) at = writeInteger(load<i64>(value), at);
      else if (kind < BYTES) {
        const x = load<f64>(value);
        at = kind == NUMBER_OR_NOTHING && !(Math.abs(x) < Infinity) ? copied(nothing, nothingSize, at) : writeDecimal(x, at);
      } else {
        const start = load<i32>(value);
        const stop = load<i32>(value, 4);
        const asItIs = kind == BYTES || (kind == CELL && load<u8>(start - 1) != QUOTE);
        at = asItIs ? copied(start, stop - start, at) : kind <= CELL ? quoted(start, stop, delimiter, at) : json(start, stop, at);
      }
    }
    at = copied(tail, tailSize, at);
  }
  written = at;
  return row;
}

@inline
function place(field: i32, row: i32, source: i32): i32 {
  return load<i32>(field, 4) + load<i32>(field, 8) * (load<i32>(field, 12) != 0 ? source : row);
}

@inline
function copied(from: i32, size: i32, to: i32): i32 {
  copyBytes(to, from, size);
  return to + size;
}

/**
 * Writes bytes as a cell of csv: within quotes, inner ones doubled, where there is a delimiter, a quote or a line end.
 */
function quoted(start: i32, end: i32, delimiter: i32, at: i32): i32 {
  let special = false;
  for (let i = start; i < end && !special; i++) {
    const byte: i32 = load<u8>(i);
    special = byte == delimiter || byte == QUOTE || byte == LF || byte == CR;
  }
  if (!special) return copied(start, end - start, at);
  store<u8>(at++, QUOTE);
  for (let i = start; i < end; i++) {
    const byte = load<u8>(i);
    if (byte == QUOTE) store<u8>(at++, QUOTE);
    store<u8>(at++, byte);
  }
  store<u8>(at, QUOTE);
  return at + 1;
}

/** Writes bytes as a JSON string. */
function json(start: i32, end: i32, at: i32): i32 {
  for (let i = start; i < end; i++) {
    const byte: i32 = load<u8>(i);
    if (byte < 32 || byte > 127 || byte == QUOTE || byte == BACKSLASH) return escape(start, end, at);
  }
  store<u8>(at, QUOTE);
  at = copied(start, end - start, at + 1);
  store<u8>(at, QUOTE);
  return at + 1;
}

/** How many LFs there are in [start, end), and CRs without one. */
export function countLines(start: i32, end: i32): i32 {
  const lineFeeds = i8x16.splat(<i8>LF);
  const returns = i8x16.splat(<i8>CR);
  let lines = 0;
  for (let chunk = start; chunk < end; chunk += 16) {
    const bytes = v128.load(chunk);
    const inside = chunk + 16 <= end ? 0xffff : (1 << (end - chunk)) - 1;
    lines += popcnt(i8x16.bitmask(i8x16.eq(bytes, lineFeeds)) & inside);
    for (let found = i8x16.bitmask(i8x16.eq(bytes, returns)) & inside; found != 0; found &= found - 1) {
      const next = chunk + ctz(found) + 1;
      if (next == end || load<u8>(next) != LF) lines++;
    }
  }
  return lines;
}

/** Copies size bytes; up to 7 beyond them are read, and written. */
export function copyBytes(to: i32, from: i32, size: i32): void {
  for (let i = 0; i < size; i += 8) store<u64>(to + i, load<u64>(from + i));
}

/**
 * The number that [start, end) spell as plain digits with at most one mark (a
 * point or a comma) and a minus; NaN for anything else.
 */
export function readDecimal(start: i32, end: i32, mark: i32): f64 {
  const negative = load<u8>(start) == MINUS;
  const first = start + i32(negative);
  let value: u64 = 0;
  let zeros = 0;
  let i = first;
  for (; i < end; i++) {
    const digit = <u32>load<u8>(i) - ZERO;
    if (digit > 9) break;
    zeros += i32((value | digit) == 0);
    value = value * 10 + digit;
  }
  const before = i - first;
  let places = 0;
  if (i < end) {
    places = end - i - 1;
    if (load<u8>(i++) != mark || places < 1) return NaN;
  }
  for (; i < end; i += 8) {
    // Fewer than eight are read as if as many zeros stood before them.
    const missing = max(i + 8 - end, 0);
    const shift = <u64>missing << 3;
    const eight = (load<u64>(i) << shift) | (EIGHT_ZEROS & ((<u64>1 << shift) - 1));
    if (!areDigits(eight)) return NaN;
    if (value == 0) zeros += <i32>(ctz(eight ^ EIGHT_ZEROS) >> 3) - missing;
    value = value * load<u64>(WHOLE_POWERS + ((8 - missing) << 3)) + digits(eight);
  }
  if (before < 1 || before + places - zeros > 19 || places > 22) return NaN;
  const magnitude = quotient(value, power(places));
  return negative ? -magnitude : magnitude;
}

@inline
function power(places: i32): f64 {
  return load<f64>(POWERS + (places << 3));
}

// Eight digits at a time, all in one word: their values are added by pairs, pairs of pairs, and so on.

const EIGHT_ZEROS: u64 = 0x3030303030303030;

@inline
function areDigits(eight: u64): bool {
  const high = 0xf0f0f0f0f0f0f0f0;
  return ((eight & high) | (((eight + 0x0606060606060606) & high) >> 4)) == 0x3333333333333333;
}

@inline
function digits(eight: u64): u64 {
  const pairs = ((eight & 0x0f0f0f0f0f0f0f0f) * (256 * 10 + 1)) >> 8;
  const fours = ((pairs & 0x00ff00ff00ff00ff) * (65536 * 100 + 1)) >> 16;
  return ((fours & 0x0000ffff0000ffff) * (4294967296 * 10000 + 1)) >> 32;
}

/** n / power to the nearest double; NaN where the nearest is not certain. */
@inline
function quotient(n: u64, power: f64): f64 {
  const whole = <f64>n;
  const low = <f64>(<i64>(n - <u64>whole));
  const q = whole / power;
  const back = q * power;
  const rest = (whole - back - productError(q, power, back) + low) / power;
  const value = q + rest;
  const slack = rest * 2 ** -40;
  return q + (rest + slack) == value && q + (rest - slack) == value ? value : NaN;
}

/** What rounding left out of product = a * b, exactly. */
@inline
function productError(a: f64, b: f64, product: f64): f64 {
  const aBig = 134217729 * a;
  const bBig = 134217729 * b;
  const aHigh = aBig - (aBig - a);
  const bHigh = bBig - (bBig - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** Writes x at a place as String(x) has it, -0 as 0, and gives the place after it; 26 bytes are enough. */
export function writeDecimal(x: f64, at: i32): i32 {
  const negative = x < 0;
  if (negative) store<u8>(at, MINUS);
  const size = Math.abs(x);
  const start = at + i32(negative);
  const end = size < 1e9 && floor(size) == size ? writeWhole(<u32>size, start) : writePositive(size, start);
  return end > 0 ? end : format(x, at);
}

/** Writes an integer in decimal digits; gives the place after it. */
export function writeInteger(n: i64, at: i32): i32 {
  if (n < 0) store<u8>(at++, MINUS);
  const size: u64 = n < 0 ? 0 - <u64>n : n;
  if (size < 1000000000) return writeWhole(<u32>size, at);
  const high = size / 100000000;
  at = writeInteger(high, at);
  writeEight(<u32>(size - high * 100000000), at);
  return at + 8;
}

function writeWhole(n: u32, at: i32): i32 {
  let end = at + 1;
  for (let power: u32 = 10; n >= power && end < at + 9; power *= 10) end++;
  for (let i = end - 1; i >= at; i--, n /= 10) store<u8>(i, ZERO + (n % 10));
  return end;
}

// How near to a tie a digit may come before String is asked: far above the rounding of what is compared.
const DOUBT = 1e-5;

/**
 * The shortest digits that read back, found on x * 10^places, which has 17 digits before its point and is held exactly.
 * 0 where they are not certain, x is of unusual size, or it is a power of two, whose neighbours lie unevenly.
 */
function writePositive(x: f64, at: i32): i32 {
  if (!(x >= 2 ** -17 && x < 2 ** 49)) return 0;
  const bits = reinterpret<u64>(x);
  if ((bits & 0xfffffffffffff) == 0) return 0;
  const exponent = <i32>(bits >> 52);
  // 1233 / 4096 is log10(2), near enough for these exponents.
  let places = 16 - (((exponent - 1023) * 1233) >> 12);
  if (x * power(places) >= 1e17) places--;
  const scale = power(places);
  const scaled = x * scale;
  const halfSpacing = reinterpret<f64>(<u64>(exponent - 53) << 52) * scale;
  let high = <i32>(scaled / 1e8);
  const low = scaled - <f64>high * 1e8 + productError(x, scale, scaled);
  let chosen = nearest(low);
  if (!(Math.abs(low - chosen) < 0.5 - DOUBT) || chosen < 0) return 0;
  for (let step: f64 = 10; step <= 1e8; step *= 10) {
    const rounded = nearest(low / step) * step;
    const distance = Math.abs(low - rounded);
    if (Math.abs(distance - halfSpacing) < DOUBT || Math.abs(distance - step / 2) < DOUBT) return 0;
    if (distance > halfSpacing) break;
    chosen = rounded;
  }
  if (chosen >= 1e8) {
    chosen -= 1e8;
    high++;
  }
  return high >= 1000000000 ? 0 : writeDigits(high, <i32>chosen, 17 - places, at);
}

/** Writes the 9 digits of high and the 8 of low, whole of them before the point, without zeros at the end. */
function writeDigits(high: i32, low: i32, whole: i32, at: i32): i32 {
  // All digits from first on; those before the point stand one byte too far and are moved down to let it in.
  let first = at + 1;
  if (whole <= 0) {
    store<u16>(at, ZERO | (POINT << 8));
    for (first++; whole < 0; whole++) store<u8>(first++, ZERO);
  }
  const lead = high / 100000000;
  store<u8>(first, ZERO + lead);
  writeEight(high - lead * 100000000, first + 1);
  writeEight(low, first + 9);
  let end = first + 17;
  while (load<u8>(end - 1) == ZERO) end--;
  if (first > at + 1) return end;
  for (let i = at; i < at + whole; i++) store<u8>(i, load<u8>(i + 1));
  const point = at + whole;
  store<u8>(point, POINT);
  return end <= point + 1 ? point : end;
}

@inline
function writeEight(n: u32, at: i32): void {
  const top = n / 10000;
  writeFour(top, at);
  writeFour(n - top * 10000, at + 4);
}

@inline
function writeFour(n: u32, at: i32): void {
  const top = n / 100;
  store<u16>(at, load<u16>(PAIRS + 2 * top));
  store<u16>(at + 2, load<u16>(PAIRS + 2 * (n - top * 100)));
}
