import { describe, expect, test } from "vitest";
import { FittedRows, type Mistake } from "../../src/audit/fit.ts";
import { formsOf } from "../../src/audit/forms.ts";
import { asCosine, clampedToo, mixture, nothing, slopeMistakes, valueMistakes } from "../../src/audit/mistakes.ts";
import { evaluate, rowAt, unblended } from "../../src/audit/tolerance.ts";
import { targetFromSpec } from "../../src/core/notation.ts";

type Of = (theta: number) => number;
const { PI, cos, sin, acos, min, max, floor, ceil, round, sqrt } = Math;

// A spread over (0, pi), and angles beside pi/1.7 and the knots k pi/3, where a k found with another pi shows.
const spread = Array.from({ length: 80 }, (_, i) => PI * ((0.3 + i * 0.6180339887498949) % 1));
const beside = [PI / 1.7, PI / 3, (2 * PI) / 3, PI].flatMap((knot) =>
  [5e-7, 1.5e-6, 1e-5, 1e-4, 3e-4, 1e-3, 0.02].flatMap((d) => [knot * (1 - d), knot * (1 + d)]),
);
const angles = [...spread, ...beside].filter((t) => t < PI);

/** The least, over the mistakes of that name, of the largest distance from the function, computed in either way. */
const distance = (mistakes: readonly Mistake[], words: string, parameters: number[], f: Of) =>
  mistakes
    .filter(({ name }) => name === words)
    .map(({ curve }) => {
      const wrong = curve(...parameters);
      const both = (t: number) => [evaluate(wrong, t), unblended(wrong, rowAt(t, f(t), "float64"))];
      return angles.flatMap((t) => both(t).map((x) => Math.abs(x - f(t)))).reduce((x, y) => max(x, y));
    })
    .reduce((x, y) => min(x, y), Number.POSITIVE_INFINITY);

const sign = (k: number) => (k % 2 === 0 ? 1 : -1);
const psi = (x: number, k = floor(x / PI)) => sign(k) * cos(x) - 2 * k;
const hard = (t: number, m: number, end = PI - m) => (t < end ? cos(t + m) : cos(t) - m * sin(m));
const root = (t: number, m: number) => cos(t) * cos(m) - sqrt(sin(t) ** 2 + 1e-3) * sin(m);
/** The angle of a cosine that was changed. */
const through = (change: (c: number) => number) => (t: number) => acos(max(-1, min(1, change(cos(t)))));
const clip = through((c) => max(-0.999, min(0.999, c)));
const oneEnd = through((c) => min(0.999, c));
const byNorm = through((c) => c / 1.001);
const factorial = (n: number): number => (n === 0 ? 1 : n * factorial(n - 1));
/** cos(3 t) to x^6/6!, and two terms more. */
const series = (c8: number, c9: number) => (t: number) => {
  const term = (n: number) => (3 * t) ** n / factorial(n);
  return max(-3, min(1, 1 - term(2) + term(4) - term(6) + c8 * term(8) + c9 * term(9)));
};

