import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError, systemReason, tried } from "../data/errors.ts";
import { oneLine } from "../data/shown.ts";
import { wordWrapped } from "./lines.ts";
import { terminalWidth } from "./terminal.ts";

type Chunk = string | Uint8Array;

/** The signals that end the program. */
export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** Writes text to standard output, piece by piece. False where the reader has closed the pipe. */
export async function writeToStandardOutput(pieces: AsyncIterable<Chunk> | Iterable<Chunk>): Promise<boolean> {
  for await (const piece of pieces) {
    try {
      // By file descriptor: loading the stream would take longer than writing a small result.
      await writeAll(STANDARD_OUTPUT, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPIPE") return false;
      throw new DataError(`cannot write to standard output: ${systemReason(error)}`);
    }
  }
  return true;
}

/**
 * Writes a message to standard error, as one line that is broken at words on a terminal. That it
 * cannot be written changes nothing of what the program did.
 */
export const say = (message: string): Promise<void> => {
  const width = terminalWidth(STANDARD_ERROR) ?? Number.POSITIVE_INFINITY;
  const lines = wordWrapped(`asoftmax: ${oneLine(message)}`, width).join("\n");
  return writeAll(STANDARD_ERROR, `${lines}\n`).catch(() => {});
};

/**
 * Writes text to a file that appears only when it is complete: a temporary file beside it is renamed at the end, and
 * removed when anything goes wrong. A device or a pipe is written directly.
 */
export async function writeToFile(pieces: AsyncIterable<Chunk> | Iterable<Chunk>, path: string): Promise<void> {
  const failed = (error: unknown) => new DataError(`cannot write ${path}: ${systemReason(error)}`);
  const { written, final, mode } = tried(() => targetOf(path), failed);
  const isTemporary = written !== final;
  const remove = () => {
    if (isTemporary) fs.rmSync(written, { force: true });
  };
  const end = (_: NodeJS.Signals, number: number) => {
    remove();
    process.exit(128 + number);
  };
  // Without a temporary file there is nothing to remove, so a signal may end the program in its usual way.
  if (isTemporary) for (const signal of SIGNALS) process.once(signal, end);
  try {
    const descriptor = tried(() => fs.openSync(written, isTemporary ? "wx" : "w"), failed);
    try {
      if (mode !== undefined) fs.fchmodSync(descriptor, mode);
      for await (const piece of pieces) {
        await writeAll(descriptor, piece).catch((error) => {
          throw failed(error);
        });
        // Signal handlers run between turns of the event loop; a generator that never waits would not end a turn.
        await new Promise(setImmediate);
      }
    } finally {
      fs.closeSync(descriptor);
    }
    if (isTemporary) tried(() => fs.renameSync(written, final), failed);
  } finally {
    // Of a file that is complete nothing is left under this name.
    remove();
    for (const signal of SIGNALS) process.off(signal, end);
  }
}

/** The file that is to be there at the end, and the one that is written until then, with its mode. */
function targetOf(path: string): { written: string; final: string; mode?: number | undefined } {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw new Error("it is a directory");
  if (stats !== undefined && !stats.isFile()) return { written: path, final: path };
  const final = fs.lstatSync(path, { throwIfNoEntry: false }) ? fs.realpathSync(path) : path;
  return { written: join(dirname(final), `.${basename(final)}.${process.pid}.tmp`), final, mode: stats?.mode };
}

async function writeAll(descriptor: number, piece: Chunk): Promise<void> {
  const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
  for (let written = 0; written < bytes.length; ) {
    try {
      written += fs.writeSync(descriptor, bytes, written);
    } catch (error) {
      // A full pipe, which another process has made non-blocking.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
