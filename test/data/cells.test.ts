import { describe, expect, test } from "vitest";
import { fromDegrees, PI_SLACK } from "../../src/core/units.ts";
import { trimmed } from "../../src/data/bytes.ts";
import { angleFrom, numberIn } from "../../src/data/cells.ts";

const same = (x: number) => x;
const angleIn = (cell: string, toRadians: (x: number) => number) =>
  angleFrom(toRadians(numberIn(cell)), cell, toRadians !== same);

describe("numbers", () => {
  // biome-ignore format: a table
  test.each([
    ["1",                      1],
    ["-1.5",                   -1.5],
    ["+1",                     1],
    ["1.",                     1],
    [".5",                     0.5],
    ["007",                    7],
    ["1e3",                    1000],
    ["1E-3",                   0.001],
    [" 1 ",                    1],
    ["\t1",                    1],
    ["\xc2\xa01\xe2\x80\xaf",   1],
    ["\xe3\x80\x801\xef\xbb\xbf", 1],
    ["\xa01",                  1],
    ["-0",                     -0],
    ["1e-400",                 0],
    ["1.7976931348623157e308", Number.MAX_VALUE],
    ["0.1000000000000000055511151231257827", 0.1],
  ])("%j is %d", (cell, value) => {
    expect(numberIn(cell)).toBe(value);
  });

  // biome-ignore format: a table
  test.each([
    ["",          "the cell is empty: it needs a number"],
    [" \t",       "the cell is empty: it needs a number"],
    ["abc",       '"abc" is not a decimal number'],
    ["1x",        '"1x" is not a decimal number'],
    ["1 2",       '"1 2" is not a decimal number'],
    ["1_0",       '"1_0" is not a decimal number'],
    ["1,5",       '"1,5" is not a decimal number'],
    ["\xc2\xa0",   "the cell is empty: it needs a number"],
    ["\xc2\xa01x", '"1x" is not a decimal number'],
    ["1\xc2\xa02", '"1\u00a02" is not a decimal number'],
    ["0x1",       '"0x1" is not a decimal number'],
    ["0b1",       '"0b1" is not a decimal number'],
    [".",         '"." is not a decimal number'],
    ["e5",        '"e5" is not a decimal number'],
    ["1e",        '"1e" is not a decimal number'],
    ["--1",       '"--1" is not a decimal number'],
    ["pi",        '"pi" is not a decimal number'],
    ["true",      '"true" is not a decimal number'],
    ["\xcf\x80",  '"π" is not a decimal number'],
    ["NaN",       '"NaN" is not a finite number'],
    ["nan",       '"nan" is not a finite number'],
    ["-inf",      '"-inf" is not a finite number'],
    ["Infinity",  '"Infinity" is not a finite number'],
    ["1e400",     "1e400 is too large for a double"],
    [" -1e400 ",  "-1e400 is too large for a double"],
  ])("%j is none", (cell, message) => {
    expect(() => numberIn(cell)).toThrow(
      expect.objectContaining({ name: "DataError", message }),
    );
  });
});

describe("decimal commas", () => {
  // biome-ignore format: a table
  test.each([
    ["0,5",      0.5],
    [" -1,5e1 ", -15],
    [",5",       0.5],
    ["3",        3],
  ])("%j is %d", (cell, value) => expect(numberIn(cell, true)).toBe(value));

  const ADVICE = ": for decimal commas give --decimal-comma";
  // biome-ignore format: a table
  test.each<[string, boolean | undefined, string]>([
    ["0.5",     true,      '"0.5" is not a decimal number with a decimal comma: leave out --decimal-comma'],
    ["1.000,5", true,      '"1.000,5" is not a decimal number'],
    ["1,5,5",   true,      '"1,5,5" is not a decimal number'],
    ["1,5e400", true,      "1,5e400 is too large for a double"],
    ["0,5",     false,     `"0,5" is not a decimal number${ADVICE}`],
    [" -,5e1",  false,     `"-,5e1" is not a decimal number${ADVICE}`],
    ["0,5,5",   false,     '"0,5,5" is not a decimal number'],
    ["0,5",     undefined, '"0,5" is not a decimal number'],
    ["# x",     false,     `"# x" is not a decimal number: for lines of comments give --comment '#'`],
    ["# x",     undefined, '"# x" is not a decimal number'],
    ["#N/A",    false,     '"#N/A" is not a decimal number'],
  ])("%j, %s", (cell, decimalComma, message) => {
    expect(() => numberIn(cell, decimalComma)).toThrow(
      expect.objectContaining({ name: "DataError", message }),
    );
  });
});

test.each([
  ["a", "a"],
  [" a b\t", "a b"],
  ["\xc2\xa0a\xe2\x80\x83\xc2\xa0", "a"],
  ["voil\xc3\xa0", "voil\xc3\xa0"],
  [" \xe9\xff ", "\xe9\xff"],
  ["\xc2\xa0 ", ""],
  ["", ""],
])("%j without the spaces around it", (bytes, text) => expect(trimmed(bytes)).toBe(text));

describe("angles", () => {
  // biome-ignore format: a table
  test.each([
    ["0",                  same,        0],
    ["3.141592653589793",  same,        Math.PI],
    ["3.1415927",          same,        Number("3.1415927")],
    ["3.1415936",          same,        3.1415936],
    ["180",                fromDegrees, Math.PI],
    ["60",                 fromDegrees, fromDegrees(60)],
  ])("%s", (cell, toRadians, theta) => {
    expect(angleIn(cell, toRadians)).toBe(theta);
  });

  // biome-ignore format: a table
  test.each([
    ["-0.1",              same,        "-0.1 lies below 0: an angle lies in [0, pi]"],
    ["-1e-300",           same,        "-1e-300 lies below 0: an angle lies in [0, pi]"],
    ["3.141594",          same,        "3.141594 lies above pi: an angle lies in [0, pi]; if it is pi rounded up, write more digits"],
    [" 3.2 ",             same,        "3.2 lies above pi: an angle lies in [0, pi]; for degrees give --degrees"],
    ["181",               fromDegrees, "181 lies above 180: an angle lies in [0, 180]"],
    ["NaN",               same,        '"NaN" is not a finite number'],
  ])("%j is none", (cell, toRadians, message) => {
    expect(() => angleIn(cell, toRadians)).toThrow(
      expect.objectContaining({ name: "DataError", message }),
    );
  });

  test("what may be a cosine", () => {
    const below =
      (theta: number, advice = "") =>
      () =>
        angleFrom(theta, `${theta}`, false, () => advice);
    expect(below(-0.5, "; cosines?")).toThrow("-0.5 lies below 0: an angle lies in [0, pi]; cosines?");
    expect(below(-0.5)).toThrow(/-0.5 lies below 0: an angle lies in \[0, pi\]$/);
  });

  test("the slack above pi ends where it says", () => {
    const last = Math.PI + PI_SLACK;
    expect(angleIn(String(last), same)).toBe(last);
    expect(() => angleIn(String(last + 4e-16), same)).toThrow("lies above pi");
  });
});
