import Table from "cli-table3";
import { drawChart } from "./chart.ts";
import { fromBytes } from "./json.ts";
import { formatCell, formatPhrase, type NumberStyle } from "./number.ts";
import type { Column, Result, Row } from "./result.ts";
import type { Screen } from "./screen.ts";

const TABLE_PRECISION = 6;
const GAP = 2;
const LEAST_TEXT_WIDTH = 18;

/** For people: the chart, the rows as a table that fits the screen, then the sentences. */
export async function* table(result: Result, given: NumberStyle, screen: Screen): AsyncGenerator<string> {
  const style = { ...given, precision: given.precision ?? TABLE_PRECISION };
  const draw = () => (result.chart === undefined ? "" : `${drawChart(result.chart, screen, style)}\n`);
  if (result.chartOnly) yield draw();
  for (const [i, { columns, rows }] of (result.tables ?? []).entries())
    yield `${i > 0 ? "\n" : ""}${tableOf(columns, rows, style, screen)}`;
  let rows = 0;
  for await (const block of result.blocks) {
    if (result.chartOnly || result.tables !== undefined || (block.length === 0 && rows > 0)) continue;
    rows += block.length;
    yield tableOf(result.columns, block, style, screen);
  }
  if (!result.chartOnly && result.chart !== undefined) yield `\n${draw()}`;
  const { notes } = result.end();
  if (notes.length > 0) yield "\n";
  for (const note of notes) yield wrap(formatPhrase(note, style), screen);
}

function tableOf(columns: readonly Column[], rows: readonly Row[], style: NumberStyle, screen: Screen): string {
  const names = columns.map((column) => shown(column.name, column));
  const cells = rows.map((row) => row.map((cell, i) => shown(formatCell(cell, columns[i]!, style), columns[i]!)));
  const natural = names.map((name, i) => cells.reduce((most, row) => Math.max(most, row[i]!.length), name.length));
  const right = rows[0]?.map((cell) => typeof cell === "number") ?? [];
  const widths = fitted(natural, columns, screen.width);
  if (widths !== undefined) return drawTable(names, cells, widths, right, screen);
  if (cells.length === 1) return upright(names, cells[0]!, screen);
  return columnGroups(natural, screen.width)
    .map((group) => {
      const pick = <T>(items: readonly T[]) => group.map((i) => items[i]!);
      return drawTable(pick(names), cells.map(pick), pick(natural), pick(right), screen);
    })
    .join("\n");
}

/** The columns in groups that fit the width, the first column in each. */
function columnGroups(natural: readonly number[], width: number): number[][] {
  const groups: number[][] = [];
  let taken = width;
  for (let i = 1; i < natural.length; i++) {
    taken += natural[i]! + GAP;
    if (taken > width) {
      groups.push([0]);
      taken = natural[0]! + GAP + natural[i]!;
    }
    groups.at(-1)!.push(i);
  }
  return groups;
}

/** The widths of all columns, long sentences narrowed until the row fits; undefined where it cannot. */
function fitted(natural: readonly number[], columns: readonly Column[], width: number): number[] | undefined {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const over = sum(natural) + GAP * (natural.length - 1) - width;
  if (over <= 0) return [...natural];
  const isText = (i: number) => columns[i]!.kind === "phrase" && natural[i]! > LEAST_TEXT_WIDTH;
  const spare = sum(natural.map((size, i) => (isText(i) ? size - LEAST_TEXT_WIDTH : 0)));
  if (spare < over) return undefined;
  return natural.map((size, i) => (isText(i) ? size - Math.ceil((over * (size - LEAST_TEXT_WIDTH)) / spare) : size));
}

/** One row as a list of names and values, where it does not fit beside itself. */
function upright(names: readonly string[], row: readonly string[], screen: Screen): string {
  const first = Math.max(...names.map((name) => name.length));
  const second = Math.max(8, screen.width - first - GAP);
  const longest = Math.min(second, Math.max(...row.map((cell) => cell.length), 1));
  const lines = names.map((name, i) => [name, row[i]!]);
  return drawTable(undefined, lines, [first, longest], [], screen);
}

function wrap(text: string, screen: Screen): string {
  return drawTable(undefined, [[text]], [Math.min(screen.width, text.length)], [], screen);
}

function drawTable(
  head: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  right: readonly boolean[],
  { unicode, colors }: Screen,
): string {
  const line = unicode ? "─" : "-";
  const chars = {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
  };
  const drawn = new Table({
    ...(head === undefined ? {} : { head: head.map((name) => colors.bold(name)) }),
    chars: {
      ...chars,
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: line,
      "mid-mid": line.repeat(GAP),
      right: "",
      "right-mid": "",
      middle: " ".repeat(GAP),
    },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    colWidths: [...widths],
    colAligns: widths.map((_, i) => (right[i] ? "right" : "left")),
    wordWrap: true,
  });
  drawn.push(...rows.map((row) => [...row]));
  return `${drawn
    .toString()
    .split("\n")
    .map((text) => text.trimEnd())
    .join("\n")}\n`;
}

const shown = (text: string, column: Column) => (column.kind === "bytes" ? fromBytes(text) : text);
