import { closeSync, fstatSync } from "node:fs";
import type { AsyncBuffer } from "hyparquet";
import { toBytes } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { openRegular, readFully } from "./file.ts";
import { cellOf, decimalOf, parsers } from "./parquet-cells.ts";
import { CellRecord } from "./record.ts";
import type { Table, TableBlock } from "./table.ts";

/**
 * A table from a Parquet file, read one row group at a time; the line of a record is its row, from 1. Cells are as in csv: null is
 * empty, what is nested is JSON. Throws DataError where the file is damaged.
 */
export async function parquetTable(path: string): Promise<Table> {
  const { parquetMetadataAsync, parquetScan, parquetSchema } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  let read = 0;
  const file = byPosition(path, (bytes) => {
    read += bytes;
  });
  const { scan, columns } = await sound(path, async () => {
    const metadata = await parquetMetadataAsync(file, { parsers, geoparquet: false });
    const columns = parquetSchema(metadata).children.map(({ element, children }) => {
      const { name, scale = 0, converted_type } = element;
      if (converted_type !== "DECIMAL" || children.length > 0) return { name, cell: cellOf };
      // It would be rounded to a double: what it is made of is read instead.
      Object.assign(element, { converted_type: undefined, logical_type: undefined });
      return { name, cell: (value: unknown) => decimalOf(value, scale) };
    });
    return { scan: await parquetScan({ file, metadata, compressors, parsers, utf8: false }), columns };
  });
  async function readGroup({ rowStart, rowEnd }: (typeof scan.ranges)[number]) {
    const data = await Promise.all(columns.map(({ name }) => scan.readColumn({ column: name, rowStart, rowEnd })));
    if (data.some(({ length }) => length !== rowEnd - rowStart)) throw new Error("a column is too short or too long");
    return data;
  }
  async function* blocks(): AsyncGenerator<TableBlock> {
    if (scan.ranges.length === 0) yield () => {};
    for (const range of scan.ranges) {
      const data = await sound(path, () => readGroup(range));
      yield (visit) => {
        for (let i = 0; i < range.rowEnd - range.rowStart; i++) {
          const cells = columns.map(({ cell }, c) => cell(data[c]![i]));
          visit(new CellRecord(cells, range.rowStart + i + 1));
        }
      };
    }
  }
  return { names: columns.map(({ name }) => toBytes(name)), separator: "", bytesRead: () => read, blocks };
}

/** Whatever stops the reading of a damaged file becomes a DataError. */
async function sound<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${path} is not Parquet, damaged, or of a kind that is not read: ${(error as Error).message}`);
  }
}

/** The bytes of a file as hyparquet asks for them; those that are read are told. */
function byPosition(path: string, told: (bytes: number) => void): AsyncBuffer {
  const opened = <T>(use: (fd: number) => T): T => {
    const fd = openRegular(path, "a Parquet file");
    try {
      return use(fd);
    } finally {
      closeSync(fd);
    }
  };
  const byteLength = opened((fd) => fstatSync(fd).size);
  return {
    byteLength,
    slice(start, end = byteLength) {
      if (!(start >= 0 && start <= end && end <= byteLength)) throw new Error(`there are no bytes ${start} to ${end}`);
      const bytes = new Uint8Array(end - start);
      opened((fd) => readFully(fd, path, bytes, start));
      told(bytes.length);
      return bytes.buffer;
    },
  };
}
