import { type FilePart, remaining } from "../data/table.ts";
import type { RowSource } from "../render/result.ts";
import { firstParts, type PartWork, sharedBytes } from "../rows/threads.ts";

/** The records of the samples in the parts of tables, the later ones made by so many threads, which start from `work`; with one none is started. */
export async function* sharedRecords(
  source: Pick<RowSource, "parts" | "isLong" | "addTally">,
  bytesOf: PartWork["bytesOf"],
  work: unknown,
  threads?: number,
): AsyncGenerator<Float64Array> {
  async function* here() {
    const parts: AsyncIterable<FilePart> = threads === 1 ? remaining(source.parts) : firstParts(source.parts);
    for await (const part of parts) yield* bytesOf(part);
  }
  const script = new URL("./measure-worker.cjs", import.meta.url);
  for await (const { buffer, byteOffset, length } of sharedBytes(source, here(), script, work, threads))
    yield new Float64Array(buffer, byteOffset, length / 8);
}
