// psi of src/core/psi.ts and the columns shown beside it, and the margins of src/core/margin.ts, in
// AssemblyScript: two angles at a time, one in each lane of a v128. Every result has the bits of src/core: the
// operations are those of double-double.ts, in its order, but that the error of a sum whose larger part is known
// is found in two operations, and that zeros are added where core has none. The coefficients of the series, cosine
// or sine, are loaded by the quarter of each lane, without a branch.

import { leastAngle } from "./samples";

// Constants are loaded: V8 would put each together anew from immediate numbers.
const SPLITTER = memory.data<f64>([134217729]);
const TWO_OVER_PI = memory.data<f64>([2 / Math.PI]);
const HALF_PI_1 = memory.data<f64>([1.5707963267341256]);
const HALF_PI_2 = memory.data<f64>([6.07710049817245e-11]);
const HALF_PI_3 = memory.data<f64>([8.333742909677158e-20]);
const HALF_PI_4 = memory.data<f64>([8.843720566135701e-29]);
const PI = memory.data<f64>([Math.PI]);
const ONE = memory.data<f64>([1]);
const HALF = memory.data<f64>([0.5]);
const ZERO = memory.data<f64>([0]);
const BELOW_HALF = memory.data<f64>([0.49999999999999994]);
const TWO_TO_52 = memory.data<f64>([4503599627370496]);
const TO_64THS = memory.data<f64>([70368744177664]);
const TINY_ANGLE = memory.data<f64>([4.909093465297727e-91]);

// The fields of COSINE, for even quarters, and of SINE, for odd ones.
const IS_COSINE = memory.data<f64>([1, 0]);
const IS_SINE = memory.data<f64>([0, 1]);
const SECOND = memory.data<f64>([1.0 / 2, 1.0 / 6]);
const SECOND_HIGH = memory.data<f64>([1.0 / 2, 44739243.0 / 268435456]);
const SECOND_LOW = memory.data<f64>([0, -1.0 / 3 / 268435456]);
const THIRD_HIGH = memory.data<f64>([44739243.0 / 1073741824, 35791394.0 / 4294967296]);
const THIRD_LOW = memory.data<f64>([-1.0 / 3 / 1073741824, 2.0 / 15 / 4294967296]);
const FOURTH_HIGH = memory.data<f64>([23302.0 / 16777216, 13315.0 / 67108864]);
const FOURTH_LOW = memory.data<f64>([-14.0 / 45 / 16777216, 79.0 / 315 / 67108864]);
const TAIL_0 = memory.data<f64>([1.0 / 40320, 1.0 / 362880]);
const TAIL_1 = memory.data<f64>([1.0 / 3628800, 1.0 / 39916800]);
const TAIL_2 = memory.data<f64>([1.0 / 479001600, 1.0 / 6227020800]);
const TAIL_3 = memory.data<f64>([1.0 / 87178291200, 1.0 / 1307674368000]);
const TAIL_4 = memory.data<f64>([1.0 / 20922789888000, 1.0 / 355687428096000]);
const TAIL_5 = memory.data<f64>([1.0 / 6402373705728000, 1.0 / 121645100408832000]);

/**
 * What psiValues of core gives for m and each of count angles, in columns of doubles at the addresses given; 0: not
 * wanted. m in [1, 2^20]. An angle outside [0, pi], NaN too, gives NaN in every column.
 */
