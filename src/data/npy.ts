import { closeSync, fstatSync } from "node:fs";
import { endianness } from "node:os";
import { requireWithin } from "../core/errors.ts";
import { DataError } from "./errors.ts";
import { openRegular, readFully } from "./file.ts";

/** Numbers of the smaller type that holds every element exactly. */
export type Numbers = Float32Array | Float64Array;

/** An open .npy file of one or two dimensions; one dimension is a single column. */
export interface Npy {
  /** The element type, as numpy writes it: "<f4". */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly rows: number;
  readonly cols: number;
  readonly isInteger: boolean;
  /** So many rows from start on, row after row. Throws DataError for an integer beyond 2^53 and where the file cannot be read any more. */
  read(start: number, count: number): Numbers;
  close(): void;
}

interface ItemType {
  readonly items: new (length: number) => Exclude<NodeJS.TypedArray, Uint8ClampedArray>;
  readonly numbers: new (length: number) => Numbers;
  /** The number that an item stands for. */
  readonly toNumber: (item: number | bigint) => number;
}

const TYPES: ReadonlyMap<string, ItemType> = new Map([
  ["f2", { items: Uint16Array, numbers: Float32Array, toNumber: fromHalf }],
  ["f4", { items: Float32Array, numbers: Float32Array, toNumber: Number }],
  ["f8", { items: Float64Array, numbers: Float64Array, toNumber: Number }],
  ["i1", { items: Int8Array, numbers: Float32Array, toNumber: Number }],
  ["i2", { items: Int16Array, numbers: Float32Array, toNumber: Number }],
  ["i4", { items: Int32Array, numbers: Float64Array, toNumber: Number }],
  ["i8", { items: BigInt64Array, numbers: Float64Array, toNumber: Number }],
  ["u1", { items: Uint8Array, numbers: Float32Array, toNumber: Number }],
  ["u2", { items: Uint16Array, numbers: Float32Array, toNumber: Number }],
  ["u4", { items: Uint32Array, numbers: Float64Array, toNumber: Number }],
  ["u8", { items: BigUint64Array, numbers: Float64Array, toNumber: Number }],
]);

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
  if (!type || !/^[<>|=]/.test(dtype))
    throw fault(`element type '${dtype}' is not supported: use float16 to float64 or integers of 8 to 64 bits`);
  const [rows, cols = 1] = shape;
  if (rows === undefined || shape.length > 2 || cols === 0)
    throw fault(`the shape is (${shape.join(", ")}): it must have one or two dimensions, and columns`);
  const width = Number(dtype[2]);
  const expected = rows * cols * width;
  if (size - end !== expected)
    throw fault(`expected ${expected} bytes after the header, found ${size - end}: the file is damaged or incomplete`);
  const swapped = width > 1 && "<>".includes(dtype[0]!) && dtype[0] !== HOST_ORDER;
  const isInteger = dtype[1] !== "f";

  /** The numbers that `count` items from one on stand for. */
  function readItems(first: number, count: number): Numbers {
    const items = new type!.items(count);
    const bytes = Buffer.from(items.buffer);
    readFully(fd, path, bytes, end + first * width);
    if (swapped) width === 2 ? bytes.swap16() : width === 4 ? bytes.swap32() : bytes.swap64();
    if (items instanceof type!.numbers) return items;
    const numbers = new type!.numbers(count);
    for (let i = 0; i < count; i++) {
      numbers[i] = type!.toNumber(items[i]!);
      if (isInteger && !Number.isSafeInteger(numbers[i])) throw tooLarge(first + i, items[i]!);
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
    read(start, count) {
      requireWithin("end of the block", start + count, count, rows);
      if (!fortran) return readItems(start * cols, count * cols);
      const block = new type.numbers(count * cols);
      for (let col = 0; col < cols; col++) {
        const strip = readItems(col * rows + start, count);
        for (let i = 0; i < count; i++) block[i * cols + col] = strip[i]!;
      }
      return block;
    },
    close: () => closeSync(fd),
  };
}

/** The text of the header, and where it ends in the file. */
function headerText(fd: number, path: string, size: number): { text: string; end: number } {
  const fault = (reason: string) => new DataError(`${path}: ${reason}`);
  const head = Buffer.alloc(Math.min(size, 12));
  readFully(fd, path, head, 0);
  if (head.toString("latin1", 0, 6) !== MAGIC) throw fault(`it does not begin with \\x93NUMPY: this is no .npy file`);
  const version = head[6];
  const start = version === 1 ? 10 : 12;
  if (size < start) throw fault(`the file ends after ${size} bytes, within the header`);
  if (!(version! >= 1 && version! <= 3 && head[7] === 0))
    throw fault(`format version ${version}.${head[7]} is not supported: it must be 1.0, 2.0 or 3.0`);
  const length = version === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > size - start)
    throw fault(`the header should have ${length} bytes, but the file ends after ${size - start}`);
  if (length > LONGEST_HEADER) throw fault(`the header has ${length} bytes: at most ${LONGEST_HEADER} are supported`);
  const bytes = Buffer.alloc(length);
  readFully(fd, path, bytes, start);
  return { text: bytes.toString(version === 3 ? "utf8" : "latin1"), end: start + length };
}

const ENTRY =
  /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*('[\w<>=|[\]]*'|"[\w<>=|[\]]*"|\[.*\]|True|False|\((?:\s*\d+L?\s*,)*(?:\s*\d+L?)?\s*\))\s*(?:,|(?=\}))/sy;

/** Reads the header's Python dict, which holds descr, fortran_order and shape and nothing else. */
function parseHeader(text: string, path: string): { dtype: string; fortran: boolean; shape: number[] } {
  const found: Record<string, string> = {};
  let end = 1;
  ENTRY.lastIndex = end;
  for (let entry = ENTRY.exec(text); entry; entry = ENTRY.exec(text)) {
    found[entry[2]!] = entry[3]!;
    end = ENTRY.lastIndex;
  }
  const { descr = "", fortran_order = "", shape = "" } = found;
  const valued = /^['"[]/.test(descr) && /^[TF]/.test(fortran_order) && shape.startsWith("(");
  if (!(valued && text[0] === "{" && /^\s*\}\s*$/.test(text.slice(end))))
    throw new DataError(`${path}: the header is not a dict of descr, fortran_order and shape`);
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
