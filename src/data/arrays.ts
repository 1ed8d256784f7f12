import { requireWithin } from "../core/errors.ts";
import { DataError } from "./errors.ts";
import { readFully } from "./file.ts";

/** Numbers of the smaller type that holds every element exactly. */
export type Numbers = Float32Array | Float64Array;

/** Bytes of an open file in which an array is: all of them, a member of an archive, a part. */
export interface ArrayBytes {
  /** The file, and the part of it, as messages name them. */
  readonly name: string;
  /** The expression that loads the array in Python, with np for numpy. */
  readonly python: string;
  /** The number of the open file, which all threads share. */
  readonly fd: number;
  readonly start: number;
  readonly end: number;
}

/** An array in a file, in plain values that can be sent to a thread. */
export interface StoredArray extends ArrayBytes {
  /** The type of the elements with their byte order, as numpy writes it: "<f4"; bfloat16 is "<bf2". */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Does the first index go fastest? */
  readonly fortran: boolean;
}

export type ArrayRows = ReturnType<typeof arrayRows>;

interface ItemType {
  readonly items: new (length: number) => Exclude<NodeJS.TypedArray, Uint8ClampedArray>;
  readonly numbers: new (length: number) => Numbers;
  /** The number that an item stands for. */
  readonly toNumber: (item: number | bigint) => number;
}

const TYPES: ReadonlyMap<string, ItemType> = new Map([
  ["bf2", { items: Uint16Array, numbers: Float32Array, toNumber: fromBfloat16 }],
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

/** Python that makes whole numbers of text. */
export const NUMBERED =
  "(lambda a: a.astype(int) if np.char.isdigit(a).all() else np.unique(a, return_inverse=True)[1])";

// biome-ignore format: a table
const UNREADABLE = [
  { dtype: /^.O$/, is: "Python objects, a pickle", python: "(lambda a: a.astype(float) if a.dtype == object else a)(np.array(LOAD.tolist()))" },
  { dtype: /^.[US]\d+$/, is: "text: number the labels in the order of the class vectors, here that of the alphabet", python: `${NUMBERED}(LOAD)` },
  { dtype: /^.V2$/, is: "raw bytes, bfloat16 perhaps", python: "(LOAD.view('u2').astype('u4') << 16).view('f4')" },
];

/** The advice with a Python command that writes an array as a .npy file. */
export const conversion = (array: string): string =>
  `convert it: python3 -c "import numpy as np; np.save('converted.npy', ${array})"`;

/** How many rows and columns there are, and bytes an element; columns of three dimensions are middle * depth. */
function sizesOf({ shape: [rows = 0, middle = 1, depth = 1], dtype }: StoredArray) {
  return { rows, middle, depth, cols: middle * depth, width: Number(dtype.at(-1)) };
}

/**
 * Throws DataError for elements that are not read, for a shape of none or more than three
 * dimensions, and where the bytes are not as many as it says.
 */
export function requireReadable(array: StoredArray): void {
  const { name, python, start, end, dtype, shape } = array;
  const fault = (reason: string) => new DataError(`${name}: ${reason}`);
  const known = UNREADABLE.find((one) => one.dtype.test(dtype));
  const load = python.replace("')", "', allow_pickle=True)");
  if (known) throw fault(`element type '${dtype}' is ${known.is}: ${conversion(known.python.replace("LOAD", load))}`);
  if (!TYPES.has(dtype.slice(1)) || !/^[<>|=]/.test(dtype))
    throw fault(`element type '${dtype}' is not supported: use float16 to float64 or integers of 8 to 64 bits`);
  const { rows, cols, width } = sizesOf(array);
  if (!(shape.length >= 1 && shape.length <= 3 && cols > 0))
    throw fault(`the shape is (${shape.join(", ")}): it must have one to three dimensions, and columns`);
  const expected = rows * cols * width;
  const found = end - start;
  if (found !== expected)
    throw fault(`expected ${expected} bytes after the header, found ${found}: the file is damaged or incomplete`);
}

/** The rows of an open array; one dimension is a single column, and of three the last two are the columns. */
export function arrayRows(array: StoredArray) {
  const { name, fd, start: begin, dtype, shape, fortran } = array;
  const { rows, cols, middle, depth, width } = sizesOf(array);
  const type = TYPES.get(dtype.slice(1))!;
  // The kernels need a little-endian machine too.
  const swapped = width > 1 && dtype[0] === ">";
  const isInteger = /^.[iu]/.test(dtype);

  /** The numbers that `count` items from one on stand for. */
  function readItems(first: number, count: number): Numbers {
    const items = new type.items(count);
    const bytes = Buffer.from(items.buffer);
    readFully(fd, name, bytes, begin + first * width);
    if (swapped) width === 2 ? bytes.swap16() : width === 4 ? bytes.swap32() : bytes.swap64();
    if (items instanceof type.numbers) return items;
    const numbers = new type.numbers(count);
    for (let i = 0; i < count; i++) {
      numbers[i] = type.toNumber(items[i]!);
      if (isInteger && !Number.isSafeInteger(numbers[i])) throw tooLarge(first + i, items[i]!);
    }
    return numbers;
  }

  function tooLarge(item: number, value: number | bigint): DataError {
    const place = fortran ? [item % rows, Math.floor(item / rows)] : [Math.floor(item / cols), item % cols];
    const at = place.slice(0, shape.length).join(", ");
    return new DataError(`${name}: element [${at}] is ${value}: integers must lie within 2^53`);
  }

  return {
    rows,
    cols,
    /**
     * So many rows from start on, row after row. Throws DataError for an integer
     * beyond 2^53 and where the file cannot be read any more.
     */
    read(start: number, count: number): Numbers {
      requireWithin("end of the block", start + count, count, rows);
      if (!fortran) return readItems(start * cols, count * cols);
      const block = new type.numbers(count * cols);
      for (let col = 0; col < cols; col++) {
        const place = (col % depth) * middle + Math.floor(col / depth);
        const strip = readItems(place * rows + start, count);
        for (let i = 0; i < count; i++) block[i * cols + col] = strip[i]!;
      }
      return block;
    },
  };
}

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);

/** The value of an IEEE half: 1 bit of sign, 5 of exponent, 10 of fraction; the places of a float32 are 2^112 less. */
function fromHalf(item: number | bigint): number {
  const bits = Number(item);
  const sign = bits & 0x8000 ? -1 : 1;
  // The largest exponent is that of infinities and NaN.
  words[0] = ((bits & 0x7fff) << 13) | ((bits & 0x7c00) === 0x7c00 ? 0x7f800000 : 0);
  return sign * 2 ** 112 * floats[0]!;
}

/** The value of a bfloat16, the upper half of a float32. */
function fromBfloat16(item: number | bigint): number {
  words[0] = Number(item) << 16;
  return floats[0]!;
}
