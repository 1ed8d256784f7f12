import Table from "cli-table3";
import width from "string-width";
import { fromBytes } from "../data/bytes.ts";
import { visible } from "../data/shown.ts";
import { grouped } from "./grouped.ts";
import { formatCell, formatMessage, forPeople, type NumberStyle } from "./number.ts";
import { type Column, cellsOf, computedColumns, type ReportResult, type RowsResult, type TablePart } from "./result.ts";
import type { Screen } from "./screen.ts";
import { drawChart } from "./terminal-chart.ts";

/** Significant digits of a table; the fewer are tried where it is too wide. */
const TABLE_DIGITS = [6, 5, 4] as const;
const GAP = 2;
const LEAST_TEXT_WIDTH = 18;

/**
 * For people: the chart, the rows as a table that fits the screen, then the
 * sentences; of a report the sentences come first.
 */
export async function* table(result: RowsResult | ReportResult, given: NumberStyle, screen: Screen) {
  const style = forPeople(given, TABLE_DIGITS[0]);
  const { kind, chart } = result;
  const draw = () => `${drawChart(chart!.chart(), screen, style)}\n`;
  const sentences = () => result.end().notes.map((note) => wrap(visible(formatMessage(note, style)), screen));
  if (kind === "report") yield sentences().join("");
  if (chart?.shown === "alone") yield draw();
  else if (kind === "rows") yield* rowsOf(result, given, screen);
  else for (const part of result.tables) yield `\n${layOut(part, given, screen).text}`;
  if (chart?.shown === "below") yield `\n${draw()}`;
  const below = kind === "rows" ? sentences() : [];
  if (below.length > 0) yield "\n";
  yield* below;
}

/** So many rows are laid out together: the first of a long table are shown at once. */
const ROWS_TOGETHER = 1000;

/** A table for each part of the rows. */
async function* rowsOf(whole: RowsResult, given: NumberStyle, screen: Screen): AsyncGenerator<string> {
  const computed = computedColumns(whole).filter(({ kind }) => kind !== "data");
  const columns = [...whole.columns.slice(0, whole.inputColumns), ...computed];
  let before: TableLayout | undefined;
  for await (const batch of whole.batches) {
    const all = cellsOf(batch, { ...whole, columns });
    for (let i = 0; i < all.length; i += ROWS_TOGETHER) {
      before = layOut({ columns, rows: all.slice(i, i + ROWS_TOGETHER) }, given, screen, before);
      yield before.text;
    }
  }
  if (before === undefined) yield layOut({ columns, rows: [] }, given, screen).text;
}

type Rows = Pick<TablePart, "columns" | "rows">;

interface TableLayout {
  readonly digits: number;
  readonly natural: readonly number[];
  readonly text: string;
}

/**
 * Rows as a table with the most digits that fit, at most six. Too wide with four: rows in groups of columns, each with
 * those that name the row; one row, or rows with a column too wide even so, as lists. Rows that fit the digits and the
 * widths of those before go on below them, without a head.
 */
function layOut({ columns, rows }: Rows, given: NumberStyle, screen: Screen, before?: TableLayout): TableLayout {
  const names = columns.map((column) => textOf(column.name, column));
  const right = rows[0]?.map((cell) => typeof cell === "number") ?? [];
  const fit = (digits: number, least: readonly number[] = []) => {
    const style = forPeople(given, digits);
    const cells = rows.map((row) => row.map((cell, i) => textOf(formatCell(cell, columns[i]!, style), columns[i]!)));
    const widest = (name: string, i: number) =>
      largest([least[i] ?? 0, width(name), ...cells.map((row) => width(row[i]!))]);
    const natural = names.map(widest);
    return { digits, cells, natural, widths: fitted(natural, columns, screen.width) };
  };
  const below = before && fit(before.digits, before.natural);
  const tries = below?.widths ? [below] : TABLE_DIGITS.map((digits) => fit(digits));
  const { digits, cells, natural, widths } = tries.find((one) => one.widths) ?? tries[0]!;
  const head = below?.widths ? undefined : names;
  if (widths) return { digits, natural, text: drawTable({ head, rows: cells, widths, right }, screen) };
  const inGroup = (group: readonly number[]) => {
    const pick = <T>(items: readonly T[]) => group.map((i) => items[i]!);
    const widths = fitted(pick(natural), pick(columns), screen.width);
    return widths && drawTable({ head: pick(names), rows: cells.map(pick), widths, right: pick(right) }, screen);
  };
  const groups = cells.length === 1 ? [undefined] : columnGroups(natural, columns, screen.width).map(inGroup);
  const texts = groups.includes(undefined) ? cells.map((row) => upright(names, row, screen)) : groups;
  return { digits, natural, text: texts.join("\n") };
}

