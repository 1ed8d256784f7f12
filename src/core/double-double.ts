/**
 * Exact arithmetic on doubles: error-free sums and products, reduction of a*theta + b by pi/2, and sine and cosine
 * of what remains, good to about 2^-64 before the one rounding at the end.
 * Sources: Dekker 1971 (product), Knuth TAOCP 2, 4.2.2 (sum), Cody & Waite 1980 (reduction by a split constant).
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

// pi/2 in three pieces of 31 bits, so that a whole number below 2^22 times a piece is exact, and the rest.
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.07710049817245e-11;
const HALF_PI_3 = 8.333742909677158e-20;
const HALF_PI_4 = 8.843720566135701e-29;

/** From here down to 0, sin(a theta) is a theta to the last bit, and a theta may underflow. */
export const TINY_ANGLE = 2 ** -300;

// Errors of single operations, as numbers: the kernels below use them bare, since a pair a step costs more than the step.

/** What rounding left out of sum = a + b, exactly. */
export function sumError(a: number, b: number, sum: number): number {
  const bPart = sum - a;
  return a - (sum - bPart) + (b - bPart);
}

/** What rounding left out of product = a * b, exactly, for |a|, |b| < 2^996 and a product above 2^-969. */
export function productError(a: number, b: number, product: number): number {
  const aBig = SPLITTER * a;
  const bBig = SPLITTER * b;
  const aHi = aBig - (aBig - a);
  const bHi = bBig - (bBig - b);
  const aLo = a - aHi;
  const bLo = b - bHi;
  return aLo * bLo - (product - aHi * bHi - aLo * bHi - aHi * bLo);
}

/** a + b without error. */
export function twoSum(a: number, b: number): DoubleDouble {
  const hi = a + b;
  return { hi, lo: sumError(a, b, hi) };
}

/** a * b without error; domain as productError. */
export function twoProduct(a: number, b: number): DoubleDouble {
  const hi = a * b;
  return { hi, lo: productError(a, b, hi) };
}

export const doubleDouble = (hi: number): DoubleDouble => ({ hi, lo: 0 });

export const negate = ({ hi, lo }: DoubleDouble): DoubleDouble => ({ hi: -hi, lo: -lo });

// Of a pair and a pair or a double: each to about 2^-102 of the result, a sum to 2^-104 of its larger part.

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

/** The double nearest to (n pi/2 - b) / a: the angle at which a*theta + b has turned by n quarters. */
export function angleOfQuarter(n: number, a = 1, b = 0): number {
  return divide(subtract(halfPiTimes(n), b), a).hi;
}

/** a*theta + b reduced by the nearest multiple of pi/2, to 2^-104 of what remains or 2^-124; |a| <= 2^20, theta and b in [0, pi]. */
export function reduce(a: number, theta: number, b = 0): Phase {
  const product = a * theta;
  const productLow = productError(a, theta, product);
  const x = product + b;
  const sumLow = sumError(product, b, x);
  const low = productLow + sumLow;
  const quarter = Math.round(x * TWO_OVER_PI);
  if (quarter === 0) return phaseOf(0, x, low);
  const r0 = x - quarter * HALF_PI_1;
  const r1 = r0 - quarter * HALF_PI_2;
  const r2 = r1 + low;
  const r3 = r2 - quarter * HALF_PI_3;
  const errors =
    sumError(r0, -quarter * HALF_PI_2, r1) + sumError(r1, low, r2) + sumError(r2, -quarter * HALF_PI_3, r3);
  return phaseOf(quarter, r3, errors + (sumError(productLow, sumLow, low) - quarter * HALF_PI_4));
}

function phaseOf(quarter: number, a: number, b: number): Phase {
  const hi = a + b;
  return { quarter, hi, lo: sumError(a, b, hi) };
}

/** floor(angle / (pi/2)), exactly. */
export function wholeQuarters(phase: Phase): number {
  return phase.hi < 0 ? phase.quarter - 1 : phase.quarter;
}

/** The angle in [0, pi] with the same cosine. */
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

/** Cosine of a phase as a pair, to about 2^-64. */
export function cosine({ quarter, hi, lo }: Phase): DoubleDouble {
  const value = quarter & 1 ? sineNearZero(hi, lo) : cosineNearZero(hi, lo);
  const sign = ((quarter + 1) & 3) > 1 ? -1 : 1;
  return { hi: sign * value.hi, lo: sign * value.lo };
}

/** Sine of a phase as a pair, to about 2^-64. */
export function sine({ quarter, hi, lo }: Phase): DoubleDouble {
  return cosine({ quarter: quarter - 1, hi, lo });
}

// Taylor series: on [-pi/4, pi/4] the first term left out is below 2^-72 of the result. The terms down to x^5 and x^6
// are pairs; the tail is so small that its own rounding stays below 2^-65.

const ONE_6TH: DoubleDouble = { hi: 1 / 6, lo: 9.25185853854297e-18 };
const ONE_24TH: DoubleDouble = { hi: 1 / 24, lo: 2.3129646346357427e-18 };
const ONE_120TH: DoubleDouble = { hi: 1 / 120, lo: 1.1564823173178714e-19 };
const ONE_720TH: DoubleDouble = { hi: 1 / 720, lo: -5.300543954373577e-20 };

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
  const far = 1 / 6227020800 - t * (1 / 1307674368000 - t * (1 / 355687428096000 - t / 121645100408832000));
  const tail = power * t * (1 / 5040 - t * (1 / 362880 - t * (1 / 39916800 - t * far)));
  const head = x - third;
  const sum = head + fifth;
  const low =
    sumError(head, fifth, sum) +
    (sumError(x, -third, head) + fifthLow - thirdLow + y * (1 - t * (1 / 2 - t * (1 / 24 - t / 720))) - tail);
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
  const power = square * t;
  const powerLow = productError(square, t, power) + squareLow * t + square * tLow;
  const sixth = power * ONE_720TH.hi;
  const sixthLow = productError(power, ONE_720TH.hi, sixth) + powerLow * ONE_720TH.hi + power * ONE_720TH.lo;
  const far = 1 / 87178291200 - t * (1 / 20922789888000 - t * (1 / 6402373705728000 - t / 2432902008176640000));
  const tail = power * t * (1 / 40320 - t * (1 / 3628800 - t * (1 / 479001600 - t * far)));
  const head = 1 - t / 2;
  const near = head + fourth;
  const sum = near - sixth;
  const low =
    sumError(1, -t / 2, head) +
    sumError(head, fourth, near) +
    sumError(near, -sixth, sum) +
    (fourthLow - tLow / 2 - sixthLow - x * y * (1 - t * (1 / 6 - t * (1 / 120 - t / 5040))) + tail);
  const hi = sum + low;
  return { hi, lo: sumError(sum, low, hi) };
}
