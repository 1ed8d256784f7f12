import { availableParallelism } from "node:os";
import { Pool } from "../bulk/pool.ts";
import type { Block } from "../data/blocks.ts";
import { DataError } from "../data/errors.ts";
import type { FileResult, RowTally, SharedRows } from "./file-rows.ts";

/** What a row worker starts from: the command line, and the header of the file. */
export interface RowWork {
  readonly args: readonly string[];
  readonly header: Uint8Array;
}

/** A block of the file to a worker; undefined asks for its tally, at the end. */
export type RowQuestion = Block | undefined;

export type RowAnswer =
  | { readonly bytes: Uint8Array }
  | { readonly tally: RowTally }
  | { readonly fault: string; readonly written: Uint8Array | undefined };

/** The rows of the blocks that are left, as bytes, computed by workers that each run the same command line. */
export async function* otherRows(
  { header, otherBlocks }: SharedRows,
  add: FileResult["file"]["add"],
  args: readonly string[],
  threads = availableParallelism(),
): AsyncGenerator<Uint8Array> {
  const first = await otherBlocks.next();
  if (first.done) return;
  const work: RowWork = { args, header };
  const pool = new Pool<RowQuestion, RowAnswer>(new URL("./row-worker.cjs", import.meta.url), work, threads);
  try {
    for await (const answer of pool.inOrder(startingWith(first.value, otherBlocks))) {
      if ("fault" in answer) throw Object.assign(new DataError(answer.fault), { written: answer.written });
      if ("bytes" in answer) yield answer.bytes;
    }
    for (const answer of await pool.askAll(undefined)) if ("tally" in answer) add(answer.tally);
  } finally {
    pool.end();
  }
}

async function* startingWith(first: Block, others: AsyncIterator<Block>): AsyncGenerator<Block> {
  yield first;
  for (let next = await others.next(); !next.done; next = await others.next()) yield next.value;
}
