import { describe, expect, test } from "vitest";
import {
  explains,
  FittedRows,
  fewestDigits,
  largestOf,
  type Mistake,
  refine,
  sumOfSizes,
} from "../../src/audit/fit.ts";
import { formsOf } from "../../src/audit/forms.ts";
import { clampedToo, nothing, valueCurve, valueMistakes } from "../../src/audit/mistakes.ts";
import { rowAt } from "../../src/audit/tolerance.ts";
import { targetFromSpec } from "../../src/core/notation.ts";

const { PI, cos, acos, min, max } = Math;
const theta = [0, PI, ...Array.from({ length: 60 }, (_, i) => PI * ((0.3 + i * 0.6180339887498949) % 1))];
const rowsOf = (f: (t: number) => number) => theta.map((t) => rowAt(t, f(t), "float64"));
const asoftmax = targetFromSpec("asoftmax:m=4");
const mistakeOf = (words: string) =>
  valueMistakes(asoftmax).find(({ name, searched }) => name === words && searched.every(({ lo, hi }) => lo < hi))!;
const naive = mistakeOf("cos(m theta) without psi");
const forms = formsOf(0, undefined);
const clip = (t: number) => acos(max(-1 + 1e-4, min(1 - 1e-4, cos(t))));
const [, clamped] = clampedToo(naive, "float64", 0);
const cosine = { ...nothing(targetFromSpec("softmax")), name: "softmax" };

// biome-ignore format: a table
const tables: [what: string, f: (t: number) => number, Mistake, keyof typeof forms, found: object | undefined][] = [
  ["a mistake alone", (t) => cos(4 * t), naive, "none", {}],
  ["with a scale", (t) => -30 * cos(4 * t), naive, "scale", { scale: -30 }],
  ["with a lambda", (t) => (5 * cos(t) + cos(4 * t)) / 6, naive, "otherLambda", { lambda: 5 }],
  ["with a scale and a lambda", (t) => 64 * (5 * cos(t) + cos(4 * t)) / 6, naive, "both", { scale: 64, lambda: 5 }],
  ["with an eps that is known, and a scale", (t) => 30 * cos(4 * clip(t)), clamped!, "scale", { eps: 1e-4, scale: 30 }],
  ["with an m to be found, and a scale", (t) => 30 * cos(2.6 * t), mistakeOf("another function, naive"), "scale", { m: 2.6, scale: 30 }],
  ["with an m of many digits", (t) => cos((8 / 3) * t), mistakeOf("another function, naive"), "none", { m: expect.closeTo(8 / 3, 9) }],
  ["a lambda that cannot be told from a scale", (t) => 2 * cos(t), cosine, "both", undefined],
  ["another function", (t) => cos(3 * t), naive, "none", undefined],
  ["1e-9 in one row of many is no rounding", (t) => cos(4 * t) + (t === PI ? 1e-9 : 0), naive, "none", undefined],
  ["1e-9 in one row of many is no rounding, with a scale", (t) => 30 * cos(4 * t) + (t === PI ? 1e-9 : 0), naive, "scale", undefined],
];

test.each(tables)("%s", (_, f, mistake, form, found) => {
  const fit = new FittedRows(rowsOf(f)).fit(mistake, forms[form]);
  expect(fit?.parameters).toEqual(found);
  if (fit !== undefined) expect(rowsOf(f).every((row) => explains(fit, row))).toBe(true);
});

test("in float32 the numbers found are rounded too", () => {
  const rows = theta.map((t) => rowAt(t, Math.fround(64 * cos(4 * clip(t))), "float32"));
  const [, inSingle] = clampedToo(naive, "float32", 0);
  expect(new FittedRows(rows).fit(inSingle!, forms.scale)?.parameters).toEqual({ eps: 1e-4, scale: 64 });
});

test("a row beside a jump, where either side is right, does not count in the fit", () => {
  const easy = (t: number) => 30 * (t <= PI / 2 ? cos(t + 0.5) : cos(t));
  const rows = [...theta, PI / 2].map((t) => rowAt(t, easy(t), "float64"));
  const fit = new FittedRows(rows).fit(mistakeOf("another function, arcface-easy"), forms.scale);
  expect(fit?.parameters).toEqual({ m: 0.5, scale: 30 });
});

test("an eps that only the second of many rows shows, the largest angle", () => {
  const angles = [0.5, PI, ...Array.from({ length: 90 }, (_, i) => 0.5 + i / 45)];
  const rows = angles.map((t) => rowAt(t, asoftmax.value(min(t, PI - acos(1 - 2e-3))), "float64"));
  const fit = new FittedRows(rows).fit(mistakeOf("the cosine is clamped at 1 - eps"), forms.none);
  expect(fit?.parameters).toEqual({ eps: 2e-3 });
});

