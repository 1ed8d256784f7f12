import { lengthOf } from "../core/angle-between.ts";
import { type ArrayRows, arrayRows } from "../data/arrays.ts";
import { DataError } from "../data/errors.ts";
import type { NpzMember } from "../data/npz-file.ts";
import { openArray } from "../data/open-array.ts";
import { TemporaryFile } from "../data/temporary-file.ts";
import {
  addedUp,
  type ClassScatter,
  type ClassSums,
  classScatter,
  classSums,
  LEAST_MEAN,
  scatterClasses,
} from "./class-scatter.ts";
import type { FeatureFiles } from "./feature-files.ts";
import { Fingerprint } from "./fingerprint.ts";
import { vectorOf } from "./vectors.ts";

/** Sums of the unit features of every class, of one shard or of several. */
export interface AllClassSums {
  /** The label of each class, in rising order. */
  readonly labels: readonly number[];
  /** Components of a feature. */
  readonly cols: number;
  /** The sums of so many classes from one on. */
  readonly read: (first: number, count: number) => ClassSums;
}

/** Sums from files, and where they come from. */
export interface StoredClassSums extends AllClassSums {
  /** The sums of some of the classes. */
  readonly of: (labels: readonly number[]) => AllClassSums;
  /** How many samples with a label they sum up. */
  readonly countOf: (label: number) => number;
  readonly about: SumsAbout;
  /** What tells these sums from those of other shards. */
  readonly fingerprint: string;
}

interface SumsAbout {
  /** The fingerprint of the class vectors; null where class means stand for them. */
  readonly class_vectors: string | null;
  /** The fingerprints of the shards that were summed up, in order. */
  readonly parts: readonly string[];
}

/** The sums of the features of files, whose classes have these labels. */
export const featureSums = (files: FeatureFiles, labels: readonly number[]): AllClassSums => ({
  labels,
  cols: files.features.cols,
  read: (first, count) => classSums(files, first, count),
});

/** All classes in blocks: the number of the first of each block, and how many it has. */
export function* blocksOf({ labels, cols }: AllClassSums): Generator<readonly [first: number, count: number]> {
  const step = scatterClasses({ cols });
  for (let first = 0; first < labels.length; first += step) yield [first, Math.min(step, labels.length - first)];
}

/** The arrays of a file of class sums. Those of one shard have no parts yet: it becomes its own. */
export function sumsMembers(sums: AllClassSums, about: SumsAbout): NpzMember[] {
  const { labels, cols } = sums;
  const files = { counts: new TemporaryFile(), high: new TemporaryFile(), low: new TemporaryFile() };
  const contents = new Fingerprint();
  for (const [first, count] of blocksOf(sums)) {
    const block = sums.read(first, count);
    for (const name of ["counts", "high", "low"] as const) {
      files[name].append(block[name]);
      contents.add(block[name]);
    }
  }
  const matrix = (name: "high" | "low"): NpzMember => {
    const bytes = () => bytesOfRows(arrayRows(files[name].array({ name, python: "" }, "<f8", cols)));
    return { name, dtype: "<f8", shape: [labels.length, cols], bytes };
  };
  const list = (name: string, numbers: Float64Array): NpzMember => {
    return { name, dtype: "<f8", shape: [numbers.length], bytes: () => [new Uint8Array(numbers.buffer)] };
  };
  const counts = arrayRows(files.counts.array({ name: "counts", python: "" }, "<f8", 1)).read(0, labels.length);
  // Without samples there is no part that could be there twice.
  const isNew = about.parts.length === 0 && counts.some((count) => count > 0);
  const parts = isNew ? [contents.add(Float64Array.from(labels)).text()] : about.parts;
  const text = Buffer.from(JSON.stringify({ ...about, parts }));
  return [
    { name: "about", dtype: "|u1", shape: [text.length], bytes: () => [text] },
    list("labels", Float64Array.from(labels)),
    list("counts", Float64Array.from(counts)),
    matrix("high"),
    matrix("low"),
  ];
}

const STEP = 4096;

