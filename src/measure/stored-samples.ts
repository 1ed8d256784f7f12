import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ParameterError } from "../core/errors.ts";
import { type Message, message } from "../core/message.ts";
import type { Batch } from "../data/batch.ts";
import { fromBytes, toBytes } from "../data/bytes.ts";
import { DataError } from "../data/errors.ts";
import { sizeOf } from "../data/file.ts";
import { shortened } from "../data/shown.ts";
import { remaining } from "../data/table.ts";
import { faultsOf, openRows, visitRows } from "../rows/file-rows.ts";
import type { Faults, Header } from "../rows/header.ts";
import { fisherScore } from "./class-scatter.ts";
import { directedLabels, type StoredClassSums, scatterOf, storedClassSums } from "./class-sums.ts";
import { HOLDS, LOSS, lossColumns, PAIRS } from "./per-sample.ts";
import { notedAngles, notedErrors, readNote, requireParts, type SampleNote } from "./sample-note.ts";
import { meansNote, type Questions, SampleRecords, type Samples } from "./samples.ts";

/** Samples that were measured before, what was asked of them, and what else is noted of them. */
export interface StoredSamples extends Samples {
  readonly questions: Questions;
  readonly norms: boolean;
  /** Of each table with a note what tells how far its mean losses may be off. */
  readonly lossErrors: readonly (readonly (readonly bigint[])[])[];
}

/**
 * The samples in tables that measure --per-sample wrote, or an engine under the same columns. Conditions are decided anew from the angles, which
 * are exact there. Throws DataError where the tables are no parts of one whole, or one holds other than was written.
 */
export async function storedSamples(paths: readonly string[], sumsPaths?: readonly string[]): Promise<StoredSamples> {
  requireOnce(paths);
  const notes = paths.flatMap((path) => {
    const note = readNote(path);
    return note === undefined ? [] : [[path, note] as const];
  });
  requireParts(notes);
  const tables = await openTables(paths, new Map(notes));
  const [{ questions }] = tables;
  const [[whence, note] = [undefined, undefined]] = notes;
  const { classes, norms, path: first } = note ? { ...note, path: whence! } : await firstRow(tables);
  const sums = sumsPaths && (await storedClassSums(sumsPaths));
  if (sums && note) requireVectors(sums, sumsPaths[0]!, note, whence!);
  const measured = sums && measuredSums(sums);
  const form = new SampleRecords(questions);
  const names = new ClassNames(note?.class_names ?? null);
  const whole = { form, competitors: classes - 1, first, names, norms };
  const sampleNotes = notes.map(([, one]) => one);
  const bare = tables.filter(({ noted }) => noted === undefined);
  const angles = sums && bare.length === 0 ? notedAngles(sampleNotes, sums.fingerprint) : undefined;
  const counts = new Map<number, number>();
  let done = 0;
  async function* blocks() {
    for (const { path, records, noted } of tables) {
      let samples = 0;
      for await (const some of records(whole)) {
        yield some;
        samples += some.length / form.width;
        for (let at = 1; at < some.length; at += form.width) counts.set(some[at]!, (counts.get(some[at]!) ?? 0) + 1);
      }
      done += sizeOf(path);
      if (noted !== undefined && samples !== noted.samples)
        throw new DataError(`${path} has ${samples} samples, and ${path}.json says ${noted.samples}: write both anew`);
    }
    if (sums && measured) requireCounts(sums, measured.labels, counts);
  }
  return {
    questions,
    norms,
    lossErrors: sampleNotes.map(notedErrors),
    classes,
    className: (index) => names.nameOf(index),
    order: (i, j) => names.compare(i, j),
    blocks: blocks(),
    total: paths.reduce((sum, path) => sum + sizeOf(path), 0),
    done: () => done,
    skipped: () => tables.reduce((sum, { noted, kept }) => sum + (noted?.skipped_rows ?? kept()), 0),
    notes: sums && isOfMeans(sums) ? [meansNote(classes)] : [],
    ...(measured && {
      ofFeatures: () => ({ fisher_score: fisherScore(scatterOf(measured)), class_angles: angles }),
    }),
    warnings: () => [
      ...withoutNote(bare),
      ...tables.flatMap(({ warnings }) => warnings()),
      ...(norms && !sums ? [message`fisher_score and class_angles are left out: they need --class-sums`] : []),
      ...(sums && !angles
        ? [
            message`class_angles are left out: they need samples that were measured with all class sums (--features, --class-sums)`,
          ]
        : []),
    ],
  };
}

function requireOnce(paths: readonly string[]): void {
  const twice = paths.find((path, i) => paths.findIndex((other) => resolve(other) === resolve(path)) < i);
  if (twice !== undefined) throw new DataError(`${twice} is given twice: leave one out`);
}

const isOfMeans = ({ about }: StoredClassSums) => about.class_vectors === null;

/** The sums of those classes that samples are measured in: of class means those that have a direction. */
const measuredSums = (sums: StoredClassSums) => (isOfMeans(sums) ? sums.of(directedLabels(sums)) : sums);

