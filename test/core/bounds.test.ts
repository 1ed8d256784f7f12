import { describe, expect, test } from "vitest";
import { bounds } from "../../src/core/bounds.ts";
import { exact, nextDown, nextUp, PI, ulpsApart } from "../oracle.ts";

const margins = [1, 1.5, 2, 2.9, 3, 3.5, 3.7, 4, 5.5, 8, 1000, 2 ** 20];
const arcs = [1e-50, 0.1, 1, Math.PI / 2, (2 * Math.PI) / 3, (3 * Math.PI) / 4, 2.9, 3.1];

describe.each(margins)("m = %d", (m) => {
  test.each(arcs)("theta_12 = %d: the paper's formulas", (theta12) => {
    const { maxIntra, minInter, holdsBinary, holdsMulti } = bounds(m, theta12);
    const [M, t] = [exact(m), exact(theta12)];
    const wide = t.times(M).gt(M.minus(1).times(PI));
    const intra = wide ? PI.times(2).div(M.plus(1)) : t.div(M.minus(1)).plus(t.div(M.plus(1)));
    const inter = M.minus(1).div(M.plus(1)).times(t);
    expect(ulpsApart(maxIntra, intra)).toBeLessThan(0.86);
    expect(minInter === 0 ? inter.toNumber() : ulpsApart(minInter, inter)).toBeLessThan(0.86);
    expect(holdsBinary).toBe(intra.lte(inter));
    expect(holdsMulti).toBe(t.times(2).lte(M.minus(1).times(t)));
  });
});

const worstCase = 2 + Math.sqrt(3); // as a double it lies below the number

// biome-ignore format: a table
test.each([
  [worstCase,         1,                 false],
  [nextUp(worstCase), 1,                 true],
  [3,                 Math.PI,           true], // 2 pi / 4 on both sides
  [3,                 nextDown(Math.PI), false],
  [nextDown(3),       Math.PI,           false],
  [1,                 Math.PI,           false],
] as const)("m = %d, theta_12 = %d: two classes hold: %s", (m, theta12, holds) => {
  expect(bounds(m, theta12).holdsBinary).toBe(holds);
});

test("where 2 pi = (m - 1) theta_12 to rounding, the comparison is exact", () => {
  for (let theta12 = 2.5; theta12 < 3.1; theta12 += 0.0137) {
    const even = 1 + (2 * Math.PI) / theta12;
    for (const m of [nextDown(even), even, nextUp(even)]) {
      const holds = exact(m).minus(1).times(exact(theta12)).gte(exact(Math.PI).times(2));
      expect([m, theta12, bounds(m, theta12).holdsBinary]).toEqual([m, theta12, holds]);
    }
  }
});

test("the two angles do not contradict the comparison", () => {
  expect(bounds(worstCase, Math.PI / 2)).toMatchObject({ maxIntra: 0.9068996821171089, minInter: 0.9068996821171089 });
});

test("the smallest margins", () => {
  expect(bounds(4, 1)).toMatchObject({ mMinBinary: 3.732050807568877, mMinMulti: 3 });
  expect(bounds(3, 1).holdsMulti).toBe(true);
  expect(bounds(nextDown(3), 1).holdsMulti).toBe(false);
});

// biome-ignore format: a table
test.each([
  [0.9, 1, "m is 0.9: it must lie from 1 to 2^20"],
  [4,   0, "theta_12 is 0: it must lie from 1e-100 to pi"],
] as const)("bounds(%d, %d) throws", (m, theta12, message) => {
  expect(() => bounds(m, theta12)).toThrow(message);
});
