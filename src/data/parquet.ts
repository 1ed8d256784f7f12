import { doubles } from "../kernels/rows.ts";
import type { Batch, Field, RowTarget } from "./batch.ts";
import { NumberPlace, TextPlace } from "./fields.ts";
import { sizeOf } from "./file.ts";
import { openParquet } from "./parquet-columns.ts";
import type { ColumnRows } from "./parquet-rows.ts";
import type { FilePart, Table } from "./table.ts";

/** At most so many rows, and about so many cells, are decoded at a time: as numbers they take 2 MB. */
const ROWS = 2048;
const CELLS = 2 ** 18;

/**
 * A table from a Parquet file, read by row groups; the line of a row is its number, from 1. Cells are as in csv: null is empty, what is nested is
 * JSON. Throws DataError where the file is damaged.
 */
export async function parquetTable(path: string): Promise<Table> {
  const { names, groups, batches: batchesOf } = await openParquet(path);
  const total = groups.reduce((sum, { rows }) => sum + rows, 0);
  async function* parts(): AsyncGenerator<FilePart> {
    for (const [group, { rows }] of groups.entries()) yield { group, size: (sizeOf(path) * rows) / total };
  }
  const size = Math.min(ROWS, Math.ceil(CELLS / names.length));
  async function* batches(part: FilePart): AsyncGenerator<Batch> {
    const { group } = part as { readonly group: number };
    let line = groups[group]!.rowStart + 1;
    for await (const columns of batchesOf(group, [...names.keys()], size)) {
      const batch = new ColumnBatch(columns, names, line);
      yield batch;
      line += batch.size;
    }
  }
  return { names, separator: "", parts: parts(), batches };
}

/** The places of the columns of a batch, used again for the next. */
const places: { readonly numbers: NumberPlace; readonly texts: TextPlace }[] = [];

class ColumnBatch implements Batch {
  readonly size: number;
  private readonly columns: readonly ColumnRows[];
  private readonly names: readonly string[];
  private readonly firstLine: number;

  constructor(columns: readonly ColumnRows[], names: readonly string[], firstLine: number) {
    this.size = columns[0]!.values.length;
    this.columns = columns;
    this.names = names;
    this.firstLine = firstLine;
  }

  line(row: number): number {
    return this.firstLine + row;
  }

  fault(): undefined {
    return undefined;
  }

  isLong(): boolean {
    return false;
  }

  numbers(columns: readonly number[], address: number): void {
    for (const [i, place] of columns.entries()) {
      const numbers = numbersOf(this.columns[place]!);
      for (let row = 0, at = address / 8 + i; row < this.size; row++, at += columns.length) doubles[at] = numbers[row]!;
    }
  }

  text(row: number, place: number): string {
    const { values, missing } = this.columns[place]!;
    if (missing?.[row]) return "";
    return values instanceof Float64Array ? String(values[row]! + 0) : String(values[row]);
  }

  fields({ json }: RowTarget): Field[] {
    return this.columns.map(({ values, missing }, i) => {
      const name = this.names[i]!;
      places[i] ??= { numbers: new NumberPlace(), texts: new TextPlace() };
      const { numbers, texts } = places[i];
      // Cells of Parquet are strings in JSON; "number or nothing" would leave out NaN and infinities beside nulls.
      const areNumbers = !json && values instanceof Float64Array;
      if (areNumbers && (missing === undefined || values.every((x, row) => missing[row] || Number.isFinite(x)))) {
        const kind = missing === undefined ? "number" : "number or nothing";
        return { kind, address: numbers.copy(values), stride: 8, name };
      }
      if (!json && values instanceof BigInt64Array && missing === undefined)
        return { kind: "integer", address: numbers.copy(values), stride: 8, name };
      const cells = Array.from({ length: this.size }, (_, row) => this.text(row, i));
      return { kind: json ? "json" : "quoted", address: texts.put(cells), stride: 8, name };
    });
  }
}

/** The rows of a column as numbers: the integers as doubles, NaN for nulls and cells. */
function numbersOf({ values, missing }: ColumnRows): Float64Array {
  if (values instanceof Float64Array) return values;
  if (Array.isArray(values)) return new Float64Array(values.length).fill(Number.NaN);
  return Float64Array.from({ length: values.length }, (_, row) => (missing?.[row] ? Number.NaN : Number(values[row])));
}
