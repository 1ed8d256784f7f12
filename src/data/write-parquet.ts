import type { ConvertedType, SchemaElement } from "hyparquet";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import { isPlain, type StoredType } from "./stored-types.ts";

export interface StoredColumn {
  readonly name: string;
  readonly type: StoredType;
}

/** Some rows, column by column; null is an empty cell. */
export type StoredRows = readonly (readonly unknown[])[];

/**
 * About so many bytes of values make a row group; of few rows, which would
 * cost a reader more than they hold, more bytes.
 */
const GROUP = { bytes: 2 ** 22, fewRows: 4096, mostBytes: 2 ** 26 };

/**
 * A Parquet file of flat columns, in pieces, a row group each as soon as its rows are
 * there. Values are as they are stored: text is bytes.
 */
export async function* parquetFile(
  columns: readonly StoredColumn[],
  batches: AsyncIterable<StoredRows> | Iterable<StoredRows>,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter(2 ** 20);
  const root: SchemaElement = { name: "root", num_children: columns.length };
  const named = columns.map(({ name, type }) => ({ ...told(type), name, repetition_type: "OPTIONAL" as const }));
  const stored = named.map(({ converted_type: _, logical_type: __, ...physical }) => physical);
  const writer = new ParquetWriter({ writer: bytes, schema: [root, ...stored], createdBy: "asoftmax" });
  /** The bytes since the last call, valid until more are written. */
  const written = () => {
    const piece = bytes.getBytes();
    bytes.index = 0;
    return piece;
  };
  let group = columns.map((): unknown[] => []);
  let size = 0;
  const writeGroup = () => {
    const columnData = columns.map(({ name, type }, i) => ({ name, data: group[i]!, statistics: isPlain(type) }));
    writer.write({ columnData, rowGroupSize: group[0]!.length });
    group = columns.map(() => []);
    size = 0;
  };
  for await (const rows of batches) {
    for (const [i, values] of rows.entries()) {
      for (const value of values) {
        group[i]!.push(value);
        size += value instanceof Uint8Array ? value.length + 8 : 8;
      }
    }
    if (size < (group[0]!.length < GROUP.fewRows ? GROUP.mostBytes : GROUP.bytes)) continue;
    writeGroup();
    yield written();
  }
  if (size > 0) writeGroup();
  // What the values stand for is told at the end: before, it would make the writer convert them.
  writer.schema = [root, ...named];
  writer.finish();
  yield written();
}

/**
 * An integer's width by its older name: hyparquet-writer 0.17 writes the
 * newer one in four bytes, where readers take one.
 */
function told({ logical_type, ...type }: StoredType): StoredType {
  if (logical_type?.type !== "INTEGER") return { ...type, ...(logical_type && { logical_type }) };
  const { isSigned, bitWidth } = logical_type;
  return { ...type, converted_type: `${isSigned ? "" : "U"}INT_${bitWidth}` as ConvertedType };
}
