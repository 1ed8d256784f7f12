import { timesPi } from "../core/units.ts";
import { type Chart, divisorsFor, type Interval, multiplesOfPi, reachOf, rulesOf, type Series } from "./chart.ts";
import { formatAngle, inUnit, type NumberStyle } from "./number.ts";

// Okabe and Ito's colours, told apart by the colour-blind and seen on white and on black; vermilion is kept for the highlight.
const COLORS = ["#0072B2", "#CC79A7", "#009E73", "#E69F00", "#56B4E9", "#7F7F7F"];
const HIGHLIGHT = "#D55E00";
const GRAY = "#888";
const DASHES = ["1 0", "6 4", "2 3", "8 3 2 3", "4 2 1 2 1 2"].map((lengths) => lengths.split(" ").map(Number));
const WIDTH = 560;
const HEIGHT = 340;
const FINENESS = 480;
const SAMPLES_A_KNOT = 24;
const MOST_SAMPLES = 2000;

const config = {
  font: "Helvetica, Arial, sans-serif",
  axis: { labelFontSize: 14, titleFontSize: 14, titleFontWeight: "normal", titlePadding: 8, gridColor: "#e4e4e4" },
  legend: { labelFontSize: 14, symbolStrokeWidth: 2.5, symbolOpacity: 1, rowPadding: 0, offset: 8 },
  view: { stroke: null },
};

/**
 * A chart as a Vega-Lite specification: lines told apart by colour and by dashes, knots as light rules, highlighted stretches under
 * their lines, and as bands where one line alone has them. As a page it fits its container, shows values at the pointer, and zooms.
 */
export function vegaLite(chart: Chart, style: NumberStyle, page = false): object {
  const { x, y = {}, series, dots = [], highlight, knots } = chart;
  const names = [...new Set(series.map(({ name }) => name))];
  const xs = abscissae(chart);
  const reach = reachOf(series, xs);
  const { lines, bands, halos, points } = dataOf(chart, xs, style);
  const rules = rulesOf(chart, reach).map((at) => ({ [x.angle ? "x" : "value"]: inUnit(at, style) }));
  const dotted = rules.length > 0 ? ` (dotted: k ${style.degrees ? 180 : "π"}/${knots})` : "";
  const inX = {
    field: "x",
    type: "quantitative",
    title: title(x, style, x.angle ? dotted : ""),
    scale: { domain: [lines[0]!.x, lines.at(-1)!.x], nice: false },
    axis: { labelOverlap: true, grid: false, ...(x.angle && angleAxis(x, knots, style, page)) },
  };
  const inY = {
    field: "value",
    type: "quantitative",
    title: title(y, style, x.angle ? "" : dotted),
    scale: { zero: false },
    axis: { ...(y.angle && angleAxis(reach, knots, style, false)) },
  };
  const plainDots = dots.map(({ name }) => name).filter((name) => name !== highlight);
  const { color, strokeDash } = looks([...names, ...plainDots], highlight);
  const looking = (of: object) => ({ color: { ...of, ...color }, strokeDash: { ...of, ...strokeDash } });
  const mark = (type: string, how: object, encoding: object) => ({ mark: { type, clip: page, ...how }, encoding });
  const from = (values: readonly object[], layer: object) =>
    values.length > 0 ? [{ data: { values }, ...layer }] : [];
  const halo = { x: inX, y: inY, ...looking({ datum: highlight }), detail: { field: "stretch" } };
  const point = { x: inX, y: inY, color: { field: "series", ...color } };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: page ? "container" : WIDTH,
    height: HEIGHT,
    padding: 12,
    background: page ? "transparent" : "white",
    config,
    data: { values: lines },
    layer: [
      ...from(bands, mark("rect", { color: HIGHLIGHT, opacity: 0.15 }, { x: inX, x2: { field: "to" } })),
      ...from(rules, mark("rule", { color: GRAY, strokeDash: [1, 3] }, x.angle ? { x: inX } : { y: inY })),
      ...(page ? [pointer(names, inX, x.name)] : []),
      ...from(halos, mark("line", { strokeWidth: 7, opacity: 0.5 }, halo)),
      {
        transform: [{ fold: names.map(escaped), as: ["series", "value"] }],
        ...mark("line", { strokeWidth: 2 }, { x: inX, y: inY, ...looking({ field: "series" }) }),
      },
      ...dots.flatMap(({ name, at }) => {
        const shape = name === highlight ? "cross" : "circle";
        const values = at.map((dot) => ({ x: x.angle ? inUnit(dot.x, style) : dot.x, value: dot.y, series: name }));
        return from(values, mark("point", { filled: true, opacity: 0.8, size: 40, shape }, point));
      }),
      ...from(points, mark("point", { filled: true, opacity: 1, size: 90 }, point)),
    ],
  };
}

