import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conditions } from "../../src/core/margin.ts";
import { targetFromSpec } from "../../src/core/notation.ts";
import * as constructors from "../../src/core/target-functions.ts";
import { isAboveCosine, makeTarget, pieceEnd, type Target, target, targetDefinitions } from "../../src/core/targets.ts";
import { angles, margins, uniform } from "../arbitrary.ts";
import { type Big, exact, nextDown, nextUp, PI, sinOf, truthOf, ulp } from "../oracle.ts";

const nan = Number.NaN;
const make = (name: string, parameters?: Record<string, number>): Target => target(name, parameters)!;

describe("names, parameters and the canonical form", () => {
  // prettier-ignore
  test.each([
    ["asoftmax", {}, "asoftmax:m=4"],
    ["sphereface", {}, "asoftmax:m=4"],
    ["psi", { m: 2.5 }, "asoftmax:m=2.5"],
    ["asoftmax", { m: 4, lambda: 5 }, "asoftmax:m=4:lambda=5"],
    ["asoftmax", { lambda: 5, m: 3 }, "asoftmax:m=3:lambda=5"],
    ["asoftmax", { lambda: 0 }, "asoftmax:m=4"],
    ["naive", {}, "naive:m=4"],
    ["naive", { m: 2 ** 20, lambda: 0.1 }, "naive:m=1048576:lambda=0.1"],
    ["softmax", {}, "softmax"],
    ["softmax", { lambda: 1 }, "softmax:lambda=1"],
    ["cosface", {}, "cosface:m=0.35"],
    ["arcface", {}, "arcface:m=0.5"],
    ["arcface-easy", {}, "arcface-easy:m=0.5"],
    ["arcface-hard", {}, "arcface-hard:m=0.5"],
    ["combined", {}, "combined:m1=1:m2=0.3:m3=0.2"],
    ["combined", { m3: 0, m1: 2 }, "combined:m1=2:m2=0.3:m3=0"],
    ["sphereface-r1", {}, "sphereface-r1:m=1.7"],
    ["sphereface-r2", {}, "sphereface-r2:m=1.7"],
    ["arcface-clip", {}, "arcface-clip:m=0.5"],
    ["arcface-plain", {}, "arcface-plain:m=0.5"],
    ["arcface-shift", {}, "arcface-shift:m=0.5"],
    ["arcface-reflect", {}, "arcface-reflect:m=0.5"],
    ["a-softmax", {}, "asoftmax:m=4"],
    ["l-softmax", {}, "asoftmax:m=4"],
    ["lsoftmax", {}, "asoftmax:m=4"],
    ["angular-softmax", {}, "asoftmax:m=4"],
    ["am-softmax", {}, "cosface:m=0.35"],
    ["amsoftmax", {}, "cosface:m=0.35"],
    ["am", {}, "cosface:m=0.35"],
    ["aam-softmax", {}, "arcface:m=0.5"],
    ["aamsoftmax", {}, "arcface:m=0.5"],
    ["aam", {}, "arcface:m=0.5"],
    ["normface", {}, "softmax"],
    ["modified-softmax", {}, "softmax"],
  ])("%s with %j is %s", (name, parameters, spec) => expect(make(name, parameters).spec).toBe(spec));

  test("every definition is in the list above, in that order", () => {
    const names =
      "asoftmax naive softmax cosface arcface arcface-easy arcface-hard combined sphereface-r1 sphereface-r2 arcface-clip arcface-plain arcface-shift arcface-reflect";
    expect(targetDefinitions.map(({ name }) => name).join(" ")).toBe(names);
  });

  /** A formula as JavaScript: "m t" is a product, "A if B, else C" a choice. */
  const asCode = (formula: string) =>
    formula
      .replace(/(,? against| on) .*/, "")
      .replace("(-1)^k", "(-1)**k *")
      .replace(/(\dk|\bm1?(?= (t|sin)\b))/g, (found) => (found.endsWith("k") ? `${found[0]} * k` : `${found} *`))
      .replace(/(.*) if (.*), else (.*)/, "$2 ? $1 : $3")
      .replace(/\b(cos|sin|min|pi)\b/g, (name) => `Math.${name === "pi" ? "PI" : name}`);

  test.each(targetDefinitions)(
    "the formula of $name, $formula, is what is computed",
    ({ name, formula, parameters }) => {
      const names = parameters.map((parameter) => parameter.name);
      const value = new Function("t", "k", ...names, `return ${asCode(formula)}`) as (...numbers: number[]) => number;
      const standard = parameters.map((parameter) => parameter.standard);
      for (let i = 0; i < 200; i++) {
        const theta = (i * Math.PI) / 199.3;
        const k = Math.floor(((standard[0] ?? 1) * theta) / Math.PI);
        expect(make(name).value(theta)).toBeCloseTo(value(theta, k, ...standard), 12);
      }
    },
  );

  test("an unknown name gives undefined", () => {
    expect(target("asoftmx")).toBeUndefined();
    expect(target("")).toBeUndefined();
  });
  test("only sphereface-r2 changes competing angles", () => {
    expect(targetDefinitions.map((d) => makeTarget(d).competingDivisor)).toEqual([
      ...Array(9).fill(1),
      1.7,
      ...Array(4).fill(1),
    ]);
  });

  // prettier-ignore
  test.each([
    ["asoftmax", { m: 0.5 }, "m is 0.5: it must lie from 1 to 2^20"],
    ["asoftmax", { m: nan }, "m is NaN: it must lie from 1 to 2^20"],
    ["asoftmax", { m: nextUp(2 ** 20) }, "m is 1048576.0000000002: it must lie from 1 to 2^20"],
    ["asoftmax", { lambda: -1 }, "lambda is -1: it must lie from 0 to 1e+100"],
    ["softmax", { lambda: Infinity }, "lambda is Infinity: it must lie from 0 to 1e+100"],
    ["naive", { m: 0 }, "m is 0: it must be above 0 and at most 2^20"],
    ["cosface", { m: -0.1 }, "m is -0.1: it must lie from 0 to 2"],
    ["cosface", { m: 2.1 }, "m is 2.1: it must lie from 0 to 2"],
    ["arcface", { m: 3.2 }, "m is 3.2: it must lie from 0 to pi"],
    ["combined", { m2: nan }, "m2 is NaN: it must lie from 0 to pi"],
    ["combined", { m1: -1 }, "m1 is -1: it must be above 0 and at most 2^20"],
    ["sphereface-r2", { m: 0 }, "m is 0: it must lie from 1 to 2^20"],
    ["softmax", { m: 4 }, "softmax has no parameter m"],
    ["asoftmax", { m: 4, s: 30 }, "asoftmax has no parameter s"],
    ["psi", { margin: 4 }, "asoftmax has no parameter margin"],
    ["arcface", { m: "0.5" }, "m is a string: it must be a number"],
    ["arcface", 0.3, "arcface: give the parameters by name, such as { lambda: 5 }"],
  ])("%s with %j throws", (name, parameters, message) => {
    expect(() => target(name, parameters as never)).toThrow(
      expect.objectContaining({ name: "ParameterError", message }),
    );
  });
});

