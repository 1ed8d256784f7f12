/**
 * Double-double arithmetic: error-free sums and products, reduction of a*theta + b by multiples of pi/2, and sine and cosine of the
 * reduced angle as double-doubles, to about 2^-62.
 * Sources: Dekker 1971 (twoProduct), Knuth TAOCP 2, 4.2.2 (twoSum), Cody & Waite 1980 (reduction by a split constant).
 */

/** An unevaluated sum hi + lo, where hi is the double nearest to it. */
export interface DoubleDouble {
  readonly hi: number;
  readonly lo: number;
}

/** An angle quarter * pi/2 + hi + lo with |hi + lo| <= pi/4 (to rounding). */
export interface Phase extends DoubleDouble {
  readonly quarter: number;
}

const SPLITTER = 2 ** 27 + 1;
const TWO_OVER_PI = 2 / Math.PI;
const HALF_PI: DoubleDouble = { hi: Math.PI / 2, lo: 6.123233995736766e-17 };

// pi/2 = HALF_PI_1 + HALF_PI_2 + HALF_PI_3 + HALF_PI_4: the first three have 31 bits, so that a whole number below 2^22 times one
// is exact.
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.07710049817245e-11;
const HALF_PI_3 = 8.333742909677158e-20;
const HALF_PI_4 = 8.843720566135701e-29;

/** For angles up to this one sin(a theta) rounds to a theta, and products of them may underflow. */
export const TINY_ANGLE = 2 ** -300;

// The rounding errors of twoSum and twoProduct alone, as numbers: the series below use these, since an object a step costs more
// than the step.

/** The rounding error of twoSum: a + b - sum, exactly, for sum the double nearest to a + b. */
export function sumError(a: number, b: number, sum: number): number {
  const bPart = sum - a;
  return a - (sum - bPart) + (b - bPart);
}

/**
 * The rounding error of twoProduct: a * b - product, exactly, for product the double nearest to a * b, |a|, |b| < 2^996,
 * |product| > 2^-969.
 */
export function productError(a: number, b: number, product: number): number {
  const aBig = SPLITTER * a;
  const bBig = SPLITTER * b;
  const aHi = aBig - (aBig - a);
  const bHi = bBig - (bBig - b);
  const aLo = a - aHi;
  const bLo = b - bHi;
  return aLo * bLo - (product - aHi * bHi - aLo * bHi - aHi * bLo);
}

/** a + b, exactly (Knuth's Two-Sum). */
export function twoSum(a: number, b: number): DoubleDouble {
  const hi = a + b;
  return { hi, lo: sumError(a, b, hi) };
}

/** a * b, exactly (Dekker's Two-Product); domain as productError. */
export function twoProduct(a: number, b: number): DoubleDouble {
  const hi = a * b;
  return { hi, lo: productError(a, b, hi) };
}

export const doubleDouble = (hi: number): DoubleDouble => ({ hi, lo: 0 });

export const negate = ({ hi, lo }: DoubleDouble): DoubleDouble => ({ hi: -hi, lo: -lo });

// A double-double and a double-double or a double: product and quotient have a relative error of about 2^-102, a sum an error of
// 2^-104 of its larger term.

export function add(x: DoubleDouble, y: DoubleDouble | number): DoubleDouble {
  if (typeof y === "number") {
    const s = twoSum(x.hi, y);
    return twoSum(s.hi, s.lo + x.lo);
  }
  const high = twoSum(x.hi, y.hi);
  const low = twoSum(x.lo, y.lo);
  const sum = twoSum(high.hi, high.lo + low.hi);
  return twoSum(sum.hi, sum.lo + low.lo);
}

export function subtract(x: DoubleDouble, y: DoubleDouble | number): DoubleDouble {
  return add(x, typeof y === "number" ? -y : negate(y));
}

export function multiply(x: DoubleDouble, y: DoubleDouble | number): DoubleDouble {
  if (typeof y !== "number") return add(multiply(x, y.hi), x.hi * y.lo);
  const p = twoProduct(x.hi, y);
  return twoSum(p.hi, p.lo + x.lo * y);
}

export function divide(x: DoubleDouble, y: DoubleDouble | number): DoubleDouble {
  const d = typeof y === "number" ? doubleDouble(y) : y;
  const q = x.hi / d.hi;
  const rest = subtract(x, multiply(d, q));
  return twoSum(q, rest.hi / d.hi);
}

/** n * pi/2 for a whole number n below 2^30 in size. */
export function halfPiTimes(n: number): DoubleDouble {
  return multiply(HALF_PI, n);
}

/** The double nearest to (n pi/2 - b) / a: the theta at which a*theta + b is n pi/2. */
export function angleOfQuarter(n: number, a = 1, b = 0): number {
  return divide(subtract(halfPiTimes(n), b), a).hi;
}

/**
 * a*theta + b less the nearest multiple of pi/2, with an error of 2^-104 of this difference or 2^-124; |a| <= 2^20, theta and b
 * in [0, pi].
 */
