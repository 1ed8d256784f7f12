import { existsSync, fstatSync } from "node:fs";
import { DataError } from "./errors.ts";
import { openRegular, readFully } from "./file.ts";
import { listed } from "./shown.ts";

/** A file that holds arrays, and which of them is asked for. */
export interface ArrayFile {
  readonly path: string;
  readonly part: string | undefined;
  readonly fd: number;
  readonly size: number;
}

/** A path, and the name of a part behind a colon: the path is all of it, or up to the first colon that ends the name of a file. */
export function splitPath(given: string): { path: string; part?: string } {
  if (existsSync(given)) return { path: given };
  for (let at = given.indexOf(":", 1); at > 0; at = given.indexOf(":", at + 1))
    if (existsSync(given.slice(0, at))) return { path: given.slice(0, at), part: given.slice(at + 1) };
  return { path: given };
}

export function openArrayFile(given: string): ArrayFile {
  const { path, part } = splitPath(given);
  const fd = openRegular(path, "a file of numbers");
  return { path, part, fd, size: fstatSync(fd).size };
}

/** So many bytes from a place on. Throws DataError where the file does not reach that far. */
export function bytesAt({ path, fd, size }: ArrayFile, start: number, length: number): Buffer {
  if (!(start >= 0 && length >= 0 && start + length <= size)) throw damaged(path);
  const bytes = Buffer.alloc(length);
  readFully(fd, path, bytes, start);
  return bytes;
}

export const damaged = (name: string, reason = "its parts do not fit one another") =>
  new DataError(`${name}: ${reason}: the file is damaged or incomplete`);

/** The part that is asked for; one alone needs no name. Its full name is for messages. */
export function partOf<T>({ path, part }: ArrayFile, parts: ReadonlyMap<string, T>): { name: string; part: T } {
  const names = [...parts.keys()];
  const wanted = part ?? (names.length === 1 ? names[0]! : undefined);
  if (wanted !== undefined && parts.has(wanted)) return { name: `${path}:${wanted}`, part: parts.get(wanted)! };
  if (names.length === 0) throw new DataError(`${path} holds no arrays`);
  const missing = part === undefined ? `name one of them, such as ${path}:${names[0]}` : `there is no "${part}"`;
  throw new DataError(`${path} holds ${listed(names)}: ${missing}`);
}

/** Text within quotes in a line of Python and of shell, or what it is called where it would have to be escaped. */
export const inPython = (text: string, name: "FILE" | "NAME"): string => (/^[\w./][\w./-]*$/.test(text) ? text : name);
