import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { samplesOf, type Tick, ticksOf, valueAt } from "./axes.ts";
import { type Chart, type Interval, type Mark, reachOf, rulesOf, type Series } from "./chart.ts";
import { Labels, runsOf } from "./labels.ts";
import { formatMessage, type NumberStyle } from "./number.ts";
import { escapeXml, linesOf, spelled, typeset, widthOf } from "./typeset.ts";

const FONT = 14;
const TITLE = 16;
const LINE = 18;
const PAD = 12;
/** From this width on lines are named at their ends. */
const WIDE = 480;
const MOST_ENDS = 8;

// After Okabe and Ito, told apart by the colour-blind; darker, or on a dark ground lighter, so that text in them can be read. The last is
// kept for what is highlighted.
const LIGHT = ["#0072b2", "#a8407f", "#007a5a", "#8a6100", "#3d6c8f", "#5f5f5f"];
const DARK = ["#56b4e9", "#e08fc0", "#2fc09a", "#e69f00", "#a8c8e0", "#aaaaaa"];
const [HOT_LIGHT, HOT_DARK] = ["#c44e00", "#ff8a3d"];
const DASHES = ["", "7 4", "2 3", "9 3 2 3", "4 2 1 2 1 2"];
const colours = (list: readonly string[], hot: string) =>
  `${list.map((colour, i) => `.c${i}{color:${colour}}`).join("")}.hot{color:${hot}}`;

/** The style of every picture: light, on screens with a dark scheme dark, on paper light. */
export const PICTURE_STYLE = `svg.chart{max-width:100%;height:auto}
.chart{font:${FONT}px Helvetica,Arial,sans-serif;fill:#222}
.chart .ground{fill:#fff}.chart .title{font-size:${TITLE}px;font-weight:bold}.chart .sub{font-size:75%}
.chart .tick{stroke:#888}.chart .grid{stroke:#e4e4e4}.chart .rule{stroke:#888;stroke-dasharray:1 3}
.chart .line,.chart .mark{fill:none;stroke:currentColor}.chart .mark{stroke-dasharray:5 3;color:#444}
.chart .on{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}.chart .own{fill:currentColor}
.chart .dot{fill:currentColor;stroke:#fff}
${colours(LIGHT, HOT_LIGHT)}
@media screen and (prefers-color-scheme:dark){.chart{fill:#ddd}.chart .ground{fill:#111}.chart .grid{stroke:#333}
.chart .on,.chart .dot{stroke:#111}.chart .mark{color:#bbb}
${colours(DARK, HOT_DARK)}}`;

/** What is around a chart: its name among others on one page, its width, and the sentences for who cannot see it. */
export interface Setting {
  readonly id: string;
  readonly width: number;
  readonly description: string;
  /** The style is on the page already. */
  readonly bare?: boolean;
}

/** Numbers with at most one decimal, all that can be seen. */
const px = (x: number) => `${Math.round(x * 10) / 10}`;

/** The frame that lines are drawn in, with the scales of its axes. */
function frameOf(chart: Chart, xs: readonly number[], top: number, width: number, left: number, right: number) {
  const side = width - left - right;
  const height = chart.square ? Math.min(side, 440) : Math.round(Math.min(300, Math.max(200, side * 0.6)));
  const across = chart.square ? height : side;
  const y = rangeOfY(chart, xs);
  return {
    left,
    top,
    right: left + across,
    bottom: top + height,
    y,
    inX: scaleLinear([chart.x.from, chart.x.to], [left, left + across]),
    inY: scaleLinear([y.from, y.to], [top + height, top]),
  };
}
type Frame = ReturnType<typeof frameOf>;

/** All that the lines, the marks and the bars reach. */
function rangeOfY(chart: Chart, xs: readonly number[]): Interval {
  if (chart.square) return chart.x;
  const reach = reachOf(chart, xs);
  const also = (chart.marks ?? []).flatMap(({ y }) => y ?? []);
  const from = Math.min(
    reach.from,
    chart.y?.from ?? reach.from,
    ...also,
    ...(chart.series.some(({ bars }) => bars) ? [0] : []),
  );
  const to = Math.max(reach.to, ...also);
  return to > from ? { from, to } : { from: from - 1, to: to + 1 };
}