export function reduce(a: number, theta: number, b = 0): Phase {
  const product = a * theta;
  const productLow = productError(a, theta, product);
  const x = product + b;
  const sumLow = sumError(product, b, x);
  const low = productLow + sumLow;
  const quarter = Math.round(x * TWO_OVER_PI);
  if (quarter === 0) return phaseFrom(0, x, low);
  const r0 = x - quarter * HALF_PI_1;
  const r1 = r0 - quarter * HALF_PI_2;
  const r2 = r1 + low;
  const r3 = r2 - quarter * HALF_PI_3;
  const errors =
    sumError(r0, -quarter * HALF_PI_2, r1) + sumError(r1, low, r2) + sumError(r2, -quarter * HALF_PI_3, r3);
  return phaseFrom(quarter, r3, errors + (sumError(productLow, sumLow, low) - quarter * HALF_PI_4));
}

function phaseFrom(quarter: number, a: number, b: number): Phase {
  const hi = a + b;
  return { quarter, hi, lo: sumError(a, b, hi) };
}

/** floor(angle / (pi/2)) of the angle that the phase stands for, exactly. */
export function wholeQuarters(phase: Phase): number {
  return phase.hi < 0 ? phase.quarter - 1 : phase.quarter;
}

/** The angle in [0, pi] with the same cosine as the phase. */
export function fold({ quarter, hi, lo }: Phase): Phase {
  const turn = quarter & 3;
  const flips = turn === 0 ? hi < 0 : turn === 3 || (turn === 2 && !(hi < 0));
  return { quarter: turn === 3 ? 1 : turn, hi: flips ? -hi : hi, lo: flips ? -lo : lo };
}

/** Is x < y? Exact for equal quarters, else to about 2^-104. NaN gives false. */
export function isBelow(x: Phase, y: Phase): boolean {
  if (x.quarter === y.quarter) return x.hi < y.hi || (x.hi === y.hi && x.lo < y.lo);
  const d = twoSum((x.quarter - y.quarter) * HALF_PI.hi, x.hi);
  const e = twoSum(d.hi, -y.hi);
  return e.hi + (e.lo + d.lo + (x.lo - y.lo) + (x.quarter - y.quarter) * HALF_PI.lo) < 0;
}

/** The cosine of a phase, with an error of about 2^-62. */
export function cosine({ quarter, hi, lo }: Phase): DoubleDouble {
  const value = quarter & 1 ? sineNearZero(hi, lo) : cosineNearZero(hi, lo);
  const sign = ((quarter + 1) & 3) > 1 ? -1 : 1;
  return { hi: sign * value.hi, lo: sign * value.lo };
}

/** The sine of a phase, with an error of about 2^-62. */
export function sine({ quarter, hi, lo }: Phase): DoubleDouble {
  return cosine({ quarter: quarter - 1, hi, lo });
}

// Taylor series of x + y, |x| <= pi/4: the first term left out is below 2^-64 of the result. The first three terms are
// double-doubles, the sum of the later ones (tail) is a double, as its rounding error is below 2^-62.

const ONE_6TH: DoubleDouble = { hi: 1 / 6, lo: 9.25185853854297e-18 };
const ONE_24TH: DoubleDouble = { hi: 1 / 24, lo: 2.3129646346357427e-18 };
const ONE_120TH: DoubleDouble = { hi: 1 / 120, lo: 1.1564823173178714e-19 };

function sineNearZero(x: number, y: number): DoubleDouble {
  const t = x * x;
  const tLow = productError(x, x, t);
  const cube = t * x;
  const cubeLow = productError(t, x, cube) + tLow * x;
  const third = cube * ONE_6TH.hi;
  const thirdLow = productError(cube, ONE_6TH.hi, third) + cubeLow * ONE_6TH.hi + cube * ONE_6TH.lo;
  const power = cube * t;
  const powerLow = productError(cube, t, power) + cubeLow * t + cube * tLow;
  const fifth = power * ONE_120TH.hi;
  const fifthLow = productError(power, ONE_120TH.hi, fifth) + powerLow * ONE_120TH.hi + power * ONE_120TH.lo;
  const far = 1 / 6227020800 - t * (1 / 1307674368000 - t / 355687428096000);
  const tail = power * t * (1 / 5040 - t * (1 / 362880 - t * (1 / 39916800 - t * far)));
  const head = x - third;
  const sum = head + fifth;
  const low =
    sumError(head, fifth, sum) +
    (sumError(x, -third, head) + fifthLow - thirdLow + y * (1 - t / 2 + (t * t) / 24) - tail);
  const hi = sum + low;
  return { hi, lo: sumError(sum, low, hi) };
}

function cosineNearZero(x: number, y: number): DoubleDouble {
  const t = x * x;
  const tLow = productError(x, x, t);
  const square = t * t;
  const squareLow = productError(t, t, square) + 2 * t * tLow;
  const fourth = square * ONE_24TH.hi;
  const fourthLow = productError(square, ONE_24TH.hi, fourth) + squareLow * ONE_24TH.hi + square * ONE_24TH.lo;
  const far = 1 / 87178291200 - t * (1 / 20922789888000 - t / 6402373705728000);
  const tail = square * t * (1 / 720 - t * (1 / 40320 - t * (1 / 3628800 - t * (1 / 479001600 - t * far))));
  const head = 1 - t / 2;
  const sum = head + fourth;
  const low =
    sumError(head, fourth, sum) +
    (sumError(1, -t / 2, head) + fourthLow - tLow / 2 - x * y * (1 - t / 6 + (t * t) / 120) - tail);
  const hi = sum + low;
  return { hi, lo: sumError(sum, low, hi) };
}
