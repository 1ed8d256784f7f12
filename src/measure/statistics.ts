import { segment } from "../core/psi.ts";
import { toDegrees } from "../core/units.ts";
import { Distribution } from "./distribution.ts";
import { ExactSum, Mean } from "./exact-sum.ts";
import {
  type ClassAngles,
  type FeatureFigures,
  type MarginJudgement,
  MEASURES,
  type SampleRecords,
} from "./samples.ts";

export interface StatisticsOptions {
  readonly classes: number;
  /** The form of the records of samples. */
  readonly records: SampleRecords;
  /** Whether samples have a norm. */
  readonly norms: boolean;
}

/** Shares at which quantiles are given. */
export const LEVELS = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
/** Bins of pi/60: pi/2, pi/3, pi/4, pi/5 and pi/6 are edges of bins. */
export const BINS = 60;

/** The conditions that samples are counted for at each m. */
export const CONDITIONS = ["naive", "angular", "psi", "false_pass"] as const;

/** The most worst classes that are listed unless told otherwise, and the most classes that each is taken for. */
export const [WORST, TAKEN_FOR] = [10, 3];
/**
 * How far rounded cosines are off in a mean over samples and classes, at most in any data tried, and in one sample, of which the nearest classes have
 * cosines in double: errors of one sign are as frequent as of the other, so that those of samples add up as their squares.
 */
const COMMON_ERROR = 1e-7;
const OWN_ERROR = 1e-5;

/** The 97.5 % quantile of the normal distribution. */
export const Z = 1.959963984540054;

/** The samples of one class; takenFor counts the nearest classes of those that are not correct. */
interface ClassTally {
  samples: number;
  correct: number;
  readonly takenFor: Map<number, number>;
}

/** How many samples and pairs (sample, competing class) meet the conditions at one m; segments: those of psi by theta_y. */
type MarginTally = ReturnType<typeof newMargin>;

/** How figures are given, and those that are not counted here. */
interface Presented {
  readonly degrees: boolean;
  readonly className: (index: number) => string | number;
  /** The order of classes of the same figures (default: by number). */
  readonly order?: Order | undefined;
  /** The most worst classes to list. */
  readonly worst: number;
  readonly skipped: number;
  readonly ofFeatures?: FeatureFigures | undefined;
}

export type Figures = ReturnType<MarginStatistics["figures"]>;

/**
 * Counts, means, quantiles and histograms of the margins of samples, added one by one. A sample is correct
 * where theta_y is smaller than every competing angle. The order of the samples changes no figure.
 */
export class MarginStatistics {
  readonly histograms = { theta_y: Array<number>(BINS).fill(0), min_theta_j: Array<number>(BINS).fill(0) };
  readonly #records: SampleRecords;
  readonly #classCount: number;
  readonly #margins: readonly MarginTally[];
  readonly #distributions;
  readonly #losses;
  readonly #functions;
  readonly #classes = new Map<number, ClassTally>();
  #samples = 0;
  #correct = 0;

  constructor({ classes, records, norms }: StatisticsOptions) {
    const { margins, functions, scales, counted } = records.questions;
    this.#records = records;
    this.#classCount = classes;
    this.#margins = margins.map(newMargin);
    const measures = MEASURES.filter(({ name }) => norms || name !== "feature_norm");
    this.#distributions = measures.map((measure) => ({ measure, distribution: new Distribution() }));
    const kinds = functions.flatMap((spec) => scales.map((scale) => ({ function: spec, scale })));
    this.#losses = kinds.map((kind) => ({ kind, mean: new Mean(), slope: new Mean(), squares: new ExactSum() }));
    this.#functions = counted.map((spec) => ({ spec, holds: 0 }));
  }

