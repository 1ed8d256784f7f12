import { closeSync, fstatSync } from "node:fs";
import type { AsyncBuffer } from "hyparquet";
import { toBytes } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { openRegular, readFully } from "./file.ts";
import { CellRecord } from "./record.ts";
import type { Table, TableBlock } from "./table.ts";

/**
 * A table from a Parquet file, read one row group at a time; the line of a record is its row, from 1. Cells are as in csv: null is
 * empty, what is nested is JSON. Throws DataError where the file is damaged.
 */
export async function parquetTable(path: string): Promise<Table> {
  const { parquetMetadataAsync, parquetScan, parquetSchema } = await import("hyparquet");
  const { codecs } = await import("./codecs.ts");
  let read = 0;
  const file = byPosition(path, (bytes) => {
    read += bytes;
  });
  const { scan, columns } = await sound(path, async () => {
    const metadata = await parquetMetadataAsync(file, { parsers, geoparquet: false });
    const columns = parquetSchema(metadata).children.map(({ element, children }) => {
      const { name, scale = 0, converted_type } = element;
      if (typeof name !== "string") throw new Error("a column has no name");
      if (converted_type !== "DECIMAL" || children.length > 0) return { name, cell: cellOf };
      if (!(Number.isInteger(scale) && scale >= 0 && scale <= MOST_PLACES))
        throw new Error(`a decimal has ${scale} places`);
      // It would be rounded to a double: what it is made of is read instead.
      Object.assign(element, { converted_type: undefined, logical_type: undefined });
      return { name, cell: (value: unknown) => decimalOf(value, scale) };
    });
    // As many records without a cell as the file says it has would have no end.
    if (columns.length === 0) throw new Error("it has no columns");
    return { scan: await parquetScan({ file, metadata, compressors: codecs, parsers, utf8: false }), columns };
  });
  async function readGroup({ rowStart, rowEnd }: (typeof scan.ranges)[number]) {
    const data = await Promise.all(columns.map(({ name }) => scan.readColumn({ column: name, rowStart, rowEnd })));
    if (data.some(({ length }) => length !== rowEnd - rowStart)) throw new Error("a column is too short or too long");
    return data;
  }
  function cellsAt(data: Awaited<ReturnType<typeof readGroup>>, i: number): string[] {
    try {
      return columns.map(({ cell }, c) => cell(data[c]![i]));
    } catch (error) {
      throw damage(path, error);
    }
  }
  async function* blocks(): AsyncGenerator<TableBlock> {
    if (scan.ranges.length === 0) yield () => {};
    for (const range of scan.ranges) {
      const data = await sound(path, () => readGroup(range));
      yield (visit) => {
        for (let i = 0; i < range.rowEnd - range.rowStart; i++) {
          visit(new CellRecord(cellsAt(data, i), range.rowStart + i + 1));
        }
      };
    }
  }
  return { names: columns.map(({ name }) => toBytes(name)), separator: "", bytesRead: () => read, blocks };
}

/** More than the digits of the longest decimal that anybody writes. */
const MOST_PLACES = 1000;

/** Whatever stops the reading of a damaged file becomes a DataError. */
async function sound<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw damage(path, error);
  }
}

const damage = (path: string, error: unknown) =>
  error instanceof DataError
    ? error
    : new DataError(`${path} is not Parquet, damaged, or of a kind that is not read: ${(error as Error).message}`);

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

/** ISO 8601, with every digit of a count of so many units a millisecond. */
const instantOf = (units: bigint) => (count: bigint) => {
  const rest = ((count % units) + units) % units;
  const digits = String(units + rest).slice(1);
  return new Date(Number((count - rest) / units)).toISOString().replace("Z", `${digits}Z`);
};

const parsers = {
  timestampFromMilliseconds: instantOf(1n),
  timestampFromMicroseconds: instantOf(1000n),
  timestampFromNanoseconds: instantOf(1_000_000n),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
  // Its text, not what it stands for.
  jsonFromBytes: (bytes: Uint8Array) => bytes,
};

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  if (typeof value !== "object") return toBytes(String(value));
  return toBytes(JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item)));
}

/** The decimal with these digits, places of them after the point; many digits come as a big-endian integer. */
function decimalOf(value: unknown, places: number): string {
  if (value === null || value === undefined) return "";
  const digits =
    value instanceof Uint8Array
      ? BigInt.asIntN(8 * value.length, BigInt(`0x${Buffer.from(value).toString("hex")}`))
      : BigInt(value as number);
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, "0");
  const point = text.length - places;
  return `${digits < 0n ? "-" : ""}${text.slice(0, point)}${places > 0 ? `.${text.slice(point)}` : ""}`;
}
