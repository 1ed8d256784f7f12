import { Distribution, Mean } from "./distribution.ts";
import { fold, reduce } from "./exact.ts";
import { conditions, effectiveMargin } from "./margin.ts";
import { segment } from "./psi.ts";

/** One sample among all classes. Classes are numbered from 0; angles are in radians. */
export interface Sample {
  readonly label: number;
  readonly thetaY: number;
  /** The competing class at the smallest angle. */
  readonly nearest: number;
  readonly minThetaJ: number;
  /** For each m, how many competing classes meet the naive condition. */
  readonly naivePairs: ArrayLike<number>;
  /** One for each function and scale of the report. */
  readonly losses: ArrayLike<number>;
  /** Length of the feature vector, where features are known. */
  readonly norm?: number;
}

/** A loss that is averaged; "norm": the scale of a sample is the length of its feature. */
export interface LossKind {
  readonly function: string;
  readonly scale: number | "norm";
}

export interface ReportOptions {
  readonly classes: number;
  readonly margins: readonly number[];
  readonly losses: readonly LossKind[];
  /** Whether samples have a norm. */
  readonly norms: boolean;
}

/** Shares at which quantiles are given. */
export const LEVELS = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;
/** Histograms have bins of pi/60, so that pi/2 to pi/6 lie between bins. */
export const BINS = 60;

const MEASURES = ["theta_y", "min_theta_j", "effective_margin", "angle_gap", "feature_norm"] as const;
export type Measure = (typeof MEASURES)[number];
const isAngleMeasure = (name: Measure): boolean => name !== "effective_margin" && name !== "feature_norm";

const TAKEN_FOR = 3;

/** The samples of one class, and what those that fail were taken for. */
interface ClassTally {
  samples: number;
  correct: number;
  readonly takenFor: Map<number, number>;
}

/** How many samples and pairs (sample, competing class) meet the conditions at one m. */
interface MarginTally {
  readonly m: number;
  naive: number;
  angular: number;
  psi: number;
  falsePass: number;
  pairNaive: number;
  pairAngular: number;
  /** How many theta_y lie in each segment of psi. */
  readonly segments: number[];
}

/**
 * What margin a set of samples reached: counts, means and quantiles, added up sample by sample. A sample is correct
 * where theta_y is smaller than every competing angle. Sums are compensated and taken in the order of the samples.
 */
export class Report {
  readonly histograms: Readonly<Record<"theta_y" | "min_theta_j", number[]>>;
  samples = 0;
  readonly #options: ReportOptions;
  readonly #margins: readonly MarginTally[];
  readonly #spreads: ReadonlyMap<Measure, Distribution>;
  readonly #losses: readonly Mean[];
  readonly #classes = new Map<number, ClassTally>();
  #correct = 0;

  /** Throws ParameterError for an m outside [1, 2^20]. */
  constructor(options: ReportOptions) {
    this.#options = options;
    this.#margins = options.margins.map(newMargin);
    const measures = MEASURES.filter((name) => options.norms || name !== "feature_norm");
    this.#spreads = new Map(measures.map((name) => [name, new Distribution()]));
    this.#losses = options.losses.map(() => new Mean());
    this.histograms = { theta_y: Array(BINS).fill(0), min_theta_j: Array(BINS).fill(0) };
  }

