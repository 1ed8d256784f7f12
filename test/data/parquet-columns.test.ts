import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { type ColumnMetaData, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../src/data/errors.ts";
import { cellOf, parsers } from "../../src/data/parquet-cells.ts";
import { openParquet } from "../../src/data/parquet-columns.ts";
import { pagesOf, readHybrid } from "../../src/data/parquet-pages.ts";

const folder = mkdtempSync(join(tmpdir(), "parquet-columns-"));
afterAll(() => rmSync(folder, { recursive: true }));

const database = await (await DuckDBInstance.create(":memory:")).connect();

async function written(query: string, options = ""): Promise<string> {
  const path = join(folder, `${Math.random()}.parquet`);
  await database.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`);
  return path;
}

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/parquet/${name}.parquet`, import.meta.url));

/** Every value of a column, as the numbers and cells that it comes as, and the kinds in order. */
async function read(path: string, name: string, size: number) {
  const file = await openParquet(path);
  const index = file.columns.findIndex((column) => column.name === name);
  const kinds: string[] = [];
  const found: unknown[] = [];
  for (const group of file.groups.keys())
    for await (const [column] of file.batches(group, [index], size)) {
      const { values, present } = column!;
      const kind = Array.isArray(values) ? "texts" : values instanceof Float64Array ? "numbers" : "integers";
      if (kind !== kinds.at(-1)) kinds.push(kind);
      for (let i = 0; i < values.length; i++) found.push(present?.[i] === 0 ? null : values[i]);
    }
  return { kinds: kinds.join(" "), values: found };
}

/** The same as hyparquet reads it. */
async function plain(path: string, name: string) {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const rows = await parquetReadObjects({ file, compressors, parsers, utf8: false, columns: [name] });
  return rows.map((row) => row[name]);
}

/** What hyparquet reads, as the kind that is read. */
function like(value: unknown, read: unknown): unknown {
  if (typeof read === "string") return cellOf(value);
  if (typeof read === "number") return Number(value);
  if (typeof read === "bigint") return BigInt(value as bigint);
  return value ?? null;
}

describe("as hyparquet reads them, in batches of any size", () => {
  const duck = written(
    `SELECT random() AS double, i::FLOAT / 3 AS float, i AS int, 9223372036854770000 + i AS big, (i % 3)::INTEGER AS few,
      i::UINTEGER + 4000000000 AS unsigned, CASE WHEN i % 3 = 0 THEN NULL ELSE i / 7 END AS nulls, i % 2 = 0 AS yes,
      'a' || (i % 9) AS text, (TIMESTAMP '2020-01-01' + INTERVAL (i) SECOND)::TIMESTAMPTZ AS time, [i / 2, NULL] AS list, {'a': i} AS struct
    FROM range(5000) t(i)`,
    ", ROW_GROUP_SIZE 2048, PARQUET_VERSION v2",
  );
  const unsigned = written(
    "SELECT (9223372036854773760::HUGEINT + i)::UBIGINT AS large FROM range(4096) t(i)",
    ", ROW_GROUP_SIZE 2048",
  );
  // biome-ignore format: a table
  const table: [file: string, column: string, kinds: string][] = [
    ["duck", "double", "numbers"], ["duck", "float", "numbers"], ["duck", "int", "integers"], ["duck", "big", "integers"],
    ["duck", "few", "numbers"], ["duck", "unsigned", "numbers"], ["duck", "nulls", "numbers"], ["duck", "yes", "texts"],
    ["duck", "text", "texts"], ["duck", "time", "texts"], ["duck", "list", "texts"], ["duck", "struct", "texts"],
    ...["v1", "v2", "encodings"].flatMap((file): [string, string, string][] => [
      [file, "double", "numbers"], [file, "few", "numbers"], [file, "float", "numbers"], [file, "int", "integers"],
      [file, "null", "numbers"], [file, "text", "texts"], [file, "list", "texts"],
    ]),
    ["encodings", "big", "integers"],
    ["unsigned", "large", "integers texts"],
    ["required", "double", "numbers"], ["required", "list", "texts"],
  ];

  test.each(table)("%s %s", async (file, name, kinds) => {
    const path = file === "duck" ? await duck : file === "unsigned" ? await unsigned : fixture(file);
    const expected = await plain(path, name);
    for (const size of [1, 64, 10_000]) {
      const got = await read(path, name, size);
      expect(got.values).toEqual(expected.map((value, i) => like(value, got.values[i])));
      if (size === 1) expect(got.kinds).toBe(kinds);
    }
  });
});

