import { type Message, message } from "../core/message.ts";
import { softmax } from "../core/target-functions.ts";
import { type Checked, count, isWrong, type KnownMistake, noRows } from "./check.ts";
import { largestOf } from "./fit.ts";
import {
  angleOf,
  exactly,
  gradientRanges,
  type LossProgram,
  type LossSample,
  type Rounded,
  times,
} from "./loss-program.ts";
import { type Dtype, ulp } from "./tolerance.ts";

/**
 * The gradients of samples, by the cosine to each class, beside those that the right program may give; what explains
 * wrong ones, unless wrong losses do.
 */
export function checkedGradients(
  right: LossProgram,
  samples: readonly LossSample[],
  dtype: Dtype,
  hasWrongLosses: boolean,
): Checked {
  const check = noRows();
  for (const [i, sample] of samples.entries()) {
    const ranges = gradientRanges(right, sample, dtype, sample.gradient!.length);
    const unit = ulp(largestOf(ranges.map(({ value }) => Math.abs(value)).filter(Number.isFinite)), dtype);
    count(check, i, errorOf(sample.gradient!, ranges), unit, areWithin(sample.gradient!, ranges));
  }
  const candidates = isWrong(check) && !hasWrongLosses ? gradientCandidates(right, samples, dtype) : [];
  const figures = worstGradient(right, samples[Math.max(0, check.worst)]!, dtype);
  return { name: "gradient", check, candidates, figures };
}

/** The first mistake that explains every gradient. */
function gradientCandidates(right: LossProgram, samples: readonly LossSample[], dtype: Dtype): KnownMistake[] {
  const finite = samples.filter(({ gradient }) => Array.prototype.every.call(gradient!, Number.isFinite));
  const rangesOf = ({ change, factors }: GradientMistake, sample: LossSample) =>
    gradientRanges({ ...right, ...change }, sample, dtype, sample.gradient!.length).map((range, i) =>
      factors.reduce((x, factor) => times(x, exactly(factor(sample, i))), range),
    );
  const explains = (mistake: GradientMistake) =>
    finite.every((sample) => areWithin(sample.gradient!, rangesOf(mistake, sample)));
  const found = [...gradientMistakes(samples.length), factorOnAll(right, finite, dtype)].find(explains);
  if (found === undefined) return [];
  const errors = finite.map((sample) => errorOf(sample.gradient!, rangesOf(found, sample)));
  return [{ column: "gradient", name: found.name, parameters: found.parameters ?? {}, residual: largestOf(errors) }];
}

/** A factor on every gradient: the one that the largest of them has. */
function factorOnAll(right: LossProgram, samples: readonly LossSample[], dtype: Dtype): GradientMistake {
  let [value, given] = [0, 0];
  for (const sample of samples)
    for (const [i, range] of gradientRanges(right, sample, dtype, sample.gradient!.length).entries())
      if (Number.isFinite(range.value) && Math.abs(range.value) > Math.abs(value))
        [value, given] = [range.value, sample.gradient![i]!];
  // In as few digits as the rounding of the type lets stand.
  const factor = Number((given / value).toPrecision(dtype === "float64" ? 12 : 5));
  return { name: "a factor on the gradient", change: {}, factors: [() => factor], parameters: { factor } };
}

/** In words, the gradient of a sample that is furthest from the true one, and that. */
function worstGradient(right: LossProgram, sample: LossSample, dtype: Dtype): Message {
  const gradient = sample.gradient!;
  const ranges = gradientRanges(right, sample, dtype, gradient.length);
  const errors = ranges.map((range, i) => errorOf([gradient[i]!], [range]));
  // Where an error is NaN so is the largest, which indexOf does not find: then the first gradient is given.
  const worst = Math.max(0, errors.indexOf(largestOf(errors)));
  return message`: ${gradient[worst]!} in place of ${ranges[worst]!.value}`;
}

const areWithin = (given: ArrayLike<number>, ranges: readonly Rounded[]) =>
  ranges.every(({ low, high }, i) => given[i]! >= low && given[i]! <= high);

/** The largest error of the gradients of a sample; at an angle where the true one is infinite there is none. */
const errorOf = (given: ArrayLike<number>, ranges: readonly Rounded[]) =>
  largestOf(ranges.map(({ value }, i) => (Number.isFinite(value) ? Math.abs(given[i]! - value) : given[i]! * 0)));

/**
 * A mistake in the gradients of a loss: what it changes of the program, and
 * factors on the gradients of that by each cosine.
 */
interface GradientMistake {
  readonly name: string;
  /** The numbers that were found. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly change: Partial<LossProgram>;
  readonly factors: readonly ((sample: LossSample, i: number) => number)[];
}

/** Mistakes in the gradients, of one kind and then of two, for a table of so many samples. */
function gradientMistakes(samples: number): GradientMistake[] {
  const programs: readonly [name: string, change: Partial<LossProgram>][] = [
    ["the margin is detached: the gradient by the target is that of its cosine", { detached: true }],
    ["the gradient is that of the loss without margin", { target: softmax() }],
  ];
  const factors: readonly [name: string, factor: GradientMistake["factors"][number]][] = [
    ["the gradient is 0: detached", () => 0],
    ["the gradient has its sign flipped", () => -1],
    ["the gradient lacks the scale", ({ scale }) => 1 / scale],
    ["the gradient is divided by the number of samples", () => 1 / samples],
    ["the gradient is by theta, not its cosine", (sample, i) => -Math.sin(angleOf(sample, i))],
    ["the target's logit is detached", (_, i) => (i === 0 ? 0 : 1)],
    ["the competing logits are detached", (_, i) => (i === 0 ? 1 : 0)],
  ];
  const singles: GradientMistake[] = [
    ...programs.map(([name, change]) => ({ name, change, factors: [] })),
    ...factors.map(([name, factor]) => ({ name, change: {}, factors: [factor] })),
  ];
  const pairs = singles.flatMap((x) =>
    factors.map(([name, factor]) => ({
      name: `${x.name}, and ${name}`,
      change: x.change,
      factors: [...x.factors, factor],
    })),
  );
  return [...singles, ...pairs];
}