// biome-ignore format: a table
const values: [spec: string, words: string, parameters: number[], f: Of][] = [
  ["asoftmax:m=3", "cos(m theta) without psi", [], (t) => cos(3 * t)],
  ["asoftmax:m=3", "-k in place of -2k", [], (t) => psi(3 * t) + floor((3 * t) / PI)],
  ["asoftmax:m=3", "+2k in place of -2k", [], (t) => psi(3 * t) + 4 * floor((3 * t) / PI)],
  ["asoftmax:m=3", "the sign (-1)^k is missing", [], (t) => cos(3 * t) - 2 * floor((3 * t) / PI)],
  ["asoftmax:m=3", "the sign is (-1)^(k + 1) in place of (-1)^k", [], (t) => -sign(floor((3 * t) / PI)) * cos(3 * t) - 2 * floor((3 * t) / PI)],
  ["asoftmax:m=3", "-2k is missing", [], (t) => sign(floor((3 * t) / PI)) * cos(3 * t)],
  ["asoftmax:m=3", "k is found from m theta / (2 pi)", [], (t) => psi(3 * t, floor((3 * t) / (2 * PI)))],
  ["asoftmax:m=3", "k is one too large", [], (t) => psi(3 * t, floor((3 * t) / PI) + 1)],
  ["asoftmax:m=3", "k is one too small", [], (t) => psi(3 * t, floor((3 * t) / PI) - 1)],
  ["asoftmax:m=3", "k is rounded, not floored", [], (t) => psi(3 * t, round((3 * t) / PI))],
  ["asoftmax:m=3", "k is rounded up, not floored", [], (t) => psi(3 * t, ceil((3 * t) / PI))],
  ...[3.14, 31415e-4, 31416e-4, 314159e-5, 3142e-3, 3].map((pi): (typeof values)[number] =>
    ["asoftmax:m=3", `pi is cut to ${pi} where k is found`, [], (t) => psi(3 * t, floor((3 * t) / pi))]),
  ["asoftmax:m=3", "a Taylor series with -x^9/9! in place of +x^8/8!, clamped at -m", [], series(0, -1)],
  ["asoftmax:m=3", "a Taylor series with +x^9/9! in place of +x^8/8!, clamped at -m", [], series(0, 1)],
  ["asoftmax:m=3", "a Taylor series with a stray last term -x^9/9!, clamped at -m", [], series(1, -1)],
  ["asoftmax:m=3", "a Taylor series with a stray last term +x^9/9!, clamped at -m", [], series(1, 1)],
  ["asoftmax:m=3", "a Taylor series that ends at x^8/8!, clamped at -m", [], series(1, 0)],
  ["asoftmax:m=3", "degrees taken for radians", [], (t) => psi((3 * t * 180) / PI)],
  ["asoftmax:m=3", "radians taken for degrees", [], (t) => psi((3 * t * PI) / 180)],
  ["asoftmax:m=3", "theta is clamped to [-1, 1]: acos and clamp in the wrong order", [], (t) => psi(3 * min(t, 1))],
  ["asoftmax:m=3.5", "m is truncated to a whole number", [3], (t) => psi(3 * t)],
  ["asoftmax:m=3", "another m", [2.5], (t) => psi(2.5 * t)],
  ["asoftmax:m=3", "the cosine is clamped at 1 - eps", [1e-3], (t) => psi(3 * clip(t))],
  ["asoftmax:m=3", "the cosine is clamped at 1 - eps, not at -1 + eps", [1e-3], (t) => psi(3 * oneEnd(t))],
  ["asoftmax:m=3", "eps is added to a norm: the cosine is divided by 1 + eps", [1e-3], (t) => psi(3 * byNorm(t))],
  ["asoftmax:m=3", "another function, softmax", [], cos],
  ["asoftmax:m=3", "another function, naive", [3], (t) => cos(3 * t)],
  ["asoftmax:m=3", "another function, combined", [0.9, 0.4, 0.1], (t) => cos(0.9 * t + 0.4) - 0.1],
  ["arcface:m=0.5", "the sign of m is wrong", [], (t) => cos(t - 0.5)],
  ["arcface:m=0.5", "m in radians is taken for degrees", [], (t) => cos(t + PI / 360)],
  ["arcface:m=0.5", "m in degrees is taken for radians", [], (t) => cos(t + 90 / PI)],
  ["arcface:m=0.2", "m in degrees is taken for radians", [], (t) => cos(t + 11.459)],
  ["arcface:m=0.2", "m in degrees is taken for radians", [], (t) => cos(t + 11.46)],
  ["arcface:m=0.2", "m in degrees is taken for radians", [], (t) => cos(t + 11.5)],
  ["arcface:m=0.5", "m is taken in units of pi: it is m pi", [], (t) => cos(t + PI / 2)],
  ["arcface:m=0.5", "m is given in units of pi and not multiplied by pi", [], (t) => cos(t + 0.5 / PI)],
  ["arcface:m=0.3", "sin(m) and cos(m) are swapped", [], (t) => cos(t) * sin(0.3) - sin(t) * cos(0.3)],
  ["arcface:m=0.5", "the sine is sqrt(1 - cos^2 + eps)", [1e-3], (t) => root(t, 0.5)],
  ["arcface-easy:m=0.5", "the sine is sqrt(1 - cos^2 + eps)", [1e-3], (t) => (t < PI / 2 ? root(t, 0.5) : cos(t))],
  ["arcface-clip:m=0.5", "the sine is sqrt(1 - cos^2 + eps)", [1e-3], (t) => (t < PI - 0.5 ? root(t, 0.5) : -1)],
  ["arcface-reflect:m=0.5", "the sine is sqrt(1 - cos^2 + eps)", [1e-3], (t) => (t < PI - 0.5 ? root(t, 0.5) : -root(t, 0.5) - 2)],
  // cos(pi - m), with which cos(theta) is compared, does not know the sign of m, nor whole turns.
  ["arcface-hard:m=0.5", "the sign of m is wrong", [], (t) => hard(t, -0.5, PI - 0.5)],
  ["arcface-hard:m=0.5", "m in degrees is taken for radians", [], (t) => hard(t, 90 / PI, acos(cos(PI - 90 / PI)))],
  ["arcface-hard:m=0.5", "m is taken in units of pi: it is m pi", [], (t) => hard(t, PI / 2)],
  ["arcface-hard:m=0.5", "beyond pi - m: cos(theta) - m in place of cos(theta) - m sin(m)", [], (t) => (t < PI - 0.5 ? cos(t + 0.5) : cos(t) - 0.5)],
  ["arcface-hard:m=0.5", "beyond pi - m: cos(theta) - c", [0.3], (t) => (t < PI - 0.5 ? cos(t + 0.5) : cos(t) - 0.3)],
  ["arcface-hard:m=0.5", "the change is at pi - m/2 in place of pi - m", [], (t) => hard(t, 0.5, PI - 0.25)],
  ["arcface-hard:m=0.5", "the change is at pi/2 in place of pi - m", [], (t) => hard(t, 0.5, PI / 2)],
  ["arcface-hard:m=0.5", "the change is at m in place of pi - m", [], (t) => hard(t, 0.5, 0.5)],
  ["arcface-clip:m=0.5", "the angle is held at 3.14", [], (t) => cos(min(t + 0.5, 3.14))],
  ["sphereface-r1:m=1.7", "the angle is held at 3.14", [], (t) => cos(min(1.7 * t, 3.14))],
  ["sphereface-r1:m=1.7", "the angle is held at 3.14159", [], (t) => cos(min(1.7 * t, 314159e-5))],
  ["combined:m1=1:m2=0.3:m3=0.2", "the angle is held at pi", [], (t) => cos(min(t + 0.3, PI)) - 0.2],
  ["combined:m1=0.9:m2=0.3:m3=0.2", "the sign of m2 is wrong", [], (t) => cos(0.9 * t - 0.3) - 0.2],
  ["combined:m1=0.9:m2=0.3:m3=0.2", "the sign of m3 is wrong", [], (t) => cos(0.9 * t + 0.3) + 0.2],
  ["combined:m1=0.9:m2=0.3:m3=0.2", "another m2", [0.4], (t) => cos(0.9 * t + 0.4) - 0.2],
  ["combined:m1=0.9:m2=0.3:m3=0.2", "other parameters", [1.1, 0.4, 0.1], (t) => cos(1.1 * t + 0.4) - 0.1],
  ["combined:m1=0.9:m2=0.3:m3=0.2", "m is outside the scale: scale * cos - m", [30], (t) => 30 * cos(0.9 * t + 0.3) - 0.2],
  ["cosface:m=0.35", "the sign of m is wrong", [], (t) => cos(t) + 0.35],
  ["cosface:m=0.35", "the margin is only where cos(theta) > 0", [], (t) => cos(t) - (t < PI / 2 ? 0.35 : 0)],
  ["cosface:m=0.35", "m is outside the scale: scale * cos - m", [30], (t) => 30 * cos(t) - 0.35],
];

