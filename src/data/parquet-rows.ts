import type { SchemaTree } from "hyparquet";
import { getMaxDefinitionLevel } from "hyparquet/src/schema.js";
import { cellOf } from "./parquet-cells.ts";
import type { Page, PageValues } from "./parquet-pages.ts";

/**
 * Some rows of a column. The kind can change from one batch to the next.
 * numbers: doubles, or integers within 2^53, so that String(number) is the cell. A null is NaN and 1 in `missing`; its cell is empty.
 * lists: row i has numbers[offsets[i]] to numbers[offsets[i + 1]]; its cell is the JSON of that array, and empty where `missing` is 1.
 * A null in a list is NaN: both are null in JSON.
 * texts: the cell of row i is bytes[offsets[i]] to bytes[offsets[i + 1]], not quoted; that of a null is empty.
 */
export type ParquetColumn =
  | { readonly kind: "numbers"; readonly numbers: Float64Array; readonly missing?: Uint8Array | undefined }
  | {
      readonly kind: "lists";
      readonly numbers: Float64Array;
      readonly offsets: Int32Array;
      readonly missing?: Uint8Array | undefined;
    }
  | { readonly kind: "texts"; readonly bytes: Uint8Array; readonly offsets: Int32Array };

/** Rows of a column as they are decoded: a value each, or where there are offsets a list of values each. */
export interface ColumnPart {
  readonly rows: number;
  readonly values: PageValues;
  readonly missing?: Uint8Array | undefined;
  readonly offsets?: Int32Array | undefined;
}

/** Flat columns: a null takes a row of its own. */
export function* flatParts(pages: Iterable<Page>): Generator<ColumnPart> {
  for (const { entries, definition, values } of pages) {
    if (!definition || values.length === entries) {
      yield { rows: entries, values };
      continue;
    }
    const missing = new Uint8Array(entries);
    const all: PageValues =
      values instanceof Float64Array ? new Float64Array(entries).fill(Number.NaN) : Array(entries).fill("");
    for (let i = 0, next = 0; i < entries; i++) {
      if (definition[i] === 0) missing[i] = 1;
      else all[i] = values[next++]!;
    }
    yield { rows: entries, values: all, missing };
  }
}

/** Lists of floats. A row may go on in the next page: the last one of each page is held back. */
export function* listParts(pages: Iterable<Page>, schemaPath: readonly SchemaTree[]): Generator<ColumnPart> {
  const levels = getMaxDefinitionLevel([...schemaPath]);
  const isOptional = schemaPath[1]!.element.repetition_type !== "REQUIRED";
  const empty = isOptional ? 1 : 0;
  let held: { values: Float64Array; missing: number } | undefined;
  for (const { entries, repetition, definition, values } of pages) {
    const before = held?.values ?? new Float64Array(0);
    const all = new Float64Array(before.length + entries).fill(Number.NaN);
    all.set(before);
    const offsets = new Int32Array(entries + 2);
    const missing = new Uint8Array(entries + 1);
    missing[0] = held?.missing ?? 0;
    let rows = held ? 1 : 0;
    let end = before.length;
    for (let i = 0, next = 0; i < entries; i++) {
      if (repetition![i] === 0) {
        offsets[rows] = end;
        missing[rows++] = isOptional && definition![i] === 0 ? 1 : 0;
      } else if (rows === 0) throw new Error("the first item of a list has no list");
      if (definition![i] === levels) all[end] = values[next++] as number;
      if (definition![i]! > empty) end++;
    }
    if (rows === 0) continue;
    const start = offsets[rows - 1]!;
    held = { values: all.slice(start, end), missing: missing[rows - 1]! };
    yield { rows: rows - 1, values: all.subarray(0, start), offsets: offsets.subarray(0, rows), missing };
  }
  if (held)
    yield {
      rows: 1,
      values: held.values,
      offsets: Int32Array.of(0, held.values.length),
      missing: Uint8Array.of(held.missing),
    };
}

/** Cells of nested values: not of all at once, they are longer than the values. */
export function* nestedParts(data: ArrayLike<unknown>): Generator<ColumnPart> {
  const ROWS = 1024;
  for (let start = 0; start < data.length; start += ROWS) {
    const rows = Math.min(ROWS, data.length - start);
    yield { rows, values: Array.from({ length: rows }, (_, i) => cellOf(data[start + i])) };
  }
}

/** Gives the next rows of a column each time, which must have so many in all. */
export function takerOf(parts: Iterator<ColumnPart>, total: number): (count: number) => ParquetColumn {
  let part: ColumnPart = { rows: 0, values: [] };
  let at = 0;
  let decoded = 0;
  function next(): void {
    const { value, done } = parts.next();
    if (!done) decoded += value.rows;
    if (done ? decoded < total : decoded > total) throw new Error(`a column has ${decoded} of ${total} rows`);
    part = done ? { rows: 0, values: [] } : value;
    at = 0;
  }
  return (count) => {
    const taken: ColumnPart[] = [];
    for (let missing = count; missing > 0; ) {
      if (at === part.rows) next();
      const rows = Math.min(missing, part.rows - at);
      if (rows > 0) taken.push(slice(part, at, at + rows));
      at += rows;
      missing -= rows;
    }
    if (decoded === total && at === part.rows) next();
    return columnOf(taken, count);
  };
}

function slice({ values, missing, offsets }: ColumnPart, start: number, end: number): ColumnPart {
  const [from, to] = offsets ? [offsets[start]!, offsets[end]!] : [start, end];
  return {
    rows: end - start,
    values: values instanceof Float64Array ? values.subarray(from, to) : values.slice(from, to),
    missing: missing?.subarray(start, end),
    offsets: offsets?.subarray(start, end + 1),
  };
}

/** The rows of all parts. Numbers become cells where other parts are cells. */
function columnOf(parts: readonly ColumnPart[], rows: number): ParquetColumn {
  if (parts.some(({ values }) => !(values instanceof Float64Array))) {
    const cells = parts.flatMap(({ values, missing }) =>
      values instanceof Float64Array ? Array.from(values, (x, i) => (missing?.[i] ? "" : String(x))) : values,
    );
    const offsets = new Int32Array(rows + 1);
    for (let i = 0; i < rows; i++) offsets[i + 1] = offsets[i]! + cells[i]!.length;
    return { kind: "texts", bytes: Buffer.from(cells.join(""), "latin1"), offsets };
  }
  const [first] = parts;
  const numbers = joined(
    parts.map(({ values }) => values as Float64Array),
    Float64Array,
  );
  const isMissing = parts.some(({ missing }) => missing);
  const missing = isMissing
    ? joined(
        parts.map((part) => part.missing ?? new Uint8Array(part.rows)),
        Uint8Array,
      )
    : undefined;
  if (!first?.offsets) return { kind: "numbers", numbers, missing };
  const offsets = new Int32Array(rows + 1);
  let row = 0;
  for (const part of parts)
    for (let i = 0, base = offsets[row]! - part.offsets![0]!; i < part.rows; i++)
      offsets[++row] = base + part.offsets![i + 1]!;
  return { kind: "lists", numbers, offsets, missing };
}

function joined<T extends Float64Array | Uint8Array>(parts: readonly T[], type: new (length: number) => T): T {
  if (parts.length === 1) return parts[0]!;
  const whole = new type(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
