import { describe, expect, test } from "vitest";
import { neededThetaJ } from "../../src/core/plane.ts";
import { target } from "../../src/core/targets.ts";
import { Big, exact, folded, PI, truthOf, ulpsApart } from "../oracle.ts";

const make = (name: string, parameters: Record<string, number> = {}) => target(name, parameters)!;
const ANGLES = Array.from({ length: 2000 }, (_, i) => ((i + 0.37) * Math.PI) / 2000);

describe("within 2 ulp at 2,000 angles", () => {
  const m = exact(4);
  // biome-ignore format: a table
  test.each<[spec: string, of: ReturnType<typeof make>, truth: (theta: Big) => Big]>([
    ["softmax",       make("softmax"),              (t) => t],
    ["asoftmax",      make("asoftmax", { m: 4 }),   (t) => m.times(t)],
    ["naive",         make("naive", { m: 4 }),      (t) => folded(m.times(t))],
    ["arcface",       make("arcface", { m: 0.5 }),  (t) => folded(t.plus(0.5))],
    ["sphereface-r2", make("sphereface-r2"),        (t) => exact(1.7).times(t)],
  ])("%s, without an arccosine", (_, of, truth) => {
    for (const theta of ANGLES) {
      const expected = truth(exact(theta));
      const found = neededThetaJ(of, theta);
      if (expected.gt(PI)) expect(found).toBeNaN();
      else expect(ulpsApart(found, expected)).toBeLessThanOrEqual(1);
    }
  });

  test.each([
    ["cosface", [0.35], 0],
    ["combined", [1, 0.3, 0.2], 0],
    ["asoftmax", [4], 5],
  ] as const)(
    "%s %j, lambda %i",
    (name, parameters, lambda) => {
      const names = { cosface: ["m"], combined: ["m1", "m2", "m3"], asoftmax: ["m"] }[name];
      const of = make(name, { ...Object.fromEntries(names.map((one, i) => [one, parameters[i]!])), lambda });
      for (const theta of ANGLES) {
        const { value } = truthOf(name, parameters, lambda, exact(theta));
        const found = neededThetaJ(of, theta);
        if (value.lt(-1)) expect(found).toBeNaN();
        else expect(ulpsApart(found, Big.acos(value))).toBeLessThanOrEqual(2);
      }
    },
    60_000,
  );
});

test.each([
  ["softmax", {}, 0, 0],
  ["asoftmax", { m: 4 }, Math.PI / 4, Math.PI],
  ["asoftmax", { m: 4 }, 1, Number.NaN],
  ["arcface-clip", { m: 0.5 }, 3, Math.PI],
  ["softmax", {}, -1, Number.NaN],
])("%s %j at %f: %f", (name, parameters, theta, expected) => {
  expect(neededThetaJ(make(name, parameters), theta)).toBe(expected);
});
