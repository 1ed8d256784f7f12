import { describe, expect, test } from "vitest";
import { type Checked, count, either, type KnownMistake, noRows, resultOf } from "../../src/audit/check.ts";
import { message, messageText } from "../../src/core/message.ts";

const mistake = (name: string, parameters: Record<string, number> = {}, residual = 0.125): KnownMistake => {
  return { column: "value", name, parameters, residual };
};
const other = (name: string, m: number, residual?: number) => mistake(`another function, ${name}`, { m }, residual);

// biome-ignore format: a table
const said: [of: string, mistakes: KnownMistake[], text: string][] = [
  ["one without a number", [mistake("-2k is missing")], "-2k is missing, to within 0.125"],
  ["one with two numbers", [mistake("a scale is left in", { m: 3, scale: 64 })], "a scale is left in with m = 3, scale = 64, to within 0.125"],
  ["two", [mistake("x"), mistake("y", { m: 2 }, 0.5)], "x, to within 0.125 or y with m = 2, to within 0.5"],
  ["one twice", [mistake("x", { m: 2 }, 0.5), mistake("x", { m: 2 })], "x with m = 2, to within 0.5"],
  ["functions with the same number", [other("arcface", 0.5), other("arcface-clip", 0.5, 0.5), other("arcface-easy", 0.5)], "another function, arcface or arcface-clip or arcface-easy with m = 0.5, to within 0.5"],
  ["functions with other numbers", [other("arcface", 0.5), other("cosface", 0.25)], "another function, arcface with m = 0.5, to within 0.125 or another function, cosface with m = 0.25, to within 0.125"],
  ["functions with another mistake before", [mistake("x, and another function, naive"), other("naive", 2), mistake("x, and another function, softmax")], "x, and another function, naive or softmax, to within 0.125 or another function, naive with m = 2, to within 0.125"],
  ["functions with another mistake behind", [mistake("another function, naive, and x"), mistake("another function, softmax, and x")], "another function, naive, and x, to within 0.125 or another function, softmax, and x, to within 0.125"],
];
test.each(said)("mistakes in words: %s", (_, mistakes, text) => {
  expect(messageText(either(mistakes))).toBe(text);
});

/** The check of rows with these errors, of which those up to 1 are right; one ulp is 0.5. */
function checkOf(...errors: number[]) {
  const check = noRows();
  for (const [i, error] of errors.entries()) count(check, i, error, 0.5, error <= 1);
  return check;
}

const none = { bad: 0, failing: [], firstBad: -1, notFinite: 0, firstNotFinite: -1 };
// biome-ignore format: a table
const counted: [errors: number[], check: ReturnType<typeof noRows>][] = [
  [[], { ...none, maxAbsError: Number.NaN, maxUlpError: Number.NaN, worst: -1 }],
  [[0], { ...none, maxAbsError: 0, maxUlpError: 0, worst: 0 }],
  [[0.5, 3, 0.125, 2], { ...none, maxAbsError: 3, maxUlpError: 6, worst: 1, bad: 2, failing: [1, 3], firstBad: 1 }],
  [[0, Number.NaN, Number.POSITIVE_INFINITY, 4], { maxAbsError: 4, maxUlpError: 8, worst: 3, bad: 3, failing: [1, 2, 3], firstBad: 1, notFinite: 2, firstNotFinite: 1 }],
  [[Number.NaN], { maxAbsError: Number.NaN, maxUlpError: Number.NaN, worst: -1, bad: 1, failing: [0], firstBad: 0, notFinite: 1, firstNotFinite: 0 }],
];
test.each(counted)("rows with errors %o are counted", (errors, check) => {
  expect(checkOf(...errors)).toEqual(check);
});

test("a row whose error is not finite fails, though it is called right", () => {
  const check = noRows();
  count(check, 0, Number.NaN, 1, true);
  expect(check).toMatchObject({ bad: 1, notFinite: 1 });
});

describe("diagnoses", () => {
  const values = (errors: number[], more: Partial<Checked> = {}): Checked => {
    return { name: "value", check: checkOf(...errors), candidates: [], figures: message`: 7 in place of 5`, ...more };
  };
  const slopes = (errors: number[], more: Partial<Checked> = {}): Checked => {
    return { ...values(errors, more), name: "gradient" };
  };
  const found = { candidates: [mistake("x")] };
  const unexplained = (column: string) =>
    `${column}: 1 of 3 rows wrong, and no known mistake explains it; worst at 0.2: 7 in place of 5`;
  // biome-ignore format: a table
  const cases: [what: string, columns: Checked[], diagnosis: string, firstBadTheta: number | undefined][] = [
    ["right", [values([0, 1, 0]), slopes([0, 0, 0])], "every row is right to within rounding", undefined],
    ["wrong values", [values([0, 0, 2])], unexplained("value"), 0.2],
    ["wrong gradients", [values([0, 0, 0]), slopes([0, 0, 2])], unexplained("gradient"), 0.2],
    ["both wrong: gradients follow from values", [values([0, 0, 2]), slopes([0, 2, 3])], unexplained("value"), 0.1],
    ["both wrong, the gradients explained", [values([0, 0, 2]), slopes([2, 2, 3], found)], `${unexplained("value")}; gradient: x, to within 0.125`, 0],
    ["values that are not finite beside wrong gradients", [values([0, Number.NaN, 0]), slopes([0, 0, 2])], `value: 1 not finite, first at 0.1; ${unexplained("gradient")}`, 0.1],
    ["values that are not finite, and why", [values([Number.NaN, 0, 0], { hint: message`clamp` })], "value: 1 not finite, first at 0; clamp", 0],
    ["values that are not finite beside wrong ones", [values([Number.NaN, 0, 2])], `value: 1 not finite, first at 0; ${unexplained("value")}`, 0],
    ["values that are right in another type", [values([Number.NaN, 3, 2], { coarser: message`right as float32` })], "value: 1 not finite, first at 0; value: 2 of 3 rows wrong; right as float32", 0],
  ];
  test.each(cases)("%s", (_, columns, diagnosis, firstBadTheta) => {
    const result = resultOf([0, 0.1, 0.2], columns, [message`in float16`]);
    expect(messageText(result.diagnosis)).toBe(`${diagnosis}; in float16`);
    expect(result).toMatchObject({ ...columns[0]!.check, rows: 3, passes: firstBadTheta === undefined, firstBadTheta });
    expect([result.gradient, result.candidates]).toEqual([columns[1]?.check, columns.flatMap((c) => c.candidates)]);
  });
});