export function psiColumns(
  m: f64,
  thetas: usize,
  count: i32,
  k: usize,
  psi: usize,
  dpsiDtheta: usize,
  dpsiDcos: usize,
  cosMTheta: usize,
  cosTheta: usize,
): void {
  const margin = f64x2.splat(m);
  for (let left = count; left > 0; left -= 2, thetas += 16) {
    const single = left == 1;
    const given = single ? v128.load64_splat(thetas) : v128.load(thetas);
    const isAngle = v128.and(f64x2.ge(given, f64x2.splat(0)), f64x2.le(given, constant(PI)));
    // All bits set are NaN.
    const theta = v128.or(given, v128.not(isAngle));
    let slope = theta;
    let slopeLow = theta;
    if ((k | psi | dpsiDtheta | dpsiDcos | cosMTheta) != 0) {
      reduce(margin, theta);
      const quarters = toIntegers(quarter);
      const whole = sub(quarter, v128.and(f64x2.lt(angle, f64x2.splat(0)), constant(ONE)));
      const segment = f64x2.floor(mul(whole, constant(HALF)));
      k = put(k, segment, single);
      if ((psi | cosMTheta) != 0) {
        const cos = cosine(quarters);
        cosMTheta = put(cosMTheta, cos, single);
        const sign = i64x2.shl(toIntegers(segment), 63);
        const own = v128.xor(cos, sign);
        const drop = f64x2.neg(add(segment, segment));
        const sum = add(own, drop);
        psi = put(psi, add(sum, add(sumErrors(own, drop, sum), v128.xor(cosineLow, sign))), single);
      }
      if ((dpsiDtheta | dpsiDcos) != 0) {
        const sin = cosine(quarterLess(quarters));
        const size = f64x2.abs(sin);
        const sizeLow = v128.xor(cosineLow, v128.xor(sin, size));
        const product = mul(size, margin);
        const error = add(productErrors(size, margin, product), mul(sizeLow, margin));
        slope = add(product, error);
        slopeLow = add(sub(product, slope), error);
        dpsiDtheta = put(dpsiDtheta, f64x2.neg(slope), single);
      }
    }
    if ((dpsiDcos | cosTheta) != 0) {
      reduce(constant(ONE), theta);
      const quarters = toIntegers(quarter);
      if (cosTheta != 0) cosTheta = put(cosTheta, cosine(quarters), single);
      if (dpsiDcos != 0) {
        const sin = cosine(quarterLess(quarters));
        const isTiny = f64x2.lt(theta, constant(TINY_ANGLE));
        const ratio = divide(slope, slopeLow, sin, cosineLow);
        dpsiDcos = put(dpsiDcos, v128.bitselect(mul(margin, margin), ratio, isTiny), single);
      }
    }
  }
}

/** cos(theta), within 0.51 ulp, for each of count angles; NaN outside [0, pi]. */
export function cosines(thetas: usize, count: i32, out: usize): void {
  psiColumns(1, thetas, count, 0, 0, 0, 0, 0, out);
}

/**
 * What marginOf of core gives for count samples, each of the angles to all classes, in [0, pi], with
 * the place of its own class among them; m in [1, 2^20]. Writes columns of count doubles to out: which
 * conditions hold (1: naive, 2: angular, 4: psi), the place of the nearest other class, the angle to
 * it, the effective margin, the margin gap, the cosine gap.
 */
export function marginColumns(m: f64, angles: usize, classes: i32, places: usize, count: i32, out: usize): void {
  const column = <usize>count << 3;
  const factor = lanes(m, 1);
  for (let i = 0; i < count; i++, places += 4, out += 8, angles += <usize>classes << 3) {
    const own = angles + (<usize>load<i32>(places) << 3);
    const thetaY = load<f64>(own);
    store<f64>(own, NaN);
    const place = leastAngle(angles, classes);
    store<f64>(own, thetaY);
    const thetaJ = load<f64>(angles + (<usize>place << 3));
    const gap = marginGap(m, thetaY, thetaJ);
    // Multiplying both of two tiny angles changes no condition.
    const isTiny = thetaY < TINY && thetaJ < TINY;
    if (isTiny) {
      reduce(factor, lanes(thetaY * UP, thetaJ * UP));
    } else {
      reduce(factor, lanes(thetaY, thetaJ));
    }
    const isNaive = isFirstBelow();
    const holds = (isNaive ? 1 : 0) + (gap > 0 ? 2 : 0) + (isNaive && wholeQuarters() < 2 ? 4 : 0);
    if (isTiny) reduce(factor, lanes(thetaY, thetaJ));
    let at = out;
    store<f64>(at, <f64>holds);
    store<f64>((at += column), <f64>place);
    store<f64>((at += column), thetaJ);
    store<f64>((at += column), thetaY == thetaJ ? 1 : thetaJ / (thetaY + 0));
    store<f64>((at += column), gap);
    store<f64>(at + column, cosineGap(m, thetaY, thetaJ, gap));
  }
}

// 2^512 and 2^-600, as in src/core/margin.ts.
const UP: f64 = 1.3407807929942597e154;
const TINY: f64 = 2.409919865102884e-181;