describe("values by hand", () => {
  const [pi, root] = [Math.PI, Math.SQRT1_2];
  // prettier-ignore
  test.each([
    ["softmax", {}, pi / 3, 0.5],
    ["asoftmax", { m: 4 }, 0, 1],
    ["asoftmax", { m: 4 }, pi / 4, -1],
    ["asoftmax", { m: 4 }, pi / 2, -3],
    ["asoftmax", { m: 3 }, pi, -5],
    ["asoftmax", { m: 4, lambda: 1 }, 0, 1],
    ["asoftmax", { m: 4, lambda: 3 }, pi, -2.5],
    ["naive", { m: 4 }, pi / 2, 1],
    ["naive", { m: 0.5 }, pi / 2, root],
    ["cosface", { m: 0.5 }, 0, 0.5],
    ["arcface", { m: pi / 2 }, 0, 0],
    ["arcface", { m: pi / 4 }, pi / 2, -root],
    ["arcface-easy", { m: pi / 4 }, pi / 4, 0],
    ["arcface-easy", { m: pi / 4 }, pi, -1],
    ["arcface-hard", { m: pi / 4 }, pi / 4, 0],
    ["arcface-hard", { m: pi / 4 }, pi, -1 - (pi / 4) * root],
    ["combined", { m1: 2, m2: 0, m3: 1 }, pi / 2, -2],
    ["sphereface-r1", { m: 2 }, pi / 4, 0],
    ["sphereface-r1", { m: 2 }, 3, -1],
    ["sphereface-r2", { m: 2 }, 0, 1],
    ["arcface-clip", { m: pi / 4 }, pi / 4, 0],
    ["arcface-clip", { m: pi / 4 }, 3, -1],
    ["arcface-plain", { m: pi / 4 }, pi / 4, 0],
    ["arcface-plain", { m: pi / 4 }, pi, -1],
    ["arcface-shift", { m: pi / 4 }, pi / 4, 0],
    ["arcface-shift", { m: pi / 4 }, pi, -2 + root],
    ["arcface-reflect", { m: pi / 4 }, pi / 4, 0],
    ["arcface-reflect", { m: pi / 4 }, pi, -2 + root],
  ])("%s with %j at %d is %d", (name, parameters, theta, value) => {
    expect(make(name, parameters).value(theta)).toBeCloseTo(value, 15);
  });

  test.each([nan, -0.1, nextUp(Math.PI), Infinity])("theta = %d gives NaN", (theta) => {
    for (const definition of targetDefinitions) {
      for (const f of [makeTarget(definition), makeTarget(definition, { lambda: 2 })]) {
        expect([f.value(theta), f.slope(theta), f.slopeByCosine(theta)]).toEqual([nan, nan, nan]);
      }
    }
  });
  test("-0 is 0", () => {
    for (const definition of targetDefinitions) {
      const f = makeTarget(definition);
      expect([f.value(-0), f.slope(-0) + 0, f.slopeByCosine(-0)]).toEqual([
        f.value(0),
        f.slope(0) + 0,
        f.slopeByCosine(0),
      ]);
    }
  });
});

