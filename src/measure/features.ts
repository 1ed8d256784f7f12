import { basename } from "node:path";
import { angleBetween } from "../core/angle-between.ts";
import { conditions } from "../core/margin.ts";
import { target } from "../core/targets.ts";
import { type ClassScatter, classScatter, SCATTER_DOUBLES } from "./class-scatter.ts";
import { ClassVectors } from "./class-vectors.ts";
import { CosineSearch } from "./cosine-search.ts";
import { BLOCK_ROWS, type FeatureFiles, openFeatures, readSamples, type StoredFeatures } from "./feature-files.ts";
import type { Sample } from "./statistics.ts";
import { isDirection, lengthFault, type Vectors, vectorOf } from "./vectors.ts";

/** The files and what to measure, in plain values that can be sent to a thread. */
export interface FeatureJob {
  readonly stored: StoredFeatures;
  readonly margins: readonly number[];
  readonly functions: readonly { readonly name: string; readonly parameters: Readonly<Record<string, number>> }[];
  /** "norm": the length of the feature. */
  readonly scales: readonly (number | "norm")[];
}

/** A part of the work: a block of samples from a row, or the scatter of some classes from a number. */
export interface FeatureTask {
  readonly kind: "samples" | "scatter";
  readonly start: number;
}

export interface FeatureBlock {
  /** The samples of some rows in their order; a text says why a row is bad. */
  readonly samples: readonly (Sample | string)[];
  /** The least and the greatest length of the class vectors. */
  readonly shortest: number;
  readonly longest: number;
}

export type FeatureAnswer = FeatureBlock | ClassScatter | { readonly fault: string };

// 64 MiB of class vectors as float32 and half of that rounded.
const HELD_FLOATS = 2 ** 24;

const tasksOf = (kind: FeatureTask["kind"], end: number, step: number): FeatureTask[] =>
  Array.from({ length: Math.ceil(end / step) }, (_, i) => ({ kind, start: i * step }));

const scatterClasses = ({ features }: FeatureFiles) => Math.ceil(SCATTER_DOUBLES / features.cols);

/** All tasks, the samples first. */
export const featureTasks = (files: FeatureFiles): FeatureTask[] => [
  ...tasksOf("samples", files.features.rows, BLOCK_ROWS),
  ...tasksOf("scatter", files.weights.rows, scatterClasses(files)),
];

/** Measures the features of one file against the class vectors of another. Each thread makes its own. */
export class FeatureReader {
  readonly #job: FeatureJob;
  readonly #files: FeatureFiles;
  readonly #heldClasses: number;
  readonly #cosines: CosineSearch;
  readonly #classes: ClassVectors;
  /** The losses, one for each function and scale, and the sums of the cosine search that they use. */
  readonly #losses;
  readonly #sums;

