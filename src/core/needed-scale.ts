import { aboveCosine } from "./boundary.ts";
import { divide, doubleDouble, halfPiTimes, subtract, twoProduct, twoSum } from "./double-double.ts";
import { LARGEST, ParameterError } from "./errors.ts";
import { arccosine } from "./inverse.ts";
import { requireClasses } from "./loss.ts";
import type { Target } from "./targets.ts";

/**
 * The smallest scale at which a sample at thetaY has a softmax probability against classes - 1 competitors at thetaJ,
 * both in radians: log((classes - 1) p / (1 - p)) / (target(theta_y) - cos(theta_j)), within 2 ulp; 0 where p <=
 * 1/classes. undefined if no scale up to 1e100 does, as where the target is not above the competing cosine. Throws
 * ParameterError unless classes is a whole number from 2 to 2^53, and for a probability outside (0, 1).
 * @example
 * neededScale(softmax(), 10574, 0.9, 0, Math.PI * 0.5)?.toFixed(2); // "11.46"
 * neededScale(softmax(), 2, 0.5, 1, 1.5); // 0
 */
export function neededScale(target: Target, classes: number, p: number, thetaY: number, thetaJ: number) {
  requireClasses(classes);
  if (!(p > 0 && p < 1)) throw new ParameterError(`probability is ${p}: it must lie above 0 and below 1`);
  // The odds (classes - 1) p / (1 - p) are 1 + excess.
  const excess = divide(subtract(twoProduct(classes, p), 1), twoSum(1, -p));
  if (!(excess.hi > 0)) return 0;
  const logOdds = twoSum(Math.log1p(excess.hi), excess.lo / (1 + excess.hi));
  const scale = divide(logOdds, aboveCosine(target, doubleDouble(thetaY), doubleDouble(thetaJ))).hi;
  return scale > 0 && scale <= LARGEST ? scale : undefined;
}

/**
 * The angle, in radians, between any two of `classes` evenly spread directions: arccos(-1 /
 * (classes - 1)), within 0.53 ulp. Errors as neededScale.
 * @example
 * simplexAngle(2); // Math.PI
 */
export function simplexAngle(classes: number): number {
  requireClasses(classes);
  return subtract(halfPiTimes(2), arccosine(divide(doubleDouble(1), classes - 1))).hi;
}
