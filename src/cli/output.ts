import {
  closeSync,
  fchmodSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError, systemReason, tried } from "../data/errors.ts";
import { oneLine } from "../data/shown.ts";
import { wordWrapped } from "./lines.ts";
import { terminalWidth } from "./terminal.ts";

type Chunk = string | Uint8Array;

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
  const target = tried(() => targetOf(path), failed);
  const remove = () => {
    if (target.temporary) rmSync(target.path, { force: true });
  };
  // Without a temporary file there is nothing to remove, so a signal may end the program in its usual way.
  const stopListening = target.temporary ? onSignals(remove) : undefined;
  try {
    const descriptor = tried(() => openSync(target.path, target.temporary ? "wx" : "w"), failed);
    try {
      if (target.mode !== undefined) fchmodSync(descriptor, target.mode);
      for await (const piece of pieces) {
        await writeAll(descriptor, piece).catch((error) => {
          throw failed(error);
        });
        // Signal handlers run between turns of the event loop; a generator that never waits would not end a turn.
        await new Promise(setImmediate);
      }
    } finally {
      closeSync(descriptor);
    }
    if (target.temporary) tried(() => renameSync(target.path, target.final), failed);
  } catch (error) {
    remove();
    throw error;
  } finally {
    stopListening?.();
  }
}

function targetOf(path: string): { path: string; final: string; temporary: boolean; mode?: number } {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw new Error("it is a directory");
  if (stats !== undefined && !stats.isFile()) return { path, final: path, temporary: false };
  const exists = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  const final = exists ? realpathSync(path) : path;
  const temporary = join(dirname(final), `.${basename(final)}.${process.pid}.tmp`);
  return { path: temporary, final, temporary: true, ...(stats === undefined ? {} : { mode: stats.mode }) };
}

async function writeAll(descriptor: number, piece: Chunk): Promise<void> {
  const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      // A full pipe, which another process has made non-blocking.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

/** The signals that end the program. */
export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Cleans up when a signal ends the program, with the exit status of that signal; gives what stops this. */
function onSignals(cleanUp: () => void): () => void {
  const end = (_: NodeJS.Signals, number: number) => {
    cleanUp();
    process.exit(128 + number);
  };
  for (const signal of SIGNALS) process.once(signal, end);
  return () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
}
