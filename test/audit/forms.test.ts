import { describe, expect, test } from "vitest";
import type { Form, Products } from "../../src/audit/fit.ts";
import { formsOf, type GivenScale } from "../../src/audit/forms.ts";

// biome-ignore format: a table
const names: [lambda: number, given: GivenScale, names: string[]][] = [
  [0, undefined, ["", "a scale factor is left in", "a lambda blend is left in", "the cosine is added with a weight", "a scale factor and a lambda blend are left in"]],
  [5, undefined, ["", "a scale factor is left in", "another lambda", "the cosine has another weight than lambda", "a scale factor is left in, and another lambda"]],
  [0, 64, ["", "another scale", "a lambda blend is left in", "the cosine is added with a weight", "another scale, and a lambda blend is left in"]],
  [0, [64, 30], ["", "a factor on the scale", "a lambda blend is left in", "the cosine is added with a weight", "a factor on the scale, and a lambda blend is left in"]],
];
test.each(names)("lambda %d, scale %o", (lambda, given, said) => {
  expect(Object.values(formsOf(lambda, given)).map(({ name }) => name)).toEqual(said);
});

/** Cosines and values of a function, and the sums of products with the values that are made of them. */
const p = [1, 0.5, -0.25, -1];
const f = [1, -0.5, 0.75, -3];
function products(curve: (f: number, p: number) => number): Products {
  const v = f.map((x, i) => curve(x, p[i]!));
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, xi, i) => sum + xi * y[i]!, 0);
  return { ff: dot(f, f), fp: dot(f, p), fv: dot(f, v), pp: dot(p, p), pv: dot(p, v) };
}

// In tables that were divided by a scale of 64, with a lambda of 3 that is right.
// biome-ignore format: a table
const found: [form: keyof ReturnType<typeof formsOf>, value: (f: number, p: number) => number, numbers: Record<string, number>][] = [
  ["none", (f, p) => (3 * p + f) / 4, {}],
  ["scale", (f, p) => (30 / 64) * (3 * p + f) / 4, { scale: 30 }],
  ["otherLambda", (f, p) => (7 * p + f) / 8, { lambda: 7 }],
  ["otherLambda", (f) => f, { lambda: 0 }],
  ["otherLambda", (f, p) => 1.0005 * f - 0.0005 * p, { lambda: 0 }],
  ["weight", (f, p) => (9 * p + f) / 4, { weight: 9 }],
  ["both", (f, p) => (30 / 64) * (7 * p + f) / 8, { scale: 30, lambda: 7 }],
];
describe("what the values are made of", () => {
  test.each(found)("%s %s", (form, curve, numbers) => {
    const { found, solve, weights }: Form = formsOf(3, 64)[form];
    const solved = solve(products(curve))!;
    const expected = Object.entries(numbers).map(([name, x]) => [name, expect.closeTo(x, 10)]);
    expect(Object.entries(found).map(([name, of]) => [name, of(solved)])).toEqual(expected);
    const { scale, plain, own } = weights(...Object.values(numbers));
    expect(solved).toEqual({
      scale: expect.closeTo(scale, 10),
      plain: expect.closeTo(plain, 10),
      own: expect.closeTo(own, 10),
    });
  });

  test("where they are cosines alone, there is no lambda", () => {
    const { otherLambda, both } = formsOf(0, undefined);
    expect([otherLambda, both].map(({ solve }) => solve(products((_, p) => p)))).toEqual([undefined, undefined]);
  });
});
