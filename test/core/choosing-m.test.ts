import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundary } from "../../src/core/boundary.ts";
import { sameBoundary, sameValue } from "../../src/core/choosing.ts";
import { type Target, target, targetDefinitions } from "../../src/core/targets.ts";
import { nudged, uniform } from "../arbitrary.ts";
import { type Big, cosOf, exact, sinOf, truthOf } from "../oracle.ts";

/** theta_1 of the boundary, by Newton's method from its double. */
function boundaryOf(f: Target, theta12: number): Big {
  const divisor = exact(f.competingDivisor);
  let t = exact(boundary(f, theta12)!.theta1);
  for (let i = 0; i < 2; i++) {
    const { value, slope } = truthOf(f.name, Object.values(f.parameters), f.lambda, t);
    const phi = exact(theta12).minus(t).div(divisor);
    t = t.minus(value.minus(cosOf(phi)).div(slope.minus(sinOf(phi).div(divisor))));
  }
  return t;
}

const one = targetDefinitions.filter(({ parameters }) => parameters.length === 1);
const functions = fc
  .tuple(fc.constantFrom(...one), uniform(0, 1), fc.constantFrom(0, 0, 0, 3))
  .map(([{ name, parameters }, share, lambda]) => {
    const { lo, hi } = parameters[0]!;
    return target(name, { m: Math.max(lo, lo + share * Math.min(hi - lo, 1.5)), lambda })!;
  });

/**
 * For random pairs and angles: is there a root of the true gap within 2 ulp of the first
 * parameter found? Left out are those for which a change of m by a millionth, up or down,
 * changes the gap by less than 1e-9. The number of those compared.
 */
function compared(
  seed: number,
  parameters: (f: Target, to: Target, theta: number) => readonly number[],
  gapOf: (f: Target, to: Target, theta: number) => (m: number) => Big,
) {
  let count = 0;
  const property = fc.property(functions, functions, uniform(0.02, 3), (f, to, theta) => {
    const [m] = parameters(f, to, theta);
    if (m === undefined) return;
    const gap = gapOf(f, to, theta);
    const change = (step: number) =>
      gap(m * (1 + step))
        .minus(gap(m))
        .abs();
    if (![1e-6, -1e-6].every((step) => change(step).gt(1e-9))) return;
    count++;
    const [below, above] = [-2, 2].map((by) => gap(nudged(m, by)));
    expect(below!.isPositive(), `${f.spec} ${to.spec} ${theta}: ${m}`).not.toBe(above!.isPositive());
  });
  fc.assert(property, { seed, numRuns: 2500 });
  return count;
}

test("2,500 random pairs: the parameter with the same boundary is within 2 ulp", () => {
  const count = compared(1, sameBoundary, (f, to, theta12) => {
    const theta1 = boundaryOf(f, theta12);
    return (m) => {
      const phi = exact(theta12)
        .minus(theta1)
        .div(exact(to.name === "sphereface-r2" ? m : 1));
      return truthOf(to.name, [m], to.lambda, theta1).value.minus(cosOf(phi));
    };
  });
  expect(count).toBeGreaterThan(1200);
}, 60_000);

test("2,500 random pairs: the parameter with the same value is within 2 ulp", () => {
  const parameters = (f: Target, to: Target, theta: number) =>
    to.name === "sphereface-r2" ? [] : sameValue(to, theta, f.exactValue(theta));
  const count = compared(2, parameters, (f, to, theta) => {
    const { value } = truthOf(f.name, Object.values(f.parameters), f.lambda, exact(theta));
    return (m) => truthOf(to.name, [m], to.lambda, exact(theta)).value.minus(value);
  });
  expect(count).toBeGreaterThan(900);
}, 60_000);

const PI = Math.PI;
const named = (spec: string) => {
  const [name = "", m, lambda] = spec.split(" ");
  return target(name, { ...(m && { m: Number(m) }), ...(lambda && { lambda: Number(lambda) }) })!;
};

// biome-ignore format: a table
test.each<[from: string, to: string, theta12: number, found: number[]]>([
  ["cosface 0.35",  "arcface",        PI / 2, [0.5001721829049753]],
  ["asoftmax 3",    "asoftmax",       PI / 2, [3]],
  ["asoftmax 3",    "sphereface-r2",  PI / 2, [3]],
  ["asoftmax 3",    "sphereface-r1",  PI / 2, [3]],
  ["softmax",       "naive",          PI / 2, [1, 7]],
  ["softmax",       "cosface",        1,      [0]],
  ["arcface 0.5",   "asoftmax",       0.5,    []],   // theta_1 is 0: any m has its boundary elsewhere
  ["arcface 0.5",   "cosface",        0.4,    []],   // no boundary
  ["arcface 0.5",   "arcface-hard",   PI / 2, [0.5, 3.026]],
])("%s as %s at theta_12 = %d: %o", (from, to, theta12, found) => {
  const got = sameBoundary(named(from), named(to), theta12);
  expect(got.map((m) => Number(m.toPrecision(4)))).toEqual(found.map((m) => Number(m.toPrecision(4))));
});

// Where the function only touches the value, and where it keeps it.
// biome-ignore format: a table
test.each<[from: string, to: string, at: number, found: number[]]>([
  ["asoftmax 4",     "naive",          PI / 4, [4, 12]],
  ["asoftmax 4",     "asoftmax",       PI / 4, [4]],
  ["asoftmax 4",     "arcface",        PI / 4, [2.356194490192345]],
  ["asoftmax 4",     "sphereface-r1",  PI / 4, [4, 5.497787143782138]], // all above 4
  ["asoftmax 4",     "cosface",        3,      []],   // m at most 2
  ["arcface 0.5",    "arcface-hard",   2,      [0.5, 3.013]],
  ["arcface-hard 2.5", "arcface-hard", 2,      [1.5, 2.5]],   // m sin(m) rises and falls
  ["arcface-hard 1.8", "arcface-hard", 2.5,    [1.8, 2.246]],
  ["cosface 1.64",   "arcface-hard",   1,      [2.382]],       // not at the jump over the value, at pi - 1
  ["arcface 0.5",    "arcface-easy",   2,      []],   // beyond pi/2 it is cos(theta) for every m
  ["softmax",        "arcface-easy",   2,      [0, 1.142]],
])("the value of %s as %s at %d: %o", (from, to, at, found) => {
  const got = sameValue(named(to), at, named(from).exactValue(at));
  expect(got.map((m) => Number(m.toPrecision(4)))).toEqual(found.map((m) => Number(m.toPrecision(4))));
});

describe("bad input throws", () => {
  // biome-ignore format: a table
  test.each([
    ["softmax",  1,   "softmax has 0 parameters: name a function with one"],
    ["combined", 1,   "combined has 3 parameters: name a function with one"],
    ["arcface",  3.2, "theta_12 is 3.2: it must lie from 1e-100 to pi"],
  ])("%s at %d", (to, theta12, message) => {
    expect(() => sameBoundary(named("softmax"), named(to), theta12)).toThrow(message);
  });
  test("sphereface-r2 has the value of softmax", () => {
    expect(() => sameValue(named("sphereface-r2"), 1, { hi: 0, lo: 0 })).toThrow("does not depend on its m");
  });
});

test.each([2 ** 19 + 0.3, 12345.6, 1000.25])("a large margin is found by its value: %d", (m) => {
  const [found] = sameValue(target("asoftmax")!, 3, target("asoftmax", { m })!.exactValue(3));
  expect(Math.abs(found! - m)).toBeLessThanOrEqual(2 ** -52 * m);
});