/** theta_j - m theta_y, rounded once; its sign is exact. */
function marginGap(m: f64, thetaY: f64, thetaJ: f64): f64 {
  const product = m * (thetaY * UP);
  const rest = thetaJ * UP - product;
  const error = f64x2.extract_lane(sumErrors(lanes(-product, 0), lanes(thetaJ * UP, 0), lanes(rest, 0)), 0);
  const low = f64x2.extract_lane(productErrors(lanes(m, 0), lanes(thetaY * UP, 0), lanes(product, 0)), 0);
  const scaled = rest + (error - low);
  return withSign(scaled / UP, scaled);
}

function withSign(x: f64, sign: f64): f64 {
  return x != 0 || sign == 0 ? x : sign < 0 ? -5e-324 : 5e-324;
}

/** psi(theta_y) - cos(theta_j), after reduce of m theta_y in the first lane, as cosineGap of core has it. */
function cosineGap(m: f64, thetaY: f64, thetaJ: f64, gap: f64): f64 {
  const k = Math.floor(wholeQuarters() / 2);
  const half = f64x2.splat(thetaJ / 2);
  if (k == 0) {
    reduceSum(lanes(m / 2, -m / 2), f64x2.splat(thetaY), half);
    // One turn more makes no whole number negative.
    const sines = cosine(quarterLess(toIntegers(add(quarter, f64x2.splat(4)))));
    return withSign(2 * f64x2.extract_lane(sines, 0) * f64x2.extract_lane(sines, 1), gap);
  }
  const own = f64x2.extract_lane(quarter, 0) - 2 * k;
  // 1 - cos(x) is 2 sin(x/2)^2 for a small x.
  const share: f64 = own == 0 ? 0.5 : 1;
  const high = f64x2.extract_lane(angle, 0) * share;
  const low = f64x2.extract_lane(angleLow, 0) * share;
  reduce(constant(ONE), half);
  quarter = f64x2.replace_lane(quarter, 0, own == 0 ? 3 : own);
  angle = f64x2.replace_lane(angle, 0, high);
  angleLow = f64x2.replace_lane(angleLow, 0, low);
  const both = cosine(toIntegers(quarter));
  const a = f64x2.extract_lane(both, 0);
  const b = f64x2.extract_lane(both, 1);
  return -((own == 0 ? 2 * a * a : 1 - a) + 2 * (k - 1) + 2 * b * b);
}

/** floor of the angle in the first lane over pi/2. */
function wholeQuarters(): f64 {
  return f64x2.extract_lane(quarter, 0) - (f64x2.extract_lane(angle, 0) < 0 ? 1 : 0);
}

// The last results of fold.
let foldedQuarter: f64 = 0;
let foldedHigh: f64 = 0;
let foldedLow: f64 = 0;

/** The angle in [0, pi] with the same cosine, as fold of core has it. */
function fold(quarter: f64, high: f64, low: f64): void {
  const turn = <i32>quarter & 3;
  const flips = turn == 0 ? high < 0 : turn == 3 || (turn == 2 && !(high < 0));
  foldedQuarter = turn == 3 ? 1 : turn;
  foldedHigh = flips ? -high : high;
  foldedLow = flips ? -low : low;
}

/** Is the folded angle in the first lane below that in the second? As isBelow of core has it. */
function isFirstBelow(): bool {
  fold(f64x2.extract_lane(quarter, 0), f64x2.extract_lane(angle, 0), f64x2.extract_lane(angleLow, 0));
  const high = foldedHigh;
  const low = foldedLow;
  const first = foldedQuarter;
  fold(f64x2.extract_lane(quarter, 1), f64x2.extract_lane(angle, 1), f64x2.extract_lane(angleLow, 1));
  if (first == foldedQuarter) return high < foldedHigh || (high == foldedHigh && low < foldedLow);
  const turns = (first - foldedQuarter) * 1.5707963267948966;
  const d = turns + high;
  const e = d - foldedHigh;
  const errors = sumErrors(lanes(turns, d), lanes(high, -foldedHigh), lanes(d, e));
  const dLow = f64x2.extract_lane(errors, 0);
  const eLow = f64x2.extract_lane(errors, 1);
  return e + (eLow + dLow + (low - foldedLow) + (first - foldedQuarter) * 6.123233995736766e-17) < 0;
}