  /** Adds the samples of records; bad rows do not count. */
  add(records: Float64Array): void {
    for (let at = 0; at < records.length; at += this.#records.width) this.#add(records, at);
  }

  #add(records: Float64Array, at: number): void {
    const form = this.#records;
    const sample = form.sample(records, at);
    if (sample === undefined) return;
    const { label, thetaY, minThetaJ, nearest } = sample;
    const isCorrect = thetaY < minThetaJ;
    this.#samples++;
    if (isCorrect) this.#correct++;
    for (let i = 0; i < this.#margins.length; i++)
      addMargin(this.#margins[i]!, form.judgement(records, at, i), this.#classCount - 1);
    for (let i = 0; i < this.#functions.length; i++) if (form.holds(records, at, i)) this.#functions[i]!.holds++;
    for (const { measure, distribution } of this.#distributions) distribution.add(measure.of(sample)!);
    for (let i = 0; i < this.#losses.length; i++) {
      const { mean, slope, squares } = this.#losses[i]!;
      const x = form.lossSlope(records, at, i);
      mean.add(form.loss(records, at, i));
      slope.add(x);
      squares.add(x * x);
    }
    this.histograms.theta_y[binOf(thetaY)]!++;
    this.histograms.min_theta_j[binOf(minThetaJ)]!++;
    const own = this.#classes.get(label) ?? { samples: 0, correct: 0, takenFor: new Map() };
    this.#classes.set(label, own);
    own.samples++;
    if (isCorrect) own.correct++;
    else own.takenFor.set(nearest, (own.takenFor.get(nearest) ?? 0) + 1);
  }

  /** The shares of the samples whose effective margin is at least so large. */
  reached(margins: readonly number[]): number[] {
    return this.#distributions
      .find(({ measure }) => measure.name === "effective_margin")!
      .distribution.sharesFrom(margins);
  }

  get samples(): number {
    return this.#samples;
  }

  /** Of each loss the exact sums that tell how far its mean may be off, as multiples of 2^-1074. */
  lossErrors = (): bigint[][] => this.#losses.map(({ slope, squares }) => [slope.multiple(), squares.multiple()]);

  /** Adds such sums to those of the samples. */
  addLossErrors(sums: readonly (readonly bigint[])[]): void {
    for (const [i, { slope, squares }] of this.#losses.entries())
      for (const [k, sum] of [slope, squares].entries()) sum.addMultiple(sums[i]![k]!);
  }

  /**
   * All figures; fisher_score where there is one. The worst classes are those of the lowest accuracy, each with the classes
   * that it is most often taken for.
   */
  figures({ degrees, className, order = byNumber, worst, skipped, ofFeatures = {} }: Presented) {
    const { fisher_score, class_angles } = ofFeatures;
    const inUnit = degrees ? toDegrees : (x: number) => x;
    const quantiles: Record<string, ReadonlyMap<number, number>> = {};
    const mean: Record<string, number> = {};
    for (const { measure, distribution } of this.#distributions) {
      const shown = measure.isAngle ? inUnit : (x: number) => x;
      quantiles[measure.name] = new Map(distribution.quantiles(LEVELS).map((x, i) => [LEVELS[i]!, shown(x)]));
      mean[measure.name] = shown(distribution.value());
    }
    const samples = this.#samples;
    return {
      samples,
      classes: this.#classCount,
      correct: this.#correct,
      accuracy: this.#correct / samples,
      accuracy_interval: wilson(this.#correct, samples),
      by_m: this.#margins.map((tally) => ({ ...tally, ...intervalsOf(tally, samples) })),
      by_function: this.#functions.map(({ spec, holds }) => ({
        function: spec,
        holds,
        share: holds / samples,
        share_interval: wilson(holds, samples),
      })),
      quantiles,
      mean,
      mean_loss: this.#losses.map(({ kind, mean, slope, squares }) => ({
        ...kind,
        value: rightDigits(
          mean.value(),
          COMMON_ERROR * slope.value() + (OWN_ERROR * Math.sqrt(squares.value())) / samples,
        ),
      })),
      ...(fisher_score !== undefined && { fisher_score }),
      ...(class_angles && { class_angles: anglesShown(class_angles, inUnit) }),
      worst_classes: this.#worst(worst, order).map(([label, { samples, correct, takenFor }]) => ({
        class: className(label),
        samples,
        correct,
        accuracy: correct / samples,
        taken_for: mostFrequent(takenFor, order).map(([other, times]) => ({ class: className(other), samples: times })),
      })),
      skipped_rows: skipped,
    };
  }

  /** Classes with failures: the lowest accuracy first, then the most failures, then in order. */
  #worst(count: number, order: Order): [label: number, tally: ClassTally][] {
    const failed = ({ samples, correct }: ClassTally) => samples - correct;
    return [...this.#classes]
      .filter(([, tally]) => failed(tally) > 0)
      .sort(([i, a], [j, b]) => a.correct / a.samples - b.correct / b.samples || failed(b) - failed(a) || order(i, j))
      .slice(0, count);
  }
}

