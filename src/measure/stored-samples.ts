import { ParameterError } from "../core/errors.ts";
import { message } from "../core/message.ts";
import type { Batch } from "../data/batch.ts";
import { fromBytes, toBytes } from "../data/bytes.ts";
import { DataError } from "../data/errors.ts";
import { sizeOf } from "../data/file.ts";
import { shortened } from "../data/shown.ts";
import { remaining } from "../data/table.ts";
import { faultsOf, openRows, visitRows } from "../rows/file-rows.ts";
import type { Faults, Header } from "../rows/header.ts";
import { fisherScore } from "./class-scatter.ts";
import { directedLabels, scatterOf, storedClassSums } from "./class-sums.ts";
import { HOLDS, LOSS, lossColumns, PAIRS } from "./per-sample.ts";
import { notedAngles, readNote, requireParts, type SampleNote } from "./sample-note.ts";
import { meansNote, type Questions, SampleRecords, type Samples } from "./samples.ts";

/** Samples that were measured before, what was asked of them, and what is noted beside their tables. */
export interface StoredSamples extends Samples {
  readonly questions: Questions;
  readonly norms: boolean;
  readonly sampleNotes: readonly SampleNote[];
}

/**
 * The samples in tables that measure --per-sample wrote, or an engine under the same columns. Conditions are decided anew from the angles, which
 * are exact there. Throws DataError where the tables are no parts of one whole, or one holds other than was written.
 */
export async function storedSamples(paths: readonly string[], sumsPaths?: readonly string[]): Promise<StoredSamples> {
  const notes = new Map(
    paths.flatMap((path) => {
      const note = readNote(path);
      return note === undefined ? [] : [[path, note] as const];
    }),
  );
  requireParts(notes);
  const tables: SampleTable[] = [];
  for (const path of paths) tables.push(await openSamples(path));
  const [first] = tables as [SampleTable, ...SampleTable[]];
  const other = tables.find(({ columns }) => columns !== first.columns);
  if (other !== undefined)
    throw new DataError(`${other.path} is no part of the same whole as ${first.path}: its columns differ`);
  const [note] = notes.values();
  const { classes, norms } = note ?? (await first.look());
  const names = new ClassNames(note?.class_names ?? null);
  const [lone, ...more] = paths.filter((path) => !notes.has(path));
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  const form = new SampleRecords(first.questions);
  const sums = sumsPaths && (await storedClassSums(sumsPaths));
  const isOfMeans = sums?.about.class_vectors === null;
  const vectors = isOfMeans ? sums.fingerprint : sums?.about.class_vectors;
  if (sums && note && note.class_vectors !== vectors)
    throw new DataError(`${sumsPaths[0]} has sums of other class vectors than those of ${notes.keys().next().value}`);
  const sampleNotes = [...notes.values()];
  const angles = sums && lone === undefined ? notedAngles(sampleNotes, sums.fingerprint) : undefined;
  let [done, total] = [0, 0];
  async function* blocks() {
    for (const { path, records } of tables) {
      let samples = 0;
      for await (const some of records(form, classes - 1, names, norms)) {
        yield some;
        samples += some.length / form.width;
      }
      total += samples;
      done += sizeOf(path);
      const noted = notes.get(path)?.samples ?? samples;
      if (samples !== noted)
        throw new DataError(`${path} has ${samples} samples, and ${path}.json says ${noted}: write both anew`);
    }
    if (sums && sums.samples !== total) {
      const missing = total < sums.samples ? "a table of samples" : "a file of class sums";
      throw new DataError(
        `there are ${total} samples, and the class sums are of ${sums.samples}: ${missing} is missing`,
      );
    }
  }
  return {
    questions: first.questions,
    norms,
    sampleNotes,
    classes,
    className: (index) => names.nameOf(index),
    blocks: blocks(),
    total: paths.reduce((sum, path) => sum + sizeOf(path), 0),
    done: () => done,
    skipped: () => [...notes.values()].reduce((sum, { skipped_rows }) => sum + skipped_rows, 0),
    notes: isOfMeans ? [meansNote(classes)] : [],
    ...(sums && {
      ofFeatures: () => ({
        fisher_score: fisherScore(scatterOf(isOfMeans ? sums.of(directedLabels(sums)) : sums)),
        class_angles: angles,
      }),
    }),
    warnings: () => [
      ...(lone === undefined
        ? []
        : [message`${lone}${others}: no .json lies beside, the rows are taken at their word`]),
      ...(norms && !sums ? [message`fisher_score and class_angles are left out: they need --class-sums`] : []),
      ...(sums && !angles
        ? [
            message`class_angles are left out: they need samples that were measured with all class sums (--features, --class-sums)`,
          ]
        : []),
    ],
  };
}

type SampleTable = Awaited<ReturnType<typeof openSamples>>;

