// JSON objects, one a line, found and checked in AssemblyScript: where the value of each column
// lies. What is out of the ordinary (escapes, other keys, mistakes) is left to JSON.parse, so that
// whatever is taken here is what JSON.parse would take too.

// biome-ignore format: a table
const enum Byte {
  TAB = 0x09, LF = 0x0a, CR = 0x0d, SPACE = 0x20, QUOTE = 0x22, PLUS = 0x2b, COMMA = 0x2c, MINUS = 0x2d, POINT = 0x2e,
  ZERO = 0x30, COLON = 0x3a, OPEN_ARRAY = 0x5b, BACKSLASH = 0x5c, CLOSE_ARRAY = 0x5d, E = 0x65, F = 0x66, OPEN = 0x7b,
  CLOSE = 0x7d,
}

const TRUE: u32 = 0x65757274;
const ALSE: u32 = 0x65736c61;
const NULL: u32 = 0x6c6c756e;

// In each row of the index: its start, end, number of cells and line, then the start and end of each column's value.
const HEAD: i32 = 16;

// JSON.parse takes any depth; lines that are deeper than this are left to it.
const DEEPEST: i32 = 100;

let stoppedAt: i32 = 0;
let spaced: bool = false;

/** The start of the first line that the last indexObjects had no room for; its end where all had. */
export function objectsEnd(): i32 {
  return stoppedAt;
}

/**
 * Finds the values of the JSON objects in the lines of [start, end), which ends with a line end;
 * the 15 bytes beyond are read too. keys has the address and length of each column's key as JSON
 * has it between its quotes; 15 bytes beyond a key are read too.
 *
 * A row of the index is, as i32: start and end of the line without its line end, the number of columns, the
 * number of line ends before it, then start and end of each column's value: a string without its quotes
 * (the byte before it is a quote, which no other value has), null as nothing; a nested value without white
 * space, which is moved behind it. Instead of the number of columns -1 says that the line is for
 * JSON.parse, and its values are not filled in. Blank lines have no row.
 *
 * Gives the number of rows; objectsEnd says how far they go.
 */
export function indexObjects(start: i32, end: i32, keys: i32, columns: i32, index: i32, indexEnd: i32): i32 {
  const stride = HEAD + (columns << 3);
  let row = index;
  let line = start;
  for (let lines = 0; line < end; lines++) {
    const first = skipSpaces(line);
    let lineEnd = first;
    if (!isLineEnd(load<u8>(first))) {
      if (row + stride > indexEnd) break;
      lineEnd = readObject(first, keys, columns, row + HEAD);
      const usual = lineEnd != 0;
      if (!usual) lineEnd = findLineEnd(first);
      if (usual || !isBlank(first, lineEnd)) {
        store<i32>(row, line);
        store<i32>(row, lineEnd, 4);
        store<i32>(row, usual ? columns : -1, 8);
        store<i32>(row, lines, 12);
        row += stride;
      }
    }
    line = lineEnd + 1;
    if (load<u8>(lineEnd) == Byte.CR && line < end && load<u8>(line) == Byte.LF) line++;
  }
  stoppedAt = line;
  return (row - index) / stride;
}

// What follows gives the address behind what it has read, or 0 where that is
// not as it must be. None goes past a line end.

/** Reads the one object of a line, its values into spans, and gives the address of the line end. */
function readObject(at: i32, keys: i32, columns: i32, spans: i32): i32 {
  for (let i = 0; i < columns; i++) store<i32>(spans + (i << 3), 0);
  spaced = false;
  let column = -1;
  let before = Byte.OPEN;
  for (let i = 0; i < columns; i++) {
    if (load<u8>(at) != before) return 0;
    before = Byte.COMMA;
    at = skipSpaces(at + 1);
    if (load<u8>(at++) != Byte.QUOTE) return 0;
    column = findColumn(at, keys, columns, column + 1, spans);
    if (column < 0) return 0;
    at = skipSpaces(at + load<i32>(keys + (column << 3), 4) + 1);
    if (load<u8>(at) != Byte.COLON) return 0;
    const value = skipSpaces(at + 1);
    at = readValue(value, 0);
    if (at == 0) return 0;
    const isString = i32(load<u8>(value) == Byte.QUOTE);
    const span = spans + (column << 3);
    store<i32>(span, value + isString);
    store<i32>(span, load<u32>(value) == NULL ? value : at - isString, 4);
    at = skipSpaces(at);
  }
  if (load<u8>(at) != Byte.CLOSE) return 0;
  at = skipSpaces(at + 1);
  if (!isLineEnd(load<u8>(at))) return 0;
  if (spaced) closeUp(spans, columns);
  return at;
}

/**
 * The column without a value yet whose key, and a quote behind it, stand
 * there: sought from one on; -1 where there is none.
 */
@inline
function findColumn(at: i32, keys: i32, columns: i32, from: i32, spans: i32): i32 {
  for (let i = 0; i < columns; i++) {
    const column = from + i < columns ? from + i : from + i - columns;
    const key = keys + (column << 3);
    if (isKey(at, load<i32>(key), load<i32>(key, 4)) && load<i32>(spans + (column << 3)) == 0) return column;
  }
  return -1;
}

@inline
function isKey(at: i32, key: i32, length: i32): bool {
  for (let i = 0; i < length; i += 16) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(at + i), v128.load(key + i)));
    const wanted = length - i < 16 ? (1 << (length - i)) - 1 : 0xffff;
    if ((same & wanted) != wanted) return false;
  }
  return load<u8>(at + length) == Byte.QUOTE;
}

