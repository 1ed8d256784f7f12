import type { Message } from "../core/message.ts";
import type { Batch } from "../data/batch.ts";
import { numberAt } from "../data/fields.ts";
import type { StoredType } from "../data/stored-types.ts";
import type { FilePart } from "../data/table.ts";
import type { Chart } from "./chart.ts";

export type Cell = number | boolean | string | null | readonly number[] | Message;
export type Row = readonly Cell[];

export interface Column {
  readonly name: string;
  /**
   * angle: radians, shown in the chosen unit. bytes: text of unknown encoding, one character a
   * byte. message: a sentence. data: what tables leave out, unless it was asked for. integer,
   * boolean: what Parquet stores; else its first cell says.
   */
  readonly kind?: "angle" | "bytes" | "message" | "data" | "integer" | "boolean" | undefined;
  /** It names the row: where a table is too wide, it stands in every part. */
  readonly key?: boolean;
  /** Its place in the row, where that is not its place among the computed columns. */
  readonly place?: number;
  /** The place of what tables show in its stead. */
  readonly shownPlace?: number;
}

/** What is known only after the last row. */
export interface Ending {
  /** Sentences for people, beside the rows. */
  readonly notes: readonly Message[];
  /** Sentences for standard error, whatever the format. */
  readonly warnings: readonly Message[];
  /** Whether the answer to what was asked is yes. */
  readonly holds: boolean;
}

/** Numbers one after another in the memory of the row kernel, for each row one; NaN is an empty cell. */
export interface NumberColumn {
  readonly address: number;
  /** Is no cell empty? Then numbers may be infinite. */
  readonly isFull?: boolean;
}

/** Some rows of a result, valid until the next ones are asked for. */
export interface RowBatch {
  readonly size: number;
  /**
   * The rows of the input, and for each row of the result the row of the input
   * it was computed from (rows undefined: the same).
   */
  readonly input?: { readonly batch: Batch; readonly rows?: Int32Array | undefined };
  /** The computed columns. */
  readonly columns: readonly (readonly Cell[] | NumberColumn)[];
}

/** The cells of one computed column of a batch. */
export type ColumnCells = RowBatch["columns"][number];

/** One of the tables of a report. */
export interface TablePart {
  /** The heading on a page. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Columns of numbers that are parts of a whole, which a page shows as bars. */
  readonly bars?: { readonly whole: number; readonly columns: readonly number[] } | undefined;
}

/**
 * A chart of a result, made when it is drawn, and where a terminal shows it:
 * below the rows, in place of them, or not at all.
 */
interface ResultChart {
  readonly chart: () => Chart;
  /** The title of a picture of it, where that is not the notes. */
  readonly title?: Message;
  readonly shown: "below" | "alone" | "never";
}

interface Ended {
  readonly columns: readonly Column[];
  readonly end: () => Ending;
  readonly chart?: ResultChart | undefined;
  /** It is a page of HTML already. */
  readonly page?: boolean;
}

/** Counts over a part of the rows of a file, added up over all parts. */
export interface RowTally {
  readonly bad: number;
  readonly badLines: readonly number[];
  readonly clamped: number;
  readonly counts: Readonly<Record<string, number>>;
  /** The number of the file where there are several. */
  readonly table?: number;
}

/** The file that rows are computed from, in parts that threads can process. */
export interface RowSource {
  readonly names: readonly string[];
  readonly format: string;
  /** Where the file is Parquet, the type of each column; undefined for one that is nested. */
  readonly stored?: readonly (StoredType | undefined)[] | undefined;
  readonly parts: AsyncIterator<FilePart>;
  readonly rowsOf: (part: FilePart) => AsyncIterable<RowBatch>;
  /** takeTally gives the counts since the last call; addTally adds those of another thread. */
  readonly takeTally: () => RowTally;
  readonly addTally: (tally: RowTally) => void;
  /** Has the file enough parts for threads? */
  readonly isLong: boolean;
}

