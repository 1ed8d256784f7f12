import { CsvError, parse } from "csv-parse/sync";
import { type Block, CR, LF, QUOTE } from "./blocks.ts";
import { type ByteWriter, quoter } from "./bytes.ts";
import { readDecimal } from "./decimal.ts";
import { DataError } from "./errors.ts";

/** One record of a file. Valid only while it is visited. */
export interface RawRecord {
  readonly line: number;
  /** How many cells it has. */
  readonly size: number;
  /** What makes it no row of its file, where that is not how many cells it has. */
  readonly fault?: string | undefined;
  /** The text of a cell, one character a byte. */
  text(i: number): string;
  /** The number in a cell that spells it plainly; undefined says: look at the text. */
  number(i: number): number | undefined;
  /** Writes the cells with that delimiter between, quoted where they need it. */
  writeTo(out: ByteWriter, delimiter: string): void;
}

/**
 * Visits the records of a block, blank lines left out. Without a quote character a record is a line cut at the delimiter; with one
 * csv-parse reads the block, strictly. Throws DataError for a stray quote.
 */
export function visitRecords(block: Block, delimiter: string, file: string, visit: (record: RawRecord) => void): void {
  if (block.bytes.includes(QUOTE)) for (const record of quotedRecords(block, delimiter, file)) visit(record);
  else visitLines(block, delimiter, visit);
}

function visitLines({ bytes, line }: Block, delimiter: string, visit: (record: RawRecord) => void): void {
  const record = new LineRecord(bytes, delimiter, line);
  const separator = delimiter.charCodeAt(0);
  for (let i = 0; i <= bytes.length; i++) {
    const byte = i < bytes.length ? bytes[i]! : LF;
    if (byte === separator) record.endCell(i);
    else if (byte === LF || byte === CR) {
      if (i > record.start) {
        record.endCell(i);
        visit(record);
      }
      if (byte === CR && bytes[i + 1] === LF) i++;
      record.nextLine(i + 1);
    }
  }
}

/** A line without quotes, known by where its cells lie in the block: one object serves all lines in turn. */
class LineRecord implements RawRecord {
  line: number;
  size = 0;
  start = 0;
  private readonly bytes: Buffer;
  private readonly delimiter: string;
  private readonly ends: number[] = [];

  constructor(bytes: Buffer, delimiter: string, line: number) {
    this.bytes = bytes;
    this.delimiter = delimiter;
    this.line = line;
  }

  endCell(end: number): void {
    this.ends[this.size++] = end;
  }

  nextLine(start: number): void {
    this.start = start;
    this.size = 0;
    this.line++;
  }

  text(i: number): string {
    return this.bytes.toString("latin1", this.cellStart(i), this.ends[i]);
  }

  number(i: number): number | undefined {
    return readDecimal(this.bytes, this.cellStart(i), this.ends[i]!);
  }

  writeTo(out: ByteWriter, delimiter: string): void {
    if (delimiter === this.delimiter) out.copy(this.bytes, this.start, this.ends[this.size - 1]!);
    else writeCells(this, out, delimiter);
  }

  private cellStart(i: number): number {
    return i === 0 ? this.start : this.ends[i - 1]! + 1;
  }
}

/** A record at hand as cells. */
export class CellRecord implements RawRecord {
  readonly cells: readonly string[];
  readonly line: number;
  readonly fault: string | undefined;

  constructor(cells: readonly string[], line: number, fault?: string) {
    this.cells = cells;
    this.line = line;
    this.fault = fault;
  }

  get size(): number {
    return this.cells.length;
  }

  text(i: number): string {
    return this.cells[i]!;
  }

  number(): undefined {
    return undefined;
  }

  writeTo(out: ByteWriter, delimiter: string): void {
    writeCells(this, out, delimiter);
  }
}

/** The cells of a record as text. */
export const cellsOf = (record: RawRecord): string[] => Array.from({ length: record.size }, (_, i) => record.text(i));

function writeCells(record: RawRecord, out: ByteWriter, delimiter: string): void {
  out.text(cellsOf(record).map(quoter(delimiter)).join(delimiter));
}

function quotedRecords({ bytes, line }: Block, delimiter: string, file: string): CellRecord[] {
  const records: CellRecord[] = [];
  // csv-parse counts a CRLF inside quotes as two lines.
  let miscounted = 0;
  try {
    parse(bytes.toString("latin1"), {
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells, { lines }) => {
        miscounted += countIn(cells, /\r\n/g);
        records.push(new CellRecord(cells, line + lines - 1 - miscounted - countIn(cells, /\r\n|\n|\r/g)));
        return null;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const at = typeof error.lines === "number" ? line + error.lines - 1 - miscounted : line;
    throw new DataError(
      `${file} line ${at}: a quote stands where none may: quote the whole cell and write quotes inside it twice`,
    );
  }
}

const countIn = (cells: readonly string[], pattern: RegExp) =>
  cells.reduce((count, cell) => count + (cell.match(pattern)?.length ?? 0), 0);
