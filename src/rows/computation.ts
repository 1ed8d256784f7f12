import type { Message } from "../core/message.ts";
import { UsageError } from "../data/errors.ts";
import type { TableOptions } from "../data/open-table.ts";
import type { Cell, Column, Ending, Row, RowBatch, RowsResult } from "../render/result.ts";
import { rowsResult } from "../render/result.ts";
import type { BadRowPolicy } from "./bad-rows.ts";
import type { Header, Reader } from "./header.ts";

/** A value of a row computation: given on the command line, or read from each record of a file with this header. */
export interface Input<T> {
  /** The column that shows a value from the command line; a value from the file is in the row already. */
  readonly column?: Column;
  /** The cell that shows the value, where the value is not a cell itself. */
  readonly cell?: (value: T) => Cell;
  readonly source: Iterable<T> | ((header: Header) => Reader<T>);
}

/** NamedCounts by their names. */
export type NamedCounts = Record<string, number>;

/** Rows of output for each combination of given values, and for each record where there is a file. */
export interface RowComputation<T extends readonly unknown[], C = never> {
  readonly inputs: { readonly [I in keyof T]: Input<T[I]> };
  readonly columns: readonly Column[];
  readonly compute: (...values: T) => Iterable<Row>;
  /**
   * The computation for whole columns, where the first input is given: takes it, what the reader of the last one gives
   * as its column, and how many rows that has. Gives the columns of results, valid until it is called again; undefined
   * where these rows are better computed one by one.
   */
  readonly ofColumn?: ((first: T[0], column: C, rows: number) => RowBatch["columns"] | undefined) | undefined;
  /** What tables show in place of these cells, where the values are given. */
  readonly shown?: ((cells: readonly number[], ...values: T) => Row) | false | undefined;
  /** NamedCounts that compute raises; those of all threads are added up before end reads them. */
  readonly counts?: NamedCounts;
  /** Called after the last row with the number of bad rows that were kept. */
  readonly end?: (keptRows: number) => Partial<Ending>;
}

/** Values that come from a column of the input, one a row: @name. */
export interface ColumnSource {
  readonly column: string;
}

export const isColumn = (source: unknown): source is ColumnSource =>
  typeof source === "object" && source !== null && "column" in source;

/** How a file is read, and what becomes of its rows. */
export interface RowOptions extends TableOptions {
  readonly input?: string;
  readonly badRows?: BadRowPolicy;
  readonly degrees?: boolean;
  /** Stands before the name of each computed column. */
  readonly prefix?: string;
}

/** A row computation, whatever its values are. */
export type Work = RowComputation<unknown[], unknown>;

/** The rows of a computation over its given values. */
export function givenRows(work: Work): RowsResult {
  const missing = work.inputs.some(({ source }) => typeof source === "function");
  if (missing) throw new UsageError("a @column needs a file to come from: give --input");
  function* rows() {
    for (const { values, lead } of choices(work)) {
      for (const cells of work.compute(...values))
        yield lead.concat(cells, work.shown ? work.shown(cells as readonly number[], ...values) : []);
    }
  }
  const given = shownColumns(work);
  const place = given.length + work.columns.length;
  const computed = work.shown ? work.columns.map((column, i) => ({ ...column, shownPlace: place + i })) : work.columns;
  const result = rowsResult([...given, ...computed], rows());
  return { ...result, end: () => endOf(work, [], 0) };
}

const isShown = ({ column, source }: Input<unknown>) => column !== undefined && typeof source !== "function";

/** The given inputs that stand beside the computed columns. */
export const shownColumns = ({ inputs }: Work): Column[] =>
  inputs.filter(isShown).map(({ column }) => ({ ...column!, key: true }));

/** The ending of a computation; the warnings about the file come before its own. */
export function endOf({ end }: Work, ofFile: readonly Message[], keptRows: number): Ending {
  const { notes = [], holds = true, warnings = [] } = end?.(keptRows) ?? {};
  return { notes, holds, warnings: [...ofFile, ...warnings] };
}

/**
 * Every choice of the given values, with a free place for each that is read, and the
 * cells that show it; the first list varies slowest.
 */
export function* choices({ inputs }: Work) {
  for (const values of product(inputs.map(({ source }) => (typeof source === "function" ? [undefined] : source)))) {
    const lead = inputs.flatMap((input, i) => (isShown(input) ? [input.cell?.(values[i]) ?? (values[i] as Cell)] : []));
    yield { values, lead };
  }
}

function* product(lists: readonly Iterable<unknown>[]): Generator<unknown[]> {
  const [first, ...rest] = lists;
  if (first === undefined) yield [];
  else for (const value of first) for (const others of product(rest)) yield [value, ...others];
}
