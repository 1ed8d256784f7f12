import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  angleOfQuarter,
  cosine,
  type DoubleDouble,
  divide,
  doubleDouble,
  fold,
  fullCosine,
  halfPiTimes,
  isBelow,
  multiply,
  type Phase,
  reduce,
  sine,
  twoProduct,
  twoSum,
  wholeQuarters,
} from "../../src/core/double-double.ts";
import { angles, anyAngles, uniform } from "../arbitrary.ts";
import { type Big, cosOf, exact, folded, inSmallest, nextDown, nextUp, PI, sinOf, ulpsApart } from "../oracle.ts";

const HALF_PI = PI.div(2);
const sumOf = ({ hi, lo }: DoubleDouble) => exact(hi).plus(exact(lo));
const angleOf = (phase: Phase) => sumOf(phase).plus(HALF_PI.times(phase.quarter));
const off = (got: Big, truth: Big) => got.minus(truth).abs().toNumber();
const relative = (got: Big, truth: Big) => off(got, truth) / Math.abs(truth.toNumber());

const numbers = fc.oneof(uniform(-1e6, 1e6), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const sized = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const pairs = fc.tuple(sized, uniform(-1, 1)).map(([hi, t]) => twoSum(hi, hi * t * 2 ** -53));
const factors = fc.oneof(fc.integer({ min: 1, max: 2 ** 20 }), fc.double({ min: 0.5, max: 2 ** 20, noNaN: true }));

describe("sums and products", () => {
  test("twoSum loses nothing", () => {
    const property = fc.property(numbers, numbers, (a, b) => {
      const { hi, lo } = twoSum(a, b);
      expect(hi).toBe(a + b);
      expect(inSmallest(hi) + inSmallest(lo)).toBe(inSmallest(a) + inSmallest(b));
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test("twoProduct loses nothing", () => {
    const property = fc.property(numbers, sized, (a, b) => {
      fc.pre(a === 0 || Math.abs(a) > 1e-200);
      const { hi, lo } = twoProduct(a, b);
      expect(hi).toBe(a * b);
      expect((inSmallest(hi) + inSmallest(lo)) << 1074n).toBe(inSmallest(a) * inSmallest(b));
    });
    fc.assert(property, { seed: 2, numRuns: 500 });
  });

  test("pairs keep what they promise", () => {
    const property = fc.property(pairs, pairs, sized, (x, y, z) => {
      expect(relative(sumOf(add(x, y)), sumOf(x).plus(sumOf(y)))).toBeLessThan(2 ** -104);
      expect(relative(sumOf(add(x, z)), sumOf(x).plus(exact(z)))).toBeLessThan(2 ** -104);
      expect(relative(sumOf(multiply(x, z)), sumOf(x).times(exact(z)))).toBeLessThan(2 ** -103);
      expect(relative(sumOf(divide(x, y)), sumOf(x).div(sumOf(y)))).toBeLessThan(2 ** -103);
    });
    fc.assert(property, { seed: 3, numRuns: 500 });
  });

  test("multiples of pi/2 and the angles where they fall are the nearest doubles", () => {
    const property = fc.property(fc.integer({ min: 1, max: 2 ** 22 }), factors, angles, (n, a, b) => {
      const truth = HALF_PI.times(n);
      expect(relative(sumOf(halfPiTimes(n)), truth)).toBeLessThan(2 ** -102);
      expect(ulpsApart(angleOfQuarter(n, a), truth.div(exact(a)))).toBeLessThanOrEqual(0.5);
      expect(ulpsApart(angleOfQuarter(n + 2, a, b), truth.plus(PI).minus(exact(b)).div(exact(a)))).toBeLessThanOrEqual(
        0.5,
      );
    });
    fc.assert(property, { seed: 4, numRuns: 500 });
    expect([0, 1, 2, 4].map((n) => angleOfQuarter(n))).toEqual([0, Math.PI / 2, Math.PI, 2 * Math.PI]);
  });
});

describe("reduction", () => {
  const shifts = fc.oneof(fc.constant(0), angles);
  const allowed = ({ hi }: Phase) => 2 ** -124 + 2 ** -104 * Math.abs(hi);

  test("a theta + b is quarter pi/2 + hi + lo, with |hi| at most pi/4", () => {
    const property = fc.property(factors, angles, shifts, (a, theta, b) => {
      const phase = reduce(a, theta, b);
      const truth = exact(a).times(exact(theta)).plus(exact(b));
      expect(off(sumOf(phase), truth.minus(HALF_PI.times(phase.quarter)))).toBeLessThan(allowed(phase));
      expect(Math.abs(phase.hi)).toBeLessThanOrEqual(nextUp(Math.PI / 4));
      expect(wholeQuarters(phase)).toBe(truth.div(HALF_PI).floor().toNumber());
    });
    fc.assert(property, { seed: 5, numRuns: 500 });
  });

  test("beside multiples of pi/2 what remains is right to the last bits", () => {
    const property = fc.property(
      factors,
      shifts,
      fc.nat(2 ** 21),
      fc.integer({ min: -1, max: 1 }),
      (a, b, turns, nudge) => {
        const n = 2 + (turns % Math.ceil(2 * a)); // up to about pi a + b
        const nearest = angleOfQuarter(n, a, b);
        const theta = nudge < 0 ? nextDown(nearest) : nudge > 0 ? nextUp(nearest) : nearest;
        fc.pre(theta <= Math.PI);
        const truth = exact(a).times(exact(theta)).plus(exact(b)).minus(HALF_PI.times(n));
        const phase = reduce(a, theta, b);
        expect(phase.quarter).toBe(n);
        expect(off(sumOf(phase), truth)).toBeLessThan(allowed(phase));
      },
    );
    fc.assert(property, { seed: 6, numRuns: 1000 });
  });

  test("fold keeps the cosine and lands in [0, pi]", () => {
    const property = fc.property(factors, angles, (a, theta) => {
      const truth = folded(exact(a).times(exact(theta)));
      expect(off(angleOf(fold(reduce(a, theta))), truth)).toBeLessThan(2 ** -105);
    });
    fc.assert(property, { seed: 7, numRuns: 500 });
  });

  test("isBelow compares folded angles, also where their quarters differ", () => {
    const besidePiOver4 = fc
      .constantFrom(1, 3)
      .chain((odd) => fc.integer({ min: -3, max: 3 }).map((i) => (odd * Math.PI) / 4 + i * 2 ** -52));
    const turns = fc.integer({ min: 1, max: 200 });
    const property = fc.property(fc.oneof(angles, besidePiOver4), turns, uniform(1, 1000), (j, n, m) => {
      const theta = PI.times(2 * n)
        .plus(exact(j))
        .div(exact(m))
        .toNumber();
      fc.pre(theta <= Math.PI);
      const [x, y] = [fold(reduce(m, theta)), fold(reduce(1, j))];
      const truth = folded(exact(m).times(exact(theta)));
      expect([isBelow(x, y), isBelow(y, x)]).toEqual([truth.lt(exact(j)), truth.gt(exact(j))]);
    });
    fc.assert(property, { seed: 8, numRuns: 1000 });
  });

  test("isBelow of phases whose quarters differ goes by their low parts where the high ones say nothing", () => {
    const doubles = fc.integer({ min: -3, max: 3 });
    const low = uniform(-(2 ** -54), 2 ** -54);
    let signs = 0;
    const property = fc.property(doubles, low, low, fc.boolean(), (i, p, q, isUp) => {
      // Both angles are about pi/4, or 3 pi/4.
      const x = { quarter: isUp ? 2 : 1, hi: -Math.PI / 4 + i * 2 ** -53, lo: p };
      const y = { quarter: isUp ? 1 : 0, hi: HALF_PI.plus(exact(x.hi)).toNumber(), lo: q };
      const difference = angleOf(x).minus(angleOf(y));
      fc.pre(difference.abs().gt(2 ** -102));
      signs += difference.s;
      expect([isBelow(x, y), isBelow(y, x)]).toEqual([difference.lt(0), difference.gt(0)]);
    });
    fc.assert(property, { seed: 10, numRuns: 500 });
    expect(Math.abs(signs)).toBeLessThan(400);
  });

  test("NaN is below nothing", () => {
    const nan = reduce(1, Number.NaN);
    for (const [x, y] of [
      [nan, reduce(1, 1)],
      [reduce(1, 1), nan],
      [nan, nan],
    ] as const)
      expect(isBelow(x, y)).toBe(false);
  });
});

describe("sine and cosine of a phase", () => {
  test("relative error below 2^-66", () => {
    const property = fc.property(factors, fc.oneof(angles, anyAngles), (a, theta) => {
      fc.pre(theta > 1e-280);
      const x = exact(a).times(exact(theta));
      const phase = reduce(a, theta);
      expect(relative(sumOf(cosine(phase)), cosOf(x))).toBeLessThan(2 ** -66);
      expect(sumOf(fullCosine(phase)).minus(cosOf(x)).abs().toNumber()).toBeLessThan(2 ** -102);
      expect(relative(sumOf(sine(phase)), sinOf(x))).toBeLessThan(2 ** -66);
    });
    fc.assert(property, { seed: 9, numRuns: 1000 });
  });

  // prettier-ignore
  test.each([
    [0, 0, 1],
    [1, 1, 0],
    [2, 0, -1],
    [3, -1, 0],
    [4, 0, 1],
    [-1, -1, 0],
  ])("at %d quarters: sine %d, cosine %d", (quarter, sin, cos) => {
    const phase = { quarter, ...doubleDouble(0) };
    expect(sine(phase).hi + 0).toBe(sin);
    expect(cosine(phase).hi + 0).toBe(cos);
  });
});
