import asciichart, { type PlotConfig } from "asciichart";
import { fromDegrees, timesPi, toDegrees } from "../core/units.ts";
import { formatAngle, formatNumber, type NumberStyle } from "./number.ts";
import type { Screen } from "./screen.ts";

export interface Interval {
  readonly from: number;
  readonly to: number;
}

export interface Series {
  readonly name: string;
  /** The value at x; NaN where there is none. */
  readonly at: (x: number) => number;
  /** Where the line must not be joined. */
  readonly jumps?: readonly number[];
  /** Stretches drawn in the colour of the chart's highlight. */
  readonly highlight?: readonly Interval[];
  /** Where the line is marked with a dot. */
  readonly points?: readonly number[];
}

/** Lines over an angle or a count, with what is worth marking. Functions are sampled by whoever draws. */
export interface Chart {
  readonly x: Interval & { readonly angle: boolean; readonly name?: string };
  readonly y?: { readonly angle?: boolean; readonly name?: string };
  readonly series: readonly Series[];
  /** What the highlighted stretches are. */
  readonly highlight?: string;
  /** Light vertical rules at the multiples of pi / knots (a margin) inside the range. */
  readonly knots?: number;
  readonly size?: { readonly width?: number | undefined; readonly height?: number | undefined };
}

type Role = number | "highlight" | "rule" | undefined;
type Canvas = { char: string; role: Role }[][];

const COLORS = [
  "cyan",
  "yellow",
  "magenta",
  "green",
  "blue",
  "white",
  "cyanBright",
  "yellowBright",
  "magentaBright",
  "greenBright",
] as const;
const LINE: Record<"unicode" | "ascii", NonNullable<PlotConfig["symbols"]>> = {
  unicode: ["┼", "┤", "╶", "╴", "─", "╰", "╭", "╮", "╯", "│"],
  ascii: ["+", "|", "-", "-", "-", "`", ",", ".", "'", "|"],
};
// Without colour every line but the first is drawn with a character of its own.
const MARKERS = ["", "·", "*", "o", "x", "+", "=", "%", "@", "&"];
const ASCII_MARKERS = ["", "=", "*", "o", "x", "+", "~", "%", "@", "&"];
const HIGHLIGHT_MARKER = "#";
const LEAST_WIDTH = 30;

