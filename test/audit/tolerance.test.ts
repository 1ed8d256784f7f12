import { describe, expect, test } from "vitest";
import { valueCurve } from "../../src/audit/mistakes.ts";
import { accepts, type Dtype, rowAt, ulp } from "../../src/audit/tolerance.ts";
import { target } from "../../src/core/targets.ts";

const units: readonly [Dtype, number][] = [
  ["float64", 2 ** -53],
  ["float32", 2 ** -24],
];

describe.each(units)("%s", (dtype, u) => {
  const allows = (name: string, parameters: Record<string, number>, theta: number, value: number) =>
    accepts(valueCurve(target(name, parameters)!), rowAt(theta, value, dtype));

  // A right value may differ by what 16 roundings u of the cosine make of it, and by 16 ulp = 32 u max(|value|, 1).
  test.each([
    ["at 0, below", "asoftmax", { m: 4 }, 0, 1, -(16 * 16 + 32)],
    ["at 0, above", "asoftmax", { m: 4 }, 0, 1, 32],
    ["at pi, above", "asoftmax", { m: 3 }, Math.PI, -5, 9 * 16 + 4 * 32],
    ["at pi, below", "asoftmax", { m: 3 }, Math.PI, -5, -4 * 32],
    ["on a slope", "naive", { m: 2 }, 1, Math.cos(2), 4 * Math.cos(1) * 16 + 32],
    ["at a turn", "naive", { m: 2 }, Math.PI / 2, -1, -32],
    ["beside a turn", "arcface", { m: u }, Math.PI - 16 * u, -1, -32],
  ] as const)("%s", (_, name, parameters, theta, truth, roundings) => {
    expect(allows(name, parameters, theta, truth + 0.9 * roundings * u)).toBe(true);
    expect(allows(name, parameters, theta, truth + 1.1 * roundings * u)).toBe(false);
  });

  test("a turning point between", () => {
    // In float32 the angles at 0 reach to 0.00138, where 4096 of them have passed pi.
    expect(allows("naive", { m: 4096 }, 0, -1)).toBe(dtype === "float32");
  });

  test("the branches of a jump, and nothing between", () => {
    const easy = (value: number) => allows("arcface-easy", { m: 0.5 }, Math.PI / 2, value);
    expect([-0.5, -Math.sin(0.5), -0.2, 0, 0.01].map(easy)).toEqual([false, true, false, true, false]);
  });

  test("the angles that a cosine cannot tell apart, near 0 and pi", () => {
    const wide = Math.acos(1 - 2 ** -10) * Math.sqrt(16 * u * 2 ** 10);
    const zero = rowAt(0, 1, dtype);
    const pi = rowAt(Math.PI, 1, dtype);
    expect([zero.lo, zero.hi / wide]).toEqual([0, expect.closeTo(1, 3)]);
    expect((Math.PI - pi.lo) / wide).toBeCloseTo(1, 3);
    expect(pi.hi - Math.PI).toBeLessThan(16 * u);
    expect(rowAt(wide / 1e6, 1, dtype).lo).toBe(0);
  });

  test("ulp", () => {
    expect([0, 0.1, 1, -1.9, 2, 7].map((x) => ulp(x, dtype) / u)).toEqual([2, 2, 2, 2, 4, 8]);
  });
});
