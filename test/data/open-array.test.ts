import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { splitPath } from "../../src/data/array-file.ts";
import { arrayRows } from "../../src/data/arrays.ts";
import { DataError } from "../../src/data/errors.ts";
import { openArray } from "../../src/data/open-array.ts";
import { npy } from "../npy.ts";

const fixtures = new URL("../fixtures/vectors/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "arrays-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function numbersOf(path: string, text = false): Promise<number[]> {
  const array = arrayRows(await openArray(path, text));
  const all: number[] = [];
  for (let row = 0; row < array.rows; row += 7) all.push(...array.read(row, Math.min(7, array.rows - row)));
  return all;
}

function written(name: string, ...parts: (Uint8Array | string)[]): string {
  writeFileSync(join(folder, name), Buffer.concat(parts.map((part) => Buffer.from(part as string, "latin1"))));
  return join(folder, name);
}

const features = await numbersOf(`${fixtures}features.npy`);
const labels = await numbersOf(`${fixtures}labels.npy`);

// biome-ignore format: aligned by eye
test.each([
  "stored.npz:features",       "deflated.npz:features",  "fortran.npz:features",   "zip64.npz:features",      "f32.safetensors:features",
  "f16.safetensors:features",  "bf16.safetensors:features", "single.parquet:embedding", "double.parquet:embedding", "fixed.parquet:embedding",
])("%s holds the features", async (name) => {
  expect(features.length).toBe(450 * 16);
  expect(await numbersOf(fixtures + name)).toEqual(features);
});

test.each([
  "stored.npz:labels",
  "deflated.npz:labels",
  "f32.safetensors:labels",
  "double.parquet:label",
  "columns.npz:floats",
  "labels.txt",
])("%s holds the labels", async (name) => expect(await numbersOf(fixtures + name, true)).toEqual(labels));

test("three dimensions, in C and in Fortran order", async () => {
  const centres = await numbersOf(`${fixtures}columns.npz:centres`);
  expect(centres.length).toBe(10 * 3 * 16);
  expect(await numbersOf(`${fixtures}columns.npz:centres_fortran`)).toEqual(centres);
});

test("bfloat16: signed zero, infinities, NaN, the smallest and the largest", async () => {
  const items = Uint16Array.of(0x8000, 0x7f80, 0xff80, 0x7fc0, 1, 0x7f7f, 0x3dcd);
  const header = JSON.stringify({ x: { dtype: "BF16", shape: [7], data_offsets: [0, 14] } });
  const size = Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer);
  const path = written("special.safetensors", size, header, new Uint8Array(items.buffer));
  const largest = (2 - 2 ** -7) * 2 ** 127;
  expect(await numbersOf(path)).toEqual([-0, Infinity, -Infinity, NaN, 2 ** -133, largest, 0.10009765625]);
});

test("a path with a colon is a file before it is a part", async () => {
  const path = written("a:b.npy", npy("<f4", [2], Float32Array.of(1, 2)));
  expect(splitPath(path)).toEqual([path]);
  expect(splitPath(`${path}:x:y`)).toEqual([path, "x:y"]);
  expect(splitPath("/nowhere:x")).toEqual(["/nowhere:x"]);
});

test("text: blank lines, spaces, signs, decimals, a byte order mark", async () => {
  expect(await numbersOf(written("l.txt", "\xef\xbb\xbf 3\r\n\n+4\n5.0\n1e1\r-1"), true)).toEqual([3, 4, 5, 10, -1]);
});

/** A zip archive of one stored or deflated member, whose sizes and checksum can be false. */
function zip(data: Buffer, { size = data.length, method = 8, crc = 0, name = "x.npy" } = {}): Buffer {
  const packed = method === 8 ? deflateRawSync(data) : data;
  const local = Buffer.alloc(30 + name.length);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(name.length, 26);
  local.write(name, 30);
  const entry = Buffer.alloc(46 + name.length);
  entry.writeUInt32LE(0x02014b50);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(size, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.write(name, 46);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length + packed.length, 16);
  return Buffer.concat([local, packed, entry, end]);
}

const tensor = (header: string, length = BigInt(header.length)) =>
  written("t.safetensors", Buffer.from(BigUint64Array.of(length).buffer), header, new Uint8Array(8));
