import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import type { Message } from "../core/message.ts";
import { timesPi } from "../core/units.ts";
import { samplesOf, type Tick, ticksOf, valueAt } from "./axes.ts";
import { barsOf, type Chart, type Interval, isAngleY, pointsOf, reachOf, rulesOf, type Series } from "./chart.ts";
import { type Heights, labelsIn, type MarkAt, type Point } from "./labels.ts";
import { formatMessage, forPeople, type NumberStyle } from "./number.ts";
import { escapeXml, FONT, LINE, linesOf, px, spelled, textAt, widthOf } from "./typeset.ts";

/** The size of titles, and that of plain letters as wide as theirs, which are bold. */
const [TITLE, BOLD] = [16, 17.2];
const PAD = 12;
/** The height of the frame of a square chart, and of another at least and at most. */
const [SQUARE, LOW, HIGH] = [440, 200, 300];
/** The part of the frame above bars, for labels. */
const HEADROOM = 0.2;
/** From this width on lines are named at their ends. */
const WIDE = 480;
const MOST_ENDS = 8;
/** Significant digits of the numbers in notes; whole numbers keep all their digits. */
const NOTE_DIGITS = 4;

// After Okabe and Ito, told apart by the colour-blind; darker, or on a dark ground lighter, so that text in them can be
// read. The last is that of rules and levels; HOT_LIGHT and HOT_DARK are for what is highlighted.
const LIGHT = ["#0072b2", "#a8407f", "#007a5a", "#8a6100", "#3d6c8f", "#5f5f5f", "#444"];
const DARK = ["#56b4e9", "#e08fc0", "#2fc09a", "#e69f00", "#a8c8e0", "#aaaaaa", "#bbb"];
/** The colours, in order, for lines without a hue of their own; those that another line asks for come last. */
const FREE = [0, 3, 4, 2, 1, 5];
const TINT = `fill="currentColor" fill-opacity=".28"`;
const [HOT_LIGHT, HOT_DARK] = ["#c44e00", "#ff8a3d"];
const DASHES = ["", "7 4", "2 3", "9 3 2 3", "4 2 1 2 1 2"];
const colours = (list: readonly string[], hot: string) =>
  `${list.map((colour, i) => `.c${i}{color:${colour}}`).join("")}.hot{color:${hot}}`;

/** The style of every picture: light, on screens with a dark scheme dark, on paper light. */
export const PICTURE_STYLE = `svg.chart{max-width:100%;height:auto}
.chart{font:${FONT}px Helvetica,Arial,sans-serif;fill:#222}
.chart .ground{fill:#fff}.chart .title{font-size:${TITLE}px;font-weight:bold}.chart .sub{font-size:75%}
.chart .tick{stroke:#888}.chart .grid{stroke:#e4e4e4}.chart .rule{stroke:#888;stroke-dasharray:1 3}
.chart .line,.chart .mark{fill:none;stroke:currentColor}.chart .mark{stroke-dasharray:5 3}
.chart .on{stroke:#fff;stroke-width:4px;stroke-linejoin:round}.chart .own{fill:currentColor}
.chart .dot{fill:currentColor;stroke:#fff}
${colours(LIGHT, HOT_LIGHT)}
@media screen and (prefers-color-scheme:dark){.chart{fill:#ddd}.chart .ground{fill:#111}.chart .grid{stroke:#333}
.chart .on,.chart .dot{stroke:#111}
${colours(DARK, HOT_DARK)}}`;

/** How a chart is placed: its id on the page, its width, and its description for screen readers. */
export interface Setting {
  readonly id: string;
  readonly width: number;
  readonly description: string;
  /** The style is on the page already. */
  readonly bare?: boolean;
}

/** The class of the colour of each line: the one it asks for, unless a line before it has it, else one that is free. */
export function coloursOf(lines: readonly { readonly hue?: number | undefined }[]): string[] {
  const asked = lines.map(({ hue }) => hue);
  const free = FREE.toSorted((a, b) => Number(asked.includes(a)) - Number(asked.includes(b)));
  let next = 0;
  return asked.map((hue, i) => {
    const isOwn = hue !== undefined && (hue >= FREE.length || asked.indexOf(hue) === i);
    return `c${isOwn ? hue : free[next++ % free.length]}`;
  });
}

function saidOf(parts: Message, style: NumberStyle): string {
  const withUnits = parts.flatMap((part) => (style.degrees && typeof part === "object" ? [part, "°"] : [part]));
  return formatMessage(withUnits, style);
}