function requireVectors(sums: StoredClassSums, sumsPath: string, note: SampleNote, path: string): void {
  const vectors = isOfMeans(sums) ? sums.fingerprint : sums.about.class_vectors;
  if (note.class_vectors === vectors) return;
  const advice = isOfMeans(sums) ? ": class means stand for them, measure each table with --class-sums of all" : "";
  throw new DataError(`${sumsPath} has sums of other class vectors than those of ${path}${advice}`);
}

/** Throws DataError where class sums are not those of the samples, by how many each of the measured classes has. */
function requireCounts(sums: StoredClassSums, labels: readonly number[], counts: ReadonlyMap<number, number>): void {
  const [found, summed] = [[...counts.values()], labels.map(sums.countOf)].map((all) =>
    all!.reduce((sum, count) => sum + count, 0),
  );
  if (found !== summed) {
    const missing = found! < summed! ? "a table of samples" : "a file of class sums";
    throw new DataError(`there are ${found} samples, and the class sums are of ${summed}: ${missing} is missing`);
  }
  const other = labels.find((label) => sums.countOf(label) !== (counts.get(label) ?? 0));
  if (other !== undefined)
    throw new DataError(
      `class ${other} has ${counts.get(other) ?? 0} samples, and ${sums.countOf(other)} in the class sums: these are of other samples`,
    );
}

function withoutNote([lone, ...more]: readonly SampleTable[]): Message[] {
  if (lone === undefined) return [];
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return [message`${lone.path}${others}: no .json lies beside, the rows are taken at their word`];
}

/** What tables without notes have in common. */
interface Whole {
  readonly form: SampleRecords;
  readonly competitors: number;
  /** The table that this was read from. */
  readonly first: string;
  readonly names: ClassNames;
  readonly norms: boolean;
}

type SampleTable = Awaited<ReturnType<typeof openSamples>>;

/** Tables that answer the same questions, each with its note. */
async function openTables(paths: readonly string[], notes: ReadonlyMap<string, SampleNote>) {
  const tables: SampleTable[] = [];
  for (const path of paths) tables.push(await openSamples(path, notes.get(path)));
  const [first, ...others] = tables as [SampleTable, ...SampleTable[]];
  const other = others.find(({ columns }) => columns !== first.columns);
  if (other !== undefined)
    throw new DataError(`${other.path} is no part of the same whole as ${first.path}: it has other columns`);
  return [first, ...others] as const;
}

/** What the first row of all tables tells, in place of a note. No other table may be read until that one is. */
async function firstRow(tables: readonly SampleTable[]) {
  for (const { path, look } of tables) {
    const found = await look();
    if (found) return { ...found, path };
  }
  throw new DataError(`${tables[0]!.path} has no sample, and no .json lies beside: write it anew`);
}

/** One table of samples: the questions that its columns answer, and its rows as records. */
async function openSamples(path: string, noted: SampleNote | undefined) {
  const { table, header, bad, warnings } = await openRows(path, {});
  const names = table.names.map(fromBytes);
  const questions = questionsOf(path, names);
  if (
    noted &&
    Object.entries(questions).some(([key, asked]) => !isDeepStrictEqual(asked, noted[key as keyof Questions]))
  )
    throw new DataError(`${path} has other columns than ${path}.json says: write both anew`);
  async function* batches() {
    for await (const part of remaining(table.parts)) yield* table.batches(part);
  }
  const rows = batches();
  let looked: Batch | undefined;
  let kept = 0;

  /** What the first row with a label tells, if there is one. */
  async function look(): Promise<Pick<SampleNote, "classes" | "norms"> | undefined> {
    const label = header.text("label");
    for (let next = await rows.next(); !next.done; next = await rows.next()) {
      const batch = next.value;
      const isKept = (row: number) => batch.fault(row) === undefined && label(batch, row) === "";
      let row = 0;
      while (row < batch.size && isKept(row)) row++;
      if (row === batch.size) {
        kept += row;
        continue;
      }
      looked = batch;
      const fault = batch.fault(row);
      if (fault !== undefined) bad.take(batch.line(row), fault);
      const cell = (name: string) => header.text(name)(batch, row);
      const competitors = Number(cell("competitors"));
      if (!Number.isSafeInteger(competitors) || competitors < 1)
        throw new DataError(`${path}: competitors is "${cell("competitors")}" in the first row: it must be 1 or more`);
      return { classes: competitors + 1, norms: header.has("feature_norm") && cell("feature_norm") !== "" };
    }
    return undefined;
  }
  async function* all(): AsyncGenerator<Batch> {
    if (looked) yield looked;
    yield* rows;
  }
  async function* records(whole: Whole) {
    const { width } = whole.form;
    const reader = recordReader(header, whole);
    for await (const batch of all()) {
      const faults = faultsOf(batch);
      const found = new Float64Array(batch.size * width);
      const read = reader(batch, faults, found);
      let end = 0;
      const add = (row: number) => {
        if (read(row, end)) end += width;
        else kept++;
      };
      const stop = visitRows(batch, faults, bad, add, () => {});
      if (stop !== undefined) throw stop;
      yield found.subarray(0, end);
    }
  }
  return { path, noted, columns: names.toSorted().join(), questions, look, records, kept: () => kept, warnings };
}

