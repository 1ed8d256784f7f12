/**
 * Double-double arithmetic: error-free sums and products, reduction of a*theta + b by multiples of pi/2, and sine and
 * cosine of the reduced angle as double-doubles, to about 2^-66. Sources: Dekker 1971 (twoProduct), Knuth TAOCP 2,
 * 4.2.2 (twoSum), Cody & Waite 1980 (reduction by a split constant).
 */
import { ParameterError } from "./errors.ts";

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

// pi/2 = HALF_PI_1 + HALF_PI_2 + HALF_PI_3 + HALF_PI_4: the first three have 31 bits,
// so that a whole number below 2^22 times one is exact.
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.07710049817245e-11;
const HALF_PI_3 = 8.333742909677158e-20;
const HALF_PI_4 = 8.843720566135701e-29;

/** For angles up to this one sin(a theta) rounds to a theta, and products of them may underflow. */
export const TINY_ANGLE = 2 ** -300;

// The rounding errors of twoSum and twoProduct alone, as numbers: the series below use
// these, since an object a step costs more than the step.

/** The rounding error of twoSum: a + b - sum, exactly, for sum the double nearest to a + b. */
export function sumError(a: number, b: number, sum: number): number {
  const bPart = sum - a;
  return a - (sum - bPart) + (b - bPart);
}

/** The upper 26 bits of x, for |x| < 2^996. */
function highHalf(x: number): number {
  const big = SPLITTER * x;
  return big - (big - x);
}

/**
 * The rounding error of twoProduct: a * b - product, exactly, for product the double
 * nearest to a * b, |a|, |b| < 2^996, |product| > 2^-969.
 */
