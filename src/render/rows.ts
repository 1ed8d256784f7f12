import type { Field } from "../data/batch.ts";
import { fromBytes, quoter, toBytes } from "../data/bytes.ts";
import { FieldPlace, hasKernel, numberAt, writtenRows } from "../data/fields.ts";
import { jsonValue } from "./json.ts";
import { formatCell, type NumberStyle, shownNumber } from "./number.ts";
import {
  type Cell,
  type Column,
  computedColumns,
  type NumberColumn,
  type RowBatch,
  type RowsResult,
} from "./result.ts";

/** The formats in which rows are written one after another. */
export type RowFormat = "csv" | "tsv" | "json" | "jsonl";

/** What stands around and between the rows. */
interface RowLayout {
  readonly open: string;
  /** Before each row; so many characters of it are left out before the first. */
  readonly lead: string;
  readonly between: number;
  readonly tail: string;
  readonly close: (isEmpty: boolean) => string;
  /** What is written for an empty cell. */
  readonly nothing: string;
}

const JSON_ARRAY: RowLayout = {
  open: "[\n",
  lead: ",\n{",
  between: 2,
  tail: "}",
  close: (isEmpty) => (isEmpty ? "[]\n" : "\n]\n"),
  nothing: "null",
};
const JSON_LINES: RowLayout = { open: "", lead: "{", between: 0, tail: "}\n", close: () => "", nothing: "null" };

function delimitedLayout(columns: readonly Column[], delimiter: string): RowLayout {
  const open = `${columns.map(({ name }) => quoter(delimiter)(name)).join(delimiter)}\n`;
  return { open, lead: "", between: 0, tail: "\n", close: (isEmpty) => (isEmpty ? open : ""), nothing: "" };
}

/** Writing so many rows takes less time than loading the kernel. */
const FEW = 200;

/**
 * Rows as CSV (RFC 4180), TSV, a JSON array or JSON lines. What opens the file goes out with the first rows, so that what is wrong with those leaves
 * nothing written. In csv a row of one empty cell is written "", since readers pass over a blank line; in json NaN and infinities are null.
 */
export class RowWriter {
  private readonly computed: readonly (Column & { readonly place: number })[];
  private readonly style: NumberStyle;
  private readonly isJson: boolean;
  private readonly delimiter: string;
  private readonly layout: RowLayout;
  private readonly isLone: boolean;
  private readonly places: readonly FieldPlace[];

  constructor(result: RowsResult, format: RowFormat, style: NumberStyle) {
    this.computed = computedColumns(result);
    this.style = style;
    this.isJson = format === "json" || format === "jsonl";
    this.delimiter = format === "tsv" ? "\t" : ",";
    const json = format === "json" ? JSON_ARRAY : JSON_LINES;
    this.layout = this.isJson ? json : delimitedLayout(result.columns, this.delimiter);
    this.isLone = !this.isJson && result.columns.length === 1;
    this.places = this.computed.map(() => new FieldPlace());
  }

  /** The file from the pieces of its rows. */
  async *file(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const { open, between, close } = this.layout;
    let isEmpty = true;
    for await (const piece of pieces) {
      if (piece.length === 0) continue;
      yield isEmpty ? Buffer.concat([Buffer.from(open, "latin1"), piece.subarray(between)]) : piece;
      isEmpty = false;
    }
    yield Buffer.from(close(isEmpty), "latin1");
  }

  /** The rows of a batch, in pieces; each is valid until the next one is asked for. */
  rows({ size, input, columns }: RowBatch): Iterable<Uint8Array> {
    if (input === undefined && (size <= FEW || !hasKernel()))
      return this.givenRows(size, columns as readonly (readonly Cell[])[]);
    const target = { json: this.isJson, delimiter: this.delimiter };
    const passed = (size > 0 && input?.batch.fields(target)) || [];
    const computed = this.computed.map((column, i) => this.fieldOf(columns[column.place]!, column, i, size));
    const { nothing, tail } = this.layout;
    const fields = [...passed, ...computed].map((field, i) => ({
      ...field,
      bySource: i < passed.length,
      before: this.before(field, i),
    }));
    return writtenRows(size, { fields, nothing, tail, delimiter: this.delimiter }, input?.rows);
  }

  /** Rows without those of an input, written without the kernel. */
  private *givenRows(size: number, columns: readonly (readonly Cell[])[]): Generator<Uint8Array> {
    const before = this.computed.map((column, i) => this.before(column, i));
    const texts = this.computed.map((column) => this.textsOf(columns[column.place]!, column));
    const last: (string | undefined)[] = [];
    let text = "";
    for (let row = 0; row < size; row++) {
      for (const [i, some] of texts.entries()) {
        last[i] = some[row] ?? last[i];
        text += before[i]! + last[i]!;
      }
      text += this.layout.tail;
    }
    yield Buffer.from(text, "latin1");
  }

  /** What stands before a field. */
  private before({ name }: Pick<Field, "name">, i: number): string {
    const { lead } = this.layout;
    if (!this.isJson) return i > 0 ? this.delimiter : lead;
    return `${i > 0 ? "," : lead}${name === undefined ? "" : `${toBytes(JSON.stringify(fromBytes(name)))}:`}`;
  }

  /** A computed column as a field: numbers as they are, other cells as texts. */
  private fieldOf(values: readonly Cell[] | NumberColumn, column: Column, i: number, size: number): Field {
    const { name } = column;
    const { precision, degrees } = this.style;
    const isColumn = "address" in values;
    const kind = this.isJson || isColumn ? "number or nothing" : "number";
    const isAsItIs = precision === undefined && !(degrees && column.kind === "angle");
    if (isColumn && isAsItIs) return { kind, address: values.address, stride: 8, name };
    if (!isColumn && !values.every((cell) => typeof cell === "number"))
      return { kind: "bytes", address: this.places[i]!.putTexts(this.textsOf(values, column)), stride: 8, name };
    const given = isColumn ? (row: number) => numberAt(values.address, row) : (row: number) => values[row] as number;
    const shown = isAsItIs ? given : (row: number) => shownNumber(given(row), column, this.style);
    return { kind, address: this.places[i]!.putNumbers(size, shown), stride: 8, name };
  }

  /** The texts of cells; undefined where a cell is the one before. */
  private textsOf(cells: readonly Cell[], column: Column): (string | undefined)[] {
    const quote = quoter(this.delimiter);
    const textOf = (cell: Cell) => {
      if (this.isJson) return toBytes(JSON.stringify(jsonValue(cell, column, this.style)));
      const text = quote(formatCell(cell, column, this.style));
      return this.isLone && text === "" ? '""' : text;
    };
    return cells.map((cell, row) => (row > 0 && cell === cells[row - 1] ? undefined : textOf(cell)));
  }
}
