import * as dd from "./double-double.ts";
import { arccosine } from "./inverse.ts";
import { isAngle } from "./psi.ts";
import { pieceIndex, pieceValue, type Target } from "./targets.ts";

/**
 * The angle in [0, pi] that theta_j must exceed for target(theta_y) > cos(theta_j) (cos(theta_j / m) for
 * sphereface-r2): the boundary in the plane of the two angles, the arccosine of the target, without one where the
 * target is a plain cosine. 0 where the target is at least 1; NaN where it is below -1, or the angle above pi,
 * since no theta_j will do. At -1 it is pi, which none exceeds either. theta_y in radians, one outside [0, pi]
 * gives NaN. Within 2 ulp where the arccosine is well conditioned.
 * @example
 * competingBound(naive({ m: 4 }), 0.5); // 2
 */
export function competingBound(target: Target, thetaY: number): number {
  if (!isAngle(thetaY)) return Number.NaN;
  const { pieces, lambda, competingDivisor } = target;
  const piece = pieces.piece(pieceIndex(pieces, thetaY));
  const { weight, a, b, offset, offsetLow = 0 } = piece;
  if (lambda === 0 && offset === 0 && offsetLow === 0) {
    const { quarter, hi, lo } = dd.fold(dd.reduce(a, thetaY, b));
    const folded = dd.add(dd.halfPiTimes(quarter), { hi, lo });
    return within(dd.multiply(weight > 0 ? folded : dd.subtract(dd.halfPiTimes(2), folded), competingDivisor));
  }
  const value = pieceValue(piece, thetaY, lambda, dd.fullCosine);
  if (dd.subtract(value, 1).hi >= 0) return 0;
  if (dd.add(value, 1).hi < 0) return Number.NaN;
  return within(dd.multiply(arccosine(value), competingDivisor));
}

/** The angle as a double; NaN above pi. */
const within = (angle: dd.DoubleDouble) =>
  dd.subtract(angle, dd.halfPiTimes(2)).hi > 0 ? Number.NaN : Math.min(Math.PI, Math.max(0, angle.hi));
