import { describe, expect, test } from "vitest";
import { RoundedLoss, rightDigits } from "../../src/measure/losses.ts";
import { wilson } from "../../src/measure/statistics.ts";

// biome-ignore format: aligned by eye
test.each([
  // number             error     its digits
  [0.1,                 0,        0.1],
  [0.3333333333333333,  0,        0.3333333333333333],
  [0,                   0,        0],
  [Infinity,            0,        Infinity],
  [1.23234567,          0.001,    1.23],
  [1.2349,              0.0002,   1.235],
  [9.9996,              0.0007,   10],
  [0.00012345,          1e-7,     0.00012],
  [123.4,               7,        100],
  [0.1547,              0.002,    0.2],
  [0.45,                0.01,     0.5],
  [0.45,                0.44,     0.5],
  [0.45,                0.45,     NaN],
  [0,                   1,        NaN],
  [NaN,                 0,        NaN],
  [1,                   NaN,      NaN],
  [Infinity,            Infinity, NaN],
])("%d, off by at most %d: %d", (x, error, digits) => {
  expect(rightDigits(x, error)).toBe(digits);
});

// The errors of all samples have 1e-7 in common; what each has alone, 1e-5 at most, adds up as squares do.
test.each([
  [1, 1, 1.01e-5],
  [400, 0.01, 6e-9],
  [10_000, 3, 6e-7],
])("the mean of %d losses from rounded cosines, each off by %d as these are by 1", (count, slope, error) => {
  const halves = [new RoundedLoss(), new RoundedLoss()] as const;
  const whole = new RoundedLoss();
  const losses = Array.from({ length: count }, (_, i) => 1.234567891 + Math.sin(i));
  for (const [i, loss] of losses.entries()) for (const one of [whole, halves[i % 2]!]) one.add(loss, slope);
  const mean = losses.reduce((sum, loss) => sum + loss) / count;
  expect(whole.mean(count)).toBe(rightDigits(mean, error));
  halves[0].addMultiples(halves[1].multiples());
  expect(halves[0].mean(count)).toBe(whole.mean(count));
});

describe("the 95 % interval of a share", () => {
  // By the formula, with mpmath.
  // biome-ignore format: aligned by eye
  test.each([
    // count  samples  from                    to
    [10,      100,     0.05522913706067509,    0.17436566150491345],
    [283,     360,     0.7408486322495699,     0.8253320351974555],
    [0,       7,       0,                      0.35433043506668743],
    [7,       7,       0.6456695649333125,     1],
    [1,       1e9,     1.7652455495696314e-10, 5.664934243297439e-9],
  ])("of %d in %d: %d to %d", (count, samples, lo, hi) => {
    const interval = wilson(count, samples);
    expect(Math.abs(interval.lo - lo)).toBeLessThanOrEqual(4e-16 * lo);
    expect(Math.abs(interval.hi - hi)).toBeLessThanOrEqual(4e-16 * hi);
  });

  test("ends at 0 and 1 exactly; is NaN without samples", () => {
    for (let n = 1; n < 1000; n++) expect([n, wilson(0, n).lo, wilson(n, n).hi]).toEqual([n, 0, 1]);
    expect(wilson(0, 0)).toEqual({ lo: Number.NaN, hi: Number.NaN });
  });
});