test("a group of no rows, no columns, the columns in the order asked for", async () => {
  const file = await openParquet(await written("SELECT 1.0::DOUBLE AS a, 2.0::DOUBLE AS b"));
  const { value: columns } = await file.batches(0, [1, 0], 5).next();
  expect(columns!.map(({ values }) => [...values])).toEqual([[2], [1]]);
  expect((await openParquet(await written("SELECT 1.0 AS a LIMIT 0"))).groups.every(({ rows }) => rows === 0)).toBe(
    true,
  );
});

describe("runs and packed integers", () => {
  // biome-ignore format: a table
  const table: [name: string, bytes: number[], width: number, count: number, expected: number[] | string][] = [
    ["a run",                [6, 5],                     3,  3, [5, 5, 5]],
    ["the example",          [3, 0x88, 0xc6, 0xfa],      3,  8, [0, 1, 2, 3, 4, 5, 6, 7]],
    ["both",                 [3, 0x88, 0xc6, 0xfa, 2, 1], 3, 9, [0, 1, 2, 3, 4, 5, 6, 7, 1]],
    ["the last not packed",  [3, 0x88, 0xc6],            3,  5, [0, 1, 2, 3, 4]],
    ["no bits",              [8],                        0,  4, [0, 0, 0, 0]],
    ["a run too long",       [8, 5],                     3,  3, "a run has 4 of 3 values"],
    ["a run of none",        [0, 5, 0, 5],               3,  3, "a run has 0 of 3 values"],
    ["runs too short",       [2, 5],                     3,  3, "Offset is outside the bounds of the DataView"],
    ["packed too short",     [3, 0x88, 0xc6],            3,  8, "a run ends outside its page"],
    ["a value cut off",      [6],                        3,  3, "a run ends outside its page"],
    ["a value too large",    [6, 7],                     3,  3, "an index is 7, of 7"],
    ["too wide",             [6, 7],                     25, 3, "indices of 25 bits are not read"],
  ];
  test.each(table)("%s", (name, bytes, width, count, expected) => {
    const out = new Uint32Array(count);
    const read = () => readHybrid(Uint8Array.from(bytes), width, out, name === "a value too large" ? 7 : 8);
    if (typeof expected === "string") return expect(read).toThrow(expected);
    read();
    expect([...out]).toEqual(expected);
  });
});