@inline
function lanes(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

/** Stores two values, or the first alone, in a column unless its address is 0; gives the address of the next. */
@inline
function put(column: usize, values: v128, single: bool): usize {
  if (column == 0) return 0;
  if (single) v128.store64_lane(column, values, 0);
  else v128.store(column, values);
  return column + 16;
}

// The last results of reduce.
let quarter = f64x2.splat(0);
let angle = f64x2.splat(0);
let angleLow = f64x2.splat(0);

/** Makes factor * theta into quarter * pi/2 + angle + angleLow, as reduce of core does. */
@inline
function reduce(factor: v128, theta: v128): void {
  // -0 becomes 0.
  const x = add(mul(factor, theta), constant(ZERO));
  // Math.round, for numbers from 0 to 2^51; adding 1/2 itself would make the double below it 1.
  quarter = f64x2.floor(add(mul(x, constant(TWO_OVER_PI)), constant(BELOW_HALF)));
  lessQuarters(x, productErrors(factor, theta, x), constant(ZERO));
}

/** The same of factor * theta + b, which may be negative. */
function reduceSum(factor: v128, theta: v128, b: v128): void {
  const product = mul(factor, theta);
  const productLow = productErrors(factor, theta, product);
  const x = add(product, b);
  const sumLow = sumErrors(product, b, x);
  const low = add(productLow, sumLow);
  const half = v128.bitselect(constant(HALF), constant(BELOW_HALF), f64x2.lt(x, constant(ZERO)));
  quarter = f64x2.floor(add(mul(x, constant(TWO_OVER_PI)), half));
  const isNear = f64x2.eq(quarter, constant(ZERO));
  lessQuarters(x, low, v128.andnot(sumErrors(productLow, sumLow, low), isNear));
}

/** Leaves x + low + lower less quarter * pi/2 in angle and angleLow. */
@inline
function lessQuarters(x: v128, low: v128, lower: v128): void {
  const part2 = f64x2.neg(mul(quarter, constant(HALF_PI_2)));
  const part3 = f64x2.neg(mul(quarter, constant(HALF_PI_3)));
  const r0 = sub(x, mul(quarter, constant(HALF_PI_1)));
  const r1 = add(r0, part2);
  const r2 = add(r1, low);
  const r3 = add(r2, part3);
  const errors = add(add(sumErrors(r0, part2, r1), sumErrors(r1, low, r2)), sumErrors(r2, part3, r3));
  const rest = add(errors, sub(lower, mul(quarter, constant(HALF_PI_4))));
  angle = add(r3, rest);
  angleLow = sumErrors(r3, rest, angle);
}

// What the last result of cosine leaves out.
let cosineLow = f64x2.splat(0);

/**
 * cos(quarters * pi/2 + angle + angleLow) as cosine of core has it; of a
 * quarter less, the sine. Leaves the rest in cosineLow.
 */
function cosine(quarters: v128): v128 {
  const a = (<usize>i64x2.extract_lane(quarters, 0) & 1) << 3;
  const b = (<usize>i64x2.extract_lane(quarters, 1) & 1) << 3;
  const isSine = coefficients(IS_SINE, a, b);
  const x = angle;
  const xHigh = highHalf(x);
  const xLow = add(sub(x, xHigh), angleLow);
  const tFront = mul(xHigh, xHigh);
  const tHigh = highHalf(tFront);
  const tLow = add(sub(tFront, tHigh), mul(xLow, add(x, xHigh)));
  const t = add(tHigh, tLow);

  const firstHigh = add(coefficients(IS_COSINE, a, b), mul(xHigh, isSine));
  const firstLow = mul(xLow, isSine);
  const front1 = mul(tHigh, firstHigh);
  const power1High = highHalf(front1);
  const power1Rest = add(mul(tHigh, firstLow), mul(tLow, add(firstHigh, firstLow)));
  const power1Low = add(sub(front1, power1High), power1Rest);
  const front2 = mul(power1High, tHigh);
  const power2High = highHalf(front2);
  const power2Low = add(sub(front2, power2High), add(mul(power1High, tLow), mul(power1Low, t)));

  const second = mul(power1High, coefficients(SECOND_HIGH, a, b));
  const secondRest = mul(power1High, coefficients(SECOND_LOW, a, b));
  const secondLow = add(mul(power1Low, coefficients(SECOND, a, b)), secondRest);

  const tSteps = sub(add(t, constant(TO_64THS)), constant(TO_64THS));
  const fourthHigh = coefficients(FOURTH_HIGH, a, b);
  const factor = sub(coefficients(THIRD_HIGH, a, b), mul(tSteps, fourthHigh));
  let tail = sub(coefficients(TAIL_4, a, b), mul(t, coefficients(TAIL_5, a, b)));
  tail = sub(coefficients(TAIL_3, a, b), mul(t, tail));
  tail = sub(coefficients(TAIL_2, a, b), mul(t, tail));
  tail = sub(coefficients(TAIL_1, a, b), mul(t, tail));
  tail = sub(coefficients(TAIL_0, a, b), mul(t, tail));
  const tailLow = mul(t, sub(coefficients(FOURTH_LOW, a, b), mul(t, tail)));
  const fourthLow = mul(add(sub(tHigh, tSteps), tLow), fourthHigh);
  const factorLow = sub(coefficients(THIRD_LOW, a, b), add(fourthLow, tailLow));
  const third = mul(power2High, factor);
  const thirdLow = add(mul(power2Low, factor), mul(add(power2High, power2Low), factorLow));

  const head = sub(firstHigh, second);
  const sum = add(head, third);
  const headError = sub(sub(firstHigh, head), second);
  const sumError = add(sub(head, sum), third);
  const low = add(sumError, add(headError, add(sub(firstLow, secondLow), thirdLow)));
  const high = add(sum, low);
  // Negative where bit 1 of quarters + 1 is set.
  const sign = i64x2.shl(i64x2.shr_u(i64x2.add(quarters, i64x2.splat(1)), 1), 63);
  cosineLow = v128.xor(add(sub(sum, high), low), sign);
  return v128.xor(high, sign);
}

/** (a + aLow) / (b + bLow) as the nearest double, as hi of core's divide. */
@inline
function divide(a: v128, aLow: v128, b: v128, bLow: v128): v128 {
  const quotient = div(a, b);
  const product = mul(b, quotient);
  const error = add(productErrors(b, quotient, product), mul(bLow, quotient));
  const back = add(product, error);
  const backLow = f64x2.neg(add(sub(product, back), error));
  // Exact: a and back are within a few ulps of each other.
  const rest = sub(a, back);
  const restLow = add(aLow, backLow);
  const sum = add(rest, restLow);
  const sumLow = add(sumErrors(rest, restLow, sum), sumErrors(aLow, backLow, restLow));
  return add(quotient, div(add(sum, sumLow), b));
}

/** What rounding left out of sum = a + b, exactly. */
@inline
function sumErrors(a: v128, b: v128, sum: v128): v128 {
  const bPart = sub(sum, a);
  return add(sub(a, sub(sum, bPart)), sub(b, bPart));
}

/** What rounding left out of product = a * b, exactly. */
@inline
function productErrors(a: v128, b: v128, product: v128): v128 {
  return errorOfHalves(a, highHalf(a), b, highHalf(b), product);
}

@inline
function errorOfHalves(a: v128, aHigh: v128, b: v128, bHigh: v128, product: v128): v128 {
  const aLow = sub(a, aHigh);
  const bLow = sub(b, bHigh);
  return sub(mul(aLow, bLow), sub(sub(sub(product, mul(aHigh, bHigh)), mul(aLow, bHigh)), mul(aHigh, bLow)));
}

/** The upper 26 bits of x. */
@inline
function highHalf(x: v128): v128 {
  const big = mul(constant(SPLITTER), x);
  return sub(big, sub(big, x));
}

/** Whole numbers from 0 to 2^51 as integers, in the lower 52 bits of each lane. */
@inline
function toIntegers(x: v128): v128 {
  return add(x, constant(TWO_TO_52));
}

@inline
function quarterLess(quarters: v128): v128 {
  return i64x2.sub(quarters, i64x2.splat(1));
}

@inline
function constant(address: usize): v128 {
  return v128.load64_splat(address);
}

/** The coefficient of each lane: a and b are 0 for that of the cosine, 8 for that of the sine. */
@inline
function coefficients(address: usize, a: usize, b: usize): v128 {
  return v128.load64_lane(address + b, v128.load64_splat(address + a), 1);
}

@inline
function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}

@inline
function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}

@inline
function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

@inline
function div(a: v128, b: v128): v128 {
  return f64x2.div(a, b);
}
