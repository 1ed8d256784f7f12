import { describe, expect, test } from "vitest";
import { boundary, exactTheta1 } from "../../src/core/boundary.ts";
import { target, targetDefinitions } from "../../src/core/targets.ts";
import { type Big, cosOf, exact, truthOf, ulp } from "../oracle.ts";

type Case = [name: string, parameters: Record<string, number>, theta12: number];

/** target(theta_1) - cos(theta_2), exactly. */
function gap([name, parameters, theta12]: Case, theta1: Big): Big {
  const { lambda = 0, ...own } = parameters;
  const full = target(name, own)!;
  const phi = exact(theta12).minus(theta1).div(exact(full.competingDivisor));
  return truthOf(name, Object.values(full.parameters), lambda, theta1).value.minus(cosOf(phi));
}

const solve = ([name, parameters, theta12]: Case) => boundary(target(name, parameters)!, theta12);

const arcs = [1e-20, 1e-9, 0.01, 0.3, 1, Math.PI / 2, 2.5, Math.PI];
const cases: Case[] = [
  ...targetDefinitions.map((d) => [d.name, {}] as const),
  ["asoftmax", { m: 4, lambda: 5 }] as const,
  ["asoftmax", { m: 7.3, lambda: 0.01 }] as const,
  ["asoftmax", { m: 1.5, lambda: 1000 }] as const,
  ["naive", { m: 9, lambda: 2 }] as const,
  ["naive", { m: 0.3 }] as const,
  ["combined", { m1: 6, m2: 0.1, m3: 0.02 }] as const,
  ["arcface-hard", { m: 3 }] as const,
  ["arcface", { m: Math.PI, lambda: 1 }] as const,
].flatMap(([name, parameters]) => arcs.map((arc): Case => [name, parameters, arc]));

/** Changes of sign on a fine grid that keeps clear of where both sides touch. */
function scanned(of: Case): number {
  const [name, parameters, theta12] = of;
  const own = target(name, parameters)!;
  const difference = (t: number) => own.value(t) - Math.cos((theta12 - t) / own.competingDivisor);
  const isUp = Array.from({ length: 4000 }, (_, i) => difference(((i + 0.37) * theta12) / 4000) > 0);
  return isUp.filter((up, i) => i > 0 && up !== isUp[i - 1]).length;
}

describe.each(cases)("%s %o, theta_12 = %d", (...of) => {
  const found = solve(of);

  test("theta_1 is within 0.52 ulp of a root", () => {
    if (found === undefined) return; // rightly, as the scan below shows
    const { theta1, theta2, effectiveM, angularMargin } = found;
    const [below, above] = [-0.52, 0.52].map((step) => gap(of, exact(theta1).plus(step * ulp(theta1))));
    expect(below!.isPositive()).not.toBe(above!.isPositive());
    expect(theta2).toBe(of[2] - theta1);
    expect(Math.abs(effectiveM * theta1 - theta2)).toBeLessThanOrEqual(1e-15 * of[2]);
    expect(angularMargin).toBe(of[2] - 2 * theta1);
  });
});

// Near 0 rounded cosines cannot tell, and arcface-hard jumps over the cosine, which is no root.
test.each(cases.filter(([name, , theta12]) => theta12 >= 0.01 && name !== "arcface-hard"))(
  "%s %o, theta_12 = %d: as many roots as a scan finds",
  (...of) => {
    expect(solve(of)?.count ?? 0).toBe(scanned(of));
  },
);

