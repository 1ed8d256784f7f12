import { toBytes } from "../data/bytes.ts";
import { batchOf, type Cell, type Column, type RowsResult, rowsResult } from "../render/result.ts";
import {
  type MarginJudgement,
  MEASURES,
  type Questions,
  type Sample,
  type SampleRecords,
  type Samples,
} from "./samples.ts";

type ColumnOf = Column & { readonly cell: (sample: Sample, records: Float64Array, at: number) => Cell };

/**
 * How the names of columns begin that end in an m, a function, or a function and a
 * scale: reading a table finds its questions by them.
 */
export const PAIRS = "naive_pairs_";
export const HOLDS = "holds_";
export const LOSS = "loss_";

/** The columns by margin that hold whole numbers; the others hold booleans. */
const NUMBERED = new Set(["segment_", PAIRS]);

/** The losses in the order of records: their names in the table. */
export const lossColumns = ({ functions, scales }: Questions): string[] =>
  functions.flatMap((spec) => scales.map((scale) => `${LOSS}${spec}_${scale}`));

/**
 * The table of samples: one row for each, in the order of reading; a bad row that is kept has its place and no values.
 */
export function perSample({ blocks, classes, className }: Samples, form: SampleRecords): RowsResult {
  const { margins, counted } = form.questions;
  const bytesOf = (index: number) => toBytes(`${className(index)}`);
  const ofMargins = (cells: Readonly<Record<string, (judgement: MarginJudgement) => Cell>>): ColumnOf[] =>
    margins.flatMap((m, i) =>
      Object.entries(cells).map(([name, of]) => {
        return {
          name: `${name}${m}`,
          kind: NUMBERED.has(name) ? "integer" : "boolean",
          cell: (_, records, at) => of(form.judgement(records, at, i)),
        };
      }),
    );
  const columns: ColumnOf[] = [
    { name: "row", kind: "integer", cell: ({ place }) => place },
    { name: "label", kind: "bytes", cell: ({ label }) => bytesOf(label) },
    { name: "nearest", kind: "bytes", cell: ({ nearest }) => bytesOf(nearest) },
    ...MEASURES.map(({ name, isAngle, of }): ColumnOf => {
      return { name, ...(isAngle && { kind: "angle" }), cell: (sample) => of(sample) ?? null };
    }),
    ...ofMargins({
      naive_: ({ naive }) => naive,
      angular_: ({ angular }) => angular,
      segment_: ({ segment }) => segment,
    }),
    { name: "competitors", kind: "integer", cell: () => classes - 1 },
    ...ofMargins({ [PAIRS]: ({ naivePairs }) => naivePairs, psi_: ({ psi }) => psi }),
    ...counted.map((spec, i): ColumnOf => {
      return { name: `${HOLDS}${spec}`, kind: "boolean", cell: (_, records, at) => form.holds(records, at, i) };
    }),
    ...lossColumns(form.questions).map((name, i): ColumnOf => {
      return { name, cell: (_, records, at) => form.loss(records, at, i) };
    }),
  ];
  const rowOf = (records: Float64Array, at: number): Cell[] => {
    const sample = form.sample(records, at);
    if (sample === undefined) return [records[at]!, ...Array(columns.length - 1).fill(null)];
    return columns.map(({ cell }) => cell(sample, records, at));
  };
  async function* batches() {
    for await (const records of blocks) {
      const rows = Array.from({ length: records.length / form.width }, (_, i) => rowOf(records, i * form.width));
      yield batchOf(rows, columns.length);
    }
  }
  return { ...rowsResult(columns, []), batches: batches() };
}
