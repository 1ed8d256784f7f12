import { aboveCosine, boundary, exactTheta1 } from "./boundary.ts";
import { angleOfQuarter, asDoubleDouble, type DoubleDouble, doubleDouble, subtract } from "./double-double.ts";
import { ParameterError } from "./errors.ts";
import { bisect } from "./roots.ts";
import { makeTarget, type Target, targetDefinition } from "./targets.ts";

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
  const theta2 = subtract(doubleDouble(theta12), theta1);
  return parametersOf(to, theta1.hi, (full) => aboveCosine(full, theta1, theta2).hi);
}

/**
 * The values of the one parameter of `to` with which it has the value y, a number or a double-double, at theta, in
 * radians; else as sameBoundary. Throws ParameterError for sphereface-r2 too, whose value does not depend on its m.
 * @example
 * sameValue(arcface(), 0.5, arcface().exactValue(0.5))[0]; // 0.5
 * sameValue(cosface(), 0, 0.75)[0]; // 0.25
 */
export function sameValue(to: Target, theta: number, value: DoubleDouble | number): readonly number[] {
  if (to.competingDivisor !== 1) throw new ParameterError(`the value of ${to.name} does not depend on its m`);
  const y = asDoubleDouble(value);
  const tiny = 2 ** -60 * Math.max(1, Math.abs(y.hi));
  return parametersOf(to, theta, (full) => subtract(full.exactValue(theta), y).hi, tiny);
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
  const [parameter, ...more] = definition.parameters;
  if (parameter === undefined || more.length > 0)
    throw new ParameterError(`${to.name} has ${definition.parameters.length} parameters: name a function with one`);
  const { name, lo, hi } = parameter;
  const gapAt = (m: number) => gap(makeTarget(definition, { [name]: m, lambda: to.lambda }));
  // m theta or m + theta is a multiple of pi there: the next two turns of a wave, and two more.
  const turns = [2, 4, 6, 8].flatMap((n) => [angleOfQuarter(n, theta), angleOfQuarter(n, 1, theta)]);
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