describe("the slope by cosine at 0 and at tiny angles", () => {
  // prettier-ignore
  test.each([
    ["softmax", {}, 1],
    ["asoftmax", { m: 4 }, 16],
    ["asoftmax", { m: 2.5 }, 6.25],
    ["asoftmax", { m: 4, lambda: 5 }, 21 / 6],
    ["naive", { m: 0.5 }, 0.25],
    ["cosface", {}, 1],
    ["arcface", { m: 0 }, 1],
    ["arcface", { m: 0.5 }, Infinity],
    ["arcface", { m: Math.PI }, Infinity], // the double pi is below pi: its sine is 1.2e-16
    ["arcface-easy", { m: 0.5 }, Infinity],
    ["arcface-hard", { m: 0.5, lambda: 1 }, Infinity],
    ["combined", { m1: 3, m2: 0, m3: 1 }, 9],
    ["sphereface-r1", { m: 3 }, 9],
    ["sphereface-r2", {}, 1],
    ["arcface-clip", {}, Infinity],
    ["arcface-shift", { m: 0 }, 1],
  ])("%s with %j: %d", (name, parameters, limit) => {
    const f = make(name, parameters);
    expect(f.slopeByCosine(0)).toBe(limit);
    for (const theta of [Number.MIN_VALUE, 1e-310, 1e-300, 1e-100, 1e-9]) {
      if (limit < Infinity)
        expect(Math.abs(f.slopeByCosine(theta) - limit)).toBeLessThanOrEqual(2 * ulp(limit) + limit ** 2 * theta ** 2);
    }
  });
});

