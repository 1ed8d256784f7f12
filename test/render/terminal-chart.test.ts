import { Chalk } from "chalk";
import { describe, expect, test } from "vitest";
import type { Chart } from "../../src/render/chart.ts";
import { drawChart } from "../../src/render/terminal-chart.ts";

const style = { degrees: false, given: new Map<number, number>() };
const theta = { from: 0, to: Math.PI, angle: true };

const draw = (chart: Omit<Chart, "x">, level: 0 | 1 | 2 | 3 = 0, height = 12) =>
  drawChart(
    { x: theta, ...chart },
    { width: 60, height: 24, chartHeight: height, unicode: true, colors: new Chalk({ level }) },
    style,
  );

const series = Array.from({ length: 10 }, (_, i) => ({ name: `line ${i}`, at: () => i }));

/** The relative luminance of a colour, from 0 to 1 (WCAG 2). */
function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((part) => (part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** The colour of a code from 16 to 231 of xterm's 256. */
const ofCode = (code: number) =>
  [36, 6, 1].map((part) => [0, 95, 135, 175, 215, 255][Math.floor((code - 16) / part) % 6]!);

describe("colours are seen on white and on black", () => {
  // biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what is looked for
  test.each([
    ["of 16 million", 3, /\x1b\[38;2;(\d+;\d+;\d+)m/g, (found: string) => found.split(";").map(Number)],
    ["of 256", 2, /\x1b\[38;5;(\d+)m/g, (found: string) => ofCode(Number(found))],
  ] as const)("%s", (_, level, pattern, rgbOf) => {
    const stretch = { from: 0, to: 1 };
    const chart = { series: [{ ...series[0]!, highlight: [stretch] }, ...series.slice(1)], highlight: "the highlight" };
    const colours = new Set(Array.from(draw(chart, level).matchAll(pattern), ([, found]) => found!));
    expect(colours.size).toBe(6);
    for (const colour of colours) {
      const light = luminance(rgbOf(colour)) + 0.05;
      expect(Math.min(1.05 / light, light / 0.05), colour).toBeGreaterThanOrEqual(3);
    }
  });

  test("of 16 the foreground (0), and none that is hard to see on white or on black, or that of the highlight", () => {
    const codes = new Set(Array.from(draw({ series }, 1).matchAll(/\x1b\[(\d+)m(?=\S\S line)/g), ([, code]) => code!));
    expect([...codes].sort()).toEqual(["0", "32", "35", "36"]);
  });

  test("colour changes no character", () => {
    expect(draw({ series }, 2).replaceAll(/\x1b\[[\d;]*m/g, "")).toBe(draw({ series }));
  });
  // biome-ignore-end lint/suspicious/noControlCharactersInRegex: end
});

test("the key has no highlight that is nowhere drawn", () => {
  expect(draw({ series, highlight: "the highlight" })).not.toContain("the highlight");
});

test("ten lines have ten characters", () => {
  const samples = draw({ series }).match(/\S\S(?= line)/g);
  expect(new Set(samples).size).toBe(10);
});

describe("rows", () => {
  test.each([
    ["to the ends of the lines", [-7, 1], 9, ["0", "-2", "-4", "-6"]],
    ["between even ticks", [-1, 1], 9, ["1", "0.5", "0", "-0.5", "-1"]],
    ["of a constant", [3, 3], 9, undefined],
  ])("%s", (_, [from, to], height, ticks) => {
    const at = (x: number) => from! + ((to! - from!) * x) / Math.PI;
    const lines = draw({ series: [{ name: "", at }] }, 0, height)
      .split("\n")
      .filter((line) => /[┤│]/.test(line));
    expect(lines.length).toBeLessThanOrEqual(height);
    const found = lines.flatMap((line) => /^ *(\S+)┤/.exec(line)?.[1] ?? []);
    expect(found).toEqual(ticks ?? found);
    expect(lines.at(0) + lines.at(-1)!).toMatch(from === to ? /[┤│]/ : /[─╮╰╯╭]/);
  });

  test("the knots of an angle on the axis of y", () => {
    const chart = {
      x: { from: 0, to: 9, angle: false },
      y: { angle: true },
      series: [{ name: "", at: (x: number) => x / 5 }],
    };
    const text = drawChart(
      { ...chart, knots: 2 },
      { width: 40, height: 24, chartHeight: 9, unicode: true, colors: new Chalk({ level: 0 }) },
      { ...style, degrees: true },
    );
    expect(text.match(/┈{9}/g)!.length).toBeGreaterThan(0);
    expect(text).toMatch(/\n {3}┈ k pi\/2$/);
  });
});

test("equal peaks are on one row, also where the greatest value lies half a row from two", () => {
  const fall = { name: "fall", at: (x: number) => 1 - (8 * x) / Math.PI };
  const wave = { name: "wave", at: (x: number) => Math.cos(4 * x) };
  for (const height of [10, 12, 13, 14, 15, 16, 17]) {
    const rows = draw({ series: [fall, wave] }, 0, height)
      .split("\n")
      .filter((line) => /^[ .\d-]*[┤│]/.test(line));
    const top = rows.find((line) => line.includes("·"))!;
    expect([height, top.slice(28, 38)]).toEqual([height, expect.stringContaining("··")]);
  }
});
