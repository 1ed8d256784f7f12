import { formatCell, formatMessage, type NumberStyle } from "./number.ts";
import { type Around, paragraphs } from "./page.ts";
import type { ReportResult, TablePart } from "./result.ts";
import { escapeXml } from "./typeset.ts";

const REPORT_STYLE = `<style>
h1 + p { font-size: 1.2rem; }
.wide { overflow-x: auto; }
.wide table { border-collapse: collapse; font-size: 0.85rem; line-height: 1.3; }
.wide th, .wide td { padding: 0.2rem 0.4rem; text-align: left; vertical-align: bottom; }
.wide tr { border-bottom: 1px solid color-mix(in srgb, GrayText 40%, Canvas); }
.wide .number { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) { .wide th, .wide td { padding: 0.2rem; } }
dt { font-weight: bold; }
dd { margin: 0 0 0.5rem 1.5rem; }
</style>`;

/** The page around the chart of a report: the sentences, what was reached first, the tables and the meaning of each figure. */
export function reportAround({ tables, title, caption, terms, end }: ReportResult, style: NumberStyle): Around {
  const { notes, warnings } = end();
  const sentences = [...notes, ...warnings].map((one) => formatMessage(one, style));
  const parts = tables.map((table) => `${element("h2", table.caption)}\n${tableHtml(table, style)}`);
  const meanings = terms.map(([term, meaning]) => element("dt", term) + element("dd", meaning));
  return {
    title,
    above: [REPORT_STYLE, element("h1", title), paragraphs(sentences), ...parts, element("h2", caption)].join("\n"),
    below: `<h2>What the figures are</h2>\n<dl>\n${meanings.join("\n")}\n</dl>`,
  };
}

function tableHtml({ columns, rows }: TablePart, style: NumberStyle): string {
  const opening = rows[0]!.map((cell) => (typeof cell === "number" ? ' class="number"' : ""));
  const row = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text, i) => `<${tag}${opening[i]}>${breakable(text)}</${tag}>`).join("")}</tr>`;
  const head = columns.map(({ name }) => name);
  const body = rows.map((cells) => cells.map((cell, i) => formatCell(cell, columns[i]!, style)));
  const lines = [row("th", head), ...body.map((texts) => row("td", texts))];
  return `<div class="wide"><table>\n${lines.join("\n")}\n</table></div>`;
}

const element = (tag: string, text: string) => `<${tag}>${escapeXml(text)}</${tag}>`;

/** A name that may be broken into lines after _ and :. */
const breakable = (text: string) => escapeXml(text).replace(/[_:]/g, "$&<wbr>");
