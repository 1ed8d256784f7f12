import type { Phrase } from "../core/phrase.ts";
import type { Chart } from "./chart.ts";

export type Cell = number | boolean | string | null | readonly number[] | Phrase;
export type Row = readonly Cell[];

export interface Column {
  readonly name: string;
  /** angle: radians, shown in the chosen unit. bytes: text of unknown encoding, one character a byte. phrase: a sentence. */
  readonly kind?: "angle" | "bytes" | "phrase";
}

/** What there is to say once every row is out. */
export interface Ending {
  /** Sentences for people, beside the rows. */
  readonly notes: readonly Phrase[];
  /** Sentences for standard error, whatever the format. */
  readonly warnings: readonly Phrase[];
  /** Whether the answer to what was asked is yes. */
  readonly holds: boolean;
}

/** A table of its own, for a result that is more than rows. */
export interface TablePart {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What every command gives and every format renders. */
export interface Result {
  readonly columns: readonly Column[];
  /** How many of the columns, from the first, are the input's own: --columns leaves them. */
  readonly inputColumns?: number;
  readonly blocks: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>;
  readonly end: () => Ending;
  /** Drawn where people read; with chartOnly the rows are left to the other formats. */
  readonly chart?: Chart;
  readonly chartOnly?: boolean;
  /** One object that json and jsonl write in place of the rows. */
  readonly document?: object;
  /** Tables that people read in place of the rows. */
  readonly tables?: readonly TablePart[];
}

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
  }: Partial<Ending> & Pick<Result, "chart" | "chartOnly" | "document" | "tables"> = {},
): Result {
  return { columns, blocks: inBlocks(rows), end: () => ({ notes, warnings, holds }), ...rest };
}

function* inBlocks(rows: Iterable<Row>): Generator<Row[]> {
  let block: Row[] = [];
  for (const row of rows) {
    block.push(row);
    if (block.length === BLOCK) {
      yield block;
      block = [];
    }
  }
  yield block;
}

/** The result with only the columns at these places, in this order. */
export function pickColumns(result: Result, places: readonly number[]): Result {
  return {
    ...result,
    columns: places.map((i) => result.columns[i]!),
    blocks: mapBlocks(result.blocks, (row) => places.map((i) => row[i]!)),
  };
}

async function* mapBlocks(blocks: Result["blocks"], change: (row: Row) => Row) {
  for await (const block of blocks) yield block.map(change);
}
