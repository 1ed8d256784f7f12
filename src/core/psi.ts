import * as dd from "./double-double.ts";
import { ParameterError, requireWithin } from "./errors.ts";

/** The largest margin m of A-Softmax: up to it the reduction of m theta is exact. */
export const MAX_MARGIN = 2 ** 20;

/** psi, its derivatives and the cosines at one angle. */
export interface PsiValues {
  /** Segment: theta lies in [k pi/m, (k+1) pi/m). */
  k: number;
  psi: number;
  /** The derivative by theta, per radian: -m |sin(m theta)|. */
  dpsiDtheta: number;
  /** The derivative by cos(theta): m |sin(m theta)| / sin(theta), m^2 at 0. */
  dpsiDcos: number;
  cosMTheta: number;
  cosTheta: number;
}

/** m. Throws ParameterError unless it is a margin of A-Softmax: real, 1 <= m <= 2^20. */
export const requireMargin = (m: number): number => requireWithin("m", m, 1, MAX_MARGIN);

/** Is theta an angle, that is a number in [0, pi]? (The double pi lies below the number pi.) */
export const isAngle = (theta: number): boolean => typeof theta === "number" && theta >= 0 && theta <= Math.PI;

/**
 * The target of A-Softmax, psi(theta) = (-1)^k cos(m theta) - 2k on [k pi/m, (k+1) pi/m], k = 0 ... ceil(m)-1. theta in
 * radians, in [0, pi]; any other theta, NaN too, gives NaN. Within 0.51 ulp of the value at the exact double theta.
 * Throws ParameterError for m outside [1, 2^20]. Source: SphereFace (arXiv:1704.08063), section 3.2.
 * @example
 * psi(4, 1.2); // -2.0874989834394464
 */
export function psi(m: number, theta: number): number {
  const phase = reduceAngle(m, theta);
  return psiOfPhase(segmentOf(phase), dd.cosine(phase));
}

/**
 * psi at many angles, in out or else in a new array; out may be the angles themselves. Values, domain and errors as
 * psi; throws ParameterError for an out of another length too.
 * @example
 * psiArray(4, [0, Math.PI]); // Float64Array.of(1, -7)
 */
export function psiArray(m: number, thetas: ArrayLike<number>, out = new Float64Array(thetas.length)): Float64Array {
  requireMargin(m);
  if (out.length !== thetas.length)
    throw new ParameterError(`out has ${out.length} places for ${thetas.length} angles: give as many`);
  for (let i = 0; i < thetas.length; i++) out[i] = psi(m, thetas[i]!);
  return out;
}

/**
 * The segment k in which theta lies: floor(m theta / pi), exact for the double theta. Domain and errors as psi.
 * @example
 * segment(4, 1.2); // 1
 */
export const segment = (m: number, theta: number): number => segmentOf(reduceAngle(m, theta));

/**
 * psi, its segment k, its derivatives, cos(m theta) and cos(theta). Domain and errors
 * as psi. k is exact, the others are within 0.51 ulp.
 * @example
 * psiValues(4, 1.2).dpsiDtheta; // -3.9846584353433627
 */
export function psiValues(m: number, theta: number): PsiValues {
  const phase = reduceAngle(m, theta);
  const k = segmentOf(phase);
  const cos = dd.cosine(phase);
  const slope = dd.multiply(magnitude(dd.sine(phase)), m);
  const own = reduceAngle(1, theta);
  return {
    k,
    psi: psiOfPhase(k, cos),
    dpsiDtheta: -slope.hi,
    dpsiDcos: theta >= 0 && theta < dd.TINY_ANGLE ? m * m : dd.divide(slope, dd.sine(own)).hi,
    cosMTheta: cos.hi,
    cosTheta: dd.cosine(own).hi,
  };
}

/** m theta as a phase; NaN where theta is no angle. */
function reduceAngle(m: number, theta: number): dd.Phase {
  requireMargin(m);
  return dd.reduce(m, isAngle(theta) ? theta : Number.NaN);
}

const segmentOf = (phase: dd.Phase) => Math.floor(dd.wholeQuarters(phase) / 2);
const magnitude = (x: dd.DoubleDouble) => (x.hi < 0 ? dd.negate(x) : x);

function psiOfPhase(k: number, cos: dd.DoubleDouble): number {
  const sign = k & 1 ? -1 : 1;
  const own = sign * cos.hi;
  const sum = own - 2 * k;
  return sum + (dd.sumError(own, -2 * k, sum) + sign * cos.lo);
}