test.each(values)("%s: %s %j", (spec, words, parameters, f) => {
  expect(distance(valueMistakes(targetFromSpec(spec)), words, parameters, f)).toBeLessThan(1e-12);
});

test("arcface-easy changes at pi/2, whatever the sign of m", () => {
  const mistakes = valueMistakes(targetFromSpec("arcface-easy:m=0.5")).filter(({ name }) => name === SIGN("m"));
  const f = (t: number) => (t < PI / 2 ? cos(t - 0.5) : cos(t));
  expect(mistakes.length).toBeGreaterThan(0);
  for (const one of mistakes) expect(distance([one], one.name, [], f)).toBeLessThan(1e-12);
});

test("a margin outside a scale that the values were divided by", () => {
  const mistakes = valueMistakes(targetFromSpec("cosface:m=0.35"), 64);
  const words = "m is outside the scale: scale * cos - m";
  expect(distance(mistakes, words, [], (t) => cos(t) - 0.35 / 64)).toBeLessThan(1e-12);
  expect(mistakes.find(({ name }) => name === words)).toMatchObject({ searched: [], standsAlone: true });
});

/** The names of a mistake and of the numbers that are found for it. */
const named = ({ name, searched }: Mistake) => [name, ...searched.map((one) => one.name)].join(", ");
const isGiven = ({ searched }: Mistake) => searched.length > 0 && searched.every(({ lo, hi }) => lo === hi);
const OTHER = "another function, ";
const SINGLE =
  "asoftmax naive cosface arcface arcface-easy arcface-hard sphereface-r1 arcface-clip arcface-plain".split(" ");
