import { existsSync, fstatSync } from "node:fs";
import { DataError } from "./errors.ts";
import { openRegular, readFully } from "./file.ts";
import { listed, withNames } from "./shown.ts";

/** A file that holds arrays, and which of them is asked for. */
export type ArrayFile = ReturnType<typeof openArrayFile>;

/** The most bytes of a header or directory that are read. */
const LONGEST_DESCRIPTION = 2 ** 24;

/**
 * A path, and the name of a part behind a colon: the path is all of it, or up
 * to the first colon that ends the name of a file.
 */
export function splitPath(given: string): [path: string, part?: string] {
  let end = existsSync(given) ? -1 : given.indexOf(":");
  while (end >= 0 && !existsSync(given.slice(0, end))) end = given.indexOf(":", end + 1);
  return end < 0 ? [given] : [given.slice(0, end), given.slice(end + 1)];
}

export function openArrayFile(given: string) {
  const [path, part] = splitPath(given);
  const fd = openRegular(path, "a file of numbers");
  return { path, part, fd, size: fstatSync(fd).size };
}

/** `length` bytes of the file from `start`. Throws DataError where the file ends before. */
export function bytesAt({ path, fd, size }: ArrayFile, start: number, length: number): Buffer {
  if (start + length > size) throw damaged(path, `${length} bytes at ${start} are missing`);
  if (length > LONGEST_DESCRIPTION) throw new DataError(`${path}: its list of arrays has ${length} bytes: too many`);
  const bytes = Buffer.alloc(length);
  readFully(fd, path, bytes, start);
  return bytes;
}

export const damaged = (name: string, reason = "its parts do not fit one another") =>
  new DataError(`${name}: ${reason}: the file is damaged or incomplete`);

/**
 * The part of a file that the path names (a lone part needs no name), its full name
 * for messages, and the Python expression that loads it.
 */
export function partOf<T>({ path, part: given }: ArrayFile, parts: ReadonlyMap<string, T>, loading: string) {
  const names = [...parts.keys()];
  const wanted = given ?? (names.length === 1 ? names[0]! : "");
  const part = parts.get(wanted);
  if (part !== undefined) return { part, name: `${path}:${wanted}`, python: withNames(loading, path, wanted) };
  const missing = given === undefined ? `name one, such as ${path}:${names[0]}` : `there is no "${given}"`;
  throw new DataError(names.length === 0 ? `${path} holds no arrays` : `${path} holds ${listed(names)}: ${missing}`);
}
