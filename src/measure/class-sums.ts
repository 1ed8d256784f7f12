import { lengthOf } from "../core/angle-between.ts";
import { type ArrayRows, arrayRows } from "../data/arrays.ts";
import { DataError, tried } from "../data/errors.ts";
import type { NpzMember } from "../data/npz-file.ts";
import { openArray } from "../data/open-array.ts";
import { TemporaryFile } from "../data/temporary-file.ts";
import {
  type FeatureFiles,
  inSteps,
  labelsOf,
  openFeatures,
  type StoredSamples,
  sampleBlocks,
} from "./feature-files.ts";
import { having, isNull, isText, listOf, or } from "./field-tests.ts";
import { newFingerprint } from "./fingerprint.ts";
import { isDirection, vectorOf } from "./vectors.ts";

/** Of some classes the sums of their unit features, high + low, row after row, and how many features each sums up. */
type ClassSums = ReturnType<typeof noSums>;
/** Sums over the unit features of some classes, of which the Fisher score is made. */
export type ClassScatter = ReturnType<typeof classScatter>;
/** Sums of the unit features of every class, of one shard or of several. */
export type AllClassSums = ReturnType<typeof allSums>;

interface SumsAbout {
  /** The fingerprint of the class vectors; null where class means stand for them. */
  readonly class_vectors: string | null;
  /** The fingerprints of the shards that were summed up, in order. */
  readonly parts: readonly string[];
}

/** The arrays of a file of class sums, with a row for each label. */
interface SumArrays extends Readonly<Record<"high" | "low", ArrayRows>> {
  readonly labels: readonly number[];
  readonly rowOf: ReadonlyMap<number, number>;
  readonly counts: Float64Array;
}

/** The numbers of class sums that are held at a time, each as high and low part: 16 MiB. */
const SCATTER_DOUBLES = 2 ** 20;
/** A sum of n unit vectors of at most n times this length has no direction: rounding alone can make it that long. */
const LEAST_MEAN = 2 ** -40;
/** Rows that are read at a time to be written: about 2 MiB. */
const STEP_DOUBLES = 2 ** 18;

// Adding the first to x in [-1, 1] and taking it off again leaves a multiple of 2^-26, the second one of 2^-53.
const TO_HIGH = 1.5 * 2 ** 26;
const TO_LOW = 1.5 * 2 ** -1;

/** The classes whose sums are held at a time. */
export const scatterClasses = ({ cols }: Pick<ArrayRows, "cols">): number => Math.ceil(SCATTER_DOUBLES / cols);

const noSums = (classes: number, cols: number) => ({
  counts: new Float64Array(classes),
  high: new Float64Array(classes * cols),
  low: new Float64Array(classes * cols),
});

/**
 * The sums of the unit features of the classes numbered first to first + classes - 1, and how many they are. Samples
 * without a direction are left out. A sum is high + low, whose terms are multiples of 2^-26 and of 2^-53: up to 2^27
 * samples of a class both are exact, in any order.
 */
export function classSums(files: FeatureFiles, first: number, classes: number): ClassSums {
  const { cols } = files.features;
  const sums = noSums(classes, cols);
  const { counts, high, low } = sums;
  for (const { vectors, label } of sampleBlocks(files)) {
    for (const [row, place] of label.entries()) {
      if (!(place >= first && place < first + classes)) continue;
      const vector = vectorOf(vectors, cols, row);
      const length = lengthOf(vector).hi;
      if (!isDirection(length)) continue;
      for (let k = 0, at = (place - first) * cols; k < cols; k++, at++) {
        const unit = vector[k]! / length;
        const front = unit + TO_HIGH - TO_HIGH;
        high[at]! += front;
        low[at]! += unit - front + TO_LOW - TO_LOW;
      }
      counts[place - first]!++;
    }
  }
  return sums;
}

/** high + low of each sum, rounded once. */
const addedUp = ({ high, low }: ClassSums): Float64Array => high.map((x, i) => x + low[i]!);

/**
 * The scatter of some classes from their sums, of `cols` components each. Writes the direction
 * of the mean of each class into means, one after another.
 */
