import { basename } from "node:path";
import { angleBetween, lengthOf } from "../core/angle.ts";
import { requireWithin } from "../core/errors.ts";
import type { Pair } from "../core/exact.ts";
import { conditions } from "../core/margin.ts";
import { target } from "../core/targets.ts";
import { DataError } from "../data/errors.ts";
import { type Npy, openNpy } from "../data/npy.ts";
import { Product, type Settle, type Vectors } from "./product.ts";

/** What is asked of the features of a file; plain values, so that it can be sent to a thread. */
export interface FeatureJob {
  readonly features: string;
  readonly weights: string;
  readonly labels: string;
  readonly margins: readonly number[];
  /** The sums exp(scale * cos(theta_j / divisor)) over the competing classes; "norm": the length of the feature. */
  readonly sums: readonly { readonly scale: number | "norm"; readonly divisor: number }[];
}

/** A part of the work: the samples from a row on, or the spread of the classes from a number on. */
export interface FeatureTask {
  readonly kind: "samples" | "spread";
  readonly start: number;
}

/** The samples of some rows, each list in their order. */
export interface FeatureBlock {
  readonly start: number;
  readonly label: Float64Array;
  readonly norm: Float64Array;
  readonly thetaY: Float64Array;
  readonly nearest: Float64Array;
  readonly minThetaJ: Float64Array;
  /** For each m. */
  readonly naivePairs: readonly (readonly number[])[];
  /** For each sum, its logarithm. */
  readonly logSums: readonly (readonly number[])[];
  /** What is wrong with a row; its values mean nothing. */
  readonly faults: ReadonlyMap<number, string>;
  /** The lengths of the class vectors lie between these. */
  readonly shortest: number;
  readonly longest: number;
}

/** How the unit features of some classes lie about their means. */
export interface ClassSpread {
  readonly count: number;
  /** sum over the samples of 1 - cos(angle to the mean of their class) */
  readonly within: number;
  /** Sum of the unit features. */
  readonly total: Float64Array;
  /** Sum, over the samples, of the unit mean of their class. */
  readonly directions: Float64Array;
}

/** Rows of features taken at a time: at 512 components they fit the second cache of a core. */
export const ROWS = 256;
// 64 MiB of class vectors as float32 and half of that rounded, 16 MiB of sums.
const HELD_FLOATS = 2 ** 24;
const SPREAD_DOUBLES = 2 ** 21;

/** Measures the features of one .npy file against the class vectors of another. Each thread has one of its own. */
export class FeatureReader {
  readonly rows: number;
  readonly classes: number;
  readonly dimension: number;
  /** Classes taken at a time by a task of kind spread. */
  readonly spreadClasses: number;
  readonly #job: FeatureJob;
  readonly #features: Npy;
  readonly #weights: Npy;
  readonly #labels: Npy;
  readonly #heldClasses: number;
  #product: Product | undefined;
  #held: { first: number; vectors: Vectors[]; lengths: Pair[] } | undefined;
  #shortest = Number.POSITIVE_INFINITY;
  #longest = 0;

