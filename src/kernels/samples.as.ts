// What measure asks of the angles between one sample and every class, in
// AssemblyScript. The angle of the own class is NaN here.

const PI_HIGH: f64 = Math.PI;
const PI_LOW: f64 = 1.2246467991473532e-16;
const LOG2_E: f64 = 1.4426950408889634;
// ln 2 in two parts: the first has so few bits that products with whole numbers up to 2^11 are exact.
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
/** The powers of e that are no subnormal numbers begin here. */
const LEAST_EXPONENT: f64 = -708;
/** Adding it to a whole number n leaves n + 1023 in the lower bits. */
const TO_EXPONENT: f64 = 4503599627371519;

/** The index of the smallest of count angles, the first of equals; -1 where there is none. */
export function leastAngle(angles: usize, count: i32): i32 {
  let least = f64.MAX_VALUE;
  let index = -1;
  for (let j = 0; j < count; j++) {
    const angle = load<f64>(angles + (<usize>j << 3));
    if (angle < least) {
      least = angle;
      index = j;
    }
  }
  return index;
}

/** How many of count angles are above a bound; -1 where one is within a doubt of it. */
export function countAbove(angles: usize, count: i32, bound: f64, doubt: f64): i32 {
  let above = i64x2.splat(0);
  let doubtful = above;
  const lo = f64x2.splat(bound - doubt);
  const hi = f64x2.splat(bound + doubt);
  for (let left = count; left > 0; left -= 2, angles += 16) {
    const theta = left == 1 ? f64x2.replace_lane(f64x2.splat(NaN), 0, load<f64>(angles)) : v128.load(angles);
    const isAbove = f64x2.gt(theta, hi);
    above = i64x2.sub(above, isAbove);
    doubtful = v128.or(doubtful, v128.andnot(f64x2.ge(theta, lo), isAbove));
  }
  if (v128.any_true(doubtful)) return -1;
  return <i32>(i64x2.extract_lane(above, 0) + i64x2.extract_lane(above, 1));
}

/**
 * cos(theta * factor) - cos(least * factor) for each of count angles theta up to a limit, the largest
 * factor being 1: -2 sin(a) sin(b) with a and b of half the sum and half the difference, which no
 * rounding cancels; relative error 1e-15. Written to out, which has room for one more, with -Infinity
 * behind an odd number of them; returns how many there are with that.
 */
export function cosineGaps(angles: usize, count: i32, least: f64, factor: f64, limit: f64, out: usize): i32 {
  let end = out;
  for (let j = 0; j < count; j++, angles += 8) {
    const angle = load<f64>(angles);
    store<f64>(end, angle);
    end += <usize>(angle <= limit) << 3;
  }
  store<f64>(end, least);
  const half = f64x2.splat(factor / 2);
  const nearest = f64x2.splat(least);
  for (let at = out; at < end; at += 16) {
    const theta = v128.load(at);
    const sum = f64x2.mul(f64x2.add(theta, nearest), half);
    const difference = f64x2.mul(f64x2.sub(theta, nearest), half);
    const rest = f64x2.add(f64x2.sub(f64x2.splat(PI_HIGH), sum), f64x2.splat(PI_LOW));
    const product = f64x2.mul(sines(f64x2.pmin(sum, rest)), sines(difference));
    v128.store(at, f64x2.mul(f64x2.splat(-2), product));
  }
  const kept = <i32>((end - out) >> 3);
  if ((kept & 1) == 0) return kept;
  store<f64>(end, -Infinity);
  return kept + 1;
}

/**
 * Writes the dot products of a vector and count others that follow one
 * another, each of so many bytes (a multiple of 16).
 */
