import * as dd from "./double-double.ts";
import { isAngle } from "./psi.ts";
import { pieceIndex, pieceValue, type Target } from "./targets.ts";

/**
 * The angle in [0, pi] that theta_j must exceed for target(theta_y) > cos(theta_j) (cos(theta_j / m) for sphereface-r2): the boundary in the plane
 * of the two angles. 0 where the target is 1 or more, pi where it is -1, which nothing exceeds; NaN where it is less, and for what is
 * no angle. Where the target is a plain cosine the bound is its angle, without an arccos. Error at most 2 ulp; near -1, where the bound hangs on the
 * target by more than its digits, that of a target within 2^-100.
 */
export function competingBound(target: Target, thetaY: number): number {
  if (!isAngle(thetaY)) return Number.NaN;
  const { pieces, lambda, competingDivisor } = target;
  const index = pieceIndex(pieces, thetaY);
  // The double of a knot lies beside it, and beyond pi/m psi is below -1.
  if (pieces.step !== undefined && lambda === 0 && index > 0) return Number.NaN;
  const piece = pieces.piece(index);
  const { weight, a, b, offset, offsetLow = 0 } = piece;
  const isPlain = lambda === 0 && weight === 1 && offset === 0 && offsetLow === 0;
  const angle = isPlain
    ? angleOf(dd.fold(dd.reduce(a, thetaY, b)))
    : dd.doubleDouble(arccos(pieceValue(piece, thetaY, lambda, dd.fullCosine)));
  const bound = dd.multiply(angle, competingDivisor).hi;
  return bound > Math.PI ? Number.NaN : bound;
}

/** The angle in [0, pi] that a folded phase stands for. */
const angleOf = ({ quarter, hi, lo }: dd.Phase) => dd.add(dd.halfPiTimes(quarter), { hi, lo });

/** Below this the arcsine needs no correction, and near 0 and pi the cosine is too flat for one. */
const SMALL = 2 ** -20;

/** The angle of a cosine: 0 above 1, NaN below -1. */
function arccos(value: dd.DoubleDouble): number {
  const isFront = value.hi >= 0;
  // 1 - |cosine| = 2 sin^2(angle/2), without cancellation.
  const gap = dd.add(isFront ? dd.negate(value) : value, 1).hi;
  if (gap < 0) return isFront ? 0 : Number.NaN;
  const half = 2 * Math.asin(Math.sqrt(gap / 2));
  const theta = isFront ? half : Math.PI - half;
  if (half < SMALL) return theta;
  const rest = dd.subtract(dd.fullCosine(dd.reduce(1, theta)), value).hi;
  return theta + rest / Math.sin(theta);
}
