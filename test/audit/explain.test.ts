import { describe, expect, test } from "vitest";
import { digitsOf, explanations, sampled, scaleOfEachRow } from "../../src/audit/explain.ts";
import type { GivenScale } from "../../src/audit/forms.ts";
import { slopeCurve, valueCurve } from "../../src/audit/mistakes.ts";
import { type AuditRow, accepts, type Dtype, rowAt } from "../../src/audit/tolerance.ts";
import { type Target, target } from "../../src/core/targets.ts";

const of = (name: string, parameters: Record<string, number> = {}) => target(name, parameters)!;
const grid = (n: number, from = 0, to = Math.PI) =>
  Array.from({ length: n }, (_, i) => Math.min(Math.PI, from + (i * (to - from)) / (n - 1)));
type Curve = (t: number) => number;

describe("the rows that are tried first", () => {
  test("are all of them where they are few", () => {
    const rows = grid(10);
    expect(sampled(rows, 10)).toBe(rows);
  });

  test("else so many, each once, from all parts and at no regular distance", () => {
    const places = sampled(
      grid(1000).map((_, i) => i),
      10,
    );
    expect(places).toEqual([0, 618, 236, 854, 472, 90, 708, 326, 944, 562]);
  });
});

test.each([
  [0, 0],
  [5, 0],
  [-5, 1],
  [1e-12, 0],
  [64, 1],
  [6400, 1],
  [0.0355, 2],
  [-1.25e30, 3],
])("%d has that many digits beyond one, a minus counted: %d", (x, digits) => {
  expect(digitsOf(x)).toBe(digits);
});

/** The explanations of values that are those of a curve. */
function explained(
  { given, theta = grid(60), dtype = "float64", scale }: Partial<Table>,
  curve: Curve,
  column: "value" | "gradient" = "value",
) {
  const rows = theta.map((t) => rowAt(t, curve(t), dtype));
  const right = column === "value" ? valueCurve(given!) : slopeCurve(given!);
  const bad = rows.filter((row) => !accepts(right, row));
  return explanations(column, given!, rows, bad, scale).map(({ name, parameters }) => [name, parameters]);
}

interface Table {
  readonly given: Target;
  readonly theta: readonly number[];
  readonly dtype: Dtype;
  readonly scale: GivenScale;
}

const arcface = of("arcface", { m: 0.5 });
const MIX =
  "a mix of target and cosine, none of the mistakes known by name: scale * target + weight * cos(theta) + offset";

