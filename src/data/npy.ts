import { closeSync, fstatSync } from "node:fs";
import { endianness } from "node:os";
import { requireWithin } from "../core/errors.ts";
import { DataError } from "./errors.ts";
import { openRegular, readFully } from "./file.ts";

/** An open .npy file of one or two dimensions; one dimension is a single column. */
export interface Npy {
  /** The element type, as numpy writes it: "<f4". */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly rows: number;
  readonly cols: number;
  readonly isInteger: boolean;
  /** Room for a block of rows, of the smaller type that holds every element exactly. */
  newBlock(rows: number): Float32Array | Float64Array;
  /**
   * Fills a block with the rows from start on, row after row. A Float32Array rounds what it cannot hold.
   * Throws DataError for an integer beyond 2^53 and where the file cannot be read any more.
   */
  read(start: number, block: Float32Array | Float64Array): void;
  close(): void;
}

interface Header {
  readonly dtype: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

type Items = Exclude<NodeJS.TypedArray, Uint8ClampedArray>;

interface ItemType {
  readonly array: new (length: number) => Items;
  /** The number that an item stands for, where it is not that itself. */
  readonly toNumber?: (item: number | bigint) => number;
}

const TYPES: ReadonlyMap<string, ItemType> = new Map([
  ["f2", { array: Uint16Array, toNumber: fromHalf }],
  ["f4", { array: Float32Array }],
  ["f8", { array: Float64Array }],
  ["i1", { array: Int8Array }],
  ["i2", { array: Int16Array }],
  ["i4", { array: Int32Array }],
  ["i8", { array: BigInt64Array, toNumber: Number }],
  ["u1", { array: Uint8Array }],
  ["u2", { array: Uint16Array }],
  ["u4", { array: Uint32Array }],
  ["u8", { array: BigUint64Array, toNumber: Number }],
] as [string, ItemType][]);

const HOST_ORDER = endianness() === "LE" ? "<" : ">";
const MAGIC = "\x93NUMPY";
const LONGEST_HEADER = 65535;

/**
 * Opens a .npy file (format versions 1 to 3) of floats or integers, in either byte order, in C or Fortran order.
 * Only the header is read. Throws DataError with the first thing that is wrong: magic, version, length of the header, its syntax,
 * element type, shape, length of the file. Source: numpy.lib.format.
 */
export function openNpy(path: string): Npy {
  const fd = openRegular(path, "a .npy file");
  try {
    return npyOf(path, fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function npyOf(path: string, fd: number): Npy {
  const fault = (reason: string) => new DataError(`${path}: ${reason}`);
  const { size } = fstatSync(fd);
  const { text, end } = headerText(fd, path, size);
  const { dtype, fortran, shape } = parseHeader(text, path);

  const type = TYPES.get(dtype.slice(1));
  if (!type || !/^[<>|=]/.test(dtype)) {
    throw fault(`element type '${dtype}' is not supported: use float16 to float64 or integers of 8 to 64 bits`);
  }
  const [rows, cols = 1] = shape;
  if (rows === undefined || shape.length > 2 || cols === 0) {
    throw fault(`the shape is (${shape.join(", ")}): it must have one or two dimensions, and columns`);
  }
  const width = Number(dtype[2]);
  const expected = rows * cols * width;
  if (size - end !== expected) {
    throw fault(`expected ${expected} bytes after the header, found ${size - end}: the file is damaged or incomplete`);
  }
  const swapped = width > 1 && "<>".includes(dtype[0]!) && dtype[0] !== HOST_ORDER;
  const isInteger = dtype[1] !== "f";

  /** Fills an array with the items from one on. */
  function readItems(first: number, items: Items): void {
    const bytes = Buffer.from(items.buffer, items.byteOffset, items.byteLength);
    readFully(fd, path, bytes, end + first * width);
    if (swapped) width === 2 ? bytes.swap16() : width === 4 ? bytes.swap32() : bytes.swap64();
  }

  /** The numbers that `count` items from one on stand for. */
  function readNumbers(first: number, count: number): ArrayLike<number> {
    const items = new type!.array(count);
    readItems(first, items);
    const { toNumber } = type!;
    if (!toNumber) return items as Float64Array;
    const numbers = new Float64Array(count);
    for (let i = 0; i < count; i++) numbers[i] = toNumber(items[i]!);
    if (isInteger) {
      const at = numbers.findIndex((x) => !Number.isSafeInteger(x));
      if (at >= 0) throw tooLarge(first + at, items[at]!);
    }
    return numbers;
  }

  function tooLarge(item: number, value: number | bigint): DataError {
    const place = fortran ? [item % rows!, Math.floor(item / rows!)] : [Math.floor(item / cols), item % cols];
    return fault(`element [${place.slice(0, shape.length).join(", ")}] is ${value}: integers must lie within 2^53`);
  }

  return {
    dtype,
    shape,
    rows,
    cols,
    isInteger,
    newBlock: (count) => new (width > (isInteger ? 2 : 4) ? Float64Array : Float32Array)(count * cols),
    read(start, block) {
      const count = block.length / cols;
      requireWithin("end of the block", start + count, count, rows);
      if (!fortran && block instanceof type.array) readItems(start * cols, block);
      else if (!fortran) block.set(readNumbers(start * cols, block.length));
      else {
        for (let col = 0; col < cols; col++) {
          const strip = readNumbers(col * rows + start, count);
          for (let i = 0; i < count; i++) block[i * cols + col] = strip[i]!;
        }
      }
    },
    close: () => closeSync(fd),
  };
}

/** The text of the header, and where it ends in the file. */
function headerText(fd: number, path: string, size: number): { text: string; end: number } {
  const head = Buffer.alloc(Math.min(size, 12));
  readFully(fd, path, head, 0);
  if (head.toString("latin1", 0, 6) !== MAGIC) {
    throw new DataError(`${path}: it does not begin with \\x93NUMPY: this is no .npy file`);
  }
  const version = head[6];
  const start = version === 1 ? 10 : 12;
  if (size < start) throw new DataError(`${path}: the file ends after ${size} bytes, within the header`);
  if (!(version! >= 1 && version! <= 3 && head[7] === 0)) {
    throw new DataError(`${path}: format version ${version}.${head[7]} is not supported: it must be 1.0, 2.0 or 3.0`);
  }
  const length = version === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > size - start) {
    throw new DataError(`${path}: the header should have ${length} bytes, but the file ends after ${size - start}`);
  }
  if (length > LONGEST_HEADER) {
    throw new DataError(`${path}: the header has ${length} bytes: at most ${LONGEST_HEADER} are supported`);
  }
  const bytes = Buffer.alloc(length);
  readFully(fd, path, bytes, start);
  return { text: bytes.toString(version === 3 ? "utf8" : "latin1"), end: start + length };
}

const ENTRY =
  /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*('[\w<>=|[\]]*'|"[\w<>=|[\]]*"|\[.*\]|True|False|\((?:\s*\d+L?\s*,)*(?:\s*\d+L?)?\s*\))\s*(?:,|(?=\}))/sy;

/** Reads the header's Python dict, which holds descr, fortran_order and shape and nothing else. */
function parseHeader(text: string, path: string): Header {
  const found: Record<string, string> = {};
  let end = 1;
  ENTRY.lastIndex = end;
  for (let entry = ENTRY.exec(text); entry; entry = ENTRY.exec(text)) {
    found[entry[2]!] = entry[3]!;
    end = ENTRY.lastIndex;
  }
  const { descr = "", fortran_order = "", shape = "" } = found;
  const valued = /^['"[]/.test(descr) && /^[TF]/.test(fortran_order) && shape.startsWith("(");
  if (!(valued && text[0] === "{" && /^\s*\}\s*$/.test(text.slice(end)))) {
    throw new DataError(`${path}: the header is not a dict of descr, fortran_order and shape`);
  }
  return {
    dtype: descr.startsWith("[") ? "structured" : descr.slice(1, -1),
    fortran: fortran_order === "True",
    shape: Array.from(shape.matchAll(/\d+/g), Number),
  };
}

// The weight of the last place of a half, by its exponent; exponent 0 has the places of exponent 1 and no leading 1.
const PLACES = Array.from({ length: 31 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25));

/** The value of an IEEE half: 1 bit of sign, 5 of exponent, 10 of fraction. */
function fromHalf(item: number | bigint): number {
  const bits = Number(item);
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction : fraction + 1024) * PLACES[exponent]!;
}
