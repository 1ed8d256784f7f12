import { describe, expect, test } from "vitest";
import { fromDegrees } from "../../src/core/units.ts";
import { angleFrom, numberIn, PI_SLACK } from "../../src/data/cells.ts";

const same = (x: number) => x;
const angleIn = (cell: string, column: string, toRadians: (x: number) => number) =>
  angleFrom(toRadians(numberIn(cell, column)), () => cell, column);

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
    ["-0",                     -0],
    ["1e-400",                 0],
    ["1.7976931348623157e308", Number.MAX_VALUE],
    ["0.1000000000000000055511151231257827", 0.1],
  ])("%j is %d", (cell, value) => {
    expect(numberIn(cell, "x")).toBe(value);
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
    expect(() => numberIn(cell, "x")).toThrow(
      expect.objectContaining({ name: "DataError", message: `column x: ${message}` }),
    );
  });
});

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
    expect(angleIn(cell, "t", toRadians)).toBe(theta);
  });

  // biome-ignore format: a table
  test.each([
    ["-0.1",              same,        "-0.1 lies below 0: an angle lies in [0, pi]"],
    ["-1e-300",           same,        "-1e-300 lies below 0: an angle lies in [0, pi]"],
    ["3.141594",          same,        "3.141594 lies above pi: an angle lies in [0, pi]"],
    [" 3.2 ",             same,        "3.2 lies above pi: an angle lies in [0, pi]"],
    ["181",               fromDegrees, "181 lies above pi: an angle lies in [0, pi]"],
    ["NaN",               same,        '"NaN" is not a finite number'],
  ])("%j is none", (cell, toRadians, message) => {
    expect(() => angleIn(cell, "t", toRadians)).toThrow(
      expect.objectContaining({ name: "DataError", message: `column t: ${message}` }),
    );
  });

  test("the slack above pi ends where it says", () => {
    const last = Math.PI + PI_SLACK;
    expect(angleIn(String(last), "t", same)).toBe(last);
    expect(() => angleIn(String(last + 4e-16), "t", same)).toThrow("lies above pi");
  });
});
