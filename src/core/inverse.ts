import {
  add,
  cosine,
  type DoubleDouble,
  divide,
  doubleDouble,
  halfPiTimes,
  multiply,
  reduce,
  sine,
  subtract,
  twoSum,
} from "./double-double.ts";
import { psi, requireMargin, segment } from "./psi.ts";

/** The angle, in radians, at which psi has a given value. */
export interface Inverse {
  theta: number;
  /** The segment that holds theta, as segment(m, theta) says. */
  k: number;
}

/**
 * The theta in [0, pi] with psi(theta) = y, in closed form per segment: (k pi + acos(y + 2k)) / m. Within 0.53 ulp.
 * y from psi(m, pi), which gives the double pi, to 1; any other y, NaN too, gives NaN. At y = 1 - 2k theta is the double
 * nearest to the knot k pi/m, and the k reported is that of the segment in which this double lies: k or k - 1.
 * Throws ParameterError for m outside [1, 2^20].
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
  const turn = arccosine(Math.abs(u));
  const phase = u < 0 ? subtract(halfPiTimes(2 * k + 2), turn) : add(halfPiTimes(2 * k), turn);
  const theta = Math.min(Math.PI, divide(phase, m).hi);
  return { theta, k: segment(m, theta) };
}

/** acos(u) for u in [0, 1], with a relative error of about 2^-57: one Newton step for sin(h)^2 = (1 - u)/2, h half the angle. */
function arccosine(u: number): DoubleDouble {
  const h = Math.atan2(Math.sqrt(1 - u), Math.sqrt(1 + u));
  if (h === 0) return doubleDouble(0);
  const phase = reduce(1, h);
  const sin = sine(phase);
  const excess = add(multiply(sin, sin), multiply(twoSum(1, -u), -0.5));
  return twoSum(2 * h, -excess.hi / (sin.hi * cosine(phase).hi));
}