function* bytesOfRows({ rows, read }: ArrayRows): Generator<Uint8Array> {
  for (let start = 0; start < rows; start += STEP) {
    const { buffer, byteOffset, byteLength } = read(start, Math.min(STEP, rows - start));
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/** The sums in files, added up. Throws DataError where one is no such file, is there twice, or is of other class vectors. */
export async function storedClassSums(paths: readonly string[]): Promise<StoredClassSums> {
  const files: OpenSums[] = [];
  for (const path of paths) files.push(await openSums(path));
  const [one] = files as [OpenSums, ...OpenSums[]];
  const other = files.find(({ about, cols }) => about.class_vectors !== one.about.class_vectors || cols !== one.cols);
  if (other !== undefined) throw new DataError(`${other.path} has sums of other class vectors than ${one.path}`);
  const seen = new Map<string, string>();
  for (const { path, about } of files)
    for (const part of about.parts) {
      const twin = seen.get(part);
      if (twin !== undefined) throw new DataError(`${path} holds the same samples as ${twin}: leave one out`);
      seen.set(part, path);
    }
  const parts = [...seen.keys()].sort();
  const labels = [...new Set(files.flatMap(({ labels }) => labels))].sort((a, b) => a - b);
  const { cols } = one;
  const of = (labels: readonly number[]): AllClassSums => ({
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
  });
  const countOf = (label: number) =>
    files.reduce((sum, { counts, rowOf }) => sum + (counts[rowOf.get(label)!] ?? 0), 0);
  const about = { class_vectors: one.about.class_vectors, parts };
  return { ...of(labels), of, countOf, about, fingerprint: new Fingerprint().add(JSON.stringify(about)).text() };
}

/** The labels of the classes whose mean has a direction. */
export function directedLabels(sums: AllClassSums): number[] {
  return [...blocksOf(sums)].flatMap(([first, count]) => {
    const block = sums.read(first, count);
    const all = addedUp(block);
    const isDirected = (i: number) => lengthOf(vectorOf(all, sums.cols, i)).hi > LEAST_MEAN * block.counts[i]!;
    return sums.labels.slice(first, first + count).filter((_, i) => isDirected(i));
  });
}

/** The scatter of all classes; the direction of the mean of each goes into means. */
export const scatterOf = (sums: AllClassSums, means?: Float64Array): ClassScatter[] =>
  [...blocksOf(sums)].map(([first, count]) =>
    classScatter(sums.read(first, count), sums.cols, means?.subarray(first * sums.cols)),
  );

function add(sum: Float64Array, more: ArrayLike<number>): void {
  for (let k = 0; k < sum.length; k++) sum[k]! += more[k]!;
}

const isAbout = (said: SumsAbout | null): said is SumsAbout =>
  (said?.class_vectors === null || typeof said?.class_vectors === "string") &&
  Array.isArray(said.parts) &&
  said.parts.every((part) => typeof part === "string");

type OpenSums = Awaited<ReturnType<typeof openSums>>;

async function openSums(path: string) {
  const fault = (is: string) => new DataError(`${path} ${is}: give files that measure --class-sums wrote`);
  const arrayOf = async (name: string) => {
    const stored = await openArray(`${path}:${name}`);
    return arrayRows(stored);
  };
  const [about, labels, counts, high, low] = [
    await arrayOf("about"),
    await arrayOf("labels"),
    await arrayOf("counts"),
    await arrayOf("high"),
    await arrayOf("low"),
  ];
  let said: SumsAbout | null;
  try {
    said = JSON.parse(Buffer.from(about.read(0, about.rows)).toString());
  } catch {
    throw fault("does not say what it is about");
  }
  if (!isAbout(said)) throw fault("does not say what it is about");
  const shapes = [labels.rows, counts.rows, high.rows, low.rows];
  if (shapes.some((rows) => rows !== labels.rows) || high.cols !== low.cols)
    throw fault("has arrays that do not fit one another");
  const numbers = [...labels.read(0, labels.rows)];
  const rowOf = new Map(numbers.map((label, row) => [label, row]));
  if (rowOf.size < numbers.length || !numbers.every(Number.isInteger)) throw fault("has labels that are none");
  const found = Float64Array.from(counts.read(0, counts.rows));
  if (!found.every((count) => Number.isSafeInteger(count) && count >= 0)) throw fault("has counts that are none");
  return {
    path,
    about: said,
    labels: numbers,
    rowOf,
    counts: found,
    high,
    low,
    cols: high.cols,
  };
}
