import { conditions } from "../core/margin.ts";
import { segment } from "../core/psi.ts";
import { toBytes } from "../data/bytes.ts";
import { batchOf, type Column, type Row, type RowBatch, type RowsResult, rowsResult } from "../render/result.ts";
import type { MeasuredRow, Samples } from "./samples.ts";
import { MEASURES } from "./statistics.ts";

/** One row for each sample, in the order of reading; a bad row that is kept has its place and no values. */
export function perSample({ blocks, className }: Samples, margins: readonly number[]): RowsResult {
  const columns: Column[] = [
    ...["row", "label", "nearest"].map((name) => ({ name })),
    ...MEASURES.map(({ name, isAngle }) => ({ name, ...(isAngle && { kind: "angle" as const }) })),
    ...margins.flatMap((m) => ["naive", "angular", "segment"].map((name) => ({ name: `${name}_${m}` }))),
  ];
  const rowOf = ({ place, sample }: MeasuredRow): Row => {
    if (sample === undefined) return [place, ...Array(columns.length - 1).fill(null)];
    const { label, nearest, thetaY, minThetaJ } = sample;
    const classes = [label, nearest].map((index) => toBytes(`${className(index)}`));
    const held = margins.flatMap((m) => {
      const { naive, angular } = conditions(m, thetaY, minThetaJ);
      return [naive, angular, segment(m, thetaY)];
    });
    return [place, ...classes, ...MEASURES.map(({ of }) => of(sample) ?? null), ...held];
  };
  async function* batches(): AsyncGenerator<RowBatch> {
    for await (const block of blocks) yield batchOf(block.map(rowOf), columns.length);
  }
  return { ...rowsResult(columns, []), batches: batches() };
}
