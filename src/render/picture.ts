import { packageFile } from "../data/file.ts";
import { samplesOf, valueAt } from "./axes.ts";
import { type Chart, isAngleY } from "./chart.ts";
import { PICTURE_DIGITS, type Picture } from "./formats.ts";
import { formatCell, formatMessage, forPeople, inUnit, type NumberStyle, rounded } from "./number.ts";
import type { Cell, ReportResult, Result, TablePart } from "./result.ts";
import { drawSvg, PICTURE_STYLE } from "./svg.ts";
import { escapeXml, spelled } from "./typeset.ts";
import { vegaLite } from "./vega-lite.ts";

/** How wide an SVG picture is, in pixels. */
const WIDTH = 600;

/**
 * The chart of a result as a picture, with the notes as its description, or what is drawn
 * where there are none. The same chart gives the same bytes.
 */
export function picture(result: Result, kind: Picture, given: NumberStyle, madeBy: string): string {
  const style = forPeople(given, PICTURE_DIGITS);
  const { chart: chartOf, title: said } = result.chart!;
  const drawn = chartOf();
  const chart = { ...drawn, title: said ?? drawn.title };
  const notes = [...(said ? [said] : []), ...result.end().notes].map((note) => formatMessage(note, style));
  const lines = chart.series.map(({ name }) => name).join(", ");
  const description = notes.join(" ") || `${lines}: ${chart.y?.name ?? "lines"} over ${chart.x.name}`;
  if (kind === "vl.json") return `${JSON.stringify(vegaLite(chart, style, description), null, 1)}\n`;
  if (kind === "svg") return drawSvg(chart, style, { id: "picture", width: WIDTH, description });
  if (result.kind === "report") return reportPage(result, chart, style, description, madeBy);
  const title = chart.title ? spelled(formatMessage(chart.title, style)) : lines;
  return page(title, "", figure(chart, style, description), paragraphs(notes), madeBy);
}

const [NARROW, WIDE] = [360, 720];

/**
 * The picture of a chart in a page, for narrow screens and for wide ones, with
 * the values that its script shows at the crosshair.
 */
function figure(chart: Chart, style: NumberStyle, description: string, id = "chart"): string {
  const xs = samplesOf(chart);
  const shown = (value: number, isAngle = false) =>
    Number.isFinite(value) ? rounded(isAngle ? inUnit(value, style) : value, { precision: 6 }) : null;
  const names = chart.series.map(({ name, label }) => spelled(label ? formatMessage(label, style) : name));
  const data = {
    x: spelled(chart.x.name ?? "x"),
    names,
    xs: xs.map((x) => shown(x, chart.x.angle)),
    values: chart.series.map((one) => xs.map((x) => shown(valueAt(one, x), isAngleY(chart)))),
  };
  const pictures = [NARROW, WIDE].map((width) =>
    drawSvg(chart, style, { id: `${id}-${width}`, width, description, bare: true }),
  );
  const pi = style.degrees ? 180 : "π";
  return `<figure${chart.square ? ' class="square"' : ""} tabindex="0" data-pi="${pi}">
${pictures.join("")}<script type="application/json">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
</figure>`;
}

/** A page that loads nothing: its title is text, the rest HTML. */
const page = (title: string, above: string, figures: string, below: string, madeBy: string): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>
${packageFile("assets/page.css")}${PICTURE_STYLE}
</style>
</head>
<body>
${above}
${figures}
<p class="hint"><small>Point for values, or use the arrow keys; scroll or + and - zoom, double-click or 0 for the whole.</small></p>
${below}
<p><small>${escapeXml(madeBy)}</small></p>
<table id="tip" role="status" hidden></table>
<script>${packageFile("assets/page.js")}</script>
</body>
</html>
`;

const paragraphs = (texts: readonly string[]) => texts.map((text) => `<p>${escapeXml(text)}</p>`).join("\n");

/**
 * The page of a report: what was reached first, its charts, the
 * tables, and the meaning of each figure, folded.
 */
function reportPage(
  { tables, title, caption, headline, curve, terms, end }: ReportResult,
  chart: Chart,
  style: NumberStyle,
  description: string,
  madeBy: string,
): string {
  const { notes, warnings } = end();
  const above = [
    `<style>\n${packageFile("assets/report.css")}</style>`,
    element("h1", title),
    paragraphs([...notes, ...warnings].map((one) => formatMessage(one, style))),
    `<div class="first">`,
    ...headline.map(({ value, meaning }) => {
      return `<p><strong>${escapeXml(formatMessage(value, style))}</strong> ${escapeXml(formatMessage(meaning, style))}</p>`;
    }),
    "</div>",
  ];
  const figures = [
    element("h2", caption),
    figure(chart, style, description),
    element("h2", curve.caption),
    figure(curve.chart(), style, description, "curve"),
  ];
  const below = [
    `<div class="tables">`,
    ...tables.map((table) => `<section>${element("h2", table.caption)}\n${tableHtml(table, style)}</section>`),
    `</div>\n<details><summary>What the figures are</summary>\n<dl>`,
    ...terms.map(([term, meaning]) => element("dt", term) + element("dd", meaning)),
    "</dl></details>",
  ];
  return page(title, above.join("\n"), figures.join("\n"), below.join("\n"), madeBy);
}

function tableHtml({ columns, rows, bars }: TablePart, style: NumberStyle): string {
  const opening = rows[0]!.map((cell) => (typeof cell === "number" ? ' class="number"' : ""));
  const inColumn = (i: number, tag: string, text: string, look = "") =>
    `<${tag}${opening[i]}${look}>${breakable(text)}</${tag}>`;
  const barOf = (cell: Cell, i: number) =>
    bars && bars.whole > 0 && bars.columns.includes(i)
      ? ` style="--share:${((100 * Number(cell)) / bars.whole).toFixed(1)}%"`
      : "";
  const head = columns.map(({ name }, i) => inColumn(i, "th", name));
  const body = rows.map((cells) =>
    cells.map((cell, i) => inColumn(i, "td", formatCell(cell, columns[i]!, style), barOf(cell, i))),
  );
  return `<div class="wide"><table>\n${[head, ...body].map((row) => `<tr>${row.join("")}</tr>`).join("\n")}\n</table></div>`;
}

const element = (tag: string, text: string) => `<${tag}>${escapeXml(text)}</${tag}>`;

/** A name that may be broken into lines after _ and :. */
const breakable = (text: string) => escapeXml(text).replace(/[_:]/g, "$&<wbr>");