/**
 * A number that may be off by so much, rounded to as many significant digits as do not depend on where in that range it lies; an
 * error of 0 leaves it as it is. Where not even the first is certain, that one; NaN where the range reaches 0.
 */
export function rightDigits(x: number, error: number): number {
  for (let digits = 17; digits > 0; digits--) {
    const [lo, hi] = [x - error, x + error].map((end) => Number(end.toPrecision(digits)));
    if (lo === hi) return lo!;
  }
  return error < Math.abs(x) ? Number(x.toPrecision(1)) : Number.NaN;
}

/**
 * The 95 % confidence interval of a share of which count in samples were seen, by Wilson (JASA 22, 1927): the shares p at which the one
 * seen lies within Z standard deviations sqrt(p (1 - p) / samples). NaN without samples.
 */
export function wilson(count: number, samples: number) {
  const half = count + (Z * Z) / 2;
  const root = Z * Math.sqrt(count * (1 - count / samples) + (Z * Z) / 4);
  // The lower end without cancellation; the upper one is 1 where all were seen, whatever rounding makes of it.
  const hi = count < samples ? (half + root) / (samples + Z * Z) : count / samples;
  return { lo: (count * count) / samples / (half + root), hi };
}

function anglesShown({ w_ec, w_inter, intra, inter, left_out }: ClassAngles, inUnit: (theta: number) => number) {
  return { w_ec: inUnit(w_ec), w_inter: inUnit(w_inter), intra: inUnit(intra.value()), inter: inUnit(inter), left_out };
}

const intervalsOf = (tally: MarginTally, samples: number): object =>
  Object.fromEntries(CONDITIONS.map((name) => [`${name}_interval`, wilson(tally[name], samples)]));

const newMargin = (m: number) => ({
  m,
  naive: 0,
  angular: 0,
  psi: 0,
  false_pass: 0,
  pairs: 0,
  pair_naive: 0,
  pair_angular: 0,
  pair_false_pass: 0,
  beyond_first_segment: 0,
  segments: Array<number>(segment(m, Math.PI) + 1).fill(0),
});

function addMargin(tally: MarginTally, judgement: MarginJudgement, pairs: number): void {
  const { naive, angular, psi, segment, naivePairs } = judgement;
  if (naive) tally.naive++;
  if (angular) tally.angular++;
  if (psi) tally.psi++;
  if (naive && !angular) tally.false_pass++;
  tally.pairs += pairs;
  tally.pair_naive += naivePairs;
  // In segment 0 naive and angular are the same; in the others angular never holds.
  tally[segment === 0 ? "pair_angular" : "pair_false_pass"] += naivePairs;
  if (segment > 0) tally.beyond_first_segment++;
  tally.segments[segment]!++;
}

/** The bin of the histograms that holds an angle in [0, pi]. */
export const binOf = (theta: number) => Math.min(BINS - 1, Math.floor((theta * BINS) / Math.PI));

type Order = (i: number, j: number) => number;
const byNumber: Order = (i, j) => i - j;

const mostFrequent = (takenFor: ReadonlyMap<number, number>, order: Order) =>
  [...takenFor].sort(([i, a], [j, b]) => b - a || order(i, j)).slice(0, TAKEN_FOR);
