import { ExactSum } from "./exact-sum.ts";

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