/**
 * The columns in groups that fit the width where one beside the keys does;
 * the keys, or else the first column, are in each.
 */
function columnGroups(natural: readonly number[], columns: readonly Column[], width: number): number[][] {
  const all = [...natural.keys()];
  const keys = all.filter((i) => i === 0 || columns[i]!.key);
  const others = all.filter((i) => !keys.includes(i));
  const withKeys = (group: readonly number[]) => [...keys, ...group];
  return grouped(others, (group) => rowWidth(withKeys(group).map((i) => natural[i]!)) <= width).map(withKeys);
}

const rowWidth = (widths: readonly number[]) => widths.reduce((sum, size) => sum + size + GAP, -GAP);

/** The widths of all columns, the widest sentences narrowed until the row fits; undefined where it cannot. */
function fitted(natural: readonly number[], columns: readonly Column[], width: number): number[] | undefined {
  const widths = [...natural];
  for (let over = rowWidth(widths) - width; over > 0; over--) {
    const sizes = widths.map((size, i) => (columns[i]!.kind === "message" ? size : 0));
    const widest = largest(sizes);
    if (widest <= LEAST_TEXT_WIDTH) return undefined;
    widths[sizes.indexOf(widest)]!--;
  }
  return widths;
}

/** One row as a list of names and values, one a line. */
function upright(names: readonly string[], row: readonly string[], screen: Screen): string {
  const first = largest(names.map(width));
  const second = Math.max(8, screen.width - first - GAP);
  const longest = Math.min(second, largest([...row.map(width), 1]));
  return drawTable({ rows: names.map((name, i) => [name, row[i]!]), widths: [first, longest] }, screen);
}

// Not Math.max(...sizes): a hundred thousand arguments are too many.
const largest = (sizes: readonly number[]) => sizes.reduce((most, size) => Math.max(most, size), 0);

/** The text in lines that fit the width of the screen, each ended. */
export const wrap = (text: string, screen: Screen): string =>
  drawTable({ rows: [[text]], widths: [Math.min(screen.width, text.length)] }, screen);

interface DrawnTable {
  readonly head?: readonly string[] | undefined;
  readonly rows: readonly (readonly string[])[];
  readonly widths: readonly number[];
  /** Which columns are numbers, set to the right. */
  readonly right?: readonly boolean[];
}

const SIDES = "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid right right-mid";
const NO_FRAME = Object.fromEntries(SIDES.split(" ").map((side) => [side, ""]));

/**
 * The rows of one cli-table3 table: it compares each cell with those of all
 * rows above it, so longer tables are drawn in parts.
 */
const ROWS_AT_ONCE = 100;

function drawTable({ head, rows, widths, right = [] }: DrawnTable, { unicode, colors }: Screen): string {
  const line = unicode ? "─" : "-";
  let text = "";
  for (let i = 0; i === 0 || i < rows.length; i += ROWS_AT_ONCE) {
    const drawn = new Table({
      ...(head && i === 0 && { head: head.map((name) => colors.bold(name)) }),
      chars: { ...NO_FRAME, mid: line, "mid-mid": line.repeat(GAP), middle: " ".repeat(GAP) },
      style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
      colWidths: [...widths],
      colAligns: widths.map((_, i) => (right[i] ? "right" : "left")),
      wordWrap: true,
    });
    drawn.push(...rows.slice(i, i + ROWS_AT_ONCE).map((row) => [...row]));
    const lines = drawn.toString().split("\n");
    text += lines.map((one) => `${one.trimEnd()}\n`).join("");
  }
  return text;
}

const textOf = (text: string, column: Column) => visible(column.kind === "bytes" ? fromBytes(text) : text);