// biome-ignore format: a table
const tables: [what: string, table: Partial<Table> & Pick<Table, "given">, curve: Curve, name?: string, found?: Record<string, number>][] = [
  ["three round numbers rather than four that are not", { given: arcface }, (t) => 2 * Math.cos(t + 0.5) + 0.3 * Math.cos(t) + 0.1, MIX, { scale: 2, weight: 0.3, offset: 0.1 }],
  ["a scale beside one that each row has", { given: of("cosface"), scale: grid(60, 5, 9) }, (t) => 2 * Math.cos(t) - 0.35, "m is outside the scale: scale * cos - m", { scale: 2 }],
  ["a clamp that shows near pi alone, beside another mistake", { given: of("asoftmax", { m: 4 }), theta: [...grid(40, 1, 3.1), Math.PI] }, (t) => Math.cos(4 * Math.min(t, Math.acos(1e-6 - 1))), "cos(m theta) without psi, and the cosine is clamped at 1 - eps", { eps: 1e-6 }],
  ["no cosines in place of angles, where one is above 1", { given: of("softmax"), theta: grid(20, 0.95), dtype: "bfloat16" }, (t) => Math.cos((t * Math.PI) / 180), "radians taken for degrees", {}],
  ["numbers of at most six digits beside a mistake", { given: of("naive", { m: 1.35 }) }, (t) => (64 * (5 * Math.cos(t) + Math.cos(1.68755 * t))) / 6, "a scale factor and a lambda blend are left in, and another m", { scale: 64, lambda: 5, m: 1.68755 }],
  ["in float32, of at most four", { given: of("naive", { m: 1.35 }), dtype: "float32" }, (t) => (64 * (5 * Math.cos(t) + Math.cos(1.68755 * t))) / 6],
  ["a scale and a lambda beside a mistake, no others that fit", { given: of("combined", { m2: 0.3, m3: 0.2 }), theta: grid(91), dtype: "float32" }, (t) => Math.fround(5 * (5 * Math.cos(t) + Math.cos(Math.min(t, 1) + 0.3) - 0.2)), "a scale factor and a lambda blend are left in, and theta is clamped to [-1, 1]: acos and clamp in the wrong order", { scale: 30, lambda: 5 }],
  ["another m, not a lambda, where the cosine less a constant is the target", { given: of("cosface", { m: 0.35 }) }, (t) => Math.cos(t) - 0.25, "another m", { m: 0.25 }],
  ["a lambda that is rounder than m", { given: of("cosface", { m: 0.35 }) }, (t) => Math.cos(t) - 0.35 / 6, "a lambda blend is left in", { lambda: 5 }],
  ["one wrong row by a number of one digit", { given: arcface, theta: [0, 0.5, 1, 2, Math.PI] }, (t) => Math.cos((t || Math.acos(1 - 0.003)) + 0.5), "the cosine is clamped at 1 - eps, not at -1 + eps", { eps: 0.003 }],
  ["one wrong row by no other number", { given: arcface, theta: [0, 0.5, 1, 2, Math.PI] }, (t) => Math.cos((t || Math.acos(1 - 0.00123)) + 0.5)],
  ["a clamp that shows at the largest angle alone", { given: of("asoftmax", { m: 4 }), theta: [...grid(200, 1, 2), Math.PI, ...grid(199, 2.01, 3.1)] }, (t) => 2 * of("asoftmax", { m: 4 }).value(Math.min(t, Math.acos(3e-9 - 1))), "a scale factor is left in, and the cosine is clamped at 1 - eps", { scale: 2, eps: 3e-9 }],
  ["two numbers of any digits, the function being right", { given: of("asoftmax", { m: 4 }) }, (t) => (29.87654321 * (12.3456789 * Math.cos(t) + of("asoftmax", { m: 4 }).value(t))) / 13.3456789, "a scale factor and a lambda blend are left in", { scale: 29.87654321, lambda: 12.3456789 }],
  ["three numbers of any digits", { given: of("combined", { m1: 1, m2: 0.3, m3: 0.2 }) }, (t) => Math.cos(1.123456789 * t + 0.2123456789) - 0.1123456789, "other parameters", { m1: 1.123456789, m2: 0.2123456789, m3: 0.1123456789 }],
  ["a small scale", { given: arcface }, (t) => Math.cos(t + 0.5) / 20000, "a scale factor is left in", { scale: 0.00005 }],
  ["no smaller scale of psi with a huge m, which is nearly a straight line", { given: of("asoftmax", { m: 4 }), dtype: "float32" }, (t) => t],
];

test.each(tables)("%s", (_, table, curve, name, found = {}) => {
  const near = Object.entries(found).map(([x, n]) => [x, expect.closeTo(n, 10)]);
  expect(explained(table, curve)).toEqual(name === undefined ? [] : [[name, Object.fromEntries(near)]]);
});

test("of a scale of any digits, and one of few beside another factor, the second", () => {
  const slopes = explained({ given: arcface }, (t) => (64 * arcface.slope(t)) / 60, "gradient");
  expect(slopes).toEqual([
    ["a scale factor is left in, and the gradient is divided by the number of rows", { scale: 64 }],
  ]);
});