  constructor(job: FeatureJob) {
    this.#job = job;
    this.#files = openFeatures(job.stored);
    const functions = job.functions.map(({ name, parameters }) => target(name, parameters)!);
    const divisors = [...new Set(functions.map(({ competingDivisor }) => competingDivisor))];
    this.#sums = divisors.flatMap((divisor) => job.scales.map((scale) => ({ scale, divisor })));
    this.#losses = functions.flatMap(({ value, competingDivisor }) =>
      job.scales.map((scale, i) => ({ value, scale, sum: divisors.indexOf(competingDivisor) * job.scales.length + i })),
    );
    const { features, weights, centres } = this.#files;
    this.#heldClasses = Math.min(weights.rows, Math.ceil(HELD_FLOATS / weights.cols));
    this.#cosines = new CosineSearch({
      dimension: features.cols,
      rows: Math.min(BLOCK_ROWS, features.rows),
      classes: this.#heldClasses,
      centres,
      limits: job.margins.length,
      sums: this.#sums.length,
    });
    this.#classes = new ClassVectors(job.stored.weights.name, this.#files, this.#cosines);
  }

  do({ kind, start }: FeatureTask): FeatureBlock | ClassScatter {
    if (kind === "samples") return this.#samples(start);
    const count = Math.min(scatterClasses(this.#files), this.#files.weights.rows - start);
    return classScatter(this.#files, start, count);
  }

  /** theta_y, the nearest competitor and every doubtful pair in double from the vectors, the rest from the cosines of the cosines. */
  #samples(start: number): FeatureBlock {
    const { margins } = this.#job;
    const cosines = this.#cosines;
    const { vectors, label: labels, given } = readSamples(this.#files, start);
    const lengths = cosines.setFeatures(vectors, labels);
    const norms = Float64Array.from(lengths, ({ hi }) => hi);
    const features = lengths.map((_, row) => vectorOf(vectors, this.#files.features.cols, row));
    const faults = features.map((vector, row) => this.#fault(vector, norms[row]!, labels[row]!, given[row]!));
    const angleTo = (row: number, place: number) => {
      const angles = this.#classes
        .at(place)
        .map(({ vector, length }) => angleBetween(features[row]!, vector, lengths[row], length));
      return Math.min(...angles);
    };
    const thetas = norms.map((_, row) => (faults[row] === undefined ? angleTo(row, labels[row]!) : Number.NaN));
    this.#search(norms, thetas, angleTo);

    const candidates = cosines.nearest();
    const pairs = margins.map((_, i) => cosines.below(i));
    const logSums = this.#sums.map((_, i) => cosines.logSum(i));
    const logSumErrors = this.#sums.map((_, i) => cosines.logSumError(i));
    const sampleOf = (row: number): Sample => {
      const [thetaY, norm] = [thetas[row]!, norms[row]!];
      let [nearest, minThetaJ] = [0, Number.POSITIVE_INFINITY];
      for (const place of candidates[row]!) {
        const theta = angleTo(row, place);
        if (theta < minThetaJ) [nearest, minThetaJ] = [place, theta];
      }
      // How far the competing logits together come above the target's.
      const logits = this.#losses.map(
        ({ value, scale, sum }) => logSums[sum]![row]! - (scale === "norm" ? norm : scale) * value(thetaY),
      );
      return {
        label: labels[row]!,
        thetaY,
        nearest,
        minThetaJ,
        naivePairs: pairs.map((counts) => counts[row]!),
        losses: logits.map(softplus),
        lossErrors: this.#losses.map(
          ({ sum }, i) => softplus(logits[i]! + logSumErrors[sum]![row]!) - softplus(logits[i]!),
        ),
        norm,
      };
    };
    const samples = faults.map((fault, row) => fault ?? sampleOf(row));
    const { shortest, longest } = this.#classes;
    return { samples, shortest, longest };
  }

  /** Searches all classes, one held block after another. */
  #search(norms: Float64Array, thetas: Float64Array, angleTo: (row: number, place: number) => number): void {
    const { margins } = this.#job;
    const { rows } = this.#files.weights;
    const cosines = this.#cosines;
    for (const [i, m] of margins.entries()) cosines.setLimit(i, thetas.map(target("naive", { m })!.value));
    for (const [i, { scale, divisor }] of this.#sums.entries())
      cosines.setSum(i, scale === "norm" ? norms : norms.map(() => scale), divisor);
    for (let first = 0; first < rows; first += this.#heldClasses) {
      this.#classes.hold(first, Math.min(this.#heldClasses, rows - first));
      cosines.search(
        first,
        (limit, row, place) => conditions(margins[limit]!, thetas[row]!, angleTo(row, place)).naive,
      );
    }
  }

  /** Why a row is bad; undefined where it is good. */
  #fault(vector: Vectors, norm: number, place: number, label: number): string | undefined {
    if (!isDirection(norm)) return lengthFault(vector, norm);
    if (!Number.isNaN(place)) return undefined;
    const { labels, classes } = this.#job.stored;
    const is = `the label in ${basename(labels.name)} is ${label}`;
    if (!Number.isInteger(label)) return `${is}: labels are whole numbers`;
    if (typeof classes !== "number") return `${is}: the mean of its class has no direction`;
    const last = this.#files.weights.rows - 1 + classes;
    const hint = classes === 0 && label === last + 1 ? "; where labels count from 1, give --first-label 1" : "";
    return `${is}: classes are numbered ${classes} to ${last}${hint}`;
  }
}

/** log(1 + e^x): the loss where x is the log-sum-exp of the competing logits minus the target logit. */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