  /** Opens the files. Throws DataError where they do not fit each other. */
  constructor(job: FeatureJob) {
    this.#job = job;
    this.#features = openNpy(job.features);
    this.#weights = openNpy(job.weights);
    this.#labels = openNpy(job.labels);
    const { rows, cols } = this.#features;
    const fault = (path: string, is: string) => new DataError(`${path}: ${is}`);
    if (this.#weights.cols !== cols)
      throw fault(job.weights, `class vectors have ${this.#weights.cols} components, features ${cols}`);
    if (this.#weights.rows < 2) throw fault(job.weights, "one class has no competitor: give two or more");
    if (!this.#labels.isInteger || this.#labels.cols !== 1)
      throw fault(
        job.labels,
        `labels are whole numbers, one a row: this is ${this.#labels.dtype} with ${this.#labels.cols} columns`,
      );
    if (this.#labels.rows !== rows)
      throw fault(job.labels, `there are ${this.#labels.rows} labels for ${rows} features`);
    requireWithin("dimension", cols, 1, 2 ** 20);
    this.rows = rows;
    this.classes = this.#weights.rows;
    this.dimension = cols;
    this.#heldClasses = Math.min(this.classes, Math.ceil(HELD_FLOATS / cols));
    this.spreadClasses = Math.ceil(SPREAD_DOUBLES / cols);
  }

  do(task: FeatureTask): FeatureBlock | ClassSpread {
    return task.kind === "samples" ? this.#samples(task.start) : this.#spread(task.start);
  }

  /** theta_y, the nearest competitor and every doubtful pair in double from the vectors, the rest from the cosines of the product. */
  #samples(start: number): FeatureBlock {
    const { margins, sums } = this.#job;
    const { dimension, classes } = this;
    this.#product ??= new Product({
      dimension,
      rows: Math.min(ROWS, this.rows),
      classes: this.#heldClasses,
      limits: margins.length,
      sums: sums.length,
    });
    const product = this.#product;
    const count = Math.min(ROWS, this.rows - start);
    const { vectors, label } = this.#read(start, count);
    const lengths = product.setFeatures(vectors, label);
    const norm = Float64Array.from(lengths, ({ hi }) => hi);
    const faults = this.#faults(vectors, label, norm);
    const rows = Array.from({ length: count }, (_, row) => row);
    const feature = rows.map((row) => rowOf(vectors, dimension, row));
    const angleTo = (row: number, place: number) => {
      const { vector, length } = this.#classVector(place);
      return angleBetween(feature[row]!, vector, lengths[row], length);
    };
    const thetaY = Float64Array.from(rows, (row) => (faults.has(row) ? Number.NaN : angleTo(row, label[row]!)));
    const limits = margins.map((m) => thetaY.map(target("naive", { m })!.value));
    for (const [i, cosines] of limits.entries()) product.setLimit(i, cosines);
    for (const [i, { scale, divisor }] of sums.entries())
      product.setSum(i, scale === "norm" ? norm : Array(count).fill(scale), divisor);

    const settle: Settle = (limit, row, place) => conditions(margins[limit]!, thetaY[row]!, angleTo(row, place)).naive;
    for (let first = 0; first < classes; first += this.#heldClasses) {
      this.#hold(first);
      product.search(first, settle);
    }
    const nearest = new Float64Array(count);
    const minThetaJ = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    for (const [row, places] of product.nearest().entries()) {
      for (const place of faults.has(row) ? [] : places) {
        const theta = angleTo(row, place);
        if (!(theta < minThetaJ[row]!)) continue;
        minThetaJ[row] = theta;
        nearest[row] = place;
      }
    }
    const naivePairs = margins.map((_, limit) => product.below(limit));
    const logSums = sums.map((_, sum) => product.logSum(sum));
    const [shortest, longest] = [this.#shortest, this.#longest];
    return { start, label, norm, thetaY, nearest, minThetaJ, naivePairs, logSums, faults, shortest, longest };
  }

  #read(start: number, count: number) {
    const vectors = this.#features.newBlock(count);
    this.#features.read(start, vectors);
    const label = new Float64Array(count);
    this.#labels.read(start, label);
    return { vectors, label };
  }

  #faults(vectors: Vectors, label: Float64Array, norm: Float64Array): Map<number, string> {
    const faults = new Map<number, string>();
    for (const [row, length] of norm.entries()) {
      if (!isDirection(length)) faults.set(row, lengthFault(rowOf(vectors, this.dimension, row), length));
      else if (!(label[row]! >= 0 && label[row]! < this.classes))
        faults.set(
          row,
          `the label in ${basename(this.#job.labels)} is ${label[row]}: classes are numbered 0 to ${this.classes - 1}`,
        );
    }
    return faults;
  }

