import { integers, memory, Region, rowKernel } from "../kernels/rows.ts";
import { LF } from "./blocks.ts";

/** How rows are written: as cells of csv with a delimiter between, or as members of JSON objects. */
export interface RowTarget {
  readonly json: boolean;
  readonly delimiter: string;
}

/**
 * What a field can be, in the order of the kernel: a number; a number or nothing (where it is not
 * finite); an integer of 64 bits; bytes as they are; bytes quoted where csv needs it; the same for a cell
 * that was quoted, and any other as it is; bytes as a JSON string.
 */
export const fieldKinds = ["number", "number or nothing", "integer", "bytes", "quoted", "cell", "json"] as const;

/**
 * One field of every row that is written. Addresses are in the memory of the
 * row kernel; bytes are given by their start and end.
 */
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
  /** The rows that do not fit their table, such as those with too few cells, and why. */
  readonly faults?: ReadonlyMap<number, string> | undefined;
  /** Has a row more cells than its table has columns? */
  isLong(row: number): boolean;
  /**
   * Puts the numbers of some columns, row after row, at an address of the row
   * kernel; NaN where a cell holds no plainly spelt number.
   */
  numbers(columns: readonly number[], address: number): void;
  /** A cell without quotes, one character a byte. */
  text(row: number, column: number): string;
  /** The values of a column as a Parquet file stores them, where they are read for another. */
  stored?(column: number): (row: number) => unknown;
  /** The fields to write: one for each column, or a single one that holds whole rows. */
  fields(target: RowTarget): Field[];
}

const HEAD = 16;

/** The bytes of a row in an index of rows (see text.as.ts). */
export const strideOf = (columns: number): number => HEAD + 8 * columns;

const input = new Region();
const lineIndex = new Region();
/** Room for the index of some thousand rows. */
const INDEX_BYTES = 2 ** 19;

/**
 * Puts lines where the kernel reads them, and gives where they start and end,
 * and where there is room for an index of their rows.
 */
export function placeLines(bytes: Uint8Array, columns: number) {
  const start = input.put(bytes);
  // A line end behind the last line does no harm where it has one.
  const end = start + bytes.length + 1;
  memory[end - 1] = LF;
  const index = lineIndex.reserve(Math.max(INDEX_BYTES, strideOf(columns)));
  return { start, end, index, indexEnd: index + lineIndex.size };
}

/** A record as cells without quotes, one character a byte. */
export interface CellRecord {
  readonly cells: readonly string[];
  /** The members of a JSON object as they are written, without braces. */
  readonly members: string;
}

const sizeOf = ({ cells, members }: CellRecord) => cells.reduce((sum, { length }) => sum + length, members.length);

const list = new Region();
const recordBytes = new Region();

/** What batches of text have in common: rows whose cells are known by an index in the memory of the row kernel. */
export function indexedRows(index: number, size: number, names: readonly string[], decimalComma = false) {
  const stride = strideOf(names.length);
  const mark = (decimalComma ? "," : ".").charCodeAt(0);
  const word = (row: number, place: number) => integers[(index + stride * row) / 4 + place]!;
  const cells = (row: number) => word(row, 2);
  const set = (row: number, place: number, words: readonly number[]) =>
    integers.set(words, (index + stride * row) / 4 + place);
  return {
    size,
    cells,
    /** Where the bytes of a row start and end. */
    span: (row: number) => [word(row, 0), word(row, 1)] as const,
    setSpan: (row: number, span: readonly [start: number, end: number]) => set(row, 0, span),
    /** Puts records in place of some rows; the members of one become the bytes of the row. */
    put(records: ReadonlyMap<number, CellRecord>): void {
      let at = recordBytes.reserve([...records.values()].reduce((sum, record) => sum + sizeOf(record), HEAD));
      const put = (text: string) => {
        const start = at;
        at += memory.write(text, at, "latin1");
        return [start, at];
      };
      for (const [row, { cells, members }] of records) {
        set(row, 0, [...put(members), cells.length]);
        for (const i of names.keys()) set(row, 4 + 2 * i, put(cells[i] ?? ""));
      }
    },
    line: (row: number) => word(row, 3),
    isLong: (row: number) => cells(row) > names.length,
    numbers(columns: readonly number[], address: number): void {
      const places = list.reserve(4 * columns.length);
      integers.set(columns, places / 4);
      rowKernel.readNumbers(index, stride, size, places, columns.length, mark, address);
    },
    text: (row: number, column: number) =>
      memory.toString("latin1", word(row, 4 + 2 * column), word(row, 5 + 2 * column)),
    /** All of the bytes of a row as one field. */
    wholeRows: (): Field[] => [{ kind: "bytes", address: index, stride }],
    /** Each column by itself. */
    eachColumn: (kind: Field["kind"]): Field[] =>
      names.map((name, i) => ({ kind, address: index + HEAD + 8 * i, stride, name })),
  };
}
