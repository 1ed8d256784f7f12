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
import { getMaxDefinitionLevel, getPhysicalColumns, isListLike } from "hyparquet/src/schema.js";
import { toBytes } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { openRegular, readFully } from "./file.ts";
import { cellOf, parsers } from "./parquet-cells.ts";
import { type Page, pagesOf, type Values } from "./parquet-pages.ts";

/**
 * Some rows of a column. The kind can change from one batch to the next.
 * numbers: doubles, or integers within 2^53, so that String(number) is the cell. A null is NaN and 1 in `missing`; its cell is empty.
 * lists: row i has numbers[offsets[i]] to numbers[offsets[i + 1]]; its cell is the JSON of that array, and empty where `missing` is 1.
 * A null in a list is NaN: both are null in JSON.
 * texts: the cell of row i is bytes[offsets[i]] to bytes[offsets[i + 1]], not quoted; that of a null is empty.
 */
export type Column =
  | { readonly kind: "numbers"; readonly numbers: Float64Array; readonly missing?: Uint8Array | undefined }
  | {
      readonly kind: "lists";
      readonly numbers: Float64Array;
      readonly offsets: Int32Array;
      readonly missing?: Uint8Array | undefined;
    }
  | { readonly kind: "texts"; readonly bytes: Uint8Array; readonly offsets: Int32Array };

export interface ParquetColumns {
  /** The name of each column, in bytes. */
  readonly names: readonly string[];
  readonly groups: readonly { readonly rowStart: number; readonly rows: number }[];
  /** How many bytes of the file were read. */
  bytesRead(): number;
  /** The rows of a row group, at most `size` at a time, of the columns with these indices. Throws DataError where it is damaged. */
  batches(group: number, columns: readonly number[], size: number): AsyncGenerator<Column[]>;
}

/** Rows of a column as they are decoded: a value each, or where there are offsets a list of values each. */
interface Part {
  readonly rows: number;
  readonly values: Values;
  readonly missing?: Uint8Array | undefined;
  readonly offsets?: Int32Array | undefined;
}

/**
 * Opens a Parquet file; at first only its description is read. Columns are decoded page by page, but those that are nested, unless
 * lists of floats, a whole row group at once. Throws DataError where the file is damaged.
 */
export async function openParquet(path: string): Promise<ParquetColumns> {
  let bytesRead = 0;

  /** Yields what `use` yields, which has the file open meanwhile. */
  async function* withFile<T>(use: (file: OpenFile) => AsyncGenerator<T, undefined>): AsyncGenerator<T, undefined> {
    const fd = openRegular(path, "a Parquet file");
    const byteLength = fstatSync(fd).size;
    let scratch = new Uint8Array(0);
    /** Bytes of the file, valid until the next are read. */
    function read(start: number, end = byteLength): Uint8Array {
      if (!(start >= 0 && start <= end && end <= byteLength)) throw new Error(`there are no bytes ${start} to ${end}`);
      if (scratch.length < end - start) scratch = new Uint8Array(end - start);
      const bytes = scratch.subarray(0, end - start);
      readFully(fd, path, bytes, start);
      // The beginning of a page is read twice.
      bytesRead = Math.min(bytesRead + bytes.length, byteLength);
      return bytes;
    }
    try {
      return yield* use({ byteLength, read, slice: (start, end) => read(start, end).slice().buffer });
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError(
        `${path} is not Parquet, damaged, or of a kind that is not read: ${(error as Error).message}`,
      );
    } finally {
      closeSync(fd);
    }
  }

  const described = withFile(async function* (file) {
    yield describe(await parquetMetadataAsync(file, { parsers, geoparquet: false }));
    return undefined;
  });
  const { metadata, names, columns, groups } = (await described.next()).value!;
  await described.return(undefined);
  const compressors = await compressorsFor(metadata);

  /** The rows of a column in a row group, as they are decoded. */
  async function partsOf(
    file: OpenFile,
    group: number,
    { name, leaf, schemaPath, places }: ColumnSchema,
  ): Promise<Iterator<Part>> {
    const { rowStart, rows } = groups[group]!;
    if (leaf === undefined) {
      const scan = await parquetScan({ file, metadata, columns: [name], compressors, parsers, utf8: false });
      return nestedParts(await scan.readColumn({ column: name, rowStart, rowEnd: rowStart + rows }));
    }
    const meta = metadata.row_groups[group]!.columns[leaf]?.meta_data;
    const { type } = schemaPath.at(-1)!.element;
    if (!meta || meta.type !== type) throw new Error(`column ${name} is of type ${meta?.type}, not ${type}`);
    const pages = pagesOf({ meta, schemaPath, places, compressors }, file.read);
    if (schemaPath.length > 2) return listParts(pages, schemaPath);
    if (Number(meta.num_values) !== rows) throw new Error(`column ${name} has ${meta.num_values} of ${rows} rows`);
    return flatParts(pages);
  }

  return {
    names,
    groups,
    bytesRead: () => bytesRead,
    batches: (group, wanted, size) =>
      withFile(async function* (file) {
        const { rows } = groups[group]!;
        const takers: ((count: number) => Column)[] = [];
        for (const index of wanted) takers.push(takerOf(await partsOf(file, group, columns[index]!), rows));
        for (let done = 0; done < rows; done += size) yield takers.map((take) => take(Math.min(size, rows - done)));
        return undefined;
      }),
  };
}