  /** Puts the class vectors from `first` on into the product, unless they are there. */
  #hold(first: number): void {
    if (this.#held?.first === first) return;
    const vectors = this.#weights.newBlock(Math.min(this.#heldClasses, this.classes - first));
    this.#weights.read(first, vectors);
    const lengths = this.#product!.setClasses(vectors);
    for (const [i, { hi }] of lengths.entries()) {
      if (!isDirection(hi))
        throw new DataError(
          `${this.#job.weights} row ${first + i}: ${lengthFault(rowOf(vectors, this.dimension, i), hi)}`,
        );
      this.#shortest = Math.min(this.#shortest, hi);
      this.#longest = Math.max(this.#longest, hi);
    }
    // Of a float32 file the product has the vectors already.
    const own = lengths.map((_, i) =>
      vectors instanceof Float32Array ? this.#product!.classVector(i) : rowOf(vectors, this.dimension, i),
    );
    this.#held = { first, vectors: own, lengths };
  }

  #classVector(place: number): { vector: Vectors; length: Pair } {
    const at = place - (this.#held?.first ?? 0);
    if (this.#held !== undefined && at >= 0 && at < this.#held.lengths.length)
      return { vector: this.#held.vectors[at]!, length: this.#held.lengths[at]! };
    const vector = this.#weights.newBlock(1);
    this.#weights.read(place, vector);
    return { vector, length: lengthOf(vector) };
  }

  #spread(first: number): ClassSpread {
    const { dimension } = this;
    const classes = Math.min(this.spreadClasses, this.classes - first);
    const sums = new Float64Array(classes * dimension);
    const counts = new Float64Array(classes);
    for (let start = 0; start < this.rows; start += ROWS) {
      const { vectors, label } = this.#read(start, Math.min(ROWS, this.rows - start));
      for (const [row, place] of label.entries()) {
        if (!(place >= first && place < first + classes)) continue;
        const vector = rowOf(vectors, dimension, row);
        const length = lengthOf(vector).hi;
        if (!isDirection(length)) continue;
        const sum = rowOf(sums, dimension, place - first);
        for (let k = 0; k < dimension; k++) sum[k]! += vector[k]! / length;
        counts[place - first]!++;
      }
    }
    const total = new Float64Array(dimension);
    const directions = new Float64Array(dimension);
    let within = 0;
    for (const [i, count] of counts.entries()) {
      const sum = rowOf(sums, dimension, i);
      const length = lengthOf(sum).hi;
      within += count - length;
      for (let k = 0; k < dimension; k++) {
        total[k]! += sum[k]!;
        if (length > 0) directions[k]! += (count * sum[k]!) / length;
      }
    }
    return { count: counts.reduce((sum, count) => sum + count, 0), within, total, directions };
  }
}

/**
 * The angular Fisher score: sum over samples of 1 - cos(x, mean of its class), over sum of n_i (1 - cos(class mean, mean of all)), means
 * being those of unit features. Small where classes are tight and far apart; NaN where class means do not differ. The sums lose about 2^-50 of the number of samples.
 * Source: SphereFace (arXiv:1704.08063), appendix on the angular Fisher score.
 */
export function fisherScore(parts: readonly ClassSpread[]): number {
  const sum = (of: (part: ClassSpread) => number) => parts.reduce((total, part) => total + of(part), 0);
  let along = 0;
  const total = parts[0]?.total.map((_, k) => sum((part) => part.total[k]!)) ?? [];
  for (const [k, x] of total.entries()) along += x * sum((part) => part.directions[k]!);
  const between = sum((part) => part.count) - along / lengthOf(total).hi;
  // Rounding may leave a trace of either sign where there is no spread.
  return between > 0
    ? Math.max(
        0,
        sum((part) => part.within),
      ) / between
    : Number.NaN;
}

const rowOf = <T extends Vectors>(vectors: T, dimension: number, row: number): T =>
  vectors.subarray(row * dimension, (row + 1) * dimension) as T;

const isDirection = (length: number) => length > 0 && length < Number.POSITIVE_INFINITY;

function lengthFault(vector: Vectors, length: number): string {
  if (length === 0) return "the vector has length 0 and so no direction";
  const at = vector.findIndex((x: number) => !Number.isFinite(x));
  return at < 0 ? "the vector is too long for a double" : `component ${at} is ${vector[at]}`;
}
