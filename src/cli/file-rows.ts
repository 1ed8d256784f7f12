import { ParameterError } from "../core/errors.ts";
import { type Block as FileBlock, recordBlocks } from "../data/blocks.ts";
import { ByteWriter, toBytes } from "../data/bytes.ts";
import { DataError, RowError } from "../data/errors.ts";
import { bytesOf, nameOf } from "../data/file.ts";
import { CellRecord, cellsOf, type RawRecord, visitRecords } from "../data/records.ts";
import type { Block, Cell, Result, Row } from "../render/result.ts";
import { BadRows } from "./bad-rows.ts";
import { UsageError } from "./errors.ts";
import { Header } from "./header.ts";
import { choices, endOf, type RowOptions, shownColumns, type Work } from "./rows.ts";

/** What a share of the rows came to, added up over all of them at the end. */
export interface RowTally {
  readonly bad: number;
  readonly badLines: readonly number[];
  readonly clamped: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** The rows of a file, which may be shared out: the first of its blocks as rows, and the rest as they are. */
export interface FileResult extends Result {
  readonly file: {
    readonly header: Buffer;
    readonly bytesRead: () => number;
    readonly firstBlocks: () => AsyncIterable<Block>;
    readonly otherBlocks: AsyncIterator<FileBlock>;
    readonly tally: () => RowTally;
    readonly add: (tally: RowTally) => void;
  };
}

/** Before threads are worth their start. */
const FIRST_BYTES = 2 ** 22;

/** The rows of a computation for each record of a file, after the record's own cells, as they are read. */
export async function fileRows(work: Work, options: RowOptions, path: string): Promise<FileResult> {
  const { inputFormat, delimiter, prefix = "", badRows = "stop", blocks: given } = options;
  const file = nameOf(path);
  const separator = delimiterOf(delimiter, inputFormat ?? (path.endsWith(".tsv") ? "tsv" : "csv"));
  const source = given ?? recordBlocks(bytesOf(path), file);
  const { header, rest, bytes } = await readHeader(source, separator, file);
  const bad = new BadRows(file, badRows);
  const visitRows = rowVisitor(work, header, bad);
  const rowsOf =
    (block: FileBlock): Block =>
    (visit) =>
      visitRecords(block, separator, file, (record) => visitRows(record, visit));
  let read = 0;
  async function* blocksUpTo(limit: number): AsyncGenerator<Block> {
    yield (visit) => {
      for (const record of rest) visitRows(record, visit);
    };
    for (let taken = 0; taken < limit; ) {
      const next = await source.next();
      if (next.done) return;
      taken += next.value.bytes.length;
      read += next.value.bytes.length;
      yield rowsOf(next.value);
    }
  }
  const added = [...shownColumns(work), ...work.columns];
  return {
    columns: [...header.columns(), ...added.map((column) => ({ ...column, name: toBytes(prefix) + column.name }))],
    inputColumns: header.names.length,
    blocks: { [Symbol.asyncIterator]: () => blocksUpTo(Number.POSITIVE_INFINITY) },
    end: () => endOf(work, [...bad.warnings(), ...header.warnings()]),
    file: {
      header: bytes,
      bytesRead: () => read,
      firstBlocks: () => blocksUpTo(FIRST_BYTES),
      otherBlocks: source,
      tally: () => ({ bad: bad.count, badLines: bad.lines, clamped: header.clampedRows, counts: work.counts ?? {} }),
      add: (tally) => {
        bad.add(tally.bad, tally.badLines);
        header.clampedRows += tally.clamped;
        for (const [name, count] of Object.entries(tally.counts)) work.counts![name]! += count;
      },
    },
  };
}

/** Shows the rows of one record: those of every choice of the given values, or what is left of a bad one. */
function rowVisitor(work: Work, header: Header, bad: BadRows) {
  const readers = work.inputs.map(({ source }) => (typeof source === "function" ? source(header) : undefined));
  const read = readers.flatMap((reader, i) => (reader === undefined ? [] : [i]));
  const given = [...choices(work)];
  const computed: Iterable<Row>[] = [];
  const empty = [...shownColumns(work), ...work.columns].map(() => null);
  const columns = header.names.length;
  return (record: RawRecord, visit: Parameters<Block>[0]): void => {
    try {
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

/** The header, as bytes too, and the records that came in one block with it. */
async function readHeader(blocks: AsyncIterator<FileBlock>, separator: string, file: string) {
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    const records: CellRecord[] = [];
    visitRecords(next.value, separator, file, (record) => records.push(new CellRecord(cellsOf(record), record.line)));
    const [first, ...rest] = records;
    if (first === undefined) continue;
    const out = new ByteWriter();
    first.writeTo(out, separator);
    out.text("\n");
    return { header: new Header(first.cells, separator, file), rest, bytes: out.take() };
  }
  throw new DataError(`${file} is empty: it needs at least a header line`);
}

function delimiterOf(given: string | undefined, format: "csv" | "tsv"): string {
  if (given === undefined) return format === "tsv" ? "\t" : ",";
  if (given === "\\t") return "\t";
  if (!/^[^"\r\n\u0080-\uffff]$/.test(given))
    throw new UsageError(`--delimiter: "${given}" is not one ASCII character (nor a quote): write one such as ';'`);
  return given;
}