/** Rows under columns, of which the first few may be those of an input. */
export interface RowsResult extends Ended {
  readonly kind: "rows";
  readonly inputColumns: number;
  readonly batches: AsyncIterable<RowBatch> | Iterable<RowBatch>;
  readonly source?: RowSource;
}

/** One text, or a file, in pieces: written without a header or quotes; in json it is the value of the one column. */
interface DocumentResult extends Ended {
  readonly kind: "document";
  readonly pieces: Iterable<string | Uint8Array>;
}

/** Figures of many kinds: rows of names and values, one object for json, tables and a page for people. */
export interface ReportResult extends Ended {
  readonly kind: "report";
  readonly rows: readonly Row[];
  readonly object: object;
  readonly tables: readonly TablePart[];
  readonly title: string;
  /** The heading of the chart. */
  readonly caption: string;
  /** The figures that a page shows first. */
  readonly headline: readonly { readonly value: Message; readonly meaning: Message }[];
  /** A second chart, for pages. */
  readonly curve: { readonly caption: string; readonly chart: () => Chart };
  /** How each figure is defined. */
  readonly terms: readonly (readonly [term: string, meaning: string])[];
}

/** What every command gives and every format renders. */
export type Result = RowsResult | DocumentResult | ReportResult;

const nothing: Ending = { notes: [], warnings: [], holds: true };

/** A result that is one text, or a file. */
export const documentOf = (name: string, whole: string | Uint8Array | Generator<Uint8Array>): DocumentResult => ({
  kind: "document",
  columns: [{ name }],
  pieces: typeof whole === "string" || whole instanceof Uint8Array ? [whole] : whole,
  end: () => nothing,
});

/** A result from an array of rows, or from a generator that is read as they are written. */
export const rowsResult = (
  columns: readonly Column[],
  rows: Iterable<Row>,
  { chart, ...ending }: Partial<Ending> & { readonly chart?: ResultChart | undefined } = {},
): RowsResult => ({
  kind: "rows",
  columns,
  inputColumns: 0,
  batches: inBatches(rows, columns.length),
  end: () => ({ ...nothing, ...ending }),
  chart,
});

const BATCH = 1000;

function* inBatches(rows: Iterable<Row>, columns: number): Generator<RowBatch> {
  let some: Row[] = [];
  for (const row of rows) {
    if (some.push(row) < BATCH) continue;
    yield batchOf(some, columns);
    some = [];
  }
  yield batchOf(some, columns);
}

/** Rows, each perhaps longer than the columns that are named, as a batch of columns. */
export const batchOf = (rows: readonly Row[], columns: number): RowBatch => ({
  size: rows.length,
  columns: Array.from({ length: rows[0]?.length ?? columns }, (_, i) => rows.map((row) => row[i]!)),
});

/** A column that is computed, and its place among those of the batches. */
export type ComputedColumn = Column & { readonly place: number };

export const computedColumns = ({ columns, inputColumns }: RowsResult): ComputedColumn[] =>
  columns.slice(inputColumns).map((column, i) => ({ place: i, ...column }));

/** The rows of a batch as tables show its result's columns, those of the input first. */
export function cellsOf(batch: RowBatch, result: RowsResult): Cell[][] {
  const { size, input, columns } = batch;
  const places = computedColumns(result).map(({ place, shownPlace = place }) => columns[shownPlace]!);
  return Array.from({ length: size }, (_, row) => {
    const beside = Array.from({ length: result.inputColumns }, (_, i) =>
      input!.batch.text(input!.rows?.[row] ?? row, i),
    );
    return [...beside, ...places.map((column) => cellAt(column, row))];
  });
}

export function cellAt(column: ColumnCells, row: number): Cell {
  if (!("address" in column)) return column[row]!;
  const x = numberAt(column.address, row);
  return Number.isNaN(x) ? null : x;
}
