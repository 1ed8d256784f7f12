import { lengthOf } from "../core/angle-between.ts";
import { type ArrayRows, arrayRows } from "../data/arrays.ts";
import { DataError, tried } from "../data/errors.ts";
import type { NpzMember } from "../data/npz-file.ts";
import { openArray } from "../data/open-array.ts";
import { TemporaryFile } from "../data/temporary-file.ts";
import { addedUp, type ClassSums, classScatter, classSums, LEAST_MEAN, scatterClasses } from "./class-scatter.ts";
import { inSteps, labelsOf, openFeatures, type StoredSamples } from "./feature-files.ts";
import { having, isNull, isText, listOf, or } from "./field-tests.ts";
import { newFingerprint } from "./fingerprint.ts";
import { vectorOf } from "./vectors.ts";

/** Sums of the unit features of every class, of one shard or of several. */
export interface AllClassSums {
  /** The label of each class, in rising order. */
  readonly labels: readonly number[];
  /** Components of a feature. */
  readonly cols: number;
  /** The sums of `count` classes from class number `first`. */
  readonly read: (first: number, count: number) => ClassSums;
  /** The sums of some of the classes. */
  readonly of: (labels: readonly number[]) => AllClassSums;
  /** The number of samples of a class that were summed up. */
  readonly countOf: (label: number) => number;
}

/** Sums from files, and where they come from. */
export type StoredClassSums = ReturnType<typeof stored>;

interface SumsAbout {
  /** The fingerprint of the class vectors; null where class means stand for them. */
  readonly class_vectors: string | null;
  /** The fingerprints of the shards that were summed up, in order. */
  readonly parts: readonly string[];
}

/** The arrays of a file of class sums, with a row for each label. */
type SumArrays = ReturnType<typeof kept>["arrays"];

/** The sums in files, added up, of these labels. */
function added(files: readonly SumArrays[], labels: readonly number[]): AllClassSums {
  const { cols } = files[0]!.high;
  return {
    labels,
    cols,
    read(first, count) {
      const [high, low] = [new Float64Array(count * cols), new Float64Array(count * cols)];
      const counts = new Float64Array(count);
      for (const file of files)
        for (let i = 0; i < count; i++) {
          const row = file.rowOf.get(labels[first + i]!);
          if (row === undefined) continue;
          counts[i]! += file.counts[row]!;
          add(vectorOf(high, cols, i), file.high.read(row, 1));
          add(vectorOf(low, cols, i), file.low.read(row, 1));
        }
      return { high, low, counts };
    },
    of: (labels) => added(files, labels),
    countOf: (label) => files.reduce((sum, { counts, rowOf }) => sum + (counts[rowOf.get(label)!] ?? 0), 0),
  };
}

function add(sum: Float64Array, more: ArrayLike<number>): void {
  for (let k = 0; k < sum.length; k++) sum[k]! += more[k]!;
}

/** Sums in temporary files, and a fingerprint of them. */
function kept({ labels, cols, read }: Pick<AllClassSums, "labels" | "cols" | "read">) {
  const files = { counts: new TemporaryFile(), high: new TemporaryFile(), low: new TemporaryFile() };
  const contents = newFingerprint();
  for (const [first, count] of blocksOf({ labels, cols })) {
    const block = read(first, count);
    for (const name of ["counts", "high", "low"] as const) {
      files[name].append(block[name]);
      contents.update(block[name]);
    }
  }
  const rows = (name: keyof typeof files, cols: number) =>
    arrayRows(files[name].array({ name, python: "" }, "<f8", cols));
  const arrays = {
    labels,
    rowOf: new Map(labels.map((label, row) => [label, row])),
    counts: Float64Array.from(rows("counts", 1).read(0, labels.length)),
    high: rows("high", cols),
    low: rows("low", cols),
  };
  return { arrays, contents: contents.update(Float64Array.from(labels)).digest("hex") };
}

/**
 * The sums of the features of files, which are read once, about these class vectors: those of
 * the classes with these labels, by default of all that occur.
 */
export function ownSums(samples: StoredSamples, class_vectors: string | null, labels = labelsOf(samples.labels)) {
  const files = openFeatures({ ...samples, weights: samples.features, classes: labels });
  const { cols } = files.features;
  const { arrays, contents } = kept({ labels, cols, read: (first, count) => classSums(files, first, count) });
  // Without samples there is no part that could be there twice.
  const parts = arrays.counts.some((count) => count > 0) ? [contents] : [];
  return stored([arrays], labels, { class_vectors, parts });
}

function stored(files: readonly SumArrays[], labels: readonly number[], about: SumsAbout) {
  /** What tells these sums from those of other shards. */
  const fingerprint = newFingerprint().update(JSON.stringify(about)).digest("hex");
  return { ...added(files, labels), files, about, fingerprint };
}

/** All classes in blocks: the number of the first of each block, and how many it has. */
export const blocksOf = ({ labels, cols }: Pick<AllClassSums, "labels" | "cols">) =>
  inSteps(labels.length, scatterClasses({ cols }));