SINGLE.push("arcface-shift", "arcface-reflect");
const ANY = [
  "degrees taken for radians",
  "radians taken for degrees",
  "theta is clamped to [-1, 1]: acos and clamp in the wrong order",
  "the cosine is clamped at 1 - eps, eps",
  "the cosine is clamped at 1 - eps, not at -1 + eps, eps",
  "eps is added to a norm: the cosine is divided by 1 + eps, eps",
];
const PSI = values.slice(0, 22).map(([, words]) => words);
const TRUNCATED = ["m is truncated to a whole number, m", "another m, m"];
const SIGN = (m: string) => `the sign of ${m} is wrong`;
const misread = (m: string) => [
  SIGN(m),
  `${m} in radians is taken for degrees`,
  `${m} in degrees is taken for radians`,
  `${m} is taken in units of pi: it is ${m} pi`,
  `${m} is given in units of pi and not multiplied by pi`,
  `sin(${m}) and cos(${m}) are swapped`,
];
const TAIL = [
  "beyond pi - m: cos(theta) - m in place of cos(theta) - m sin(m)",
  "beyond pi - m: cos(theta) - c, c",
  "the sine is sqrt(1 - cos^2 + eps), eps",
];
const MOVED = ["pi - m/2", "pi/2", "m"].map((at) => `the change is at ${at} in place of pi - m`);
const HELD = ["3.14", "3.1415", "3.1416", "3.14159"].map((pi) => `the angle is held at ${pi}`);
const OUTSIDE = "m is outside the scale: scale * cos - m, scale";
const COMBINED = ["another m1, m1", "another m2, m2", "another m3, m3", "other parameters, m1, m2, m3", SIGN("m3")];
// biome-ignore format: a table
const known: [spec: string, own: string[]][] = [
  ["asoftmax:m=3", [...PSI, ...TRUNCATED]],
  ["naive:m=2.5", TRUNCATED],
  ["naive:m=0.9", ["another m, m"]],
  ["sphereface-r1:m=1.7", [...TRUNCATED, ...HELD]],
  ["softmax", []],
  ["cosface:m=0.35", [SIGN("m"), "the margin is only where cos(theta) > 0", "another m, m", OUTSIDE]],
  ["cosface:m=0", [SIGN("m"), "the margin is only where cos(theta) > 0", "another m, m"]],
  ["arcface:m=0.5", [...misread("m"), ...TAIL, "another m, m"]],
  ["arcface:m=0", [...misread("m"), "another m, m"]],
  ["arcface-easy:m=0.5", [...misread("m"), ...TAIL, "another m, m"]],
  ["arcface-hard:m=0.5", [...misread("m"), ...TAIL, ...MOVED, "another m, m"]],
  ["arcface-clip:m=0.5", [...misread("m"), ...TAIL, ...MOVED, ...HELD, "another m, m"]],
  ["combined:m1=1:m2=0.3:m3=0.2", [...misread("m2"), ...TAIL, ...COMBINED, "the angle is held at pi", OUTSIDE]],
  ["combined:m1=0.9:m2=0.3:m3=0", [...misread("m2"), ...COMBINED]],
];

