import * as dd from "../core/double-double.ts";
import { competingPhase } from "../core/loss.ts";
import { targetFromSpec } from "../core/notation.ts";
import type { Target } from "../core/targets.ts";
import type { Questions, Sample } from "./samples.ts";

/** Losses are made of cosines in double up to so many multiplications, and for fewer classes than that. */
const MOST_DOUBLE = 1e9;
const FEW_CLASSES = 100;

/** From so many samples on mean losses are those from rounded cosines. Of the class vectors of a class there are so many components in all. */
export const roundedFrom = (classes: number, components: number): number =>
  classes < FEW_CLASSES ? Number.POSITIVE_INFINITY : MOST_DOUBLE / (classes * components);

/** The powers that the competing logits of a sample are added up as: those of a scale and of a divisor of competing angles. */
export interface PowerSum {
  readonly scale: number | "norm";
  readonly divisor: number;
}

/** The losses that are asked for, those of a function at every scale and then those of the next, and the sums of powers that they are made of. */
export class Losses {
  readonly scales: readonly (number | "norm")[];
  readonly divisors: readonly number[];
  /** Those of a divisor at every scale, then those of the next. */
  readonly sums: readonly PowerSum[];
  /** Each function, and the first of its sums. */
  readonly functions: readonly { readonly target: Target; readonly sum: number }[];

  constructor({ functions, scales }: Pick<Questions, "functions" | "scales">) {
    const targets = functions.map((spec) => targetFromSpec(spec));
    this.scales = scales;
    this.divisors = [...new Set(targets.map(({ competingDivisor }) => competingDivisor))];
    this.sums = this.divisors.flatMap((divisor) => scales.map((scale) => ({ scale, divisor })));
    const sumOf = ({ competingDivisor }: Target) => this.divisors.indexOf(competingDivisor) * scales.length;
    this.functions = targets.map((target) => ({ target, sum: sumOf(target) }));
  }

  /**
   * The losses of a sample: for each, how far the largest competing cosine comes above the target, times the scale, and the sum of the powers
   * of e of the other competing logits less the largest. Relative error 1e-14 and that of the sums.
   */
  write(sample: Sample, powers: ArrayLike<number>, write: (i: number, loss: number) => void): void {
    const { thetaY, minThetaJ, norm } = sample;
    const count = this.scales.length;
    for (let f = 0; f < this.functions.length; f++) {
      const { target, sum } = this.functions[f]!;
      const excess = dd.subtract(dd.cosine(competingPhase(target, minThetaJ)), target.exactValue(thetaY));
      for (let i = 0; i < count; i++) {
        const scale = this.scales[i]!;
        const exponent = dd.multiply(excess, scale === "norm" ? norm! : scale);
        write(f * count + i, lossOf(exponent, powers[sum + i]!));
      }
    }
  }
}

/**
 * log(1 + powers e^x) for powers >= 1: the loss of a sample with x the largest competing logit less the target's, and powers the sum of
 * e^(logit - largest) over the competing logits. Relative error that of powers and of x.
 */
function lossOf({ hi, lo }: dd.DoubleDouble, powers: number): number {
  if (hi <= 0) return Math.log1p(Math.exp(hi) * (1 + lo) * powers);
  return hi + (Math.log(powers) + Math.log1p(Math.exp(-hi) / powers) + lo);
}
