import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

/** PostgreSQL as WebAssembly. */
export async function pglite(): Promise<Engine> {
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

/** Where Debian puts the programs of the PostgreSQL server; undefined where it is not installed. */
const SERVER = execFileSync("sh", ["-c", "ls -d /usr/lib/postgresql/*/bin 2>/dev/null || true"], { encoding: "utf8" })
  .trim()
  .split("\n")
  .at(-1);
export const hasPostgres = SERVER !== "";

/** A PostgreSQL server of its own, in a temporary folder that also holds its socket; it does not run as root. */
export async function postgres(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), "asoftmax-postgres-"));
  const asRoot = process.getuid!() === 0;
  const run = (program: string, args: readonly string[], input = "") => {
    const command = [join(SERVER!, program), ...args];
    const [first, ...rest] = asRoot ? ["runuser", "-u", "postgres", "--", ...command] : command;
    return execFileSync(first!, rest, { input, encoding: "utf8", cwd: folder, maxBuffer: 2 ** 30, stdio: "pipe" });
  };
  if (asRoot) {
    const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "postgres"])));
    chownSync(folder, uid!, gid!);
  }
  const data = join(folder, "data");
  run("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"]);
  const settings = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off`;
  run("pg_ctl", ["-D", data, "-l", join(folder, "log"), "-o", settings, "-w", "start"]);
  const psql = (sql: string) =>
    run("psql", ["-h", folder, "-U", "postgres", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"], sql);
  const dialect = dialects.postgres;
  return {
    dialect,
    run: async (sql) => void psql(sql),
    rows: async (sql) => {
      const lines = psql(`SELECT row_to_json(asoftmax_r) FROM (\n${sql.replace(/;\s*$/, "")}\n) AS asoftmax_r`);
      return lines
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
    load: async (table, columns, csv) => {
      const copy = `COPY ${dialect.identifier(table)} FROM STDIN (FORMAT csv);\n${csv.trimEnd()}${csv && "\n"}\\.\n`;
      psql(`${create(table, columns, dialect)};\n${copy}`);
    },
    async close() {
      run("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]);
      rmSync(folder, { recursive: true });
    },
  };
}
