import { basename } from "node:path";
import { angleBetween } from "../core/angle-between.ts";
import { conditions } from "../core/margin.ts";
import { naive } from "../core/target-functions.ts";
import type { ArrayRows } from "../data/arrays.ts";
import { classScatter, classSums, scatterClasses } from "./class-sums.ts";
import { type ClassVector, classVectors, leastAngle, nearestOther } from "./class-vectors.ts";
import { type CosineSearch, cosineSearch, dividedCosine } from "./cosine-search.ts";
import { doublePowers } from "./double-powers.ts";
import { BLOCK_ROWS, inSteps, openFeatures, readSamples, type StoredFeatures } from "./feature-files.ts";
import { lossesOf, roundedFrom } from "./losses.ts";
import { type Questions, sampleRecords } from "./samples.ts";
import { isDirection, lengthFault, type Vectors, vectorOf } from "./vectors.ts";

/** The files and what to measure, in plain values that can be sent to a thread. */
export interface FeatureJob {
  readonly stored: StoredFeatures;
  readonly questions: Questions;
  /**
   * The direction of the mean of each class, which the scatter tasks write:
   * memory that threads share. 0 where there is none.
   */
  readonly means: Float64Array | undefined;
  /** Was the scatter found elsewhere, and the means written? */
  readonly isScattered: boolean;
}

/**
 * A part of the work: the scatter, the vectors or the means of some classes
 * from a number, or a block of samples from a row.
 */
export interface FeatureTask {
  readonly kind: "scatter" | "samples" | "weights" | "means";
  readonly start: number;
}

/**
 * The scatter of some classes; angles of samples (intra) or classes in their order, NaN or Infinity for one that is
 * left out, with the records of the samples; or why there is none of these.
 */
export type FeatureAnswer = ReturnType<ReturnType<typeof featureReader>> | { readonly fault: string };

// 64 MiB of class vectors as float32 and half of that rounded.
const HELD_FLOATS = 2 ** 24;

const tasksOf = (kind: FeatureTask["kind"], end: number, step: number): FeatureTask[] =>
  Array.from(inSteps(end, step), ([start]) => ({ kind, start }));

/**
 * All tasks in two phases: first those that write the class means, then those that read them, samples before classes.
 */
export const featureTasks = (
  { features, weights: { rows } }: Readonly<Record<"features" | "weights", ArrayRows>>,
  { means, isScattered }: FeatureJob,
): FeatureTask[][] => [
  isScattered ? [] : tasksOf("scatter", rows, scatterClasses(features)),
  [
    ...tasksOf("samples", features.rows, BLOCK_ROWS),
    ...(means ? [...tasksOf("weights", rows, BLOCK_ROWS), ...tasksOf("means", rows, BLOCK_ROWS)] : []),
  ],
];

