import { on } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import type { Block } from "../data/blocks.ts";
import type { DataError } from "../data/errors.ts";
import type { FileResult } from "./file-rows.ts";
import { presentation } from "./presentation.ts";
import { type Invocation, invoke } from "./program.ts";
import { inShared, type RowAnswer, type RowQuestion, type RowWork } from "./threads.ts";

// Runs the command line of its work over the blocks that it is sent, and answers each with its rows as bytes.

const { args, header } = workerData as RowWork;

let result: FileResult | undefined;
/** Where the rows of the block at hand go. */
let room = new SharedArrayBuffer(0);

const answer = (content: RowAnswer): void => parentPort!.postMessage(content);

async function* blocks(): AsyncGenerator<Block> {
  yield { bytes: Buffer.from(header), line: 0 };
  for await (const [question] of on(parentPort!, "message") as AsyncIterable<[RowQuestion]>) {
    if (question === undefined) return answer({ tally: result!.file.tally() });
    const { bytes, line } = question;
    room = question.room;
    yield { bytes: Buffer.from(bytes.buffer, 0, bytes.length), line };
  }
}

async function work(): Promise<void> {
  const invocation = (await invoke(args, blocks())) as Invocation;
  result = invocation.result as FileResult;
  const { pieces } = presentation(invocation);
  await pieces.next();
  for await (const bytes of pieces as AsyncIterable<Uint8Array>) answer({ bytes: inShared(room, bytes) });
}

work().catch(({ message, written }: DataError) =>
  answer({ fault: message, written: written && inShared(room, written) }),
);
