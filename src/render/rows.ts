import type { Field } from "../data/batch.ts";
import { fromBytes, quoter, toBytes } from "../data/bytes.ts";
import { FieldPlace, hasKernel, numberAt, writtenRows } from "../data/fields.ts";
import { formatCell, type NumberStyle, shownCell, shownNumber } from "./number.ts";
import { type Cell, type Column, type ColumnCells, computedColumns, type RowBatch, type RowsResult } from "./result.ts";

/** The formats in which rows are written one after another. */
export type RowFormat = "csv" | "tsv" | "json" | "jsonl";

/**
 * The text that opens and closes a file, or is all of one without rows; the text before each row (`between` characters
 * of it are left out before the first) and after it; and what is written for an empty cell.
 */
function layoutOf(format: RowFormat, columns: readonly Column[], delimiter: string) {
  if (format === "json")
    return { open: "[\n", close: "\n]\n", empty: "[]\n", lead: ",\n{", between: 2, tail: "}", nothing: "null" };
  if (format === "jsonl")
    return { open: "", close: "", empty: "", lead: "{", between: 0, tail: "}\n", nothing: "null" };
  const open = `${columns.map(({ name }) => quoter(delimiter)(name)).join(delimiter)}\n`;
  return { open, close: "", empty: open, lead: "", between: 0, tail: "\n", nothing: "" };
}

/** Up to this many rows are written without the kernel: loading it takes longer. */
const FEW = 200;

/**
 * Rows as CSV (RFC 4180), TSV, a JSON array or JSON lines. What opens the file goes out with the first rows, so that
 * what is wrong with those leaves nothing written. In csv a row of one empty cell is written "", since readers pass
 * over a blank line; in json NaN and infinities are null.
 */
export function rowWriter(result: RowsResult, format: RowFormat, style: NumberStyle) {
  const computed = computedColumns(result);
  const isJson = format === "json" || format === "jsonl";
  const delimiter = format === "tsv" ? "\t" : ",";
  const { open, close, empty, lead, between, tail, nothing } = layoutOf(format, result.columns, delimiter);
  const isLone = !isJson && result.columns.length === 1;
  const places = computed.map(() => new FieldPlace());
  const quote = quoter(delimiter);

  /** Rows without those of an input, written without the kernel. */
  function* givenRows(size: number, columns: readonly (readonly Cell[])[]): Generator<Uint8Array> {
    const leads = computed.map(before);
    let text = "";
    for (let row = 0; row < size; row++) {
      for (const [i, column] of computed.entries()) text += leads[i]! + textOf(columns[column.place]![row]!, column);
      text += tail;
    }
    yield Buffer.from(text, "latin1");
  }

  /** What stands before a field. */
  function before({ name }: Pick<Field, "name">, i: number): string {
    if (!isJson) return i > 0 ? delimiter : lead;
    return `${i > 0 ? "," : lead}${name === undefined ? "" : `${toBytes(JSON.stringify(fromBytes(name)))}:`}`;
  }

  /** A computed column as a field: numbers as they are, other cells as texts. */
  function fieldOf(values: ColumnCells, column: Column, i: number, size: number): Field {
    const { name } = column;
    const { precision, degrees } = style;
    const isColumn = "address" in values;
    const kind = isJson || (isColumn && !values.isFull) ? "number or nothing" : "number";
    const isAsItIs = precision === undefined && !(degrees && column.kind === "angle");
    if (isColumn && isAsItIs) return { kind, address: values.address, stride: 8, name };
    if (!isColumn && !values.every((cell) => typeof cell === "number"))
      return { kind: "bytes", address: places[i]!.putTexts(textsOf(values, column)), stride: 8, name };
    const given = isColumn ? (row: number) => numberAt(values.address, row) : (row: number) => values[row] as number;
    const shown = isAsItIs ? given : (row: number) => shownNumber(given(row), column, style);
    return { kind, address: places[i]!.putNumbers(size, shown), stride: 8, name };
  }

  function textOf(cell: Cell, column: Column): string {
    if (!isJson) return quote(formatCell(cell, column, style)) || (isLone ? '""' : "");
    const shown = shownCell(cell, column, style);
    const isBytes = column.kind === "bytes" && typeof shown === "string";
    return toBytes(JSON.stringify(isBytes ? fromBytes(shown) : shown));
  }

  /** The texts of cells; undefined where a cell is the one before. */
  const textsOf = (cells: readonly Cell[], column: Column) =>
    cells.map((cell, row) => (row > 0 && cell === cells[row - 1] ? undefined : textOf(cell, column)));

  return {
    /** The file from the pieces of its rows. */
    async *file(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      let isEmpty = true;
      for await (const piece of pieces) {
        if (piece.length === 0) continue;
        yield isEmpty ? Buffer.concat([Buffer.from(open, "latin1"), piece.subarray(between)]) : piece;
        isEmpty = false;
      }
      yield Buffer.from(isEmpty ? empty : close, "latin1");
    },
    /** The rows of a batch, in pieces; each is valid until the next one is asked for. */
    rows({ size, input, columns }: RowBatch): Iterable<Uint8Array> {
      if (input === undefined && (size <= FEW || !hasKernel()))
        return givenRows(size, columns as readonly (readonly Cell[])[]);
      const target = { json: isJson, delimiter };
      const passed = (size > 0 && input?.batch.fields(target)) || [];
      const added = computed.map((column, i) => fieldOf(columns[column.place]!, column, i, size));
      const fields = [...passed, ...added].map((field, i) => ({
        ...field,
        bySource: i < passed.length,
        before: before(field, i),
      }));
      return writtenRows(size, { fields, nothing, tail, delimiter }, input?.rows);
    },
  };
}

export type RowWriter = ReturnType<typeof rowWriter>;