export function classScatter(parts: ClassSums, cols: number, means?: Float64Array) {
  const { counts } = parts;
  const sums = addedUp(parts);
  /** The sum of the unit features, and the sum over the samples of the unit mean of their class. */
  const [total, directions] = [new Float64Array(cols), new Float64Array(cols)];
  /** The sum over the samples of 1 - cos(angle to the mean of their class). */
  let within = 0;
  for (const [i, count] of counts.entries()) {
    const sum = vectorOf(sums, cols, i);
    const length = lengthOf(sum).hi;
    within += count - length;
    if (length > LEAST_MEAN * count) means?.set(sum, i * cols);
    for (let k = 0; k < cols; k++) {
      total[k]! += sum[k]!;
      if (length > 0) directions[k]! += (count * sum[k]!) / length;
    }
  }
  return { count: counts.reduce((sum, count) => sum + count, 0), within, total, directions };
}

/**
 * The angular Fisher score: sum over samples of 1 - cos(x, mean of its class), over sum of n_i (1 - cos(class mean,
 * mean of all)), means being those of unit features. Small where classes are tight and far apart; NaN where class means
 * do not differ. Numerator and denominator have an error of about 2^-50 times the number of samples. Source: SphereFace
 * (arXiv:1704.08063), appendix on the angular Fisher score.
 */
export function fisherScore(parts: readonly ClassScatter[]): number {
  const sum = (of: (part: ClassScatter) => number) => parts.reduce((total, part) => total + of(part), 0);
  const total = parts[0]!.total.map((_, k) => sum((part) => part.total[k]!));
  const along = total.reduce((along, x, k) => along + x * sum((part) => part.directions[k]!), 0);
  const within = sum((part) => part.within);
  const between = sum(({ count }) => count) - along / lengthOf(total).hi;
  // Without any scatter rounding can give a tiny number of either sign.
  return between > 0 ? Math.max(0, within) / between : Number.NaN;
}

/** The sums in files, added up, of the classes with these labels, in rising order. */
function allSums(files: readonly SumArrays[], labels: readonly number[], about: SumsAbout) {
  const { cols } = files[0]!.high;
  return {
    files,
    labels,
    /** Components of a feature. */
    cols,
    about,
    /** What tells these sums from those of other shards. */
    fingerprint: newFingerprint().update(JSON.stringify(about)).digest("hex"),
    /** The sums of `count` classes from class number `first`. */
    read(first: number, count: number): ClassSums {
      const sums = noSums(count, cols);
      for (const { rowOf, counts, high, low } of files)
        for (let i = 0; i < count; i++) {
          const row = rowOf.get(labels[first + i]!);
          if (row === undefined) continue;
          sums.counts[i]! += counts[row]!;
          add(vectorOf(sums.high, cols, i), high.read(row, 1));
          add(vectorOf(sums.low, cols, i), low.read(row, 1));
        }
      return sums;
    },
    /** The number of samples of a class that were summed up. */
    countOf: (label: number) => files.reduce((sum, { counts, rowOf }) => sum + (counts[rowOf.get(label)!] ?? 0), 0),
  };
}

function add(sum: Float64Array, more: ArrayLike<number>): void {
  for (let k = 0; k < sum.length; k++) sum[k]! += more[k]!;
}

/** The sums of some of the classes. */
export const sumsOfClasses = ({ files, about }: AllClassSums, labels: readonly number[]) =>
  allSums(files, labels, about);

/** All classes in blocks: the number of the first of each block, and its sums. */
function* blocksOf({ labels, cols, read }: Pick<AllClassSums, "labels" | "cols" | "read">) {
  for (const [first, count] of inSteps(labels.length, scatterClasses({ cols })))
    yield [first, read(first, count)] as const;
}

/** Sums in temporary files, and a fingerprint of them. */
function kept(sums: Pick<AllClassSums, "labels" | "cols" | "read">) {
  const { labels, cols } = sums;
  const counts = new Float64Array(labels.length);
  const files = { high: new TemporaryFile(), low: new TemporaryFile() };
  const contents = newFingerprint();
  for (const [first, block] of blocksOf(sums)) {
    counts.set(block.counts, first);
    contents.update(block.counts);
    for (const name of ["high", "low"] as const) {
      files[name].append(block[name]);
      contents.update(block[name]);
    }
  }
  const rows = (name: keyof typeof files) => arrayRows(files[name].array({ name, python: "" }, "<f8", cols));
  const rowOf = new Map(labels.map((label, row) => [label, row]));
  const arrays: SumArrays = { labels, rowOf, counts, high: rows("high"), low: rows("low") };
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
  return allSums([arrays], labels, { class_vectors, parts });
}

