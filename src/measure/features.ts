import { basename } from "node:path";
import { angleBetween } from "../core/angle-between.ts";
import { conditions } from "../core/margin.ts";
import { target } from "../core/targets.ts";
import type { ArrayRows } from "../data/arrays.ts";
import { type ClassScatter, classScatter, classSums, scatterClasses } from "./class-scatter.ts";
import { ClassVectors } from "./class-vectors.ts";
import { CosineSearch, dividedCosine, type NearClass } from "./cosine-search.ts";
import { DoublePowers } from "./double-powers.ts";
import { BLOCK_ROWS, type FeatureFiles, openFeatures, readSamples, type StoredFeatures } from "./feature-files.ts";
import { Losses, roundedFrom } from "./losses.ts";
import { leastAngle, nearestOther } from "./nearest-other.ts";
import { type Questions, SampleRecords } from "./samples.ts";
import { isDirection, lengthFault, type Vectors, vectorOf } from "./vectors.ts";

/** The files and what to measure, in plain values that can be sent to a thread. */
export interface FeatureJob {
  readonly stored: StoredFeatures;
  readonly questions: Questions;
  /** The direction of the mean of each class, which the scatter tasks write: memory that threads share. 0 where there is none. */
  readonly means: Float64Array | undefined;
  /** Was the scatter found elsewhere, and the means written? */
  readonly isScattered: boolean;
}

/** A part of the work: the scatter, the vectors or the means of some classes from a number, or a block of samples from a row. */
export interface FeatureTask {
  readonly kind: "scatter" | "samples" | "weights" | "means";
  readonly start: number;
}

/** Angles of samples (intra) or classes in their order, NaN or Infinity for one that is left out. */
interface FeatureAngles {
  readonly angles: Readonly<Record<string, readonly number[]>>;
}

export interface FeatureBlock extends FeatureAngles {
  /** The records of some rows in their order, and what is wrong with the bad ones. */
  readonly records: Float64Array;
  readonly faults: ReadonlyMap<number, string>;
  /** The least and the greatest length of the class vectors. */
  readonly shortest: number;
  readonly longest: number;
}

/** A feature beside the classes that may be the nearest to it. */
interface NearFeature {
  readonly angles: readonly (NearClass & { readonly theta: number })[];
  readonly minThetaJ: number;
  readonly norm: number;
}

export type FeatureAnswer = FeatureBlock | ClassScatter | FeatureAngles | { readonly fault: string };

// 64 MiB of class vectors as float32 and half of that rounded.
const HELD_FLOATS = 2 ** 24;

const tasksOf = (kind: FeatureTask["kind"], end: number, step: number): FeatureTask[] =>
  Array.from({ length: Math.ceil(end / step) }, (_, i) => ({ kind, start: i * step }));

/** All tasks: those that write the class means, then those that read them, the samples first. */
export const featureTasks = (files: FeatureFiles, { means, isScattered }: FeatureJob): FeatureTask[][] => [
  isScattered ? [] : tasksOf("scatter", files.weights.rows, scatterClasses(files.features)),
  [
    ...tasksOf("samples", files.features.rows, BLOCK_ROWS),
    ...(means ? (["weights", "means"] as const) : []).flatMap((kind) => tasksOf(kind, files.weights.rows, BLOCK_ROWS)),
  ],
];

/** Measures the features of one file against the class vectors of another. Each thread makes its own. */
export class FeatureReader {
  readonly #job: FeatureJob;
  readonly #files: FeatureFiles;
  readonly #heldClasses: number;
  readonly #cosines: CosineSearch;
  readonly #classes: ClassVectors;
  readonly #means: ArrayRows;
  /** The search for nearest class vectors, then that for nearest means. */
  #nearest: { readonly vectors: ArrayRows; readonly angles: (start: number) => number[] } | undefined;
  readonly #records: SampleRecords;
  readonly #losses: Losses;
  /** Given where losses are made of cosines in double. */
  readonly #powers: DoublePowers | undefined;
  /** Are they made of rounded ones too, for reports on more samples? */
  readonly #hasRounded: boolean;

