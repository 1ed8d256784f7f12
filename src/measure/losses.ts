import * as dd from "../core/double-double.ts";
import { competingPhase } from "../core/loss.ts";
import { targetFromSpec } from "../core/notation.ts";
import { ExactSum } from "./exact-sum.ts";
import type { Questions, Sample } from "./samples.ts";

/**
 * Losses are computed from cosines in double up to MOST_DOUBLE multiplications,
 * and always with fewer than FEW_CLASSES classes.
 */
const MOST_DOUBLE = 1e9;
const FEW_CLASSES = 100;

/**
 * The number of samples from which mean losses are computed from rounded cosines.
 * components: those of all class vectors of one class.
 */
export const roundedFrom = (classes: number, components: number): number =>
  classes < FEW_CLASSES ? Number.POSITIVE_INFINITY : MOST_DOUBLE / (classes * components);

export type Losses = ReturnType<typeof lossesOf>;

/**
 * The losses to compute, in the order of functions and, for each, of scales; and
 * the sums of powers of e from which they are computed.
 */
export function lossesOf({ functions: specs, scales }: Pick<Questions, "functions" | "scales">) {
  const targets = specs.map((spec) => targetFromSpec(spec));
  const divisors = [...new Set(targets.map(({ competingDivisor }) => competingDivisor))];
  /** Each function, and the first of its sums. */
  const functions = targets.map((target) => ({
    target,
    sum: divisors.indexOf(target.competingDivisor) * scales.length,
  }));
  return {
    scales,
    divisors,
    /** One sum for each divisor of competing angles and, for each divisor, each scale. */
    sums: divisors.flatMap((divisor) => scales.map((scale) => ({ scale, divisor }))),
    /**
     * Writes the losses of a sample from `at` on, one at every `step` doubles: for each, how far the largest
     * competing cosine comes above the target, times the scale, and the sum of the powers of e of the other
     * competing logits less the largest. Relative error 1e-14 and that of the sums.
     */
    write(sample: Sample, powers: ArrayLike<number>, records: Float64Array, at: number, step = 1): void {
      const { thetaY, minThetaJ, norm } = sample;
      const count = scales.length;
      for (let f = 0; f < functions.length; f++) {
        const { target, sum } = functions[f]!;
        const excess = dd.subtract(dd.cosine(competingPhase(target, minThetaJ)), target.exactValue(thetaY));
        for (let i = 0; i < count; i++) {
          const scale = scales[i]!;
          const exponent = dd.multiply(excess, scale === "norm" ? norm : scale);
          records[at + step * (f * count + i)] = lossOf(exponent, powers[sum + i]!);
        }
      }
    },
  };
}

/**
 * log(1 + powers e^x) for powers >= 1: the loss of a sample with x the largest competing logit less the target's, and
 * powers the sum of e^(logit - largest) over the competing logits. Relative error that of powers and of x.
 */
function lossOf({ hi, lo }: dd.DoubleDouble, powers: number): number {
  if (hi <= 0) return Math.log1p(Math.exp(hi) * (1 + lo) * powers);
  return hi + (Math.log(powers) + Math.log1p(Math.exp(-hi) / powers) + lo);
}

/**
 * How far rounded cosines are off in a mean over samples and classes, at most in any data tried, and in
 * one sample, of which the nearest classes have cosines in double: errors of one sign are as frequent as
 * of the other, so that those of samples add up as their squares.
 */
const COMMON_ERROR = 1e-7;
const OWN_ERROR = 1e-5;

/**
 * The mean of losses from rounded cosines, and its right digits: exact sums,
 * to which those of other samples can be added.
 */
export class RoundedLoss {
  /** Of the losses, of how far an error of 1 in all cosines would put each off, and of the squares of that. */
  readonly #sums = [new ExactSum(), new ExactSum(), new ExactSum()] as const;

  add(loss: number, slope: number): void {
    const [losses, slopes, squares] = this.#sums;
    losses.add(loss);
    slopes.add(slope);
    squares.add(slope * slope);
  }

  /** The sums as multiples of 2^-1074. */
  multiples = (): bigint[] => this.#sums.map((sum) => sum.multiple());

  addMultiples(multiples: readonly bigint[]): void {
    for (const [i, sum] of this.#sums.entries()) sum.addMultiple(multiples[i]!);
  }

  /** The mean loss over `samples` samples, in the digits that rounding cannot have changed. */
  mean(samples: number): number {
    const [losses, slopes, squares] = this.#sums.map((sum) => sum.value()) as [number, number, number];
    const error = COMMON_ERROR * (slopes / samples) + (OWN_ERROR * Math.sqrt(squares)) / samples;
    return rightDigits(losses / samples, error);
  }
}

/**
 * A number that may be off by so much, rounded to as many significant digits as do not depend on where in that range it
 * lies; an error of 0 leaves it as it is. Where not even the first is certain, that one; NaN where the range reaches 0.
 */
export function rightDigits(x: number, error: number): number {
  for (let digits = 17; digits > 0; digits--) {
    const [lo, hi] = [x - error, x + error].map((end) => Number(end.toPrecision(digits)));
    if (lo === hi) return lo!;
  }
  return error < Math.abs(x) ? Number(x.toPrecision(1)) : Number.NaN;
}
