import { aboveCosine, boundary, exactTheta1 } from "./boundary.ts";
import * as dd from "./double-double.ts";
import { LARGEST, ParameterError, requireWithin } from "./errors.ts";
import { anglesOfValue, arccosine, type Occurrence } from "./inverse.ts";
import { competingPhase, requireClasses } from "./loss.ts";
import { isAngle } from "./psi.ts";
import { bisect } from "./roots.ts";
import { makeTarget, type Target, targetDefinition } from "./targets.ts";

/**
 * The smallest scale at which a sample at thetaY has a softmax probability against classes - 1 competitors at thetaJ,
 * both in radians: log((classes - 1) p / (1 - p)) / (target(theta_y) - cos(theta_j)), within 2 ulp; 0 where p <=
 * 1/classes. undefined if no scale up to 1e100 does, as where the target is not above the competing cosine, and for
 * what is no angle. Throws ParameterError unless classes is a whole number from 2 to 2^53, and for a probability outside (0, 1).
 * @example
 * neededScale(softmax(), 10574, 0.9, 0, Math.PI * 0.5)?.toFixed(2); // "11.46"
 * neededScale(softmax(), 2, 0.5, 1, 1.5); // 0
 */
export function neededScale(target: Target, classes: number, p: number, thetaY: number, thetaJ: number) {
  requireClasses(classes);
  if (!(p > 0 && p < 1)) throw new ParameterError(`probability is ${p}: it must lie above 0 and below 1`);
  // The odds (classes - 1) p / (1 - p) are 1 + excess.
  const excess = dd.divide(dd.subtract(dd.twoProduct(classes, p), 1), dd.twoSum(1, -p));
  if (!(isAngle(thetaY) && isAngle(thetaJ))) return undefined;
  if (!(excess.hi > 0)) return 0;
  const logOdds = dd.twoSum(Math.log1p(excess.hi), excess.lo / (1 + excess.hi));
  const scale = dd.divide(logOdds, aboveCosine(target, dd.doubleDouble(thetaY), dd.doubleDouble(thetaJ))).hi;
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
  return dd.subtract(dd.halfPiTimes(2), arccosine(dd.divide(dd.doubleDouble(1), classes - 1))).hi;
}

/**
 * The angles theta_y at which the loss of a sample is as given, against count - 1 competitors at thetaJ: where the
 * target is cos(theta_j) - log((e^loss - 1) / (count - 1)) / scale. Angles in radians, within 2 ulp where rounding this
 * logarithm, or 2^-51 of change, moves theta_y by less. Throws ParameterError for a count of classes that is no whole
 * number from 2 to 2^53, and for a loss or a scale outside (0, 1e100].
 * @example
 * anglesOfLoss(softmax(), 1, 2, 1, Math.LN2)[0]?.theta; // 1
 */
export function anglesOfLoss(target: Target, scale: number, count: number, thetaJ: number, loss: number): Occurrence[] {
  requireClasses(count);
  requireWithin("scale", scale, Number.MIN_VALUE, LARGEST);
  requireWithin("loss", loss, Number.MIN_VALUE, LARGEST);
  // From here on e^-loss is less than the rounding of the loss.
  const odds = loss > 700 ? loss - Math.log(count - 1) : Math.log(Math.expm1(loss) / (count - 1));
  const y = dd.subtract(dd.cosine(competingPhase(target, thetaJ)), dd.divide(dd.doubleDouble(odds), scale));
  return anglesOfValue(target, y);
}

/**
 * The values of the one parameter of `to` (its own value does not matter, its lambda does) with which its boundary at
 * theta12 is that of target, in order: the smallest, and the next if there is one. Angles in radians; each within 2 ulp
 * where an ulp of the parameters of target moves it by less. Empty if there is none, or target has no boundary. Throws
 * ParameterError for a `to` with no parameter or several, and for theta12 outside [1e-100, pi].
 * @example
 * sameBoundary(cosface({ m: 0.35 }), arcface(), Math.PI * 0.5)[0]?.toFixed(5); // "0.50017"
 */
export function sameBoundary(target: Target, to: Target, theta12: number): readonly number[] {
  const at = boundary(target, theta12);
  if (at === undefined) return parametersOf(to, 0, () => Number.NaN);
  const theta1 = exactTheta1(target, at.theta1, theta12);
  const theta2 = dd.subtract(dd.doubleDouble(theta12), theta1);
  return parametersOf(to, theta1.hi, (full) => aboveCosine(full, theta1, theta2).hi);
}

/**
 * The values of the one parameter of `to` with which it has the value y, a number or a double-double, at theta, in
 * radians; else as sameBoundary. Throws ParameterError for sphereface-r2 too, whose value does not depend on its m.
 * @example
 * sameValue(arcface(), 0.5, arcface().exactValue(0.5))[0]; // 0.5
 * sameValue(cosface(), 0, 0.75)[0]; // 0.25
 */
export function sameValue(to: Target, theta: number, value: dd.DoubleDouble | number): readonly number[] {
  if (to.competingDivisor !== 1) throw new ParameterError(`the value of ${to.name} does not depend on its m`);
  const y = dd.asDoubleDouble(value);
  const tiny = 2 ** -60 * Math.max(1, Math.abs(y.hi));
  return parametersOf(to, theta, (full) => dd.subtract(full.exactValue(theta), y).hi, tiny);
}

/** At a root less than this share of the change beside it is left; where gap jumps over 0 more is. */
const JUMP = 1e-9;

/** A few doubles above m. */
const beside = (m: number) => m * (1 + 2 ** -50);

/** m sin(m), the drop of arcface-hard, rises up to this m, and falls from there to pi. */
const LARGEST_DROP = 2.028757838110434;

/**
 * The first two values of the parameter of `to` at which gap is 0, theta being the angle: where its sign changes, but
 * not by a jump, between the values at which it may turn or jump; at these themselves where it is at most tiny.
 */
function parametersOf(to: Target, theta: number, gap: (full: Target) => number, tiny = 0): readonly number[] {
  const definition = targetDefinition(to.name)!;
  if (definition.parameters.length !== 1)
    throw new ParameterError(`${to.name} has ${definition.parameters.length} parameters: name a function with one`);
  const { name, lo, hi } = definition.parameters[0]!;
  const gapAt = (m: number) => gap(makeTarget(definition, { [name]: m, lambda: to.lambda }));
  // m theta or m + theta is a multiple of pi there: the next two turns of a wave, and two more.
  const turns = [2, 4, 6, 8].flatMap((n) => [dd.angleOfQuarter(n, theta), dd.angleOfQuarter(n, 1, theta)]);
  // And beside them, on the other side of a jump.
  const inner = [LARGEST_DROP, ...turns, ...turns.map(beside)].filter((m) => m > lo && m < hi);
  const cuts = [lo, ...inner.sort((x, y) => x - y), hi];
  const gaps = cuts.map(gapAt).map((x) => (Math.abs(x) <= tiny ? 0 : x));
  const found = cuts.flatMap((m, i) => {
    const [first, last] = [gaps[i - 1] ?? 0, gaps[i]!];
    if (last === 0) return m;
    if (Math.sign(first) !== -Math.sign(last)) return [];
    const root = bisect(gapAt, cuts[i - 1]!, m);
    return Math.abs(gapAt(root)) < JUMP * Math.abs(last - first) ? root : [];
  });
  return found.filter((m, i) => i === 0 || m > beside(found[i - 1]!)).slice(0, 2);
}