  constructor(job: FeatureJob) {
    this.#job = job;
    this.#files = openFeatures(job.stored);
    this.#records = new SampleRecords(job.questions);
    this.#losses = new Losses(job.questions);
    const { features, weights, centres } = this.#files;
    const [rows, { cols }] = [weights.rows, features];
    const most = roundedFrom(rows, weights.cols);
    this.#powers = features.rows < most ? new DoublePowers(this.#files, this.#losses) : undefined;
    this.#hasRounded = most < Number.POSITIVE_INFINITY;
    const read = (start: number, count: number) => job.means!.subarray(start * cols, (start + count) * cols);
    this.#means = { rows, cols, read };
    this.#heldClasses = Math.min(weights.rows, Math.ceil(HELD_FLOATS / weights.cols));
    this.#cosines = new CosineSearch({
      dimension: features.cols,
      rows: Math.min(BLOCK_ROWS * centres, Math.max(features.rows, rows * centres)),
      classes: this.#heldClasses,
      centres,
      limits: job.questions.margins.length,
      sums: this.#hasRounded ? this.#losses.sums.length : 0,
    });
    this.#classes = new ClassVectors(job.stored.weights.name, this.#files, this.#cosines);
  }

  do({ kind, start }: FeatureTask): FeatureAnswer {
    const { weights } = this.#files;
    if (kind === "samples") {
      this.#nearest = undefined;
      return this.#samples(start);
    }
    if (kind === "scatter") {
      const count = Math.min(scatterClasses(this.#files.features), weights.rows - start);
      const { cols } = this.#means;
      return classScatter(classSums(this.#files, start, count), cols, this.#job.means?.subarray(start * cols));
    }
    const vectors = kind === "means" ? this.#means : weights;
    if (this.#nearest?.vectors !== vectors) {
      this.#classes.release();
      const search = this.#searchOf(vectors);
      this.#nearest = { vectors, angles: nearestOther(search, vectors, this.#means.cols, this.#heldClasses) };
    }
    const nearest = this.#nearest.angles(start);
    if (kind === "means") return { angles: { inter: nearest } };
    const toMeans = nearest.map((_, i) => leastAngle(this.#means.read(start + i, 1), weights.read(start + i, 1)));
    const ofOccurring = nearest.map((theta, i) => (Number.isNaN(toMeans[i]) ? Number.NaN : theta));
    return { angles: { w_ec: toMeans, w_inter: ofOccurring } };
  }

  /** The search of the samples, unless it is for several vectors a class and these have one. */
  #searchOf({ cols }: ArrayRows): CosineSearch {
    if (cols === this.#files.weights.cols) return this.#cosines;
    return new CosineSearch({ dimension: cols, rows: BLOCK_ROWS, classes: this.#heldClasses });
  }

  /** theta_y, the nearest competitor and every doubtful pair in double from the vectors, the rest from the cosines of the cosines. */
  #samples(start: number): FeatureBlock {
    const { margins } = this.#job.questions;
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
    const near = faults.map((fault, row) => {
      const angles =
        fault === undefined ? candidates[row]!.map((one) => ({ ...one, theta: angleTo(row, one.class) })) : [];
      const minThetaJ = angles.reduce((least, { theta }) => Math.min(least, theta), Number.POSITIVE_INFINITY);
      const nearest = angles.find(({ theta }) => theta === minThetaJ)?.class ?? 0;
      return { angles, nearest, minThetaJ, norm: norms[row]!, label: labels[row]! };
    });
    const rounded = this.#hasRounded ? this.#roundedPowers(near) : undefined;
    const good = near.map((one, row) => (faults[row] === undefined ? one : undefined));
    const powers = this.#powers?.of(vectors, good) ?? rounded!;
    const form = this.#records;
    const records = new Float64Array(form.width * faults.length);
    const { scales } = this.#losses;
    for (const [row, { label, nearest, minThetaJ, norm }] of near.entries()) {
      const at = row * form.width;
      if (faults[row] !== undefined) {
        form.writeBad(records, at, start + row);
        continue;
      }
      const sample = { place: start + row, label, nearest, thetaY: thetas[row]!, minThetaJ, norm };
      form.write(records, at, sample, (i) => pairs[i]![row]!);
      this.#losses.write(sample, powers[row]!, (i, loss) => form.writeLoss(records, at, i, loss));
      if (rounded === undefined) continue;
      this.#losses.write(sample, rounded[row]!, (i, loss) => {
        const scale = scales[i % scales.length]!;
        // What an error of the logits makes of a loss: little of a small one.
        form.writeRounded(records, at, i, loss, -Math.expm1(-loss) * (scale === "norm" ? norm : scale));
      });
    }
    const toMean = (row: number) => angleBetween(features[row]!, this.#means.read(labels[row]!, 1), lengths[row]);
    const intra = faults.map((fault, row) => (fault || !this.#job.means ? Number.NaN : toMean(row)));
    const { shortest, longest } = this.#classes;
    const found = new Map([...faults.entries()].filter((entry): entry is [number, string] => entry[1] !== undefined));
    return { records, faults: found, shortest, longest, angles: { intra } };
  }

  /**
   * For each feature the sums of e^(scale (cosine - that of the nearest class)), from rounded cosines; those of the classes that may be the nearest,
   * which often are the most of a sum, from their angles.
   */
  #roundedPowers(near: readonly NearFeature[]): Float64Array[] {
    const { sums } = this.#losses;
    const logSums = sums.map((_, i) => this.#cosines.logSum(i));
    return near.map(({ angles, minThetaJ, norm }, row) =>
      Float64Array.from(sums, ({ scale, divisor }, i) => {
        const factor = scale === "norm" ? norm : scale;
        const top = Math.cos(minThetaJ / divisor);
        const power = (cosine: number) => Math.exp(factor * (cosine - top));
        return angles.reduce(
          (sum, { theta, score }) => sum + power(Math.cos(theta / divisor)) - power(dividedCosine(score, divisor)),
          Math.exp(logSums[i]![row]! - factor * top),
        );
      }),
    );
  }

  /** Searches all classes, one held block after another. */
  #search(norms: Float64Array, thetas: Float64Array, angleTo: (row: number, place: number) => number): void {
    const { margins } = this.#job.questions;
    const { rows } = this.#files.weights;
    const cosines = this.#cosines;
    for (const [i, m] of margins.entries()) cosines.setLimit(i, thetas.map(target("naive", { m })!.value));
    for (const [i, { scale, divisor }] of this.#hasRounded ? this.#losses.sums.entries() : [])
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
