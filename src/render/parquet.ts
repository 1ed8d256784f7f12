import { isUtf8 } from "node:buffer";
import { fromBytes } from "../data/bytes.ts";
import { DataError } from "../data/errors.ts";
import { type StoredType, storedTypes } from "../data/stored-types.ts";
import { inTurn, remaining } from "../data/table.ts";
import { parquetFile } from "../data/write-parquet.ts";
import { formatCell, type NumberStyle, shownCell } from "./number.ts";
import {
  type ColumnCells,
  type ComputedColumn,
  cellAt,
  computedColumns,
  type RowBatch,
  type RowsResult,
} from "./result.ts";

/**
 * Rows as a Parquet file, in pieces. Columns of a Parquet input keep their types, those of
 * other inputs are text in UTF-8, of which an empty cell is null. Throws DataError for an
 * input column that is nested, and for text of another encoding.
 */
export async function* parquetRows(result: RowsResult, style: NumberStyle): AsyncGenerator<Uint8Array> {
  const { columns, inputColumns, source: { stored } = {} } = result;
  const inputs = columns.slice(0, inputColumns).map((column, i) => {
    const name = fromBytes(column.name);
    const type = stored === undefined ? storedTypes.text : stored[i];
    if (type !== undefined) return { name, type, valuesOf: (batch: RowBatch) => inputValues(batch, i, name) };
    throw new DataError(`column ${name} is of a type that is not written to Parquet: name a file such as rows.csv`);
  });
  const source = inTurn(result.batches);
  const first: RowBatch | undefined = (await source.next()).value;
  const computed = computedColumns(result).map((column) => {
    const type = typeOf(column, first?.columns[column.place] ?? []);
    const valuesOf = (batch: RowBatch) => computedValues(batch, column, type, style);
    return { name: fromBytes(column.name), type, valuesOf };
  });
  const all = [...inputs, ...computed];
  async function* batches() {
    for await (const batch of remaining(source, first)) yield all.map(({ valuesOf }) => valuesOf(batch));
  }
  yield* parquetFile(all, batches());
}

/** The type of a computed column: by its kind, or by its first cell. */
function typeOf({ kind }: ComputedColumn, values: ColumnCells): StoredType {
  if (kind === "integer" || kind === "boolean") return storedTypes[kind];
  if (kind === "bytes" || kind === "message") return storedTypes.text;
  const cell = "address" in values ? 0 : values.find((value) => value !== null);
  if (typeof cell === "boolean") return storedTypes.boolean;
  return typeof cell === "string" || typeof cell === "object" ? storedTypes.text : storedTypes.number;
}

function inputValues({ size, input }: RowBatch, i: number, name: string): unknown[] {
  const { batch, rows } = input!;
  const textAt = (row: number) => {
    const text = batch.text(row, i);
    if (text === "") return null;
    const bytes = Buffer.from(text, "latin1");
    if (isUtf8(bytes)) return bytes;
    throw new DataError(`line ${batch.line(row)}, column ${name}: the text is not UTF-8, and text in Parquet is`);
  };
  const valueAt = batch.stored?.(i) ?? textAt;
  return Array.from({ length: size }, (_, row) => valueAt(rows?.[row] ?? row));
}

/** The values of a computed column as Parquet stores them. */
function computedValues({ size, columns }: RowBatch, column: ComputedColumn, { type }: StoredType, style: NumberStyle) {
  const values = columns[column.place]!;
  const encoding = column.kind === "bytes" ? "latin1" : "utf8";
  return Array.from({ length: size }, (_, row) => {
    const cell = cellAt(values, row);
    if (cell === null || type !== "BYTE_ARRAY") return shownCell(cell, column, style);
    return Buffer.from(formatCell(cell, column, style), encoding);
  });
}
