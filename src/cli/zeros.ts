import type { Values } from "./options.ts";
import type { AngleReader } from "./parse.ts";

/**
 * The number that tables show for x, the value at theta of a function whose slope is at most `slope`: 0 where |x| is
 * within the rounding error of a theta that was given as a part of pi, or computed by --points from such angles.
 */
export type Shown = (x: number, slope: number, theta: number) => number;

export const shownOf =
  ({ points }: Values<"points">, { decimals }: Pick<AngleReader, "decimals">): Shown =>
  (x, slope, theta) => {
    // A given angle is rounded once, one of a grid some times.
    const [isDecimal, roundings] = points === undefined ? [decimals.has(theta), 1.01] : [decimals.size > 0, 4];
    return !isDecimal && Math.abs(x) <= slope * theta * roundings * 2 ** -53 ? 0 : x;
  };

/**
 * The same for three numbers of a function whose slope is at most m: its value, its slope by theta,
 * and its slope by cos(theta), which is a limit at 0 and at pi.
 */
export function shownSlopes(shown: Shown, m: number, theta: number, [value, byTheta, byCosine]: readonly number[]) {
  const sine = Math.sin(theta);
  // Of a part of pi the smallest number is shown as 0, of decimals as it is.
  const isPi = theta > 1 && sine < 1e-9 && shown(Number.MIN_VALUE, 1, theta) === 0;
  const steepest = sine > 1e-9 ? (m * m) / sine : 0;
  const slope = shown(byTheta!, m * m, theta);
  const limit = isPi && slope !== 0 ? Math.sign(byCosine!) * Number.POSITIVE_INFINITY : byCosine!;
  return [shown(value!, m, theta), slope, shown(limit, steepest, theta)];
}