describe("against the oracle", () => {
  // prettier-ignore
  const functions: [name: string, parameters: fc.Arbitrary<Record<string, number>>][] = [
    ["asoftmax", fc.record({ m: margins })],
    ["naive", fc.record({ m: fc.oneof(margins, uniform(1e-3, 1)) })],
    ["softmax", fc.constant({})],
    ["cosface", fc.record({ m: uniform(0, 2) })],
    ["arcface", fc.record({ m: uniform(0, Math.PI) })],
    ["arcface-easy", fc.record({ m: uniform(0, Math.PI) })],
    ["arcface-hard", fc.record({ m: uniform(0, Math.PI) })],
    ["combined", fc.record({ m1: margins, m2: uniform(0, Math.PI), m3: uniform(0, 2) })],
    ["sphereface-r1", fc.record({ m: margins })],
    ["sphereface-r2", fc.record({ m: margins })],
    ["arcface-clip", fc.record({ m: uniform(0, Math.PI) })],
    ["arcface-plain", fc.record({ m: uniform(0, Math.PI) })],
    ["arcface-shift", fc.record({ m: uniform(0, Math.PI) })],
    ["arcface-reflect", fc.record({ m: uniform(0, Math.PI) })],
  ];
  const lambdas = fc.oneof(fc.constant(0), fc.constant(0), uniform(0, 10), uniform(0, 1000));

  /** The error beyond half an ulp of the result, as a share of the largest term. */
  const excess = (got: number, truth: Big, largest: number) =>
    (exact(got).minus(truth).abs().toNumber() - ulp(truth.toNumber()) / 2) / largest;

  function holdsAt(name: string, parameters: Record<string, number>, lambda: number, theta: number) {
    fc.pre(theta === 0 || theta > 1e-280);
    const f = make(name, { ...parameters, lambda });
    const { value, slope } = truthOf(name, Object.values(parameters), lambda, exact(theta));
    const where = `${f.spec} at ${theta}`;
    expect(excess(f.value(theta), value, 3 + Math.abs(value.toNumber())), where).toBeLessThan(2 ** -57);
    const { a } = f.pieces.piece(0);
    const steepest = (lambda + Math.max(1, a)) / (1 + lambda);
    expect(excess(f.slope(theta), slope, steepest), where).toBeLessThan(2 ** -57);
    if (theta === 0) return;
    const byCosine = slope.neg().div(sinOf(exact(theta)));
    const error = exact(f.slopeByCosine(theta)).minus(byCosine).abs().toNumber();
    expect(error, where).toBeLessThan(2 * ulp(byCosine.toNumber()) + (steepest * 2 ** -57) / Math.sin(theta));
  }

  test.each(functions)("%s: random angles", (name, parameters) => {
    const property = fc.property(parameters, lambdas, angles, (p, lambda, theta) => holdsAt(name, p, lambda, theta));
    fc.assert(property, { seed: 1, numRuns: 150 });
  });
  test.each(functions)("%s: at and beside the ends of its pieces", (name, parameters) => {
    const property = fc.property(parameters, lambdas, fc.nat(2 ** 20), (p, lambda, i) => {
      const { pieces } = make(name, p);
      const end = pieceEnd(pieces, i % pieces.count);
      for (const theta of [nextDown(end), end, nextUp(end)])
        if (theta >= 0 && theta <= Math.PI) holdsAt(name, p, lambda, theta);
    });
    fc.assert(property, { seed: 2, numRuns: 60 });
  });
  test("cos(m1 t + m2) beside its zeros is good to 0.51 ulp", () => {
    const property = fc.property(uniform(0.5, 1000), uniform(0, Math.PI), fc.nat(500), (m1, m2, k) => {
      const theta = PI.times(k + 1.5)
        .minus(exact(m2))
        .div(exact(m1))
        .toNumber();
      fc.pre(theta <= Math.PI);
      const { value } = truthOf("combined", [m1, m2, 0], 0, exact(theta));
      expect(excess(make("combined", { m1, m2, m3: 0 }).value(theta), value, ulp(value.toNumber()))).toBeLessThan(0.01);
    });
    fc.assert(property, { seed: 3, numRuns: 150 });
  });
});

