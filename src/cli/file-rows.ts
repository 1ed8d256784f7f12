import { ParameterError } from "../core/errors.ts";
import { type Block as FileBlock, recordBlocks } from "../data/blocks.ts";
import { toBytes } from "../data/bytes.ts";
import { delimitedTable } from "../data/delimited.ts";
import { RowError } from "../data/errors.ts";
import { bytesOf, nameOf, sizeOf } from "../data/file.ts";
import type { Lines, RawRecord } from "../data/record.ts";
import type { Table, TableBlock } from "../data/table.ts";
import type { Block, Cell, Result, Row } from "../render/result.ts";
import { BadRows } from "./bad-rows.ts";
import { UsageError } from "./errors.ts";
import { Header, type Reader } from "./header.ts";
import { choices, endOf, type RowOptions, shownColumns, type Work } from "./rows.ts";

/** What a share of the rows came to, added up over all of them at the end. */
export interface RowTally {
  readonly bad: number;
  readonly badLines: readonly number[];
  readonly clamped: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** What may be shared out: the first of the blocks as rows, and the rest as they are. */
export interface SharedRows {
  readonly header: Buffer;
  /** Is it known to have blocks enough for threads? */
  readonly isLong: boolean;
  readonly firstBlocks: () => AsyncIterable<Block>;
  readonly otherBlocks: AsyncIterator<FileBlock>;
}

/** The rows of a file. */
export interface FileResult extends Result {
  readonly file: {
    readonly bytesRead: () => number;
    readonly tally: () => RowTally;
    readonly add: (tally: RowTally) => void;
    readonly shared?: SharedRows;
  };
}

/** Of a file beyond this size a good part is left when the threads have started. */
const LONG = 2 ** 24;

/** The rows of a computation for each record of a file, after the record's own cells, as they are read. */
export async function fileRows(work: Work, options: RowOptions, path: string): Promise<FileResult> {
  const { prefix = "", badRows = "stop", degrees } = options;
  const file = nameOf(path);
  const { names, separator, bytesRead, blocks, shared } = await openTable(path, options);
  const header = new Header(names, separator, file, degrees);
  const bad = new BadRows(file, badRows);
  const readers = readersOf(work, header);
  const visitRows = rowVisitor(work, readers, header, bad);
  const takeNumbers = numberTaker(work, readers, header);
  async function* rowsOf(tableBlocks: AsyncIterable<TableBlock>): AsyncGenerator<Block> {
    for await (const block of tableBlocks)
      yield (visit, write) => block((record) => visitRows(record, visit), write && takeNumbers?.(write));
  }
  const added = [...shownColumns(work), ...work.columns];
  return {
    columns: [...header.columns(), ...added.map((column) => ({ ...column, name: toBytes(prefix) + column.name }))],
    inputColumns: header.names.length,
    blocks: { [Symbol.asyncIterator]: () => rowsOf(blocks()) },
    end: () => endOf(work, [...bad.warnings(), ...header.warnings()]),
    file: {
      bytesRead,
      tally: () => ({ bad: bad.count, badLines: bad.lines, clamped: header.clampedRows, counts: work.counts ?? {} }),
      add: (tally) => {
        bad.add(tally.bad, tally.badLines);
        header.clampedRows += tally.clamped;
        for (const [name, count] of Object.entries(tally.counts)) work.counts![name]! += count;
      },
      ...(shared && {
        shared: { ...shared, isLong: sizeOf(path) > LONG, firstBlocks: () => rowsOf(shared.firstBlocks()) },
      }),
    },
  };
}

const ENDINGS: Readonly<Record<string, RowOptions["inputFormat"]>> = {
  tsv: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
};

/** A file in the format that is given, or that its ending tells. */
async function openTable(path: string, options: RowOptions): Promise<Table> {
  const { inputFormat = ENDINGS[/[^.]*$/.exec(path)![0].toLowerCase()] ?? "csv", delimiter, blocks } = options;
  if (inputFormat === "csv" || inputFormat === "tsv")
    return delimitedTable(
      blocks ?? recordBlocks(bytesOf(path), nameOf(path)),
      delimiterOf(delimiter, inputFormat),
      nameOf(path),
    );
  if (delimiter !== undefined) throw new UsageError(`--delimiter: ${nameOf(path)} is ${inputFormat}, which has none`);
  if (inputFormat === "jsonl") return (await import("../data/jsonl.ts")).jsonlTable(bytesOf(path), nameOf(path));
  if (path === "-") throw new UsageError("--input -: Parquet is read by position, name a file");
  return (await import("../data/parquet.ts")).parquetTable(path);
}

type Readers = readonly (Reader<unknown> | undefined)[];

/** What reads each input that comes from the file. */
const readersOf = ({ inputs }: Work, header: Header): Readers =>
  inputs.map(({ source }) => (typeof source === "function" ? source(header) : undefined));

/** Computes the numbers of plain lines together, where each has one and it follows from one cell, which is the last input. */
function numberTaker(work: Work, readers: Readers, { names }: Header) {
  const [choice, another] = choices(work);
  const last = readers.length - 1;
  const cell = readers[last]?.cell;
  const isOnly = another === undefined && readers.findIndex((reader) => reader !== undefined) === last;
  if (work.number === undefined || choice === undefined || cell === undefined || !isOnly) return undefined;
  const numberOf: (value: number) => number = work.number.bind(undefined, ...choice.values.slice(0, last));
  return (write: NonNullable<Parameters<Block>[1]>) => (lines: Lines) => {
    const column = lines.numbers(cell, names.length);
    let count = 0;
    for (; count < column.length; count++) {
      const value = numberOf(column[count]!);
      if (Number.isNaN(value)) break;
      column[count] = value;
    }
    if (count > 0) write(lines, count);
  };
}

/** Shows the rows of one record: those of every choice of the given values, or what is left of a bad one. */
function rowVisitor(work: Work, readers: Readers, header: Header, bad: BadRows) {
  const read = readers.flatMap((reader, i) => (reader === undefined ? [] : [i]));
  const given = [...choices(work)];
  const computed: Iterable<Row>[] = [];
  const empty = [...shownColumns(work), ...work.columns].map(() => null);
  const columns = header.names.length;
  return (record: RawRecord, visit: Parameters<Block>[0]): void => {
    try {
      if (record.fault !== undefined) throw new RowError(record.line, record.fault);
      if (record.size !== columns) throw header.ragged(record);
      for (let c = 0; c < given.length; c++) {
        const { values } = given[c]!;
        for (let i = 0; i < read.length; i++) values[read[i]!] = readers[read[i]!]!(record);
        computed[c] = work.compute(...values);
      }
      // All is computed before the first row is shown: a record that is bad for one choice is bad.
      for (let c = 0; c < given.length; c++) {
        for (const row of computed[c]!) visit(behind(given[c]!.lead, row), record);
      }
    } catch (error) {
      const fault = error instanceof ParameterError ? new RowError(record.line, error.message) : error;
      if (!(fault instanceof RowError)) throw fault;
      if (bad.take(fault, record.size > header.names.length)) visit(empty, header.padded(record));
    }
  };
}

const scratch: Cell[] = [];

/** The row with the lead before it, in one array that serves all rows in turn. */
function behind(lead: readonly Cell[], row: Row): Row {
  if (lead.length === 0) return row;
  if (scratch.length !== lead.length + row.length) scratch.length = lead.length + row.length;
  for (let i = 0; i < lead.length; i++) scratch[i] = lead[i]!;
  for (let i = 0; i < row.length; i++) scratch[lead.length + i] = row[i]!;
  return scratch;
}

function delimiterOf(given: string | undefined, format: "csv" | "tsv"): string {
  if (given === undefined) return format === "tsv" ? "\t" : ",";
  if (given === "\\t") return "\t";
  if (!/^[^"\r\n\u0080-\uffff]$/.test(given))
    throw new UsageError(`--delimiter: "${given}" is not one ASCII character (nor a quote): write one such as ';'`);
  return given;
}
