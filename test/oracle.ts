/**
 * The slow, obvious version of the mathematics, in decimal.js at 60 digits, at the exact
 * value of each double. Nothing here is shared with src.
 */
import { Decimal } from "decimal.js";

export const Big = Decimal.clone({ precision: 60, minE: -9e15, maxE: 9e15 });
export type Big = Decimal;

export const PI = Big.acos(-1);
const HALF_PI = PI.div(2);

/**
 * The exact value of a double above 2^-66, the first 100 digits of smaller ones.
 * (`new Decimal(x)` takes the shortest decimal instead.)
 */
export const exact = (x: number): Big => new Big(x.toPrecision(100));

/** A double as a whole number of smallest doubles, 2^-1074: exact for every finite one. */
export function inSmallest(x: number): bigint {
  const bits = new BigUint64Array(new Float64Array([x]).buffer)[0]!;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & (2n ** 52n - 1n);
  const size = exponent === 0 ? fraction : (fraction + 2n ** 52n) << BigInt(exponent - 1);
  return x < 0 ? -size : size;
}

/** The sign of theta_j - m theta_y, exactly, for every double. */
export function signOfGap(m: number, thetaY: number, thetaJ: number): number {
  const left = inSmallest(m) * inSmallest(thetaY);
  const right = inSmallest(thetaJ) << 1074n;
  return left < right ? 1 : left > right ? -1 : 0;
}

/** The double above x and the double below it, for finite x. */
export function nextUp(x: number): number {
  if (x === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([x]).buffer);
  bits[0]! += x > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0]!;
}
export const nextDown = (x: number): number => -nextUp(-x);

/** The distance between doubles in the binade of |x|. */
export function ulp(x: number): number {
  const size = Math.abs(x);
  return size === Number.MAX_VALUE ? size - nextDown(size) : nextUp(size) - size;
}

/** How far a double is from an exact value, in ulps of the double nearest to that value. */
export function ulpsApart(value: number, truth: Big): number {
  return exact(value).minus(truth).abs().div(ulp(truth.toNumber())).toNumber();
}

/** The largest distance in ulps over a list of [value, truth]. */
export const worst = (pairs: Iterable<readonly [number, Big]>): number =>
  Math.max(...Array.from(pairs, ([value, truth]) => ulpsApart(value, truth)));

export function sinOf(x: Big): Big {
  const quarter = x.div(HALF_PI).round();
  const r = x.minus(quarter.times(HALF_PI));
  const turn = quarter.mod(4).plus(4).mod(4).toNumber();
  const value = turn % 2 === 0 ? series(r, r, 1) : series(new Big(1), r, 0);
  return turn > 1 ? value.neg() : value;
}
export const cosOf = (x: Big): Big => sinOf(HALF_PI.plus(x));

/** The Taylor series of sine (from r, power 1) or cosine (from 1, power 0). */
function series(first: Big, r: Big, power: number): Big {
  let sum = first;
  let term = first;
  for (let n = power + 1; ; n += 2) {
    term = term
      .times(r)
      .times(r)
      .div(-n * (n + 1));
    const next = sum.plus(term);
    if (next.eq(sum)) return sum;
    sum = next;
  }
}

/** The segment k of an angle in [0, pi]: floor(m theta / pi). */
export const segmentOf = (m: number, theta: number): number => exact(m).times(exact(theta)).div(PI).floor().toNumber();

/** The angle in [0, pi] with the same cosine as x >= 0. */
export function folded(x: Big): Big {
  const rest = x.mod(PI.times(2));
  return rest.gt(PI) ? PI.times(2).minus(rest) : rest;
}

/** A function of theta and its derivative there. */
export interface Truth {
  value: Big;
  slope: Big;
}

type Formula = (theta: Big, ...parameters: Big[]) => Truth;

/** cos(a t + b) + c and its derivative. */
function wave(t: Big, a: Big | number = 1, b: Big | number = 0, c: Big | number = 0): Truth {
  const x = t.times(a).plus(b);
  return { value: cosOf(x).plus(c), slope: sinOf(x).times(a).neg() };
}

/** Every target function as it is written in the papers. */
const formulas: Record<string, Formula> = {
  asoftmax: (t, m) => {
    const k = m!.times(t).div(PI).floor().toNumber();
    const { value, slope } = wave(t, m);
    return { value: value.times((-1) ** k).minus(2 * k), slope: slope.abs().neg() };
  },
  naive: (t, m) => wave(t, m),
  softmax: (t) => wave(t),
  cosface: (t, m) => wave(t, 1, 0, m!.neg()),
  arcface: (t, m) => wave(t, 1, m),
  "arcface-easy": (t, m) => (t.lt(HALF_PI) ? wave(t, 1, m) : wave(t)),
  "arcface-hard": (t, m) => (t.lt(PI.minus(m!)) ? wave(t, 1, m) : wave(t, 1, 0, sinOf(m!).times(m!).neg())),
  combined: (t, m1, m2, m3) => wave(t, m1, m2, m3!.neg()),
  "sphereface-r1": (t, m) => (t.times(m!).lt(PI) ? wave(t, m) : { value: new Big(-1), slope: new Big(0) }),
  "sphereface-r2": (t) => wave(t),
  "arcface-clip": (t, m) => (t.lt(PI.minus(m!)) ? wave(t, 1, m) : { value: new Big(-1), slope: new Big(0) }),
  "arcface-plain": (t, m) => (t.lt(PI.minus(m!)) ? wave(t, 1, m) : wave(t)),
  "arcface-shift": (t, m) => (t.lt(PI.minus(m!)) ? wave(t, 1, m) : wave(t, 1, 0, cosOf(m!).minus(1))),
  "arcface-reflect": (t, m) => {
    const { value, slope } = wave(t, 1, m);
    return t.lt(PI.minus(m!)) ? { value, slope } : { value: value.neg().minus(2), slope: slope.neg() };
  },
};

/** The target function of that name at an exact angle, lambda blended in. */
export function truthOf(name: string, parameters: readonly number[], lambda: number, theta: Big): Truth {
  const own = formulas[name]!(theta, ...parameters.map(exact));
  const plain = wave(theta);
  const blend = (x: Big, y: Big) => x.times(exact(lambda)).plus(y).div(exact(lambda).plus(1));
  return { value: blend(plain.value, own.value), slope: blend(plain.slope, own.slope) };
}

/** psi and its derivative. */
export const psiOf = (m: number, theta: number): Truth => truthOf("asoftmax", [m], 0, exact(theta));
