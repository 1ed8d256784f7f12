import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetMetadata } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, test } from "vitest";
import { storedTypes } from "../../src/data/stored-types.ts";
import { parquetFile } from "../../src/data/write-parquet.ts";
import { asoftmax, withoutHelp } from "../cli/run.ts";

const folder = mkdtempSync(join(tmpdir(), "write-parquet-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const database = await (await DuckDBInstance.create(":memory:")).connect();
const rows = async (sql: string) => (await database.runAndReadAll(sql)).getRowsJson();
/** The names and types of the columns of a file. */
const described = async (path: string) =>
  (await rows(`DESCRIBE SELECT * FROM '${path}'`)).map(([name, type]) => [name, type]);

/** Runs the program, which writes a Parquet file, and gives the rows that DuckDB reads from it. */
async function written(args: readonly string[], columns = "*", stdin = "") {
  const { status, stderr } = await asoftmax([...args, "--output", at("out.parquet")], { stdin });
  expect([status, stderr]).toEqual([0, ""]);
  return rows(`SELECT ${columns} FROM '${at("out.parquet")}'`);
}

test("values beside cells where pages end at different rows", async () => {
  const ids = Array.from({ length: 4000 }, (_, i) => i);
  const columns = {
    theta: { type: "DOUBLE", data: ids.map((i) => (3 * i) / 4000) },
    id: { type: "INT32", data: ids },
    d: { type: "BYTE_ARRAY", converted_type: "JSON", data: ids.map((i) => ({ a: i })) },
  } as const;
  const schema = Object.entries(columns).map(([name, { data: _, ...column }]) => {
    return { name, ...column, repetition_type: "REQUIRED" as const };
  });
  const bytes = parquetWriteBuffer({
    schema: [{ name: "root", num_children: 3 }, ...schema],
    columnData: Object.entries(columns).map(([name, { data }]) => ({ name, data: [...data], encoding: "PLAIN" })),
    pageSize: 8000,
    codec: "UNCOMPRESSED",
    statistics: false,
  });
  writeFileSync(at("pages.parquet"), Buffer.from(bytes));
  expect(await written(["psi", "--input", at("pages.parquet")], "id, d->>'a'")).toEqual(ids.map((i) => [i, `${i}`]));
});

describe("columns of a Parquet input", () => {
  const TYPES = [
    "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "VARCHAR",
    "BLOB", "BOOLEAN", "UUID", "DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_MS", "TIMESTAMP_NS", "INTERVAL",
    "DECIMAL(4,1)", "DECIMAL(18,3)", "DECIMAL(38,2)", "JSON",
  ]; // biome-ignore format: a list
  /** A value of each type from i. */
  const valueSql = (type: string) => {
    if (type === "VARCHAR") return "['', 'ü', '日本', repeat('x', 50)][1 + i % 4]";
    if (type === "BLOB") return "encode('b' || i) || '\\xFF\\x00'::BLOB";
    if (type === "BOOLEAN") return "i % 5 = 0";
    if (type === "UUID") return "md5(i::VARCHAR)::UUID";
    if (type === "JSON") return `'{"a": ' || i || '}'`;
    if (type === "DATE") return "DATE '1950-01-01' + i::INTEGER";
    if (type === "TIME") return "TIME '00:00:01.000001' + to_seconds(i)";
    if (type.startsWith("TIMESTAMP")) return "TIMESTAMP '1950-01-01 01:02:03' + to_seconds(i * 7777)";
    if (type === "INTERVAL") return "to_days(i::INTEGER)";
    return type.startsWith("U") ? "i % 250" : "i % 240 - 120";
  };

  test("keep their types and values, and nulls, over pages and row groups", async () => {
    const missing = "i % 7 = 3 OR (i // 900) % 3 = 1";
    const columns = TYPES.map(
      (type, n) => `CASE WHEN ${missing} THEN NULL ELSE (${valueSql(type)})::${type} END AS c${n}`,
    );
    const query = `SELECT i / 3000 AS theta, i AS id, ${columns} FROM range(9000) t(i)`;
    await database.run(`COPY (${query}) TO '${at("in.parquet")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
    const input = ["psi", "--m", "4", "--input", at("in.parquet"), "--columns", "k"];
    expect(await written(input, "count(*), sum(k)")).toEqual([["9000", "12861"]]);
    const types = await described(at("in.parquet"));
    expect(await described(at("out.parquet"))).toEqual([...types, ["k", "INTEGER"]]);
    const both = [`SELECT * FROM '${at("in.parquet")}'`, `SELECT * EXCLUDE (k) FROM '${at("out.parquet")}'`];
    for (const [one, other] of [both, both.toReversed()]) expect(await rows(`${one} EXCEPT ${other}`)).toEqual([]);
  });

  test("of nested types, and times of 96 bits, are refused by name; the old file stays, and no other", async () => {
    const old = at("old/rows.parquet");
    await database.run(`COPY (SELECT 1.0 AS theta, [1, 2] AS list) TO '${at("list.parquet")}' (FORMAT parquet)`);
    mkdirSync(at("old"));
    writeFileSync(old, "old");
    const types = fileURLToPath(new URL("../fixtures/parquet/types.parquet", import.meta.url));
    for (const [name, file] of Object.entries({ list: at("list.parquet"), int96: types })) {
      const { status, stderr } = await asoftmax(["psi", "--input", file, "--output", old]);
      const said = `column ${name} is of a type that is not written to Parquet: name a file such as rows.csv`;
      expect([status, stderr]).toEqual([2, `asoftmax: ${said}\n`]);
    }
    expect(readFileSync(old, "utf8")).toBe("old");
    expect(readdirSync(at("old"))).toEqual(["rows.parquet"]);
  });
});

test("columns of csv are text, empty cells null; computed ones numbers, whole numbers, booleans and text", async () => {
  const stdin = 'theta_y,theta_j,007,"größe"\n0.3,1.5,007,"a,""b"""\n0.2,1.4;1.2,,ü\n';
  expect(await written(["margin", "--input", "-"], "*", stdin)).toEqual([
    [
      "0.3",
      "1.5",
      "007",
      'a,"b"',
      4,
      1,
      true,
      true,
      true,
      false,
      "1",
      1.5,
      5,
      expect.closeTo(0.3),
      expect.closeTo(0.2916, 3),
    ],
    [
      "0.2",
      "1.4;1.2",
      null,
      "ü",
      4,
      2,
      true,
      true,
      true,
      false,
      "2",
      1.2,
      expect.closeTo(6),
      expect.closeTo(0.4),
      expect.closeTo(0.334, 3),
    ],
  ]);
  const types = (await described(at("out.parquet"))).map(([, type]) => type);
  expect(types.join()).toBe(
    "VARCHAR,VARCHAR,VARCHAR,VARCHAR,DOUBLE,INTEGER,BOOLEAN,BOOLEAN,BOOLEAN,BOOLEAN,VARCHAR,DOUBLE,DOUBLE,DOUBLE,DOUBLE",
  );
});

// biome-ignore format: a table
test.each<[args: string, expected: unknown[][]]>([
  ["psi --theta 60deg,1 --columns theta,k,psi --degrees --precision 3", [[60, 1, -1.5], [1, 0, 0.998]]],
  ["psi --m 4 --columns theta,k --theta pi", [[Math.PI, 3]]],
  ["inverse --psi 1,-7 --columns k,theta", [[0, 0], [3, Math.PI]]],
  ["inverse --functions softmax --value 1 --columns index,function", [[1, "softmax"]]],
  ["loss --functions softmax --theta 0 --competing 0,0 --columns function,competitors,dloss_dtheta_j", [["softmax", 2, "0;0"]]],
  ["compare --theta 0 --functions cosface --columns function,value,dvalue_dcos", [["cosface:m=0.35", 0.65, 1]]],
  ["margin --theta 1 --competing 2 --each --columns j,naive,angular", [["1", false, false]]],
])("%s", async (line, expected) => {
  expect(await written(line.split(" "))).toEqual(expected);
});

test("a bad row that is kept has nulls; other input formats are text too", async () => {
  const kept = ["--input", "-", "--columns", "k", "--bad-rows", "keep"];
  const { stderr } = await asoftmax(["psi", ...kept, "--output", at("out.parquet")], { stdin: "theta\n9\n1\n" });
  expect(stderr).toContain("1 bad row");
  expect(await rows(`SELECT * FROM '${at("out.parquet")}'`)).toEqual([
    ["9", null],
    ["1", 1],
  ]);
  const jsonl = ["psi", "--columns", "k", "--input", "-", "--input-format", "jsonl"];
  expect(await written(jsonl, "*", '{"theta":1,"x":[1,"ü"]}\n')).toEqual([["1", '[1,"ü"]', 1]]);
});

// biome-ignore format: a table
test.each<[args: string, stdin: string, message: string]>([
  ["psi --input - --output OUT", "theta,a\n1,\xe9\n", "line 2, column a: the text is not UTF-8, and text in Parquet is"],
  ["psi --theta 1 --format csv --output OUT", "", "--output OUT is Parquet, --format csv is not: leave one out"],
  ["measure --input - --output OUT", "label,theta_0,theta_1\n0,1,2\n", "--output OUT: Parquet is for rows alone: name a file such as report.csv"],
])("%s is refused", async (line, stdin, message) => {
  const out = at("none.parquet");
  const { status, stderr } = await asoftmax(line.replace("OUT", out).split(" "), { stdin: Buffer.from(stdin, "latin1") });
  expect([status, withoutHelp(stderr)]).toEqual([2, `asoftmax: ${message.replace("OUT", out)}\n`]);
  expect(existsSync(out)).toBe(false);
});

test("row groups are written as their rows come", async () => {
  const ROWS = 500_000;
  let given = 0;
  function* batches() {
    for (; given < ROWS; given += 1000)
      yield [Array.from({ length: 1000 }, (_, i) => (i === 7 ? null : given + i)), Array(1000).fill(Buffer.from("é"))];
  }
  const pieces: Buffer[] = [];
  const columns = [
    { name: "x.y", type: storedTypes.number },
    { name: "é", type: storedTypes.text },
  ];
  for await (const piece of parquetFile(columns, batches())) {
    if (pieces.length === 0) expect(given).toBeLessThan(ROWS);
    pieces.push(Buffer.from(piece));
  }
  writeFileSync(at("groups.parquet"), Buffer.concat(pieces));
  const { row_groups } = parquetMetadata(Uint8Array.from(Buffer.concat(pieces)).buffer);
  expect(row_groups.length).toBe(pieces.length);
  const [row] = await rows(`SELECT count("x.y"), min(é) FROM '${at("groups.parquet")}'`);
  expect(row).toEqual([String(ROWS - ROWS / 1000), "é"]);
});
