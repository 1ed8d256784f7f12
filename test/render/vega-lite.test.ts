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

// biome-ignore lint/suspicious/noExplicitAny: a specification is looked into at many places
type Spec = any;
const drawn = (chart: Chart, degrees = false, page = false): Spec => vegaLite(chart, { ...style, degrees }, page);
const marks = (chart: Chart, page = false) =>
  drawn(chart, false, page)
    .layer.map((one: Spec) => one.mark.type)
    .join(" ");
const axis = (chart: Chart, degrees = false, name = "x") => drawn(chart, degrees).layer.at(-1).encoding[name].axis;

describe("marks, from back to front", () => {
  // biome-ignore format: a table
  test.each<[what: string, chart: Chart, marks: string]>([
    ["a line",                  plain,                           "line"],
    ["everything",              full,                            "rect rule line line point"],
    ["knots",                   { ...plain, knots: 3 },          "rule line"],
    ["no knots inside",         { ...plain, knots: 1 },          "line"],
    ["too many knots to see",   { ...plain, knots: 65 },         "line"],
    ["highlights of two lines", { ...full, series: [full.series[1]!, { ...full.series[1]!, name: "b" }] }, "rule line line point"],
  ])("%s", (_, chart, expected) => {
    expect(marks(chart)).toBe(expected);
  });

  test("a page has a rule at the pointer too", () => {
    expect(marks(plain, true)).toBe("rule line");
  });
});

test("what each mark is drawn from", () => {
  const [bands, rules, halo, , points] = drawn(full).layer.map((one: Spec) => one.data?.values);
  expect(bands).toEqual([{ x: 0, to: 1.5 }]);
  expect(rules).toEqual([{ x: PI / 4 }, { x: PI / 2 }, { x: (3 * PI) / 4 }]);
  expect([halo[0], halo.at(-1)]).toEqual([
    { x: 0, value: 0, stretch: 0 },
    { x: 1.5, value: Math.sin(1.5), stretch: 0 },
  ]);
  expect(points).toEqual([{ x: 0.25, value: Math.sin(0.25), series: "rises" }]);
});

test("a line is broken at its jump, and the other goes on", () => {
  const { values } = drawn(full).data;
  const at = values.findIndex(({ x }: { x: number }) => x === 1);
  expect(values[at]).toEqual({ x: 1, "a.b[0]:m='4'": null, rises: Math.sin(1) });
  for (const beside of [values[at - 1], values[at + 1]]) {
    expect(beside["a.b[0]:m='4'"]).toBeCloseTo(Math.cos(1), 8);
    expect(beside.x).toBeCloseTo(1, 8);
  }
});

test("what is no number is a gap", () => {
  const at = (x: number) => (x < 1 ? Number.NaN : x < 2 ? Number.NEGATIVE_INFINITY : x);
  const { values } = drawn({ ...plain, series: [{ name: "a", at }] }).data;
  for (const { x, a } of values) expect(a).toBe(x < 2 ? null : x);
});

describe("samples", () => {
  // biome-ignore format: a table
  test.each<[what: string, x: Chart["x"], knots: number | undefined, samples: number]>([
    ["an angle",             theta,                                undefined, 481],
    ["an angle, many knots", theta,                                64,        24 * 64 + 1],
    ["an angle, more knots", theta,                                2 ** 20,   2001],
    ["a short count",        { from: 0, to: 7, angle: false },     undefined, 8],
    ["a long count",         { from: 0, to: 10000, angle: false }, undefined, 481],
  ])("%s", (_, x, knots, samples) => {
    const { values } = drawn({ ...plain, x, ...(knots === undefined ? {} : { knots }) }).data;
    expect(values.length).toBe(samples);
    expect([values[0].x, values.at(-1).x]).toEqual([x.from, x.to]);
    if (!x.angle) for (const { x } of values) expect(Number.isInteger(x)).toBe(true);
  });
});

