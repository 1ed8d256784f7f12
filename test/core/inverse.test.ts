import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inverse } from "../../src/core/inverse.ts";
import { psi, segment } from "../../src/core/psi.ts";
import { Big, exact, nextDown, nextUp, PI, psiOf, ulp, ulpsApart, worst } from "../oracle.ts";

const margins = [1, 1.5, 2, 3, 4, 7.3, 100, 12345.678, 2 ** 20];

/** (k pi + acos((-1)^k ((-1)^k (y + 2k)))) / m, the segment found by trying each. */
function trueInverse(m: number, y: number): Big {
  let k = Math.max(0, Math.floor(-y / 2) - 1);
  while (exact(y).lte(-1 - 2 * k)) k++;
  return PI.times(k)
    .plus(Big.acos(exact(y).plus(2 * k)))
    .div(exact(m));
}

/** y at and beside every knot and every middle of a segment, near the ends, and at random. */
function values(m: number): number[] {
  const bottom = psi(m, Math.PI);
  const ks = Array.from({ length: 40 }, (_, i) => Math.round((i * Math.ceil(m)) / 39));
  const special = ks.flatMap((k) => [1 - 2 * k, -2 * k, 0.5 - 2 * k]).flatMap((y) => [nextDown(y), y, nextUp(y)]);
  const random = fc.sample(fc.double({ min: bottom, max: 1, noNaN: true }), { seed: 7, numRuns: 200 });
  const ends = [1e-300, -1e-300, 1e-9, 1 - 1e-9, 1 - 1e-15, bottom, nextUp(bottom)];
  return [...special, ...random, ...ends].filter((y) => y >= bottom && y <= 1);
}

describe.each(margins)("m = %d", (m) => {
  test("theta is within 0.53 ulp of the true angle", () => {
    // At the value of psi at the double pi, pi itself is the answer: the true angle may lie beyond the domain.
    const inside = values(m).filter((y) => y > psi(m, Math.PI));
    expect(worst(inside.map((y) => [inverse(m, y).theta, trueInverse(m, y)] as const))).toBeLessThan(0.53);
  });

  test("k is the segment of theta, and the one whose values hold y except at a knot", () => {
    for (const y of values(m)) {
      const { theta, k } = inverse(m, y);
      expect(k).toBe(segment(m, theta));
      const atKnot = Number.isInteger(y) && y % 2 !== 0;
      const isOwn = y <= 1 - 2 * k && y > -1 - 2 * k;
      if (!atKnot && theta < Math.PI) expect([y, isOwn]).toEqual([y, true]);
    }
  });

  test("psi(inverse(y)) is within 1 ulp of y where an ulp of theta moves psi by less", () => {
    for (const y of values(m)) {
      const { theta } = inverse(m, y);
      const moved = psiOf(m, theta).slope.abs().times(ulp(theta)).toNumber();
      if (moved < ulp(y)) expect(Math.abs(psi(m, theta) - y)).toBeLessThanOrEqual(ulp(y));
    }
  });

  test("inverse(psi(theta)) is within 1 ulp of theta where an ulp of psi moves theta by less", () => {
    for (const theta of fc.sample(fc.double({ min: 0, max: Math.PI, noNaN: true }), { seed: 8, numRuns: 300 })) {
      const slope = psiOf(m, theta).slope.abs().toNumber();
      const back = inverse(m, psi(m, theta)).theta;
      if (ulp(psi(m, theta)) / slope < ulp(theta)) expect(ulpsApart(back, exact(theta))).toBeLessThanOrEqual(1);
    }
  });

  test("the ends of the domain", () => {
    const bottom = psi(m, Math.PI);
    expect(inverse(m, 1)).toEqual({ theta: 0, k: 0 });
    expect(inverse(m, bottom)).toEqual({ theta: Math.PI, k: segment(m, Math.PI) });
    for (const y of [nextUp(1), nextDown(bottom), Number.NaN, -Infinity, Infinity]) {
      expect(inverse(m, y)).toEqual({ theta: Number.NaN, k: Number.NaN });
    }
  });
});

// biome-ignore format: a table
test.each([
  [4, -1,         Math.PI / 4,        0], // the double pi/4 lies below the knot
  [4, -3,         Math.PI / 2,        1],
  [3, -1,         1.0471975511965979, 1], // the double nearest to pi/3 lies above it
  [4, nextUp(-1), 0.785398159672158,  0], // 1 - y rounds to 2 here
  [4, 0,          Math.PI / 8,        0],
])("inverse(%d, %d) = %d in segment %d", (m, y, theta, k) => {
  expect(inverse(m, y)).toEqual({ theta, k });
});

test("a margin outside its domain throws", () => {
  expect(() => inverse(0.5, 0)).toThrow("m is 0.5: it must lie from 1 to 2^20");
});
