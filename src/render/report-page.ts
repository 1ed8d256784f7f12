import { packageFile } from "../data/file.ts";
import type { Chart } from "./chart.ts";
import { formatCell, formatMessage, type NumberStyle } from "./number.ts";
import { figure, paragraphs } from "./page.ts";
import type { Cell, ReportResult, TablePart } from "./result.ts";
import { escapeXml } from "./typeset.ts";

/**
 * The parts of the page of a report: what was reached first, its charts, the
 * tables, and the meaning of each figure, folded.
 */
export function reportParts(report: ReportResult, chart: Chart, style: NumberStyle, description: string) {
  const { tables, title, caption, headline, curve, terms, end } = report;
  const { notes, warnings } = end();
  const sentences = [...notes, ...warnings].map((one) => formatMessage(one, style));
  const told = ({ value, meaning }: ReportResult["headline"][number]) =>
    `<p><strong>${escapeXml(formatMessage(value, style))}</strong> ${escapeXml(formatMessage(meaning, style))}</p>`;
  const meanings = terms.map(([term, meaning]) => element("dt", term) + element("dd", meaning));
  const parts = tables.map((table) => `<section>${element("h2", table.caption)}\n${tableHtml(table, style)}</section>`);
  const around = {
    title,
    above: [
      `<style>\n${packageFile("assets/report.css")}</style>`,
      element("h1", title),
      paragraphs(sentences),
      `<div class="first">`,
      ...headline.map(told),
      "</div>",
    ].join("\n"),
    below: `<div class="tables">\n${parts.join("\n")}\n</div>\n<details><summary>What the figures are</summary>\n<dl>\n${meanings.join("\n")}\n</dl></details>`,
  };
  const figures = [
    element("h2", caption),
    figure(chart, style, description),
    element("h2", curve.caption),
    figure(curve.chart(), style, description, "curve"),
  ];
  return { around, figures: figures.join("\n") };
}

function tableHtml({ columns, rows, bars }: TablePart, style: NumberStyle): string {
  const opening = rows[0]!.map((cell) => (typeof cell === "number" ? ' class="number"' : ""));
  const row = (tag: string, texts: readonly string[], shares: readonly string[] = []) =>
    `<tr>${texts.map((text, i) => `<${tag}${opening[i]}${shares[i] ?? ""}>${breakable(text)}</${tag}>`).join("")}</tr>`;
  const head = columns.map(({ name }) => name);
  const barOf = (cell: Cell, i: number) =>
    bars && bars.whole > 0 && bars.columns.includes(i)
      ? ` style="--share:${((100 * Number(cell)) / bars.whole).toFixed(1)}%"`
      : "";
  const body = rows.map((cells) => {
    return row(
      "td",
      cells.map((cell, i) => formatCell(cell, columns[i]!, style)),
      cells.map(barOf),
    );
  });
  return `<div class="wide"><table>\n${[row("th", head), ...body].join("\n")}\n</table></div>`;
}

const element = (tag: string, text: string) => `<${tag}>${escapeXml(text)}</${tag}>`;

/** A name that may be broken into lines after _ and :. */
const breakable = (text: string) => escapeXml(text).replace(/[_:]/g, "$&<wbr>");
