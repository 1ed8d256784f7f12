import asciichart, { type PlotConfig } from "asciichart";
import { fromDegrees } from "../core/units.ts";
import { type Chart, divisorsFor, type Interval, multiplesOfPi, reachOf, rulesOf, type Series } from "./chart.ts";
import { formatAngle, formatNumber, inUnit, type NumberStyle, type Rounding } from "./number.ts";
import type { Screen } from "./screen.ts";

const LEAST_WIDTH = 30;
const LABEL: Rounding = { precision: 6 };
/** Samples of a line within one column, to see whether it turns there. */
const PARTS = 16;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

const HUES = ["cyan", "yellow", "magenta", "green"] as const;
const COLORS = [...HUES, "blue", "white", ...HUES.map((hue) => `${hue}Bright` as const)] as const;

/** The characters of the drawing in Unicode and in ASCII. Of two, the first is in the row that a line leaves, the second in the one it enters. */
const GLYPHS = {
  across: ["─", "-"],
  upright: ["│", "|"],
  falling: ["╮╰", ".`"],
  rising: ["╯╭", "',"],
  tick: ["┤", "+"],
  corner: ["└", "+"],
  mark: ["┬", "+"],
  rule: ["┊", ":"],
  dot: ["●", "@"],
  cross: ["×", "x"],
  pi: ["π", "pi"],
  // One for each colour. Without colour each line but the first is drawn with its own character.
  markers: [" ·*ox+=%@&", " =*ox+~%@&"],
} as const;
type Glyph = (name: keyof typeof GLYPHS) => string;

interface Pen {
  readonly paint: (text: string) => string;
  /** The character that all is drawn with; "" for the glyphs of lines. */
  readonly marker: string;
}

interface Character {
  readonly char: string;
  readonly pen: Pen;
}
const BLANK: Character = { char: " ", pen: { paint: (text) => text, marker: "" } };

/** The chart as lines of text, at most as wide as the screen, with angles in the unit of the style. */
export function drawChart(chart: Chart, screen: Screen, style: NumberStyle): string {
  const { x, y, cursor, dots = [], size = {} } = chart;
  const width = Math.max(LEAST_WIDTH, size.width ?? screen.width);
  const height = size.height ?? Math.min(20, screen.height - 8);
  const series = chart.series.map((s) => (y?.angle ? { ...s, at: (x: number) => inUnit(s.at(x), style) } : s));
  const ticks = niceTicks(reachOf(series, trialOf(x, width), dots));
  const perTick = Math.max(1, Math.floor((height - 1) / (ticks.length - 1)));
  const labels = ticks.map((tick) => formatNumber(tick, LABEL)).reverse();
  const margin = Math.max(...labels.map((label) => label.length)) + 1;

  const glyph: Glyph = (name) => GLYPHS[name][screen.unicode ? 0 : 1];
  const canvas = canvasOf(x, width - margin - 1, ticks, perTick);
  const { cells, xs } = canvas;
  const { pens, highlighter, rule } = pensOf(chart, screen, glyph);
  const rules = rulesOf(chart);
  const drawRule = (x: number, char: string, pen: Pen) => {
    for (const row of cells) row[canvas.columnOf(x)] = { char, pen };
  };
  for (const at of rules) drawRule(at, glyph("rule"), rule);
  if (cursor !== undefined) drawRule(cursor, glyph("upright"), BLANK.pen);
  // The first line is drawn last, so that it is the one seen where lines meet.
  for (let i = series.length - 1; i >= 0; i--) drawSeries(series[i]!, pens[i]!, highlighter, canvas, glyph);

  const marks = dots.map(({ name, at }, i): Entry => {
    const isHighlighted = name === chart.highlight;
    const marker = glyph(isHighlighted ? "cross" : "dot");
    const pen = { marker, paint: isHighlighted ? highlighter.paint : colorOf(chart.series.length + i, screen) };
    for (const { x, y } of at)
      if (Number.isFinite(y)) cells[canvas.rowOf(y)]![canvas.columnOf(x)] = { char: marker, pen };
    return [pen, marker, name];
  });

  const axis = xAxis(chart, canvas, style, glyph);
  const base = xs.map((_, c) => glyph(axis.columns.includes(c) ? "mark" : "across"));
  const entries: Entry[] = chart.series.map(({ name }, i) => [pens[i]!, glyph("across").repeat(2), name]);
  if (dots.length > 0) entries.push(...marks);
  else if (chart.highlight !== undefined) entries.push([highlighter, glyph("across").repeat(2), chart.highlight]);
  if (rules.length > 0) entries.push([rule, glyph("rule"), `k pi/${formatNumber(chart.knots!)}`]);
  const lines = [
    ...cells.map((row, r) => {
      const isTick = r % perTick === 0;
      const label = isTick ? labels[r / perTick]! : "";
      return label.padStart(margin) + glyph(isTick ? "tick" : "upright") + painted(row);
    }),
    " ".repeat(margin) + glyph("corner") + base.join(""),
    " ".repeat(margin + 1) + axis.text,
    ...legend(entries, width),
  ];
  return lines.map((line) => line.trimEnd()).join("\n");
}

