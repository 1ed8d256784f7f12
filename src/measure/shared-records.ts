import type { RowSource } from "../render/result.ts";
import { type PartWork, sharedBytes } from "../rows/threads.ts";

/** The records of the samples in the parts of tables, made by so many threads; workers start from `work`. */
export async function* sharedRecords(
  source: Pick<RowSource, "parts" | "isLong" | "addTally">,
  bytesOf: PartWork["bytesOf"],
  work: unknown,
  threads?: number,
): AsyncGenerator<Float64Array> {
  const script = new URL("./measure-worker.cjs", import.meta.url);
  for await (const { buffer, byteOffset, length } of sharedBytes(source, bytesOf, script, work, threads))
    yield new Float64Array(buffer, byteOffset, length / 8);
}
