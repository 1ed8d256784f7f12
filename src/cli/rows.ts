import { type Phrase, phrase } from "../core/phrase.ts";
import { type Block, recordBlocks } from "../data/blocks.ts";
import { type RawRecord, recordsOf } from "../data/csv.ts";
import { DataError, RowError } from "../data/errors.ts";
import { bytesOf, nameOf } from "../data/file.ts";
import type { Cell, Column, Ending, Result, Row } from "../render/result.ts";
import { resultOf } from "../render/result.ts";
import { UsageError } from "./errors.ts";
import { Header } from "./header.ts";
import type { inputOptions, Values } from "./options.ts";

/** A value of a row computation: given on the command line, or read from each record of a file with this header. */
export interface Input<T> {
  /** Printed beside what is computed where the value is given; what comes from the file stands there already. */
  readonly column?: Column;
  /** What the column shows of the value, where that is no cell itself. */
  readonly cell?: (value: T) => Cell;
  readonly source: readonly T[] | ((header: Header) => (record: RawRecord) => T);
}

/** Rows of output for each combination of given values, and for each record where there is a file. */
export interface RowComputation<T extends readonly unknown[]> {
  readonly inputs: { readonly [I in keyof T]: Input<T[I]> };
  readonly columns: readonly Column[];
  readonly compute: (...values: T) => readonly Row[];
  readonly end?: () => Pick<Ending, "notes" | "holds">;
}

type RowOptions = Values<(typeof inputOptions)[number]>;
type Work = RowComputation<unknown[]>;

/** The rows of a computation, over its given values or over the records of --input. */
export async function computeRows<T extends readonly unknown[]>(
  work: RowComputation<T>,
  options: RowOptions,
): Promise<Result> {
  const computation = work as unknown as Work;
  return options.input === undefined ? givenRows(computation) : fileRows(computation, options, options.input);
}

function givenRows(work: Work): Result {
  const lists = work.inputs.map(({ source }) => {
    if (typeof source === "function") throw new UsageError("a @column needs a file to come from: give --input");
    return source;
  });
  function* rows() {
    for (const values of product(lists)) yield* rowsFor(work, values, []);
  }
  const result = resultOf([...shownColumns(work), ...work.columns], rows());
  return { ...result, end: () => endOf(work, []) };
}

const isShown = ({ column, source }: Input<unknown>) => column !== undefined && typeof source !== "function";

/** The given inputs that stand beside the computed columns. */
const shownColumns = ({ inputs }: Work): Column[] => inputs.filter(isShown).map(({ column }) => column!);

const endOf = ({ end }: Work, warnings: readonly Phrase[]): Ending => ({
  notes: [],
  holds: true,
  ...end?.(),
  warnings,
});

/** The rows for one value of each input, after the cells of the record it came from. */
function rowsFor({ inputs, compute }: Work, values: readonly unknown[], record: readonly Cell[]): Row[] {
  const lead = [...record];
  for (let i = 0; i < inputs.length; i++) {
    if (isShown(inputs[i]!)) lead.push(inputs[i]!.cell?.(values[i]) ?? (values[i] as Cell));
  }
  return compute(...values).map((cells) => lead.concat(cells as Cell[]));
}

/** Every choice of one value from each list; the first list varies slowest. */
function* product(lists: readonly (readonly unknown[])[]): Generator<unknown[]> {
  const [first, ...rest] = lists;
  if (first === undefined) yield [];
  else for (const value of first) for (const others of product(rest)) yield [value, ...others];
}

async function fileRows(
  work: Work,
  { inputFormat, delimiter, prefix = "", badRows = "stop" }: RowOptions,
  path: string,
): Promise<Result> {
  const file = nameOf(path);
  const separator = delimiterOf(delimiter, inputFormat ?? (path.endsWith(".tsv") ? "tsv" : "csv"));
  const blocks = recordBlocks(bytesOf(path), file);
  const { header, rest } = await readHeader(blocks, separator, file);
  const readers = work.inputs.map(({ source }) => (typeof source === "function" ? source(header) : undefined));
  // Every choice of the given values, with a free place for each that is read.
  const choices = [...product(work.inputs.map(({ source }) => (typeof source === "function" ? [undefined] : source)))];
  const bad = new BadRows(file, badRows);
  const added = [...shownColumns(work), ...work.columns];

  const rowsOf = (record: RawRecord): Row[] => {
    const cells = header.aligned(record);
    try {
      if (cells.length !== record.cells.length) throw header.ragged(record);
      const read = readers.map((reader) => reader?.(record));
      return choices.flatMap((choice) =>
        rowsFor(
          work,
          read.map((value, i) => value ?? choice[i]),
          cells,
        ),
      );
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      return bad.take(error, record.cells.length > cells.length) ? [[...cells, ...added.map(() => null)]] : [];
    }
  };
  async function* allRows() {
    yield rest.flatMap(rowsOf);
    for await (const block of blocks) yield recordsOf(block, separator, file).flatMap(rowsOf);
  }
  return {
    columns: [...header.columns(), ...added.map((column) => ({ ...column, name: prefix + column.name }))],
    inputColumns: header.names.length,
    blocks: allRows(),
    end: () => endOf(work, [...bad.warnings(), ...header.warnings()]),
  };
}

async function readHeader(blocks: AsyncIterable<Block>, separator: string, file: string) {
  const iterator = blocks[Symbol.asyncIterator]();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    const [first, ...rest] = recordsOf(next.value, separator, file);
    if (first !== undefined) return { header: new Header(first.cells, separator, file), rest };
  }
  throw new DataError(`${file} is empty: it needs at least a header line`);
}

function delimiterOf(given: string | undefined, format: "csv" | "tsv"): string {
  if (given === undefined) return format === "tsv" ? "\t" : ",";
  if (given === "\\t") return "\t";
  if (given.length !== 1 || /["\r\n]/.test(given))
    throw new UsageError(`--delimiter: "${given}" is not one character: write one such as ';'`);
  return given;
}

const SHOWN_LINES = 5;

/** Keeps count of the rows that could not be computed, and stops at the first unless told otherwise. */
class BadRows {
  private readonly file: string;
  private readonly policy: "stop" | "skip" | "keep";
  private readonly lines: number[] = [];
  private count = 0;

  constructor(file: string, policy: "stop" | "skip" | "keep") {
    this.file = file;
    this.policy = policy;
  }

  /** Is the row kept? Throws where the program must stop: by policy, or for a row too long to keep in its columns. */
  take({ line, message }: RowError, tooLong: boolean): boolean {
    if (this.policy === "stop") throw new DataError(`${this.file} line ${line}: ${message}`);
    if (this.policy === "keep" && tooLong)
      throw new DataError(`${this.file} line ${line}: ${message}: such a row cannot be kept, only skipped`);
    this.count++;
    if (this.lines.length < SHOWN_LINES) this.lines.push(line);
    return this.policy === "keep";
  }

  warnings(): Phrase[] {
    if (this.count === 0) return [];
    const more = this.count > this.lines.length ? ", ..." : "";
    const what = this.policy === "keep" ? "kept without values" : "left out";
    return [
      phrase`${this.file}: ${this.count} bad ${this.count === 1 ? "row" : "rows"} ${what}: line ${this.lines.join(", ")}${more}`,
    ];
  }
}
