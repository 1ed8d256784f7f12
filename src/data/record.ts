import { type ByteWriter, quoter } from "./bytes.ts";

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

/** Writes the cells one by one, quoted where they need it. */
export function writeCells(record: RawRecord, out: ByteWriter, delimiter: string): void {
  out.text(cellsOf(record).map(quoter(delimiter)).join(delimiter));
}
