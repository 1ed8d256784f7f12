import type { Message } from "../core/message.ts";
import { cellsOf, type Lines, type RawRecord } from "../data/record.ts";
import type { Chart } from "./chart.ts";

export type Cell = number | boolean | string | null | readonly number[] | Message;
export type Row = readonly Cell[];

export interface Column {
  readonly name: string;
  /** angle: radians, shown in the chosen unit. bytes: text of unknown encoding, one character a byte. message: a sentence. */
  readonly kind?: "angle" | "bytes" | "message";
  /** Its place in the row, where that is not its place among the computed columns. */
  readonly place?: number;
}

/** What there is to say once every row is out. */
export interface Ending {
  /** Sentences for people, beside the rows. */
  readonly notes: readonly Message[];
  /** Sentences for standard error, whatever the format. */
  readonly warnings: readonly Message[];
  /** Whether the answer to what was asked is yes. */
  readonly holds: boolean;
}

/**
 * Shows rows one by one: what was computed, and the record of the input that it stands beside. Both are valid only then. Where one
 * number is computed for each of many plain lines, they may be shown together to write.
 */
export type Block = (
  visit: (row: Row, record?: RawRecord) => void,
  write?: (lines: Lines, count: number) => void,
) => void;

/** A table of its own, for a result that is more than rows. */
export interface TablePart {
  /** What a page writes over it. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What makes of a result with tables a page for somebody who did not run it. */
export interface Report {
  readonly title: string;
  /** What is written over the chart. */
  readonly caption: string;
  /** How each figure is defined. */
  readonly terms: readonly (readonly [term: string, meaning: string])[];
}

/** What every command gives and every format renders. */
export interface Result {
  readonly columns: readonly Column[];
  /** How many of the columns, from the first, are those of the input's records. */
  readonly inputColumns?: number;
  readonly blocks: Iterable<Block> | AsyncIterable<Block>;
  readonly end: () => Ending;
  /** The chart, made when it is drawn. */
  readonly chart?: () => Chart;
  /** What a table shows where it does not show rows and chart both; the other formats and pictures take what is theirs. */
  readonly shows?: "chart" | "rows";
  /** The one cell, a text that stands for itself where the format is no json: written without a header or quotes. */
  readonly document?: string;
  /** One object that json and jsonl write in place of the rows. */
  readonly object?: object;
  /** Tables that people read in place of the rows. */
  readonly tables?: readonly TablePart[];
  readonly report?: Report;
}

/** A result that is one text. */
export const documentOf = (name: string, text: string): Result => ({
  ...resultOf([{ name }], [[text]]),
  document: text,
});

const BLOCK = 1000;

/** A result from rows at hand or made one by one. */
export function resultOf(
  columns: readonly Column[],
  rows: Iterable<Row>,
  {
    notes = [],
    warnings = [],
    holds = true,
    ...rest
  }: Partial<Ending> & Pick<Result, "chart" | "shows" | "object" | "tables" | "report"> = {},
): Result {
  return { columns, blocks: inBlocks(rows), end: () => ({ notes, warnings, holds }), ...rest };
}

function* inBlocks(rows: Iterable<Row>): Generator<Block> {
  let block: Row[] = [];
  for (const row of rows) {
    block.push(row);
    if (block.length === BLOCK) {
      yield blockOf(block);
      block = [];
    }
  }
  yield blockOf(block);
}

function blockOf(rows: readonly Row[]): Block {
  return (visit) => {
    for (const row of rows) visit(row);
  };
}

/** The result with only the computed columns at these places of its rows, in this order. */
export function pickColumns(result: Result, places: readonly number[]): Result {
  const { columns, inputColumns = 0 } = result;
  const picked = places.map((place) => ({ ...columns[inputColumns + place]!, place }));
  return { ...result, columns: [...columns.slice(0, inputColumns), ...picked] };
}

/** The columns that are computed, each with its place in the row. */
export const computedColumns = ({ columns, inputColumns = 0 }: Result): (Column & { readonly place: number })[] =>
  columns.slice(inputColumns).map((column, i) => ({ place: i, ...column }));

/** The cells of a row as its columns have them, those of the record first. */
export function shownCells(result: Result): (row: Row, record?: RawRecord) => Cell[] {
  const places = computedColumns(result).map(({ place }) => place);
  return (row, record) => {
    const cells = places.map((place) => row[place]!);
    return record === undefined ? cells : [...cellsOf(record), ...cells];
  };
}
