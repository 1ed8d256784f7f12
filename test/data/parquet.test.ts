import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetMetadata } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
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
      "f line 3143: column theta: 3.142 lies above pi: an angle lies in [0, pi]; if it is pi rounded up, write more digits (--bad-rows skip leaves such rows out)";
    expect(await psiOf(path)).toEqual({ error });
    expect((await psiOf(path, "--bad-rows", "skip")).warnings).toEqual([
      "f: 1858 bad rows left out: line 3143, 3144, 3145, 3146, 3147, ...",
    ]);
  });
});

test.each(["numbers", "texts too"])("a row group of more rows than a batch, %s", async (kind) => {
  const text = kind === "numbers" ? "" : ", 'a' || i AS name";
  const path = await written(`SELECT i % 4 AS theta, i AS id${text} FROM range(40000) t(i)`, ", ROW_GROUP_SIZE 61440");
  expect(parquetMetadata(readFileSync(path)).row_groups).toHaveLength(1);
  const rows = Array.from({ length: 40_000 }, (_, i) => {
    return `${i % 4},${i}${kind === "numbers" ? "" : `,a${i}`},${i % 4}\n`;
  });
  expect((await psiOf(path)).out).toBe(`theta,id${kind === "numbers" ? "" : ",name"},k\n${rows.join("")}`);
  // A bad row far back is named by its number.
  const bad = await written(`SELECT i / 10000 AS theta FROM range(40000) t(i)`, ", ROW_GROUP_SIZE 61440");
  expect((await psiOf(bad)).error).toMatch(/^f line 31417: column theta: 3.1416 lies above pi/);
});

