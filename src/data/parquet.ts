import { doubles, integers, Region } from "../kernels/rows.ts";
import type { Batch, Field, RowTarget } from "./batch.ts";
import { TextPlace } from "./fields.ts";
import { sizeOf } from "./file.ts";
import { openParquet } from "./parquet-columns.ts";
import type { ParquetColumn } from "./parquet-rows.ts";
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
const places: { readonly values: Region; readonly spans: Region; readonly texts: TextPlace }[] = [];

class ColumnBatch implements Batch {
  readonly size: number;
  private readonly columns: readonly ParquetColumn[];
  private readonly names: readonly string[];
  private readonly firstLine: number;

  constructor(columns: readonly ParquetColumn[], names: readonly string[], firstLine: number) {
    const [first] = columns as [ParquetColumn];
    this.size = first.kind !== "numbers" ? first.offsets.length - 1 : first.numbers.length;
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
      const column = this.columns[place]!;
      const numbers = column.kind === "numbers" ? column.numbers : undefined;
      for (let row = 0, at = address / 8 + i; row < this.size; row++, at += columns.length)
        doubles[at] = numbers === undefined ? Number.NaN : numbers[row]!;
    }
  }

  text(row: number, place: number): string {
    const column = this.columns[place]!;
    if (column.kind === "texts") return latin1(column.bytes, column.offsets[row]!, column.offsets[row + 1]!);
    if (column.missing?.[row]) return "";
    if (column.kind === "numbers") return String(column.numbers[row]! + 0);
    return JSON.stringify([...column.numbers.subarray(column.offsets[row], column.offsets[row + 1])]);
  }

  fields({ json }: RowTarget): Field[] {
    return this.columns.map((column, i) => {
      const name = this.names[i]!;
      places[i] ??= { values: new Region(), spans: new Region(), texts: new TextPlace() };
      const { values, spans, texts } = places[i];
      // Cells of Parquet are strings in JSON.
      const kind = json ? "json" : "quoted";
      if (column.kind === "texts") return { kind, address: putSpans(column, values, spans), stride: 8, name };
      const areAllNumbers =
        column.missing === undefined || column.numbers.every((x, row) => column.missing![row] || Number.isFinite(x));
      if (column.kind === "lists" || json || !areAllNumbers) {
        const cells = Array.from({ length: this.size }, (_, row) => this.text(row, i));
        return { kind, address: texts.put(cells), stride: 8, name };
      }
      const address = values.reserve(8 * this.size);
      doubles.set(column.numbers, address / 8);
      return { kind: column.missing === undefined ? "number" : "number or nothing", address, stride: 8, name };
    });
  }
}

const latin1 = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");

/** Puts texts into the memory of the row kernel, and gives the address of their starts and ends. */
function putSpans(
  { bytes, offsets }: Extract<ParquetColumn, { kind: "texts" }>,
  values: Region,
  spans: Region,
): number {
  const first = offsets[0]!;
  const start = values.put(bytes.subarray(first, offsets.at(-1)!)) - first;
  const address = spans.reserve(8 * offsets.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    integers[address / 4 + 2 * row] = start + offsets[row]!;
    integers[address / 4 + 2 * row + 1] = start + offsets[row + 1]!;
  }
  return address;
}