describe("ticks at fractions of pi", () => {
  // biome-ignore format: a table
  test.each<[from: number, to: number, knots: number | undefined, degrees: boolean, ticks: number[], first: string]>([
    [0,      PI,     undefined, false, [0, 1, 2, 3, 4].map((k) => (k * PI) / 4),       '["0","π/4","π/2","3π/4","π"]'],
    [0,      PI,     3,         false, [0, PI / 3, (2 * PI) / 3, PI],                  '["0","π/3","2π/3","π"]'],
    [0,      PI,     1,         false, [0, 1, 2, 3, 4].map((k) => (k * PI) / 4),       '["0","π/4","π/2","3π/4","π"]'],
    [0,      PI,     3.5,       false, [0, 1, 2, 3, 4].map((k) => (k * PI) / 4),       '["0","π/4","π/2","3π/4","π"]'],
    [0,      PI,     4,         true,  [0, 45, 90, 135, 180],                          '["0","45","90","135","180"]'],
    [0,      PI / 2, undefined, false, [0, PI / 4, PI / 2],                            '["0","π/4","π/2","3π/4","π"]'],
    [PI / 2, 2,      4,         false, [PI / 2, (5 * PI) / 8],                         '["0","π/8","π/4","3π/8","π/2","5π/8","3π/4","7π/8","π"]'],
  ])("%f to %f, knots %s, degrees %s", (from, to, knots, degrees, ticks, labels) => {
    const chart = { ...plain, x: { ...theta, from, to }, ...(knots === undefined ? {} : { knots }) };
    const { values, labelExpr } = axis(chart, degrees);
    expect(values).toEqual(ticks.map((tick) => expect.closeTo(tick, 14)));
    expect(labelExpr).toContain(labels);
  });

  test("none in a range that holds too few: plain numbers", () => {
    expect(axis({ ...plain, x: { ...theta, from: 0.1, to: 0.2 } }).values).toBeUndefined();
  });

  test("on the axis of y, where the lines are angles", () => {
    const chart = { ...plain, y: { name: "theta_y", angle: true }, series: [{ name: "a", at: (x: number) => x / 2 }] };
    expect(axis(chart, false, "y").values).toEqual([0, PI / 4, PI / 2]);
    expect(axis(chart, true, "y").values).toEqual([0, 45, 90]);
    expect(drawn(chart, true).data.values.at(-1)).toEqual({ x: 180, a: 90 });
  });
});

test("titles", () => {
  const titles = (chart: Chart, degrees = false) => {
    const { x, y } = drawn(chart, degrees).layer.at(-1).encoding;
    return [x.title, y.title];
  };
  expect(titles(plain)).toEqual(["theta, radians", "height"]);
  expect(titles({ ...plain, knots: 3.5 })).toEqual(["theta, radians (dotted: k π/3.5)", "height"]);
  expect(titles({ ...plain, knots: 4 }, true)).toEqual(["theta, degrees (dotted: k 180/4)", "height"]);
  expect(titles({ x: { from: 0, to: 9, angle: false }, series: plain.series })).toEqual([null, null]);
});

test("lines differ in colour or dashes, the highlight in both from all", () => {
  const series = Array.from({ length: 12 }, (_, i) => ({ name: `line ${i}`, at: Math.cos }));
  const { color, strokeDash } = drawn({ ...full, series: [...series, full.series[1]!] }).layer.at(-2).encoding;
  const looks = color.scale.range.map((one: string, i: number) => `${one} ${strokeDash.scale.range[i]}`);
  expect(new Set(looks).size).toBe(14);
  expect(color.scale.range.indexOf(color.scale.range.at(-1))).toBe(13);
});

describe("Vega-Lite takes it without a warning", () => {
  // biome-ignore format: a table
  test.each<[what: string, chart: Chart, page: boolean]>([
    ["plain",           plain, false],
    ["everything",      full,  false],
    ["everything, page", full, true],
  ])("%s", (_, chart, page) => {
    const said: unknown[] = [];
    const log = (...words: unknown[]) => {
      said.push(words);
      return logger;
    };
    const logger = { level: () => logger, error: log, warn: log, info: () => logger, debug: () => logger };
    compile(vegaLite(chart, style, page) as TopLevelSpec, { logger: logger as never });
    expect(said).toEqual([]);
  });
});
