/**
 * Double-double arithmetic: error-free sums and products, reduction of a*theta + b by multiples of pi/2, and sine and cosine of the
 * reduced angle as double-doubles, to about 2^-64.
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

/** The cosine of a phase, with an error of about 2^-64. */
export function cosine({ quarter, hi, lo }: Phase): DoubleDouble {
  const value = quarter & 1 ? seriesOf(hi, lo, hi, 1, SINE) : seriesOf(hi, lo, 1, -hi, COSINE);
  const sign = ((quarter + 1) & 3) > 1 ? -1 : 1;
  return { hi: sign * value.hi, lo: sign * value.lo };
}

/** The sine of a phase, with an error of about 2^-64. */
export function sine({ quarter, hi, lo }: Phase): DoubleDouble {
  return cosine({ quarter: quarter - 1, hi, lo });
}

// Taylor series of x + y, |x| <= pi/4: the first term left out is below 2^-68 of the result. The first four terms are
// double-doubles, the sum of the later ones (tail) is a double, as its rounding error is below 2^-64. src/kernels/psi.as.ts has the
// same operations in the same order: results have the same bits.

/** Coefficients of a series in x^2 behind its first term, and of its derivative. */
interface PowerSeries {
  readonly second: DoubleDouble;
  readonly third: DoubleDouble;
  readonly fourth: DoubleDouble;
  readonly tail: readonly [number, number, number, number, number, number];
  readonly slope: readonly [number, number, number];
}

const COSINE: PowerSeries = {
  second: { hi: 1 / 2, lo: 0 },
  third: { hi: 1 / 24, lo: 2.3129646346357427e-18 },
  fourth: { hi: 1 / 720, lo: -5.300543954373577e-20 },
  tail: [1 / 40320, 1 / 3628800, 1 / 479001600, 1 / 87178291200, 1 / 20922789888000, 1 / 6402373705728000],
  slope: [1 / 6, 1 / 120, 1 / 5040],
};
const SINE: PowerSeries = {
  second: { hi: 1 / 6, lo: 9.25185853854297e-18 },
  third: { hi: 1 / 120, lo: 1.1564823173178714e-19 },
  fourth: { hi: 1 / 5040, lo: 1.7209558293420705e-22 },
  tail: [1 / 362880, 1 / 39916800, 1 / 6227020800, 1 / 1307674368000, 1 / 355687428096000, 1 / 121645100408832000],
  slope: [1 / 2, 1 / 24, 1 / 720],
};

/** The cosine (first = 1, turn = -x) or the sine (first = x, turn = 1) of x + y. */
function seriesOf(
  x: number,
  y: number,
  first: number,
  turn: number,
  { second, third, fourth, tail, slope }: PowerSeries,
) {
  const t = x * x;
  const tLow = productError(x, x, t);
  const power1 = t * first;
  const power1Low = productError(t, first, power1) + tLow * first;
  const term2 = power1 * second.hi;
  const term2Low = productError(power1, second.hi, term2) + power1Low * second.hi + power1 * second.lo;
  const power2 = power1 * t;
  const power2Low = productError(power1, t, power2) + power1Low * t + power1 * tLow;
  const term3 = power2 * third.hi;
  const term3Low = productError(power2, third.hi, term3) + power2Low * third.hi + power2 * third.lo;
  const power3 = power2 * t;
  const power3Low = productError(power2, t, power3) + power2Low * t + power2 * tLow;
  const term4 = power3 * fourth.hi;
  const term4Low = productError(power3, fourth.hi, term4) + power3Low * fourth.hi + power3 * fourth.lo;
  const far = tail[3] - t * (tail[4] - t * tail[5]);
  const rest = power3 * t * (tail[0] - t * (tail[1] - t * (tail[2] - t * far)));
  const bend = y * turn * (1 - t * (slope[0] - t * (slope[1] - t * slope[2])));
  const head = first - term2;
  const near = head + term3;
  const sum = near - term4;
  // Each sum is of a larger number and a smaller one, whose error two operations give.
  const errors = first - head - term2 + (head - near + term3) + (near - sum - term4);
  const low = errors + (term3Low - term2Low - term4Low + bend + rest);
  const hi = sum + low;
  return { hi, lo: sum - hi + low };
}