describe("a page that does not fit its header", () => {
  /** A field of a thrift struct that holds an integer below 64. */
  const field = (delta: number, n: number) => [(delta << 4) | 5, 2 * n];
  const PLAIN = 0;
  const DELTA = 5;
  const DICTIONARY = 8;

  /** The values of a chunk of one page of two required values. */
  function read(type: "DOUBLE" | "INT64" | "BYTE_ARRAY", encoding: number, body: number[], size = body.length) {
    const head = [
      ...field(1, 0),
      ...field(1, size),
      ...field(1, size),
      0x2c,
      ...field(1, 2),
      ...field(1, encoding),
      0,
      0,
    ];
    const bytes = Uint8Array.from([...head, ...body]);
    const total = BigInt(bytes.length);
    const meta = {
      type,
      codec: "UNCOMPRESSED",
      num_values: 2n,
      data_page_offset: 0n,
      total_compressed_size: total,
      total_uncompressed_size: total,
    } as ColumnMetaData;
    const element = { name: "x", type, repetition_type: "REQUIRED" } as const;
    const leaf = { element, count: 1, children: [], path: ["x"] };
    const schemaPath = [{ element: { name: "root" }, count: 2, children: [leaf], path: [] }, leaf];
    return [...pagesOf({ meta, schemaPath, compressors: {} }, (start, end) => bytes.slice(start, end))][0]!.values;
  }

  test("one that fits", () => {
    expect(read("DOUBLE", PLAIN, Array(16).fill(0))).toEqual(Float64Array.of(0, 0));
    expect(read("INT64", DELTA, [128, 1, 4, 2, 14, 2, 0, 0, 0, 0])).toEqual(BigInt64Array.of(7n, 8n));
    expect(read("BYTE_ARRAY", PLAIN, [1, 0, 0, 0, 65, 0, 0, 0, 0])).toEqual(["A", ""]);
  });

  // biome-ignore format: a table
  const table: [name: string, read: () => unknown, error: string][] = [
    ["doubles, too long",  () => read("DOUBLE", PLAIN, Array(17).fill(0)),                "a page of 2 values has 17 bytes, not 16"],
    ["doubles, too short", () => read("DOUBLE", PLAIN, Array(15).fill(0)),                "Invalid typed array length: 2"],
    ["text, too long",     () => read("BYTE_ARRAY", PLAIN, [0, 0, 0, 0, 0, 0, 0, 0, 65]), "a page of 2 values has 9 bytes, not 8"],
    ["other count",        () => read("INT64", DELTA, [128, 1, 4, 3, 14, 2, 0, 0, 0, 0]), "differences of 3 values, 128 in a block of 4, are not 2 values"],
    ["blocks of nothing",  () => read("INT64", DELTA, [128, 1, 0, 2, 14, 2, 0, 0, 0, 0]), "differences of 2 values, 128 in a block of 0, are not 2 values"],
    ["no dictionary",      () => read("DOUBLE", DICTIONARY, [1, 4, 0]),                   "a page needs a dictionary, and there is none"],
    ["beyond the chunk",   () => read("DOUBLE", PLAIN, Array(16).fill(0), 17),            "a compressed page has 17 of 16 bytes"],
    ["no data page",       () => read("DOUBLE", PLAIN, [], 0),                            "Invalid typed array length: 2"],
  ];
  test.each(table)("%s", (_, read, error) => {
    expect(read).toThrow(error);
  });
});

/** Words of JavaScript, of Node and of the readers' insides. */
const MACHINERY =
  /undefined|NaN|Cannot|Invalid|is not a|not iterable|[oO]ffset|Array|DataView|BigInt|thrift|snappy|ERR_|Z_[A-Z]|input|unreachable/;

describe("damaged", () => {
  async function readAll(path: string) {
    const file = await openParquet(path);
    for (const group of file.groups.keys()) for await (const _ of file.batches(group, [...file.columns.keys()], 100));
  }

  test.each(["v1", "v2", "encodings", "required"])(
    "%s with any byte changed is read or is a DataError of one line",
    async (name) => {
      const whole = readFileSync(fixture(name));
      const path = join(folder, "damaged.parquet");
      let refused = 0;
      for (let i = 0; i < 150; i++) {
        const bytes = Buffer.from(whole);
        bytes[Math.floor((i * whole.length) / 150)]! ^= 1 + (i % 255);
        writeFileSync(path, bytes);
        const error = await readAll(path).catch((error) => error);
        if (error === undefined) continue;
        expect(error).toBeInstanceOf(DataError);
        expect(error.message).toMatch(/^.+: the Parquet file .+$|^\S+ is not a Parquet file$/);
        expect(error.message).not.toMatch(MACHINERY);
        refused++;
      }
      expect(refused).toBeGreaterThan(20);
    },
  );
});
