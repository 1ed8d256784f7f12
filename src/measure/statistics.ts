import { type Message, message } from "../core/message.ts";
import { segment } from "../core/psi.ts";
import { toDegrees } from "../core/units.ts";
import { Distribution } from "./distribution.ts";
import { Mean } from "./exact-sum.ts";
import { RoundedLoss, roundedFrom } from "./losses.ts";
import { type ClassAngles, MEASURES, type Samples, sampleRecords } from "./samples.ts";

/** Shares at which quantiles are given. */
export const LEVELS = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
/** Bins of pi/60: pi/2, pi/3, pi/4, pi/5 and pi/6 are edges of bins. */
export const BINS = 60;

/** The conditions that samples are counted for at each m. */
export const CONDITIONS = ["naive", "angular", "psi", "false_pass"] as const;

/** How many of the worst classes are listed by default, and how many of the classes that each is taken for. */
export const [WORST, TAKEN_FOR] = [10, 3];

const ONE_SAMPLE =
  " the only sample is its own class vector, so its theta_y is 0 but for rounding: give --weights, or more samples";

/** The 97.5 % quantile of the normal distribution. */
export const Z = 1.959963984540054;

/** The samples of one class; takenFor counts the nearest classes of those that are not correct. */
interface ClassTally {
  samples: number;
  correct: number;
  readonly takenFor: Map<number, number>;
}

/**
 * How many samples and pairs (sample, competing class) meet the conditions at one m; segments: those of psi by theta_y.
 */
type MarginTally = ReturnType<typeof newMargin>;

export type MarginStatistics = ReturnType<typeof marginStatistics>;
export type Figures = ReturnType<MarginStatistics["figures"]>;

/**
 * Counts, means, quantiles and histograms of the margins of samples, added one by one. A sample is correct where
 * theta_y is smaller than every competing angle. The order of the samples changes no figure.
 */
