import { add, divide, halfPiTimes, subtract, twoProduct } from "./double-double.ts";
import { isAngle, requireMargin } from "./psi.ts";

/** An interval (lo, hi) of target angles, in radians, where the naive condition holds and the angular one does not. */
export interface Violation {
  lo: number;
  hi: number;
  /** hi is the double pi, which belongs to the interval. */
  hiClosed: boolean;
  length: number;
}

/**
 * The violations for a competing angle: ((2 pi n - theta_j)/m, (2 pi n + theta_j)/m) for n = 1, 2, ..., cut at the
 * double pi. thetaJ in radians; one outside (0, pi], NaN too, has none. Ends and length are within 0.51 ulp. There are
 * about m/2. Throws ParameterError for m outside [1, 2^20].
 * @example
 * violations(4, 1).length; // 2
 * violations(4, 1)[0].lo; // (2 * Math.PI - 1) / 4
 */
export function violations(m: number, thetaJ: number): Violation[] {
  requireMargin(m);
  const mPi = twoProduct(m, Math.PI);
  const found: Violation[] = [];
  if (!(isAngle(thetaJ) && thetaJ > 0)) return found;
  for (let n = 1; ; n++) {
    const turns = halfPiTimes(4 * n);
    const start = subtract(turns, thetaJ);
    const end = add(turns, thetaJ);
    const toPi = subtract(mPi, start);
    if (!(toPi.hi > 0)) return found;
    const hiClosed = subtract(mPi, end).hi < 0;
    found.push({
      lo: divide(start, m).hi,
      hi: hiClosed ? Math.PI : divide(end, m).hi,
      hiClosed,
      length: hiClosed ? divide(toPi, m).hi : (2 * thetaJ) / m,
    });
  }
}
