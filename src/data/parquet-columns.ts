import { closeSync, fstatSync } from "node:fs";
import type { AsyncBuffer, FileMetaData, SchemaTree } from "hyparquet";
import { parquetMetadataAsync, parquetScan, parquetSchema } from "hyparquet";
import { getMaxRepetitionLevel, getPhysicalColumns, isListLike } from "hyparquet/src/schema.js";
import { toBytes } from "./bytes.ts";
import { compressorsOf } from "./codecs.ts";
import { DamageError, DataError } from "./errors.ts";
import { openRegular, readFully } from "./file.ts";
import { parsers, takeText } from "./parquet-cells.ts";
import { type Page, pagesOf } from "./parquet-pages.ts";
import { type ColumnRows, flatParts, listParts, nestedParts, rowsTogether } from "./parquet-rows.ts";
import type { StoredType } from "./stored-types.ts";

/**
 * Opens a Parquet file; at first only its description is read. Columns are decoded page by page,
 * but those that are nested, unless lists of floats, a whole row group at once. The file is open
 * while something is read. Throws DataError where it is damaged.
 */
export async function openParquet(path: string) {
  const open = () => openRegular(path, "a Parquet file");
  let fd: number | undefined = open();
  const byteLength = fstatSync(fd).size;
  let scratch = new Uint8Array(0);
  /** Bytes of the file, valid until the next are read. */
  function read(start: number, end = byteLength): Uint8Array {
    if (!(start >= 0 && start <= end && end <= byteLength))
      throw new DamageError(`there are no bytes ${start} to ${end}`);
    if (scratch.length < end - start) scratch = new Uint8Array(end - start);
    const bytes = scratch.subarray(0, end - start);
    fd ??= open();
    readFully(fd, path, bytes, start);
    return bytes;
  }
  function close(): void {
    if (fd !== undefined) closeSync(fd);
    [fd, scratch] = [undefined, new Uint8Array(0)];
  }
  const file: AsyncBuffer = { byteLength, slice: (start, end) => read(start, end).slice().buffer };
  const worded = (error: unknown) =>
    error instanceof DataError ? error : new DataError(`${path}: the Parquet file ${faultOf(error)}`);
  /** The same items, any failure to give them worded; the file is closed behind them. */
  async function* sound<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, undefined> {
    try {
      yield* items;
    } catch (error) {
      throw worded(error);
    } finally {
      close();
    }
    return undefined;
  }

  const { metadata, columns, groups } = await described(file, path)
    .catch((error) => {
      throw worded(error);
    })
    .finally(close);
  const compressors = await compressorsOf(metadata);

  /** The rows of a column in a row group, as they are decoded. */
  async function partsOf(group: number, column: ColumnSchema): Promise<Iterator<ColumnRows>> {
    const { name, schemaPath, text } = column;
    if (schemaPath.length > 2) return listParts(leafPages(group, column), schemaPath);
    if (schemaPath.length > 0) return flatParts(leafPages(group, column));
    const { rowStart, rows } = groups[group]!;
    const scan = await parquetScan({ file, metadata, columns: [name], compressors, parsers, utf8: false });
    return nestedParts(await scan.readColumn({ column: name, rowStart, rowEnd: rowStart + rows }), text);
  }

  /** The pages of a column that has one leaf. */
  function* leafPages(group: number, { name, schemaPath, leaf, text }: ColumnSchema) {
    const meta = metadata.row_groups[group]!.columns[leaf]?.meta_data;
    const { type } = schemaPath.at(-1)!.element;
    if (!meta || meta.type !== type) throw new DamageError(`column ${name} is of type ${meta?.type}, not ${type}`);
    const { rows } = groups[group]!;
    if (schemaPath.length === 2 && Number(meta.num_values) !== rows)
      throw new DamageError(`column ${name} has ${meta.num_values} of ${rows} rows`);
    yield* pagesOf({ meta, schemaPath, text, compressors }, read);
  }

  async function* rowsOf(group: number, wanted: readonly ColumnSchema[], size: number) {
    const parts: Iterator<ColumnRows>[] = [];
    for (const column of wanted) parts.push(await partsOf(group, column));
    yield* rowsTogether(parts, groups[group]!.rows, size);
  }

  return {
    columns,
    groups,
    /**
     * The pages of a row group that a column has, if it is flat or a list of
     * floats. Throws DataError where it is damaged.
     */
    pages(group: number, index: number): AsyncGenerator<Page> {
      const column = columns[index]!;
      return sound(column.schemaPath.length === 0 ? [] : leafPages(group, column));
    },
    /**
     * The rows of a row group, at most `size` at a time, of the columns with these indices, then flat values of those of
     * `stored` as they are stored. Throws DataError where it is damaged.
     */
    batches(group: number, wanted: readonly number[], size: number, stored: readonly number[] = []) {
      const read = [...wanted.map((i) => columns[i]!), ...stored.map((i) => asStored(columns[i]!))];
      return sound(rowsOf(group, read, size));
    },
  };
}