export function productError(a: number, b: number, product: number): number {
  const aHi = highHalf(a);
  const bHi = highHalf(b);
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

// A double-double and a double-double or a double: product and quotient have a relative error of
// about 2^-102, a sum an error of 2^-104 of its larger term.

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

/** A number as a double-double. Throws ParameterError for what is neither. */
export function asDoubleDouble(y: DoubleDouble | number): DoubleDouble {
  if (typeof y === "number") return doubleDouble(y);
  if (typeof y?.hi === "number") return y;
  throw new ParameterError(`the value is a ${typeof y}: it must be a number or a double-double`);
}

export function divide(x: DoubleDouble, y: DoubleDouble | number): DoubleDouble {
  const d = typeof y === "number" ? doubleDouble(y) : y;
  const q = x.hi / d.hi;
  const rest = subtract(x, multiply(d, q));
  return twoSum(q, rest.hi / d.hi);
}

/** n * pi/2 for a whole number n below 2^30 in size. */
export const halfPiTimes = (n: number): DoubleDouble => multiply(HALF_PI, n);

/** The double nearest to (n pi/2 - b) / a: the theta at which a*theta + b is n pi/2. */
export const angleOfQuarter = (n: number, a = 1, b = 0): number => divide(subtract(halfPiTimes(n), b), a).hi;

/**
 * a*theta + b less the nearest multiple of pi/2, with an error of 2^-104 of this
 * difference or 2^-124; |a| <= 2^20, theta and b in [0, pi].
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
export const wholeQuarters = (phase: Phase): number => (phase.hi < 0 ? phase.quarter - 1 : phase.quarter);

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

/** The cosine of a phase, with an error of about 2^-66. */
export function cosine({ quarter, hi, lo }: Phase): DoubleDouble {
  const value = sumSeries(quarter & 1 ? SINE : COSINE, hi, lo);
  const sign = ((quarter + 1) & 3) > 1 ? -1 : 1;
  return { hi: sign * value.hi, lo: sign * value.lo };
}

/** The sine of a phase, with an error of about 2^-66. */
export const sine = ({ quarter, hi, lo }: Phase): DoubleDouble => cosine({ quarter: quarter - 1, hi, lo });

/** The cosine of a phase, with an error of about 2^-102; takes some thirty times as long as cosine. */
export function fullCosine({ quarter, hi, lo }: Phase): DoubleDouble {
  const x = { hi, lo };
  const square = multiply(x, x);
  let term = quarter & 1 ? x : doubleDouble(1);
  let sum = term;
  for (let n = 1 + (quarter & 1); Math.abs(term.hi) > 2 ** -110; n += 2) {
    term = negate(divide(multiply(term, square), n * (n + 1)));
    sum = add(sum, term);
  }
  return ((quarter + 1) & 3) > 1 ? negate(sum) : sum;
}

// Taylor series on [-pi/4, pi/4]: the first term left out is below 2^-67 of the result. Numbers
// are split in two: a high part of at most 26 bits, so that the product of two of them is exact,
// and a low part, so small that its rounding does not show.

/** first * (1 - second t + third t^2 - fourth t^3 + t^4 (tail[0] - tail[1] t + ...)) with t = x^2. */
interface PowerSeries {
  /** Is first 1, as for the cosine, or x? */
  readonly even: boolean;
  readonly second: number;
  readonly secondHigh: number;
  readonly secondLow: number;
  readonly thirdHigh: number;
  readonly thirdLow: number;
  /** Of so few bits that thirdHigh - n / 64 * fourthHigh has 26, for n from 0 to 40. */
  readonly fourthHigh: number;
  readonly fourthLow: number;
  readonly tail: readonly [number, number, number, number, number, number];
}

const COSINE: PowerSeries = {
  even: true,
  second: 1 / 2,
  secondHigh: 1 / 2,
  secondLow: 0,
  thirdHigh: 44739243 / 2 ** 30,
  thirdLow: -1 / 3 / 2 ** 30,
  fourthHigh: 23302 / 2 ** 24,
  fourthLow: -14 / 45 / 2 ** 24,
  tail: [1 / 40320, 1 / 3628800, 1 / 479001600, 1 / 87178291200, 1 / 20922789888000, 1 / 6402373705728000],
};

const SINE: PowerSeries = {
  even: false,
  second: 1 / 6,
  secondHigh: 44739243 / 2 ** 28,
  secondLow: -1 / 3 / 2 ** 28,
  thirdHigh: 35791394 / 2 ** 32,
  thirdLow: 2 / 15 / 2 ** 32,
  fourthHigh: 13315 / 2 ** 26,
  fourthLow: 79 / 315 / 2 ** 26,
  tail: [1 / 362880, 1 / 39916800, 1 / 6227020800, 1 / 1307674368000, 1 / 355687428096000, 1 / 121645100408832000],
};

/** Adding it to t in [0, 1] and taking it off again leaves the multiple of 1/64 nearest to t. */
const TO_64THS = 2 ** 46;

/**
 * The series at x + y, where |y| is at most half an ulp of x. The kernel
 * psi.as.ts has the same operations, in this order.
 */
function sumSeries(series: PowerSeries, x: number, y: number): DoubleDouble {
  const xHigh = highHalf(x);
  const xLow = x - xHigh + y;
  const tFront = xHigh * xHigh;
  const tHigh = highHalf(tFront);
  const tLow = tFront - tHigh + xLow * (x + xHigh);
  const t = tHigh + tLow;

  // first, first * t and first * t^2, each as high + low.
  const firstHigh = series.even ? 1 : xHigh;
  const firstLow = series.even ? 0 : xLow;
  const front1 = tHigh * firstHigh;
  const power1High = highHalf(front1);
  const power1Low = front1 - power1High + (tHigh * firstLow + tLow * (firstHigh + firstLow));
  const front2 = power1High * tHigh;
  const power2High = highHalf(front2);
  const power2Low = front2 - power2High + (power1High * tLow + power1Low * t);

  const second = power1High * series.secondHigh;
  const secondLow = power1Low * series.second + power1High * series.secondLow;

  // All terms from the third on are first * t^2 * (factor + factorLow): factor has the third coefficient and the fourth
  // times t to the nearest 1/64, exactly, and factorLow the small rest.
  const tSteps = t + TO_64THS - TO_64THS;
  const factor = series.thirdHigh - tSteps * series.fourthHigh;
  const c = series.tail;
  const tail = c[0] - t * (c[1] - t * (c[2] - t * (c[3] - t * (c[4] - t * c[5]))));
  const fourthLow = (tHigh - tSteps + tLow) * series.fourthHigh;
  const factorLow = series.thirdLow - (fourthLow + t * (series.fourthLow - t * tail));
  const third = power2High * factor;
  const thirdLow = power2Low * factor + (power2High + power2Low) * factorLow;

  const head = firstHigh - second;
  const sum = head + third;
  const low = sumError(head, third, sum) + (sumError(firstHigh, -second, head) + (firstLow - secondLow + thirdLow));
  const hi = sum + low;
  return { hi, lo: sumError(sum, low, hi) };
}