/** The arrays of a file of sums. */
export function sumsMembers(sums: AllClassSums): NpzMember[] {
  const [only, more] = sums.files;
  const { labels, counts, high, low } = more === undefined ? only! : kept(sums).arrays;
  const list = (name: string, numbers: Uint8Array | Float64Array, dtype = "<f8"): NpzMember => {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    return { name, dtype, shape: [numbers.length], bytes: () => [bytes] };
  };
  const matrix = (name: string, rows: ArrayRows): NpzMember => {
    return { name, dtype: "<f8", shape: [rows.rows, rows.cols], bytes: () => bytesOfRows(rows) };
  };
  return [
    list("about", Buffer.from(JSON.stringify(sums.about)), "|u1"),
    list("labels", Float64Array.from(labels)),
    list("counts", counts),
    matrix("high", high),
    matrix("low", low),
  ];
}

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
  const { class_vectors } = one.about;
  const other = files.find(({ about, high }) => about.class_vectors !== class_vectors || high.cols !== one.high.cols);
  if (other !== undefined) throw new DataError(`${other.path} has sums of other class vectors than ${one.path}`);
  const seen = new Map<string, string>();
  for (const { path, about } of files)
    for (const part of about.parts) {
      const twin = seen.get(part);
      if (twin !== undefined) throw new DataError(`${path} holds the same samples as ${twin}: leave one out`);
      seen.set(part, path);
    }
  const labels = [...new Set(files.flatMap(({ labels }) => labels))].sort((a, b) => a - b);
  return allSums(files, labels, { class_vectors, parts: [...seen.keys()].sort() });
}

/** The sums of the classes whose mean has a direction. */
export function directedSums(sums: AllClassSums): AllClassSums {
  const labels: number[] = [];
  for (const [first, block] of blocksOf(sums)) {
    const all = addedUp(block);
    for (const [i, count] of block.counts.entries())
      if (lengthOf(vectorOf(all, sums.cols, i)).hi > LEAST_MEAN * count) labels.push(sums.labels[first + i]!);
  }
  return sumsOfClasses(sums, labels);
}

/** The scatter of all classes; the direction of the mean of each goes into means. */
export function scatterOf(sums: AllClassSums, means?: Float64Array): ClassScatter[] {
  const { cols } = sums;
  return Array.from(blocksOf(sums), ([first, block]) => classScatter(block, cols, means?.subarray(first * cols)));
}

/**
 * The files with each class that sums have, the mean of its unit features as class
 * vector, where that has a direction.
 */
export function withMeans(samples: StoredSamples, sums: AllClassSums) {
  const { cols } = sums;
  const means = new TemporaryFile();
  const directed = directedSums(sums);
  for (const [, block] of blocksOf(directed)) {
    const all = addedUp(block);
    for (let i = 0; i < block.counts.length; i++) {
      const sum = vectorOf(all, cols, i);
      const length = lengthOf(sum).hi;
      means.append(sum.map((x) => x / length));
    }
  }
  const weights = means.array({ name: "class means", python: "" }, "=f8", cols);
  return { ...samples, weights, classes: directed.labels };
}

const isAbout = having({ class_vectors: or(isNull, isText), parts: listOf(isText) });

type OpenSums = Awaited<ReturnType<typeof openSums>>;

async function openSums(path: string) {
  const fault = (is: string) => new DataError(`${path} ${is}: give files that measure --class-sums wrote`);
  const open = async (name: string) => arrayRows(await openArray(`${path}:${name}`));
  const [text, numbers, counted] = [await open("about"), await open("labels"), await open("counts")];
  const [high, low] = [await open("high"), await open("low")];
  const unsaid = () => fault("does not say what it is about");
  const about: SumsAbout = tried(() => JSON.parse(Buffer.from(text.read(0, text.rows)).toString()), unsaid);
  if (!isAbout(about)) throw unsaid();
  if ([counted, high, low].some(({ rows }) => rows !== numbers.rows) || high.cols !== low.cols)
    throw fault("has arrays that do not fit one another");
  const labels = [...numbers.read(0, numbers.rows)];
  const rowOf = new Map(labels.map((label, row) => [label, row]));
  if (rowOf.size < labels.length || !labels.every(Number.isInteger)) throw fault("has labels that are none");
  const counts = Float64Array.from(counted.read(0, counted.rows));
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) throw fault("has counts that are none");
  return { path, about, labels, rowOf, counts, high, low };
}