/** The chart as lines of text, exactly as wide as the screen. */
export function drawChart(chart: Chart, screen: Screen, style: NumberStyle): string {
  const width = Math.max(LEAST_WIDTH, chart.size?.width ?? screen.width);
  const { from, to } = chart.x;
  const sample = (columns: number) =>
    Array.from({ length: columns }, (_, c) => from + ((to - from) * c) / (columns - 1));
  const trial = sample(width).flatMap((x) => chart.series.map((s) => s.at(x)));
  const inDegrees = chart.y?.angle === true && style.degrees;
  const shown = niceTicks(trial.filter(Number.isFinite).map((y) => (inDegrees ? toDegrees(y) : y)));
  const ticks = inDegrees ? shown.map(fromDegrees) : shown;
  const perTick = Math.max(
    1,
    Math.floor(((chart.size?.height ?? Math.min(20, screen.height - 8)) - 1) / (ticks.length - 1)),
  );
  const labels = shown.map((tick) => formatNumber(tick, { precision: 6 }));
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const xs = sample(width - margin - 1);
  const rows = (ticks.length - 1) * perTick + 1;
  const canvas: Canvas = Array.from({ length: rows }, () => xs.map(() => ({ char: " ", role: undefined })));

  const columnOf = (x: number) => Math.round(((x - from) / (to - from)) * (xs.length - 1));
  drawKnots(chart, canvas, columnOf, screen);
  // The first line is drawn last, so that it is the one seen where lines meet.
  for (let i = chart.series.length - 1; i >= 0; i--)
    drawSeries(chart.series[i]!, i, xs, columnOf, ticks, canvas, screen);

  const paint = painter(screen);
  const glyph = screen.unicode
    ? { tick: "┤", axis: "│", corner: "└", line: "─", down: "┬" }
    : { tick: "+", axis: "|", corner: "+", line: "-", down: "+" };
  const body = canvas.map((line, r) => {
    const tick = r % perTick === 0;
    const label = tick ? labels[labels.length - 1 - r / perTick]! : "";
    return `${label.padStart(margin)}${tick ? glyph.tick : glyph.axis}${paintLine(line, paint)}`;
  });
  const axis = xAxis(chart, xs.length, columnOf, style, screen);
  const rule = Array.from({ length: xs.length }, (_, c) => (axis.columns.includes(c) ? glyph.down : glyph.line)).join(
    "",
  );
  return [
    ...body,
    `${" ".repeat(margin)}${glyph.corner}${rule}`,
    `${" ".repeat(margin + 1)}${axis.text}`,
    ...legend(chart, screen, paint, width),
  ]
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Round numbers, evenly spaced, that enclose all values: 3 to 6 steps. */
function niceTicks(values: readonly number[]): number[] {
  const lo = Math.min(...values, values.length > 0 ? Number.POSITIVE_INFINITY : 0);
  const hi = Math.max(...values, values.length > 0 ? Number.NEGATIVE_INFINITY : 1);
  const raw = (hi - lo || Math.abs(hi) || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((unit) => unit * power >= raw * (1 - 1e-9))!;
  const first = Math.floor(lo / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(hi / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

const RULE = { unicode: "┊", ascii: ":" };
const MOST_RULES = 64;

/** The knots that are drawn: those inside the range, unless there are too many to be seen. */
export function rulesOf({ x, knots = 0 }: Chart): number[] {
  if (!x.angle || !(knots > 1 && knots <= MOST_RULES)) return [];
  return multiples(x, (k) => timesPi(k, knots)).filter((at) => at > x.from && at < x.to);
}

function drawKnots(chart: Chart, canvas: Canvas, columnOf: (x: number) => number, screen: Screen): void {
  const char = RULE[screen.unicode ? "unicode" : "ascii"];
  for (const at of rulesOf(chart)) for (const line of canvas) line[columnOf(at)] = { char, role: "rule" };
}

/** A series in runs that nothing interrupts: a gap, a jump or the edge of a highlighted stretch. */
function drawSeries(
  series: Series,
  index: number,
  xs: readonly number[],
  columnOf: (x: number) => number,
  ticks: readonly number[],
  canvas: Canvas,
  screen: Screen,
): void {
  const top = canvas.length - 1;
  const [lo, hi] = [ticks[0]!, ticks.at(-1)!];
  const levels = valuesAt(series, xs, (hi - lo) / 4).map((value) => Math.round(((value - lo) / (hi - lo)) * top));
  const lit = (c: number) =>
    series.highlight?.some(({ from, to }) => xs[c]! >= from && (xs[c]! < to || to === xs.at(-1))) ?? false;
  const joined = (c: number) =>
    Number.isFinite(levels[c + 1]) && !series.jumps?.some((jump) => jump > xs[c]! && jump <= xs[c + 1]!);
  for (let start = 0; start < xs.length; start++) {
    if (!Number.isFinite(levels[start])) continue;
    let end = start;
    while (joined(end) && lit(end) === lit(start)) end++;
    const points = levels.slice(start, end + 1);
    const lightChanges = lit(end) !== lit(start);
    drawRun(lightChanges ? points : [...points, levels[end]!], start, lit(start) ? "highlight" : index, canvas, screen);
    start = lightChanges ? end - 1 : end;
  }
  for (const x of series.points ?? []) {
    const line = canvas[top - Math.round(((series.at(x) - lo) / (hi - lo)) * top)]!;
    line[columnOf(x)] = { char: screen.unicode ? "●" : "@", role: index };
  }
}

const PARTS = 16;

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

/** asciichart as the rasteriser: its two columns of axis are cut off and every glyph keeps its role. */
function drawRun(points: readonly number[], column: number, role: Role, canvas: Canvas, screen: Screen): void {
  const height = canvas.length - 1;
  const symbols = screen.unicode ? LINE.unicode : LINE.ascii;
  const text = asciichart.plot([...points], { height, min: 0, max: height, offset: 2, format: () => " ", symbols });
  const marker = markerOf(role, screen);
  text.split("\n").forEach((line, r) => {
    [...line].slice(2).forEach((char, c) => {
      if (char !== " ") canvas[r]![column + c] = { char: marker || char, role };
    });
  });
}

function markerOf(role: Role, screen: Screen): string {
  if (screen.colors.level > 0) return "";
  if (role === "highlight") return HIGHLIGHT_MARKER;
  const markers = screen.unicode ? MARKERS : ASCII_MARKERS;
  return typeof role === "number" ? markers[role % markers.length]! : "";
}

type Paint = (text: string, role: Role) => string;

function painter({ colors }: Screen): Paint {
  return (text, role) => {
    if (role === undefined) return text;
    if (role === "highlight") return colors.red(text);
    return role === "rule" ? colors.dim(text) : colors[COLORS[role % COLORS.length]!](text);
  };
}

function paintLine(line: Canvas[number], paint: Paint): string {
  let text = "";
  for (let c = 0; c < line.length; ) {
    const { role } = line[c]!;
    let run = "";
    while (c < line.length && line[c]!.role === role) run += line[c++]!.char;
    text += paint(run, role);
  }
  return text;
}

/** Labels under the axis: multiples of pi/q for an angle, with the finest q whose labels fit, or round numbers. */
function xAxis(
  { x, knots }: Chart,
  columns: number,
  columnOf: (x: number) => number,
  style: NumberStyle,
  screen: Screen,
) {
  const inDegrees = x.angle && style.degrees;
  const round = niceTicks([x.from, x.to].map((end) => (inDegrees ? toDegrees(end) : end))).map((tick) =>
    inDegrees ? fromDegrees(tick) : tick,
  );
  const finest = Number.isInteger(knots) && knots! <= MOST_RULES ? [knots!] : [];
  const fractions = x.angle ? [...finest, 8, 6, 4, 3, 2, 1].map((q) => multiples(x, (k) => timesPi(k, q))) : [];
  const candidates = [
    ...fractions.filter((ticks) => ticks.length > 2),
    round.filter((tick) => tick >= x.from && tick <= x.to),
  ];
  const labelled = candidates.map((ticks) =>
    ticks.map((tick) => ({
      column: columnOf(tick),
      label: x.angle
        ? formatAngle(tick, { ...style, precision: 6 }, screen.unicode ? "π" : "pi")
        : formatNumber(tick, { precision: 6 }),
    })),
  );
  const ends = [x.from, x.to].map((end) => ({ column: columnOf(end), label: formatNumber(end, { precision: 4 }) }));
  const chosen = labelled.find((ticks) => ticks.length > 1 && layOut(ticks, columns) !== undefined) ?? ends;
  return { columns: chosen.map(({ column }) => column), text: layOut(chosen, columns) ?? "" };
}

export function multiples({ from, to }: Interval, at: (k: number) => number): number[] {
  const ticks: number[] = [];
  for (let k = 0; at(k) <= to; k++) if (at(k) >= from) ticks.push(at(k));
  return ticks;
}

/** The labels centred on their columns, or undefined where two would touch. */
function layOut(ticks: readonly { column: number; label: string }[], columns: number): string | undefined {
  let text = "";
  for (const { column, label } of ticks) {
    const start = Math.max(0, Math.min(columns - label.length, column - Math.floor(label.length / 2)));
    if (text !== "" && start <= text.length) return undefined;
    text = text.padEnd(start) + label;
  }
  return text;
}

function legend(chart: Chart, screen: Screen, paint: Paint, width: number): string[] {
  const dash = screen.unicode ? "──" : "--";
  const entries: [sample: string, name: string, role: Role][] = chart.series.map((series, i) => [
    markerOf(i, screen).repeat(2) || dash,
    series.name,
    i,
  ]);
  if (chart.highlight !== undefined)
    entries.push([markerOf("highlight", screen).repeat(2) || dash, chart.highlight, "highlight"]);
  if (rulesOf(chart).length > 0)
    entries.push([RULE[screen.unicode ? "unicode" : "ascii"], `k pi/${formatNumber(chart.knots!)}`, "rule"]);
  const lines: string[] = [];
  let line = "";
  let length = 0;
  for (const [sample, name, role] of entries) {
    const size = name.length + 6;
    if (length > 0 && length + size > width) {
      lines.push(line);
      [line, length] = ["", 0];
    }
    line += `   ${paint(`${sample} ${name}`, role)}`;
    length += size;
  }
  return [...lines, line];
}