test("pieceEnd is the nearest double to the end of each piece, at most pi", () => {
  const ends = (f: Target) => Array.from({ length: f.pieces.count }, (_, i) => pieceEnd(f.pieces, i));
  expect(ends(make("asoftmax"))).toEqual([Math.PI / 4, Math.PI / 2, PI.times(3).div(4).toNumber(), Math.PI]);
  expect(ends(make("asoftmax", { m: 1 }))).toEqual([Math.PI]);
  expect(ends(make("asoftmax", { m: 1.5 }))).toEqual([PI.div(1.5).toNumber(), Math.PI]);
  expect(ends(make("arcface-easy"))).toEqual([Math.PI / 2, Math.PI]);
  expect(ends(make("arcface-hard"))).toEqual([PI.minus(0.5).toNumber(), Math.PI]);
  expect(ends(make("sphereface-r1"))).toEqual([PI.div(exact(1.7)).toNumber(), Math.PI]);
});

test("each target function has a constructor, and its text gives it again", () => {
  const all = Object.values(constructors);
  const specs = all.map((construct) => construct().spec);
  expect(specs.sort()).toEqual(targetDefinitions.map((d) => makeTarget(d).spec).sort());
  for (const construct of all) {
    const made = construct({ lambda: 0.1 });
    expect(targetFromSpec(made.spec).spec).toBe(made.spec);
    expect(made.value(1.2)).toBe(targetFromSpec(made.spec).value(1.2));
  }
});

test("a text that is no target function is refused by the library with what is known", () => {
  const known = targetDefinitions.map(({ name }) => name).join(", ");
  expect(() => targetFromSpec("softmx")).toThrow(`there is no target function "softmx": choose from ${known}`);
  expect(() => targetFromSpec("arcface:n=1")).toThrow('arcface has no parameter "n": choose from m, lambda');
});

test.each(["sphereface2", "curricularface", "adaface", "magface", "circle"])(
  "%s is refused with what it is",
  (name) => {
    expect(() => targetFromSpec(`${name}:m=0.5`)).toThrow(
      new RegExp(`^${name} is no function of theta_y and fixed parameters alone: ${name} .*: audit `),
    );
  },
);
test.each(["toString", "constructor", "__proto__"])("%s is no target function", (name) => {
  expect(() => targetFromSpec(name)).toThrow(`there is no target function "${name}": choose from`);
});

describe("whether a sample keeps the margin of a function", () => {
  const rows = readFileSync(new URL("../fixtures/measure/function-margins.csv", import.meta.url), "utf8");
  test.each(
    rows
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => row.split(",") as [string, string, string, string, string]),
  )("%s at %s against %s: %s, sides %s apart", (spec, thetaY, thetaJ, holds) => {
    expect(isAboveCosine(targetFromSpec(spec), Number(thetaY), Number(thetaJ))).toBe(holds === "true");
  });

  test("is what the conditions of margin say, but for sides closer than 1e-30", () => {
    fc.assert(
      fc.property(margins, angles, angles, (m, y, j) => {
        const { naive, psi } = conditions(m, y, j);
        const cosJ = truthOf("softmax", [], 0, exact(j)).value;
        const sides = ["naive", "asoftmax"].map((name) => truthOf(name, [m], 0, exact(y)).value);
        fc.pre(sides.every((side) => side.minus(cosJ).abs().gt(1e-30)));
        expect([isAboveCosine(make("naive", { m }), y, j), isAboveCosine(make("asoftmax", { m }), y, j)]).toEqual([
          naive,
          psi,
        ]);
      }),
      { seed: 4, numRuns: 2000 },
    );
  });

  test("not outside [0, pi], nor for NaN", () => {
    for (const [y, j] of [
      [nan, 1],
      [1, nan],
      [-1, 1],
      [4, 1],
    ] as const)
      expect(isAboveCosine(make("softmax"), y, j)).toBe(false);
  });
});

test.each([1e-310, 1e-308, 3e-308, 1e-200])("the slope by the cosine at %d: that by theta over theta", (theta) => {
  for (const f of [target("arcface")!, target("combined", { lambda: 2 })!])
    expect(f.slopeByCosine(theta) / (-f.slope(0) / theta) || 1).toBeCloseTo(1, 15);
  expect(target("asoftmax")!.slopeByCosine(theta)).toBe(16);
});
