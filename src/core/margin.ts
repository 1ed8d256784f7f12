import * as dd from "./double-double.ts";
import { ParameterError } from "./errors.ts";
import { isAngle, requireMargin } from "./psi.ts";

/** The three conditions on a target angle theta_y and a competing angle theta_j, each decided in exact arithmetic. */
export interface Conditions {
  /** cos(m theta_y) > cos(theta_j) */
  naive: boolean;
  /** m theta_y < theta_j */
  angular: boolean;
  /** psi(theta_y) > cos(theta_j) */
  psi: boolean;
}

/** The conditions of one sample against all its competing angles, and its distances from them. Angles in radians. */
export interface Margin extends Conditions {
  /** Naive holds and angular does not. */
  falsePass: boolean;
  /** The index of the smallest competing angle, the first of equals: a condition that holds for it holds for all. */
  binding: number;
  /** The smallest competing angle. */
  minThetaJ: number;
  /** min theta_j / theta_y: the angular condition holds for every m below it. */
  effectiveMargin: number;
  /** min theta_j - m theta_y, rounded once; positive exactly where angular holds. */
  marginGap: number;
  /** psi(theta_y) - cos(min theta_j), without cancellation; positive exactly where psi holds. */
  cosineGap: number;
}

// Angles below TINY are multiplied by this power of two, so that products of them do not underflow.
const UP = 2 ** 512;
const TINY = 2 ** -600;

/**
 * The conditions for one competing angle. Angles in radians, in [0, pi]; others, NaN too, fail every condition. Decided
 * on angles, not on rounded cosines: for naive the angle in [0, pi] with the cosine of m theta_y is compared with
 * theta_j, for angular the exact product m theta_y; psi holds where naive does and theta_y lies in segment 0. Exact but
 * where the sides of naive or psi differ by less than 2^-104. Throws ParameterError for m outside [1, 2^20].
 * @example
 * conditions(4, 1.2, 1.5); // { naive: true, angular: false, psi: false }
 */
export function conditions(m: number, thetaY: number, thetaJ: number): Conditions {
  requireMargin(m);
  if (!isAngle(thetaY) || !isAngle(thetaJ)) return { naive: false, angular: false, psi: false };
  // Multiplying both of two tiny angles changes no condition.
  const up = thetaY < TINY && thetaJ < TINY ? UP : 1;
  const phase = dd.reduce(m, thetaY * up);
  const naive = dd.isBelow(dd.fold(phase), dd.fold(dd.reduce(1, thetaJ * up)));
  return { naive, angular: gap(m, thetaY, thetaJ) > 0, psi: naive && dd.wholeQuarters(phase) < 2 };
}

/**
 * The margin of a sample with target angle thetaY against one or more competing angles, in radians. An angle outside
 * [0, pi], NaN too, gives NaN and false. The conditions are those of conditions(); marginGap is rounded once, cosineGap
 * has a relative error below 1e-15. Throws ParameterError for m outside [1, 2^20] and for no competing angle.
 * @example
 * marginOf(4, 0.25, [2, 1.5]).marginGap; // 0.5
 * marginOf(4, 1.2, [1.5]).falsePass; // true
 */
export function marginOf(m: number, thetaY: number, competing: ArrayLike<number>): Margin {
  if (!(competing.length > 0)) throw new ParameterError("competing angles are missing: give at least one");
  let binding = 0;
  for (let j = 1; j < competing.length && isAngle(competing[binding]!); j++) {
    if (!(isAngle(competing[j]!) && competing[j]! >= competing[binding]!)) binding = j;
  }
  const minThetaJ = competing[binding]!;
  const { naive, angular, psi } = conditions(m, thetaY, minThetaJ);
  const y = isAngle(thetaY) && isAngle(minThetaJ) ? thetaY : Number.NaN;
  return {
    naive,
    angular,
    psi,
    falsePass: naive && !angular,
    binding,
    minThetaJ,
    effectiveMargin: effectiveMargin(y, minThetaJ),
    marginGap: gap(m, y, minThetaJ),
    cosineGap: cosineGap(m, y, minThetaJ),
  };
}

/** min theta_j / theta_y; 1 where both are the same, 0 too, and -0 is 0. */
export const effectiveMargin = (thetaY: number, minThetaJ: number) =>
  thetaY === minThetaJ ? 1 : minThetaJ / (thetaY + 0);

/** theta_j - m theta_y, rounded once; its sign is exact. */
function gap(m: number, thetaY: number, thetaJ: number): number {
  const scaled = dd.add(dd.negate(dd.twoProduct(m, thetaY * UP)), thetaJ * UP).hi;
  return withSign(scaled / UP, scaled);
}

/** x, or the smallest double with that sign for an x that underflowed to 0. */
const withSign = (x: number, sign: number) => x || Math.sign(sign) * Number.MIN_VALUE;

/** psi(theta_y) - cos(theta_j): in segment 0 as a product of sines, beyond it as a sum of terms of one sign. */
function cosineGap(m: number, thetaY: number, thetaJ: number): number {
  const phase = dd.reduce(m, thetaY);
  const k = dd.wholeQuarters(phase) >> 1;
  if (k === 0) {
    const [sum, difference] = [m / 2, -m / 2].map((a) => dd.sine(dd.reduce(a, thetaY, thetaJ / 2)).hi);
    return withSign(2 * sum! * difference!, gap(m, thetaY, thetaJ));
  }
  const half = dd.cosine(dd.reduce(1, thetaJ / 2)).hi;
  return -(oneMinusCosine({ ...phase, quarter: phase.quarter - 2 * k }) + 2 * (k - 1) + 2 * half * half);
}

function oneMinusCosine(phase: dd.Phase): number {
  if (phase.quarter !== 0) return 1 - dd.cosine(phase).hi;
  const half = dd.sine({ ...phase, hi: phase.hi / 2, lo: phase.lo / 2 }).hi;
  return 2 * half * half;
}