/** What was asked of samples, by the columns of their table. Throws DataError where it is none. */
function questionsOf(path: string, columns: readonly string[]): Questions {
  const after = (lead: string) => columns.flatMap((name) => (name.startsWith(lead) ? [name.slice(lead.length)] : []));
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
  try {
    new SampleRecords(questions);
  } catch (error) {
    if (error instanceof ParameterError) throw new DataError(`${path}: in the names of its columns ${error.message}`);
    throw error;
  }
  return questions;
}

/** Reads the rows of a batch as records: gives what writes that of a row at a place, and says whether it did, since a bad row that was kept has none. */
function recordReader(header: Header, { form, competitors, first, names: classes, norms }: Whole) {
  const { questions } = form;
  const label = header.text("label");
  const nearest = header.text("nearest");
  const angles = ["theta_y", "min_theta_j"].map((name) => header.angle(name));
  const names = [...questions.margins.map((m) => `${PAIRS}${m}`), ...lossColumns(questions)];
  const numbers = [...names, "competitors", ...(header.has("row") ? ["row"] : []), ...(norms ? ["feature_norm"] : [])];
  const readers = numbers.map((name) => [name, header.number(name)] as const);
  return (batch: Batch, faults: Faults, records: Float64Array) => {
    const labels = Array.from({ length: batch.size }, (_, row) => (faults.has(row) ? undefined : label(batch, row)));
    // Readers pass over these rows, and add those in which a cell is none. Kept bad rows have empty cells.
    const passed: Faults = new Map(faults);
    for (const [row, own] of labels.entries()) if (own === "") passed.set(row, "kept");
    const [thetaY, minThetaJ] = angles.map((read) => read(batch, passed).at);
    const columns = new Map(readers.map(([name, read]) => [name, read(batch, passed).at]));
    for (const [row, fault] of passed) if (labels[row] !== "") faults.set(row, fault);
    const [placeOf, normOf] = [columns.get("row"), columns.get("feature_norm")];
    const [pairs, losses] = [names.slice(0, questions.margins.length), names.slice(questions.margins.length)].map(
      (some) => some.map((name) => columns.get(name)!),
    );
    return (row: number, at: number): boolean => {
      if (labels[row] === "") return false;
      const others = columns.get("competitors")!(row);
      if (others !== competitors) throw new DataError(`competitors is ${others}, and ${competitors} in ${first}`);
      const sample = {
        place: placeOf?.(row) ?? batch.line(row),
        label: classes.indexOf(labels[row]!),
        nearest: classes.indexOf(nearest(batch, row)),
        thetaY: thetaY!(row),
        minThetaJ: minThetaJ!(row),
        ...(normOf && { norm: normOf(row) }),
      };
      if (sample.nearest === sample.label) throw new DataError("nearest is the label: it must be another class");
      form.write(records, at, sample, (i) => {
        const count = pairs![i]!(row);
        if (Number.isInteger(count) && count >= 0 && count <= competitors) return count;
        throw new DataError(`${names[i]} is ${count}: it must be a whole number from 0 to competitors, ${competitors}`);
      });
      for (const [i, lossOf] of losses!.entries()) form.writeLoss(records, at, i, lossOf(row));
      return true;
    };
  };
}

/** Numbers for classes: their places where their names are known, else the whole numbers that they are, or the order in which they come. */
class ClassNames {
  readonly #names: string[];
  readonly #places: Map<string, number>;
  readonly #isOpen: boolean;

  constructor(names: readonly string[] | null) {
    this.#names = [...(names ?? [])];
    this.#places = new Map(names?.map((name, i) => [toBytes(name), i]));
    this.#isOpen = names === null;
  }

  /** The number of a class by the bytes of its name. Throws DataError for one that is not known. */
  indexOf(bytes: string): number {
    const known = this.#places.get(bytes);
    if (known !== undefined) return known;
    if (!this.#isOpen)
      throw new DataError(`"${shortened(fromBytes(bytes))}" is none of the classes that were measured`);
    const whole = Number(bytes);
    const isWhole = Number.isSafeInteger(whole) && `${whole}` === bytes;
    const place = isWhole ? whole : FIRST_NAMED + this.#names.push(fromBytes(bytes)) - 1;
    this.#places.set(bytes, place);
    return place;
  }

  /** The order of classes of the same figures: that of their numbers; those that are numbered as they come by name. */
  compare(i: number, j: number): number {
    if (!this.#isOpen || i < FIRST_NAMED || j < FIRST_NAMED) return i - j;
    return this.nameOf(i) < this.nameOf(j) ? -1 : 1;
  }

  nameOf(index: number): string | number {
    if (!this.#isOpen) return this.#names[index]!;
    return index >= FIRST_NAMED ? this.#names[index - FIRST_NAMED]! : index;
  }
}

/** Classes that are no whole numbers are numbered from here on. */
const FIRST_NAMED = 2 ** 52;
