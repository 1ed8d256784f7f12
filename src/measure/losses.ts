import type * as dd from "../core/double-double.ts";
import { targetFromSpec } from "../core/notation.ts";
import type { Target } from "../core/targets.ts";
import type { Questions } from "./samples.ts";

/** The powers that the competing logits of a sample are added up as: those of a scale and of a divisor of competing angles. */
export interface PowerSum {
  readonly scale: number | "norm";
  readonly divisor: number;
}

/** The losses that are asked for, a function at every scale and then the next, and the sums of powers that they are made of. */
export class Losses {
  readonly divisors: readonly number[];
  /** Those of a divisor at every scale, then those of the next. */
  readonly sums: readonly PowerSum[];
  readonly all: readonly { readonly target: Target; readonly scale: number | "norm"; readonly sum: number }[];

  constructor({ functions, scales }: Pick<Questions, "functions" | "scales">) {
    const targets = functions.map((spec) => targetFromSpec(spec));
    this.divisors = [...new Set(targets.map(({ competingDivisor }) => competingDivisor))];
    this.sums = this.divisors.flatMap((divisor) => scales.map((scale) => ({ scale, divisor })));
    this.all = targets.flatMap((target) =>
      scales.map((scale, i) => {
        return { target, scale, sum: this.divisors.indexOf(target.competingDivisor) * scales.length + i };
      }),
    );
  }
}

/**
 * log(1 + powers e^x) for powers >= 1: the loss of a sample with x the largest competing logit less the target's, and powers the sum of
 * e^(logit - largest) over the competing logits. Relative error that of powers and of x.
 */
export function lossOf({ hi, lo }: dd.DoubleDouble, powers: number): number {
  if (hi <= 0) return Math.log1p(Math.exp(hi) * (1 + lo) * powers);
  return hi + (Math.log(powers) + Math.log1p(Math.exp(-hi) / powers) + lo);
}
