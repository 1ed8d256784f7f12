import { toBytes } from "../data/bytes.ts";
import { batchOf, type Column, type Row, type RowBatch, type RowsResult, rowsResult } from "../render/result.ts";
import { MEASURES, type SampleRecords, type Samples } from "./samples.ts";

/** One row for each sample, in the order of reading; a bad row that is kept has its place and no values. */
export function perSample({ blocks, className }: Samples, form: SampleRecords): RowsResult {
  const { margins } = form.questions;
  const columns: Column[] = [
    ...["row", "label", "nearest"].map((name) => ({ name })),
    ...MEASURES.map(({ name, isAngle }) => ({ name, ...(isAngle && { kind: "angle" as const }) })),
    ...margins.flatMap((m) => ["naive", "angular", "segment"].map((name) => ({ name: `${name}_${m}` }))),
  ];
  const rowOf = (records: Float64Array, at: number): Row => {
    const sample = form.sample(records, at);
    if (sample === undefined) return [records[at]!, ...Array(columns.length - 1).fill(null)];
    const classes = [sample.label, sample.nearest].map((index) => toBytes(`${className(index)}`));
    const held = margins.flatMap((_, i) => {
      const { naive, angular, segment } = form.judgement(records, at, i);
      return [naive, angular, segment];
    });
    return [sample.place, ...classes, ...MEASURES.map(({ of }) => of(sample) ?? null), ...held];
  };
  async function* batches(): AsyncGenerator<RowBatch> {
    for await (const records of blocks) {
      const rows = Array.from({ length: records.length / form.width }, (_, i) => rowOf(records, i * form.width));
      yield batchOf(rows, columns.length);
    }
  }
  return { ...rowsResult(columns, []), batches: batches() };
}