/**
 * The size of a picture of at most that width, its frame with the scales of its axes, and all that stands around it.
 */
function layoutOf(chart: Chart, style: NumberStyle, most: number) {
  const said = (one: Message = []) => saidOf(one, style);
  const xs = samplesOf(chart);
  const colours = coloursOf([...chart.series, ...(chart.dots ?? [])]);
  const names = chart.series.map(({ name, label }) => (label ? said(label) : name));
  const y = rangeOfY(chart, xs);
  const ticksY = ticksOf(y, isAngleY(chart), chart.knots, style).ticks;
  const ticksX = ticksOf(chart.x, chart.x.angle, chart.knots, style);
  const ends = endsOf(chart, xs, y, names, most);
  const left = PAD + 8 + Math.max(...ticksY.map(({ label }) => widthOf(label, FONT)));
  const side = most - left - (ends?.room ?? 18);
  const across = chart.square ? Math.min(side, SQUARE) : side;
  const width = most - side + across;
  const heading = [[said(chart.title), BOLD, "title"] as const, [said(chart.subtitle), FONT, ""] as const]
    .filter(([text]) => text !== "")
    .flatMap(([text, size, look]) => linesOf(text, size, width - 2 * PAD).map((line) => [line, look] as const))
    .map(([line, look], i) => textAt(PAD, PAD + 12 + i * (LINE + 2), line, look));
  const key = keyOf(samplesIn(chart, colours, ends ? [] : names), PAD + heading.length * (LINE + 2), width);
  const top = key.bottom + LINE + 12;
  const bottom = top + (chart.square ? across : Math.round(Math.min(HIGH, Math.max(LOW, side * 0.6))));
  return {
    ...{ xs, colours, ticksX, ticksY, ends, width, left, top, bottom },
    rules: rulesOf(chart, y),
    right: left + across,
    height: bottom + 2 * LINE + PAD + 6,
    above: [...heading, ...key.items],
    inX: scaleLinear([chart.x.from, chart.x.to], [left, left + across]),
    inY: scaleLinear([y.from, y.to], [bottom, top]),
  };
}
type Layout = ReturnType<typeof layoutOf>;

/**
 * A chart as an SVG picture of at most that width: its title, its lines, named at their ends where there is room, else
 * in a key, and its marks. The same chart gives the same text.
 */
