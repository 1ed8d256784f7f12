import { describe, expect, test } from "vitest";
import { competingBound } from "../../src/core/competing-bound.ts";
import { makeTarget, type Target, target, targetDefinitions } from "../../src/core/targets.ts";
import { cosOf, exact, folded, nextDown, nextUp, PI, sinOf, truthOf, ulp, ulpsApart } from "../oracle.ts";
import { random } from "../random.js";

const COUNT = 400;
const make = (name: string, parameters?: Record<string, number>): Target => target(name, parameters)!;

/**
 * How far a bound is off, in ulp, by the true value of the target: the arccos of it is found by one step from the
 * bound, which is as good as all of them. Undefined where there is no bound, or where it is 0.
 */
function ulpsOff({ name, parameters, lambda, competingDivisor }: Target, theta: number, bound: number) {
  const { value } = truthOf(name, Object.values(parameters), lambda, exact(theta));
  const divisor = exact(competingDivisor);
  if (value.lt(-1) || value.lt(cosOf(PI.div(divisor)))) return { hasBound: false };
  if (value.gte(1)) return { hasBound: true, ulps: bound };
  const angle = exact(bound).div(divisor);
  const sine = sinOf(angle);
  // Near 0 and pi a small change of the target is a large one of the bound: there the target's own rounding shows.
  if (sine.lt(1e-8)) return { hasBound: true, ulps: 0 };
  const off = cosOf(angle).minus(value).div(sine).times(divisor);
  return { hasBound: true, ulps: off.abs().div(ulp(bound)).toNumber() };
}

const TARGETS = [
  ...targetDefinitions.map((definition) => makeTarget(definition)),
  make("asoftmax", { m: 4, lambda: 5 }),
  make("naive", { m: 2.5 }),
  make("cosface", { m: 0 }),
  make("arcface", { m: 0.3, lambda: 1 }),
];

test.each(TARGETS.map((one) => [one.spec, one] as const))(
  "%s: within 2 ulp of decimal arithmetic",
  (_, one) => {
    const next = random(3);
    const off = Array.from({ length: COUNT }, (_, i) => {
      const theta = i === 0 ? 0 : Math.PI * next();
      const bound = competingBound(one, theta);
      const { hasBound, ulps = 0 } = ulpsOff(one, theta, bound);
      expect([theta, !Number.isNaN(bound)]).toEqual([theta, hasBound]);
      return ulps;
    });
    expect(Math.max(...off)).toBeLessThanOrEqual(2);
  },
  60000,
);

describe("exact values", () => {
  // biome-ignore format: a table
  test.each([
    ["softmax",        {},           1.2,                  1.2],
    ["softmax",        {},           1e-300,               1e-300],
    ["asoftmax",       { m: 4 },     0.25,                 1],
    ["asoftmax",       { m: 4 },     0,                    0],
    ["asoftmax",       { m: 4 },     0.7853981633974483,   Math.PI],
    ["asoftmax",       { m: 4 },     nextUp(0.7853981633974483), Number.NaN],
    ["asoftmax",       { m: 4 },     Math.PI,              Number.NaN],
    ["naive",          { m: 4 },     1.2,                  2 * Math.PI - 4.8],
    ["arcface",        { m: 0.5 },   1.25,                 1.75],
    ["arcface",        { m: 0.5 },   3,                    2 * Math.PI - 3.5],
    ["cosface",        { m: 0 },     2.5,                  2.5],
    ["cosface",        { m: 2 },     0,                    Math.PI],
    ["cosface",        { m: 2 },     0.1,                  Number.NaN],
    ["sphereface-r1",  { m: 2 },     2.5,                  Math.PI],
    ["sphereface-r2",  { m: 1.5 },   1,                    1.5],
    ["sphereface-r2",  { m: 1.5 },   2.5,                  Number.NaN],
  ])("%s %j at %d: %d", (name, parameters, theta, bound) => {
    const found = competingBound(make(name, parameters as Record<string, number>), theta);
    expect([Number.isNaN(found), Math.abs(found - bound) > 5e-16 * bound]).toEqual([Number.isNaN(bound), false]);
  });

  test("psi has one up to the last double below the knot pi/m, and none from the next on", () => {
    for (let m = 2; m < 40; m += 0.37) {
      const knot = PI.div(exact(m)).toNumber();
      const below = exact(knot).times(exact(m)).lte(PI) ? knot : nextDown(knot);
      expect(competingBound(make("asoftmax", { m }), below)).toBeGreaterThan(Math.PI - 1e-14 * m);
      expect(competingBound(make("asoftmax", { m }), nextUp(below))).toBeNaN();
    }
  });

  test("what is no angle has none", () => {
    for (const theta of [-1e-9, 3.2, Number.NaN]) expect(competingBound(make("softmax"), theta)).toBeNaN();
  });

  test("softmax gives every angle back, cos(m theta) its angle folded, to the bit or the next", () => {
    const next = random(5);
    for (let i = 0; i < COUNT; i++) {
      const theta = Math.PI * next();
      expect(competingBound(make("softmax"), theta)).toBe(theta);
      expect(ulpsApart(competingBound(make("naive"), theta), folded(exact(theta).times(4)))).toBeLessThanOrEqual(0.51);
    }
  });
});
