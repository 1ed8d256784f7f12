import asciichart from "asciichart";
import { fromDegrees } from "../core/units.ts";
import { type Chart, divisorsFor, type Interval, multiplesOfPi, reachOf, rulesOf, type Series } from "./chart.ts";
import { grouped } from "./grouped.ts";
import { formatAngle, formatNumber, inUnit, type NumberStyle, type Rounding } from "./number.ts";
import type { Screen } from "./screen.ts";

const LEAST_WIDTH = 30;
const LABEL: Rounding = { precision: 6 };
/** Samples of a line within one column, to see whether it turns there. */
const PARTS = 16;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Colours with a contrast of at least 3 to white and to black, also as the nearest of 256. */
const COLORS = ["#0072b2", "#a64ca6", "#007f00", "#997a00", "#007f7f"];
const RED = "#d70000";
/**
 * In place of them where a terminal has 16: its own foreground first. Of the 16, blue
 * is hard to see on black, yellow and white on white.
 */
const BASIC_COLORS = ["reset", "magenta", "green", "cyan"] as const;

/** The characters of the drawing; asciichart draws lines with the first six of them. */
const DRAWN = "─│╰╭╮╯┤└┬┊┈●○×░▒";
/** What stands for each where there is no Unicode. */
const ASCII = "-|`,.'+++:.@ox./";
const SHADES = { shaded: "░", hatched: "▒" };
/** Each line but the first is drawn with its own character, in Unicode and without it. */
const MARKERS = { unicode: " ·*ox+=%@&", ascii: " =*ox+~%@&" };

interface Pen {
  readonly paint: (text: string) => string;
  /** The character that all is drawn with; "" for the glyphs of lines. */
  readonly marker: string;
}

/** The pens of a screen, and its characters. */
function inkOf({ unicode, colors }: Screen) {
  const isRich = colors.level > 1;
  const paints = isRich ? COLORS.map((color) => colors.hex(color)) : BASIC_COLORS.map((name) => colors[name]);
  const markers = MARKERS[unicode ? "unicode" : "ascii"];
  return {
    pi: unicode ? "π" : "pi",
    /** The text with characters that the screen has. */
    drawn: (text: string) => (unicode ? text : text.replace(/[─-▒●○×]/g, (char) => ASCII[DRAWN.indexOf(char)] ?? char)),
    /** The pen of line i. */
    penOf: (i: number): Pen => ({ paint: paints[i % paints.length]!, marker: markers[i % markers.length]!.trim() }),
    highlighter: { paint: isRich ? colors.hex(RED) : colors.red, marker: "#" },
    dim: { paint: colors.dim, marker: "" },
  };
}

type Character = readonly [char: string, pen: Pen];
const PLAIN: Pen = { paint: (text) => text, marker: "" };

