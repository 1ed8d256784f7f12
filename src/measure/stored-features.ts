import { lengthOf } from "../core/angle-between.ts";
import { requireWithin } from "../core/errors.ts";
import { conversion, type StoredArray } from "../data/arrays.ts";
import { DataError } from "../data/errors.ts";
import { openArray } from "../data/open-array.ts";
import { TemporaryFile } from "../data/temporary-file.ts";
import { classSums, SCATTER_DOUBLES } from "./class-scatter.ts";
import { labelsOf, openFeatures, type StoredFeatures } from "./feature-files.ts";
import { vectorOf } from "./vectors.ts";

/** The files, and how they are to be taken. Without weights the class means of unit features are the class vectors. */
export interface FeaturePaths {
  readonly features: string;
  readonly labels: string;
  readonly weights?: string | undefined;
  /** Are the class vectors stored as columns? */
  readonly transposed?: boolean | undefined;
  /** The label of the first class (default 0). */
  readonly firstLabel?: number | undefined;
}

/** Opens the files of features, class vectors and labels. Throws DataError where they do not fit each other. */
export async function storedFeatures(paths: FeaturePaths): Promise<StoredFeatures> {
  const features = await openArray(paths.features);
  const labels = await openArray(paths.labels, true);
  const fault = ({ name }: StoredArray, is: string) => new DataError(`${name}: ${is}`);
  const [rows = 0, dimension = 1] = features.shape;
  if (features.shape.length > 2)
    throw fault(features, `the shape is (${features.shape}): features have two dimensions`);
  requireWithin("dimension", dimension, 1, 2 ** 20);
  const [count = 0, ...columns] = labels.shape;
  if (columns.some((size) => size !== 1)) {
    const oneHot = `one-hot rows become numbers so: ${conversion(`${labels.python}.argmax(1)`)}`;
    throw fault(labels, `labels are whole numbers, one a row: this has ${columns.join(" x ")} columns; ${oneHot}`);
  }
  if (count !== rows) throw fault(labels, `there are ${count} labels for ${rows} features`);
  const samples = { features, labels };
  if (paths.weights === undefined) return classMeans(samples);

  const weights = turned(await openArray(paths.weights), paths.transposed);
  const [classes = 0] = weights.shape;
  const components = weights.shape.length === 1 ? 1 : weights.shape.at(-1)!;
  if (components !== dimension) {
    const hint =
      weights.shape.length === 2 && classes === dimension
        ? `: ${paths.transposed ? "leave out" : "give"} --transposed`
        : "";
    throw fault(weights, `class vectors have ${components} components, features ${dimension}${hint}`);
  }
  if (classes < 2) throw fault(weights, "one class has no competitor: give two or more");
  return { ...samples, weights, classes: paths.firstLabel ?? 0 };
}

/** An array of the dimensions in the other order is the same bytes, read the other way. */
const turned = (array: StoredArray, transposed = false): StoredArray =>
  transposed ? { ...array, shape: array.shape.toReversed(), fortran: !array.fortran } : array;

/** A sum of so many unit vectors that is no longer than rounding has made it has no direction. */
const LEAST_MEAN = 2 ** -40;

/** Each class that occurs, with the mean of its unit features as class vector; one whose mean has no direction is left out. */
function classMeans(samples: Pick<StoredFeatures, "features" | "labels">): StoredFeatures {
  const cols = samples.features.shape[1] ?? 1;
  const labels = labelsOf(samples.labels);
  const means = new TemporaryFile();
  const classes: number[] = [];
  const step = Math.ceil(SCATTER_DOUBLES / cols);
  for (let first = 0; first < labels.length; first += step) {
    const some = labels.slice(first, first + step);
    const { sums, counts } = classSums(
      openFeatures({ ...samples, weights: samples.features, classes: some }),
      0,
      some.length,
    );
    for (const [i, label] of some.entries()) {
      const sum = vectorOf(sums, cols, i);
      const length = lengthOf(sum).hi;
      if (!(length > LEAST_MEAN * counts[i]!)) continue;
      means.append(sum.map((x) => x / length));
      classes.push(label);
    }
  }
  if (classes.length < 2)
    throw new DataError(
      `${samples.labels.name}: without --weights two classes must have a mean: ${classes.length} has`,
    );
  return { ...samples, weights: means.array({ name: "class means", python: "", dtype: "=f8", cols }), classes };
}
