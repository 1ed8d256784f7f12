import { closeSync, fstatSync } from "node:fs";
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { getMaxRepetitionLevel, getPhysicalColumns, isListLike } from "hyparquet/src/schema.js";
import { toBytes } from "./bytes.ts";
import { DamageError, DataError } from "./errors.ts";
import { openRegular, readFully } from "./file.ts";
import { parsers, takeText } from "./parquet-cells.ts";
import { type Page, pagesOf } from "./parquet-pages.ts";
import { type ColumnRows, flatParts, listParts, nestedParts, rowsTogether } from "./parquet-rows.ts";
import type { StoredType } from "./stored-types.ts";

interface ParquetColumns {
  /** The name of each column, in bytes. */
  readonly names: readonly string[];
  /**
   * The type of each column as the file describes it; undefined for one that is
   * nested, or of 96 bits, which is no longer written.
   */
  readonly stored: readonly (StoredType | undefined)[];
  /** Which columns have JSON as cells: integers, booleans, and what is nested. */
  readonly json: readonly boolean[];
  /** Which columns are of float32. */
  readonly singles: readonly boolean[];
  readonly groups: readonly { readonly rowStart: number; readonly rows: number }[];
  /**
   * The pages of a row group that a column has, if it is flat or a list of
   * floats. Throws DataError where it is damaged.
   */
  pages(group: number, column: number): AsyncGenerator<Page>;
  /**
   * The rows of a row group, at most `size` at a time, of the columns with these indices, then flat values of those of
   * `stored` as they are stored. Throws DataError where it is damaged.
   */
  batches(
    group: number,
    columns: readonly number[],
    size: number,
    stored?: readonly number[],
  ): AsyncGenerator<ColumnRows[], undefined>;
}

/**
 * Opens a Parquet file; at first only its description is read. Columns are decoded page by page,
 * but those that are nested, unless lists of floats, a whole row group at once. The file is open
 * while something is read. Throws DataError where it is damaged.
 */
export async function openParquet(path: string): Promise<ParquetColumns> {
  const open = () => openRegular(path, "a Parquet file");
  let fd: number | undefined = open();
  let users = 0;
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
  const file: OpenFile = { byteLength, read, slice: (start, end) => read(start, end).slice().buffer };
  const worded = (error: unknown) =>
    error instanceof DataError ? error : new DataError(`${path}: the Parquet file ${faultOf(error)}`);
  /** The same items, any failure to give them worded; the file is closed behind the last that are read. */
  async function* sound<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, undefined> {
    users++;
    try {
      yield* items;
    } catch (error) {
      throw worded(error);
    } finally {
      if (--users === 0) close();
    }
    return undefined;
  }

  const description = (asStored: boolean) => described(file, path, asStored);
  const { metadata, names, columns, groups } = await description(false)
    .catch((error) => {
      throw worded(error);
    })
    .finally(close);
  let storedColumns: readonly ColumnSchema[] | undefined;
  const compressors = await compressorsFor(metadata);

  /** The rows of a column in a row group, as they are decoded. */
  async function partsOf(group: number, column: ColumnSchema): Promise<Iterator<ColumnRows>> {
    if (column.leaf === undefined) {
      const { rowStart, rows } = groups[group]!;
      const { name } = column;
      const scan = await parquetScan({ file, metadata, columns: [name], compressors, parsers, utf8: false });
      return nestedParts(await scan.readColumn({ column: name, rowStart, rowEnd: rowStart + rows }), column.text);
    }
    const pages = leafPages(group, column, column.leaf);
    return column.schemaPath.length > 2 ? listParts(pages, column.schemaPath) : flatParts(pages);
  }

  /** The pages of a column that has one leaf. */
  function* leafPages(group: number, { name, schemaPath, text }: ColumnSchema, leaf: number) {
    const meta = metadata.row_groups[group]!.columns[leaf]?.meta_data;
    const { type } = schemaPath.at(-1)!.element;
    if (!meta || meta.type !== type) throw new DamageError(`column ${name} is of type ${meta?.type}, not ${type}`);
    const { rows } = groups[group]!;
    if (schemaPath.length === 2 && Number(meta.num_values) !== rows)
      throw new DamageError(`column ${name} has ${meta.num_values} of ${rows} rows`);
    yield* pagesOf({ meta, schemaPath, text, compressors }, read);
  }

  async function* rowsOf(group: number, wanted: readonly number[], size: number, stored: readonly number[]) {
    const parts: Iterator<ColumnRows>[] = [];
    for (const index of wanted) parts.push(await partsOf(group, columns[index]!));
    if (stored.length > 0) storedColumns ??= (await description(true)).columns;
    for (const index of stored) parts.push(await partsOf(group, storedColumns![index]!));
    yield* rowsTogether(parts, groups[group]!.rows, size);
  }

  return {
    names,
    stored: columns.map(({ stored }) => stored),
    json: columns.map(({ stored, isNested, text }) => isNested || (!text && /INT64|BOOLEAN/.test(stored?.type ?? ""))),
    singles: columns.map(({ schemaPath }) => schemaPath.at(-1)?.element.type === "FLOAT"),
    groups,
    pages: (group, index) => {
      const column = columns[index]!;
      return sound(column.leaf === undefined ? [] : leafPages(group, column, column.leaf));
    },
    batches: (group, wanted, size, stored = []) => sound(rowsOf(group, wanted, size, stored)),
  };
}

