import { compile, type TopLevelSpec } from "vega-lite";
import { describe, expect, test } from "vitest";
import type { Chart } from "../../src/render/chart.ts";
import { vegaLite } from "../../src/render/vega-lite.ts";

const PI = Math.PI;
const style = { precision: 6, degrees: false, given: new Map<number, number>() };
const theta = { from: 0, to: PI, angle: true, name: "theta" };
const plain = { x: theta, y: { name: "height" }, series: [{ name: "cosine", at: Math.cos }] };
const full: Chart = {
  x: theta,
  y: { name: "height" },
  series: [
    { name: "a.b[0]:m='4'", at: Math.cos, jumps: [1] },
    { name: "rises", at: Math.sin, highlight: [{ from: 0, to: 1.5 }], points: [0.25] },
  ],
  highlight: "rising",
  knots: 4,
};

describe("Vega-Lite takes it without a warning", () => {
  // biome-ignore format: a table
  test.each<[what: string, chart: Chart]>([
    ["plain",           plain],
    ["everything",      full],
    ["bars, areas, notes", { ...plain, series: [{ name: "b", at: Math.cos, bars: [0, 1, 2] }], regions: [{ name: "r", look: "hatched", between: () => [0, 1] }], marks: [{ x: 1, text: ["here"] }] }],
  ])("%s", (_, chart) => {
    const said: unknown[] = [];
    const log = (...words: unknown[]) => {
      said.push(words);
      return logger;
    };
    const logger = { level: () => logger, error: log, warn: log, info: () => logger, debug: () => logger };
    compile(vegaLite(chart, style, "what it says") as TopLevelSpec, { logger: logger as never });
    expect(said).toEqual([]);
  });
});
