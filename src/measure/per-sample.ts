import { toBytes } from "../data/bytes.ts";
import { batchOf, type Cell, type Column, type RowsResult, rowsResult } from "../render/result.ts";
import { MEASURES, type OfMargin, type Questions, type Sample, type SampleRecords, type Samples } from "./samples.ts";

type ColumnOf = Column & { readonly cell: (sample: Sample, records: Float64Array, at: number) => Cell };

/**
 * How the names of columns begin that end in an m, a function, or a function and a
 * scale: reading a table finds its questions by them.
 */
export const PAIRS = "naive_pairs_";
export const HOLDS = "holds_";
export const LOSS = "loss_";

/** The losses in the order of records: their names in the table. */
export const lossColumns = ({ functions, scales }: Questions): string[] =>
  functions.flatMap((spec) => scales.map((scale) => `${LOSS}${spec}_${scale}`));

/**
 * The table of samples: one row for each, in the order of reading; a bad row that is kept has its place and no values.
 */
export function perSample({ blocks, classes, className, norms }: Samples, form: SampleRecords): RowsResult {
  const { margins, counted } = form.questions;
  const bytesOf = (index: number) => toBytes(`${className(index)}`);
  /** A column that holds numbers of records, or booleans that they stand for. */
  const columnAt = (place: number, name: string, kind?: Column["kind"]): ColumnOf => ({
    name,
    kind,
    cell: (_, records, at) => (kind === "boolean" ? records[at + place] === 1 : records[at + place]!),
  });
  const ofMargins = (...figures: OfMargin[]): ColumnOf[] =>
    margins.flatMap((m, i) =>
      figures.map((figure) => {
        const isNumber = figure === "segment" || figure === "naive_pairs";
        return columnAt(form.placeOf(i, figure), `${figure}_${m}`, isNumber ? "integer" : "boolean");
      }),
    );
  const columns: ColumnOf[] = [
    columnAt(0, "row", "integer"),
    { name: "label", kind: "bytes", cell: ({ label }) => bytesOf(label) },
    { name: "nearest", kind: "bytes", cell: ({ nearest }) => bytesOf(nearest) },
    ...MEASURES.map(({ name, isAngle, of }): ColumnOf => {
      const isKnown = norms || name !== "feature_norm";
      return { name, ...(isAngle && { kind: "angle" }), cell: (sample) => (isKnown ? of(sample) : null) };
    }),
    ...ofMargins("naive", "angular", "segment"),
    { name: "competitors", kind: "integer", cell: () => classes - 1 },
    ...ofMargins("naive_pairs", "psi"),
    ...counted.map((spec, i) => columnAt(form.holdsAt + i, `${HOLDS}${spec}`, "boolean")),
    ...lossColumns(form.questions).map((name, i) => columnAt(form.lossesAt + i, name)),
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