/** The description of the file. */
async function described(file: AsyncBuffer, path: string) {
  await requireMarks(file, path);
  const metadata = await parquetMetadataAsync(file, { parsers, geoparquet: false });
  if (metadata.row_groups.some(({ columns }) => columns.some((column) => column.crypto_metadata)))
    throw encrypted(path);
  let end = 0;
  const groups = metadata.row_groups.map(({ num_rows }) => {
    end += Number(num_rows);
    return { rowStart: end - Number(num_rows), rows: Number(num_rows) };
  });
  const columns = columnsOf(metadata);
  // As many rows without a cell as the file says it has would have no end.
  if (columns.length === 0) throw new DamageError("it has no columns");
  if (!(end >= Number(metadata.num_rows))) throw new DamageError(`there are ${end} of ${metadata.num_rows} rows`);
  return { metadata, columns, groups };
}

/** Throws DataError for a file that does not begin and end as Parquet does. */
async function requireMarks({ byteLength, slice }: AsyncBuffer, path: string): Promise<void> {
  const mark = async (start: number) => Buffer.from(await slice(start, start + MARK.length)).toString("latin1");
  const [first, last] = byteLength >= 3 * MARK.length ? [await mark(0), await mark(byteLength - MARK.length)] : [];
  if (first === ENCRYPTED || last === ENCRYPTED) throw encrypted(path);
  if (first !== MARK && last !== MARK) throw new DataError(`${path} is not a Parquet file`);
  if (last !== MARK) throw new DamageError("its end is missing, where its columns are described");
}

const MARK = "PAR1";
const ENCRYPTED = "PARE";
const encrypted = (path: string) => new DataError(`${path}: the Parquet file is encrypted: give one that is not`);

/**
 * What is wrong with a Parquet file, from what its readers threw. Of their
 * words only those that speak of the format are told.
 */
function faultOf(error: unknown): string {
  const { message } = error as Error;
  if (/string (longer|length)/.test(message)) return "has a value that is too long to be read";
  if (/allocation failed/.test(message)) return "is damaged, or takes more memory than there is";
  if (/undefined|null|NaN/.test(message)) return DAMAGED;
  if (/unsupported|not supported|are not read/i.test(message))
    return `is of a kind that is not read: ${message.replace(/^parquet /, "")}`;
  return error instanceof DamageError || /^(parquet|the) /.test(message)
    ? `is damaged: ${message.replace(/^parquet /, "a ")}`
    : DAMAGED;
}

const DAMAGED = "is damaged: its parts do not fit one another";

/** A column; where it is flat or a list of floats, it is read by the pages of its one leaf. */
export interface ColumnSchema {
  readonly name: string;
  /** The same in bytes. */
  readonly nameBytes: string;
  /** The place of its first leaf among all leaves. */
  readonly leaf: number;
  /** From the root to its leaf; empty where it is nested otherwise. */
  readonly schemaPath: readonly SchemaTree[];
  /** The type as the file describes it; undefined for what is nested, or of 96 bits, which is no longer written. */
  readonly stored?: StoredType | undefined;
  /** Are its cells JSON: integers, booleans, and what is nested? */
  readonly isJson: boolean;
  /** What makes text of its values. */
  readonly text?: ((value: unknown) => unknown) | undefined;
}

function columnsOf(metadata: FileMetaData): ColumnSchema[] {
  const root = parquetSchema(metadata);
  let leaves = 0;
  return root.children.map((top) => {
    const leaf = leaves;
    leaves += Math.max(1, getPhysicalColumns(top).length);
    const { name, repetition_type, type } = top.element;
    if (typeof name !== "string") throw new DamageError("a column has no name");
    const isFlat = top.children.length === 0 && repetition_type !== "REPEATED";
    const stored = isFlat && type !== "INT96" ? { ...top.element } : undefined;
    const text = takeText(top);
    const path = isFlat ? [top] : floatsPath(top);
    const schemaPath = path.length > 0 ? [root, ...path] : [];
    const isJson = !isFlat || (text === undefined && (type === "INT64" || type === "BOOLEAN"));
    return { name, nameBytes: toBytes(name), leaf, schemaPath, stored, isJson, text };
  });
}

/** A flat column of which the values are read as they are stored, whatever they stand for. */
function asStored(column: ColumnSchema): ColumnSchema {
  const schemaPath = column.schemaPath.map((node) => {
    const { converted_type: _, logical_type: __, ...element } = node.element;
    return { ...node, element };
  });
  return { ...column, schemaPath, text: undefined };
}

/** The path to the leaf of a list of floats; empty where it is none. */
function floatsPath(top: SchemaTree): SchemaTree[] {
  const path = [top];
  while (path.at(-1)!.children.length === 1) path.push(path.at(-1)!.children[0]!);
  const { element, children } = path.at(-1)!;
  const isFloat = children.length === 0 && (element.type === "DOUBLE" || element.type === "FLOAT");
  const isShort = path.length === 2 || path.length === 3;
  return isShort && isFloat && isListLike(top) && getMaxRepetitionLevel(path) === 1 ? path : [];
}