test.each(known)("%s has the mistakes that it can have, and no others", (spec, own) => {
  const target = targetFromSpec(spec);
  const others = SINGLE.filter((name) => name !== target.name).map((name) => `${OTHER}${name}, m`);
  if (target.name !== "softmax") others.push(`${OTHER}softmax`);
  if (target.name !== "combined") others.push(`${OTHER}combined, m1, m2, m3`);
  const mistakes = valueMistakes(target);
  expect([...new Set(mistakes.map(named))].sort()).toEqual([...ANY, ...own, ...others].sort());
  expect(mistakes.filter(({ name }) => name === `${OTHER}softmax`).length).toBe(target.name === "softmax" ? 0 : 1);
  // Another function with numbers to be found, and what few programs do, count as two mistakes.
  const two = [...others.filter((name) => name.includes(", m")), ...own.filter((name) => name.includes("cut to 3 "))];
  expect(
    mistakes
      .filter(({ isOther }) => isOther)
      .map(named)
      .sort(),
  ).toEqual(two.sort());
});

test("sphereface-r2 has no mistakes of m, which its values do not show", () => {
  const names = valueMistakes(targetFromSpec("sphereface-r2:m=2")).map(named);
  expect(names.filter((name) => name.startsWith(OTHER) || ANY.includes(name))).toEqual(names);
  expect(names).not.toContain(`${OTHER}sphereface-r2`);
});

// The domains are [1, 2^20] (asoftmax, sphereface-r1), (0, 2^20] (naive), [0, 2] (cosface), [0, pi] (all others).
const ARCS = SINGLE.filter((name) => name.startsWith("arcface"));
test.each([
  ["naive:m=1", ["asoftmax", "cosface", "sphereface-r1", ...ARCS]],
  ["naive:m=0.9", ["cosface", ...ARCS]],
  ["asoftmax:m=2", ["naive", "cosface", "sphereface-r1", ...ARCS]],
  ["asoftmax:m=3", ["naive", "sphereface-r1", ...ARCS]],
  ["asoftmax:m=4", ["naive", "sphereface-r1"]],
  [`arcface:m=${PI}`, ["asoftmax", "naive", "sphereface-r1", ...ARCS.filter((name) => name !== "arcface")]],
  ["cosface:m=0", ARCS],
  ["softmax", []],
])("%s: other functions with the same m, in their domains", (spec, names) => {
  const given = valueMistakes(targetFromSpec(spec)).filter((one) => isGiven(one) && one.name.startsWith(OTHER));
  expect(given.map(({ name }) => name.slice(OTHER.length)).sort()).toEqual(names.sort());
});

test("pi is cut only so far that the last knot moves by less than a segment", () => {
  const cuts = (m: number) =>
    valueMistakes(targetFromSpec(`asoftmax:m=${m}`)).flatMap(({ name }) => /pi is cut to (\S+)/.exec(name)?.[1] ?? []);
  expect([cuts(4).length, cuts(30).includes("3"), cuts(30).length, cuts(2000).includes("3.14")]).toEqual([
    6,
    false,
    5,
    false,
  ]);
});

test("every number is searched for within its bounds, from few enough starts", () => {
  for (const [spec] of known)
    for (const { searched, name } of valueMistakes(targetFromSpec(spec))) {
      for (const { lo, hi, starts } of searched)
        expect([name, min(...starts) >= lo, max(...starts) <= hi]).toEqual([name, true, true]);
      expect(searched.reduce((product, { starts }) => product * starts.length, 1)).toBeLessThan(4000);
    }
});

