import { requireWithin } from "../core/errors.ts";
import { DataError } from "../data/errors.ts";
import { type Npy, openNpy } from "../data/npy.ts";
import type { Vectors } from "./vectors.ts";

/** Rows of features in a block: with 512 components it fits the L2 cache of a core. */
export const BLOCK_ROWS = 256;

export type FeaturePaths = Readonly<Record<"features" | "weights" | "labels", string>>;
export type FeatureFiles = Readonly<Record<keyof FeaturePaths, Npy>>;

/** Opens the files of features, class vectors and labels. Throws DataError where they do not fit each other. */
export function openFeatures(paths: FeaturePaths): FeatureFiles {
  const [features, weights, labels] = [openNpy(paths.features), openNpy(paths.weights), openNpy(paths.labels)];
  const fault = (file: keyof FeaturePaths, is: string) => new DataError(`${paths[file]}: ${is}`);
  if (weights.cols !== features.cols)
    throw fault("weights", `class vectors have ${weights.cols} components, features ${features.cols}`);
  if (weights.rows < 2) throw fault("weights", "one class has no competitor: give two or more");
  if (!labels.isInteger || labels.cols !== 1) {
    const is = `${labels.dtype} with ${labels.cols} columns`;
    throw fault("labels", `labels are whole numbers, one a row: this is ${is}`);
  }
  if (labels.rows !== features.rows)
    throw fault("labels", `there are ${labels.rows} labels for ${features.rows} features`);
  requireWithin("dimension", features.cols, 1, 2 ** 20);
  return { features, weights, labels };
}

/** The block of features that starts at a row, and their labels. */
export function readSamples({ features, labels }: FeatureFiles, start: number): { vectors: Vectors; label: Vectors } {
  const count = Math.min(BLOCK_ROWS, features.rows - start);
  return { vectors: features.read(start, count), label: labels.read(start, count) };
}