const evenly = ({ from, to }: Interval, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** Where the least and greatest values are sought: evenly, and unevenly so that no wave is met at one phase only. */
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

/** Rows of blanks from the top, the x of each column, and the column of an x and the row of a value. */
function canvasOf({ from, to }: Interval, columns: number, ticks: readonly number[], perTick: number) {
  const xs = evenly({ from, to }, columns);
  const bottom = (ticks.length - 1) * perTick;
  const [lo, hi] = [ticks[0]!, ticks.at(-1)!];
  return {
    xs,
    cells: Array.from({ length: bottom + 1 }, () => xs.map(() => BLANK)),
    columnOf: (x: number) => Math.round(((x - from) / (to - from)) * (columns - 1)),
    rowOf: (value: number) => bottom - Math.max(0, Math.min(bottom, Math.round(((value - lo) / (hi - lo)) * bottom))),
    /** A line that turns within a column is drawn as a band where it changes by more than this there. */
    wide: (hi - lo) / 4,
  };
}
type Canvas = ReturnType<typeof canvasOf>;

const colorOf = (i: number, { colors }: Screen) => colors[COLORS[i % COLORS.length]!];

function pensOf({ series }: Chart, screen: Screen, glyph: Glyph) {
  const { colors } = screen;
  const marker = (char: string) => (colors.level > 0 ? "" : char.trim());
  const pens = series.map((_, i): Pen => {
    return { paint: colorOf(i, screen), marker: marker(glyph("markers")[i % COLORS.length]!) };
  });
  return { pens, highlighter: { paint: colors.red, marker: marker("#") }, rule: { paint: colors.dim, marker: "" } };
}

/** Draws a line in runs; a run ends at a gap, at a jump and where a highlighted stretch begins or ends. */
function drawSeries(series: Series, own: Pen, highlighter: Pen, canvas: Canvas, glyph: Glyph): void {
  const { cells, xs, columnOf, rowOf, wide } = canvas;
  const { at, jumps = [], highlight = [], points = [] } = series;
  const rows = valuesAt(series, xs, wide).map(rowOf);
  const isJoined = (c: number) =>
    Number.isFinite(rows[c + 1]) && !jumps.some((jump) => jump > xs[c]! && jump <= xs[c + 1]!);
  const isHighlighted = (c: number) =>
    highlight.some(({ from, to }) => xs[c]! >= from && (xs[c]! < to || to === xs.at(-1)));
  for (let start = 0; start < xs.length; start++) {
    if (!Number.isFinite(rows[start])) continue;
    let end = start;
    while (isJoined(end) && isHighlighted(end) === isHighlighted(start)) end++;
    const isEdge = isHighlighted(end) !== isHighlighted(start);
    const run = isEdge ? rows.slice(start, end + 1) : [...rows.slice(start, end + 1), rows[end]!];
    drawRun(run, start, isHighlighted(start) ? highlighter : own, cells, glyph);
    start = isEdge ? end - 1 : end;
  }
  for (const x of points) cells[rowOf(at(x))]![columnOf(x)] = { char: glyph("dot"), pen: own };
}

/** Draws the rows of a run with asciichart, whose axis of two columns is cut off. Of n rows it draws n - 1 columns. */
function drawRun(rows: readonly number[], column: number, pen: Pen, cells: Character[][], glyph: Glyph): void {
  const height = cells.length - 1;
  const levels = rows.map((row) => height - row);
  const [across, fall, rise] = [glyph("across"), glyph("falling"), glyph("rising")];
  // In asciichart's order; the first four are those of its axis and of gaps.
  const curves = [fall[1]!, rise[1]!, fall[0]!, rise[0]!, glyph("upright")] as const;
  const symbols: PlotConfig["symbols"] = [across, across, across, across, across, ...curves];
  const text = asciichart.plot(levels, { height, min: 0, max: height, offset: 2, format: () => " ", symbols });
  text.split("\n").forEach((line, r) => {
    [...line].slice(2).forEach((char, c) => {
      if (char !== " ") cells[r]![column + c] = { char: pen.marker || char, pen };
    });
  });
}

/** A value for each column; where the line goes up and down by more than `wide` within one, its ends in turn: a band. */
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
  row.forEach(({ char, pen }, c) => {
    run += char;
    if (row[c + 1]?.pen === pen) return;
    text += pen.paint(run);
    run = "";
  });
  return text;
}

/** Labels under the axis: multiples of pi/q for an angle, with the finest q whose labels fit, or round numbers. */
function xAxis({ x, knots }: Chart, { xs, columnOf }: Canvas, style: NumberStyle, glyph: Glyph) {
  const inDegrees = x.angle && style.degrees;
  const fractions = x.angle ? divisorsFor(knots, [8, 6, 4, 3, 2, 1]).map((q) => multiplesOfPi(x, q)) : [];
  const range = inDegrees ? { from: inUnit(x.from, style), to: inUnit(x.to, style) } : x;
  const round = niceTicks(range)
    .map((tick) => (inDegrees ? fromDegrees(tick) : tick))
    .filter((tick) => tick >= x.from && tick <= x.to);
  const labelled = (ticks: readonly number[], rounding: Rounding) => {
    const label = (at: number) =>
      x.angle ? formatAngle(at, { ...style, ...rounding }, glyph("pi")) : formatNumber(at, rounding);
    const columns = ticks.map(columnOf);
    return { columns, text: labelLine(ticks.map(label), columns, xs.length) };
  };
  const candidates = [...fractions.filter((ticks) => ticks.length > 2), round].filter((ticks) => ticks.length > 1);
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

type Entry = readonly [pen: Pen, sample: string, name: string];

/** What each line is, in lines that fit the width. */
function legend(entries: readonly Entry[], width: number): string[] {
  const lines: string[] = [];
  let free = 0;
  for (const [{ marker, paint }, sample, name] of entries) {
    const size = name.length + 6;
    if (size > free) {
      lines.push("");
      free = width;
    }
    lines.push(`${lines.pop()}   ${paint(`${marker.repeat(2) || sample} ${name}`)}`);
    free -= size;
  }
  return lines;
}
