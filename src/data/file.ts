import { createReadStream, fstatSync, open, openSync, readFileSync, readSync, statSync } from "node:fs";
import { promisify } from "node:util";
import { DataError, systemReason, tried } from "./errors.ts";

/** The bytes of a file that are read at a time. */
export const CHUNK = 2 ** 20;
const LONGEST_READ = 2 ** 30;

let standardInput: NodeJS.ReadStream | undefined;

/** Closes standard input where it was read: while its writer keeps it open, the program would not end. */
export const leaveStandardInput = (): void => {
  standardInput?.destroy();
};

/** The bytes of a file, or of standard input for "-", in chunks. Throws DataError where it cannot be read. */
export async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    if (path === "-") {
      standardInput = process.stdin;
      return yield* standardInput as AsyncIterable<Buffer>;
    }
    // A number, not a FileHandle: that would warn where reading stops early.
    // Not openSync: a named pipe may keep it waiting.
    const fd = await promisify(open)(path, "r");
    const stats = fstatSync(fd);
    if (stats.isDirectory()) throw new DataError(`${path} is a directory: name a file`);
    let read = 0;
    for await (const chunk of createReadStream("", { fd, highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
    if (stats.isFile() && read < stats.size) throw becameShorter(path);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw unreadable(nameOf(path))(error);
  }
}

const unreadable = (path: string) => (error: unknown) => new DataError(`cannot read ${path}: ${systemReason(error)}`);

const becameShorter = (path: string) => new DataError(`${path}: the file became shorter while it was read`);

export const nameOf = (path: string): string => (path === "-" ? "standard input" : path);

/** How many bytes there are to read, 0 where that is not known. */
export const sizeOf = (path: string): number =>
  path === "-" ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);

/** Opens a file of some kind that is read by position. Throws DataError where it cannot be. */
export function openRegular(path: string, kind: string): number {
  // A named pipe would keep open waiting.
  const fd = tried(() => (statSync(path).isFile() ? openSync(path, "r") : undefined), unreadable(path));
  if (fd !== undefined) return fd;
  throw new DataError(`${path} is not a regular file: ${kind} is read by position`);
}

/** Fills bytes from a position of an open file. Throws DataError where the file does not reach that far. */
export function readFully(fd: number, path: string, bytes: Uint8Array, position: number): void {
  for (let done = 0, got = 0; done < bytes.length; done += got) {
    const rest = bytes.subarray(done, done + LONGEST_READ);
    got = tried(() => readSync(fd, rest, { position: position + done }), unreadable(path));
    if (got === 0) throw becameShorter(path);
  }
}

/** The bytes of a file of the package, by its path from the root. */
export const packageFile = (path: string): Buffer => readFileSync(new URL(`../../${path}`, import.meta.url));
