import { ParameterError } from "../core/errors.ts";
import { fromBytes } from "../data/bytes.ts";
import { DataError, tried } from "../data/errors.ts";
import { type FilePart, type OpenTable, remaining } from "../data/table.ts";
import { doubles } from "../kernels/rows.ts";
import { openRows } from "../rows/file-rows.ts";
import type { Header } from "../rows/header.ts";
import type { PartWork } from "../rows/threads.ts";
import { type ClassNames, classNames } from "./class-names.ts";
import { HOLDS, LOSS, lossColumns, PAIRS } from "./per-sample.ts";
import type { SampleNote } from "./sample-note.ts";
import { type Questions, type SampleRecords, sampleRecords } from "./samples.ts";
import { type RecordWriter, recordsOfBatches, sharedRecords } from "./shared-records.ts";

/** More threads gain nothing: a single thread adds up the samples, which takes half as long as reading them. */
const MOST_THREADS = 3;

/** What tables of samples have in common, in plain values that can be sent to a thread. */
interface Whole extends Pick<SampleNote, "classes" | "norms"> {
  readonly questions: Questions;
  /** Those of the notes; undefined where there is no note. */
  readonly classNames: SampleNote["class_names"] | undefined;
  /** The table that this was read from. */
  readonly first: string;
}

export type SampleTable = Awaited<ReturnType<typeof openSamples>>;

/**
 * Opens a table of samples and counts them, and the bad rows that were kept;
 * with its columns and its format another thread does.
 */
export async function openSamples(path: string, { names, format }: Partial<OpenTable> = {}) {
  const counts = { samples: 0, kept: 0 };
  const opened = await openRows(path, { badRows: "fail", ...(format && { inputFormat: format }) }, names, counts);
  /** Parts that were read for the first row, and must be read again. */
  const held: FilePart[] = [];
  return { ...opened, path, counts, held };
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
  const reworded = (error: unknown) =>
    error instanceof ParameterError ? new DataError(`${path}: in the names of its columns ${error.message}`) : error;
  tried(() => sampleRecords(questions), reworded);
  return questions;
}

/** What all tables have in common, from a note or else from the first row. */
export async function wholeOf(tables: readonly SampleTable[], notes: ReadonlyMap<string, SampleNote>): Promise<Whole> {
  const questions = questionsOf(tables[0]!);
  const [[first, note] = []] = notes;
  if (note) return { questions, classes: note.classes, norms: note.norms, classNames: note.class_names, first: first! };
  for (const table of tables) {
    const row = await firstRow(table);
    if (row) return { ...row, questions, classNames: undefined };
  }
  throw new DataError(`${tables[0]!.path} has no sample, and no .json lies beside: write it anew`);
}

/** The classes and norms of a table without a note, from its first row with a label. */
async function firstRow({ path, table, header, bad, held }: SampleTable) {
  const [label, competitors] = [header.text("label"), header.text("competitors")];
  for await (const part of remaining(table.parts)) {
    held.push(part);
    for await (const batch of table.batches(part))
      for (let row = 0; row < batch.size; row++) {
        const fault = batch.faults?.get(row);
        if (fault !== undefined) bad.take(batch.line(row), fault);
        if (label(batch, row) === "") continue;
        const others = competitors(batch, row);
        if (!(Number.isSafeInteger(Number(others)) && Number(others) >= 1))
          throw new DataError(`${path}: competitors is "${others}" in the first row: it must be 1 or more`);
        const norms = header.has("feature_norm") && header.text("feature_norm")(batch, row) !== "";
        return { classes: Number(others) + 1, norms, first: path };
      }
  }
  return undefined;
}

/**
 * Returns a function that reads a part of a table as bytes of records. Tables with
 * the same columns share one header, which reads them, and its memory.
 */
