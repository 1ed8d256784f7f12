import { lengthOf } from "../core/angle-between.ts";
import { requireWithin } from "../core/errors.ts";
import { conversion, type StoredArray } from "../data/arrays.ts";
import { DataError } from "../data/errors.ts";
import { openArray } from "../data/open-array.ts";
import { TemporaryFile } from "../data/temporary-file.ts";
import { classSums, LEAST_MEAN, SCATTER_DOUBLES } from "./class-scatter.ts";
import { labelsOf, openFeatures, type StoredFeatures } from "./feature-files.ts";
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
}

/** Opens the files of features, class vectors and labels. Throws DataError where they do not fit each other. */
export async function storedFeatures(paths: FeaturePaths): Promise<StoredFeatures> {
  const fault = ({ name }: StoredArray, is: string) => new DataError(`${name}: ${is}`);
  const { transposed = false, firstLabel = 0 } = paths;
  const features = await openArray(paths.features);
  const [rows, dimension = 1, more] = features.shape;
  if (more !== undefined) throw fault(features, `features have two dimensions, not ${features.shape.length}`);
  requireWithin("dimension", dimension, 1, 2 ** 20);
  const labels = await openArray(paths.labels, true);
  const [count, columns = 1] = labels.shape;
  if (labels.shape.length > 2 || columns !== 1) {
    const advice = `for one-hot rows ${conversion(`${labels.python}.argmax(1)`)}`;
    throw fault(labels, `labels are whole numbers, one a row: there are ${columns} columns; ${advice}`);
  }
  if (count !== rows) throw fault(labels, `there are ${count} labels for ${rows} features`);
  if (paths.weights === undefined) return classMeans({ features, labels });

  const stored = await openArray(paths.weights);
  // The same bytes in the other order of indices.
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
  return { features, labels, weights, classes: firstLabel };
}

/** Each class that occurs, with the mean of its unit features as class vector; one whose mean has no direction is left out. */
function classMeans(samples: Pick<StoredFeatures, "features" | "labels">): StoredFeatures {
  const cols = samples.features.shape[1] ?? 1;
  const labels = labelsOf(samples.labels);
  const means = new TemporaryFile();
  const classes: number[] = [];
  const step = Math.ceil(SCATTER_DOUBLES / cols);
  for (let first = 0; first < labels.length; first += step) {
    const some = labels.slice(first, first + step);
    const files = openFeatures({ ...samples, weights: samples.features, classes: some });
    const { sums, counts } = classSums(files, 0, some.length);
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
      `${samples.labels.name}: without --weights two classes must have samples, not ${classes.length}`,
    );
  return { ...samples, weights: means.array({ name: "class means", python: "" }, "=f8", cols), classes };
}