const small = npy("<f4", [2], Float32Array.of(1, 2));
const pickled = Buffer.concat([Buffer.from("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "latin1")]);
const flipped = (name: string, at: number) => {
  const bytes = readFileSync(fixtures + name);
  bytes[at]! ^= 16;
  return written(name, bytes);
};

describe("refused", () => {
  const all = "features, weights, labels";
  const damaged = "the file is damaged or incomplete";
  // biome-ignore format: aligned by eye
  test.each<[string, () => string, string]>([
    ["no part named",      () => `${fixtures}stored.npz`,                    `PATH holds ${all}: name one, such as PATH:features`],
    ["an unknown part",    () => `${fixtures}stored.npz:head`,               `PATH holds ${all}: there is no "head"`],
    ["a part of .npy",     () => `${fixtures}features.npy:x`,                "PATH is one array or none: leave out :x"],
    ["objects in .npz",    () => `${fixtures}columns.npz:objects`,           `PATH:objects: element type '|O' is Python objects, a pickle: convert it: python3 -c "import numpy as np; np.save('converted.npy', (lambda a: a.astype(float) if a.dtype == object else a)(np.array(np.load('PATH', allow_pickle=True)['objects'].tolist())))"`],
    ["raw bfloat16",       () => `${fixtures}columns.npz:bfloat16`,          `PATH:bfloat16: element type '|V2' is raw bytes, bfloat16 perhaps: convert it: python3 -c "import numpy as np; np.save('converted.npy', (np.load('PATH', allow_pickle=True)['bfloat16'].view('u2').astype('u4') << 16).view('f4'))"`],
    ["text of vectors",    () => written("v.csv", "1,2\n"),                  "PATH is no file of vectors: give .npy, .npz, .safetensors or Parquet"],
    ["an empty file",      () => written("e.npy", ""),                       "PATH: it does not begin with \\x93NUMPY: this is no .npy file"],
    ["stored, a bit off",  () => `${flipped("stored.npz", 5000)}:features`,  `PATH:features: it is not what its checksum says: ${damaged}`],
    ["deflated, a bit off",() => `${flipped("deflated.npz", 5000)}:features`, `PATH:features: it is not what its checksum says: ${damaged}`],
    ["an end missing",     () => written("c.npz", readFileSync(`${fixtures}stored.npz`).subarray(0, 9000)), `PATH: the end of the zip archive is missing: ${damaged}`],
    ["a false checksum",   () => written("c.npz", zip(small, { crc: 1 })),   `PATH:x: it is not what its checksum says: ${damaged}`],
    ["a size of 4 GB",     () => written("s.npz", zip(small, { size: 2 ** 32 - 2 })), `PATH:x: its parts do not fit one another: ${damaged}`],
    ["a bomb",             () => written("b.npz", zip(Buffer.alloc(2 ** 26))), "PATH:x: it does not begin with \\x93NUMPY: this is no .npy file"],
    ["another method",     () => written("m.npz", zip(small, { method: 14 })), "PATH:x is compressed by method 14: numpy stores or deflates"],
    ["an archive of texts",() => written("t.zip", zip(small, { name: "x.txt" })), "PATH holds no arrays"],
    ["a header of 2^60",   () => tensor("{}", 2n ** 60n),                    `PATH: 1152921504606847000 bytes at 8 are missing: ${damaged}`],
    ["a header of text",   () => tensor("{x"),                               `PATH: its header is no JSON: ${damaged}`],
    ["no tensors",         () => tensor("{}"),                               "PATH holds no arrays"],
    ["a tensor of nothing",() => tensor('{"x":null}'),                       `PATH:x: its type, shape or place is missing: ${damaged}`],
    ["a tensor too long",  () => tensor('{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}'), `PATH:x: it should end at byte 75, but the file ends at 71: ${damaged}`],
    ["a shape of 2^60",    () => tensor('{"x":{"dtype":"F32","shape":[1e15,1e15],"data_offsets":[0,8]}}'), `PATH:x: expected 4e+30 bytes after the header, found 8: ${damaged}`],
    ["float8",             () => tensor('{"x":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}'), "PATH:x: element type 'F8_E4M3' is not supported: use float16 to float64 or integers of 8 to 64 bits"],
    ["ragged lists",       () => `${fixtures}unfit.parquet:ragged`,          "PATH:ragged row 2 has 1 components, row 0 2"],
    ["a null list",        () => `${fixtures}unfit.parquet:null`,            "PATH:null: a value or a list is null or empty: leave such rows out"],
    ["a null in a list",   () => `${fixtures}unfit.parquet:item`,            "PATH:item: a value or a list is null or empty: leave such rows out"],
    ["a column of text",   () => `${fixtures}unfit.parquet:text`,            `PATH:text is no column of numbers or of lists of floats: number labels of text in the order of the class vectors, here that of the alphabet, convert it: python3 -c "import numpy as np; np.save('converted.npy', (lambda a: a.astype(int) if np.char.isdigit(a).all() else np.unique(a, return_inverse=True)[1])(np.stack(__import__('pandas').read_parquet('PATH')['text'])))"`],
  ])("%s", async (_, make, message) => {
    const given = make();
    const [path] = splitPath(given);
    await expect(openArray(given)).rejects.toThrow(new DataError(message.replaceAll("PATH", path)));
  });

  test.each<[string, () => string, RegExp]>([
    [
      "an old .pth",
      () => written("m.pth", pickled),
      /m\.pth is PyTorch: convert it: python3 -c "import torch, .*torch\.load\('\S+m\.pth'/,
    ],
    ["a new .pt", () => written("m.pt", zip(small, { name: "archive/data.pkl" })), /m\.pt is PyTorch: convert it/],
    ["a pickle", () => written("d.pkl", "\x80\x04\x95"), /d\.pkl is a pickle: convert it: python3 -c "import pickle, /],
    ["HDF5", () => written("m.h5", "\x89HDF\r\n\x1a\n"), /m\.h5 is HDF5: convert it: python3 -c "import h5py, /],
    ["MATLAB 5", () => written("m.mat", "MATLAB 5.0 MAT-file"), /m\.mat is a MATLAB file: .*scipy\.io/],
    ["MATLAB 7.3", () => written("m.mat", "MATLAB 7.3 MAT-file"), /m\.mat is HDF5: /],
  ])("%s, with the Python that converts it", async (_, make, message) => {
    await expect(openArray(make(), true)).rejects.toThrow(message);
  });

  test("a line of text that is no number", async () => {
    const path = written("l.txt", "1\n2\ncat\n");
    await expect(openArray(path, true)).rejects.toThrow(
      new DataError(`${path} line 3: "cat" is not a number: a text file has one a line`),
    );
  });

  test("of a header in a file of labels it is said how to leave it out", async () => {
    const path = join(folder, "headed.csv");
    writeFileSync(path, "label\n1\n2\n");
    await expect(openArray(path, true)).rejects.toThrow(
      new DataError(
        `${path} line 1: "label" is not a number: a text file has one a line; tail -n +2 ${path} leaves out a header`,
      ),
    );
  });
});
