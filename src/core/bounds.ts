import { requireArc } from "./boundary.ts";
import { add, divide, doubleDouble, multiply, twoProduct, twoSum } from "./double-double.ts";
import { requireMargin } from "./psi.ts";

/**
 * The paper's Properties 2 and 3: is the largest angle within a class at most the
 * smallest angle between classes? Angles in radians.
 */
export interface PropertyBounds {
  /** The largest angle between two samples of one class, for two class vectors theta_12 apart. */
  maxIntra: number;
  /** The smallest angle between samples of different classes. */
  minInter: number;
  /** maxIntra <= minInter */
  holdsBinary: boolean;
  /** The same for many classes, evenly spaced: 2 theta/(m+1) <= (m-1) theta/(m+1). */
  holdsMulti: boolean;
  /** The smallest m for which holdsBinary is true at every theta_12: 2 + sqrt(3). */
  mMinBinary: number;
  /** The smallest m for which holdsMulti is true: 3. */
  mMinMulti: number;
}

/**
 * Properties 2 and 3 for a margin m and an angle theta_12 between class vectors, in radians. Angles are within 0.86
 * ulp; the comparisons are exact, with the double pi for pi. Source: SphereFace (arXiv:1704.08063), section 3.4. Throws
 * ParameterError for m outside [1, 2^20] and for theta_12 outside [1e-100, pi].
 * @example
 * bounds(2, Math.PI).holdsBinary; // false
 * bounds(4, Math.PI).holdsBinary; // true
 */
export function bounds(m: number, theta12: number): PropertyBounds {
  requireMargin(m);
  requireArc(theta12);
  const wide = theta12 > ((m - 1) / m) * Math.PI;
  const arc = doubleDouble(theta12);
  const sum = twoSum(m, 1);
  return {
    maxIntra: wide ? divide(doubleDouble(2 * Math.PI), sum).hi : add(divide(arc, m - 1), divide(arc, sum)).hi,
    minInter: divide(multiply(arc, m - 1), sum).hi,
    // 2 pi <= (m - 1) theta_12 where wide; else 2m <= (m - 1)^2, that is 3 <= (m - 2)^2.
    holdsBinary: wide ? reaches(m - 1, theta12, 2 * Math.PI) : reaches(m - 2, m - 2, 3),
    holdsMulti: m >= 3,
    mMinBinary: 2 + Math.sqrt(3),
    mMinMulti: 3,
  };
}

/** Is the exact product x * y at least z? */
function reaches(x: number, y: number, z: number): boolean {
  const { hi, lo } = twoProduct(x, y);
  return hi > z || (hi === z && lo >= 0);
}
