import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { DataError } from "../data/errors.ts";
import { type FilePart, remaining } from "../data/table.ts";
import { written } from "../render/render.ts";
import type { RowSource, RowsResult, RowTally } from "../render/result.ts";
import type { RowWriter } from "../render/rows.ts";
import { Pool, serve } from "./pool.ts";

/** What a row worker starts from: the command line, and the names of the file's columns. */
export interface RowWork {
  readonly args: readonly string[];
  readonly names: readonly string[];
}

/** A part of the file, and shared memory for its rows. */
interface RowQuestion {
  readonly part: FilePart;
  readonly room: SharedArrayBuffer;
}

/** The rows of a part as bytes, what a worker has counted, and what stopped it after them. */
interface RowAnswer {
  readonly bytes: Uint8Array;
  readonly tally?: RowTally;
  readonly fault?: string | undefined;
}

/** Bytes of text that are read before threads are worth their start. */
const FIRST_BYTES = 2 ** 22;

/** Up to this size as bytes the rows of a row group are queued. */
const QUEUED_BYTES = 2 ** 23;

/** The rows of a file as bytes, many of the later ones computed by workers that each run the same command line. */
export function sharedRows(
  result: RowsResult,
  source: RowSource,
  writer: RowWriter,
  args: readonly string[],
  threads?: number,
): AsyncGenerator<Uint8Array> {
  // The first bytes may have told another format than the ending of the name.
  const work: RowWork = { args: [...args, "--input-format", source.format], names: source.names };
  const bytesOf = (part: FilePart) => written({ ...result, batches: source.rowsOf(part) }, writer);
  return sharedBytes(source, bytesOf, new URL("./row-worker.cjs", import.meta.url), work, threads);
}

/**
 * What is made of the parts of a file, in order, by so many threads, this one being one of
 * them. Workers start once the first parts are done, or beside them where the file is known
 * to be long. Bytes are valid until the next are asked for.
 */
export async function* sharedBytes(
  source: Pick<RowSource, "parts" | "isLong" | "addTally">,
  bytesOf: PartWork["bytesOf"],
  script: URL,
  workerData: unknown,
  threads = availableParallelism(),
): AsyncGenerator<Uint8Array> {
  const start = () => new Pool<RowQuestion, RowAnswer>(script, workerData, threads - 1);
  let pool = source.isLong && threads > 1 ? start() : undefined;
  let largest = 0;
  /** Bytes of rows for a byte of the part that was done last. */
  let growth = 1;
  /** The bytes of parts of text that are done; a row group counts as enough of them. */
  let done = 0;
  try {
    for await (const part of remaining(source.parts)) {
      let size = 0;
      for await (const bytes of bytesOf(part)) {
        yield bytes;
        size += bytes.length;
      }
      largest = Math.max(largest, size);
      growth = size / sizeOfPart(part);
      done += "bytes" in part ? part.bytes.length : FIRST_BYTES;
      if (threads > 1 && done >= FIRST_BYTES) break;
    }
    const next = await source.parts.next();
    if (next.done) return;
    pool ??= start();
    // A row group can be large, and its rows as text larger: then none is queued ahead of a worker.
    const queued = "bytes" in next.value || growth * sizeOfPart(next.value) < QUEUED_BYTES ? 2 : 1;
    // Memory for one part on its way and for its rows, used again and again: a new piece for each would pile up as
    // garbage. With room to spare, so that most rows fit at once. One part is read ahead of those that are out.
    const slots = Array.from({ length: pool.most(queued) + 1 }, () => {
      return { part: new SharedArrayBuffer(0), rows: new SharedArrayBuffer(Math.ceil(1.1 * largest)) };
    });
    async function* questions(): AsyncGenerator<RowQuestion> {
      let turn = 0;
      for await (const part of remaining(source.parts, next.value as FilePart)) {
        const slot = slots[turn++ % slots.length]!;
        const bytes = "bytes" in part ? appended(new Uint8Array(slot.part, 0, 0), part.bytes) : undefined;
        if (bytes) slot.part = bytes.buffer as SharedArrayBuffer;
        yield { part: bytes ? { ...part, bytes } : part, room: slot.rows };
      }
    }
    const here = (question: RowQuestion) => answerTo(question, bytesOf);
    let turn = 0;
    for await (const { bytes, tally, fault } of pool.inOrder(questions(), here, queued)) {
      slots[turn++ % slots.length]!.rows = bytes.buffer as SharedArrayBuffer;
      if (tally) source.addTally(tally);
      yield bytes;
      if (fault !== undefined) throw new DataError(fault);
    }
  } finally {
    pool?.end();
  }
}

/** The bytes of a part in the file. */
const sizeOfPart = (part: FilePart) => ("bytes" in part ? part.bytes.length : part.size);

/** What a worker makes of parts of a file. */
export interface PartWork extends Pick<RowSource, "takeTally"> {
  readonly bytesOf: (part: FilePart) => AsyncIterable<Uint8Array>;
}

/** Answers the questions that are sent to this thread, one after another in their order. */
export function serveParts(work: Promise<PartWork>): void {
  serve<RowQuestion, RowAnswer>(async (question) => {
    const { bytesOf, takeTally } = await work;
    return { ...(await answerTo(question, bytesOf)), tally: takeTally() };
  });
}

/**
 * The rows of a part as bytes in the memory given for them (in more where that is too
 * small), and the message of the DataError that stopped it.
 */
async function answerTo({ part, room }: RowQuestion, bytesOf: PartWork["bytesOf"]): Promise<RowAnswer> {
  let bytes: Uint8Array = new Uint8Array(room, 0, 0);
  try {
    for await (const piece of bytesOf(part)) {
      bytes = appended(bytes, piece);
      // Lets the event loop turn, so that a signal does not wait for the end of a large part.
      await setImmediate();
    }
    return { bytes };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { bytes, fault: error.message };
  }
}

/**
 * Bytes with more after them, in the shared memory of the first, or in one with room to spare where that is too small.
 */
function appended(bytes: Uint8Array, more: Uint8Array): Uint8Array {
  const length = bytes.length + more.length;
  const fits = length <= bytes.buffer.byteLength;
  const both = new Uint8Array(fits ? bytes.buffer : new SharedArrayBuffer(2 * length), 0, length);
  if (!fits) both.set(bytes);
  both.set(more, bytes.length);
  return both;
}
