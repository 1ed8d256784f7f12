import { closeSync, fstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type ArrayRows, arrayRows } from "../../src/data/arrays.ts";
import { DataError } from "../../src/data/errors.ts";
import { openRegular } from "../../src/data/file.ts";
import { npyArray } from "../../src/data/npy.ts";

const fixtures = new URL("../fixtures/npy/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "npy-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A .npy file of that header and data, in a file of its own. */
function written(header: string, data: Uint8Array, version = 1): string {
  const text = Buffer.from(`${header}\n`, version === 3 ? "utf8" : "latin1");
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(text.length, 0, length.length);
  return file(
    Buffer.concat([Buffer.from(`\x93NUMPY${String.fromCharCode(version, 0)}`, "latin1"), length, text, data]),
  );
}

function file(bytes: Uint8Array | string): string {
  const path = join(folder, "x.npy");
  writeFileSync(path, bytes);
  return path;
}

interface Npy extends ArrayRows {
  readonly shape: readonly number[];
  close(): void;
}

function openNpy(path: string): Npy {
  const fd = openRegular(path, "a file of numbers");
  const array = npyArray({ name: path, python: `np.load('${path}')`, fd, start: 0, end: fstatSync(fd).size });
  return { ...arrayRows(array), shape: array.shape, close: () => closeSync(fd) };
}

const header = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
const bytesOf = (array: NodeJS.TypedArray) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** All the elements, read in blocks of that many rows. */
function elements(npy: Npy, step = 2): number[] {
  const all: number[] = [];
  for (let row = 0; row < npy.rows; row += step) all.push(...npy.read(row, Math.min(step, npy.rows - row)));
  npy.close();
  return all;
}

const VALUES = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 127];

describe("files written by numpy", () => {
  const types = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"];
  const names = types.flatMap((t) => ["little-c", "little-fortran", "big-c", "big-fortran"].map((o) => `${t}-${o}`));

  test.each([...names, "version-1", "version-2", "version-3"])("%s", (name) => {
    for (const step of [1, 3, 4]) {
      const npy = openNpy(`${fixtures}${name}.npy`);
      expect([npy.shape, npy.rows, npy.cols]).toEqual([[4, 3], 4, 3]);
      expect(elements(npy, step)).toEqual(VALUES);
    }
  });

  test("one dimension is one column", () => {
    const npy = openNpy(`${fixtures}one-dimension.npy`);
    expect([npy.shape, npy.rows, npy.cols]).toEqual([[4], 4, 1]);
    expect(elements(npy, 3)).toEqual([2, 8, 34, 127]);
  });

  test("no rows", () => expect(elements(openNpy(`${fixtures}no-rows.npy`))).toEqual([]));

  test("halves: rounding, signed zero, the smallest, infinities, NaN", () => {
    const expected = [0.0999755859375, -0, 2 ** -24, 65504, Infinity, -Infinity, NaN, 0.333251953125];
    expect(elements(openNpy(`${fixtures}halves.npy`), 3)).toEqual(expected);
  });
});

test("doubles stay doubles", () => {
  const data = bytesOf(Float64Array.of(0.1, 1e300, -5e-324, NaN));
  for (const fortran of ["False", "True"]) {
    expect(elements(openNpy(written(header("<f8", "(4,)", fortran), data)))).toEqual([0.1, 1e300, -5e-324, NaN]);
  }
});

// biome-ignore format: aligned by eye
test.each<[string, BigInt64Array | BigUint64Array, string, string]>([
  ["<i8", BigInt64Array.of(1n, -(2n ** 53n) + 1n, 2n ** 53n),     "False", "element [2] is 9007199254740992"],
  ["<i8", BigInt64Array.of(1n, 2n, -(2n ** 63n)),                 "True",  "element [2] is -9223372036854775808"],
  ["<u8", BigUint64Array.of(2n ** 64n - 1n, 1n, 2n),              "False", "element [0] is 18446744073709551615"],
])("an integer of %s beyond 2^53 is an error", (descr, data, fortran, message) => {
  const npy = openNpy(written(header(descr, "(3,)", fortran), bytesOf(data)));
  expect(() => elements(npy)).toThrow(new DataError(`${folder}/x.npy: ${message}: integers must lie within 2^53`));
  npy.close();
});

test("the place of a large integer in two dimensions, C and Fortran order", () => {
  const data = BigInt64Array.of(0n, 0n, 0n, 0n, 2n ** 60n, 0n);
  for (const [fortran, place] of [
    ["False", "[1, 1]"],
    ["True", "[0, 2]"],
  ] as const) {
    const npy = openNpy(written(header("<i8", "(2, 3)", fortran), bytesOf(data)));
    expect(() => elements(npy)).toThrow(`element ${place} is 1152921504606846976`);
    npy.close();
  }
});

const six = new Uint8Array(24);

