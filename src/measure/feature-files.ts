import { type ArrayRows, arrayRows, type StoredArray } from "../data/arrays.ts";

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
export interface FeatureFiles extends Readonly<Record<"features" | "labels" | "weights", ArrayRows>> {
  readonly centres: number;
  /** The number of a class by its label; NaN where there is none. */
  readonly classOf: (label: number) => number;
}

/** The files as one thread reads them. */
export function openFeatures({ features, labels, weights, classes }: StoredFeatures): FeatureFiles {
  const rows = { features: arrayRows(features), labels: arrayRows(labels), weights: arrayRows(weights) };
  const centres = rows.weights.cols / rows.features.cols;
  if (typeof classes !== "number") {
    const places = new Map(classes.map((label, place) => [label, place]));
    return { ...rows, centres, classOf: (label) => places.get(label) ?? Number.NaN };
  }
  const isClass = (place: number) => Number.isInteger(place) && place >= 0 && place < rows.weights.rows;
  return { ...rows, centres, classOf: (label) => (isClass(label - classes) ? label - classes : Number.NaN) };
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