export function drawSvg(chart: Chart, style: NumberStyle, { id, width: most, description, bare }: Setting): string {
  const layout = layoutOf(chart, style, most);
  const { width, height, left, right, top, bottom, ticksX, xs, inX, inY, colours } = layout;
  const finite = (chart.marks ?? []).filter(({ x = 0, y = 0 }) => Number.isFinite(x + y));
  const marks = finite.map(({ x, y, of, text }) => ({
    colour: of === undefined ? "" : `own ${colours[of]}`,
    ...(x !== undefined && { x: inX(x) }),
    ...(y !== undefined && { y: inY(y) }),
    text: saidOf(text, forPeople({ ...style, precision: undefined }, NOTE_DIGITS)),
  }));
  const lines = chart.series.map((one) => pathOf(one, xs, layout));
  const points = lines.flatMap((one) => one.points);
  const rules = layout.rules.map((at) => (chart.x.angle ? { x: inX(at) } : { y: inY(at) }));
  const labels = labelsIn(layout, points, [...marks, ...rules]);
  const inks = { hatched: "hot", shaded: colours[0]!, tinted: "c0", named: "c6" };
  const fills = { hatched: `fill="url(#${id}-hatch)"`, shaded: TINT, tinted: TINT, named: `fill="none"` };
  const up = inY.copy().clamp(true);
  const areas = [...(chart.regions ?? []), ...(chart.zones ?? [])].map(({ name, look, between }) => ({
    name: look === "tinted" ? "" : name,
    colour: inks[look],
    fill: fills[look],
    heights: xs.map((x): Heights[number] => [inX(x), ...(between(x).map((y) => up(y)) as [number, number])]),
  }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${px(width)} ${px(height)}" width="${px(width)}" height="${px(height)}" role="img" aria-labelledby="${id}-title ${id}-desc" data-frame="${[left, right, top, bottom].map(px).join(" ")}" data-every="${ticksX.every ?? ""}" data-range="${chart.x.from} ${chart.x.to - chart.x.from}">`,
    `<title id="${id}-title">${escapeXml(spelled(saidOf(chart.title ?? [], style)))}</title>`,
    `<desc id="${id}-desc">${escapeXml(description)}</desc>`,
    ...(bare ? [] : [`<style>${PICTURE_STYLE}</style>`]),
    `<defs><clipPath id="${id}-clip"><rect x="${px(left - 6)}" y="${px(top - 6)}" width="${px(right - left + 12)}" height="${px(bottom - top + 12)}"/></clipPath>`,
    ...(areas.some(({ colour }) => colour === "hot") ? [hatching(id)] : []),
    `</defs>`,
    `<rect class="ground" width="100%" height="100%"/>`,
    ...layout.above,
    ...axes(chart, layout, style),
    `<g clip-path="url(#${id}-clip)">`,
    `<g class="zoom">`,
    ...areas.map(({ colour, fill, heights }) => path(colour, areaOf(heights), fill)),
    ...highlightsOf(chart, lines, layout),
    ...chart.series.map((one, i) => strokeOf(one, i, colours[i]!, lines[i]!.d)),
    "</g>",
    ...rules.map((at) => markOf("rule", at, layout)),
    ...dotsOf(chart, layout),
    "</g>",
    ...areas.map(({ name, colour, heights }) => name && labels.inside(name, colour, heights)),
    ...marks.flatMap(({ text, colour, ...at }) => [
      markOf(`mark ${colour || "c6"}`, at, layout),
      labels.beside(text, at, colour),
    ]),
    ...labels.ends((layout.ends?.names ?? []).map(({ text, y }, i) => ({ text, y: inY(y), colour: colours[i]! }))),
    `<g class="finer"/>`,
    "</svg>\n",
  ].join("\n");
}

/**
 * The range of y: all values of lines, marks and bars, rounded up to a knot of an angle
 * that is just above, with room for labels above bars.
 */
function rangeOfY(chart: Chart, xs: readonly number[]): Interval {
  const { square, x, y, series, marks = [] } = chart;
  if (square) return x;
  const reach = reachOf(chart, xs);
  const bars = series.some((one) => one.bars);
  const marked = marks.map(({ y = Number.NaN }) => y);
  const values = [reach.from, reach.to, y?.from ?? reach.from, bars ? 0 : reach.to, ...marked].filter(Number.isFinite);
  const [from, most] = [Math.min(...values), Math.max(...values)];
  const knot = y?.angle && chart.knots ? timesPi(Math.ceil((most * chart.knots) / Math.PI), chart.knots) : most;
  const to = knot - most < 0.02 * (most - from) ? knot : most;
  if (!(to > from)) return { from: bars ? from : from - 1, to: to + 1 };
  return { from, to: bars ? to + HEADROOM * (to - from) : to };
}

/**
 * The names at the ends of the lines, one after "and" where a line ends with another,
 * and the room for them; undefined where a key is better.
 */
function endsOf(chart: Chart, xs: readonly number[], y: Interval, names: readonly string[], width: number) {
  const { series, square, x } = chart;
  const last = series.map((one) => valueAt(one, xs.at(-1)!));
  const ends = names.map((name, i) => {
    const first = last.findIndex((value) => Math.abs(value - last[i]!) < (y.to - y.from) / 100);
    return { text: first < i ? `and ${name}` : name, y: last[first]! };
  });
  const room = 14 + Math.max(...ends.map(({ text }) => widthOf(text, FONT)));
  const reachEnd = series.every(({ bars }, i) => bars === undefined && Number.isFinite(last[i]));
  const fits = width >= WIDE && room <= 0.4 * width && series.length <= MOST_ENDS && series.length > 0;
  return fits && reachEnd && !square && x.to > x.from ? { names: ends, room } : undefined;
}

type KeyItem = readonly [name: string, drawn: string];

/** The items of the key: one for each of these names of lines, for the dots, and for the highlighted stretches. */
function samplesIn(chart: Chart, colours: readonly string[], names: readonly string[]): KeyItem[] {
  const { series, dots = [], zones = [], highlight } = chart;
  const box = "M0 3h22v12H0z";
  const isHighlighted = highlight !== undefined && dots.length === 0 && series.some((one) => one.highlight?.length);
  return [
    ...names.map((name, i): KeyItem => [name, strokeOf(series[i]!, i, colours[i]!, series[i]!.bars ? box : "M0 9H22")]),
    ...dots.map(({ name }, i): KeyItem => [name, dotAt(11, 9, name === highlight, colours[series.length + i]!)]),
    ...(isHighlighted ? [[highlight, haloOf("M0 9H22")] as const] : []),
    ...zones.flatMap(({ name, look }) => (look === "tinted" ? [[name, path("own c0", box, TINT)] as const] : [])),
  ];
}

/** Rows of samples and names, below that height. */
function keyOf(samples: readonly KeyItem[], top: number, width: number) {
  let [x, y, bottom] = [PAD, top, top];
  const items = samples.map(([name, sample]) => {
    const texts = linesOf(name, FONT, width - 2 * PAD - 30);
    const size = 30 + Math.max(...texts.map((text) => widthOf(text, FONT)));
    if (x > PAD && x + size > width - PAD) [x, y] = [PAD, bottom];
    const words = texts.map((text, i) => textAt(30, 14 + i * LINE, text)).join("");
    const item = `<g transform="translate(${px(x)} ${px(y)})">${sample}${words}</g>`;
    [x, bottom] = [x + size + 20, Math.max(bottom, y + texts.length * LINE)];
    return item;
  });
  return { items, bottom: bottom + (items.length > 0 ? 4 : 0) };
}

/** A line of a chart as a path, and as points in the frame. */
function pathOf(one: Series, xs: readonly number[], { inX, inY }: Layout) {
  const all = xs.map((x): Point => [inX(x), inY(valueAt(one, x))]);
  const points = all.filter(([, y]) => Number.isFinite(y));
  const base = px(inY(0));
  const bars = barsOf(one).map(({ from, to, y }) => `M${px(inX(from))} ${base}V${px(inY(y))}H${px(inX(to))}V${base}Z`);
  return { points, d: one.bars ? bars.join("") : thinLine(all) };
}

/**
 * The path through the points, without those that lie within a tenth of a pixel of the line between their neighbours.
 */
const thinLine = (points: readonly Point[]) =>
  line()
    .defined(([, y]) => Number.isFinite(y))
    .digits(1)(thinned(points)) ?? "";

function thinned(points: readonly Point[]): Point[] {
  if (points.length < 3) return [...points];
  const [[x0, y0], [x1, y1]] = [points[0]!, points.at(-1)!];
  const off = points.slice(1, -1).map(([x, y]) => Math.abs(y0 + ((y1 - y0) * (x - x0)) / (x1 - x0 || 1) - y));
  const farthest = 1 + off.reduce((best, one, i) => (one <= off[best]! ? best : i), 0);
  if (off.every((one) => one < 0.1)) return [points[0]!, points.at(-1)!];
  return [...thinned(points.slice(0, farthest + 1)), ...thinned(points.slice(farthest)).slice(1)];
}

const path = (look: string, d: string, more = "") =>
  `<path class="${look}" d="${d}"${more && ` ${more}`} vector-effect="non-scaling-stroke"/>`;

const strokeOf = ({ bars, look }: Series, place: number, colour: string, d: string, i = look ?? place) =>
  bars
    ? path(`own ${colour}`, d, `fill-opacity=".4" stroke="currentColor" stroke-opacity=".8"`)
    : path(`line ${colour}`, d, `stroke-width="${i === 0 ? 3 : 2}" stroke-dasharray="${DASHES[i % DASHES.length]}"`);

/** The wide stroke that is drawn under a highlighted stretch of a line. */
const haloOf = (d: string) => path("line hot", d, `stroke-width="8" stroke-opacity=".55"`);

/** Stretches under their lines, and as bands where one line alone has them. */
function highlightsOf({ series }: Chart, lines: readonly { readonly points: readonly Point[] }[], layout: Layout) {
  const { left, right, top, bottom, inX } = layout;
  const isOneLine = series.filter(({ highlight = [] }) => highlight.length > 0).length === 1;
  return series.flatMap(({ highlight = [] }, i) =>
    highlight.flatMap(({ from, to }) => {
      const [start, end] = [Math.max(left, inX(from)), Math.min(right, inX(to))];
      if (!(end > start)) return [];
      const box = `M${px(start)} ${px(top)}H${px(end)}V${px(bottom)}H${px(start)}Z`;
      const halo = haloOf(thinLine(lines[i]!.points.filter(([x]) => x >= start && x <= end)));
      return isOneLine ? [path("own hot", box, `fill-opacity=".13"`), halo] : [halo];
    }),
  );
}

const hatching = (id: string) =>
  `<pattern id="${id}-hatch" class="hot" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V8" stroke="currentColor" stroke-width="3" stroke-opacity=".6"/></pattern>`;

const areaOf = (heights: Heights) =>
  area<Heights[number]>()
    .defined(([, low, high]) => low > high)
    .x(([x]) => x)
    .y0(([, low]) => low)
    .y1(([, , high]) => high)
    .digits(1)(heights) ?? "";

/** Both axes: grid, ticks, labels and titles. Each tick of x has data-x, which the script of a page needs to zoom. */
function axes(chart: Chart, layout: Layout, style: NumberStyle): string[] {
  const { x, y = {}, knots } = chart;
  const { left, right, top, bottom, inX, inY, ticksY, rules } = layout;
  const titled = (name = "", isAngle = false, isRuled = false) => {
    const unit = isAngle && name !== "" ? `, ${style.degrees ? "degrees" : "radians"}` : "";
    return name + unit + (isRuled && rules.length > 0 ? ` (dotted: k ${style.degrees ? 180 : "pi"}/${knots})` : "");
  };
  const roomX = layout.width - 8;
  const whole = titled(x.name, x.angle, x.angle);
  const titleX = widthOf(whole, FONT) <= roomX ? whole : titled(x.name, x.angle);
  const middle = Math.min((left + right) / 2, layout.width - 4 - widthOf(titleX, FONT) / 2);
  const tickX = ({ at, label }: Tick) =>
    `<g class="x" data-x="${px(inX(at))}"><path class="tick" d="M${px(inX(at))} ${px(bottom)}v5"/>${textAt(inX(at), bottom + LINE, label, "", "middle")}</g>`;
  return [
    `<path class="grid" d="${ticksY.map(({ at }) => `M${px(left)} ${px(inY(at))}H${px(right)}`).join("")}"/>`,
    `<path class="tick" d="M${px(left)} ${px(bottom)}H${px(right)}"/>`,
    ...spaced(layout.ticksX.ticks, inX).map(tickX),
    ...ticksY.map(({ at, label }) => textAt(left - 6, inY(at) + 5, label, "", "end")),
    textAt(middle, bottom + 2 * LINE + 2, titleX, "", "middle"),
    textAt(PAD, top - 14, titled(y.name, isAngleY(chart), !x.angle)),
  ];
}

/** The ticks whose labels do not touch, the last of them for sure. */
function spaced(ticks: readonly Tick[], inX: (x: number) => number): Tick[] {
  const half = ({ label }: Tick) => widthOf(label, FONT) / 2 + 3;
  const every = (n: number) => ticks.filter((_, i) => (ticks.length - 1 - i) % n === 0);
  const isFree = (one: Tick, i: number, all: readonly Tick[]) =>
    i === 0 || inX(all[i - 1]!.at) + half(all[i - 1]!) < inX(one.at) - half(one);
  return every([1, 2, 3, 4, 6].find((n) => every(n).every(isFree)) ?? ticks.length);
}

/** What marks a place: a dot, or a rule at an x or at a y alone. */
function markOf(look: string, { x, y }: MarkAt, { left, right, top, bottom }: Layout): string {
  if (x === undefined) return `<path class="${look}" d="M${px(left)} ${px(y!)}H${px(right)}"/>`;
  if (y !== undefined) return dotAt(x, y, false, "hot");
  return `<path class="x ${look}" data-x="${px(x)}" d="M${px(x)} ${px(top)}V${px(bottom)}"/>`;
}

const dotAt = (x: number, y: number, isCross: boolean, colour: string) =>
  isCross
    ? `<path class="x line hot" data-x="${px(x)}" d="M${px(x - 4)} ${px(y - 4)}l8 8m0 -8l-8 8" stroke-width="2"/>`
    : `<circle class="x dot ${colour}" data-x="${px(x)}" cx="${px(x)}" cy="${px(y)}" r="4.5"/>`;

const dotsOf = ({ series, dots = [], highlight }: Chart, { inX, inY, colours }: Layout): string[] =>
  [...series.map(pointsOf), ...dots].flatMap(({ name, at }, i) =>
    at
      .filter(({ y }) => Number.isFinite(y))
      .map(({ x, y }) => dotAt(inX(x), inY(y), i >= series.length && name === highlight, colours[i]!)),
  );
