import { open } from "node:fs/promises";
import { getSystemErrorMap } from "node:util";
import { DataError } from "./errors.ts";

const CHUNK = 2 ** 18;

/** The bytes of a file, or of standard input for "-", as they come. Throws DataError where it cannot be read. */
export async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    if (path === "-") return yield* process.stdin as AsyncIterable<Buffer>;
    const file = await open(path);
    if ((await file.stat()).isDirectory()) throw new DataError(`${path} is a directory: name a file`);
    yield* file.createReadStream({ highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`cannot read ${nameOf(path)}: ${systemReason(error)}`);
  }
}

export const nameOf = (path: string): string => (path === "-" ? "standard input" : path);

/** What the operating system says is wrong, in its own words. */
export function systemReason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message;
}
