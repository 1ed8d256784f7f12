import { brotliDecompressSync, unzipSync } from "node:zlib";
import type { Compressors, FileMetaData } from "hyparquet";
import { decompressLz4, decompressLz4Raw } from "hyparquet-compressors/src/lz4.js";
import { snappyUncompressor } from "hysnappy";

/**
 * What undoes each compression of a Parquet page but zstd; length is that of the page. Every one ends, whatever the
 * bytes: a frame of LZ4 may have a negative length.
 */
export const codecs: Compressors = {
  SNAPPY: snappyUncompressor(),
  GZIP: (bytes, length) => unzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  LZ4: (bytes, length) => (isFramed(bytes) ? decompressLz4(bytes, length) : lz4Block(bytes, length)),
  LZ4_RAW: lz4Block,
};

/** A block of LZ4; of no bytes it has one, in which the decompressor would look for more. */
function lz4Block(bytes: Uint8Array, length: number): Uint8Array {
  return length === 0 ? new Uint8Array() : decompressLz4Raw(bytes, length);
}

/**
 * Is it LZ4 as Hadoop writes it: frames that end with the bytes, each after the lengths of what it gives and of itself?
 */
function isFramed(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 8 <= bytes.length) at += 8 + view.getUint32(at + 4);
  return at === bytes.length;
}

/** What undoes the compressions of a file: of zstd the reference decoder as WebAssembly, in a quarter of the time. */
export async function compressorsOf(metadata: FileMetaData): Promise<Compressors> {
  if (!metadata.row_groups.some(({ columns }) => columns.some((column) => column.meta_data?.codec === "ZSTD")))
    return codecs;
  const { ZSTDDecoder } = await import("zstddec");
  const zstd = new ZSTDDecoder();
  await zstd.init();
  return { ...codecs, ZSTD: (bytes, size) => zstd.decode(bytes, size) };
}
