import * as dd from "./double-double.ts";
import { monotonePieces } from "./monotonicity.ts";
import { psi, requireMargin, segment } from "./psi.ts";
import { bisect } from "./roots.ts";
import { pieceSlope, pieceValue, type Target } from "./targets.ts";

/** The angle, in radians, at which psi has a given value. */
export interface Inverse {
  theta: number;
  /** The segment that holds theta, as segment(m, theta) says. */
  k: number;
}

/**
 * The theta in [0, pi] with psi(theta) = y, in closed form per segment: (k pi + acos(y + 2k)) / m. Within 0.53
 * ulp. y from psi(m, pi), which gives the double pi, to 1; any other y, NaN too, gives NaN. At y = 1 - 2k theta
 * is the double nearest to the knot k pi/m, and the k reported is that of the segment in which this double lies:
 * k or k - 1. Throws ParameterError for m outside [1, 2^20].
 * @example
 * inverse(4, -1).theta; // Math.PI / 4
 */
export function inverse(m: number, y: number): Inverse {
  requireMargin(m);
  if (!(y >= psi(m, Math.PI) && y <= 1)) return { theta: Number.NaN, k: Number.NaN };
  let k = Math.floor((1 - y) / 2);
  // 1 - y may be rounded up to a multiple of 2, which gives a k one too large; 1 - 2k is exact, and so is y + 2k.
  if (y > 1 - 2 * k) k--;
  const u = y + 2 * k;
  const phase = dd.add(dd.halfPiTimes(2 * k), arccosine(dd.doubleDouble(u)));
  const theta = Math.min(Math.PI, dd.divide(phase, m).hi);
  return { theta, k: segment(m, theta) };
}

/** acos(u), with a relative error of about 2^-57: one Newton step for sin(h)^2 = (1 - u)/2, h half the angle. */
export function arccosine(u: dd.DoubleDouble): dd.DoubleDouble {
  if (u.hi < 0) return dd.subtract(dd.halfPiTimes(2), arccosine(dd.negate(u)));
  const below = dd.subtract(dd.doubleDouble(1), u);
  const h = Math.atan2(Math.sqrt(below.hi), Math.sqrt(1 + u.hi));
  if (h === 0) return dd.doubleDouble(0);
  const phase = dd.reduce(1, h);
  const sin = dd.sine(phase);
  const excess = dd.add(dd.multiply(sin, sin), dd.multiply(below, -0.5));
  return dd.twoSum(2 * h, -excess.hi / (sin.hi * dd.cosine(phase).hi));
}

/** An angle at which a function has a value, or a stretch of them: from theta to to, in radians. */
export type Occurrence = { theta: number; to: number };

/** The number pi lies no further above the double. */
const BESIDE_PI = 1.25e-16;

/**
 * The angles in [0, pi] at which a target function has a value, a number or a double-double y, in order; a flat stretch
 * that has it is one of them. The value at the ends of the pieces and at turns of the function counts when it rounds to
 * y.hi, and pi, which is no double, also for a value just beyond the double; a jump across it does not. Roots found by bisection, within 0.53 ulp where an ulp of y moves theta by less. NaN
 * gives none. Throws ParameterError for what is no number.
 * @example
 * anglesOfValue(arcface({ m: 0.5 }), 0)[0]?.theta === Math.PI * 0.5 - 0.5; // true
 * anglesOfValue(spherefaceR1({ m: 2 }), -1); // [{ theta: Math.PI * 0.5, to: Math.PI }]
 */
export function anglesOfValue(target: Target, value: dd.DoubleDouble | number): Occurrence[] {
  const y = dd.asDoubleDouble(value);
  const found: Occurrence[] = [];
  const addTo = (theta: number, to = theta) => {
    const last = found.at(-1);
    if (last !== undefined && last.to >= theta) last.to = to;
    else found.push({ theta, to });
  };
  for (const { piece, cuts } of monotonePieces(target)) {
    const values = cuts.map((t) => pieceValue(piece, t, target.lambda).hi);
    const above = (t: number) => dd.subtract(pieceValue(piece, t, target.lambda), y).hi;
    for (let c = 1; c < cuts.length; c++) {
      const [from, to, first, last] = [cuts[c - 1]!, cuts[c]!, values[c - 1]!, values[c]!];
      if (first === y.hi) addTo(from, last === y.hi ? to : from);
      else if (last !== y.hi && last > y.hi !== first > y.hi) addTo(bisect(above, from, to));
      else if (last === y.hi && target.value(to) === last) addTo(to);
      else if (to === Math.PI && Math.abs(above(to)) <= Math.abs(pieceSlope(piece, to, target.lambda).hi) * BESIDE_PI)
        addTo(to);
    }
  }
  return found;
}