test.each([0.02, 0.3, 5.7, 33.3, 63.9, 2 ** 8, 2 ** 14, 2 ** 20])(
  "another function, naive, is found with m = %d",
  (m) => {
    const rows = [0, PI, ...spread].map((t) => rowAt(t, cos(m * t), "float64"));
    const mistake = valueMistakes(targetFromSpec("cosface:m=0.35")).find(
      (one) => named(one) === `${OTHER}naive, m` && !isGiven(one),
    )!;
    expect(new FittedRows(rows).fit(mistake, formsOf(0, undefined).none)?.parameters).toEqual({ m });
  },
);

const anotherM = (spec: string) => valueMistakes(targetFromSpec(spec)).find(({ name }) => name === "another m")!;

test.each([40.3, 2 ** 18])("another m of naive is found: %d", (m) => {
  const rows = [0, PI, ...spread].map((t) => rowAt(t, cos(m * t), "float64"));
  expect(new FittedRows(rows).fit(anotherM("naive:m=4"), formsOf(0, undefined).none)?.parameters).toEqual({ m });
});

test.each([0, 0.1, 1, 1.7, 3.1, PI])("another m of arcface is found: %d", (m) => {
  const rows = [0, PI, ...spread].map((t) => rowAt(t, cos(t + m), "float64"));
  expect(new FittedRows(rows).fit(anotherM("arcface:m=0.5"), formsOf(0, undefined).none)?.parameters.m).toBeCloseTo(
    m,
    9,
  );
});

test("the column of angles holds cosines", () => {
  const { curve } = asCosine(targetFromSpec("asoftmax:m=3"));
  for (const c of [0, 0.2, 0.9, 1, 1.5]) expect(evaluate(curve(), c)).toBeCloseTo(psi(3 * acos(min(c, 1))), 12);
});

test("a mix of target and cosine", () => {
  const mistake = mixture(targetFromSpec("asoftmax:m=3"));
  const f = (t: number) => 2 * psi(3 * t) - 3 * cos(t) - 5;
  expect(distance([mistake], mistake.name, [2, -3, -5], f)).toBeLessThan(1e-12);
  expect(mistake.curve(-2, 3, -5).terms).toBe(10);
  const rows = [0, PI, ...spread].map((t) => rowAt(t, f(t), "float64"));
  const fit = new FittedRows(rows).fit(mistake, formsOf(0, undefined).none);
  expect(fit?.parameters).toEqual({ scale: 2, weight: -3, offset: -5 });
});

describe("the cosine clamped beside another mistake", () => {
  const target = targetFromSpec("asoftmax:m=3");
  const mistakes = valueMistakes(target);
  const one = (words: string) => mistakes.find(({ name }) => name === words)!;

  test("any mistake without a number to be found, at any eps that shows", () => {
    const eps = (least: number) => clampedToo(nothing(target), "float64", least).map(({ searched }) => searched[0]!.lo);
    expect(eps(0)).toEqual([1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 2 ** -23]);
    // The angle whose cosine is 1 - eps is about sqrt(2 eps).
    expect(eps(0.01)).toEqual([1e-3, 1e-4]);
    expect(clampedToo(one("another m"), "float64", 0)).toEqual([]);
    expect(clampedToo(one("m is truncated to a whole number"), "float64", 0).length).toBe(11);
  });

  test("it is one mistake alone, and counts as two beside another", () => {
    const [alone] = clampedToo(nothing(target), "float64", 0);
    const [both] = clampedToo(one("cos(m theta) without psi"), "float64", 0);
    expect([alone!.name, alone!.isOther]).toEqual(["the cosine is clamped at 1 - eps", false]);
    expect([both!.name, both!.isOther]).toEqual([
      "cos(m theta) without psi, and the cosine is clamped at 1 - eps",
      true,
    ]);
    expect(distance([alone!], alone!.name, [1e-3], (t) => psi(3 * clip(t)))).toBeLessThan(1e-12);
    expect(distance([both!], both!.name, [1e-3], (t) => cos(3 * clip(t)))).toBeLessThan(1e-12);
  });

  test("beside a change of the angle, and a number that is known", () => {
    const [inside] = clampedToo(one("theta is clamped to [-1, 1]: acos and clamp in the wrong order"), "float64", 0);
    expect(distance([inside!], inside!.name, [1e-3], (t) => psi(3 * min(clip(t), 1)))).toBeLessThan(1e-12);
    const [other] = clampedToo(one("m is truncated to a whole number"), "float64", 0);
    expect(distance([other!], other!.name, [2, 1e-3], (t) => psi(2 * clip(t)))).toBeLessThan(1e-12);
  });

  test("1 - eps is rounded as float32 does", () => {
    const [, , , , seventh] = clampedToo(nothing(targetFromSpec("naive:m=1")), "float32", 0);
    expect(evaluate(seventh!.curve(1e-7), 0)).toBe(Math.fround(1 - 1e-7));
  });
});

