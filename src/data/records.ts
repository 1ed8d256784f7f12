import { CsvError, parse } from "csv-parse/sync";
import { type Block, LF, QUOTE } from "./blocks.ts";
import { type ByteWriter, LONGEST_NUMBER, quoter } from "./bytes.ts";
import { DataError } from "./errors.ts";
import {
  allocate,
  doubles,
  indexLines,
  integers,
  memory,
  place,
  readColumn,
  readDecimal,
  writeColumn,
} from "./memory.ts";

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

/** Plain lines of a block from some line on, as far as nothing is unusual about them. */
export interface Lines {
  /** The numbers in one of so many cells, a line each. They may be changed in place. */
  numbers(cell: number, cells: number): Float64Array;
  /** Writes so many of the lines, each with its number as one more cell, and leaves them behind. */
  writeNumbers(out: ByteWriter, delimiter: string, count: number): void;
}

/**
 * Visits the records of a block, blank lines left out; lines are offered to take before one of them is visited. Without a quote character a record is a line cut at the delimiter; with one
 * csv-parse reads the block, strictly. Throws DataError for a stray quote.
 */
export function visitRecords(
  block: Block,
  delimiter: string,
  file: string,
  visit: (record: RawRecord) => void,
  take?: (lines: Lines) => void,
): void {
  if (block.bytes.includes(QUOTE)) for (const record of quotedRecords(block, delimiter, file)) visit(record);
  else visitLines(block, delimiter, visit, take);
}

const places = (size: number) => ({ size, index: allocate(size), values: allocate(size) });

// An index of lines, and as many numbers as it can have lines.
let { size, index, values } = places(2 ** 20);

function visitLines(
  { bytes, line }: Block,
  delimiter: string,
  visit: (record: RawRecord) => void,
  take: (lines: Lines) => void = () => {},
): void {
  const record = new LineRecord(delimiter, line);
  let start = place(bytes);
  // A line end behind the last line does no harm where it has one.
  const end = start + bytes.length + 1;
  memory[end - 1] = LF;
  while (start < end) {
    const next = indexLines(start, end, delimiter.charCodeAt(0), index, index + size);
    if (next === start) ({ size, index, values } = places(2 * size));
    else readIndex();
    start = next;
  }
  function readIndex() {
    record.moveTo(index / 4);
    for (take(record); record.start >= 0; take(record)) {
      if (!record.isBlank()) visit(record);
      record.next();
    }
  }
}

/** A line without quotes, known by its entry in the index of lines: one object serves all lines in turn. */
class LineRecord implements RawRecord, Lines {
  line: number;
  private entry = 0;
  private readonly delimiter: string;

  constructor(delimiter: string, line: number) {
    this.delimiter = delimiter;
    this.line = line;
  }

  get start(): number {
    return integers[this.entry]!;
  }

  get size(): number {
    return integers[this.entry + 1]!;
  }

  moveTo(entry: number): void {
    this.entry = entry;
  }

  next(): void {
    this.entry += 2 + this.size;
    this.line++;
  }

  isBlank(): boolean {
    return this.size === 1 && this.cellEnd(0) === this.start;
  }

  text(i: number): string {
    return memory.toString("latin1", this.cellStart(i), this.cellEnd(i));
  }

  number(i: number): number | undefined {
    const value = readDecimal(this.cellStart(i), this.cellEnd(i));
    return Number.isNaN(value) ? undefined : value;
  }

  writeTo(out: ByteWriter, delimiter: string): void {
    if (delimiter === this.delimiter) out.copy(this.start, this.cellEnd(this.size - 1));
    else writeCells(this, out, delimiter);
  }

  numbers(cell: number, cells: number): Float64Array {
    const count = readColumn(4 * this.entry, cell, cells, values);
    return doubles.subarray(values / 8, values / 8 + count);
  }

  writeNumbers(out: ByteWriter, delimiter: string, count: number): void {
    const after = this.entry + count * (2 + this.size);
    if (delimiter === this.delimiter) {
      const lineBytes = integers[after - 1]! - this.start;
      out.put(lineBytes + count * LONGEST_NUMBER, (at) =>
        writeColumn(4 * this.entry, this.size, values, count, delimiter.charCodeAt(0), at),
      );
      this.entry = after;
      this.line += count;
      return;
    }
    for (let i = 0; i < count; i++, this.next()) {
      this.writeTo(out, delimiter);
      out.text(delimiter);
      out.number(doubles[values / 8 + i]!);
      out.text("\n");
    }
  }

  private cellStart(i: number): number {
    return i === 0 ? this.start : this.cellEnd(i - 1) + 1;
  }

  private cellEnd(i: number): number {
    return integers[this.entry + 2 + i]!;
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