/** hyparquet's, but for zstd the reference decoder as WebAssembly, which takes a quarter of the time. */
async function compressorsFor(metadata: FileMetaData): Promise<Compressors> {
  const { compressors } = await import("hyparquet-compressors");
  if (!metadata.row_groups.some(({ columns }) => columns.some((column) => column.meta_data?.codec === "ZSTD")))
    return compressors;
  const { ZSTDDecoder } = await import("zstddec");
  const zstd = new ZSTDDecoder();
  await zstd.init();
  return { ...compressors, ZSTD: (bytes, size) => zstd.decode(bytes, size) };
}

interface OpenFile extends AsyncBuffer {
  read(start: number, end: number): Uint8Array;
}

/** A column: where it is flat or a list of floats, its leaf, the place of that among all leaves, and the places of a decimal. */
interface ColumnSchema {
  readonly name: string;
  readonly leaf?: number | undefined;
  readonly schemaPath: readonly SchemaTree[];
  readonly places?: number | undefined;
}

function describe(metadata: FileMetaData) {
  const root = parquetSchema(metadata);
  let leaves = 0;
  const columns = root.children.map((top): ColumnSchema => {
    const leaf = leaves;
    leaves += Math.max(1, getPhysicalColumns(top).length);
    const { name, scale = 0, converted_type, repetition_type } = top.element;
    if (top.children.length > 0) {
      const schemaPath = [root, ...floatsPath(top)];
      return { name, leaf: schemaPath.length > 1 ? leaf : undefined, schemaPath };
    }
    if (repetition_type === "REPEATED") return { name, schemaPath: [] };
    if (converted_type !== "DECIMAL") return { name, leaf, schemaPath: [root, top] };
    // It would be rounded to a double: what it is made of is read instead.
    Object.assign(top.element, { converted_type: undefined, logical_type: undefined });
    return { name, leaf, schemaPath: [root, top], places: scale };
  });
  let end = 0;
  const groups = metadata.row_groups.map(({ num_rows }) => {
    end += Number(num_rows);
    return { rowStart: end - Number(num_rows), rows: Number(num_rows) };
  });
  if (end !== Number(metadata.num_rows)) throw new Error(`there are ${end} of ${metadata.num_rows} rows`);
  return { metadata, names: columns.map(({ name }) => toBytes(name)), columns, groups };
}

/** The path to the leaf of a list of floats; empty where it is none. */
function floatsPath(top: SchemaTree): SchemaTree[] {
  const path = [top];
  while (path.at(-1)!.children.length === 1) path.push(path.at(-1)!.children[0]!);
  const [, repeated, item, more] = path;
  const isList = isListLike(top) && !more && top.element.repetition_type !== "REPEATED";
  const isOne = repeated?.element.repetition_type === "REPEATED" && item?.element.repetition_type !== "REPEATED";
  const { type = "", children } = { ...path.at(-1)!.element, children: path.at(-1)!.children };
  return isList && isOne && children.length === 0 && (type === "DOUBLE" || type === "FLOAT") ? path : [];
}

function* flatParts(pages: Iterable<Page>): Generator<Part> {
  for (const { entries, definition, values } of pages) {
    if (!definition || values.length === entries) {
      yield { rows: entries, values };
      continue;
    }
    const missing = new Uint8Array(entries);
    const all: Values =
      values instanceof Float64Array ? new Float64Array(entries).fill(Number.NaN) : Array(entries).fill("");
    for (let i = 0, next = 0; i < entries; i++) {
      if (definition[i] === 0) missing[i] = 1;
      else all[i] = values[next++]!;
    }
    yield { rows: entries, values: all, missing };
  }
}

/** A row may go on in the next page: the last one of each page is held back. */
function* listParts(pages: Iterable<Page>, schemaPath: readonly SchemaTree[]): Generator<Part> {
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
function* nestedParts(data: ArrayLike<unknown>): Generator<Part> {
  const ROWS = 1024;
  for (let start = 0; start < data.length; start += ROWS) {
    const rows = Math.min(ROWS, data.length - start);
    yield { rows, values: Array.from({ length: rows }, (_, i) => cellOf(data[start + i])) };
  }
}

/** Gives the next rows of a column each time, which must have so many in all. */
function takerOf(parts: Iterator<Part>, total: number): (count: number) => Column {
  let part: Part = { rows: 0, values: [] };
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
    const taken: Part[] = [];
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

function slice({ values, missing, offsets }: Part, start: number, end: number): Part {
  const [from, to] = offsets ? [offsets[start]!, offsets[end]!] : [start, end];
  return {
    rows: end - start,
    values: values instanceof Float64Array ? values.subarray(from, to) : values.slice(from, to),
    missing: missing?.subarray(start, end),
    offsets: offsets?.subarray(start, end + 1),
  };
}

/** The rows of all parts. Numbers become cells where other parts are cells. */
function columnOf(parts: readonly Part[], rows: number): Column {
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
