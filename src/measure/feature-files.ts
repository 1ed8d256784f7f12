import { requireWithin } from "../core/errors.ts";
import { type ArrayRows, arrayRows, conversion, type StoredArray } from "../data/arrays.ts";
import { DataError } from "../data/errors.ts";
import { openArray } from "../data/open-array.ts";
import { newFingerprint } from "./fingerprint.ts";

/** Rows of features in a block: with 512 components it fits the L2 cache of a core. */
export const BLOCK_ROWS = 256;
/** Labels that are read at a time where only they are. */
const LABELS = 2 ** 16;

/** Where the vectors and labels lie, in plain values that can be sent to a thread. */
export interface StoredFeatures {
  readonly features: StoredArray;
  readonly labels: StoredArray;
  readonly weights: StoredArray;
  /** The label of class 0, those of the others follow; or the label of each class. */
  readonly classes: number | readonly number[];
}

/** Samples without class vectors. */
export type StoredSamples = Pick<StoredFeatures, "features" | "labels">;

/** Samples, and class vectors; each class has `centres` vectors. */
export type FeatureFiles = ReturnType<typeof openFeatures>;

/** The files as one thread reads them. */
export function openFeatures({ features, labels, weights, classes }: StoredFeatures) {
  const files = { features: arrayRows(features), labels: arrayRows(labels), weights: arrayRows(weights) };
  const { rows, cols } = files.weights;
  const isNumbered = typeof classes === "number";
  const places = new Map(isNumbered ? [] : classes.map((label, place) => [label, place]));
  const isClass = (place: number) => Number.isInteger(place) && place >= 0 && place < rows;
  return {
    ...files,
    centres: cols / files.features.cols,
    /** The number of a class by its label; NaN where there is none. */
    classOf: isNumbered
      ? (label: number) => (isClass(label - classes) ? label - classes : Number.NaN)
      : (label: number) => places.get(label) ?? Number.NaN,
    /** The labels of the classes in the order of their vectors. */
    classLabels: () => (isNumbered ? Array.from({ length: rows }, (_, i) => classes + i) : classes),
    /** Tells the class vectors from others. */
    fingerprint(): string {
      const fingerprint = newFingerprint().update(`${rows} ${cols} ${JSON.stringify(classes)}`);
      for (const [start, count] of inSteps(rows, BLOCK_ROWS)) fingerprint.update(files.weights.read(start, count));
      return fingerprint.digest("hex");
    },
  };
}

/**
 * The block of features that starts at a row, their classes (NaN where a label
 * names none), and their labels as they are stored.
 */
export function readSamples({ features, labels, classOf }: FeatureFiles, start: number) {
  const count = Math.min(BLOCK_ROWS, features.rows - start);
  const given = labels.read(start, count);
  return { vectors: features.read(start, count), label: Float64Array.from(given, classOf), given };
}

/** All blocks of features. */
export function* sampleBlocks(files: FeatureFiles) {
  for (const [start] of inSteps(files.features.rows, BLOCK_ROWS)) yield readSamples(files, start);
}

/** Where each step of some length from 0 to an end begins, and how long it is: the last may be shorter. */
export function* inSteps(end: number, length: number) {
  for (let start = 0; start < end; start += length) yield [start, Math.min(length, end - start)] as const;
}

/** The whole numbers among labels, each once, in order. */
export function labelsOf(stored: StoredArray): readonly number[] {
  const labels = arrayRows(stored);
  const found = new Set<number>();
  for (const [start, count] of inSteps(labels.rows, LABELS))
    for (const label of labels.read(start, count)) if (Number.isInteger(label)) found.add(label);
  return [...found].sort((a, b) => a - b);
}

/** The files, and how they are to be taken. */
export interface FeaturePaths {
  readonly features: string;
  readonly labels: string;
  /** Without it the class means of unit features are the class vectors. */
  readonly weights?: string | undefined;
  /** Are the class vectors stored as columns? */
  readonly transposed?: boolean;
  /** The label of the first class (default 0). */
  readonly firstLabel?: number;
  /** A file of class sums. If it exists it is read, in place of sums over these samples; else it is to be written. */
  readonly classSums?: string | undefined;
}

const fault = ({ name }: StoredArray, is: string) => new DataError(`${name}: ${is}`);

/** Opens the files of features and labels. Throws DataError where they do not fit each other, or class sums. */
export async function openedSamples(paths: FeaturePaths, sums?: Pick<ArrayRows, "cols">): Promise<StoredSamples> {
  const features = await openArray(paths.features);
  const [rows, dimension = 1, more] = features.shape;
  if (more !== undefined) throw fault(features, `features have two dimensions, not ${features.shape.length}`);
  if (dimension === 1)
    throw fault(features, "features have one component: give rows of several, in Parquet a column of lists");
  requireWithin("dimension", dimension, 2, 2 ** 20);
  const labels = await openArray(paths.labels, true);
  const [count, columns = 1] = labels.shape;
  if (labels.shape.length > 2 || columns !== 1) {
    const advice = `for one-hot rows ${conversion(`${labels.python}.argmax(1)`)}`;
    throw fault(labels, `labels are whole numbers, one a row: there are ${columns} columns; ${advice}`);
  }
  if (count !== rows) throw fault(labels, `there are ${count} labels for ${rows} features`);
  if (sums !== undefined && sums.cols !== dimension)
    throw fault(features, `features have ${dimension} components, class sums ${sums.cols}`);
  return { features, labels };
}

/** The files with the class vectors of one. Throws DataError where they do not fit each other. */
export async function withVectors(samples: StoredSamples, path: string, { transposed, firstLabel = 0 }: FeaturePaths) {
  const [, dimension = 1] = samples.features.shape;
  const stored = await openArray(path);
  // Transposed, the same bytes have their indices in the other order.
  const turned = { shape: stored.shape.toReversed(), fortran: !stored.fortran };
  const weights = transposed ? { ...stored, ...turned } : stored;
  const [classes = 0, ...components] = weights.shape;
  const own = components.at(-1) ?? 1;
  if (own !== dimension) {
    const hint =
      components.length === 1 && classes === dimension ? `: ${transposed ? "leave out" : "give"} --transposed` : "";
    throw fault(weights, `class vectors have ${own} components, features ${dimension}${hint}`);
  }
  if (classes < 2) throw fault(weights, "one class has no competitor: give two or more");
  return { ...samples, weights, classes: firstLabel };
}
