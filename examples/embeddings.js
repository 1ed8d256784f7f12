// Writes embeddings.npz: 5 class vectors of 8 components, and for each class 12 features around its vector, from a fixed seed.
import { writeFileSync } from "node:fs";
import { crc32 } from "node:zlib";

const [CLASSES, SAMPLES, SIZE] = [5, 60, 8];
let state = 1704;
/** The next pseudorandom number in [0, 1) (mulberry32). */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const normals = (count, size) => Array.from({ length: count }, () => size * normal());

const weights = normals(CLASSES * SIZE, 1);
const labels = Array.from({ length: SAMPLES }, (_, i) => i % CLASSES);
const features = labels.flatMap((label) => {
  const length = 5 + 5 * random();
  const own = weights.slice(label * SIZE, (label + 1) * SIZE);
  return normals(SIZE, 0.12).map((noise, i) => length * (own[i] / Math.hypot(...own) + noise));
});

/** An array as a .npy file. */
function npy(type, shape, data) {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape},), }`;
  const padded = `${header.padEnd(128 - 10 - 1)}\n`;
  const begins = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
  begins.writeUInt16LE(padded.length, 8);
  return Buffer.concat([begins, Buffer.from(padded), Buffer.from(data.buffer)]);
}

const files = Object.entries({
  "features.npy": npy("<f4", [SAMPLES, SIZE], Float32Array.from(features)),
  "weights.npy": npy("<f4", [CLASSES, SIZE], Float32Array.from(weights)),
  "labels.npy": npy("<i4", [SAMPLES], Int32Array.from(labels)),
});
const pieces = [];
const directory = [];
let offset = 0;
for (const [name, bytes] of files) {
  // Version 2.0, stored, 1 January 1980.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(33, 8);
  common.writeUInt32LE(crc32(bytes), 10);
  common.writeUInt32LE(bytes.length, 14);
  common.writeUInt32LE(bytes.length, 18);
  common.writeUInt16LE(name.length, 22);
  pieces.push(Buffer.from("PK\x03\x04"), common, Buffer.from(name), bytes);
  const place = Buffer.alloc(14);
  place.writeUInt32LE(offset, 10);
  directory.push(Buffer.from("PK\x01\x02\x14\x00"), common, place, Buffer.from(name));
  offset += 4 + common.length + name.length + bytes.length;
}
const end = Buffer.alloc(18);
end.writeUInt16LE(files.length, 4);
end.writeUInt16LE(files.length, 6);
end.writeUInt32LE(Buffer.concat(directory).length, 8);
end.writeUInt32LE(offset, 12);
const zip = Buffer.concat([...pieces, ...directory, Buffer.from("PK\x05\x06"), end]);
writeFileSync(new URL("embeddings.npz", import.meta.url), zip);
