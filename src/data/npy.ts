import { type ArrayBytes, requireReadable, type StoredArray } from "./arrays.ts";
import { DataError } from "./errors.ts";
import { readFully } from "./file.ts";

const MAGIC = "\x93NUMPY";
/** No header of .npy that is read is longer; what comes before it has 12 bytes. */
export const LONGEST_HEADER = 65535;

/**
 * The array of a .npy file (format versions 1 to 3) of floats or integers, in either byte order, in C or Fortran order.
 * Only the header is read. Throws DataError with the first thing that is wrong: magic, version, length of the header,
 * its syntax, element type, shape, length of the file. Source: numpy.lib.format.
 */
export function npyArray(bytes: ArrayBytes): StoredArray {
  const { text, end } = headerText(bytes);
  const array = { ...bytes, start: end, ...parseHeader(text, bytes.name) };
  requireReadable(array);
  return array;
}

/** The text of the header, and where it ends in the file. */
function headerText({ fd, name, start: begin, end: fileEnd }: ArrayBytes): { text: string; end: number } {
  const fault = (reason: string) => new DataError(`${name}: ${reason}`);
  const size = fileEnd - begin;
  const head = Buffer.alloc(Math.min(size, 12));
  readFully(fd, name, head, begin);
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
  readFully(fd, name, bytes, begin + start);
  return { text: bytes.toString(version === 3 ? "utf8" : "latin1"), end: begin + start + length };
}

const ENTRY =
  /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*('[\w<>=|[\]]*'|"[\w<>=|[\]]*"|\[.*\]|True|False|\((?:\s*\d+L?\s*,)*(?:\s*\d+L?)?\s*\))\s*(?:,|(?=\}))/sy;

/** Reads the header's Python dict, which holds descr, fortran_order and shape and nothing else. */
function parseHeader(text: string, name: string): { dtype: string; fortran: boolean; shape: number[] } {
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
    throw new DataError(`${name}: the header is not a dict of descr, fortran_order and shape`);
  return {
    dtype: descr.startsWith("[") ? "structured" : descr.slice(1, -1),
    fortran: fortran_order === "True",
    shape: Array.from(shape.matchAll(/\d+/g), Number),
  };
}
