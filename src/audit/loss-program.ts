import { twoSum } from "../core/double-double.ts";
import { type Softmax, softmaxOf } from "../core/loss.ts";
import { softmax } from "../core/target-functions.ts";
import type { Target } from "../core/targets.ts";
import { slopeCurve, valueCurve } from "./mistakes.ts";
import { type AuditRow, acceptedRange, type Dtype, ROUNDINGS, rowAt, throughCosine, ulp } from "./tolerance.ts";

/** A sample, and the loss that a program gave for it. */
export interface LossSample {
  /**
   * The angle to the vector of the own class, and those to the others in the order of the classes; radians, in [0, pi].
   */
  readonly thetaY: number;
  readonly competing: ArrayLike<number>;
  /** The index of the own class among all, where it is known. */
  readonly place?: number | undefined;
  /** The scale of the logits. */
  readonly scale: number;
  readonly loss: number;
  /** Derivatives of the loss by cos(theta_y), then, unless it is the only one, by each competing cosine. */
  readonly gradient?: ArrayLike<number> | undefined;
}

/**
 * What a program does with a sample. Its classes are numbered from 0, the
 * target class, then the competing ones in their order.
 */
export interface LossProgram {
  readonly target: Target;
  /** The classes whose logit is that of the target function. */
  readonly margins: (sample: LossSample) => (i: number) => boolean;
  /** The class whose probability the loss is about. */
  readonly labelled: (sample: LossSample) => number;
  readonly scaleOf: (sample: LossSample, i: number) => number;
  /** The scale of what the target function adds to cos(theta), where that is another. */
  readonly marginScale?: (sample: LossSample) => number;
  /** The gradient is that of cos(theta), the value that of the target function. */
  readonly detached?: boolean;
  /** The loss, from the softmax and the logits less that of the labelled class. */
  readonly loss: (softmax: Softmax, exponents: readonly number[]) => number;
}

/** The program that is right. */
export const rightProgram = (target: Target): LossProgram => ({
  target,
  margins: () => (i) => i === 0,
  labelled: () => 0,
  scaleOf: ({ scale }) => scale,
  loss: ({ loss }) => loss,
});

/** A number that a program computes, and the least and the greatest that rounding may make of it. */
export interface Rounded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const angleOf = ({ thetaY, competing }: LossSample, i: number): number => (i === 0 ? thetaY : competing[i - 1]!);

/** The loss without what rounding makes of it. */
export function lossOf(program: LossProgram, sample: LossSample): number {
  const logit = logitAt(program, sample);
  return reduced(program, sample, (i) => logit(i));
}

/** The same in doubles alone, for a search among many programs: off by some roundings of the largest logit. */
export function roughLossOf(program: LossProgram, sample: LossSample): number {
  const logit = logitAt(program, sample);
  const y = program.labelled(sample);
  const own = logit(y);
  const exponents: number[] = [];
  let shift = 0;
  for (let i = 0; i <= sample.competing.length; i++) {
    if (i === y) continue;
    const exponent = logit(i) - own;
    exponents.push(exponent);
    if (exponent > shift) shift = exponent;
  }
  const shares: number[] = [];
  let odds = 0;
  for (const exponent of exponents) {
    const share = Math.exp(exponent - shift);
    shares.push(share);
    odds += share;
  }
  const ownPart = Math.exp(-shift);
  const total = odds + ownPart;
  const loss = shift === 0 ? Math.log1p(odds) : shift + Math.log(total);
  const softmax = { loss, probability: ownPart / total, missed: odds / total, shares: shares.map((x) => x / total) };
  return program.loss(softmax, exponents);
}

/** The logit of class i as a function of i; x stands for what the function, or the cosine, gives there. */
function logitAt(program: LossProgram, sample: LossSample) {
  const { target, scaleOf, marginScale } = program;
  const hasMargin = program.margins(sample);
  return (i: number, x?: number): number => {
    const theta = angleOf(sample, i);
    const scale = scaleOf(sample, i);
    if (!hasMargin(i)) return scale * (x ?? Math.cos(theta / target.competingDivisor));
    const value = x ?? target.value(theta);
    if (marginScale === undefined) return scale * value;
    const plain = Math.cos(theta);
    return scale * plain + marginScale(sample) * (value - plain);
  };
}

const reduced = (program: LossProgram, sample: LossSample, logitOf: (i: number, own: boolean) => number): number =>
  program.loss(...softmaxAt(program, sample, logitOf));

/** The softmax of a sample, and the logits less that of the labelled class. */
function softmaxAt(
  { labelled }: LossProgram,
  sample: LossSample,
  logitOf: (i: number, own: boolean) => number,
): Parameters<LossProgram["loss"]> {
  const y = labelled(sample);
  const own = logitOf(y, true);
  const exponents = Array.from(sample.competing, (_, j) => twoSum(logitOf(j < y ? j : j + 1, false), -own));
  return [softmaxOf(exponents), exponents.map(({ hi }) => hi)];
}