// (5 cos + psi) / 6 with m = 3 by 10 rows; slopes by theta.
const own = (t: number) => -3 * Math.abs(sin(3 * t));
const blend = (t: number) => (own(t) - 5 * sin(t)) / 6;
// biome-ignore format: a table
const slopes: [words: string, f: Of][] = [
  ["the gradient is 0: it is detached", () => 0],
  ["the gradient is by cos(theta), not theta", (t) => -blend(t) / sin(t)],
  ["the gradient has its sign flipped", (t) => -blend(t)],
  ["the gradient lacks the factor m", (t) => (own(t) / 3 - 5 * sin(t)) / 6],
  ["the gradient is divided by the number of rows", (t) => blend(t) / 10],
  ["the gradient is by degrees, not radians", (t) => (blend(t) * PI) / 180],
  ["the gradient is that of cos(theta): the margin is detached", (t) => -sin(t)],
  ["the gradient lacks lambda: it is that of the target alone", own],
  ["the gradient lacks the cosine of the blend", (t) => own(t) / 6],
  ["the gradient lacks the division by 1 + lambda", (t) => 6 * blend(t)],
  ["the gradient is that of cos(m theta)", (t) => (-3 * sin(3 * t) - 5 * sin(t)) / 6],
];
const ofBlend = slopeMistakes(targetFromSpec("asoftmax:m=3:lambda=5"), 10);

test.each(slopes)("%s", (words, f) => {
  expect(distance(ofBlend, words, [], f)).toBeLessThan(1e-12);
});

test("which mistakes the gradients of a function can have, and which are a factor on the right one", () => {
  const names = (spec: string) => slopeMistakes(targetFromSpec(spec), 10).map(({ name }) => name);
  const words = slopes.map(([name]) => name);
  expect(ofBlend.map(({ name }) => name).sort()).toEqual([...words].sort());
  expect(names("asoftmax:m=3").sort()).toEqual(words.filter((name) => !/lambda|blend/.test(name)).sort());
  expect(names("arcface").sort()).toEqual(words.filter((name) => !/lambda|blend|cos\(m theta/.test(name)).sort());
  const factors = ofBlend.flatMap(({ factor }) => factor ?? []);
  expect(factors.sort((x, y) => x - y)).toEqual([-1, PI / 180, 0.1, 6]);
});

test("the slope by the cosine at 0 is its limit, that of a flat piece without the factor m is 0", () => {
  const at = (mistakes: Mistake[], words: string, t: number) =>
    evaluate(mistakes.find(({ name }) => name === words)!.curve(), t);
  expect(at(ofBlend, "the gradient is by cos(theta), not theta", 0)).toBeCloseTo((3 ** 2 + 5) / 6, 12);
  const ofClip = slopeMistakes(targetFromSpec("arcface-clip:m=0.5"), 10);
  expect(at(ofClip, "the gradient lacks the factor m", 3)).toBeCloseTo(0, 12);
});