test("the event loop has something to wait for while WebAssembly is compiled for zstd", async () => {
  const path = await written("SELECT 1.2 AS theta", ", COMPRESSION zstd");
  // Compiled after a time that nothing waits for: where nothing else does, the program ends before it.
  const late = join(folder, "late.cjs");
  writeFileSync(
    late,
    `const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...given) => {
      await new Promise((resolve) => setTimeout(resolve, 100).unref());
      return instantiate(...given);
    };`,
  );
  const env = { NODE_OPTIONS: `--require ${late}` };
  const ran = await asoftmax(["psi", "--input", path, "--columns", "k"], { env });
  expect(ran).toEqual({ status: 0, stdout: "theta,k\n1.2,1\n", stderr: "" });
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
  ["timestamp",               "'1969-12-31 23:59:59.999999'::TIMESTAMP",     "1969-12-31T23:59:59.999999"],
  ["timestamp with zone",     "'1969-12-31 23:59:59+01'::TIMESTAMPTZ",       "1969-12-31T22:59:59.000000Z"],
  ["infinite timestamp",      "'infinity'::TIMESTAMP",                       "+294247-01-10T04:00:54.775807"],
  ["negative infinity",       "'-infinity'::TIMESTAMP",                      "-290308-12-21T19:59:05.224193"],
  ["timestamp before year 0", "'0010-03-01 (BC) 00:00:00'::TIMESTAMP",       "-0009-03-01T00:00:00.000000"],
  ["date beyond year 9999",   "'10000-02-29'::DATE",                         "+10000-02-29"],
  ["date before year 0",      "'0001-01-01 (BC)'::DATE",                     "0000-01-01"],
  ["infinite date",           "'infinity'::DATE",                            "+5881580-07-11"],
  ["time of day",             "'01:02:03'::TIME",                            "01:02:03.000000"],
  ["the end of a day",        "'24:00:00'::TIME",                            "24:00:00.000000"],
  ["interval",                "'14 months 3 days 1500 milliseconds'::INTERVAL", "P14M3DT1.5S"],
  ["timestamp, milliseconds", "'2017-04-26 01:02:03.004'::TIMESTAMP_MS",     "2017-04-26T01:02:03.004"],
  ["timestamp, nanoseconds",  "'2017-04-26 01:02:03.000000004'::TIMESTAMP_NS", "2017-04-26T01:02:03.000000004"],
  ["list",                    "[1.5::DOUBLE, NULL]",                         '"[1.5,null]"'],
  ["nested decimals, times",  "{'d': [1.50::DECIMAL(4, 2), NULL], 't': '01:02:03'::TIME, 'm': MAP {'2020-01-01'::DATE: 0.10::DECIMAL(20, 2)}}",
    '"{""d"":[""1.50"",null],""t"":""01:02:03.000000"",""m"":{""2020-01-01"":""0.10""}}"'],
  ["list of timestamps",      "['2020-01-01 00:00:00'::TIMESTAMP]",          '"[""2020-01-01T00:00:00.000000""]"'],
  ["nested bytes",            "{'b': 'ab'::BLOB}",                           '"{""b"":""ab""}"'],
  ["struct",                  "{'a': 13911860366432393, 'π': 'b'}",          '"{""a"":""13911860366432393"",""π"":""b""}"'],
];

const utf8 = (text: string) => Buffer.from(text).toString("latin1");

test.each(cells)("a cell: %s", async (name, sql, cell) => {
  const path = await written(`SELECT ${sql} AS "π", 1::DECIMAL(4, 2) AS theta`);
  const expected = name === "bytes" ? cell : utf8(cell);
  expect(await psiOf(path)).toEqual({ out: `${utf8("π")},theta,k\n${expected},1.00,1\n`, warnings: [] });
});

test("values in json: numbers, true, null and what is nested stay what they are, other cells are strings", async () => {
  const values: [sql: string, json: string][] = [
    ["0.5::DOUBLE", "0.5"],
    ["'NaN'::DOUBLE", "null"],
    ["'-infinity'::FLOAT", "null"],
    ["7::TINYINT", "7"],
    ["13911860366432393", "13911860366432393"],
    ["18446744073709551615::UBIGINT", "18446744073709551615"],
    ["true", "true"],
    ["'say \"x\", π'", '"say \\"x\\", π"'],
    ["''", '""'],
    ["[1.5::DOUBLE, NULL]", "[1.5,null]"],
    ["{'a': 1::INTEGER, 'b': 'x'}", '{"a":1,"b":"x"}'],
    ["1.50::DECIMAL(4, 2)", '"1.50"'],
    ["'2020-01-01'::DATE", '"2020-01-01"'],
  ];
  const columns = values.map(([sql], i) => `${sql} AS c${i}`).join(", ");
  const path = await written(
    `SELECT * REPLACE (1::DOUBLE AS theta) FROM (SELECT 0::DOUBLE AS theta, ${columns} UNION ALL SELECT 0, ${values.map(() => "NULL").join()})`,
  );
  const { stdout } = await asoftmax(["psi", "--columns", "k", "--format", "jsonl", "--input", path]);
  const line = (cells: string[]) => `{"theta":1,${cells.map((cell, i) => `"c${i}":${cell}`).join()},"k":1}\n`;
  expect(stdout).toBe(line(values.map(([, json]) => json)) + line(values.map(() => "null")));
  const whole = await written(`SELECT 1::DOUBLE AS theta, ${columns}`);
  expect((await asoftmax(["psi", "--columns", "k", "--format", "jsonl", "--input", whole])).stdout).toBe(
    line(values.map(([, json]) => json)),
  );
});

test("float16 is a number in json", async () => {
  const path = join(folder, "half.parquet");
  const half = { type: "FIXED_LEN_BYTE_ARRAY", type_length: 2, logical_type: { type: "FLOAT16" } } as const;
  const bytes = parquetWriteBuffer({
    schema: [
      { name: "root", num_children: 1 },
      { name: "theta", repetition_type: "OPTIONAL", ...half },
    ],
    columnData: [{ name: "theta", data: [1.5, Number.NaN, 0.5, null] }],
    statistics: false,
  });
  writeFileSync(path, Buffer.from(bytes));
  const of = async (format: string) =>
    (await drain(["psi", "--input", path, "--columns", "k", "--bad-rows", "keep", "--format", format])).out;
  expect(await of("jsonl")).toBe(
    '{"theta":1.5,"k":1}\n{"theta":null,"k":null}\n{"theta":0.5,"k":0}\n{"theta":null,"k":null}\n',
  );
  expect(await of("csv")).toBe("theta,k\n1.5,1\nNaN,\n0.5,0\n,\n");
});

test("what pyarrow writes: times in 12 bytes and of a day, dates as keys, a name that begins with a byte order mark", async () => {
  const path = fileURLToPath(new URL("../fixtures/parquet/types.parquet", import.meta.url));
  const { stdout } = await asoftmax(["psi", "--columns", "k", "--input", path]);
  expect(stdout).toBe(`theta,int96,millis of a day,nanos of a day,map,\ufeffname,k
0.5,1969-12-31T00:00:00.000000123,00:00:00.000,00:00:00.000000000,"{""0001-01-01"":null}",1,0
1,1970-01-01T00:00:00.000000123,00:00:00.001,00:00:00.000000001,"{""1970-01-01"":null}",2,1
1.5,2024-10-04T00:00:00.000000123,23:59:59.999,23:59:59.999999999,"{""2024-10-04"":null}",3,1
`);
});

test("no rows", async () => {
  const path = await written("SELECT 1.0 AS theta, 'a' AS id LIMIT 0");
  expect(await psiOf(path)).toEqual({ out: "theta,id,k\n", warnings: [] });
});

test("null and text are bad rows", async () => {
  const path = await written("SELECT unnest(['1', NULL, 'x']) AS theta");
  expect(await psiOf(path)).toEqual({
    error: "f line 2: column theta: the cell is empty: it needs a number (--bad-rows skip leaves such rows out)",
  });
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
  // biome-ignore format: a table
  test.each([
    ["empty",           "",                                 "f is not a Parquet file"],
    ["too short",       "PAR1PAR1",                         "f is not a Parquet file"],
    ["csv",             "theta,id\n1.25,7\n",             "f is not a Parquet file"],
    ["the start alone", "PAR1 and some more",               "f: the Parquet file is damaged: its end is missing, where its columns are described"],
    ["the end alone",   "\xff\xff\xff\xff\xff\xff\xff\xffPAR1", "f: the Parquet file is damaged: a metadata length 4294967295 exceeds available buffer 4"],
    ["encrypted",       "PAR1 and some more PARE",          "f: the Parquet file is encrypted: give one that is not"],
  ])("%s", async (_, text, error) => {
    expect(await of(Buffer.from(text, "latin1"))).toBe(error);
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
      expect.stringMatching(/^asoftmax: f: the Parquet file is damaged: .+\n$/),
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
    expect([status, stderr.replace(path, "f")]).toEqual([2, `asoftmax: f: the Parquet file is damaged: ${reason}\n`]);
  });

  test("cut at any tenth of it", async () => {
    const whole = readFileSync(await written("SELECT i::DOUBLE / 5000 AS theta FROM range(5000) t(i)"));
    for (let tenth = 1; tenth < 10; tenth++)
      expect(await of(whole.subarray(0, (whole.length * tenth) / 10))).toMatch(/^f: the Parquet file is damaged: .+$/);
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
    expect([status, stderr]).toEqual([
      2,
      "asoftmax: --input -: Parquet is read by position, name a file (see asoftmax psi --help)\n",
    ]);
  });
});
