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
  let pool = isLong ? start() : undefined;
  try {
    yield* first;
    const next = await otherBlocks.next();
    if (next.done) return;
    pool ??= start();
    for await (const answer of pool.inOrder(startingWith(next.value, otherBlocks))) {
      if ("fault" in answer) throw Object.assign(new DataError(answer.fault), { written: answer.written });
      if ("bytes" in answer) yield answer.bytes;
    }
    for (const answer of await pool.askAll(undefined)) if ("tally" in answer) add(answer.tally);
  } finally {
    pool?.end();
  }
}

async function* startingWith(first: Block, others: AsyncIterator<Block>): AsyncGenerator<Block> {
  yield first;
  for (let next = await others.next(); !next.done; next = await others.next()) yield next.value;
}