/** Returns a function that does the tasks over a file of features and one of class vectors. Each thread has its own. */
export function featureReader({ stored, questions, means: sharedMeans }: FeatureJob) {
  const { margins } = questions;
  const files = openFeatures(stored);
  const form = sampleRecords(questions);
  const losses = lossesOf(questions);
  const { features, weights, centres } = files;
  const [rows, { cols }] = [weights.rows, features];
  const most = roundedFrom(rows, weights.cols);
  /** Given where losses are made of cosines in double. */
  const powersOf = features.rows < most ? doublePowers(files, losses) : undefined;
  /** Are they made of rounded ones too, for reports on more samples? */
  const hasRounded = most < Number.POSITIVE_INFINITY;
  const readMeans = (start: number, count: number) => sharedMeans!.subarray(start * cols, (start + count) * cols);
  const means: ArrayRows = { rows, cols, read: readMeans };
  const heldClasses = Math.min(rows, Math.ceil(HELD_FLOATS / weights.cols));
  const cosines = cosineSearch({
    dimension: cols,
    rows: Math.min(BLOCK_ROWS * centres, Math.max(features.rows, rows * centres)),
    classes: heldClasses,
    centres,
    limits: margins.length,
    sums: hasRounded ? losses.sums.length : 0,
  });
  const classes = classVectors(stored.weights.name, files, cosines);
  /** The search for nearest class vectors, then that for nearest means. */
  let nearestOf: { readonly vectors: ArrayRows; readonly angles: (start: number) => number[] } | undefined;

  function answerTo({ kind, start }: FeatureTask) {
    if (kind === "samples") {
      nearestOf = undefined;
      return samplesFrom(start);
    }
    if (kind === "scatter") {
      const count = Math.min(scatterClasses(features), rows - start);
      return classScatter(classSums(files, start, count), cols, sharedMeans?.subarray(start * cols));
    }
    const vectors = kind === "means" ? means : weights;
    if (nearestOf?.vectors !== vectors) {
      classes.release();
      nearestOf = { vectors, angles: nearestOther(searchOf(vectors), vectors, cols, heldClasses) };
    }
    const angles = nearestOf.angles(start);
    if (kind === "means") return { angles: { inter: angles } };
    const toMeans = angles.map((_, i) => leastAngle(means.read(start + i, 1), weights.read(start + i, 1)));
    const ofOccurring = angles.map((theta, i) => (Number.isNaN(toMeans[i]) ? Number.NaN : theta));
    return { angles: { w_ec: toMeans, w_inter: ofOccurring } };
  }

  /** The search of the samples, unless it is for several vectors a class and these have one. */
  const searchOf = (vectors: ArrayRows): CosineSearch =>
    vectors.cols === weights.cols ? cosines : cosineSearch({ dimension: cols, rows: BLOCK_ROWS, classes: heldClasses });

  /**
   * A block of samples: their records, what is wrong with the bad ones, the least and the greatest length of the class
   * vectors, and angles. theta_y, the nearest competitor and every doubtful pair are found in double from the vectors,
   * the rest from the rounded cosines of the search.
   */
  function samplesFrom(start: number) {
    const { vectors, label: labels, given } = readSamples(files, start);
    const lengths = cosines.setFeatures(vectors, labels);
    const norms = Float64Array.from(lengths, ({ hi }) => hi);
    const block = lengths.map((_, row) => vectorOf(vectors, cols, row));
    const faults = block.map((vector, row) => faultOf(vector, norms[row]!, labels[row]!, given[row]!));
    const angleTo = (row: number, place: number) => {
      const angleOf = ({ vector, length }: ClassVector) => angleBetween(block[row]!, vector, lengths[row], length);
      return Math.min(...classes.at(place).map(angleOf));
    };
    const thetas = norms.map((_, row) => (faults[row] === undefined ? angleTo(row, labels[row]!) : Number.NaN));
    search(norms, thetas, angleTo);

    const pairs = margins.map((_, i) => cosines.below(i));
    const near = nearFeatures(faults, angleTo).map((one, row) => ({ ...one, norm: norms[row]!, label: labels[row]! }));
    const rounded = hasRounded ? roundedPowers(near, norms) : undefined;
    const good = near.map((one, row) => (faults[row] === undefined ? one : undefined));
    const powers = powersOf?.(vectors, good) ?? rounded!;
    const records = new Float64Array(form.width * faults.length);
    const { scales } = losses;
    for (const [row, { label, nearest, minThetaJ, norm }] of near.entries()) {
      const at = row * form.width;
      if (faults[row] !== undefined) {
        form.writeBad(records, at, start + row);
        continue;
      }
      const sample = { place: start + row, label, nearest, thetaY: thetas[row]!, minThetaJ, norm };
      form.write(records, at, sample, (i) => pairs[i]![row]!);
      losses.write(sample, powers[row]!, records, at + form.lossesAt);
      if (rounded === undefined) continue;
      const roundedAt = at + form.roundedAt;
      losses.write(sample, rounded[row]!, records, roundedAt, 2);
      for (let i = roundedAt; i < at + form.width; i += 2) {
        const scale = scales[((i - roundedAt) / 2) % scales.length]!;
        // The derivative of the loss by an error common to all competing cosines: small for a small loss.
        records[i + 1] = -Math.expm1(-records[i]!) * (scale === "norm" ? norm : scale);
      }
    }
    const toMean = (row: number) => angleBetween(block[row]!, means.read(labels[row]!, 1), lengths[row]);
    const intra = faults.map((fault, row) => (fault || !sharedMeans ? Number.NaN : toMean(row)));
    return { records, faults, ...classes.lengths(), angles: { intra } };
  }

  /** Each feature of a block beside the classes that may be the nearest to it; a bad one beside none. */
  function nearFeatures(faults: readonly (string | undefined)[], angleTo: (row: number, place: number) => number) {
    const candidates = cosines.nearest();
    return faults.map((fault, row) => {
      const near = fault === undefined ? candidates[row]! : [];
      const angles = near.map((one) => ({ ...one, theta: angleTo(row, one.class) }));
      const minThetaJ = angles.reduce((least, { theta }) => Math.min(least, theta), Number.POSITIVE_INFINITY);
      return { angles, minThetaJ, nearest: angles.find(({ theta }) => theta === minThetaJ)?.class ?? 0 };
    });
  }

  /**
   * For each feature the sums of e^(scale (cosine - that of the nearest class)), from rounded cosines; those of the
   * classes that may be the nearest, which often are the most of a sum, from their angles.
   */
  function roundedPowers(near: ReturnType<typeof nearFeatures>, norms: Float64Array): Float64Array[] {
    const { sums } = losses;
    const logSums = sums.map((_, i) => cosines.logSum(i));
    return near.map(({ angles, minThetaJ }, row) =>
      Float64Array.from(sums, ({ scale, divisor }, i) => {
        const factor = scale === "norm" ? norms[row]! : scale;
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
  function search(norms: Float64Array, thetas: Float64Array, angleTo: (row: number, place: number) => number): void {
    for (const [i, m] of margins.entries()) cosines.setLimit(i, thetas.map(naive({ m }).value));
    for (const [i, { scale, divisor }] of hasRounded ? losses.sums.entries() : [])
      cosines.setSum(i, scale === "norm" ? norms : norms.map(() => scale), divisor);
    for (const [first, count] of inSteps(rows, heldClasses)) {
      classes.hold(first, count);
      cosines.search(first, (i, row, place) => conditions(margins[i]!, thetas[row]!, angleTo(row, place)).naive);
    }
  }

  /** Why a row is bad; undefined where it is good. */
  function faultOf(vector: Vectors, norm: number, place: number, label: number): string | undefined {
    if (!isDirection(norm)) return lengthFault(vector, norm);
    if (!Number.isNaN(place)) return undefined;
    const { labels, classes: first } = stored;
    const is = `the label in ${basename(labels.name)} is ${label}`;
    if (!Number.isInteger(label)) return `${is}: labels are whole numbers`;
    if (typeof first !== "number") return `${is}: the mean of its class has no direction`;
    const last = rows - 1 + first;
    const hint = first === 0 && label === last + 1 ? "; where labels count from 1, give --first-label 1" : "";
    return `${is}: classes are numbered ${first} to ${last}${hint}`;
  }
  return answerTo;
}
