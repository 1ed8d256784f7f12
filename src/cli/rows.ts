import type { Phrase } from "../core/phrase.ts";
import type { Block as FileBlock } from "../data/blocks.ts";
import { type Cell, type Column, type Ending, type Result, type Row, resultOf } from "../render/result.ts";
import { UsageError } from "./errors.ts";
import type { Header, Reader } from "./header.ts";
import { givenFlag, type inputOptions, type Values, type ValuesOf } from "./options.ts";

/** A value of a row computation: given on the command line, or read from each record of a file with this header. */
export interface Input<T> {
  /** Printed beside what is computed where the value is given; what comes from the file stands there already. */
  readonly column?: Column;
  /** What the column shows of the value, where that is no cell itself. */
  readonly cell?: (value: T) => Cell;
  readonly source: Iterable<T> | ((header: Header) => Reader<T>);
}

/** Rows of output for each combination of given values, and for each record where there is a file. */
export interface RowComputation<T extends readonly unknown[]> {
  readonly inputs: { readonly [I in keyof T]: Input<T[I]> };
  readonly columns: readonly Column[];
  readonly compute: (...values: T) => Iterable<Row>;
  /** The one number of the row, where no more is asked for: NaN says that only compute can tell. */
  readonly number?: ((...values: T) => number) | undefined;
  /** Counted while computing, and added up where rows are shared out; end speaks from them. */
  readonly counts?: Record<string, number>;
  /** Told how many bad rows are kept without values. */
  readonly end?: (keptRows: number) => Ending;
}

/** blocks, where they do not come from the file itself, are those of a share of it, the header first. */
export interface RowOptions extends ValuesOf<typeof inputOptions>, Values<"degrees"> {
  readonly blocks?: AsyncGenerator<FileBlock>;
}

/** A row computation, whatever its values are. */
export type Work = RowComputation<unknown[]>;

/** The rows of a computation, over its given values or over the records of --input. */
export async function computeRows<T extends readonly unknown[]>(
  work: RowComputation<T>,
  options: RowOptions,
): Promise<Result> {
  const computation = work as unknown as Work;
  if (options.input === undefined) {
    const idle = givenFlag(options, ["prefix", "delimiter", "inputFormat", "badRows", "threads"]);
    if (idle !== undefined) throw new UsageError(`${idle} goes with --input: give it too`);
    return givenRows(computation);
  }
  const { fileRows } = await import("./file-rows.ts");
  return fileRows(computation, options, options.input);
}

function givenRows(work: Work): Result {
  const missing = work.inputs.some(({ source }) => typeof source === "function");
  if (missing) throw new UsageError("a @column needs a file to come from: give --input");
  function* rows() {
    for (const { values, lead } of choices(work)) {
      for (const cells of work.compute(...values)) yield lead.concat(cells);
    }
  }
  const result = resultOf([...shownColumns(work), ...work.columns], rows());
  return { ...result, end: () => endOf(work, [], 0) };
}

const isShown = ({ column, source }: Input<unknown>) => column !== undefined && typeof source !== "function";

/** The given inputs that stand beside the computed columns. */
export const shownColumns = ({ inputs }: Work): Column[] => inputs.filter(isShown).map(({ column }) => column!);

/** What a computation says at its end, after what there is to say of the file. */
export function endOf({ end }: Work, ofFile: readonly Phrase[], keptRows: number): Ending {
  const { notes, holds, warnings } = end?.(keptRows) ?? { notes: [], holds: true, warnings: [] };
  return { notes, holds, warnings: [...ofFile, ...warnings] };
}

/** One choice of the given values, with a free place for each that is read, and the cells that show it. */
interface Choice {
  readonly values: unknown[];
  readonly lead: readonly Cell[];
}

/** Every choice of the given values; the first list varies slowest. */
export function* choices({ inputs }: Work): Generator<Choice> {
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
