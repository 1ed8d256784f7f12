import { basename } from "node:path";
import { angleBetween } from "../core/angle.ts";
import { conditions } from "../core/margin.ts";
import { target } from "../core/targets.ts";
import { ClassVectors } from "./class-vectors.ts";
import { type FeatureFiles, type FeaturePaths, openFeatures, ROWS, readSamples } from "./feature-files.ts";
import { Product, type Settle } from "./product.ts";
import { type ClassSpread, classSpread } from "./spread.ts";
import { isDirection, lengthFault, rowOf, type Vectors } from "./vectors.ts";

/** What is asked of the features of a file; plain values, so that it can be sent to a thread. */
export interface FeatureJob extends FeaturePaths {
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
  readonly label: Vectors;
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

export type FeatureAnswer = FeatureBlock | ClassSpread | { readonly fault: string };

// 64 MiB of class vectors as float32 and half of that rounded, 16 MiB of sums.
const HELD_FLOATS = 2 ** 24;
const SPREAD_DOUBLES = 2 ** 21;

const tasksOf = (kind: FeatureTask["kind"], end: number, step: number): FeatureTask[] =>
  Array.from({ length: Math.ceil(end / step) }, (_, i) => ({ kind, start: i * step }));

const spreadClasses = ({ weights }: FeatureFiles) => Math.ceil(SPREAD_DOUBLES / weights.cols);

/** The parts of all the work, the samples first. */
export const featureTasks = (files: FeatureFiles): FeatureTask[] => [
  ...tasksOf("samples", files.features.rows, ROWS),
  ...tasksOf("spread", files.weights.rows, spreadClasses(files)),
];

/** Measures the features of one .npy file against the class vectors of another. Each thread has one of its own. */
export class FeatureReader {
  readonly #job: FeatureJob;
  readonly #files: FeatureFiles;
  readonly #heldClasses: number;
  readonly #product: Product;
  readonly #classes: ClassVectors;

  /** Opens the files. Throws DataError where they do not fit each other. */
  constructor(job: FeatureJob) {
    this.#job = job;
    this.#files = openFeatures(job);
    const { features, weights } = this.#files;
    this.#heldClasses = Math.min(weights.rows, Math.ceil(HELD_FLOATS / weights.cols));
    this.#product = new Product({
      dimension: features.cols,
      rows: Math.min(ROWS, features.rows),
      classes: this.#heldClasses,
      limits: job.margins.length,
      sums: job.sums.length,
    });
    this.#classes = new ClassVectors(job.weights, weights, this.#product);
  }

  do({ kind, start }: FeatureTask): FeatureBlock | ClassSpread {
    if (kind === "samples") return this.#samples(start);
    const count = Math.min(spreadClasses(this.#files), this.#files.weights.rows - start);
    return classSpread(this.#files, start, count);
  }

  /** theta_y, the nearest competitor and every doubtful pair in double from the vectors, the rest from the cosines of the product. */
  #samples(start: number): FeatureBlock {
    const { margins, sums } = this.#job;
    const product = this.#product;
    const { vectors, label } = readSamples(this.#files, start);
    const lengths = product.setFeatures(vectors, label);
    const feature = lengths.map((_, row) => rowOf(vectors, this.#files.features.cols, row));
    const norm = Float64Array.from(lengths, ({ hi }) => hi);
    const faults = new Map(feature.flatMap((vector, row) => this.#fault(row, vector, norm[row]!, label[row]!)));
    const angleTo = (row: number, place: number) => {
      const { vector, length } = this.#classes.at(place);
      return angleBetween(feature[row]!, vector, lengths[row], length);
    };
    const thetaY = norm.map((_, row) => (faults.has(row) ? Number.NaN : angleTo(row, label[row]!)));
    for (const [i, m] of margins.entries()) product.setLimit(i, thetaY.map(target("naive", { m })!.value));
    for (const [i, { scale, divisor }] of sums.entries())
      product.setSum(i, scale === "norm" ? norm : norm.map(() => scale), divisor);

    this.#search((limit, row, place) => conditions(margins[limit]!, thetaY[row]!, angleTo(row, place)).naive);
    const nearest = new Float64Array(norm.length);
    const minThetaJ = new Float64Array(norm.length).fill(Number.POSITIVE_INFINITY);
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
    const { shortest, longest } = this.#classes;
    return { start, label, norm, thetaY, nearest, minThetaJ, naivePairs, logSums, faults, shortest, longest };
  }

  /** Searches all classes, as many at a time as are held. */
  #search(settle: Settle): void {
    const { rows } = this.#files.weights;
    for (let first = 0; first < rows; first += this.#heldClasses) {
      this.#classes.hold(first, Math.min(this.#heldClasses, rows - first));
      this.#product.search(first, settle);
    }
  }

  /** What is wrong with a row, if anything. */
  #fault(row: number, vector: Vectors, norm: number, label: number): [row: number, fault: string][] {
    const { rows } = this.#files.weights;
    if (!isDirection(norm)) return [[row, lengthFault(vector, norm)]];
    if (label >= 0 && label < rows) return [];
    const file = basename(this.#job.labels);
    return [[row, `the label in ${file} is ${label}: classes are numbered 0 to ${rows - 1}`]];
  }
}
