import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { PGlite } from "@electric-sql/pglite";
import { type Dialect, dialects } from "../../src/sql/dialects.ts";

type Value = number | string | boolean | null;

/** A database to run SQL in. */
export interface Engine {
  readonly dialect: Dialect;
  run(sql: string): Promise<void>;
  /** The rows of a query, whole numbers of any width as numbers. */
  rows(sql: string): Promise<Record<string, Value>[]>;
  /** A table from its columns (name: type) and the text of a csv file without a header. */
  load(table: string, columns: Readonly<Record<string, string>>, csv: string): Promise<void>;
  close(): Promise<void>;
}

const plain = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).map(([name, v]) => [name, typeof v === "bigint" ? Number(v) : (v as Value)]));

function create(table: string, columns: Readonly<Record<string, string>>, { identifier }: Dialect): string {
  const typed = Object.entries(columns).map(([name, type]) => `${identifier(name)} ${type}`);
  return `CREATE TABLE ${identifier(table)} (${typed.join(", ")})`;
}

export async function duckdb(): Promise<Engine> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const dialect = dialects.duckdb;
  const run = async (sql: string) => void (await connection.run(sql));
  return {
    dialect,
    run,
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS().map(plain),
    async load(table, columns, csv) {
      const folder = mkdtempSync(join(tmpdir(), "asoftmax-"));
      try {
        writeFileSync(join(folder, "rows.csv"), csv);
        await run(create(table, columns, dialect));
        await run(
          `COPY ${dialect.identifier(table)} FROM '${join(folder, "rows.csv")}' (HEADER false, AUTO_DETECT false)`,
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    close: async () => connection.closeSync(),
  };
}

export async function postgres(): Promise<Engine> {
  const database = await PGlite.create();
  const dialect = dialects.postgres;
  // Types bigint and numeric, which hold counts here.
  const options = { parsers: { 20: Number, 1700: Number } };
  const run = async (sql: string) => void (await database.exec(sql));
  return {
    dialect,
    run,
    rows: async (sql) => (await database.query<Record<string, unknown>>(sql, [], options)).rows.map(plain),
    async load(table, columns, csv) {
      await run(create(table, columns, dialect));
      const copy = `COPY ${dialect.identifier(table)} FROM '/dev/blob' (FORMAT csv)`;
      await database.query(copy, [], { blob: new Blob([csv]) });
    },
    close: () => database.close(),
  };
}
