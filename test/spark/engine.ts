import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { dialects } from "../../src/sql/dialects.ts";
import { duckdb, type Engine } from "../sql/engines.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const VENV = here("../../node_modules/.cache/spark");

/** The programs of a virtual environment with PySpark, which is made the first time. */
export function sparkPrograms(): string {
  const programs = join(VENV, "bin");
  const python = join(programs, "python");
  if (!existsSync(python)) execFileSync("python3", ["-m", "venv", VENV]);
  execFileSync(python, ["-m", "pip", "install", "-q", "-r", here("requirements.txt")]);
  return programs;
}

/** PySpark with two local workers. Tables are Parquet from DuckDB. */
export async function spark(): Promise<Engine> {
  const python = join(sparkPrograms(), "python");
  const server = spawn(python, [here("server.py")], { stdio: ["pipe", "pipe", "ignore"] });
  const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const ask = async (request: Record<string, string>) => {
    server.stdin.write(`${JSON.stringify(request)}\n`);
    const { rows, error } = JSON.parse((await answers.next()).value);
    if (error !== undefined) throw new Error(error);
    return rows;
  };
  const writer = await duckdb();
  const folder = mkdtempSync(join(tmpdir(), "asoftmax-spark-"));
  let tables = 0;
  return {
    dialect: dialects.spark,
    run: async (sql) => void (await ask({ sql })),
    rows: (sql) => ask({ sql }),
    async load(table, columns, csv) {
      const parquet = join(folder, `${tables++}.parquet`);
      await writer.load(table, columns, csv);
      await writer.run(`COPY ${writer.dialect.identifier(table)} TO '${parquet}'`);
      await ask({ parquet, table: dialects.spark.identifier(table) });
    },
    close: async () => void server.stdin.end(),
  };
}
