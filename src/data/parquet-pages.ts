import type { ColumnMetaData, Compressors, Encoding, PageHeader, SchemaTree } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { convert, DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { decompressPage, readDataPage } from "hyparquet/src/datapage.js";
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from "hyparquet/src/schema.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { crc32 } from "./crc32.ts";
import { DamageError } from "./errors.ts";
import { cellOf, parsers } from "./parquet-cells.ts";

/** Doubles and what a double holds; integers of 64 bits; a column with any others comes as cells. */
export type PageValues = Float64Array | BigInt64Array | string[];

/**
 * What a data page holds: so many entries, the levels of each where the
 * schema has levels, and the values that are not null.
 */
export interface Page {
  readonly entries: number;
  readonly repetition?: Uint8Array | undefined;
  readonly definition?: Uint8Array | undefined;
  readonly values: PageValues;
}

/** A column chunk: where it lies, and the schema from the root to its leaf. */
interface ColumnChunk {
  readonly meta: ColumnMetaData;
  readonly schemaPath: readonly SchemaTree[];
  readonly compressors: Compressors;
  /** What makes text of a value, where its type says more than what is stored. */
  readonly text?: ((value: unknown) => unknown) | undefined;
}

/** The first of these many bytes is tried for a page header; one with long statistics needs more. */
const HEADER = 1024;

/**
 * The data pages of a column chunk, one at a time. `read` gives bytes of the file, which are valid until it is called
 * again. Throws where they do not fit one another.
 */
export function* pagesOf(chunk: ColumnChunk, read: (start: number, end: number) => Uint8Array): Generator<Page> {
  const { meta } = chunk;
  const data = Number(meta.data_page_offset);
  let start = Math.min(Number(meta.dictionary_page_offset) || data, data);
  let end = start + Number(meta.total_compressed_size);
  let dictionary: PageValues | undefined;
  let entries = 0;
  while (entries < meta.num_values) {
    const { header, length } = headerAt(start, end, read);
    start += length;
    const size = requireSize("a compressed page", header.compressed_page_size, end - start);
    requireSize("a page", header.uncompressed_page_size, Number(meta.total_uncompressed_size));
    const bytes = read(start, start + size);
    start += size;
    if (header.crc !== undefined && (crc32(bytes) | 0) !== (header.crc | 0))
      throw new DamageError("a page has not the checksum that is stored with it");
    if (header.dictionary_page_header) {
      const whole = decompressed(chunk, bytes, header.uncompressed_page_size);
      // Old writers left this header out of the size of the chunk.
      end += length;
      dictionary = valuesOf(chunk, whole, header.dictionary_page_header.num_values, "PLAIN");
    } else {
      const page = dataPage(chunk, bytes, header, Number(meta.num_values) - entries, dictionary);
      entries += page.entries;
      yield page;
    }
  }
}

function headerAt(start: number, end: number, read: (start: number, end: number) => Uint8Array) {
  for (let tried = HEADER; ; tried *= 16) {
    const bytes = read(start, Math.min(start + tried, end));
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
    try {
      return { header: parquetHeader(reader), length: reader.offset };
    } catch (error) {
      if (start + tried >= end) throw error;
    }
  }
}

function requireSize(name: string, size: number | undefined, most: number): number {
  if (!(size! >= 0 && size! <= most)) throw new DamageError(`${name} has ${Number(size)} of ${most} bytes`);
  return size!;
}

/** A data page of either version, of at most so many entries. */
function dataPage(chunk: ColumnChunk, bytes: Uint8Array, header: PageHeader, most: number, dictionary?: PageValues) {
  const v1 = header.data_page_header;
  const v2 = header.data_page_header_v2;
  if (!v1 && !v2) throw new DamageError(`a page is of type ${header.type}`);
  const { num_values: entries, encoding } = (v1 ?? v2)!;
  if (!(entries >= 0 && entries <= most)) throw new DamageError(`a page has ${entries} of ${most} values`);

  let rest = v1 ? decompressed(chunk, bytes, header.uncompressed_page_size) : bytes;
  /** Takes the levels of the entries, which begin with their length in bytes or have it in the header. */
  function takeLevels(highest: number, encoding: Encoding | undefined, length = 0): Uint8Array | undefined {
    if (v1 && highest === 0) return undefined;
    if (v1 && encoding !== "RLE") throw new DamageError(`levels encoded as ${encoding} are not read`);
    const from = v1 ? 4 : 0;
    const end = from + requireSize("the levels", v1 ? viewOf(rest).getUint32(0, true) : length, rest.length - from);
    const levels = new Uint8Array(highest > 0 ? entries : 0);
    readHybrid(rest.subarray(from, end), 32 - Math.clz32(highest), levels, highest + 1);
    rest = rest.subarray(end);
    return highest > 0 ? levels : undefined;
  }
  const path = [...chunk.schemaPath];
  const [depth, full] = [getMaxRepetitionLevel(path), getMaxDefinitionLevel(path)];
  const repetition = takeLevels(depth, v1?.repetition_level_encoding, v2?.repetition_levels_byte_length);
  const definition = takeLevels(full, v1?.definition_level_encoding, v2?.definition_levels_byte_length);
  const size = header.uncompressed_page_size - (bytes.length - rest.length);
  if (v2) rest = v2.is_compressed === false ? rest.slice() : decompressed(chunk, rest, size);
  // Numbers at the beginning of a buffer are taken as they lie, others are copied once more.
  const from = rest.byteOffset;
  rest = new Uint8Array(rest.buffer).copyWithin(0, from, from + rest.length).subarray(0, rest.length);
  let count = entries;
  if (definition) for (let i = 0; i < entries; i++) if (definition[i] !== full) count--;
  const dictionaried = encoding.endsWith("_DICTIONARY");
  const values = dictionaried ? lookedUp(rest, count, dictionary) : valuesOf(chunk, rest, count, encoding);
  return { entries, repetition, definition, values };
}

/** The page of this size, in memory of its own. */
function decompressed({ meta, compressors }: ColumnChunk, bytes: Uint8Array, size: number): Uint8Array {
  if (size === 0) return new Uint8Array(0);
  const page = decompressPage(meta.codec === "UNCOMPRESSED" ? bytes.slice() : bytes, size, meta.codec, compressors);
  // From Node 24 on what zlib gives may lie between other buffers.
  return page.byteOffset === 0 ? page : new Uint8Array(page);
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

let scratch = new Uint32Array(0);

/** The values that so many indices into the dictionary stand for; the first byte is the width of an index. */
function lookedUp(bytes: Uint8Array, count: number, dictionary: PageValues | undefined): PageValues {
  if (!dictionary) throw new DamageError("a page needs a dictionary, and there is none");
  if (scratch.length < count) scratch = new Uint32Array(count);
  const indices = scratch.subarray(0, count);
  if (count > 0) readHybrid(bytes.subarray(1), bytes[0]!, indices, dictionary.length);
  if (Array.isArray(dictionary)) return Array.from(indices, (index) => dictionary[index]!);
  const values = dictionary instanceof Float64Array ? new Float64Array(count) : new BigInt64Array(count);
  for (let i = 0; i < count; i++) values[i] = dictionary[indices[i]!]!;
  return values;
}

/** PageValues in an encoding without dictionary, which must fill the bytes where their size tells. */
function valuesOf(chunk: ColumnChunk, bytes: Uint8Array, count: number, encoding: Encoding): PageValues {
  if (count === 0) return new Float64Array(0);
  const { meta, schemaPath, text } = chunk;
  const { element } = schemaPath.at(-1)!;
  // Without a path it reads no levels.
  const decoder = { ...meta, element, schemaPath: [], pathInSchema: [], parsers: allParsers, utf8: false };
  if (encoding === "DELTA_BINARY_PACKED") requireDeltas(bytes, count);
  const data = readDataPage(bytes, { ...UNUSED, num_values: count, encoding }, decoder).dataPage;
  if (data.length !== count) throw new DamageError(`a page has ${data.length} of ${count} values`);
  if (encoding === "PLAIN" || encoding === "BYTE_STREAM_SPLIT") requireFilled(data, bytes);
  if (text) return Array.from(data as ArrayLike<unknown>, (value) => text(value) as string);
  const values = convert(data, decoder);
  return numbersOf(values) ?? Array.from(values as ArrayLike<unknown>, cellOf);
}

const allParsers = { ...DEFAULT_PARSERS, ...parsers };
const UNUSED = { definition_level_encoding: "RLE", repetition_level_encoding: "RLE" } as const;

/** PageValues of a fixed size fill their page, and the last of the others ends with it. */
function requireFilled(data: ArrayLike<unknown>, bytes: Uint8Array): void {
  const last = data[data.length - 1];
  const end = last instanceof Uint8Array ? last.byteOffset + last.length - bytes.byteOffset : bytes.length;
  const size = ArrayBuffer.isView(data) ? data.byteLength : end;
  if (size !== bytes.length)
    throw new DamageError(`a page of ${data.length} values has ${bytes.length} bytes, not ${size}`);
}

/** The head of packed differences: values a block, blocks of it, and how many values there are. */
function requireDeltas(bytes: Uint8Array, count: number): void {
  const reader = { view: viewOf(bytes), offset: 0 };
  const [block, parts, total] = [readVarInt(reader), readVarInt(reader), readVarInt(reader)];
  if (!(block > 0 && parts > 0 && block % (32 * parts) === 0 && total === count))
    throw new DamageError(`differences of ${total} values, ${block} in a block of ${parts}, are not ${count} values`);
}

/** Undefined where there are others than doubles and integers of 64 bits with a sign. */
function numbersOf(values: unknown): Float64Array | BigInt64Array | undefined {
  if (values instanceof Float64Array || values instanceof BigInt64Array) return values;
  // float16
  if (Array.isArray(values) && values.every((x) => typeof x === "number")) return Float64Array.from(values);
  if (!(values instanceof BigUint64Array))
    return ArrayBuffer.isView(values) ? new Float64Array(values as Float32Array | Int32Array | Uint32Array) : undefined;
  const signed = new BigInt64Array(values.buffer, values.byteOffset, values.length);
  return signed.every((x) => x >= 0n) ? signed : undefined;
}

/**
 * Fills out with integers below limit, of so many bits each, from runs of one value and runs of packed ones. Source:
 * Parquet, "Run Length Encoding / Bit-Packing Hybrid".
 */
export function readHybrid(bytes: Uint8Array, width: number, out: Uint8Array | Uint32Array, limit: number): void {
  // A wider one would not fit an int32 beside the bits left of the byte before.
  if (!(width <= 24)) throw new DamageError(`indices of ${width} bits are not read`);
  const reader = { view: viewOf(bytes), offset: 0 };
  const mask = 2 ** width - 1;
  let greatest = 0;
  for (let done = 0; done < out.length; ) {
    const head = readVarInt(reader) >>> 0;
    const count = head & 1 ? Math.min((head >>> 1) * 8, out.length - done) : head >>> 1;
    if (!(count > 0 && count <= out.length - done))
      throw new DamageError(`a run has ${count} of ${out.length - done} values`);
    let at = reader.offset;
    const end = at + (head & 1 ? Math.ceil((count * width) / 8) : Math.ceil(width / 8));
    if (end > bytes.length) throw new DamageError("a run ends outside its page");
    if (head & 1) {
      reader.offset = Math.min(at + (head >>> 1) * width, bytes.length);
      for (let i = done, bits = 0, left = 0; i < done + count; i++) {
        for (; left < width; left += 8) bits |= bytes[at++]! << left;
        const value = bits & mask;
        bits >>>= width;
        left -= width;
        out[i] = value;
        if (value > greatest) greatest = value;
      }
    } else {
      let value = 0;
      for (let shift = 0; at < end; shift += 8) value |= bytes[at++]! << shift;
      reader.offset = end;
      out.fill(value, done, done + count);
      if (value > greatest) greatest = value;
    }
    done += count;
  }
  if (out.length > 0 && greatest >= limit) throw new DamageError(`an index is ${greatest}, of ${limit}`);
}
