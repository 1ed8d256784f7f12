import { describe, expect, test } from "vitest";
import { Distribution } from "../../src/measure/distribution.ts";

function distributionOf(values: Iterable<number>): Distribution {
  const distribution = new Distribution();
  for (const x of values) distribution.add(x);
  return distribution;
}

describe("up to a million numbers", () => {
  // biome-ignore format: aligned by eye; the values are numpy.quantile's
  test.each([
    // numbers                       p     quantile
    [[3],                            0.5,  3],
    [[2, 1],                         0.5,  1.5],
    [[5, 1, 4, 2, 3],                0,    1],
    [[5, 1, 4, 2, 3],                1,    5],
    [[5, 1, 4, 2, 3],                0.25, 2],
    [[5, 1, 4, 2, 3],                0.95, 4.8],
    [[10, -10, 0, 5],                0.75, 6.25],
    [[1, Number.POSITIVE_INFINITY],  1,    Number.POSITIVE_INFINITY],
    [[],                             0.5,  Number.NaN],
    [[2, Number.NaN, 1],             1,    Number.NaN],
    [[2, Number.NaN, 1],             0.5,  2],
  ])("%j at %d", (values, p, expected) => {
    const actual = distributionOf(values).quantiles([p])[0]!;
    expect(Object.is(actual, expected) || Math.abs(actual - expected) < 1e-14).toBe(true);
  });

  test("numbers may follow a quantile", () => {
    const distribution = distributionOf([3, 1]);
    expect(distribution.quantiles([0])).toEqual([1]);
    distribution.add(0);
    expect(distribution.quantiles([0, 1])).toEqual([0, 3]);
  });
});

test("above a million numbers each quantile is within 2^-14 of the right one", () => {
  const n = 1_200_000;
  function* values() {
    for (let i = 0; i < n; i++) yield ((i * 7919) % n) / 1e5 - 3;
  }
  const distribution = distributionOf(values());
  for (const p of [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]) {
    const expected = (p * (n - 1)) / 1e5 - 3;
    expect(Math.abs(distribution.quantiles([p])[0]! - expected)).toBeLessThanOrEqual(
      Math.abs(expected) * 2 ** -14 + 1e-5,
    );
  }
  expect(distribution.value()).toBeCloseTo((n - 1) / 2e5 - 3, 12);
});

test("the mean keeps what a plain sum loses", () => {
  expect(distributionOf([1e16, 1, -1e16, 1]).value()).toBe(0.5);
  expect(distributionOf([1, Number.POSITIVE_INFINITY, 1]).value()).toBe(Number.POSITIVE_INFINITY);
});

test("beyond a million numbers come back as the middle of their bucket; 0, infinities and NaN as they are", () => {
  function* values(more: number) {
    for (let i = 0; i < 1e6; i++)
      yield [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.00001, -1.00001][i % 5]!;
    for (let i = 0; i < more; i++) yield Number.NaN;
  }
  const places = [0, 0.3, 0.5, 0.7, 0.9];
  expect(distributionOf(values(0)).quantiles(places)).toEqual([-Infinity, -1.00001, 0, 1.00001, Infinity]);
  const [least, negative, zero, positive, most, last] = distributionOf(values(9)).quantiles([...places, 1]);
  expect([least, zero, most, last]).toEqual([-Infinity, 0, Infinity, Number.NaN]);
  expect(negative).toBe(-positive!);
  expect(positive).toBe(1 + 2 ** -14);
});

describe("shares of the numbers that are at least so large", () => {
  const filled = (numbers: readonly number[]) => {
    const distribution = new Distribution();
    for (const x of numbers) distribution.add(x);
    return distribution;
  };
  test("counted one by one", () => {
    expect(
      filled([3, 1, 2, 2, Number.POSITIVE_INFINITY]).sharesFrom([0, 1, 1.5, 2, 2.5, 3, 4, Number.POSITIVE_INFINITY]),
    ).toEqual([1, 1, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2]);
    expect(filled([]).sharesFrom([1])).toEqual([Number.NaN]);
  });

  test("above a million numbers too", () => {
    const many = filled(Array.from({ length: 1_200_000 }, (_, i) => (i + 1) / 1000));
    const [share] = many.sharesFrom([300]);
    expect(Math.abs(share! - 0.75)).toBeLessThan(1e-3);
  });
});
