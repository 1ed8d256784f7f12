import { Chalk } from "chalk";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { plainCommands } from "../../../src/cli/explore/scene.ts";
import type { State } from "../../../src/cli/explore/state.ts";
import { view } from "../../../src/cli/explore/view.ts";
import { AngleReader } from "../../../src/cli/parse.ts";
import { after } from "./start.ts";

const screen = (width: number, height: number, unicode = true, level: 0 | 1 = 0) => ({
  width,
  height,
  unicode,
  colors: new Chalk({ level }),
});
const shown = (state: State, width = 80, height = 24) =>
  view(state, screen(width, height), new AngleReader(false)).join("\n");

test.each([
  ["the cursor and a dot on each line", [], /●.*\n.*●/s],
  ["where theta is", [], "theta 1.2   segment 1   theta_j 1.5   m 4   lambda 0"],
  ["the value and slope of psi", [], /1 asoftmax:m=4 +-2\.0875 +-3\.98466\n/],
  ["of cos(4 theta)", [], /2 naive:m=4 +0\.087499 +3\.98466\n/],
  ["of the competing angle", [], /\*\* +cos\(theta_j = 1.5\) +0\.0707372\n/],
  ["of functions only those that are on", [], /^(?!.* softmax)/s],
  ["what could be turned on, among the keys", ["?"], "1 asoftmax:m=4 (on)   2 naive:m=4 (on)   3 softmax"],
  ["how to leave", [], /\? help {2}q quit$/],
  ["zeros as zeros", ["n", "J"], /2 naive:m=4 +1 +0\n.*\n.*\nnaive holds \(1 > 0\)/],
  [
    "the reason with lambda, of the values that it lists",
    ["L", "L", "L", "L"],
    /with lambda = 1 the target -0\.862571 <= 0\.0707372, and 4 \* 1\.2 = 4\.8 is not\nbelow 1\.5; cos\(4 theta_y\) is 0\.087499\./,
  ],
  ["that a key went as far as it goes", ["m", "m", "m", "m"], /\nm ends at 1$/],
  ["the conditions", [], "naive true   angular false   psi false"],
  [
    "and why",
    [],
    /naive holds \(0\.087499 > 0\.0707372\) but 4 \* 1\.2 = 4\.8 is not below 1\.5: 1\.2 lies\s+in segment 1/,
  ],
  ["why all hold", ["left", "m", "m", "m"], "all conditions hold: 1 * 1.19555 = 1.19555 is below 1.5,"],
  ["angles as fractions", ["n"], "theta π/2   segment 1"],
  ["degrees", ["n", "d"], "theta 90   segment 1   theta_j 85.9437"],
  ["lambda", ["L", "L", "L", "L"], /1 asoftmax:m=4:lambda=1 +-0\.86257/],
  ["no legend of what is not there", ["2"], /^(?!.*naive holds, )/s],
  ["the keys", ["?"], /^left, right .*\nq .*$/s],
] as [string, string[], string | RegExp][])("the screen shows %s", (_, keys, wanted) => {
  const text = shown(after(keys));
  if (typeof wanted === "string") expect(text).toContain(wanted);
  else expect(text).toMatch(wanted);
});

describe("it fits every window", () => {
  const states = [after([]), after(["3", "L"]), after(["1", "2"]), after(["?"]), after(["d", "M", "v"])];
  test.each(
    [20, 50, 60, 80, 109, 110, 140, 200].flatMap((width) => [1, 5, 18, 24, 60].map((height) => [width, height])),
  )("%i x %i", (width, height) => {
    for (const state of states) {
      for (const [unicode, level] of [
        [true, 1],
        [false, 0],
      ] as const) {
        const lines = view(state, screen(width, height, unicode, level), new AngleReader(false));
        expect(lines.length).toBeLessThanOrEqual(height);
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: all but ASCII is what is looked for
        if (!unicode) expect(lines.join("")).not.toMatch(/[^\x00-\x7f]/);
      }
    }
  });
});

test("a window that is too small is told what is needed, and that is enough", () => {
  for (const width of [30, 60, 80, 140]) {
    const [, columns, rows] = /needs (\d+) columns and (\d+) rows/.exec(
      shown(after([]), width, 8).replaceAll("\n", " "),
    )!;
    const enough = [Math.max(width, Number(columns)), Number(rows)] as const;
    expect(shown(after([]), ...enough)).toContain("cos(theta_j = 1.5)");
    expect(shown(after([]), enough[0], enough[1] - 1)).toContain("explore needs");
  }
});

test("the commands that give what is shown", () => {
  const given = new Map<number, number>();
  expect(plainCommands(after(["3", "L", "n"]), { degrees: false, given })).toEqual([
    "asoftmax plot --functions asoftmax:m=4:lambda=0.1,naive:m=4,softmax",
    "asoftmax compare --functions asoftmax:m=4:lambda=0.1,naive:m=4,softmax --theta pi/2",
    "asoftmax margin --m 4 --theta pi/2 --competing 1.5",
  ]);
  expect(plainCommands(after(["1", "2", "J", "n", "d"]), { degrees: true, given })).toEqual([
    "asoftmax margin --m 4 --theta 90 --competing 90 --degrees",
  ]);
});

test("with lambda the psi condition is that of the blended target", () => {
  // At lambda = 5 the target is above cos(theta_j) although m theta_y is not below theta_j.
  const text = shown(after([], { theta: 0.8, lambda: 5 }));
  expect(text).toContain("naive false   angular false   psi true");
  expect(text).toMatch(/with lambda = 5 the target 0\.\d+ > 0\.0707372, but 4 \* 0\.8 = 3\.2 is not below/);
});

test.each([
  [60, 20, 5],
  [80, 24, 9],
  [140, 40, 20],
])("%i x %i: one line of legend below at least %i rows of curves", (width, height, least) => {
  for (const given of [{}, { lambda: 5 }, { m: 7 }]) {
    const lines = shown(after([], given), width, height).split("\n");
    expect(lines.filter((line) => /^[ .\d-]*[┤│]/.test(line)).length).toBeGreaterThanOrEqual(least);
    expect(lines.filter((line) => line.includes("k pi/")).length).toBe(1);
  }
});

test("an angle given as a decimal keeps what rounding leaves", () => {
  const angles = new AngleReader(false);
  angles.parse(String(Math.PI / 2));
  const text = (reader: AngleReader) => view(after([], { theta: Math.PI / 2 }), screen(80, 24), reader).join("\n");
  expect(text(angles)).toMatch(/2 naive:m=4 +1 +9\.79717e-16/);
  expect(text(new AngleReader(false))).toMatch(/2 naive:m=4 +1 +0\n/);
});