/** The logits with their rounding errors: those of cosine and target as audit allows them, times the scale. */
function logitsOf(program: LossProgram, sample: LossSample, dtype: Dtype): Rounded[] {
  const { target, marginScale } = program;
  const hasMargin = program.margins(sample);
  const logit = logitAt(program, sample);
  const curve = valueCurve(target);
  const plainCurve = { ...valueCurve(softmax()), warp: (theta: number) => theta / target.competingDivisor };
  const slack = 1.5 * ROUNDINGS * ulp(1, dtype);
  return Array.from({ length: sample.competing.length + 1 }, (_, i) => {
    const theta = angleOf(sample, i);
    const plain = Math.cos(theta);
    const isPlain = !hasMargin(i) && target.competingDivisor === 1;
    const [low, high] = isPlain
      ? [plain - slack, plain + slack]
      : acceptedRange(hasMargin(i) ? curve : plainCurve, rowAt(theta, 0, dtype));
    const more = hasMargin(i) && marginScale !== undefined ? program.scaleOf(sample, i) * slack : 0;
    return { value: logit(i), low: logit(i, low) - more, high: logit(i, high) + more };
  });
}

/** The rounding errors of a log-sum-exp of such logits, which those of its logits come on top of. */
function slackOf(logits: readonly Rounded[], loss: number, dtype: Dtype): number {
  const size = logits.reduce((most, { value }) => Math.max(most, Math.abs(value)), Math.max(1, Math.abs(loss)));
  return (ulp(1, dtype) / 2) * (ROUNDINGS * size + Math.sqrt(logits.length));
}

/**
 * The losses that the program may give for a sample: those where the labelled logit has its greatest rounding
 * error upwards and the others theirs downwards, and the reverse, give or take 16 roundings of the largest of
 * 1, the loss and the logits, and sqrt(classes) of the sum.
 */
export function lossRange(program: LossProgram, sample: LossSample, dtype: Dtype): Rounded {
  const logits = logitsOf(program, sample, dtype);
  const at = (own: keyof Rounded, other: keyof Rounded) =>
    reduced(program, sample, (i, isOwn) => logits[i]![isOwn ? own : other]);
  const [value, x, y] = [at("value", "value"), at("low", "high"), at("high", "low")];
  const slack = slackOf(logits, value, dtype);
  return { value, low: Math.min(x, y) - slack, high: Math.max(x, y) + slack };
}

/**
 * The gradients by each cosine that the program may give: probabilities with twice the largest
 * rounding error of a logit, relative, and 16 roundings (the own one with those of the log-sum-exp
 * too), times the scale, times the range of the slope by the cosine.
 */
export function gradientRanges(program: LossProgram, sample: LossSample, dtype: Dtype, count: number): Rounded[] {
  const { target } = program;
  const logits = logitsOf(program, sample, dtype);
  const [of] = softmaxAt(program, sample, (i) => logits[i]!.value);
  const error = logits.reduce((most, { value, low, high }) => Math.max(most, value - low, high - value), 0);
  const slack = slackOf(logits, 0, dtype);
  const factor = Math.exp(2 * (error + slack));
  const unit = (ROUNDINGS * ulp(1, dtype)) / 2;
  return Array.from({ length: count }, (_, i) => {
    const p = i === 0 ? of.missed : of.shares[i - 1]!;
    // The own probability may be e^(logit - log-sum-exp), from which 1 is taken.
    const lost = i === 0 ? unit + of.probability * Math.expm1(slack) : unit;
    const row = rowAt(angleOf(sample, i), 0, dtype);
    const slope = i === 0 ? ownSlope(target, row, !program.detached) : otherSlope(target, row);
    const scale = program.scaleOf(sample, i);
    const share = { value: p, low: p / factor - lost, high: p * factor + lost };
    return times(times(share, slope), exactly(i === 0 ? -scale : scale));
  });
}

export const exactly = (value: number): Rounded => ({ value, low: value, high: value });

/** The slope of the target by the cosine, over the angles whose cosines differ by rounding only. */
function ownSlope(target: Target, row: AuditRow, hasMargin: boolean): Rounded {
  if (!hasMargin) return exactly(1);
  const [low, high] = acceptedRange(slopeCurve(target), row);
  // At 0 and pi the quotient has no bound but the sign of the slope.
  const sines = [row.lo, row.hi].map((t) => Math.max(0, Math.sin(t)));
  const bySine = { value: 1, low: 1 / Math.max(...sines), high: 1 / Math.min(...sines) };
  return { ...times({ value: 1, low: -high, high: -low }, bySine), value: target.slopeByCosine(row.theta) };
}

/**
 * The slope of a competing logit, cos(theta_j / d), by its cosine, for programs too that go through theta_j where d is 1.
 */
function otherSlope({ competingDivisor: d }: Target, row: AuditRow): Rounded {
  const [low, value, high] = [row.lo, row.theta, row.hi].map((t) => {
    if (d === 1) return 1;
    return t === 0 ? 1 / d ** 2 : Math.sin(t / d) / (d * Math.max(0, Math.sin(t)));
  }) as [number, number, number];
  const [least, greatest] = throughCosine([low, high], row);
  return { value, low: least, high: greatest };
}

/** The product of two intervals. */
export function times(x: Rounded, y: Rounded): Rounded {
  const ends = [x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high].map((end) => end || 0);
  return { value: x.value * y.value, low: Math.min(...ends), high: Math.max(...ends) };
}
