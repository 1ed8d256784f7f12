import type { Batch } from "../data/batch.ts";
import type { RowSource } from "../render/result.ts";
import type { badRows } from "../rows/bad-rows.ts";
import { faultsOf, visitRows } from "../rows/file-rows.ts";
import type { Faults } from "../rows/header.ts";
import { type PartWork, sharedBytes } from "../rows/threads.ts";
import type { SampleRecords } from "./samples.ts";

/**
 * For a batch, returns a function that writes the record of a row at a place among records;
 * that function returns false, without writing, for a row that has no sample.
 */
export type RecordWriter = (
  batch: Batch,
  faults: Faults,
) => (row: number, records: Float64Array, at: number) => boolean;

/**
 * Returns a function that gives the records of the rows of a batch, as bytes valid until its
 * next call, and then throws the error with which a bad row ends the program.
 */
export function recordsOfBatches(form: SampleRecords, writerOf: RecordWriter) {
  const { width } = form;
  let records = new Float64Array();
  return function* (batch: Batch, bad: ReturnType<typeof badRows>): Generator<Uint8Array> {
    const faults = faultsOf(batch);
    if (records.length < batch.size * width) records = new Float64Array(batch.size * width);
    const write = writerOf(batch, faults);
    let end = 0;
    const add = (row: number) => {
      if (write(row, records, end)) end += width;
    };
    const keep = (row: number) => {
      form.writeBad(records, end, batch.line(row));
      end += width;
    };
    const stop = visitRows(batch, faults, bad, add, keep);
    yield new Uint8Array(records.buffer, 0, 8 * end);
    if (stop !== undefined) throw stop;
  };
}

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
