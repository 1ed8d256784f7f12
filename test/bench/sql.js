// Processor time of psi in DuckDB against a query that only computes cos(4
// theta): node test/bench/sql.js (after npm run build).
import { cpus } from "node:os";
import { DuckDBInstance, version } from "@duckdb/node-api";
import { target } from "../../dist/core/targets.js";
import { angleSql, valueSql } from "../../dist/sql/expression.js";

const ROWS = 10_000_000;
const ROUNDS = 9;
const connection = await (await DuckDBInstance.create(":memory:")).connect();
await connection.run("SELECT setseed(0.5)");
await connection.run(`CREATE TABLE angles AS SELECT random() * pi() AS theta FROM range(${ROWS})`);

const psi = (m) => valueSql(target("asoftmax", { m }), angleSql("theta"));
const queries = { "cos(4 theta)": "cos(4 * theta)", "psi, m = 4": psi(4), "psi, m = 3": psi(3) };
const times = Object.fromEntries(Object.keys(queries).map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, sql] of Object.entries(queries)) {
    const start = process.cpuUsage();
    await connection.run(`SELECT sum(${sql}) FROM angles`);
    const { user, system } = process.cpuUsage(start);
    if (round > 0) times[name].push((user + system) / 1000);
  }
}

const median = (xs) => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)];
const base = times["cos(4 theta)"];
console.log(`DuckDB ${version()}, ${ROWS} rows, ${cpus()[0].model} x ${cpus().length}, node ${process.version}`);
for (const [name, xs] of Object.entries(times)) {
  const [fastest, middle] = [Math.min(...xs), median(xs)];
  const ratios = `${(fastest / Math.min(...base)).toFixed(2)}, ${(middle / median(base)).toFixed(2)}`;
  console.log(`${name.padEnd(13)} fastest ${fastest.toFixed(0)} ms, median ${middle.toFixed(0)} ms; ratios ${ratios}`);
}