/**
 * A chart as an SVG picture of that width: its title, its lines, named at their ends where there is room, else in a key, and its marks.
 * The same chart gives the same text.
 */
export function drawSvg(chart: Chart, style: NumberStyle, setting: Setting): string {
  const { id, width } = setting;
  const xs = samplesOf(chart);
  const said = (one: Mark["text"]) => formatMessage(one, style);
  const title = chart.title === undefined ? "" : said(chart.title);
  const heading = title === "" ? [] : linesOf(title, TITLE, width - 2 * PAD);
  const names = chart.series.map(({ name, label }) => (label ? said(label) : name));
  const ends = endsOf(chart, xs, names, width);
  const top = PAD + heading.length * (LINE + 3);
  const key = keyOf(chart, names, ends !== undefined, width - 2 * PAD);
  const axisTop = top + key.height + LINE + 12;
  const ticksY = ticksOf(
    rangeOfY(chart, xs),
    chart.square === true || chart.y?.angle === true,
    chart.knots,
    style,
  ).ticks;
  const left = PAD + 8 + Math.max(...ticksY.map(({ label }) => widthOf(label, FONT)));
  const frame = frameOf(chart, xs, axisTop, width, left, ends ?? 18);
  const height = frame.bottom + 2 * LINE + PAD + 6;
  const rules = rulesOf(chart, frame.y);
  const ticksX = ticksOf(chart.x, chart.x.angle, chart.knots, style);
  const lines = chart.series.map((one) => pathOf(one, xs, frame));
  const labels = new Labels(
    frame,
    FONT,
    LINE,
    lines.flatMap(({ points }) => points),
  );
  const drawn = [
    `<g class="grid">${ticksY.map(({ at }) => `<path d="M${px(frame.left)} ${px(frame.inY(at))}H${px(frame.right)}"/>`).join("")}</g>`,
    axisX(chart, ticksX.ticks, frame, rules.length > 0, style),
    axisY(chart, ticksY, frame, rules.length > 0, style),
    `<g clip-path="url(#${id}-clip)">`,
    `<g class="zoom">`,
    ...regionsOf(chart, xs, frame, id),
    ...highlightsOf(chart, lines, xs, frame),
    ...chart.series.map((one, i) => lineOf(one, i, lines[i]!.d)),
    "</g>",
    ...rules.map((at) => ruleOf("rule", chart.x.angle ? { x: at } : { y: at }, frame)),
    ...dotsOf(chart, frame),
    "</g>",
    ...(chart.regions ?? []).map(({ name, look, between }) => {
      const heights = xs.map((x) => [frame.inX(x), ...between(x).map((y) => frame.inY(y))] as [number, number, number]);
      return labels.inside(name, look === "hatched" ? "hot" : "c0", runsOf(heights, frame, LINE * 1.6));
    }),
    ...(chart.marks ?? []).map((one) => markOf(one, said(one.text), frame, labels)),
    ...(ends === undefined
      ? []
      : labels.ends(lines.map(({ last }, i) => ({ text: names[i]!, colour: classOf(i), at: last })))),
  ];
  const clip = [frame.left - 6, frame.top - 6, frame.right - frame.left + 12, frame.bottom - frame.top + 12].map(px);
  const named = `${escapeXml(spelled(title))}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${width} ${px(height)}" width="${width}" height="${px(height)}" role="img" aria-labelledby="${id}-title ${id}-desc" data-frame="${[frame.left, frame.right, frame.top, frame.bottom].map(px).join(" ")}"${ticksX.every === undefined ? "" : ` data-every="${ticksX.every}" data-range="${chart.x.from} ${chart.x.to - chart.x.from}"`}>`,
    `<title id="${id}-title">${named}</title>`,
    `<desc id="${id}-desc">${escapeXml(setting.description)}</desc>`,
    ...(setting.bare ? [] : [`<style>${PICTURE_STYLE}</style>`]),
    `<defs><clipPath id="${id}-clip"><rect x="${clip[0]}" y="${clip[1]}" width="${clip[2]}" height="${clip[3]}"/></clipPath>${patternOf(chart, id)}</defs>`,
    `<rect class="ground" width="100%" height="100%"/>`,
    ...heading.map(
      (one, i) => `<text class="title" x="${PAD}" y="${PAD + 12 + i * (LINE + 3)}">${typeset(one)}</text>`,
    ),
    ...key.items.map((item) => item(PAD, top)),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

const classOf = (i: number) => `c${i % LIGHT.length}`;
const dashOf = (i: number) => (i % DASHES.length === 0 ? "" : ` stroke-dasharray="${DASHES[i % DASHES.length]}"`);

/** Room for the names at the ends of the lines; undefined where a key is better. */
function endsOf({ series, square, x }: Chart, xs: readonly number[], names: readonly string[], width: number) {
  const room = 14 + Math.max(...names.map((name) => widthOf(name, FONT)));
  const reachEnd = series.every((one) => one.bars === undefined && Number.isFinite(valueAt(one, xs.at(-1)!)));
  const fits = width >= WIDE && room <= 0.4 * width && series.length <= MOST_ENDS && series.length > 0;
  return fits && reachEnd && !square && x.to > x.from ? room : undefined;
}

type Item = (left: number, top: number) => string;

/** Rows of samples and names for what has no name in the frame. */
function keyOf(chart: Chart, names: readonly string[], named: boolean, width: number) {
  const { series, dots = [], highlight } = chart;
  const line = (i: number) => (y: number) =>
    series[i]!.bars
      ? `<rect class="own ${classOf(i)}" y="${y - 11}" width="22" height="12" fill-opacity=".45" stroke="currentColor"/>`
      : `<path class="line ${classOf(i)}" d="M0 ${y - 5}H22" stroke-width="2.5"${dashOf(i)}/>`;
  const hot = (y: number) => `<path class="line hot" d="M0 ${y - 5}H22" stroke-width="7" stroke-opacity=".55"/>`;
  const dot = (name: string, i: number) => (y: number) => dotAt(11, y - 5, name === highlight, series.length + i);
  const entries: [sample: (y: number) => string, name: string][] = [
    ...(named ? [] : names.map((name, i): [(y: number) => string, string] => [line(i), name])),
    ...dots.map(({ name }, i): [(y: number) => string, string] => [dot(name, i), name]),
    ...(highlight !== undefined && dots.length === 0 && series.some((one) => one.highlight?.length)
      ? [[hot, highlight] as [(y: number) => string, string]]
      : []),
  ];
  let [x, row] = [0, 0];
  const items = entries.flatMap(([sample, name]): Item[] => {
    const texts = linesOf(name, FONT, width - 30);
    const size = 30 + Math.max(...texts.map((text) => widthOf(text, FONT))) + 20;
    if (x > 0 && x + size - 20 > width) [x, row] = [0, row + 1];
    const [atX, atRow] = [x, row];
    x += size;
    if (texts.length > 1) [x, row] = [0, row + texts.length];
    return [
      (left, top) =>
        `<g transform="translate(${px(left + atX)} ${px(top + atRow * LINE)})">${sample(14)}${texts.map((text, i) => `<text x="30" y="${14 + i * LINE}">${typeset(text)}</text>`).join("")}</g>`,
    ];
  });
  return { items, height: items.length === 0 ? 0 : (row + (x > 0 ? 1 : 0)) * LINE + 4 };
}

/** A line of a chart: as a path, as points in the frame, and its last point. */
function pathOf(one: Series, xs: readonly number[], { inX, inY }: Frame) {
  if (one.bars) {
    const base = px(inY(0));
    const bar = (from: number, i: number) =>
      `M${px(inX(from))} ${base}V${px(inY(one.at((from + one.bars![i + 1]!) / 2)))}H${px(inX(one.bars![i + 1]!))}V${base}Z`;
    const points = xs.map((x): [number, number] => [inX(x), inY(one.at(x))]);
    return { d: one.bars.slice(0, -1).map(bar).join(""), points, last: points.at(-1)! };
  }
  const all = xs.map((x): [number, number] => [inX(x), inY(valueAt(one, x))]);
  const points = all.filter(([, y]) => Number.isFinite(y));
  const path = line()
    .defined(([, y]) => Number.isFinite(y))
    .digits(1);
  return { d: path(thinned(all)) ?? "", points, last: points.at(-1) ?? ([inX(xs.at(-1)!), inY(0)] as const) };
}

/** The points without those that lie within a tenth of a pixel of the line between their neighbours. */
function thinned(points: readonly [number, number][]): [number, number][] {
  const kept: [number, number][] = [];
  let start = 0;
  const isStraight = (from: number, to: number) => {
    const [[x0, y0], [x1, y1]] = [points[from]!, points[to]!];
    return points
      .slice(from + 1, to)
      .every(([x, y]) => Math.abs(y0 + ((y1 - y0) * (x - x0)) / (x1 - x0 || 1) - y) < 0.1);
  };
  points.forEach((point, i) => {
    const next = points[i + 1];
    if (i > start && next !== undefined && i - start < 60 && isStraight(start, i + 1)) return;
    kept.push(point);
    start = i;
  });
  return kept;
}

const lineOf = (one: Series, i: number, d: string) =>
  one.bars
    ? `<path class="own ${classOf(i)}" d="${d}" fill-opacity=".4" stroke="currentColor" stroke-opacity=".8" vector-effect="non-scaling-stroke"/>`
    : `<path class="line ${classOf(i)}" d="${d}" stroke-width="${i === 0 ? 3 : 2}"${dashOf(i)} stroke-linejoin="round" vector-effect="non-scaling-stroke"/>`;

/** Stretches under their lines, and as bands where one line alone has them. */
function highlightsOf(
  { series }: Chart,
  lines: readonly { readonly points: readonly [number, number][] }[],
  xs: readonly number[],
  frame: Frame,
): string[] {
  const stretches = series.flatMap(({ highlight = [] }, i) => highlight.map((stretch) => ({ ...stretch, i })));
  const isOneLine = stretches.every(({ i }) => i === stretches[0]!.i);
  return stretches.flatMap(({ from, to, i }) => {
    const [left, right] = [frame.inX(Math.max(from, xs[0]!)), frame.inX(Math.min(to, xs.at(-1)!))];
    if (!(right > left)) return [];
    const points = lines[i]!.points.filter(([x]) => x >= left && x <= right);
    return [
      ...(isOneLine
        ? [
            `<rect class="own hot" x="${px(left)}" y="${px(frame.top)}" width="${px(right - left)}" height="${px(frame.bottom - frame.top)}" fill-opacity=".13"/>`,
          ]
        : []),
      `<path class="line hot" d="${line().digits(1)(thinned(points))}" stroke-width="8" stroke-opacity=".55" vector-effect="non-scaling-stroke"/>`,
    ];
  });
}

const patternOf = ({ regions = [] }: Chart, id: string) =>
  regions.some(({ look }) => look === "hatched")
    ? `<pattern id="${id}-hatch" class="hot" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V8" stroke="currentColor" stroke-width="3" stroke-opacity=".6"/></pattern>`
    : "";

function regionsOf({ regions = [] }: Chart, xs: readonly number[], { inX, inY }: Frame, id: string): string[] {
  return regions.map(({ look, between }) => {
    const points = xs.map((x): [number, number, number] => [
      inX(x),
      ...(between(x).map((y) => inY(y)) as [number, number]),
    ]);
    const shape = area<[number, number, number]>()
      .defined(([, low, high]) => Number.isFinite(low) && Number.isFinite(high) && low > high)
      .x(([x]) => x)
      .y0(([, low]) => low)
      .y1(([, , high]) => high)
      .digits(1);
    const fill = look === "hatched" ? `fill="url(#${id}-hatch)"` : `class="own c0" fill-opacity=".28"`;
    return `<path ${fill} d="${shape(points) ?? ""}"/>`;
  });
}

/** Tick labels and the title of the axis of x; each tick has its place for who zooms. */
function axisX(
  { x, knots }: Chart,
  ticks: readonly Tick[],
  { inX, left, right, bottom }: Frame,
  dotted: boolean,
  style: NumberStyle,
) {
  const shown = spaced(ticks.map((tick) => ({ ...tick, px: inX(tick.at), half: widthOf(tick.label, FONT) / 2 + 3 })));
  const labels = shown.map(
    (tick) =>
      `<g class="x" data-x="${px(tick.px)}"><path class="tick" d="M${px(tick.px)} ${px(bottom)}v5"/><text x="${px(tick.px)}" y="${px(bottom + LINE)}" text-anchor="middle">${escapeXml(spelled(tick.label))}</text></g>`,
  );
  const rule = dotted && x.angle ? ` (dotted: k ${style.degrees ? 180 : "pi"}/${knots})` : "";
  return `<path class="tick" d="M${px(left)} ${px(bottom)}H${px(right)}"/>\n${labels.join("\n")}\n<text x="${px((left + right) / 2)}" y="${px(bottom + 2 * LINE + 2)}" text-anchor="middle">${typeset(titled(x, style) + rule)}</text>`;
}

/** The ticks whose labels do not touch, the last of them for sure. */
function spaced<T extends { readonly px: number; readonly half: number }>(ticks: readonly T[]): T[] {
  const step = [1, 2, 3, 4, 6].find((n) =>
    ticks
      .filter((_, i) => (ticks.length - 1 - i) % n === 0)
      .every((one, i, all) => i === 0 || all[i - 1]!.px + all[i - 1]!.half < one.px - one.half),
  );
  return ticks.filter((_, i) => (ticks.length - 1 - i) % (step ?? ticks.length) === 0);
}

function axisY(
  { x, y = {}, square, knots }: Chart,
  ticks: readonly Tick[],
  { inY, left, top }: Frame,
  dotted: boolean,
  style: NumberStyle,
) {
  const labels = ticks.map(
    ({ at, label }) => `<text x="${px(left - 6)}" y="${px(inY(at) + 5)}" text-anchor="end">${typeset(label)}</text>`,
  );
  const rule = dotted && !x.angle ? ` (dotted: k ${style.degrees ? 180 : "pi"}/${knots})` : "";
  const title = titled({ ...y, angle: square ?? y.angle ?? false }, style) + rule;
  return `${labels.join("\n")}\n<text x="${PAD}" y="${px(top - 14)}">${typeset(title)}</text>`;
}

const titled = ({ name = "", angle }: { name?: string; angle?: boolean }, { degrees }: NumberStyle) =>
  name === "" || !angle ? name : `${name}, ${degrees ? "degrees" : "radians"}`;

function ruleOf(
  look: string,
  { x, y }: { x?: number; y?: number },
  { inX, inY, left, right, top, bottom }: Frame,
): string {
  if (x === undefined) return `<path class="${look}" d="M${px(left)} ${px(inY(y!))}H${px(right)}"/>`;
  return `<path class="x ${look}" data-x="${px(inX(x))}" d="M${px(inX(x))} ${px(top)}V${px(bottom)}"/>`;
}

const dotAt = (x: number, y: number, hot: boolean, i: number) =>
  hot
    ? `<path class="x line hot" data-x="${px(x)}" d="M${px(x - 4)} ${px(y - 4)}l8 8m0 -8l-8 8" stroke-width="2"/>`
    : `<circle class="x dot ${classOf(i)}" data-x="${px(x)}" cx="${px(x)}" cy="${px(y)}" r="4.5"/>`;

function dotsOf({ series, dots = [], highlight }: Chart, { inX, inY }: Frame): string[] {
  const onLines = series.flatMap((one, i) =>
    (one.points ?? []).map((x) => [inX(x), inY(one.at(x)), false, i] as const),
  );
  const beside = dots.flatMap(({ name, at }, i) =>
    at.map(({ x, y }) => [inX(x), inY(y), name === highlight, series.length + i] as const),
  );
  return [...beside, ...onLines].filter(([, y]) => Number.isFinite(y)).map((one) => dotAt(...one));
}

function markOf({ x, y }: Mark, text: string, frame: Frame, labels: Labels): string {
  const label = labels.beside(
    text,
    x === undefined ? undefined : frame.inX(x),
    y === undefined ? undefined : frame.inY(y),
  );
  if (x !== undefined && y !== undefined)
    return `<circle class="x dot hot" data-x="${px(frame.inX(x))}" cx="${px(frame.inX(x))}" cy="${px(frame.inY(y))}" r="5"/>\n${label}`;
  return `${ruleOf("mark", { ...(x !== undefined && { x }), ...(y !== undefined && { y }) }, frame)}\n${label}`;
}
