import { workerData } from "node:worker_threads";
import type { FilePart } from "../data/table.ts";
import type { RowsResult } from "../render/result.ts";
import { type RowFormat, rowWriter } from "../render/rows.ts";
import { type PartWork, type RowWork, serveParts } from "../rows/threads.ts";
import { presentation } from "./presentation.ts";
import { type Invocation, invoke } from "./program.ts";

// Runs the command line of its work over the parts of the file that it is
// sent, and answers each with its rows as bytes.

const { args, names } = workerData as RowWork;

async function work(): Promise<PartWork> {
  const { result, format, style } = presentation((await invoke(args, names)) as Invocation);
  const rows = result as RowsResult;
  const writer = rowWriter(rows, format as RowFormat, style);
  const { rowsOf, takeTally } = rows.source!;
  async function* bytesOf(part: FilePart) {
    for await (const batch of rowsOf(part)) yield* writer.rows(batch);
  }
  return { bytesOf, takeTally };
}

serveParts(work());