/** The chart as lines of text, at most as wide as the screen, with angles in the unit of the style. */
export function drawChart(chart: Chart, screen: Screen, style: NumberStyle): string {
  const { x, y, square, cursor, highlight, knots, dots = [], regions = [] } = chart;
  const { pi, drawn, penOf, highlighter, dim } = inkOf(screen);
  const most = Math.max(LEAST_WIDTH, screen.chartWidth ?? screen.width);
  const height = screen.chartHeight ?? Math.min(20, screen.height - 8);
  // A cell is about twice as high as it is wide.
  const width = square ? Math.min(most, Math.max(LEAST_WIDTH, 2 * height + 6)) : most;
  const inY = (value: number) => (y?.angle ? inUnit(value, style) : value);
  const series = chart.series.map((s) => ({ ...s, at: (x: number) => inY(s.at(x)) }));
  const reach = square ? x : reachOf(chart, trialOf(x, width));
  const parts = partsOfPi(chart).find(({ length }) => square && length > 1 && length < 8);
  const rows = rowsOf({ from: inY(reach.from), to: inY(reach.to) }, height, parts?.map(inY));
  const labels = rows.ticks.map(labeller(parts !== undefined && !style.degrees, { ...style, ...LABEL }, pi));
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const xs = evenly(x, width - margin - 1);
  const cells = Array.from({ length: rows.count }, () => xs.map((): Character => [" ", PLAIN]));
  const columnOf = (at: number) => Math.round(((at - x.from) / (x.to - x.from)) * (xs.length - 1));
  const put = (at: number, value: number, char: string, pen: Pen) => {
    cells[rows.rowOf(value)]![columnOf(at)] = [char, pen];
  };
  const drawUpright = (at: number, char: string, pen: Pen) => {
    for (const row of cells) row[columnOf(at)] = [char, pen];
  };

  const rules = rulesOf(chart, reach);
  for (const at of rules) {
    if (x.angle) drawUpright(at, "┊", dim);
    else cells[rows.rowOf(inY(at))]!.fill(["┈", dim]);
  }
  const areaPen = (look: string): Pen => (look === "hatched" ? { ...highlighter, marker: "" } : dim);
  for (const { look, between } of regions)
    for (const [c, at] of xs.entries()) {
      const [low, high] = between(at).map(inY) as [number, number];
      for (let r = rows.rowOf(high); high > low && r <= rows.rowOf(low); r++)
        cells[r]![c] = [SHADES[look], areaPen(look)];
    }
  if (cursor !== undefined) drawUpright(cursor, "│", PLAIN);
  // The first line is drawn last, so that it is the one seen where lines meet.
  const pens = series.map((_, i) => penOf(i));
  for (const [i, one] of [...series.entries()].reverse()) {
    const values = valuesAt(one, xs, rows.wide);
    drawLine(one, values.map(rows.rowOf), xs, pens[i]!, highlighter, cells);
    for (const at of one.points ?? []) put(at, one.at(at), "●", pens[i]!);
  }
  const marks = dots.map(({ name, at }, i): Entry => {
    const isHighlighted = name === highlight;
    const marker = isHighlighted ? "×" : i === 0 ? "●" : "○";
    const pen = { marker, paint: isHighlighted ? highlighter.paint : penOf(series.length + i).paint };
    for (const { x, y } of at) if (Number.isFinite(y)) put(x, y, marker, pen);
    return [pen, marker, name];
  });

  const axis = xAxis(chart, xs.length, columnOf, style, pi);
  const base = xs.map((_, c) => (axis.columns.includes(c) ? "┬" : "─"));
  const isHighlighted = dots.length === 0 && series.some(({ highlight }) => highlight?.length);
  const entries: Entry[] = [
    ...series.flatMap(({ name }, i): Entry[] => (name === "" ? [] : [[pens[i]!, LINE, name]])),
    ...marks,
    ...(highlight !== undefined && isHighlighted ? [[highlighter, LINE, highlight] as const] : []),
    ...regions.map(({ name, look }): Entry => [areaPen(look), SHADES[look].repeat(2), name]),
    ...(rules.length > 0 ? [[dim, x.angle ? "┊" : "┈", `k pi/${knots}`] as const] : []),
  ];
  const lines = [
    ...cells.map((row, r) => {
      const label = labels[rows.ticks.findIndex((tick) => rows.rowOf(tick) === r)];
      return (label ?? "").padStart(margin) + (label === undefined ? "│" : "┤") + painted(row);
    }),
    `${" ".repeat(margin)}└${base.join("")}`,
    " ".repeat(margin + 1) + axis.text,
    ...legend(entries, most),
  ];
  return drawn(lines.map((line) => line.trimEnd()).join("\n"));
}

/** Draws a line, given the row of each column, in runs that end at a gap and at a jump. */
function drawLine(
  { jumps = [], highlight = [] }: Series,
  rows: readonly number[],
  xs: readonly number[],
  own: Pen,
  highlighter: Pen,
  cells: readonly Character[][],
): void {
  const isHighlighted = (c: number) =>
    highlight.some(({ from, to }) => xs[c]! >= from && (xs[c]! < to || to === xs.at(-1)));
  const isJoined = (c: number) =>
    Number.isFinite(rows[c + 1]) && !jumps.some((jump) => jump > xs[c]! && jump <= xs[c + 1]!);
  const height = cells.length - 1;
  const settings = { height, min: 0, max: height, offset: 2, format: () => " " };
  let start = 0;
  for (const [c, row] of rows.entries()) {
    if (Number.isFinite(row) && isJoined(c)) continue;
    // Of n rows asciichart draws n - 1 columns, behind an axis of two.
    const run = Number.isFinite(row) ? [...rows.slice(start, c + 1), row] : [];
    const levels = run.map((row) => height - row);
    for (const [r, line] of asciichart.plot(levels, settings).split("\n").entries())
      for (const [i, char] of [...line].slice(2).entries()) {
        const pen = isHighlighted(start + i) ? highlighter : own;
        if (char !== " ") cells[r]![start + i] = [pen.marker || char, pen];
      }
    start = c + 1;
  }
}

