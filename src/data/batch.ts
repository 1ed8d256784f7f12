import { integers, memory, Region, rowKernel } from "../kernels/rows.ts";
import { LF } from "./blocks.ts";

/** How rows are written: as cells of csv with a delimiter between, or as members of JSON objects. */
export interface RowTarget {
  readonly json: boolean;
  readonly delimiter: string;
}

/**
 * What a field can be, in the order of the kernel: a number; a number or nothing (where it is not finite); an integer of 64 bits; bytes
 * as they are; bytes quoted where csv needs it; the same for a cell that was quoted, and any other as it is; bytes as a JSON string.
 */
export const fieldKinds = ["number", "number or nothing", "integer", "bytes", "quoted", "cell", "json"] as const;

/** What is written of each row at one place. Addresses are in the memory of the row kernel; bytes are given by their start and end. */
export interface Field {
  readonly kind: (typeof fieldKinds)[number];
  /** The value of row 0, and how far on that of the next row is. */
  readonly address: number;
  readonly stride: number;
  /** The name of the column; undefined for bytes that are whole cells or members already. */
  readonly name?: string;
}

/** Some rows of a table, read until the next batch is asked for. */
export interface Batch {
  readonly size: number;
  /** The line on which a row begins (in Parquet the number of the row), from 1. */
  line(row: number): number;
  /** Why a row is none of its table, if it is not. */
  fault(row: number): string | undefined;
  /** Has a row more cells than its table has columns? */
  isLong(row: number): boolean;
  /** Puts the numbers of some columns, row after row, at an address of the row kernel; NaN where a cell holds no plainly spelt number. */
  numbers(columns: readonly number[], address: number): void;
  /** A cell without quotes, one character a byte. */
  text(row: number, column: number): string;
  /** What is written of the rows, for each column or for all of them together. */
  fields(target: RowTarget): Field[];
}

const HEAD = 16;

/** The bytes of a row in an index of rows (see text.as.ts). */
export const strideOf = (columns: number): number => HEAD + 8 * columns;

const input = new Region();
const lineIndex = new Region();
/** Room for the index of some thousand rows. */
const INDEX_BYTES = 2 ** 19;

/** Puts lines where the kernel reads them, and gives where they start and end, and where there is room for an index of their rows. */
export function placeLines(bytes: Uint8Array, columns: number) {
  const start = input.put(bytes);
  // A line end behind the last line does no harm where it has one.
  const end = start + bytes.length + 1;
  memory[end - 1] = LF;
  const index = lineIndex.reserve(Math.max(INDEX_BYTES, strideOf(columns)));
  return { start, end, index, indexEnd: index + lineIndex.size };
}

const list = new Region();

/** Rows whose cells are known by an index in the memory of the row kernel. */
export abstract class IndexedBatch implements Batch {
  readonly size: number;
  protected readonly index: number;
  protected readonly columns: number;
  protected readonly stride: number;
  private readonly mark: number;

  constructor(index: number, size: number, columns: number, decimalComma = false) {
    this.mark = (decimalComma ? "," : ".").charCodeAt(0);
    this.index = index;
    this.size = size;
    this.columns = columns;
    this.stride = strideOf(columns);
  }

  abstract fault(row: number): string | undefined;
  abstract fields(target: RowTarget): Field[];

  cells(row: number): number {
    return this.word(row, 2);
  }

  line(row: number): number {
    return this.word(row, 3);
  }

  isLong(row: number): boolean {
    return this.cells(row) > this.columns;
  }

  numbers(columns: readonly number[], address: number): void {
    const places = list.reserve(4 * columns.length);
    for (const [i, column] of columns.entries()) integers[places / 4 + i] = column;
    rowKernel.readNumbers(this.index, this.stride, this.size, places, columns.length, this.mark, address);
  }

  text(row: number, column: number): string {
    return memory.toString("latin1", this.word(row, 4 + 2 * column), this.word(row, 5 + 2 * column));
  }

  /** Each column by itself. */
  protected columnFields(kind: Field["kind"], names: readonly string[]): Field[] {
    return names.map((name, i) => ({ kind, address: this.index + HEAD + 8 * i, stride: this.stride, name }));
  }

  protected word(row: number, place: number): number {
    return integers[(this.index + this.stride * row) / 4 + place]!;
  }
}

const bytes = new Region();

/** A record as cells without quotes, one character a byte. */
export interface CellRecord {
  readonly line: number;
  readonly cells: readonly string[];
  /** The members of a JSON object as they are written, without braces. */
  readonly members?: string;
}

const sizeOf = ({ cells, members = "" }: CellRecord) => cells.reduce((sum, { length }) => sum + length, members.length);

/** Puts records into the memory of the row kernel, each with its entry in an index at the address that entryOf gives; a row's own bytes are its members. */
export function putRecords(records: readonly CellRecord[], columns: number, entryOf: (i: number) => number): void {
  let at = bytes.reserve(records.reduce((sum, record) => sum + sizeOf(record), HEAD));
  const put = (text: string) => {
    const start = at;
    at += memory.write(text, at, "latin1");
    return [start, at];
  };
  for (const [i, { line, cells, members = "" }] of records.entries()) {
    const entry = entryOf(i) / 4;
    integers.set([...put(members), cells.length, line], entry);
    for (let column = 0; column < columns; column++) integers.set(put(cells[column] ?? ""), entry + 4 + 2 * column);
  }
}
