import { lengthOf } from "../core/angle-between.ts";
import { requireWithin } from "../core/errors.ts";
import { conversion, type StoredArray } from "../data/arrays.ts";
import { DataError } from "../data/errors.ts";
import { openArray } from "../data/open-array.ts";
import { TemporaryFile } from "../data/temporary-file.ts";
import { addedUp } from "./class-scatter.ts";
import { type AllClassSums, blocksOf, directedSums } from "./class-sums.ts";
import type { StoredFeatures, StoredSamples } from "./feature-files.ts";
import { FewClassesError, type NewSums } from "./samples.ts";
import { vectorOf } from "./vectors.ts";

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
export async function openedSamples(paths: FeaturePaths, sums?: AllClassSums): Promise<StoredSamples> {
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

/**
 * The files with each class that sums have, the mean of its unit features as class
 * vector, where that has a direction. Throws FewClassesError.
 */
export function withMeans(samples: StoredSamples, sums: AllClassSums, newSums: NewSums | undefined): StoredFeatures {
  const { cols } = sums;
  const means = new TemporaryFile();
  const directed = directedSums(sums);
  const classes = directed.labels;
  for (const [first, count] of blocksOf(directed)) {
    const all = addedUp(directed.read(first, count));
    for (let i = 0; i < count; i++) {
      const sum = vectorOf(all, cols, i);
      const length = lengthOf(sum).hi;
      means.append(sum.map((x) => x / length));
    }
  }
  if (classes.length < 2)
    throw new FewClassesError(
      `${samples.labels.name}: without --weights two classes must have samples, not ${classes.length}`,
      newSums,
    );
  return { ...samples, weights: means.array({ name: "class means", python: "" }, "=f8", cols), classes };
}