test("rows of rounded values are explained to within their rounding, and that is divided by the scale too", () => {
  const fit = { parameters: {}, scale: -64, curve: valueCurve(asoftmax) };
  const explainsAt = (error: number) =>
    explains(fit, { ...rowAt(1, -64 * asoftmax.value(1) + error, "float64"), rounding: 0.005 });
  expect([0, 0.0049, -0.0049, 0.0051, -0.0051].map(explainsAt)).toEqual([true, true, true, false, false]);
  expect(explains(fit, rowAt(1, -64 * asoftmax.value(1), "float64"))).toBe(true);
  expect(explains(fit, rowAt(1, -64 * asoftmax.value(1) + 1e-9, "float64"))).toBe(false);
});

describe("the fewest digits that at most double the cost, give or take slack", () => {
  const distanceTo =
    (...truth: number[]) =>
    (found: number[]) =>
      sumOfSizes(found.map((x, i) => x - truth[i]!));
  test.each([
    ["a round number", [0.35 + 1e-13], distanceTo(0.35), 1e-12, [0.35]],
    ["as many digits as are needed", [1 / 3], distanceTo(1 / 3), 5e-4, [0.333]],
    ["within slack", [0.36], distanceTo(0.36), 0.05, [0.4]],
    ["no slack: all digits", [1 / 3], distanceTo(1 / 3), 0, [1 / 3]],
    ["a tiny number is 0", [64, 1e-12], distanceTo(64, 0), 1e-9, [64, 0]],
    ["a tiny number that matters stays", [64, 3e-12], (x: number[]) => Math.abs(x[1]! / 3e-12 - 1), 1e-9, [60, 3e-12]],
    ["one above 1e-9 is not tiny", [2e-9], distanceTo(2e-9), 1e-10, [2e-9]],
    ["none costs anything", [0.123, 1e-12], () => 0, 0, [0.1, 0]],
    ["nothing to round", [], () => 0, 0, []],
  ])("%s", (_, found, costOf, slack, short) => {
    expect(fewestDigits(found, costOf, slack)).toEqual(short);
  });
});

describe("refine", () => {
  const wide = { lo: -100, hi: 100 };
  test("the least squares of a linear system, in any number of variables", () => {
    const at = ([x, y]: readonly number[]) => [x! + y! - 3, x! - y! - 1, 2 * x! - 4];
    expect(refine([wide, wide], [50, -7], at)).toEqual([expect.closeTo(2, 9), expect.closeTo(1, 9)]);
    const large = { lo: -1e6, hi: 1e6 };
    expect(refine([large], [1e5], ([x]) => [x! - 2e5])).toEqual([expect.closeTo(2e5, 3)]);
    // The mean has the least squares.
    expect(refine([wide], [50], ([x]) => [x! - 1, x! - 2, x! - 6])).toEqual([expect.closeTo(3, 9)]);
  });

  test("a step that is too long is halved", () => {
    // From 3 a whole step of Newton's method on atan(x) goes to -9.5, and from there ever further.
    expect(refine([wide], [3], ([x]) => [Math.atan(x!)])).toEqual([expect.closeTo(0, 9)]);
  });

  test("a variable stays within its bounds", () => {
    const at = ([x]: readonly number[]) => [x! - 5];
    expect(refine([{ lo: 0, hi: 3 }], [1], at)).toEqual([3]);
    expect(refine([{ lo: 7, hi: 9 }], [8], at)).toEqual([7]);
    // The function may have no value beyond a bound.
    expect(refine([{ lo: 0, hi: 9 }], [0], ([x]) => [Math.sqrt(x!) - 1])).toEqual([expect.closeTo(1, 6)]);
    expect(refine([{ lo: 0, hi: 9 }], [9], ([x]) => [Math.sqrt(9 - x!) - 1])).toEqual([expect.closeTo(8, 6)]);
  });

  test("a variable without effect stays, and so does one without residuals", () => {
    expect(refine([wide, wide], [1, 2], ([x]) => [x! - 3])).toEqual([expect.closeTo(3, 9), 2]);
    expect(refine([wide], [1], () => [Number.POSITIVE_INFINITY])).toEqual([1]);
    expect(refine([], [], () => [1])).toEqual([]);
  });
});

test("the largest of errors, and the sum of sizes", () => {
  expect([largestOf([]), largestOf([1, 3, 2]), sumOfSizes([]), sumOfSizes([1, -3])]).toEqual([0, 3, 0, 4]);
});