test("a mistake explains the rows that are not tried first too", () => {
  const theta = grid(400);
  const curve = (off: number) => (t: number) => 2 * arcface.value(t) + (t === theta[off] ? 1e-6 : 0);
  const tried = new Set(sampled(theta));
  const off = theta.findIndex((t, i) => i > 0 && i < 399 && !tried.has(t));
  expect(explained({ given: arcface, theta }, curve(off))).toEqual([]);
  expect(explained({ given: arcface, theta }, curve(-1))).toEqual([["a scale factor is left in", { scale: 2 }]]);
});

describe("a scale of each row", () => {
  const rowsOf = (scale: (t: number, i: number) => number, theta = grid(61)) =>
    theta.map((t, i) => rowAt(t, scale(t, i) * arcface.value(t), "float64"));
  /** From 0.5 to 2 and back, so many times. */
  const waves = (n: number) => (_: number, i: number) => 0.5 + 1.5 * Math.abs((((n * i) / 60) % 2) - 1);
  /** The angle at which the target is 0. */
  const zero = Math.PI / 2 - 0.5;
  const withZero = (value: number) => [...rowsOf((_, i) => 5 + (i % 7)), rowAt(zero, value, "float64")];
  const bySize = (x: { value: number; theta: number }) => x.value / arcface.value(x.theta);

  // biome-ignore format: a table
  const cases: [what: string, rows: readonly AuditRow[], range?: [number, number]][] = [
    ["norms", rowsOf((_, i) => 5 + (i % 7)), [5, 11]],
    ["norms about 1", rowsOf((_, i) => 0.6 + (i % 4) / 2), [0.6, 2.1]],
    ["norms about 1 in an order of their own", rowsOf((_, i) => 0.6 + (i % 4) / 2).sort((x, y) => bySize(x) - bySize(y)), [0.6, 2.1]],
    ["norms that rise with the angle, none below the target", rowsOf((t) => 1.1 + t), [1.1, 1.1 + Math.PI]],
    ["what rises with the angle from below the target: a function may", rowsOf((t) => 0.5 + t)],
    ["the same, the rows in another order", sampled(rowsOf((t) => 0.5 + t), 60)],
    ["three times up and down", rowsOf(waves(6)), [0.5, 2]],
    ["once up, down and up", rowsOf(waves(3))],
    ["one scale, nearly", rowsOf((_, i) => 5 + (i % 5) / 20)],
    ["scales that differ a little more", rowsOf((_, i) => 5 + (i % 7) / 20), [5, 5.3]],
    ["scales that differ by a factor of 800", rowsOf((_, i) => (i % 3 ? 2 : 1600)), [2, 1600]],
    ["scales that differ by a factor of 1200", rowsOf((_, i) => (i % 3 ? 2 : 2400))],
    ["the target itself in every second row", rowsOf((_, i) => (i % 2 ? 1 : 3))],
    ["the target itself in every 15th row", rowsOf((_, i) => (i % 15 ? 2 + (i % 3) : 1)), [1, 4]],
    ["one value of the other sign", rowsOf((_, i) => (i === 20 ? -5 : 5 + (i % 7)))],
    ["values above 0 alone", rowsOf((_, i) => 5 + (i % 7), grid(61, 0, 1))],
    ["values below 0 alone", rowsOf((_, i) => 5 + (i % 7), grid(61, 1.2))],
    ["rounding errors where the target is 0", withZero(0.5), [5, 11]],
    ["a value where the target is 0", withZero(2)],
    ["no row whose target is not near 0", [rowAt(zero, 1e-4, "float64")]],
  ];
  test.each(cases)("%s", (_, rows, range) => {
    const [found, ...others] = scaleOfEachRow(arcface, rows);
    expect(others).toEqual([]);
    expect(found).toEqual(
      range && {
        column: "value",
        name: "each row has a scale of its own, such as a feature norm: if a column holds it, give --scale @column",
        parameters: { smallest: expect.closeTo(range[0], 10), largest: expect.closeTo(range[1], 10) },
        residual: 0,
      },
    );
  });
});