/** The description of the file; asStored: of flat columns as they are stored. */
async function described(file: OpenFile, path: string, asStored: boolean) {
  requireMarks(file, path);
  const metadata = await parquetMetadataAsync(file, { parsers, geoparquet: false });
  if (metadata.row_groups.some(({ columns }) => columns.some((column) => column.crypto_metadata)))
    throw encrypted(path);
  return describe(metadata, asStored);
}

/** hyparquet's, but for zstd the reference decoder as WebAssembly, which takes a quarter of the time. */
async function compressorsFor(metadata: FileMetaData): Promise<Compressors> {
  const { codecs } = await import("./codecs.ts");
  if (!metadata.row_groups.some(({ columns }) => columns.some((column) => column.meta_data?.codec === "ZSTD")))
    return codecs;
  const { ZSTDDecoder } = await import("zstddec");
  const zstd = new ZSTDDecoder();
  await zstd.init();
  return { ...codecs, ZSTD: (bytes, size) => zstd.decode(bytes, size) };
}

/** Throws DataError for a file that does not begin and end as Parquet does. */
function requireMarks({ byteLength, read }: OpenFile, path: string): void {
  const mark = (start: number) => Buffer.from(read(start, start + MARK.length)).toString("latin1");
  const [first, last] = byteLength >= 3 * MARK.length ? [mark(0), mark(byteLength - MARK.length)] : [];
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

interface OpenFile extends AsyncBuffer {
  read(start: number, end: number): Uint8Array;
}

/**
 * A column: where it is flat or a list of floats, its leaf, the place of that
 * among all leaves; what makes text of its values.
 */
interface ColumnSchema {
  readonly name: string;
  readonly leaf?: number | undefined;
  readonly schemaPath: readonly SchemaTree[];
  readonly stored?: StoredType | undefined;
  readonly isNested: boolean;
  readonly text?: ((value: unknown) => unknown) | undefined;
}

function describe(metadata: FileMetaData, asStored: boolean) {
  const root = parquetSchema(metadata);
  let leaves = 0;
  const columns = root.children.map((top): ColumnSchema => {
    const leaf = leaves;
    leaves += Math.max(1, getPhysicalColumns(top).length);
    const { name, repetition_type } = top.element;
    if (typeof name !== "string") throw new DamageError("a column has no name");
    const isFlat = top.children.length === 0 && repetition_type !== "REPEATED";
    const stored = isFlat && top.element.type !== "INT96" ? { ...top.element } : undefined;
    if (asStored && stored) Object.assign(top.element, { converted_type: undefined, logical_type: undefined });
    const text = takeText(top);
    const column = { name, text, isNested: !isFlat };
    if (isFlat) return { ...column, leaf, schemaPath: [root, top], stored };
    const path = top.children.length > 0 ? floatsPath(top) : [];
    return path.length > 0 ? { ...column, leaf, schemaPath: [root, ...path] } : { ...column, schemaPath: [] };
  });
  // As many rows without a cell as the file says it has would have no end.
  if (columns.length === 0) throw new DamageError("it has no columns");
  let end = 0;
  const groups = metadata.row_groups.map(({ num_rows }) => {
    end += Number(num_rows);
    return { rowStart: end - Number(num_rows), rows: Number(num_rows) };
  });
  if (!(end >= Number(metadata.num_rows))) throw new DamageError(`there are ${end} of ${metadata.num_rows} rows`);
  return { metadata, names: columns.map(({ name }) => toBytes(name)), columns, groups };
}

/** The path to the leaf of a list of floats; empty where it is none. */
function floatsPath(top: SchemaTree): SchemaTree[] {
  const path = [top];
  while (path.at(-1)!.children.length === 1) path.push(path.at(-1)!.children[0]!);
  const { element, children } = path.at(-1)!;
  const isFloat = children.length === 0 && (element.type === "DOUBLE" || element.type === "FLOAT");
  return isListLike(top) && isFloat && path.length <= 3 && getMaxRepetitionLevel(path) === 1 ? path : [];
}
