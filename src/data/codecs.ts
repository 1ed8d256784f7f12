import { brotliDecompressSync, unzipSync } from "node:zlib";
import type { Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";

/**
 * What undoes each compression of a Parquet page; length is that of the page. Every one ends,
 * whatever the bytes: in hyparquet-compressors brotli reads on for ever behind the end of
 * damaged bytes, and a frame of LZ4 may have a negative length.
 */
export const codecs: Compressors = {
  ...compressors,
  GZIP: (bytes, length) => unzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
  LZ4: (bytes, length) => (isFramed(bytes) ? compressors.LZ4 : compressors.LZ4_RAW)!(bytes, length),
};

/**
 * Is it LZ4 as Hadoop writes it: frames that end with the bytes, each after the lengths of what it gives and of itself?
 */
function isFramed(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 8 <= bytes.length) at += 8 + view.getUint32(at + 4);
  return at === bytes.length;
}
