import * as zlib from "node:zlib";

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function slowly(bytes: Uint8Array, before: number): number {
  let crc = ~before;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/**
 * The CRC-32 of bytes, after those whose CRC-32 is given. zlib has it from Node 20.15 on, and starts again at no bytes.
 */
export const crc32 = (bytes: Uint8Array, before = 0): number =>
  bytes.length === 0 ? before : (zlib.crc32 ?? slowly)(bytes, before);