export function dots(vector: usize, others: usize, count: i32, bytes: i32, out: usize): void {
  for (const end = vector + bytes; count > 0; count -= 2, out += 16) {
    // The last one of an odd number is its own neighbour.
    const beside = count > 1 ? bytes : 0;
    let a = f64x2.splat(0), b = a, c = a, d = a;
    let at = vector;
    for (const last = end - 16; at < last; at += 32, others += 32) {
      const x = v128.load(at);
      const y = v128.load(at, 16);
      a = f64x2.add(a, f64x2.mul(x, v128.load(others)));
      b = f64x2.add(b, f64x2.mul(y, v128.load(others, 16)));
      c = f64x2.add(c, f64x2.mul(x, v128.load(others + beside)));
      d = f64x2.add(d, f64x2.mul(y, v128.load(others + beside, 16)));
    }
    if (at < end) {
      const x = v128.load(at);
      a = f64x2.add(a, f64x2.mul(x, v128.load(others)));
      c = f64x2.add(c, f64x2.mul(x, v128.load(others + beside)));
      others += 16;
    }
    a = f64x2.add(a, b);
    c = f64x2.add(c, d);
    store<f64>(out, f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1));
    if (beside != 0) store<f64>(out, f64x2.extract_lane(c, 0) + f64x2.extract_lane(c, 1), 8);
    others += beside;
  }
}

/** sin x for x in [0, pi/2], by its Taylor series: what is left out is below 1e-18. */
function sines(x: v128): v128 {
  const t = f64x2.mul(x, x);
  let s = f64x2.splat(1.0 / 51090942171709440000.0);
  s = next(s, t, -1.0 / 121645100408832000);
  s = next(s, t, 1.0 / 355687428096000);
  s = next(s, t, -1.0 / 1307674368000);
  s = next(s, t, 1.0 / 6227020800);
  s = next(s, t, -1.0 / 39916800);
  s = next(s, t, 1.0 / 362880);
  s = next(s, t, -1.0 / 5040);
  s = next(s, t, 1.0 / 120);
  s = next(s, t, -1.0 / 6);
  return f64x2.add(x, f64x2.mul(f64x2.mul(s, t), x));
}

/** The sum of e^(scale * gap) over an even number of gaps, none above 0. */
export function sumOfPowers(gaps: usize, count: i32, scale: f64): f64 {
  let sum = f64x2.splat(0);
  for (const end = gaps + (<usize>count << 3); gaps < end; gaps += 16)
    sum = f64x2.add(sum, powers(f64x2.mul(v128.load(gaps), f64x2.splat(scale))));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * e^x for x <= 0, by its Taylor series on [-ln 2 / 2, ln 2 / 2] times a power of 2: what is left out is below 5e-18.
 */
function powers(exponent: v128): v128 {
  const isIn = f64x2.ge(exponent, f64x2.splat(LEAST_EXPONENT));
  const x = f64x2.pmax(f64x2.splat(LEAST_EXPONENT), exponent);
  const whole = f64x2.nearest(f64x2.mul(x, f64x2.splat(LOG2_E)));
  const high = f64x2.sub(x, f64x2.mul(whole, f64x2.splat(LN2_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(whole, f64x2.splat(LN2_LOW)));
  let s = f64x2.splat(1.0 / 6227020800);
  s = next(s, r, 1.0 / 479001600);
  s = next(s, r, 1.0 / 39916800);
  s = next(s, r, 1.0 / 3628800);
  s = next(s, r, 1.0 / 362880);
  s = next(s, r, 1.0 / 40320);
  s = next(s, r, 1.0 / 5040);
  s = next(s, r, 1.0 / 720);
  s = next(s, r, 1.0 / 120);
  s = next(s, r, 1.0 / 24);
  s = next(s, r, 1.0 / 6);
  s = next(s, r, 1.0 / 2);
  s = next(s, r, 1.0);
  s = next(s, r, 1.0);
  return v128.and(isIn, f64x2.mul(s, i64x2.shl(f64x2.add(whole, f64x2.splat(TO_EXPONENT)), 52)));
}

@inline
function next(s: v128, x: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(s, x), f64x2.splat(coefficient));
}
