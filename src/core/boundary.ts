import * as dd from "./double-double.ts";
import { requireWithin } from "./errors.ts";
import { bisect, crossings, type DifferentiableFunction } from "./roots.ts";
import { type Piece, pieceEnd, pieceIndex, pieceSlope, type Target } from "./targets.ts";

/**
 * The decision boundary on the arc between two class vectors: nearer to the first, a
 * sample counts as of the first class. Angles in radians.
 */
export interface Boundary {
  /** The angle between the boundary and the vector of the own class: the smallest, if there are several boundaries. */
  theta1: number;
  /** The angle between the boundary and the vector of the other class: theta_12 - theta_1. */
  theta2: number;
  /** theta_2 / theta_1: the m for which m theta_1 = theta_2 is this boundary. */
  effectiveM: number;
  /** theta_2 - theta_1 */
  angularMargin: number;
  /** How many boundaries there are. */
  count: number;
}

// For smaller angles products of sines may underflow.
const SMALLEST_ARC = 1e-100;

/** theta_12. Throws ParameterError unless it is an angle between two different class vectors: 1e-100 to pi. */
export const requireArc = (theta12: number): number => requireWithin("theta_12", theta12, SMALLEST_ARC, Math.PI);

/**
 * The boundary target(theta_1) = cos(theta_2), theta_1 + theta_2 = theta_12 (cos(theta_2 / m) for sphereface-r2).
 * theta_12 in radians. undefined if the two sides are nowhere equal, as where the target jumps from above the cosine to
 * below it. theta_1 is within 0.52 ulp: theta_12 / (m + 1) for asoftmax without lambda; else a root found by bisection
 * (two closer than 1e-12 theta_12 may be missed). Throws ParameterError for theta_12 outside [1e-100, pi].
 * @example
 * boundary(asoftmax({ m: 3 }), Math.PI)?.theta1; // Math.PI / 4
 * boundary(asoftmax({ m: 4, lambda: 5 }), Math.PI / 2)?.effectiveM.toFixed(4); // "1.6174"
 */
export function boundary(target: Target, theta12: number): Boundary | undefined {
  requireArc(theta12);
  const { m } = target.parameters;
  if (target.name === "asoftmax") {
    if (target.lambda === 0)
      return { ...divided(theta12, dd.divide(dd.doubleDouble(theta12), dd.twoSum(m!, 1)).hi, 1), effectiveM: m! };
    // The target falls everywhere, cos(theta_2) rises with theta_1: there is one root.
    const above = (t: number) => aboveCosine(target, dd.doubleDouble(t), dd.twoSum(theta12, -t)).hi;
    return divided(theta12, bisect(above, 0, theta12), 1);
  }
  let first = difference(target, target.pieces.piece(0), theta12).at(0) === 0 ? 0 : undefined;
  let count = first === undefined ? 0 : 1;
  for (let i = 0, start = 0; start < theta12; i++) {
    const end = Math.min(theta12, pieceEnd(target.pieces, i));
    const curve = difference(target, target.pieces.piece(i), theta12);
    const brackets = crossings(curve, start, end, 1e-12 * theta12);
    if (brackets[0]) first ??= bisect(curve.at, ...brackets[0]);
    count += brackets.length;
    start = end;
  }
  return first === undefined ? undefined : divided(theta12, first, count);
}

function divided(theta12: number, theta1: number, count: number): Boundary {
  const theta2 = theta12 - theta1;
  return { theta1, theta2, effectiveM: theta2 / theta1, angularMargin: theta12 - 2 * theta1, count };
}

/** target(theta_1) - cos(theta_2) on one piece of the target. */
function difference(target: Target, piece: Piece, theta12: number): DifferentiableFunction {
  const { lambda, competingDivisor } = target;
  const { a, b } = piece;
  const other = (t: number) => dd.divide(dd.twoSum(theta12, -t), competingDivisor);
  // Two cosines of theta_1 with one factor differ by a cosine of this amplitude, which may be near 0.
  const amplitude = 2 * Math.abs(Math.sin((theta12 + b) / 2)) + 2 ** -50;
  const isOne = a === 1 && competingDivisor === 1 && lambda === 0;
  const bound = (power: number) =>
    isOne ? amplitude : (lambda + a ** power) / (1 + lambda) + competingDivisor ** -power;
  return {
    at: (t) => aboveCosine(target, dd.doubleDouble(t), dd.twoSum(theta12, -t), piece).hi,
    derivative: (t) => pieceSlope(piece, t, lambda).hi - Math.sin(other(t).hi) / competingDivisor,
    bound: bound(1),
    secondBound: bound(2),
  };
}

/**
 * The value of the target, or of a piece of it, at theta_1 less cos(theta_2) (cos(theta_2 / m) for sphereface-r2), as
 * products of sines, so that nearly equal cosines are not subtracted.
 */
export function aboveCosine(
  { lambda, competingDivisor, pieces }: Target,
  theta1: dd.DoubleDouble,
  theta2: dd.DoubleDouble,
  { weight, a, b, offset, offsetLow = 0 }: Piece = pieces.piece(pieceIndex(pieces, theta1.hi)),
): dd.DoubleDouble {
  const turned = weight < 0 ? dd.halfPiTimes(2) : dd.doubleDouble(0);
  const phi = dd.divide(theta2, competingDivisor);
  const phase = dd.add(dd.add(dd.multiply(theta1, a), b), turned);
  const own = dd.add(cosineDifference(phase, phi), { hi: offset, lo: offsetLow });
  return dd.divide(dd.add(dd.multiply(cosineDifference(theta1, phi), lambda), own), dd.twoSum(1, lambda));
}

/** theta_1 of a boundary with the digits that its double lacks, by a Newton step. */
export function exactTheta1(target: Target, theta1: number, theta12: number): dd.DoubleDouble {
  const curve = difference(target, target.pieces.piece(pieceIndex(target.pieces, theta1)), theta12);
  const step = -curve.at(theta1) / curve.derivative(theta1);
  // Where both sides only touch there is no such step.
  return Math.abs(step) <= theta1 * 2 ** -52 ? dd.twoSum(theta1, step) : dd.doubleDouble(theta1);
}

/** cos(x) - cos(y) */
const cosineDifference = (x: dd.DoubleDouble, y: dd.DoubleDouble) =>
  dd.multiply(dd.multiply(sineOfHalf(dd.add(y, x)), sineOfHalf(dd.subtract(y, x))), 2);

const sineOfHalf = ({ hi, lo }: dd.DoubleDouble) => dd.sine(dd.reduce(1, hi / 2, lo / 2));
