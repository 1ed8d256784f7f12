/** The bytes of a .npy file (version 1, C order). */
export function npy(dtype: string, shape: readonly number[], data: Float32Array | Int32Array): Buffer {
  const dimensions = shape.map((n) => `${n},`).join(" ");
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const start = Buffer.from(`\x93NUMPY\x01\x00  ${header.padEnd(117)}\n`, "latin1");
  start.writeUInt16LE(118, 8);
  return Buffer.concat([start, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}
