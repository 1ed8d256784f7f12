import { on } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import type { Block } from "../data/blocks.ts";
import { DataError } from "../data/errors.ts";
import type { FileResult } from "../rows/file-rows.ts";
import { appended, type RowAnswer, type RowQuestion, type RowWork } from "../rows/threads.ts";
import { presentation } from "./presentation.ts";
import { type Invocation, invoke } from "./program.ts";

// Runs the command line of its work over the blocks that it is sent, and answers each with its rows as bytes.

const { args, header } = workerData as RowWork;

let result: FileResult | undefined;
/** The rows of the block at hand, in the memory that came with it. */
let rows: Uint8Array = new Uint8Array(new SharedArrayBuffer(0));

const answer = (content: RowAnswer): void => parentPort!.postMessage(content);

async function* blocks(): AsyncGenerator<Block> {
  yield { bytes: Buffer.from(header), line: 0 };
  for await (const [question] of on(parentPort!, "message") as AsyncIterable<[RowQuestion]>) {
    if (question === undefined) return answer({ tally: result!.file.tally() });
    const { bytes, line, room } = question;
    rows = new Uint8Array(room, 0, 0);
    yield { bytes: Buffer.from(bytes.buffer, 0, bytes.length), line };
    answer({ bytes: rows });
  }
}

async function work(): Promise<void> {
  const invocation = (await invoke(args, blocks())) as Invocation;
  result = invocation.result as FileResult;
  const { pieces } = presentation(invocation);
  for await (const bytes of pieces as AsyncIterable<Uint8Array>) rows = appended(rows, bytes);
}

work().catch((error: Error) => {
  if (!(error instanceof DataError)) throw error;
  answer({ fault: error.message, written: error.written && appended(rows, error.written) });
});
