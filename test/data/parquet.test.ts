import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetMetadata } from "hyparquet";
import { afterAll, describe, expect, test } from "vitest";
import * as kernel from "../../src/kernels/rows.ts";
import { drain } from "../cli/drain.ts";
import { asoftmax } from "../cli/run.ts";

const folder = mkdtempSync(join(tmpdir(), "parquet-"));
afterAll(() => rmSync(folder, { recursive: true }));

const database = await (await DuckDBInstance.create(":memory:")).connect();
let files = 0;

/** A Parquet file that DuckDB writes from a query. */
async function written(query: string, options = ""): Promise<string> {
  const path = join(folder, `${files++}.parquet`);
  await database.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`);
  return path;
}

async function psiOf(path: string, ...more: string[]) {
  try {
    const { out, warnings } = await drain(["psi", "--input", path, "--columns", "k", ...more]);
    return { out, warnings: warnings.map((warning) => warning.replace(path, "f")) };
  } catch (error) {
    return { error: (error as Error).message.replaceAll(path, "f") };
  }
}

describe("row groups and compressions", () => {
  const ROWS = 5000;
  const query = `SELECT (i % 4)::DOUBLE AS theta, 13911860366432393 + i AS id, 'a' || (i % 7) AS name,
    CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS x FROM range(${ROWS}) t(i)`;
  const rows = Array.from({ length: ROWS }, (_, i) => {
    return `${i % 4},${13911860366432393n + BigInt(i)},a${i % 7},${i % 3 === 0 ? "" : i},${i % 4}\n`;
  });

  test.each(["uncompressed", "snappy", "zstd", "gzip", "brotli", "lz4_raw"])("%s", async (codec) => {
    const path = await written(query, `, ROW_GROUP_SIZE 2048, COMPRESSION ${codec}`);
    expect(parquetMetadata(readFileSync(path)).row_groups).toHaveLength(3);
    expect(await psiOf(path)).toEqual({ out: `theta,id,name,x,k\n${rows.join("")}`, warnings: [] });
  });

  test("a bad row of a later group is named by its row", async () => {
    const path = await written(`SELECT i / 1000 AS theta FROM range(${ROWS}) t(i)`, ", ROW_GROUP_SIZE 2048");
    const error =
      "f line 3143: column theta: 3.142 lies above pi: an angle lies in [0, pi]; for degrees give --degrees";
    expect(await psiOf(path)).toEqual({ error });
    expect((await psiOf(path, "--bad-rows", "skip")).warnings).toEqual([
      "f: 1858 bad rows left out: line 3143, 3144, 3145, 3146, 3147, ...",
    ]);
  });
});

test("a file of thousands of columns takes little memory of the row kernel for each", async () => {
  const COLUMNS = 2000;
  const names = Array.from({ length: COLUMNS }, (_, i) => `c${i}`);
  const path = await written(
    `SELECT 1.0::DOUBLE AS theta, ${names.map((name) => `'a' AS ${name}`).join()} FROM range(3)`,
  );
  const before = kernel.memory.length;
  const row = `1,${"a,".repeat(COLUMNS)}1\n`;
  expect(await psiOf(path)).toEqual({ out: `theta,${names.join()},k\n${row.repeat(3)}`, warnings: [] });
  expect(kernel.memory.length - before).toBeLessThan(COLUMNS * 4096);
});

// biome-ignore format: a table
const cells: [name: string, sql: string, cell: string][] = [
  ["int64 beyond 2^53",       "9223372036854775807::BIGINT",                 "9223372036854775807"],
  ["uint64",                  "18446744073709551615::UBIGINT",               "18446744073709551615"],
  ["int32",                   "-7::INTEGER",                                 "-7"],
  ["uint32",                  "4294967295::UINTEGER",                        "4294967295"],
  ["double",                  "0.1::DOUBLE",                                 "0.1"],
  ["float, its own value",    "0.1::FLOAT",                                  "0.10000000149011612"],
  ["NaN",                     "'nan'::DOUBLE",                               "NaN"],
  ["decimal of 32 bits",      "1.15::DECIMAL(4, 2)",                         "1.15"],
  ["decimal of 64 bits",      "-0.000123::DECIMAL(18, 6)",                   "-0.000123"],
  ["decimal of 128 bits",     "-12345678901234567890.5::DECIMAL(38, 1)",     "-12345678901234567890.5"],
  ["decimal without places",  "42::DECIMAL(9, 0)",                           "42"],
  ["boolean",                 "true",                                        "true"],
  ["null",                    "NULL::INTEGER",                               ""],
  ["null decimal",            "NULL::DECIMAL(4, 2)",                         ""],
  ["null timestamp",          "NULL::TIMESTAMP",                             ""],
  ["text",                    "'say \"x\", π'",                              '"say ""x"", π"'],
  ["empty text",              "''",                                          ""],
  ["bytes",                   "'\\xE9\\xFF'::BLOB",                          "\xe9\xff"],
  ["json",                    "'[1.0, 13911860366432393]'::JSON",            '"[1.0, 13911860366432393]"'],
  ["uuid",                    "'6f1c0a8e-0000-4000-8000-00000000000f'::UUID", "6f1c0a8e-0000-4000-8000-00000000000f"],
  ["date",                    "'1969-12-31'::DATE",                          "1969-12-31"],
  ["timestamp",               "'1969-12-31 23:59:59.999999'::TIMESTAMP",     "1969-12-31T23:59:59.999999Z"],
  ["timestamp, milliseconds", "'2017-04-26 01:02:03.004'::TIMESTAMP_MS",     "2017-04-26T01:02:03.004Z"],
  ["timestamp, nanoseconds",  "'2017-04-26 01:02:03.000000004'::TIMESTAMP_NS", "2017-04-26T01:02:03.000000004Z"],
  ["list",                    "[1.5::DOUBLE, NULL]",                         '"[1.5,null]"'],
  ["struct",                  "{'a': 13911860366432393, 'π': 'b'}",          '"{""a"":""13911860366432393"",""π"":""b""}"'],
];

const utf8 = (text: string) => Buffer.from(text).toString("latin1");

test.each(cells)("a cell: %s", async (name, sql, cell) => {
  const path = await written(`SELECT ${sql} AS "π", 1::DECIMAL(4, 2) AS theta`);
  const expected = name === "bytes" ? cell : utf8(cell);
  expect(await psiOf(path)).toEqual({ out: `${utf8("π")},theta,k\n${expected},1.00,1\n`, warnings: [] });
});

test("no rows", async () => {
  const path = await written("SELECT 1.0 AS theta, 'a' AS id LIMIT 0");
  expect(await psiOf(path)).toEqual({ out: "theta,id,k\n", warnings: [] });
});

test("null and text are bad rows", async () => {
  const path = await written("SELECT unnest(['1', NULL, 'x']) AS theta");
  expect(await psiOf(path)).toEqual({ error: "f line 2: column theta: the cell is empty: it needs a number" });
  expect(await psiOf(path, "--bad-rows", "keep")).toEqual({
    out: "theta,k\n1,1\n,\nx,\n",
    warnings: ["f: 2 bad rows kept without values: line 2, 3"],
  });
});

describe("refused", () => {
  const of = async (bytes: Uint8Array) => {
    const path = join(folder, "damaged.parquet");
    writeFileSync(path, bytes);
    return (await psiOf(path)).error;
  };
  const DAMAGED = /^f is not Parquet, damaged, or of a kind that is not read: .+$/;

  test("empty, too short, csv, the end alone", async () => {
    for (const text of ["", "P", "PAR1", "PAR1PAR1", "theta\n1\n", "\xff\xff\xff\xffPAR1"])
      expect(await of(Buffer.from(text, "latin1")), JSON.stringify(text)).toMatch(DAMAGED);
  });

  test("one column that is not found, another that is damaged: one line all the same", async () => {
    const path = await written("SELECT {'aaaa': i, 'bbbb': i} AS s, 1.0 AS theta FROM range(9) t(i)");
    const bytes = readFileSync(path);
    // The first page, and the last place of the name, which is the path of its column.
    const page = bytes.indexOf("PAR1") + 4;
    bytes.fill(0xff, page, page + 4).write("bbbc", bytes.lastIndexOf("bbbb"));
    writeFileSync(path, bytes);
    const { status, stderr } = await asoftmax(["psi", "--input", path]);
    expect([status, stderr.replace(path, "f")]).toEqual([
      2,
      expect.stringMatching(/^asoftmax: f is not Parquet, .+\n$/),
    ]);
  });

  // What a schema says of its columns, in Thrift's compact protocol: 0x15 and a number of zigzag, 0x18 and a text.
  test.each<[string, string, number[], number[]]>([
    ["it has no columns", "duckdb_schema", [0x15, 2], [0x15, 0]],
    ["a column has no name", "", [0x18, 5, ...Buffer.from("theta")], [0x28, 5, ...Buffer.from("theta")]],
    ["a decimal has -2 places", "theta", [0x15, 4], [0x15, 3]],
  ])("%s", async (reason, after, sound, damaged) => {
    const path = await written("SELECT 1.5::DECIMAL(4, 2) AS theta");
    const bytes = readFileSync(path);
    const schema = bytes.lastIndexOf("duckdb_schema");
    bytes.set(damaged, bytes.indexOf(Buffer.from(sound), bytes.indexOf(after, schema)));
    writeFileSync(path, bytes);
    // Without a column to read: rows without a cell would go on as long as the file says.
    const { status, stderr } = await asoftmax(["psi", "--theta", "1", "--prefix", "p_", "--input", path]);
    expect([status, stderr.replace(path, "f")]).toEqual([
      2,
      `asoftmax: f is not Parquet, damaged, or of a kind that is not read: ${reason}\n`,
    ]);
  });

  test("cut at any tenth of it", async () => {
    const whole = readFileSync(await written("SELECT i::DOUBLE / 5000 AS theta FROM range(5000) t(i)"));
    for (let tenth = 1; tenth < 10; tenth++)
      expect(await of(whole.subarray(0, (whole.length * tenth) / 10))).toMatch(DAMAGED);
    expect(await of(whole)).toBeUndefined();
  });

  test("a column, standard input, a folder, no file", async () => {
    expect(await psiOf(await written("SELECT 1.0 AS thet"))).toEqual({
      error: 'f: there is no column "theta": did you mean thet?',
    });
    expect(await psiOf(folder, "--input-format", "parquet")).toEqual({
      error: "f is not a regular file: a Parquet file is read by position",
    });
    expect(await psiOf("none.parquet")).toEqual({ error: "cannot read f: no such file or directory" });
    const { status, stderr } = await asoftmax(["psi", "--input", "-", "--input-format", "parquet"]);
    expect([status, stderr]).toEqual([2, "asoftmax: --input -: Parquet is read by position, name a file\n"]);
  });
});