const evenly = ({ from, to }: Interval, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/**
 * The x at which the range of y is found: evenly spaced ones, and irregular
 * ones in case a wave has the spacing as its period.
 */
function trialOf({ from, to }: Interval, width: number): number[] {
  const count = 4 * width;
  const uneven = Array.from({ length: count }, (_, i) => from + ((to - from) * (i + ((i * GOLDEN) % 1))) / count);
  return [...evenly({ from, to }, width), ...uneven];
}

/** Round numbers, evenly spaced, that enclose the range: 3 to 6 steps. */
function niceTicks({ from: lo, to: hi }: Interval): number[] {
  const raw = (hi - lo || Math.abs(hi) || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((unit) => unit * power >= raw * (1 - 1e-9))!;
  const first = Math.floor(lo / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(hi / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** The multiples of pi/q in the range of an angle x, for q that may be on its axis. */
const partsOfPi = ({ x, knots }: Chart) =>
  x.angle ? divisorsFor(knots, [8, 6, 4, 3, 2, 1]).map((q) => multiplesOfPi(x, q)) : [];

/**
 * Values are taken to lie so much nearer to the middle: the least and the greatest,
 * half a row from two, would have a row of their own.
 */
const INWARD = 0.998;

/**
 * The rows of a chart for values of that range, at most `most`: their count, the row of a
 * value, and the ticks, with equally many rows between them.
 */
function rowsOf(reach: Interval, most: number, all = niceTicks(reach)) {
  const { from, to } = reach.to > reach.from ? reach : { from: all[0]!, to: all.at(-1)! };
  const step = all[1]! - all[0]!;
  const middle = from + (to - from) / 2;
  // Where there are few rows each is needed.
  const inward = (value: number, perTick: number) => (perTick > 1 ? middle + (value - middle) * INWARD : value);
  const place = (value: number, perTick: number) => Math.round(((inward(value, perTick) - all[0]!) / step) * perTick);
  let perTick = Math.max(1, Math.ceil(((most - 1) * step) / (to - from)));
  while (perTick > 1 && place(to, perTick) - place(from, perTick) > most - 1) perTick--;
  const [bottom, top] = [place(from, perTick), place(to, perTick)];
  return {
    count: top - bottom + 1,
    ticks: all.filter((_, i) => i * perTick >= bottom && i * perTick <= top),
    rowOf: (value: number) => top - Math.max(bottom, Math.min(top, place(value, perTick))),
    /** A line that turns within a column is drawn as a band where it changes by more than this there. */
    wide: (to - from) / 4,
  };
}

/**
 * A value for each column; where the line goes up and down by more than `wide` within one, its ends in turn: a band.
 */
function valuesAt({ at }: Series, xs: readonly number[], wide: number): number[] {
  const step = (xs[1]! - xs[0]!) / PARTS;
  return xs.map((x, c) => {
    const parts = Array.from({ length: PARTS }, (_, i) => at(Math.min(x + i * step, xs.at(-1)!)));
    const turns = parts.filter((y, i) => (y - parts[i - 1]!) * (parts[i + 1]! - y) < 0).length;
    const [least, most] = [Math.min(...parts), Math.max(...parts)];
    if (turns === 0 || !(most - least > wide)) return parts[0]!;
    return c % 2 === 0 ? least : most;
  });
}

/** A row of the canvas as text; neighbours of one pen share one colour sequence. */
function painted(row: readonly Character[]): string {
  let [text, run] = ["", ""];
  row.forEach(([char, pen], c) => {
    run += char;
    if (row[c + 1]?.[1] === pen) return;
    text += pen.paint(run);
    run = "";
  });
  return text;
}

/** What writes the label of an angle or of another number. */
const labeller = (isAngle: boolean, style: NumberStyle, pi: string) => (at: number) =>
  isAngle ? formatAngle(at, style, pi) : formatNumber(at, { precision: style.precision });

/** Labels under the axis: multiples of pi/q for an angle, with the finest q whose labels fit, or round numbers. */
function xAxis(chart: Chart, width: number, columnOf: (x: number) => number, style: NumberStyle, pi: string) {
  const { x } = chart;
  const inDegrees = x.angle && style.degrees;
  const range = inDegrees ? { from: inUnit(x.from, style), to: inUnit(x.to, style) } : x;
  const round = niceTicks(range)
    .map((tick) => (inDegrees ? fromDegrees(tick) : tick))
    .filter((tick) => tick >= x.from && tick <= x.to);
  const labelled = (ticks: readonly number[], rounding: Rounding) => {
    const columns = ticks.map(columnOf);
    return { columns, text: labelLine(ticks.map(labeller(x.angle, { ...style, ...rounding }, pi)), columns, width) };
  };
  const candidates = [...partsOfPi(chart).filter(({ length }) => length > 2), ...(round.length > 1 ? [round] : [])];
  const axes = candidates.map((ticks) => labelled(ticks, LABEL));
  return axes.find(({ text }) => text !== "") ?? labelled([x.from, x.to], { precision: 4 });
}

/** The labels centred on their columns; "" where two would touch. */
function labelLine(labels: readonly string[], columns: readonly number[], width: number): string {
  let text = "";
  for (const [i, label] of labels.entries()) {
    const start = Math.max(0, Math.min(width - label.length, columns[i]! - Math.floor(label.length / 2)));
    if (i > 0 && start <= text.length) return "";
    text = text.padEnd(start) + label;
  }
  return text;
}

/** The sample of a line without a marker. */
const LINE = "──";

type Entry = readonly [pen: Pen, sample: string, name: string];

const entryText = ([{ marker, paint }, sample, name]: Entry) => paint(`${marker.repeat(2) || sample} ${name}`);

/** The text behind a sample of line i, in its colour. */
export function withSample(i: number, text: string, screen: Screen): string {
  const { drawn, penOf } = inkOf(screen);
  return drawn(entryText([penOf(i), LINE, text]));
}

/** What each line is, in lines that fit the width. */
function legend(entries: readonly Entry[], width: number): string[] {
  const sizeOf = (line: readonly Entry[]) => line.reduce((sum, [, , name]) => sum + name.length + 6, 0);
  const lines = grouped(entries, (line) => sizeOf(line) <= width);
  return lines.map((line) => line.map((entry) => `   ${entryText(entry)}`).join(""));
}
