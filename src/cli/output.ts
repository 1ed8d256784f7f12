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
import { systemReason, UsageError } from "../data/errors.ts";

type Chunk = string | Uint8Array;

const STANDARD_OUTPUT = 1;

/** Writes text to standard output, piece by piece. False: the reader has closed the pipe and wants no more. */
export async function writeToStandardOutput(pieces: AsyncIterable<Chunk> | Iterable<Chunk>): Promise<boolean> {
  for await (const piece of pieces) {
    try {
      // By its number: the stream would be most of what is loaded for a small result.
      await writeAll(STANDARD_OUTPUT, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPIPE") return false;
      throw new UsageError(`cannot write to standard output: ${systemReason(error)}`);
    }
  }
  return true;
}

/**
 * Writes text to a file that appears only when it is whole: a temporary file beside it is renamed at the end, and
 * removed when anything goes wrong. What is no regular file (a device, a pipe) is written directly.
 */
export async function writeToFile(pieces: AsyncIterable<Chunk>, path: string): Promise<void> {
  const failed = (error: unknown) => new UsageError(`cannot write ${path}: ${systemReason(error)}`);
  const target = attempt(() => targetOf(path), failed);
  const remove = () => {
    if (target.temporary) rmSync(target.path, { force: true });
  };
  // Without a temporary file a signal ends the program as it ends any, also while a pipe waits for its reader.
  const interrupted = target.temporary ? onSignals(remove) : undefined;
  try {
    const descriptor = attempt(() => openSync(target.path, target.temporary ? "wx" : "w"), failed);
    try {
      if (target.mode !== undefined) fchmodSync(descriptor, target.mode);
      for await (const piece of pieces) {
        await writeAll(descriptor, piece).catch((error) => {
          throw failed(error);
        });
        // Signals are heard between turns of the event loop; rows that are only computed never end one.
        await new Promise(setImmediate);
      }
    } finally {
      closeSync(descriptor);
    }
    if (target.temporary) attempt(() => renameSync(target.path, target.final), failed);
  } catch (error) {
    remove();
    throw error;
  } finally {
    interrupted?.forget();
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
      // A pipe that another of its users has made non-blocking is full for now.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

function attempt<T>(action: () => T, failed: (error: unknown) => Error): T {
  try {
    return action();
  } catch (error) {
    throw failed(error);
  }
}

/** Runs the clean-up when a signal ends the program; the status is that of the signal. */
function onSignals(cleanUp: () => void): { forget: () => void } {
  const end = (status: number) => () => {
    cleanUp();
    process.exit(status);
  };
  const listeners = { SIGINT: end(130), SIGTERM: end(143), SIGHUP: end(129) };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, listeners[signal]);
  return {
    forget: () => {
      for (const signal of signals) process.removeListener(signal, listeners[signal]);
    },
  };
}