/** One table of samples: the questions that its columns answer, and its rows as records. */
async function openSamples(path: string) {
  const { table, header, bad } = await openRows(path, {});
  const names = table.names.map(fromBytes);
  async function* batches() {
    for await (const part of remaining(table.parts)) yield* table.batches(part);
  }
  const rows = batches();
  let looked: IteratorResult<Batch> | undefined;

  /** What the first row tells, in place of a note. No other table may be read until this one is. */
  async function look(): Promise<Pick<SampleNote, "classes" | "norms">> {
    looked = await rows.next();
    const { value: batch, done } = looked;
    const cell = (name: string) => (done || batch.size === 0 ? "" : header.text(name)(batch, 0));
    const competitors = Number(cell("competitors"));
    if (!Number.isSafeInteger(competitors) || (competitors < 1 && !done))
      throw new DataError(`${path}: competitors is "${cell("competitors")}" in the first row: it must be 1 or more`);
    return { classes: competitors + 1, norms: header.has("feature_norm") && cell("feature_norm") !== "" };
  }
  async function* all(): AsyncGenerator<Batch> {
    if (looked?.done === false) yield looked.value;
    yield* rows;
  }
  async function* records(form: SampleRecords, competitors: number, classes: ClassNames, norms: boolean) {
    const reader = recordReader(header, form, competitors, classes, norms);
    for await (const batch of all()) {
      const faults = faultsOf(batch);
      const found = new Float64Array(batch.size * form.width);
      const read = reader(batch, faults, found);
      let end = 0;
      const add = (row: number) => {
        if (read(row, end)) end += form.width;
      };
      const stop = visitRows(batch, faults, bad, add, () => {});
      if (stop !== undefined) throw stop;
      yield found.subarray(0, end);
    }
  }
  return { path, columns: names.join(), questions: questionsOf(path, names), look, records };
}

/** What was asked of samples, by the columns of their table. Throws DataError where it is none. */
function questionsOf(path: string, columns: readonly string[]): Questions {
  const after = (lead: string) => columns.flatMap((name) => (name.startsWith(lead) ? [name.slice(lead.length)] : []));
  const losses = after(LOSS).map((name) => [
    name.slice(0, name.lastIndexOf("_")),
    name.slice(name.lastIndexOf("_") + 1),
  ]);
  const questions: Questions = {
    margins: after(PAIRS).map(Number),
    counted: after(HOLDS),
    functions: [...new Set(losses.map(([spec]) => spec!))],
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
function recordReader(header: Header, form: SampleRecords, competitors: number, classes: ClassNames, norms: boolean) {
  const { questions } = form;
  const label = header.text("label");
  const nearest = header.text("nearest");
  const angles = ["theta_y", "min_theta_j"].map((name) => header.angle(name));
  const names = [...questions.margins.map((m) => `${PAIRS}${m}`), ...lossColumns(questions)];
  const numbers = [...names, "competitors", ...(header.has("row") ? ["row"] : []), ...(norms ? ["feature_norm"] : [])];
  const readers = numbers.map((name) => [name, header.number(name)] as const);
  return (batch: Batch, faults: Faults, records: Float64Array) => {
    const labels = Array.from({ length: batch.size }, (_, row) => (faults.has(row) ? undefined : label(batch, row)));
    const kept = [...labels.keys()].filter((row) => labels[row] === "");
    for (const row of kept) faults.set(row, "it was kept");
    const [thetaY, minThetaJ] = angles.map((read) => read(batch, faults).at);
    const columns = new Map(readers.map(([name, read]) => [name, read(batch, faults).at]));
    for (const row of kept) faults.delete(row);
    const [placeOf, normOf] = [columns.get("row"), columns.get("feature_norm")];
    const [pairs, losses] = [names.slice(0, questions.margins.length), names.slice(questions.margins.length)].map(
      (some) => some.map((name) => columns.get(name)!),
    );
    return (row: number, at: number): boolean => {
      if (labels[row] === "") return false;
      const others = columns.get("competitors")!(row);
      if (others !== competitors) throw new DataError(`competitors is ${others}, and was ${competitors} before`);
      const sample = {
        place: placeOf?.(row) ?? batch.line(row),
        label: classes.indexOf(labels[row]!),
        nearest: classes.indexOf(nearest(batch, row)),
        thetaY: thetaY!(row),
        minThetaJ: minThetaJ!(row),
        ...(normOf && { norm: normOf(row) }),
      };
      form.write(records, at, sample, (i) => pairs![i]!(row));
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

  nameOf(index: number): string | number {
    if (!this.#isOpen) return this.#names[index]!;
    return index >= FIRST_NAMED ? this.#names[index - FIRST_NAMED]! : index;
  }
}

/** Classes that are no whole numbers are numbered from here on. */
const FIRST_NAMED = 2 ** 52;