  add(sample: Sample): void {
    const { thetaY, minThetaJ, norm = Number.NaN } = sample;
    this.samples++;
    for (const [i, tally] of this.#margins.entries()) addMargin(tally, sample, sample.naivePairs[i]!);
    const measures = {
      theta_y: thetaY,
      min_theta_j: minThetaJ,
      effective_margin: effectiveMargin(thetaY, minThetaJ),
      angle_gap: minThetaJ - thetaY,
      feature_norm: norm,
    };
    for (const [name, spread] of this.#spreads) spread.add(measures[name]);
    for (const [i, losses] of this.#losses.entries()) losses.add(sample.losses[i]!);
    this.histograms.theta_y[binOf(thetaY)]!++;
    this.histograms.min_theta_j[binOf(minThetaJ)]!++;
    this.#addClass(sample);
  }

  #addClass({ label, thetaY, minThetaJ, nearest }: Sample): void {
    const tally = this.#classes.get(label) ?? { samples: 0, correct: 0, takenFor: new Map() };
    this.#classes.set(label, tally);
    tally.samples++;
    if (thetaY < minThetaJ) {
      tally.correct++;
      this.#correct++;
    } else tally.takenFor.set(nearest, (tally.takenFor.get(nearest) ?? 0) + 1);
  }

  /**
   * All figures, angles through `unit` and classes through `name`; fisher_score where it is given. The `worst` classes are those of the
   * lowest accuracy, each with the classes that it is most often taken for.
   */
  figures(
    unit: (theta: number) => number,
    name: (index: number) => string | number,
    { worst, skipped, fisherScore }: { worst: number; skipped: number; fisherScore?: number | undefined },
  ) {
    const { classes, losses } = this.#options;
    const each = <T>(figure: (spread: Distribution, unit: (x: number) => number) => T) =>
      Object.fromEntries(
        Array.from(this.#spreads, ([measure, spread]) => [
          measure,
          figure(spread, isAngleMeasure(measure) ? unit : (x) => x),
        ]),
      ) as Partial<Record<Measure, T>>;
    return {
      samples: this.samples,
      classes,
      correct: this.#correct,
      accuracy: this.#correct / this.samples,
      by_m: this.#margins.map((tally) => marginFigures(tally, this.samples * (classes - 1))),
      quantiles: each((spread, shown) =>
        Object.fromEntries(LEVELS.map((level) => [`${level}`, shown(spread.quantile(level))])),
      ),
      mean: each((spread, shown) => shown(spread.value())),
      mean_loss: losses.map((kind, i) => ({ ...kind, value: this.#losses[i]!.value() })),
      ...(fisherScore === undefined ? {} : { fisher_score: fisherScore }),
      worst_classes: this.#worst(worst).map(([label, { samples, correct, takenFor }]) => ({
        class: name(label),
        samples,
        correct,
        accuracy: correct / samples,
        taken_for: mostFrequent(takenFor).map(([other, times]) => ({ class: name(other), samples: times })),
      })),
      skipped_rows: skipped,
    };
  }

  /** Classes with failures: the lowest accuracy first, then the most failures, then by number. */
  #worst(count: number): [label: number, tally: ClassTally][] {
    const failed = ({ samples, correct }: ClassTally) => samples - correct;
    return [...this.#classes]
      .filter(([, tally]) => failed(tally) > 0)
      .sort(([i, a], [j, b]) => a.correct / a.samples - b.correct / b.samples || failed(b) - failed(a) || i - j)
      .slice(0, count);
  }
}

export type Figures = ReturnType<Report["figures"]>;

/** For each m, how many of the competing angles meet the naive condition against thetaY; decided as by conditions. */
export function countNaive(margins: readonly number[], thetaY: number, competing: ArrayLike<number>): number[] {
  return margins.map((m) => {
    const { quarter, hi } = fold(reduce(m, thetaY));
    const folded = (quarter * Math.PI) / 2 + hi;
    let held = 0;
    for (let j = 0; j < competing.length; j++) {
      const above = competing[j]! - folded;
      if (Math.abs(above) > DOUBT ? above > 0 : conditions(m, thetaY, competing[j]!).naive) held++;
    }
    return held;
  });
}

/** Angles further apart than this need no exact comparison. */
const DOUBT = 1e-12;

const newMargin = (m: number): MarginTally => ({
  m,
  naive: 0,
  angular: 0,
  psi: 0,
  falsePass: 0,
  pairNaive: 0,
  pairAngular: 0,
  segments: Array(segment(m, Math.PI) + 1).fill(0),
});

function addMargin(tally: MarginTally, { thetaY, minThetaJ }: Sample, naivePairs: number): void {
  const { naive, angular, psi } = conditions(tally.m, thetaY, minThetaJ);
  const k = segment(tally.m, thetaY);
  if (naive) tally.naive++;
  if (angular) tally.angular++;
  if (psi) tally.psi++;
  if (naive && !angular) tally.falsePass++;
  tally.pairNaive += naivePairs;
  // Within segment 0 the two conditions are the same; beyond it angular never holds.
  if (k === 0) tally.pairAngular += naivePairs;
  tally.segments[k]!++;
}

function marginFigures(
  { m, naive, angular, psi, falsePass, pairNaive, pairAngular, segments }: MarginTally,
  pairs: number,
) {
  return {
    m,
    naive,
    angular,
    psi,
    false_pass: falsePass,
    pairs,
    pair_naive: pairNaive,
    pair_angular: pairAngular,
    pair_false_pass: pairNaive - pairAngular,
    beyond_first_segment: segments.reduce((sum, count, k) => (k === 0 ? 0 : sum + count), 0),
    segments,
  };
}

/** The bin of the histograms that holds an angle in [0, pi]. */
export const binOf = (theta: number) => Math.min(BINS - 1, Math.floor((theta * BINS) / Math.PI));

const mostFrequent = (takenFor: ReadonlyMap<number, number>) =>
  [...takenFor].sort(([i, a], [j, b]) => b - a || i - j).slice(0, TAKEN_FOR);
