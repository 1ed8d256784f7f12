import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { neededScale, simplexAngle } from "../../src/core/choosing.ts";
import { makeTarget, type Target, target, targetDefinitions } from "../../src/core/targets.ts";
import { angles, uniform } from "../arbitrary.ts";
import { Big, cosOf, exact, PI, truthOf, ulpsApart } from "../oracle.ts";

/** ln((C - 1) P / (1 - P)) and the target less the competing cosine, as they are written. */
function truth(f: Target, classes: number, p: number, thetaY: number, thetaJ: number) {
  const logOdds = exact(p)
    .times(exact(classes).minus(1))
    .div(new Big(1).minus(exact(p)))
    .ln();
  const own = truthOf(f.name, Object.values(f.parameters), f.lambda, exact(thetaY)).value;
  return { logOdds, gap: own.minus(cosOf(exact(thetaJ).div(exact(f.competingDivisor)))) };
}

const classes = fc.oneof(
  fc.integer({ min: 2, max: 100 }),
  uniform(1, 53).map((x) => Math.floor(2 ** x)),
);
const beside = (end: number) => uniform(-53, -1).map((x) => Math.abs(end - 2 ** x));
const probabilities = fc.oneof(
  uniform(0.001, 0.999),
  beside(1),
  uniform(-1000, -1).map((x) => 2 ** x),
);
const lambdas = fc.constantFrom(0, 0, 5);
const functions = fc
  .tuple(fc.constantFrom(...targetDefinitions), lambdas)
  .map(([d, lambda]) => makeTarget(d, { lambda }));

test("5,000 random samples, P beside 0 and 1 too: within 2 ulp; 0 where P <= 1/C; none exactly where the target is not above", () => {
  const seen = { worst: 0, zero: 0, none: 0 };
  const property = fc.property(functions, classes, probabilities, angles, angles, (f, c, p, thetaY, thetaJ) => {
    const scale = neededScale(f, c, p, thetaY, thetaJ);
    const { logOdds, gap } = truth(f, c, p, thetaY, thetaJ);
    if (logOdds.lte(0)) {
      seen.zero++;
      expect(scale).toBe(0);
    } else if (gap.lte(0)) {
      seen.none++;
      expect(scale).toBeUndefined();
    } else if (gap.gt(1e-3)) seen.worst = Math.max(seen.worst, ulpsApart(scale!, logOdds.div(gap)));
  });
  fc.assert(property, { seed: 1, numRuns: 5000 });
  expect(seen.worst).toBeLessThanOrEqual(2);
  expect(Math.min(seen.zero, seen.none)).toBeGreaterThan(500);
}, 60_000);

// biome-ignore format: a table
const angleTable: [string, Record<string, number>, number, number][] = [
  ["softmax",       {},                  1e-9,  2e-9],
  ["softmax",       {},                  1e-80, 3e-80],
  ["asoftmax",      { m: 3 },            1e-9,  4e-9],
  ["sphereface-r2", { m: 2 },            1e-9,  4e-9],
  ["asoftmax",      { m: 2, lambda: 7 }, 1e-9,  4e-9],
];
test.each(angleTable)(
  "%s %o at theta_y = %d against %d: no digits are lost in the difference",
  (name, given, thetaY, thetaJ) => {
    const f = target(name, given)!;
    const { logOdds, gap } = truth(f, 1000, 0.9, thetaY, thetaJ);
    if (thetaY > 1e-20)
      expect(ulpsApart(neededScale(f, 1000, 0.9, thetaY, thetaJ)!, logOdds.div(gap))).toBeLessThanOrEqual(2);
    else expect(neededScale(f, 1000, 0.9, thetaY, thetaJ)).toBeUndefined();
  },
);

test("a probability beside 1/C", () => {
  const next = 0.25 + 2 ** -54;
  const { logOdds, gap } = truth(target("softmax")!, 4, next, 0, Math.PI / 2);
  expect(ulpsApart(neededScale(target("softmax")!, 4, next, 0, Math.PI / 2)!, logOdds.div(gap))).toBeLessThanOrEqual(2);
  expect(neededScale(target("softmax")!, 4, 0.25, 0, 1)).toBe(0);
});

describe.each([10, 100, 1000, 10_000, 85_742])("published formulas for %d classes", (c) => {
  const others = exact(c).minus(1);
  test.each([0.5, 0.9, 0.99, 0.999999])("CosFace's lower bound at P = %d: (C - 1)/C ln((C - 1) P / (1 - P))", (p) => {
    const bound = others.div(c).times(
      others
        .times(exact(p))
        .div(new Big(1).minus(exact(p)))
        .ln(),
    );
    expect(ulpsApart(neededScale(target("softmax")!, c, p, 0, simplexAngle(c))!, bound)).toBeLessThanOrEqual(2);
  });
  test("AdaCos's fixed scale: sqrt(2) ln(C - 1)", () => {
    const scale = new Big(2).sqrt().times(others.ln());
    expect(ulpsApart(neededScale(target("softmax")!, c, 0.5, Math.PI / 4, Math.PI / 2)!, scale)).toBeLessThanOrEqual(2);
  });
});

test.each([
  [0, -1],
  [0, 4],
  [-1, 1.5],
  [Number.NaN, 1],
])("theta_y = %d, theta_j = %d, not both angles: no scale", (thetaY, thetaJ) => {
  expect(neededScale(target("softmax")!, 10, 0.9, thetaY, thetaJ)).toBeUndefined();
});

test("two classes at P = 1/2 need no scale", () => {
  expect(neededScale(target("softmax")!, 2, 0.5, Math.PI / 4, Math.PI / 2)).toBe(0);
});

test.each([2, 3, 4, 10, 1000, 2 ** 20, 2 ** 53])("the angle of %d evenly spread classes", (c) => {
  expect(ulpsApart(simplexAngle(c), PI.minus(Big.acos(new Big(1).div(exact(c).minus(1)))))).toBeLessThanOrEqual(0.53);
});

// biome-ignore format: a table
test.each([
  [1,           0.9,        "the number of classes is 1: it must be a whole number from 2 to 2^53"],
  [1.5,         0.9,        "the number of classes is 1.5: it must be a whole number from 2 to 2^53"],
  [2 ** 54,     0.9,        "the number of classes is 18014398509481984: it must be a whole number from 2 to 2^53"],
  [Number.NaN,  0.9,        "the number of classes is NaN: it must be a whole number from 2 to 2^53"],
  [10,          0,          "probability is 0: it must lie above 0 and below 1"],
  [10,          1,          "probability is 1: it must lie above 0 and below 1"],
  [10,          Number.NaN, "probability is NaN: it must lie above 0 and below 1"],
])("%d classes, probability %d throws", (c, p, message) => {
  expect(() => neededScale(target("softmax")!, c, p, 0, 1)).toThrow(message);
});