// biome-ignore format: a table
test.each([
  ["asoftmax", { m: 4, lambda: 5 }, Math.PI / 2, 0.6001364523115859, 1.617398627836311, 1],
  ["asoftmax", { m: 4 },            Math.PI / 2, 0.3141592653589793, 4,                 1],
  ["naive",    { m: 4 },            2.5,         0.5,                4,                 3],
  ["arcface",  { m: 0.5 },          0.5,         0,                  Infinity,          1],
  ["softmax",  {},                  0.3,         0.15,               1,                 1],
  ["arcface",  { m: Math.PI },      Math.PI,     0,                  Infinity,          1], // the two sides are the same, nearly
] as const)(
  "%s %o at %d: theta_1 %d, effective m %d, %d roots",
  (name, parameters, theta12, theta1, effectiveM, count) => {
    expect(solve([name, parameters, theta12])).toMatchObject({ theta1, effectiveM, count });
  },
);

test.each([4, 9.455677386524766, 1000, 2 ** 20])(
  "asoftmax, m = %d, has one boundary, at m itself without lambda",
  (m) => {
    expect(boundary(target("asoftmax", { m })!, 0.34282828434167206)!.effectiveM).toBe(m);
    const sharp = boundary(target("asoftmax", { m })!, Math.PI)!;
    expect(sharp).toMatchObject({ theta1: Math.PI / (m + 1), effectiveM: m, count: 1 });
    const { count, theta1 } = boundary(target("asoftmax", { m, lambda: 5 })!, Math.PI)!;
    expect(count).toBe(1);
    const of: Case = ["asoftmax", { m, lambda: 5 }, Math.PI];
    expect(gap(of, exact(theta1 * (1 - 2 ** -51))).isPositive()).toBe(true);
    expect(gap(of, exact(theta1 * (1 + 2 ** -51))).isPositive()).toBe(false);
  },
);

describe("theta_1 with the digits that its double lacks", () => {
  test.each([1.1, 1.5, 1.7, 4])("sphereface-r2, m = %d: theta_12 / (m + 1)", (m) => {
    for (const theta12 of [0.1, 1, 3]) {
      const f = target("sphereface-r2", { m })!;
      const { hi, lo } = exactTheta1(f, boundary(f, theta12)!.theta1, theta12);
      const truth = exact(theta12).div(exact(m).plus(1));
      expect(exact(hi).plus(exact(lo)).div(truth).minus(1).abs().toNumber()).toBeLessThan(2 ** -80);
    }
  });

  test("is the double where both sides are the same, nearly, and the slope tells nothing", () => {
    for (const theta1 of [0.5, 1, 2])
      expect(exactTheta1(target("arcface", { m: Math.PI })!, theta1, Math.PI)).toEqual({ hi: theta1, lo: 0 });
  });
});

test("a margin wider than the arc has no boundary", () => {
  expect(solve(["arcface", { m: 0.5 }, 0.4])).toBeUndefined();
  expect(solve(["cosface", { m: 0.35 }, 0.3])).toBeUndefined();
});

test("a blend has its boundary where that of the function alone is far away", () => {
  // Their slopes are at most 2; those of cos(theta_1 + m) - cos(theta_2)
  // alone, with theta_12 + m near 2 pi, less than 0.5.
  const { theta1 } = solve([
    "arcface-easy",
    { m: 2.7718745401990876, lambda: 1.2153952984172793 },
    2.8941434082381203,
  ])!;
  expect(theta1).toBe(1.2147720922072927);
});

test("on small arcs the effective m tends to sqrt((lambda + m^2) / (1 + lambda))", () => {
  for (const theta12 of [1e-8, 1e-20, 1e-99]) {
    const { effectiveM } = solve(["asoftmax", { m: 4, lambda: 5 }, theta12])!;
    expect(Math.abs(effectiveM - Math.sqrt(21 / 6))).toBeLessThan(1e-15);
  }
});

test("roots of a million waves are counted", () => {
  expect(solve(["naive", { m: 2 ** 14 }, 2.5])!.count).toBe(Math.floor((2 ** 14 * 2.5) / Math.PI));
});

test.each([0, -1, 3.2, Number.NaN])("theta_12 = %d throws", (theta12) => {
  expect(() => solve(["softmax", {}, theta12])).toThrow(`theta_12 is ${theta12}: it must lie from 1e-100 to pi`);
});
