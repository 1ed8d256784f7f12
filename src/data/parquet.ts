import { doubles } from "../kernels/rows.ts";
import type { Batch, Field, RowTarget } from "./batch.ts";
import { fromBytes, toBytes } from "./bytes.ts";
import { FieldPlace } from "./fields.ts";
import { sizeOf } from "./file.ts";
import { type ColumnSchema, openParquet } from "./parquet-columns.ts";
import type { ColumnRows } from "./parquet-rows.ts";
import { isPlain, type StoredType } from "./stored-types.ts";
import type { FilePart, OpenTable } from "./table.ts";

/** At most so many rows, and about so many cells, are decoded at a time: as numbers they take 2 MB. */
const ROWS = 2048;
/** So many where all of them are numbers: V8 compiles the loops around small batches again and again. */
const ROWS_OF_NUMBERS = 16384;
const CELLS = 2 ** 18;

/**
 * A table from a Parquet file, read by row groups; the line of a row is its number, from 1. Cells are as in csv: null
 * is empty, what is nested is JSON. Throws DataError where the file is damaged.
 */
export async function parquetTable(path: string, toParquet = false): Promise<OpenTable> {
  const { columns: schema, groups, batches: batchesOf } = await openParquet(path);
  const names = schema.map(({ nameBytes }) => nameBytes);
  const stored = schema.map((column) => column.stored);
  const all = [...names.keys()];
  // Beside the cells, the values as they are stored, of those columns where they are others.
  const others = toParquet ? all.filter((i) => stored[i] && !isPlain(stored[i])) : [];
  const total = groups.reduce((sum, { rows }) => sum + rows, 0);
  let bytesRead = 0;
  async function* parts(): AsyncGenerator<FilePart> {
    for (const [group, { rows }] of groups.entries()) {
      const size = (sizeOf(path) * rows) / total;
      bytesRead += size;
      yield { group, size };
    }
  }
  const areNumbers = stored.every((one) => one !== undefined && !/BYTE_ARRAY/.test(one.type!));
  const size = Math.min(areNumbers ? ROWS_OF_NUMBERS : ROWS, Math.ceil(CELLS / names.length));
  async function* batches(part: FilePart, wanted = all): AsyncGenerator<Batch> {
    const { group } = part as { readonly group: number };
    let line = groups[group]!.rowStart + 1;
    for await (const read of batchesOf(group, wanted, size, others)) {
      const values = read.slice(wanted.length);
      const columns: ColumnRows[] = [];
      for (const [i, column] of wanted.entries()) columns[column] = read[i]!;
      const rows = read[0]!.values.length;
      yield {
        ...columnBatch(columns, schema, rows, line),
        stored: (i) => storedValue(values[others.indexOf(i)] ?? columns[i]!, stored[i]!),
      };
      line += rows;
    }
  }
  const form = { format: "parquet", separator: "", isWhole: groups.length < 2 } as const;
  return { ...form, names, stored, parts: parts(), batches, bytesRead: () => bytesRead };
}

/** Gives the value in a row as it is stored: bytes for text. */
function storedValue({ values, present }: ColumnRows, { type }: StoredType): (row: number) => unknown {
  const isBoolean = type === "BOOLEAN";
  return (row) => {
    const value = values[row]!;
    if (present?.[row] === 0) return null;
    return typeof value !== "string" ? value : isBoolean ? value === "true" : Buffer.from(value, "latin1");
  };
}

/** The places of the columns of a batch, used again for the next. */
const places: FieldPlace[] = [];

/** Some rows from a line on; of columns that were not read there are none. */
function columnBatch(columns: readonly ColumnRows[], schema: readonly ColumnSchema[], size: number, from: number) {
  function text(row: number, column: number): string {
    const { values, present } = columns[column]!;
    if (present?.[row] === 0) return "";
    return values instanceof Float64Array ? String(values[row]! + 0) : String(values[row]);
  }
  /**
   * Numbers as they lie in memory, where what is written of them is the same; else
   * cells. In JSON null is null, as are NaN and infinities.
   */
  function fieldOf({ values, present }: ColumnRows, i: number, toJson: boolean): Field {
    const { nameBytes: name, isJson } = schema[i]!;
    places[i] ??= new FieldPlace();
    const place = places[i];
    const field = (kind: Field["kind"], address: number) => ({ kind, address, stride: 8, name });
    const isWhole = present === undefined;
    const areFinite = (numbers: Float64Array) => numbers.every((x, row) => present?.[row] === 0 || Number.isFinite(x));
    // "number or nothing" would leave NaN and infinities beside nulls out of csv.
    if (values instanceof Float64Array && (isWhole || toJson || areFinite(values)))
      return field(isWhole && !toJson ? "number" : "number or nothing", place.copyNumbers(values));
    if (values instanceof BigInt64Array && isWhole) return field("integer", place.copyNumbers(values));
    const cells = Array.from({ length: size }, (_, row) => text(row, i));
    if (!toJson) return field("quoted", place.putTexts(cells));
    const asIs = isJson || !Array.isArray(values);
    const jsonOf = (cell: string) => (asIs ? cell || "null" : toBytes(JSON.stringify(fromBytes(cell))));
    const texts = cells.map((cell, row) => (present?.[row] === 0 ? "null" : jsonOf(cell)));
    return field("bytes", place.putTexts(texts));
  }
  return {
    size,
    text,
    line: (row: number) => from + row,
    isLong: () => false,
    numbers(wanted: readonly number[], address: number) {
      for (const [i, column] of wanted.entries()) {
        const numbers = numbersOf(columns[column]!);
        for (let row = 0, at = address / 8 + i; row < size; row++, at += wanted.length) doubles[at] = numbers[row]!;
      }
    },
    fields: ({ json }: RowTarget) => columns.map((column, i) => fieldOf(column, i, json)),
  };
}

/** The rows of a column as numbers: the integers as doubles, NaN for nulls and cells. */
function numbersOf({ values, present }: ColumnRows): Float64Array {
  if (values instanceof Float64Array) return values;
  if (Array.isArray(values)) return new Float64Array(values.length).fill(Number.NaN);
  return Float64Array.from({ length: values.length }, (_, row) =>
    present?.[row] === 0 ? Number.NaN : Number(values[row]),
  );
}
