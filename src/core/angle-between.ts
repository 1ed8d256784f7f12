import { type DoubleDouble, productError, sumError, twoProduct } from "./double-double.ts";
import { ParameterError } from "./errors.ts";

/**
 * The Euclidean length of v as a double-double, with a relative error below 1e-28 for a thousand components: the
 * squares and their sum are double-doubles, scaled by a power of two against overflow. A component that is NaN or
 * infinite gives NaN; a length beyond the largest double gives Infinity.
 */
export function lengthOf(v: ArrayLike<number>): DoubleDouble {
  let top = 0;
  for (let i = 0; i < v.length; i++) top = Math.max(top, Math.abs(v[i]!));
  const scale = scaleOf(top);
  let hi = 0;
  let lo = 0;
  for (let i = 0; i < v.length; i++) {
    const x = v[i]! * scale;
    const square = x * x;
    const sum = hi + square;
    lo += sumError(hi, square, sum) + productError(x, x, square);
    hi = sum;
  }
  const root = Math.sqrt(hi + lo);
  const square = twoProduct(root, root);
  const rest = root === 0 ? 0 : (hi - square.hi - square.lo + lo) / (2 * root);
  return { hi: root / scale, lo: rest / scale };
}

/**
 * The angle between two vectors of one dimension, in radians, in [0, pi]: 2 atan2(|u - v|, |u + v|) with u = a |b| and
 * v = b |a| (Kahan, "How Futile are Mindless Assessments of Roundoff", section 12). u - v is computed from exact
 * products and double-double lengths, so that small angles keep their digits: the error is below 4 ulp + 1e-28, for
 * lengths above 1e-290. A length of 0, infinite or NaN gives NaN. lengthA and lengthB are the lengths of a and b, for a
 * caller that knows them. Throws ParameterError for vectors of different dimensions.
 * @example
 * angleBetween([1, 0], [0, 2]); // Math.PI / 2
 */
export function angleBetween(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  lengthA = lengthOf(a),
  lengthB = lengthOf(b),
): number {
  if (a.length !== b.length)
    throw new ParameterError(`the vectors have ${a.length} and ${b.length} components: they must have as many`);
  // An infinite length, or NaN, makes NaN of all that follows.
  if (!(lengthA.hi > 0 && lengthB.hi > 0)) return Number.NaN;
  const scaleA = scaleOf(lengthA.hi);
  const scaleB = scaleOf(lengthB.hi);
  const [normA, normALow] = [lengthA.hi * scaleA, lengthA.lo * scaleA];
  const [normB, normBLow] = [lengthB.hi * scaleB, lengthB.lo * scaleB];
  let [apart, apartLow, along, alongLow] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const x = a[i]! * scaleA;
    const y = b[i]! * scaleB;
    const u = x * normB;
    const v = y * normA;
    const low = productError(x, normB, u) - productError(y, normA, v);
    const minus = u - v + (low + (x * normBLow - y * normALow));
    const plus = u + v;
    const s = apart + minus * minus;
    const t = along + plus * plus;
    apartLow += sumError(apart, minus * minus, s);
    alongLow += sumError(along, plus * plus, t);
    apart = s;
    along = t;
  }
  return 2 * Math.atan2(Math.sqrt(apart + apartLow), Math.sqrt(along + alongLow));
}

/**
 * The power of two that scales x > 0 to about 1, or the largest one, 2^1022, for an x so small that it would overflow.
 */
const scaleOf = (x: number) => 2 ** Math.min(1022, -Math.floor(Math.log2(x)));
