import type { Spec } from "vega";
import type { TopLevelSpec } from "vega-lite";
import { PICTURE_DIGITS, type Picture } from "./formats.ts";
import { formatMessage, forPeople, type NumberStyle } from "./number.ts";
import { escapeHtml, page, paragraphs } from "./page.ts";
import { reportAround } from "./report-page.ts";
import type { Result } from "./result.ts";
import { vegaLite } from "./vega-lite.ts";

// Vega writes colours for a light background; these rules change them, by Vega's class names, on a dark one.
const CHART_STYLE = `svg.marks { max-width: 100%; height: auto; }
@media (prefers-color-scheme: dark) {
svg.marks { background: #111; }
svg.marks > rect { fill: #111; }
.marks text { fill: #ddd; }
[stroke="#0072B2"] { stroke: #3A9FE0; }
[fill="#0072B2"] { fill: #3A9FE0; }
.role-axis line { stroke: #999; }
.role-axis-grid line { stroke: #333; }
}`;

/** The chart of a result as a picture, with the notes as its description. The same chart gives the same bytes. */
export async function* picture(
  result: Result,
  kind: Picture,
  given: NumberStyle,
  madeBy: string,
): AsyncGenerator<string> {
  const style = forPeople(given, PICTURE_DIGITS);
  const { chart: chartOf, title: said } = result.chart!;
  const notes = [...(said ? [said] : []), ...result.end().notes].map((note) => formatMessage(note, style));
  const chart = chartOf();
  const title = said ? notes[0]! : chart.series.map(({ name }) => name).join(", ");
  const spec = vegaLite(chart, style, kind === "html");
  if (kind === "vl.json") yield `${JSON.stringify({ ...spec, description: notes.join(" ") }, null, 1)}\n`;
  else {
    const { compile } = await import("vega-lite");
    const vega = compile(spec as TopLevelSpec).spec;
    if (kind === "svg") yield await svg(vega, title, notes);
    else
      yield page(
        vega,
        result.kind === "report" ? reportAround(result, style) : { title, above: "", below: paragraphs(notes) },
        madeBy,
        CHART_STYLE,
      );
  }
}

async function svg(spec: Spec, title: string, notes: readonly string[]): Promise<string> {
  const { parse, View } = await import("vega");
  const text = await new View(parse(spec), { renderer: "none" }).toSVG();
  const described = `<title>${escapeHtml(title)}</title><desc>${escapeHtml(notes.join(" "))}</desc><style>${CHART_STYLE}</style>`;
  // One tag a line, so that a diff shows the changed tags.
  return `${text.replace(/<svg [^>]*>/, (open) => open + described).replaceAll("><", ">\n<")}\n`;
}