function sampleReader(whole: Whole, names = classNames(whole.classNames)) {
  const form = sampleRecords(whole.questions);
  const readers = new Map<string, ReturnType<typeof sharedReader>>();
  let table: SampleTable;

  function sharedReader({ header }: SampleTable) {
    const writerOf = recordWriter(header, form, whole, names);
    const recordsOf = recordsOfBatches(form, (batch, faults) => {
      const before = header.takeClamped();
      const write = writerOf(batch, faults);
      const clamped = header.takeClamped();
      header.clampedRows = before;
      table.header.clampedRows += clamped;
      const { counts } = table;
      return (row, records, at) => {
        const isSample = write(row, records, at);
        counts[isSample ? "samples" : "kept"]++;
        return isSample;
      };
    });
    return { used: header.used, recordsOf };
  }

  return async function* (of: SampleTable, part: FilePart): AsyncGenerator<Uint8Array> {
    table = of;
    const columns = [table.table.separator, ...table.header.names].join();
    const { used, recordsOf } = readers.get(columns) ?? sharedReader(table);
    readers.set(columns, { used, recordsOf });
    for await (const batch of table.table.batches(part, [...used])) yield* recordsOf(batch, table.bad);
  };
}

/** Writes the records of rows; a bad row that was kept has none. */
function recordWriter(
  header: Header,
  form: SampleRecords,
  { classes, norms, first }: Whole,
  names: ClassNames,
): RecordWriter {
  const { margins } = form.questions;
  const [label, nearest] = [header.text("label"), header.text("nearest")];
  const [readThetaY, readMinThetaJ] = [header.angle("theta_y"), header.angle("min_theta_j")];
  const losses = lossColumns(form.questions);
  const pairs = margins.map((m) => `${PAIRS}${m}`);
  const columns = ["competitors", ...pairs, ...losses, ...(norms ? ["feature_norm"] : [])];
  const readNumbers = header.numbersOf(columns);
  return (batch, faults) => {
    const [thetaY, minThetaJ] = [readThetaY(batch, faults).at, readMinThetaJ(batch, faults).at];
    const numbers = readNumbers(batch, faults) / 8;
    // Cells of a bad row that was kept are empty.
    for (const row of faults.keys())
      if (batch.faults?.has(row) !== true && label(batch, row) === "") faults.delete(row);
    return (row, records, at) => {
      const own = label(batch, row);
      if (own === "") return false;
      const start = numbers + row * columns.length;
      const competitors = doubles[start]!;
      if (competitors !== classes - 1)
        throw new DataError(`competitors is ${competitors}, and ${classes - 1} in ${first}`);
      const sample = {
        place: batch.line(row),
        label: names.indexOf(own),
        nearest: names.indexOf(nearest(batch, row)),
        thetaY: thetaY(row),
        minThetaJ: minThetaJ(row),
        norm: norms ? doubles[start + columns.length - 1]! : Number.NaN,
      };
      if (sample.nearest === sample.label) throw new DataError("nearest is the label: it must be another class");
      form.write(records, at, sample, (i) => {
        const count = doubles[start + 1 + i]!;
        if (Number.isInteger(count) && count >= 0 && count < classes) return count;
        throw new DataError(`${pairs[i]} is ${count}: it must be a whole number from 0 to competitors, ${classes - 1}`);
      });
      for (let i = 0; i < losses.length; i++) records[at + form.lossesAt + i] = doubles[start + 1 + pairs.length + i]!;
      return true;
    };
  };
}

/** The records of all tables, made by threads where the numbers of the classes are known before. */
export function recordsOf(tables: readonly SampleTable[], whole: Whole, names: ClassNames, threads: number) {
  async function* parts(): AsyncGenerator<FilePart> {
    for (const [table, { source, held }] of tables.entries()) {
      for (const part of held) yield { ...part, table };
      for await (const part of remaining(source.parts)) yield { ...part, table };
    }
  }
  const read = sampleReader(whole, names);
  const places = tables.map(({ path, table: { names, format } }) => ({ path, names, format }));
  const isLong = tables.some(({ source }) => source.isLong);
  return sharedRecords(
    { parts: parts(), isLong, addTally: (tally) => tables[tally.table!]!.source.addTally(tally) },
    (part) => read(tables[part.table!]!, part),
    { tables: places, whole } satisfies SamplesJob,
    whole.classNames === undefined ? 1 : Math.min(threads, MOST_THREADS),
  );
}

/** What a thread needs to read tables of samples. */
interface SamplesJob {
  readonly tables: readonly (Pick<OpenTable, "names" | "format"> & { readonly path: string })[];
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
