import { PICTURE_DIGITS, type Picture } from "./formats.ts";
import { formatMessage, forPeople, type NumberStyle } from "./number.ts";
import { figure, page, paragraphs } from "./page.ts";
import { reportParts } from "./report-page.ts";
import type { Result } from "./result.ts";
import { drawSvg } from "./svg.ts";
import { spelled } from "./typeset.ts";
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
  const title = chart.title ? spelled(formatMessage(chart.title, style)) : lines;
  if (result.kind === "report") {
    const { around, figures } = reportParts(result, chart, style, description);
    return page(figures, around, madeBy);
  }
  return page(figure(chart, style, description), { title, above: "", below: paragraphs(notes) }, madeBy);
}
