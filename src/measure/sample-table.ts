import { ParameterError } from "../core/errors.ts";
import type { Batch } from "../data/batch.ts";
import { fromBytes } from "../data/bytes.ts";
import { DataError, tried } from "../data/errors.ts";
import { type FilePart, type OpenTable, remaining } from "../data/table.ts";
import { doubles } from "../kernels/rows.ts";
import { faultsOf, openRows, visitRows } from "../rows/file-rows.ts";
import type { Faults, Header } from "../rows/header.ts";
import type { PartWork } from "../rows/threads.ts";
import { type ClassNames, classNames } from "./class-names.ts";
import { HOLDS, LOSS, lossColumns, PAIRS } from "./per-sample.ts";
import type { SampleNote } from "./sample-note.ts";
import { type Questions, type SampleRecords, sampleRecords } from "./samples.ts";

/** What tables of samples have in common, in plain values that can be sent to a thread. */
export interface Whole extends Pick<SampleNote, "classes" | "norms"> {
  readonly questions: Questions;
  /** Those of the notes; undefined where there is no note. */
  readonly classNames: SampleNote["class_names"] | undefined;
  /** The table that this was read from. */
  readonly first: string;
}

/** A table of samples, as another thread opens it. */
interface TablePlace extends Pick<OpenTable, "names" | "format"> {
  readonly path: string;
}

export type SampleTable = Awaited<ReturnType<typeof openSamples>>;

/**
 * Opens a table of samples and counts them, and the bad rows that were kept;
 * with its columns and its format another thread does.
 */
export async function openSamples(path: string, { names, format }: Partial<TablePlace> = {}) {
  const counts = { samples: 0, kept: 0 };
  return {
    path,
    counts,
    ...(await openRows(path, { badRows: "fail", ...(format && { inputFormat: format }) }, names, counts)),
  };
}

/**
 * The questions that a table of samples answers, from the names of its columns. Throws DataError for any other table.
 */
export function questionsOf({ path, table }: SampleTable): Questions {
  const after = (lead: string) =>
    table.names.map(fromBytes).flatMap((name) => (name.startsWith(lead) ? [name.slice(lead.length)] : []));
  const isNumber = (text: string) => text !== "" && !Number.isNaN(Number(text));
  // Other columns, such as loss_total, are the user's own.
  const losses = after(LOSS)
    .map((name) => [name.slice(0, Math.max(0, name.lastIndexOf("_"))), name.slice(name.lastIndexOf("_") + 1)] as const)
    .filter(([spec, scale]) => spec !== "" && (scale === "norm" || isNumber(scale)));
  const questions: Questions = {
    margins: after(PAIRS).filter(isNumber).map(Number),
    counted: after(HOLDS),
    functions: [...new Set(losses.map(([spec]) => spec))],
    scales: [...new Set(losses.map(([, scale]) => (scale === "norm" ? scale : Number(scale))))],
  };
  if (questions.margins.length === 0)
    throw new DataError(`${path} has no column ${PAIRS}M: give tables that measure --per-sample wrote`);
  const fault = ({ message }: Error) => new DataError(`${path}: in the names of its columns ${message}`);
  tried(
    () => sampleRecords(questions),
    (error) => (error instanceof ParameterError ? fault(error) : error),
  );
  return questions;
}

/**
 * The classes and norms of a table without a note, from its first row with a label; and the
 * parts that were read for that, which must be read again.
 */
export async function firstRow({ path, table, header, bad }: SampleTable) {
  const [label, competitors] = [header.text("label"), header.text("competitors")];
  const parts: FilePart[] = [];
  for await (const part of remaining(table.parts)) {
    parts.push(part);
    for await (const batch of table.batches(part))
      for (let row = 0; row < batch.size; row++) {
        const fault = batch.faults?.get(row);
        if (fault !== undefined) bad.take(batch.line(row), fault);
        if (label(batch, row) === "") continue;
        const others = competitors(batch, row);
        if (!(Number.isSafeInteger(Number(others)) && Number(others) >= 1))
          throw new DataError(`${path}: competitors is "${others}" in the first row: it must be 1 or more`);
        const norms = header.has("feature_norm") && header.text("feature_norm")(batch, row) !== "";
        return { parts, row: { classes: Number(others) + 1, norms, first: path } };
      }
  }
  return { parts, row: undefined };
}

/**
 * Returns a function that reads a part of a table as bytes of records. Tables with
 * the same columns share one reader and its memory.
 */
