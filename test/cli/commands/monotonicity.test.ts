import { describe, expect, test } from "vitest";
import { ASCII, csvOf, expectNear, expectWidth, rowsOf, sentencesOf, shown } from "../table.ts";

test("columns", async () => {
  expect((await csvOf("monotonicity")).columns.join()).toBe("function,from,to,direction,change");
});

describe("stretches", () => {
  const PI = Math.PI;
  // biome-ignore format: a table
  const cases: [line: string, stretches: [from: number, to: number, direction: string, change: number][]][] = [
    ["--m 4",                       [[0, PI, "falling", -8]]],
    ["--m 1",                       [[0, PI, "falling", -2]]],
    ["--m 2.5",                     [[0, PI, "falling", -5]]],
    ["--functions naive:m=2",       [[0, PI / 2, "falling", -2], [PI / 2, PI, "rising", 2]]],
    ["--functions naive:m=3",       [[0, PI / 3, "falling", -2], [PI / 3, (2 * PI) / 3, "rising", 2], [(2 * PI) / 3, PI, "falling", -2]]],
    ["--functions naive:m=0.5",     [[0, PI, "falling", -1]]],
    ["--functions arcface:m=0.5",   [[0, PI - 0.5, "falling", -1 - Math.cos(0.5)], [PI - 0.5, PI, "rising", 1 - Math.cos(0.5)]]],
    ["--functions arcface-easy",    [[0, PI / 2, "falling", -Math.sin(0.5) - Math.cos(0.5)], [PI / 2, PI / 2, "jump-up", Math.sin(0.5)], [PI / 2, PI, "falling", -1]]],
    ["--functions sphereface-r1:m=2", [[0, PI / 2, "falling", -2], [PI / 2, PI, "flat", 0]]],
    ["--functions naive:m=4:lambda=20", [[0, PI, "falling", -2 * 20 / 21]]],
  ];
  test.concurrent.each(cases)("%s", async (line, stretches) => {
    const rows = await rowsOf(`monotonicity ${line}`);
    expect(rows.map(({ direction }) => direction)).toEqual(stretches.map(([, , direction]) => direction));
    rows.forEach((row, i) => {
      const [from, to, , change] = stretches[i]!;
      expectNear(row.from, from);
      expectNear(row.to, to);
      expectNear(row.change, change, 4);
    });
  });

  test("a jump down that rises nowhere", async () => {
    const rows = await rowsOf("monotonicity --functions arcface-hard");
    expect(rows.map(({ direction }) => direction)).toEqual(["falling", "jump-down", "falling"]);
    // cos t - m sin m less cos(t + m) at t = pi - m
    expectNear(rows[1]!.change, 1 - Math.cos(0.5) - 0.5 * Math.sin(0.5), 8);
  });
});

describe("the verdict", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["",
      "asoftmax:m=4 falls on all of [0, pi]; its slope is 0 only at the single angles k pi/4. naive:m=4 rises on (pi/4, pi/2) and (3pi/4, pi): not monotone; the first offending angle is pi/4."],
    ["--m 1",                         "asoftmax:m=1 falls on all of [0, pi]; its slope is 0 only at the single angles 0 and pi."],
    ["--functions arcface-easy",      "arcface-easy:m=0.5 jumps up at pi/2: not monotone; the first offending angle is pi/2."],
    ["--functions sphereface-r1:m=2", "sphereface-r1:m=2 never rises, but is flat on (pi/2, pi)."],
    ["--functions arcface:m=pi/6",    "arcface:m=0.5235987755982989 rises on (5pi/6, pi): not monotone; the first offending angle is 5pi/6."],
    ["--functions naive:m=2 --degrees", "naive:m=2 rises on (90, 180): not monotone; the first offending angle is 90."],
  ])("asoftmax monotonicity %s", async (line, sentence) => {
    expect(sentencesOf(await shown(`monotonicity ${line}`.trim()))).toBe(sentence);
  });
});

describe("the chart", () => {
  test.concurrent.each([60, 80, 140])("is exactly %i columns wide, in Unicode and in ASCII", async (width) => {
    for (const env of [{}, ASCII])
      expectWidth((await shown(`monotonicity --width ${width}`, { env })).split("\n\n")[1]!, width);
  });

  test("shows where a function rises", async () => {
    const text = await shown("monotonicity --functions naive:m=2 --width 40 --height 5");
    expect(text.split("\n\n")[1]).toBe(
      `
    1┤───╮             ┊           #####
  0.5┤   ╰──╮          ┊        ####
    0┤      ╰──╮       ┊     ####
 -0.5┤         ╰──╮    ┊  ####
   -1┤            ╰────####
     └┬────────────────┬───────────────┬
      0               π/2              π
   ── naive:m=2   ## rising   ┊ k pi/2`.slice(1),
    );
  });

  test("in red, where there is colour", async () => {
    expect(await shown("monotonicity --color")).toContain("\x1b[31m## rising\x1b[39m");
  });
});