export function marginStatistics(of: Pick<Samples, "questions" | "classes" | "components" | "norms">) {
  const { questions, classes: classCount, components, norms } = of;
  const form = sampleRecords(questions);
  const histograms = { theta_y: Array<number>(BINS).fill(0), min_theta_j: Array<number>(BINS).fill(0) };
  const margins = questions.margins.map(newMargin);
  const marginsAt = margins.map((_, i) => form.placeOf(i, "naive"));
  const measures = MEASURES.filter(({ name }) => norms || name !== "feature_norm");
  const distributions = measures.map((measure) => ({ measure, distribution: new Distribution() }));
  const losses = questions.functions.flatMap((spec) =>
    questions.scales.map((scale) => ({
      kind: { function: spec, scale },
      mean: new Mean(),
      rounded: new RoundedLoss(),
    })),
  );
  const functions = questions.counted.map((spec) => ({ spec, holds: 0 }));
  const classes = new Map<number, ClassTally>();
  let [samples, correct] = [0, 0];

  function addSample(records: Float64Array, at: number): void {
    const sample = form.sample(records, at);
    if (sample === undefined) return;
    const { label, thetaY, minThetaJ, nearest } = sample;
    const isCorrect = thetaY < minThetaJ;
    samples++;
    if (isCorrect) correct++;
    for (let i = 0; i < margins.length; i++) {
      addMargin(margins[i]!, records, at + marginsAt[i]!, classCount - 1);
    }
    for (let i = 0; i < functions.length; i++) functions[i]!.holds += records[at + form.holdsAt + i]!;
    for (const { measure, distribution } of distributions) distribution.add(measure.of(sample));
    for (let i = 0; i < losses.length; i++) {
      const { mean, rounded } = losses[i]!;
      mean.add(records[at + form.lossesAt + i]!);
      const roundedAt = at + form.roundedAt + 2 * i;
      if (records[roundedAt + 1]! > 0) rounded.add(records[roundedAt]!, records[roundedAt + 1]!);
    }
    histograms.theta_y[binOf(thetaY)]!++;
    histograms.min_theta_j[binOf(minThetaJ)]!++;
    const own = classes.get(label) ?? { samples: 0, correct: 0, takenFor: new Map() };
    if (own.samples++ === 0) classes.set(label, own);
    if (isCorrect) own.correct++;
    else own.takenFor.set(nearest, (own.takenFor.get(nearest) ?? 0) + 1);
  }

  /** Classes with failures: the lowest accuracy first, then the most failures, then in order. */
  function worstClasses(count: number, order: Order): [label: number, tally: ClassTally][] {
    const failed = (tally: ClassTally) => tally.samples - tally.correct;
    return [...classes]
      .filter(([, tally]) => failed(tally) > 0)
      .sort(([i, a], [j, b]) => a.correct / a.samples - b.correct / b.samples || failed(b) - failed(a) || order(i, j))
      .slice(0, count);
  }

  /** Whether labels that were taken to count from 0 count from 1, or the class vectors from another class. */
  function labelWarnings({ name, canStart }: NonNullable<Samples["labels"]>): Message[] {
    /** How many samples are nearest to the class before that of their label, and to that after it. */
    let [before, after] = [0, 0];
    for (const [label, { takenFor }] of classes) {
      before += takenFor.get(label - 1) ?? 0;
      after += takenFor.get(label + 1) ?? 0;
    }
    const advice = message`: where labels count from 1, give --first-label 1`;
    // No chance: the difference of the two counts has a standard deviation of at most the root of their sum.
    const isMore = (count: number) => count > 2 * correct && count - correct > 4 * Math.sqrt(count + correct);
    const off = (where: string, count: number, why: Message) =>
      message`${name}: the class ${where} that of the label is nearest on ${count} samples, its own on ${correct}${why}`;
    const isFromOne = canStart && !classes.has(0);
    if (isMore(before)) return [off("before", before, isFromOne ? advice : message`: are the labels one too large?`)];
    if (isMore(after))
      return [off("after", after, message`: are the labels one too small, or the class vectors one too many?`)];
    return isFromOne && correct <= before ? [message`${name}: no label is 0${advice}`] : [];
  }

  return {
    histograms,
    /** What is said of labels that seem to be off, and of classes whose mean is their only sample. */
    warnings({ labels, areMeans }: Pick<Samples, "labels" | "areMeans">): Message[] {
      const lone = areMeans ? [...classes.values()].filter(({ samples }) => samples === 1).length : 0;
      const oneSample = message`in ${lone} ${lone === 1 ? "class" : "classes"}${ONE_SAMPLE}`;
      return [...(labels && samples > 0 ? labelWarnings(labels) : []), ...(lone > 0 ? [oneSample] : [])];
    },
    /** The form of the records of samples. */
    form,
    samples: () => samples,
    /** Each mean loss from rounded cosines. */
    roundedLosses: losses.map(({ rounded }) => rounded),
    /** Adds the samples of records; bad rows do not count. */
    add(records: Float64Array): void {
      for (let at = 0; at < records.length; at += form.width) addSample(records, at);
    },
    /** For each limit the share of the samples with an effective margin of at least it. */
    reached: (limits: readonly number[]): number[] =>
      distributions.find(({ measure }) => measure.name === "effective_margin")!.distribution.sharesFrom(limits),
    /**
     * All figures of the samples after the last; the most worst classes to list. The worst classes are those of the
     * lowest accuracy, each with the classes that it is most often taken for.
     */
    figures(about: Pick<Samples, "className" | "order" | "skipped" | "ofFeatures">, degrees: boolean, worst: number) {
      const { className, order = byNumber, skipped, ofFeatures } = about;
      const { fisher_score, class_angles } = ofFeatures();
      const inUnit = degrees ? toDegrees : (x: number) => x;
      const quantiles: Record<string, ReadonlyMap<number, number>> = {};
      const mean: Record<string, number> = {};
      for (const { measure, distribution } of distributions) {
        const shown = measure.isAngle ? inUnit : (x: number) => x;
        quantiles[measure.name] = new Map(distribution.quantiles(LEVELS).map((x, i) => [LEVELS[i]!, shown(x)]));
        mean[measure.name] = shown(distribution.value());
      }
      const isRounded = samples + skipped() >= roundedFrom(classCount, components);
      return {
        samples,
        classes: classCount,
        correct,
        accuracy: correct / samples,
        accuracy_interval: wilson(correct, samples),
        by_m: margins.map((tally) => ({ ...tally, ...intervalsOf(tally, samples) })),
        by_function: functions.map(({ spec, holds }) => ({
          function: spec,
          holds,
          share: holds / samples,
          share_interval: wilson(holds, samples),
        })),
        quantiles,
        mean,
        mean_loss: losses.map(({ kind, mean, rounded }) => ({
          ...kind,
          value: isRounded && Number.isFinite(mean.value()) ? rounded.mean(samples) : mean.value(),
        })),
        ...(fisher_score !== undefined && { fisher_score }),
        ...(class_angles && { class_angles: anglesShown(class_angles, inUnit) }),
        worst_classes: worstClasses(worst, order).map(([label, { samples, correct, takenFor }]) => ({
          class: className(label),
          samples,
          correct,
          accuracy: correct / samples,
          taken_for: mostFrequent(takenFor, order).map(([other, samples]) => ({ class: className(other), samples })),
        })),
        skipped_rows: skipped(),
      };
    },
  };
}

/**
 * The 95 % confidence interval of a share of which count in samples were seen, by Wilson (JASA 22, 1927): the shares p
 * at which the one seen lies within Z standard deviations sqrt(p (1 - p) / samples). NaN without samples.
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

/** Counts what a record has of one m, from `at` on. */
function addMargin(tally: MarginTally, records: Float64Array, at: number, pairs: number): void {
  const [naive, angular, segment, naivePairs] = [records[at]!, records[at + 1]!, records[at + 3]!, records[at + 4]!];
  tally.naive += naive;
  tally.angular += angular;
  tally.psi += records[at + 2]!;
  if (naive > angular) tally.false_pass++;
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