export function sampleReader(whole: Whole, names = classNames(whole.classNames)) {
  const form = sampleRecords(whole.questions);
  const readers = new Map<string, { readonly header: Header; readonly read: ReturnType<typeof recordReader> }>();
  let records = new Float64Array();
  return async function* (
    { table, header: own, bad, counts }: SampleTable,
    part: FilePart,
  ): AsyncGenerator<Uint8Array> {
    const columns = [table.separator, ...own.names].join();
    const { header, read } = readers.get(columns) ?? { header: own, read: recordReader(own, form, whole, names) };
    readers.set(columns, { header, read });
    for await (const batch of table.batches(part, [...header.used])) {
      const faults = faultsOf(batch);
      // The header that reads may be that of another table.
      const before = header.takeClamped();
      if (records.length < batch.size * form.width) records = new Float64Array(batch.size * form.width);
      const write = read(batch, faults, records);
      let end = 0;
      const add = (row: number) => {
        if (!write(row, end)) counts.kept++;
        else end += form.width;
      };
      const stop = visitRows(batch, faults, bad, add, () => {});
      counts.samples += end / form.width;
      const clamped = header.takeClamped();
      header.clampedRows = before;
      own.clampedRows += clamped;
      yield new Uint8Array(records.buffer, 0, 8 * end);
      if (stop !== undefined) throw stop;
    }
  };
}

/**
 * For a batch, returns a function that writes the record of a row at `at`; it returns
 * false, without writing, for a bad row that was kept.
 */
function recordReader(header: Header, form: SampleRecords, { classes, norms, first }: Whole, names: ClassNames) {
  const { questions } = form;
  const [label, nearest] = [header.text("label"), header.text("nearest")];
  const [readThetaY, readMinThetaJ] = [header.angle("theta_y"), header.angle("min_theta_j")];
  const pairs = questions.margins.map((m) => `${PAIRS}${m}`);
  const losses = lossColumns(questions);
  const columns = ["competitors", ...pairs, ...losses, ...(norms ? ["feature_norm"] : [])];
  const readNumbers = header.numbersOf(columns);
  return (batch: Batch, faults: Faults, records: Float64Array) => {
    const [thetaY, minThetaJ] = [readThetaY(batch, faults).at, readMinThetaJ(batch, faults).at];
    const numbers = readNumbers(batch, faults) / 8;
    // Cells of a bad row that was kept are empty.
    for (const row of faults.keys())
      if (batch.faults?.has(row) !== true && label(batch, row) === "") faults.delete(row);
    let start = 0;
    const pairsAt = (i: number) => {
      const count = doubles[start + 1 + i]!;
      if (Number.isInteger(count) && count >= 0 && count < classes) return count;
      throw new DataError(`${pairs[i]} is ${count}: it must be a whole number from 0 to competitors, ${classes - 1}`);
    };
    return (row: number, at: number): boolean => {
      const own = label(batch, row);
      if (own === "") return false;
      start = numbers + row * columns.length;
      const competitors = doubles[start]!;
      if (competitors !== classes - 1)
        throw new DataError(`competitors is ${competitors}, and ${classes - 1} in ${first}`);
      const sample = {
        place: batch.line(row),
        label: names.indexOf(own),
        nearest: names.indexOf(nearest(batch, row)),
        thetaY: thetaY(row),
        minThetaJ: minThetaJ(row),
        norm: norms ? doubles[start + columns.length - 1]! : undefined,
      };
      if (sample.nearest === sample.label) throw new DataError("nearest is the label: it must be another class");
      form.write(records, at, sample, pairsAt);
      for (let i = 0; i < losses.length; i++) form.writeLoss(records, at, i, doubles[start + 1 + pairs.length + i]!);
      return true;
    };
  };
}

/** What a thread needs to read tables of samples. */
export interface SamplesJob {
  readonly tables: readonly TablePlace[];
  readonly whole: Whole;
}

/**
 * Reads parts of tables in another thread. Each part has the number of its
 * table, and the tables come one after the other.
 */
export function samplesWork({ tables, whole }: SamplesJob): PartWork {
  const read = sampleReader(whole);
  let [current, table]: [SampleTable | undefined, number] = [undefined, -1];
  return {
    async *bytesOf(part) {
      if (part.table !== table) {
        table = part.table!;
        current = await openSamples(tables[table]!.path, tables[table]);
      }
      yield* read(current!, part);
    },
    takeTally: () => ({ bad: 0, badLines: [], clamped: 0, counts: {}, ...current?.source.takeTally(), table }),
  };
}
