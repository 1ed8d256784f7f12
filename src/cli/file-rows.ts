import { ParameterError } from "../core/errors.ts";
import { type Phrase, phrase } from "../core/phrase.ts";
import { type Block, recordBlocks } from "../data/blocks.ts";
import { type RawRecord, recordsOf } from "../data/csv.ts";
import { DataError, RowError } from "../data/errors.ts";
import { bytesOf, nameOf } from "../data/file.ts";
import type { Result, Row } from "../render/result.ts";
import { UsageError } from "./errors.ts";
import { Header } from "./header.ts";
import { endOf, product, type RowOptions, rowsFor, shownColumns, type Work } from "./rows.ts";

/** The rows of a computation for each record of a file, after the record's own cells, as they are read. */
export async function fileRows(
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
      const fault = error instanceof ParameterError ? new RowError(record.line, error.message) : error;
      if (!(fault instanceof RowError)) throw fault;
      return bad.take(fault, record.cells.length > cells.length) ? [[...cells, ...added.map(() => null)]] : [];
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