// biome-ignore format: aligned by eye
test.each<[string, () => string, string]>([
  ["empty file",        () => file(""),                                           "it does not begin with \\x93NUMPY: this is no .npy file"],
  ["other file",        () => file("PK\x03\x04 and so on"),                       "it does not begin with \\x93NUMPY: this is no .npy file"],
  ["only the magic",    () => file(Buffer.from("\x93NUMPY", "latin1")),           "the file ends after 6 bytes, within the header"],
  ["version 4",         () => written(header("<f4", "(2, 3)"), six, 4),           "format version 4.0 is not supported: it must be 1.0, 2.0 or 3.0"],
  ["header cut off",    () => file(readFileSync(`${fixtures}f4-little-c.npy`).subarray(0, 50)), "the header should have 118 bytes, but the file ends after 40"],
  ["header too long",   () => written(" ".repeat(70000), six, 2),                 "the header has 70001 bytes: at most 65535 are supported"],
  ["header no dict",    () => written("[1, 2]", six),                             "the header is not a dict of descr, fortran_order and shape"],
  ["empty dict",        () => written("{}", six),                                 "the header is not a dict of descr, fortran_order and shape"],
  ["a key missing",     () => written("{'descr': '<f4', 'shape': (2, 3)}", six),  "the header is not a dict of descr, fortran_order and shape"],
  ["a key too many",    () => written("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), '__proto__': True}", six), "the header is not a dict of descr, fortran_order and shape"],
  ["values mixed up",   () => written("{'descr': True, 'fortran_order': '<f4', 'shape': (2, 3)}", six), "the header is not a dict of descr, fortran_order and shape"],
  ["negative shape",    () => written(header("<f4", "(-2, 3)"), six),             "the header is not a dict of descr, fortran_order and shape"],
  ["text after",        () => written(`${header("<f4", "(2, 3)")} x`, six),       "the header is not a dict of descr, fortran_order and shape"],
  ["line ends in it",   () => written(header("<f4\n", "(2, 3)"), six),            "the header is not a dict of descr, fortran_order and shape"],
  ["inherited name",    () => written(header("<constructor", "(2, 3)"), six),     "element type '<constructor' is not supported: use float16 to float64 or integers of 8 to 64 bits"],
  ["booleans",          () => `${fixtures}booleans.npy`,                          "element type '|b1' is not supported: use float16 to float64 or integers of 8 to 64 bits"],
  ["complex",           () => `${fixtures}complex.npy`,                           "element type '<c8' is not supported: use float16 to float64 or integers of 8 to 64 bits"],
  ["objects",           () => `${fixtures}objects.npy`,                           "element type '|O' is Python objects, a pickle: convert it: python3 -c \"import numpy as np; np.save('converted.npy', (lambda a: a.astype(float) if a.dtype == object else a)(np.array(np.load('PATH', allow_pickle=True).tolist())))\""],
  ["structured",        () => `${fixtures}structured.npy`,                        "element type 'structured' is not supported: use float16 to float64 or integers of 8 to 64 bits"],
  ["no dimension",      () => written(header("<f4", "()"), six),                  "the shape is (): it must have one to three dimensions, and columns"],
  ["four dimensions",   () => written(header("<f4", "(1, 2, 3, 1)"), six),        "the shape is (1, 2, 3, 1): it must have one to three dimensions, and columns"],
  ["no columns",        () => written(header("<f4", "(2, 0)"), six),              "the shape is (2, 0): it must have one to three dimensions, and columns"],
  ["truncated",         () => written(header("<f4", "(2, 3)"), six.subarray(1)),  "expected 24 bytes after the header, found 23: the file is damaged or incomplete"],
  ["overlong",          () => written(header("<f4", "(5,)"), six),                "expected 20 bytes after the header, found 24: the file is damaged or incomplete"],
  ["endless",           () => written(header("<f4", `(${"9".repeat(400)}, 3)`), six), "expected Infinity bytes after the header, found 24: the file is damaged or incomplete"],
])("refused: %s", (_, make, reason) => {
  const path = make();
  expect(() => openNpy(path)).toThrow(new DataError(`${path}: ${reason.replace("PATH", path)}`));
});

test("refused: no such file, a directory", () => {
  expect(() => openNpy("/nowhere/x.npy")).toThrow(
    new DataError("cannot read /nowhere/x.npy: no such file or directory"),
  );
  expect(() => openNpy(folder)).toThrow(
    new DataError(`${folder} is not a regular file: a file of numbers is read by position`),
  );
});

// biome-ignore format: aligned by eye
test.each([
  ["double quotes",       '{"descr": "<f4", "fortran_order": False, "shape": (2, 3)}'],
  ["another order",       "{'shape':(2,3),'descr':'<f4','fortran_order':False}"],
  ["Python 2's integers", "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }    "],
  ["native byte order",   "{'descr': '=f4', 'fortran_order': False, 'shape': (2, 3), }"],
])("a header with %s", (_, text) => {
  expect(elements(openNpy(written(text, bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6)))))).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a file that shrinks while it is read, rows that are not there", () => {
  const path = written(header("<f4", "(2, 3)"), six);
  const npy = openNpy(path);
  expect(() => npy.read(1, 2)).toThrow("end of the block is 3: it must lie from 2 to 2");
  writeFileSync(path, "");
  expect(() => npy.read(0, 2)).toThrow(new DataError(`${path}: the file became shorter while it was read`));
  npy.close();
});

/** A seeded generator of whole numbers below n (Park and Miller). */
function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 48271) % 2147483647;
    return state % n;
  };
}

test("300 mutated files: read, or refused by a DataError of one line", () => {
  const random = generator(6);
  const names = readdirSync(fixtures);
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    let bytes = Buffer.from(readFileSync(fixtures + names[random(names.length)]));
    for (let changes = 1 + random(4); changes > 0; changes--) {
      const at = random(random(2) ? bytes.length : Math.min(128, bytes.length));
      const kind = random(4);
      if (kind === 0) bytes = bytes.subarray(0, at + 1);
      else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(random(256)), bytes.subarray(at)]);
      else
        bytes[at] =
          kind === 2
            ? bytes[at]! ^ (1 << random(8))
            : "0123456789(),:'\"[]{} <>|=fiuTrueFalse"[random(37)]!.charCodeAt(0);
    }
    try {
      elements(openNpy(file(bytes)));
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).message).not.toMatch(/[\n\r]/);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(100);
  expect(refused).toBeLessThan(300);
});