/** The data of each mark, in the unit of the style; null where a line has no value. */
function dataOf(chart: Chart, xs: readonly number[], style: NumberStyle) {
  const { x, y, series } = chart;
  const inX = (at: number) => (x.angle ? inUnit(at, style) : at);
  const height = ({ at, jumps = [] }: Series, x: number) => {
    const value = jumps.includes(x) ? Number.NaN : at(x);
    return !Number.isFinite(value) ? null : y?.angle ? inUnit(value, style) : value;
  };
  const stretches = series.flatMap((s) => (s.highlight ?? []).map((stretch) => ({ s, ...stretch })));
  const isOneLine = stretches.every(({ s }) => s === stretches[0]!.s);
  return {
    lines: xs.map((x) => ({ x: inX(x), ...Object.fromEntries(series.map((s) => [s.name, height(s, x)])) })),
    bands: isOneLine ? stretches.map(({ from, to }) => ({ x: inX(from), to: inX(to) })) : [],
    halos: stretches.flatMap(({ s, from, to }, stretch) =>
      xs.filter((x) => x >= from && x <= to).map((x) => ({ x: inX(x), value: height(s, x), stretch })),
    ),
    points: series.flatMap((s) => (s.points ?? []).map((x) => ({ x: inX(x), value: height(s, x), series: s.name }))),
  };
}

/** Where the lines are sampled: evenly, at the ends of stretches, at points, and on and close beside each jump. */
function abscissae({ x: { from, to, angle }, series, knots = 0 }: Chart): number[] {
  const steps = angle
    ? Math.min(MOST_SAMPLES, Math.max(FINENESS, SAMPLES_A_KNOT * Math.ceil(knots)))
    : Math.min(FINENESS, to - from);
  const even = Array.from({ length: steps + 1 }, (_, i) => (i === steps ? to : from + ((to - from) * i) / steps));
  const beside = (to - from) * 1e-9;
  const special = series.flatMap(({ jumps = [], highlight = [], points = [] }) => [
    ...jumps.flatMap((jump) => [jump - beside, jump, jump + beside]),
    ...highlight.flatMap((stretch) => [stretch.from, stretch.to]),
    ...points,
  ]);
  const all = angle ? [...even, ...special] : even.map(Math.round);
  return [...new Set(all)].filter((x) => x >= from && x <= to).sort((a, b) => a - b);
}

/** One legend for colour and dashes: the lines in order, then what is highlighted. */
function looks(names: readonly string[], highlight: string | undefined) {
  const domain = highlight === undefined ? names : [...names, highlight];
  const legend = { title: null, orient: "bottom", columns: 1, symbolType: "stroke", symbolSize: 400, labelLimit: 0 };
  const scaled = <T>(lines: readonly T[], last: T) => {
    const range = domain.map((_, i) => (i < names.length ? lines[i % lines.length]! : last));
    return { scale: { domain, range }, legend };
  };
  return { color: scaled(COLORS, HIGHLIGHT), strokeDash: scaled(DASHES, DASHES[0]!) };
}

/** A rule at the sample nearest to the pointer, with every value there; the axis of x can be dragged and zoomed. */
function pointer(names: readonly string[], x: object, xName = "x") {
  const figure = (field: string, title: string) => ({ field, title, type: "quantitative", format: ".6~g" });
  return {
    params: [
      { name: "at", select: { type: "point", fields: ["x"], nearest: true, on: "pointermove", clear: "pointerout" } },
      { name: "zoom", select: { type: "interval", encodings: ["x"] }, bind: "scales" },
    ],
    mark: { type: "rule", color: GRAY, strokeWidth: 1, clip: true },
    encoding: {
      x,
      opacity: { condition: { param: "at", empty: false, value: 1 }, value: 0 },
      tooltip: [figure("x", xName), ...names.map((name) => figure(escaped(name), name))],
    },
  };
}

/** A name as a field of Vega, where unescaped dots and brackets mean a member of an object. */
const escaped = (name: string) => name.replace(/[\\.[\]'"]/g, "\\$&");

const title = ({ name, angle }: { name?: string; angle?: boolean }, { degrees }: NumberStyle, more = "") =>
  name === undefined ? null : `${name}${angle ? (degrees ? ", degrees" : ", radians") : ""}${more}`;

/**
 * Ticks at the multiples of pi/q (or of 180/q degrees), q the first that gives a few of them, and halved steps as a page is zoomed in;
 * plain ticks where none does.
 */
function angleAxis(range: Interval, knots: number | undefined, style: NumberStyle, zooms: boolean): object {
  const divisors = divisorsFor(knots, [4, 6, 8, 12]);
  const within = (q: number) => multiplesOfPi(range, q);
  const giving = (least: number) => divisors.find((q) => within(q).length >= least && within(q).length <= 13);
  const q = giving(3) ?? giving(2);
  if (q === undefined) return {};
  const [half, unit] = [inUnit(Math.PI, style), inUnit(timesPi(1, q), style)];
  const labels = Array.from({ length: q + 1 }, (_, k) => formatAngle(timesPi(k, q), style, "π"));
  const ticks = within(q).map((tick) => inUnit(tick, style));
  if (!zooms) return { values: ticks, labelExpr: `${JSON.stringify(labels)}[round(datum.value/${unit})]` };
  const whole = inUnit(range.to, style) - inUnit(range.from, style);
  const step = `${unit} * pow(2, min(0, floor(log(span(domain('x'))/${whole})/LN2)))`;
  const other = style.degrees ? "format(datum.value, '.6~g')" : `format(datum.value/${half}, '.6~f') + 'π'`;
  return {
    values: { expr: `sequence(ceil(domain('x')[0]/(${step}))*(${step}), domain('x')[1] + ${unit}*1e-6, ${step})` },
    labelExpr: `abs(datum.value/${unit} - round(datum.value/${unit})) < 1e-6 ? ${JSON.stringify(labels)}[round(datum.value/${unit})] : ${other}`,
  };
}
