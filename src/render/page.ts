import { packageFile } from "../data/file.ts";
import { samplesOf, valueAt } from "./axes.ts";
import { type Chart, isAngleY } from "./chart.ts";
import { formatMessage, inUnit, type NumberStyle, rounded } from "./number.ts";
import { drawSvg, PICTURE_STYLE } from "./svg.ts";
import { escapeXml, spelled } from "./typeset.ts";

/** The HTML above and below the picture; the title is text. */
type Around = Readonly<Record<"title" | "above" | "below", string>>;

const [NARROW, WIDE] = [360, 720];

/**
 * The picture of a chart in a page, for narrow screens and for wide ones, with
 * the values that its script shows at the crosshair.
 */
export function figure(chart: Chart, style: NumberStyle, description: string, id = "chart"): string {
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

/** A page that loads nothing: figures, and the HTML around them. */
export function page(figures: string, { title, above, below }: Around, madeBy: string): string {
  return `<!doctype html>
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
}

export const paragraphs = (texts: readonly string[]) => texts.map((text) => `<p>${escapeXml(text)}</p>`).join("\n");
