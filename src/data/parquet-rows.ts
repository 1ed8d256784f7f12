import type { SchemaTree } from "hyparquet";
import { getMaxDefinitionLevel } from "hyparquet/src/schema.js";
import { DamageError } from "./errors.ts";
import { cellOf } from "./parquet-cells.ts";
import type { Page, PageValues } from "./parquet-pages.ts";

/**
 * Some rows of a column, whose kind can change from one batch to the next: doubles or integers, so that String(number)
 * is the cell; or cells in bytes, not quoted. A null is NaN or 0 and 0 in `present`, or an empty cell.
 */
export interface ColumnRows {
  readonly values: PageValues;
  readonly present?: Uint8Array | undefined;
}

/** Flat columns: a null takes a row of its own. */
export function* flatParts(pages: Iterable<Page>): Generator<ColumnRows> {
  for (const { entries, definition, values } of pages) {
    if (!definition || values.length === entries) {
      yield { values };
      continue;
    }
    const all: PageValues = Array.isArray(values)
      ? Array(entries).fill("")
      : values instanceof Float64Array
        ? new Float64Array(entries).fill(Number.NaN)
        : new BigInt64Array(entries);
    for (let i = 0, next = 0; i < entries; i++) if (definition[i] === 1) all[i] = values[next++]!;
    yield { values: all, present: definition };
  }
}

/**
 * Lists of floats as JSON, where a NaN is null too. A row may go on in the
 * next page: the last one of each page is held back.
 */
export function* listParts(pages: Iterable<Page>, schemaPath: readonly SchemaTree[]): Generator<ColumnRows> {
  const levels = getMaxDefinitionLevel([...schemaPath]);
  const isOptional = schemaPath[1]!.element.repetition_type !== "REQUIRED";
  const empty = isOptional ? 1 : 0;
  let lists: (unknown[] | null)[] = [];
  const cells = () => lists.map((items) => (items === null ? "" : JSON.stringify(items)));
  for (const { entries, repetition, definition, values } of pages) {
    for (let i = 0, next = 0; i < entries; i++) {
      const level = definition![i]!;
      if (repetition![i] === 0) lists.push(isOptional && level === 0 ? null : []);
      else if (lists.length === 0) throw new DamageError("the first item of a list has no list");
      if (level > empty) lists.at(-1)?.push(level === levels ? values[next++] : null);
    }
    const held = lists.splice(-1);
    yield { values: cells() };
    lists = held;
  }
  yield { values: cells() };
}

/** Cells of nested values: not of all at once, they are longer than the values. */
export function* nestedParts(data: ArrayLike<unknown>, text = (value: unknown) => value): Generator<ColumnRows> {
  const ROWS = 1024;
  for (let start = 0; start < data.length; start += ROWS) {
    const rows = Math.min(ROWS, data.length - start);
    yield { values: Array.from({ length: rows }, (_, i) => cellOf(text(data[start + i]))) };
  }
}

/**
 * Rows of several columns at a time, at most so many and all within one part of each.
 * Throws DamageError for a column of another length than total.
 */
export function* rowsTogether(columns: readonly Iterator<ColumnRows>[], total: number, size: number) {
  const none: ColumnRows = { values: [] };
  const reading = columns.map((rest) => ({ rest, part: none, used: 0, decoded: 0 }));
  function readNext(column: (typeof reading)[number]): void {
    const { value, done } = column.rest.next();
    if (!done) column.decoded += value.values.length;
    if (done ? column.decoded < total : column.decoded > total)
      throw new DamageError(`a column has ${column.decoded} of ${total} rows`);
    [column.part, column.used] = [done ? none : value, 0];
  }
  for (let row = 0, count = 0; row < total; row += count) {
    count = Math.min(size, total - row);
    for (const column of reading) {
      while (column.used === column.part.values.length) readNext(column);
      count = Math.min(count, column.part.values.length - column.used);
    }
    yield reading.map((column) => {
      const { values, present } = column.part;
      const [from, to] = [column.used, column.used + count];
      column.used = to;
      const some = Array.isArray(values) ? values.slice(from, to) : values.subarray(from, to);
      return { values: some, present: present?.subarray(from, to) };
    });
  }
  for (const column of reading) readNext(column);
}