/** The arrays of a file of sums. */
export function sumsMembers(sums: StoredClassSums): NpzMember[] {
  const [only, more] = sums.files;
  const { labels, counts, high, low } = more === undefined ? only! : kept(sums).arrays;
  const matrix = (name: string, rows: ArrayRows): NpzMember => {
    return { name, dtype: "<f8", shape: [rows.rows, rows.cols], bytes: () => bytesOfRows(rows) };
  };
  const list = (name: string, numbers: Float64Array): NpzMember => {
    return { name, dtype: "<f8", shape: [numbers.length], bytes: () => [new Uint8Array(numbers.buffer)] };
  };
  const text = Buffer.from(JSON.stringify(sums.about));
  return [
    { name: "about", dtype: "|u1", shape: [text.length], bytes: () => [text] },
    list("labels", Float64Array.from(labels)),
    list("counts", counts),
    matrix("high", high),
    matrix("low", low),
  ];
}

/** Rows that are read at a time to be written: about 2 MiB. */
const STEP_DOUBLES = 2 ** 18;

function* bytesOfRows({ rows, cols, read }: ArrayRows): Generator<Uint8Array> {
  for (const [start, count] of inSteps(rows, Math.ceil(STEP_DOUBLES / cols))) {
    const { buffer, byteOffset, byteLength } = read(start, count);
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/**
 * The sums in files, added up. Throws DataError where one is no such file,
 * is there twice, or is of other class vectors.
 */
export async function storedClassSums(paths: readonly string[]) {
  const files: OpenSums[] = [];
  for (const path of paths) files.push(await openSums(path));
  const [one] = files as [OpenSums, ...OpenSums[]];
  const other = files.find(
    ({ about, high }) => about.class_vectors !== one.about.class_vectors || high.cols !== one.high.cols,
  );
  if (other !== undefined) throw new DataError(`${other.path} has sums of other class vectors than ${one.path}`);
  const seen = new Map<string, string>();
  for (const { path, about } of files)
    for (const part of about.parts) {
      const twin = seen.get(part);
      if (twin !== undefined) throw new DataError(`${path} holds the same samples as ${twin}: leave one out`);
      seen.set(part, path);
    }
  const labels = [...new Set(files.flatMap(({ labels }) => labels))].sort((a, b) => a - b);
  const about = { class_vectors: one.about.class_vectors, parts: [...seen.keys()].sort() };
  return stored(files, labels, about);
}

/** The sums of the classes whose mean has a direction. */
export function directedSums(sums: AllClassSums): AllClassSums {
  const labels = [...blocksOf(sums)].flatMap(([first, count]) => {
    const block = sums.read(first, count);
    const all = addedUp(block);
    const isDirected = (i: number) => lengthOf(vectorOf(all, sums.cols, i)).hi > LEAST_MEAN * block.counts[i]!;
    return sums.labels.slice(first, first + count).filter((_, i) => isDirected(i));
  });
  return sums.of(labels);
}

/** The scatter of all classes; the direction of the mean of each goes into means. */
export const scatterOf = (sums: AllClassSums, means?: Float64Array) =>
  [...blocksOf(sums)].map(([first, count]) =>
    classScatter(sums.read(first, count), sums.cols, means?.subarray(first * sums.cols)),
  );

const isAbout = having({ class_vectors: or(isNull, isText), parts: listOf(isText) });

type OpenSums = Awaited<ReturnType<typeof openSums>>;

async function openSums(path: string) {
  const fault = (is: string) => new DataError(`${path} ${is}: give files that measure --class-sums wrote`);
  const arrays: ArrayRows[] = [];
  for (const name of ["about", "labels", "counts", "high", "low"])
    arrays.push(arrayRows(await openArray(`${path}:${name}`)));
  const [about, labels, counts, high, low] = arrays as [ArrayRows, ArrayRows, ArrayRows, ArrayRows, ArrayRows];
  const unsaid = () => fault("does not say what it is about");
  const said: SumsAbout = tried(() => JSON.parse(Buffer.from(about.read(0, about.rows)).toString()), unsaid);
  if (!isAbout(said)) throw unsaid();
  const shapes = [labels.rows, counts.rows, high.rows, low.rows];
  if (shapes.some((rows) => rows !== labels.rows) || high.cols !== low.cols)
    throw fault("has arrays that do not fit one another");
  const numbers = [...labels.read(0, labels.rows)];
  const rowOf = new Map(numbers.map((label, row) => [label, row]));
  if (rowOf.size < numbers.length || !numbers.every(Number.isInteger)) throw fault("has labels that are none");
  const found = Float64Array.from(counts.read(0, counts.rows));
  if (!found.every((count) => Number.isSafeInteger(count) && count >= 0)) throw fault("has counts that are none");
  return { path, about: said, labels: numbers, rowOf, counts: found, high, low };
}
