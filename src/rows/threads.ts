import { availableParallelism } from "node:os";
import type { Block } from "../data/blocks.ts";
import { DataError } from "../data/errors.ts";
import type { FileResult, RowTally, SharedRows } from "./file-rows.ts";
import { Pool } from "./pool.ts";

/** What a row worker starts from: the command line, and the header of the file. */
export interface RowWork {
  readonly args: readonly string[];
  readonly header: Uint8Array;
}

/** A block of the file to a worker, and the memory for its rows, all of it shared; undefined asks for its tally, at the end. */
export type RowQuestion =
  | { readonly bytes: Uint8Array; readonly line: number; readonly room: SharedArrayBuffer }
  | undefined;

export type RowAnswer =
  | { readonly bytes: Uint8Array }
  | { readonly tally: RowTally }
  | { readonly fault: string; readonly written: Uint8Array | undefined };

/**
 * The rows of a file as bytes: its first blocks as they are given, the others computed by workers that each run the same command
 * line. They start beside the first blocks where the file is known to be long.
 */
export async function* sharedRows<First>(
  first: AsyncIterable<First>,
  { header, isLong, otherBlocks }: SharedRows,
  add: FileResult["file"]["add"],
  args: readonly string[],
  threads = availableParallelism(),
): AsyncGenerator<First | Uint8Array> {
  const work: RowWork = { args, header };
  const start = () => new Pool<RowQuestion, RowAnswer>(new URL("./row-worker.cjs", import.meta.url), work, threads);
  let pool = isLong() ? start() : undefined;
  try {
    yield* first;
    const next = await otherBlocks.next();
    if (next.done) return;
    pool ??= start();
    const slots = Array.from({ length: pool.most + 1 }, newSlot);
    let turn = 0;
    for await (const answer of pool.inOrder(placed(startingWith(next.value, otherBlocks), slots))) {
      if ("fault" in answer) throw Object.assign(new DataError(answer.fault), { written: answer.written });
      if (!("bytes" in answer)) continue;
      slots[turn++ % slots.length]!.rows = answer.bytes.buffer as SharedArrayBuffer;
      yield answer.bytes;
    }
    for (const answer of await pool.askAll(undefined)) if ("tally" in answer) add(answer.tally);
  } finally {
    pool?.end();
  }
}

/** Memory for one block on its way and for its rows, used again and again: a new piece for each would pile up as garbage. */
interface Slot {
  block: SharedArrayBuffer;
  rows: SharedArrayBuffer;
}

const newSlot = (): Slot => ({ block: new SharedArrayBuffer(0), rows: new SharedArrayBuffer(0) });

/** Bytes with more after them, in the shared memory of the first, or in one with room to spare where that is too small. */
export function appended(bytes: Uint8Array, more: Uint8Array): Uint8Array {
  const length = bytes.length + more.length;
  const fits = length <= bytes.buffer.byteLength;
  const both = new Uint8Array(fits ? bytes.buffer : new SharedArrayBuffer(2 * length), 0, length);
  if (!fits) both.set(bytes);
  both.set(more, bytes.length);
  return both;
}

/** The blocks in the slots in turn. One is read ahead of those that are out, so there is a slot more than can be out. */
async function* placed(blocks: AsyncIterable<Block>, slots: readonly Slot[]): AsyncGenerator<RowQuestion> {
  let turn = 0;
  for await (const block of blocks) {
    const slot = slots[turn++ % slots.length]!;
    const bytes = appended(new Uint8Array(slot.block, 0, 0), block.bytes);
    slot.block = bytes.buffer as SharedArrayBuffer;
    yield { bytes, line: block.line, room: slot.rows };
  }
}

async function* startingWith(first: Block, others: AsyncIterator<Block>): AsyncGenerator<Block> {
  yield first;
  for (let next = await others.next(); !next.done; next = await others.next()) yield next.value;
}
