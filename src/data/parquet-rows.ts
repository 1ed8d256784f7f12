import type { SchemaTree } from "hyparquet";
import { getMaxDefinitionLevel } from "hyparquet/src/schema.js";
import { DamageError } from "./errors.ts";
import { cellOf } from "./parquet-cells.ts";
import type { Page, PageValues } from "./parquet-pages.ts";

/**
 * Some rows of a column, whose kind can change from one batch to the next: doubles or integers, so that String(number) is the cell; or
 * cells in bytes, not quoted. A null is NaN or 0 and 1 in `missing`, or an empty cell.
 */
export interface ColumnRows {
  readonly values: PageValues;
  readonly missing?: Uint8Array | undefined;
}

/** Flat columns: a null takes a row of its own. */
export function* flatParts(pages: Iterable<Page>): Generator<ColumnRows> {
  for (const { entries, definition, values } of pages) {
    if (!definition || values.length === entries) {
      yield { values };
      continue;
    }
    const missing = new Uint8Array(entries);
    const all: PageValues = Array.isArray(values)
      ? Array(entries).fill("")
      : values instanceof Float64Array
        ? new Float64Array(entries).fill(Number.NaN)
        : new BigInt64Array(entries);
    for (let i = 0, next = 0; i < entries; i++) {
      if (definition[i] === 0) missing[i] = 1;
      else all[i] = values[next++]!;
    }
    yield { values: all, missing };
  }
}

/** Lists of floats as JSON, where a NaN is null too. A row may go on in the next page: the last one of each page is held back. */
export function* listParts(pages: Iterable<Page>, schemaPath: readonly SchemaTree[]): Generator<ColumnRows> {
  const levels = getMaxDefinitionLevel([...schemaPath]);
  const isOptional = schemaPath[1]!.element.repetition_type !== "REQUIRED";
  const empty = isOptional ? 1 : 0;
  let lists: { readonly items: unknown[]; readonly isNull: boolean }[] = [];
  const cells = () => lists.map(({ items, isNull }) => (isNull ? "" : JSON.stringify(items)));
  for (const { entries, repetition, definition, values } of pages) {
    for (let i = 0, next = 0; i < entries; i++) {
      const level = definition![i]!;
      if (repetition![i] === 0) lists.push({ items: [], isNull: isOptional && level === 0 });
      else if (lists.length === 0) throw new DamageError("the first item of a list has no list");
      if (level > empty) lists.at(-1)!.items.push(level === levels ? values[next++] : null);
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

/** Gives the next rows of a column each time, which must have so many in all. */
export function takerOf(parts: Iterator<ColumnRows>, total: number): (count: number) => ColumnRows {
  let part: ColumnRows = { values: [] };
  let at = 0;
  let decoded = 0;
  function next(): void {
    const { value, done } = parts.next();
    if (!done) decoded += value.values.length;
    if (done ? decoded < total : decoded > total) throw new DamageError(`a column has ${decoded} of ${total} rows`);
    part = done ? { values: [] } : value;
    at = 0;
  }
  return (count) => {
    const taken: ColumnRows[] = [];
    for (let wanted = count; wanted > 0; ) {
      if (at === part.values.length) next();
      const end = Math.min(at + wanted, part.values.length);
      const { values, missing } = part;
      const some = Array.isArray(values) ? values.slice(at, end) : values.subarray(at, end);
      if (end > at) taken.push({ values: some, missing: missing?.subarray(at, end) });
      wanted -= end - at;
      at = end;
    }
    if (decoded === total && at === part.values.length) next();
    return joined(taken, count);
  };
}

/** The rows of all parts, so many. Numbers become cells where parts are of several kinds; one without any value is of every kind. */
function joined(parts: readonly ColumnRows[], rows: number): ColumnRows {
  const [first, more] = parts;
  if (first !== undefined && more === undefined) return first;
  const isFull = ({ missing }: ColumnRows) => missing === undefined || missing.includes(0);
  const kinds = new Set(parts.filter(isFull).map(({ values }) => values.constructor));
  const missing = parts.some((part) => part.missing) ? new Uint8Array(rows) : undefined;
  const numbers = kinds.has(BigInt64Array) ? new BigInt64Array(rows) : new Float64Array(rows).fill(Number.NaN);
  const areCells = kinds.size > 1 || kinds.has(Array);
  let end = 0;
  for (const part of parts) {
    if (!areCells && isFull(part)) numbers.set(part.values as Float64Array & BigInt64Array, end);
    missing?.set(part.missing ?? [], end);
    end += part.values.length;
  }
  return { values: areCells ? parts.flatMap(cellsOf) : numbers, missing };
}

function cellsOf({ values, missing }: ColumnRows): string[] {
  return Array.from<unknown, string>(values, (x, i) => (missing?.[i] ? "" : String(x)));
}
