import { parentPort, workerData } from "node:worker_threads";
import { DataError } from "../data/errors.ts";
import type { RowsResult } from "../render/result.ts";
import { type RowFormat, RowWriter } from "../render/rows.ts";
import { endThread } from "../rows/ending.ts";
import { END } from "../rows/pool.ts";
import { appended, type RowAnswer, type RowQuestion, type RowWork } from "../rows/threads.ts";
import { presentation } from "./presentation.ts";
import { type Invocation, invoke } from "./program.ts";

// Runs the command line of its work over the parts of the file that it is sent, and answers each with its rows as bytes.

const { args, names } = workerData as RowWork;

const ready = (async () => {
  const { result, format, style } = presentation((await invoke(args, names)) as Invocation);
  const rows = result as RowsResult;
  return { source: rows.source!, writer: new RowWriter(rows, format as RowFormat, style) };
})();

async function answerTo({ part, room }: RowQuestion): Promise<RowAnswer> {
  const { source, writer } = await ready;
  let bytes: Uint8Array = new Uint8Array(room, 0, 0);
  let fault: string | undefined;
  try {
    for await (const batch of source.rowsOf(part))
      for (const piece of writer.rows(batch)) bytes = appended(bytes, piece);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    fault = error.message;
  }
  return { bytes, tally: source.takeTally(), fault };
}

let last = Promise.resolve();
parentPort!.on("message", (question: RowQuestion | typeof END) => {
  // One after another, in the order of the questions.
  last = last.then(async () => (question === END ? endThread() : parentPort!.postMessage(await answerTo(question))));
});
