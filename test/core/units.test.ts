import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asFractionOfPi, fromDegrees, timesPi, toDegrees } from "../../src/core/units.ts";
import { exact, nextDown, nextUp, PI, ulpsApart } from "../oracle.ts";

const coefficients = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const divisors = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

test("timesPi is rounded once", () => {
  const property = fc.property(coefficients, divisors, (p, q) => {
    fc.pre(Math.abs(p) > 1e-100);
    expect(ulpsApart(timesPi(p, q), PI.times(exact(p)).div(exact(q)))).toBeLessThanOrEqual(0.5000001);
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
  expect([timesPi(1), timesPi(0), timesPi(-1, 2)]).toEqual([Math.PI, 0, -Math.PI / 2]);
});

describe("degrees", () => {
  // biome-ignore format: a table
  test.each([
    [0, 0], [30, timesPi(1, 6)], [45, Math.PI / 4], [60, timesPi(1, 3)], [90, Math.PI / 2], [180, Math.PI],
  ])("%d", (degrees, radians) => {
    expect([fromDegrees(degrees), toDegrees(radians)]).toEqual([radians, degrees]);
  });

  test("an angle of up to 15 digits comes back", () => {
    const property = fc.property(fc.integer({ min: 0, max: 18e9 }), (n) => {
      expect(toDegrees(fromDegrees(n / 1e8))).toBe(n / 1e8);
    });
    fc.assert(property, { seed: 2, numRuns: 500 });
  });

  test("of any angle they are within an ulp, rounded once where 15 digits do not do", () => {
    let rounded = 0;
    const property = fc.property(fc.double({ min: 1e-9, max: Math.PI, noNaN: true }), (radians) => {
      const degrees = toDegrees(radians);
      const off = ulpsApart(degrees, exact(radians).times(180).div(PI));
      const isShort = Number(degrees.toPrecision(15)) === degrees;
      if (!isShort) rounded++;
      expect(off).toBeLessThanOrEqual(isShort ? 1 : 0.5000001);
    });
    fc.assert(property, { seed: 3, numRuns: 500 });
    expect(rounded).toBeGreaterThan(300);
  });
});

describe("fractions of pi", () => {
  // biome-ignore format: a table
  test.each([
    [0, [0, 1]], [Math.PI, [1, 1]], [Math.PI / 4, [1, 4]], [(2 * Math.PI) / 3, [2, 3]], [timesPi(7, 24), [7, 24]], [timesPi(14, 24), [7, 12]],
    [timesPi(1, 25), undefined], [1.2, undefined], [0.001, undefined], [Number.NaN, undefined],
  ] as const)("%d", (theta, fraction) => expect(asFractionOfPi(theta)).toEqual(fraction));

  test("every one up to 24ths, the doubles beside it too, in lowest terms; none three doubles away", () => {
    for (let q = 1; q <= 24; q++) {
      for (let p = 1; p <= q; p++) {
        const theta = timesPi(p, q);
        const [over, under] = asFractionOfPi(theta)!;
        expect([over * q, under <= q]).toEqual([p * under, true]);
        for (const beside of [nextUp(theta), nextDown(theta)]) expect(asFractionOfPi(beside)).toEqual([over, under]);
        for (const step of [nextUp, nextDown]) expect(asFractionOfPi(step(step(step(theta))))).toBeUndefined();
      }
    }
  });

  test("the largest divisor is given", () => {
    expect(asFractionOfPi(timesPi(3, 7), 6)).toBeUndefined();
    expect(asFractionOfPi(timesPi(3, 7), 7)).toEqual([3, 7]);
  });
});