function readValue(at: i32, depth: i32): i32 {
  const first = <i32>load<u8>(at);
  if (<u32>(first - Byte.ZERO) <= 9 || first == Byte.MINUS) return readNumber(at);
  if (first == Byte.QUOTE) return readString(at + 1);
  if (first == Byte.OPEN || first == Byte.OPEN_ARRAY) return readNested(at, depth);
  const four = load<u32>(at);
  if (four == TRUE || four == NULL) return at + 4;
  return first == Byte.F && load<u32>(at + 1) == ALSE ? at + 5 : 0;
}

/** -?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)? */
@inline
function readNumber(at: i32): i32 {
  if (load<u8>(at) == Byte.MINUS) at++;
  let first = at;
  at = skipDigits(first);
  if (at == first || (load<u8>(first) == Byte.ZERO && at > first + 1)) return 0;
  if (load<u8>(at) == Byte.POINT) {
    first = at + 1;
    at = skipDigits(first);
    if (at == first) return 0;
  }
  if ((load<u8>(at) | 0x20) != Byte.E) return at;
  at++;
  if (load<u8>(at) == Byte.PLUS || load<u8>(at) == Byte.MINUS) at++;
  first = at;
  at = skipDigits(first);
  return at == first ? 0 : at;
}

@inline
function skipDigits(at: i32): i32 {
  while (true) {
    const values = i8x16.sub(v128.load(at), i8x16.splat(<i8>Byte.ZERO));
    const others = i8x16.bitmask(i8x16.gt_u(values, i8x16.splat(9)));
    if (others != 0) return at + ctz(others);
    at += 16;
  }
}

/** From behind the first quote of a string without escapes on. */
@inline
function readString(at: i32): i32 {
  while (true) {
    const bytes = v128.load(at);
    const controls = i8x16.lt_u(bytes, i8x16.splat(<i8>Byte.SPACE));
    const quotes = i8x16.eq(bytes, i8x16.splat(<i8>Byte.QUOTE));
    const escapes = i8x16.eq(bytes, i8x16.splat(<i8>Byte.BACKSLASH));
    const found = i8x16.bitmask(v128.or(v128.or(controls, quotes), escapes));
    if (found != 0) {
      at += ctz(found);
      return load<u8>(at) == Byte.QUOTE ? at + 1 : 0;
    }
    at += 16;
  }
}

/** An array or an object. */
function readNested(at: i32, depth: i32): i32 {
  if (depth == DEEPEST) return 0;
  const isObject = load<u8>(at) == Byte.OPEN;
  const close = isObject ? Byte.CLOSE : Byte.CLOSE_ARRAY;
  at = skipNestedSpaces(at + 1);
  if (load<u8>(at) == close) return at + 1;
  while (true) {
    if (isObject) {
      if (load<u8>(at) != Byte.QUOTE) return 0;
      at = readString(at + 1);
      if (at == 0) return 0;
      at = skipNestedSpaces(at);
      if (load<u8>(at) != Byte.COLON) return 0;
      at = skipNestedSpaces(at + 1);
    }
    at = readValue(at, depth + 1);
    if (at == 0) return 0;
    at = skipNestedSpaces(at);
    const next = load<u8>(at);
    if (next == close) return at + 1;
    if (next != Byte.COMMA) return 0;
    at = skipNestedSpaces(at + 1);
  }
}

@inline
function skipNestedSpaces(at: i32): i32 {
  const next = skipSpaces(at);
  spaced = spaced || next > at;
  return next;
}

/** Moves the white space in nested values behind them. */
function closeUp(spans: i32, columns: i32): void {
  for (let i = 0; i < columns; i++) {
    const start = load<i32>(spans + (i << 3));
    const first = load<u8>(start);
    if ((first != Byte.OPEN && first != Byte.OPEN_ARRAY) || load<u8>(start - 1) == Byte.QUOTE) continue;
    const end = load<i32>(spans + (i << 3), 4);
    let to = start;
    for (let at = start; at < end; ) {
      const next = load<u8>(at) == Byte.QUOTE ? readString(at + 1) : at + 1;
      if (isSpace(load<u8>(at))) at++;
      else while (at < next) store<u8>(to++, load<u8>(at++));
    }
    store<i32>(spans + (i << 3), to, 4);
    while (to < end) store<u8>(to++, Byte.SPACE);
  }
}

@inline
function isSpace(byte: i32): bool {
  return byte == Byte.SPACE || byte == Byte.TAB;
}

@inline
function skipSpaces(at: i32): i32 {
  while (isSpace(load<u8>(at))) at++;
  return at;
}

@inline
function isLineEnd(byte: i32): bool {
  return byte == Byte.LF || byte == Byte.CR;
}

function findLineEnd(at: i32): i32 {
  while (true) {
    const bytes = v128.load(at);
    const lineFeeds = i8x16.eq(bytes, i8x16.splat(<i8>Byte.LF));
    const ends = i8x16.bitmask(v128.or(lineFeeds, i8x16.eq(bytes, i8x16.splat(<i8>Byte.CR))));
    if (ends != 0) return at + ctz(ends);
    at += 16;
  }
}

/**
 * Whether there is only what String.trim takes off, of which JSON knows but
 * a part: a no-break space, and other controls.
 */
function isBlank(start: i32, end: i32): bool {
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (!isSpace(byte) && byte != 0x0b && byte != 0x0c && byte != 0xa0) return false;
  }
  return true;
}
