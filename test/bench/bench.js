// How long asoftmax takes beside other tools that do the same, as markdown: npm run bench, or npm run bench -- --rows
// 100000 for a short one. A tool that is not installed is left out; PYTHON names the python that has polars and numpy.
import { spawnSync } from "node:child_process";
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { random } from "../random.js";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "2000000" }, rounds: { type: "string", default: "5" } },
});
const ROWS = Number(values.rows);
const ROUNDS = Number(values.rounds);
const STARTS = 21;
const CLASSES = 100;
const PYTHON = process.env.PYTHON ?? "python3";
const source = (name) => fileURLToPath(new URL(name, import.meta.url));
const bin = source("../../bin/asoftmax.js");
const folder = mkdtempSync(join(tmpdir(), "asoftmax-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
const at = (name) => join(folder, name);
const node = (...args) => [process.execPath, ...args];

const median = (xs) => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)];

/** Seconds and processor seconds that a program takes, and its standard output and error; it must end well. */
function run(command) {
  const start = performance.now();
  const { status, error, stdout, stderr } = spawnSync("sh", ["-c", '"$@" && times', "sh", ...command], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const seconds = (performance.now() - start) / 1000;
  if (error || status !== 0) throw new Error(`${command[0]}: ${error ?? stderr}`);
  // The last line of `times` is of the programs that the shell has run: user and system time.
  const lines = stdout.trimEnd().split("\n");
  const processor = [...lines.at(-1).matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + 60 * m + Number(s),
    0,
  );
  return { seconds, processor, stdout: lines.slice(0, -2).join("\n"), stderr };
}

/** The first line that a program prints, or undefined where it cannot be run. */
function lineOf(...command) {
  try {
    const { stdout, stderr } = run(command);
    return (stdout || stderr).split("\n")[0];
  } catch {
    return undefined;
  }
}

/** The times of commands by name: one round to warm up, then rounds in which each runs once, into a new file. */
function timesOf(commands, rounds = ROUNDS) {
  const found = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, command] of Object.entries(commands)) {
      rmSync(at(`${name}.out`), { force: true });
      const { seconds, processor } = run(command);
      if (round > 0) found[name].push({ seconds, processor });
    }
  return found;
}

const of = (times, what) => times.map((one) => one[what]);
const shown = (x) => (x < 0.995 ? x.toFixed(2) : x.toPrecision(3));

function table(head, rows) {
  console.log(`\n| ${head.join(" | ")} |\n|${head.map(() => "---|").join("")}`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

/** Tells the peak memory in KiB on standard error as the program ends. */
const TELL = `data:text/javascript,import { isMainThread } from "node:worker_threads";
  if (isMainThread) process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)));`;
const peakOf = (args) => Number(/\d+$/.exec(run(node("--import", TELL, ...args)).stderr)[0]) / 1024;

/** Writes lines to a file, some thousand at a time. */
function writeLines(name, count, lineAt, header) {
  const file = openSync(at(name), "w");
  let text = header;
  for (let i = 0; i < count; i++) {
    text += lineAt(i);
    if (text.length > 2 ** 20 || i === count - 1) {
      writeSync(file, text);
      text = "";
    }
  }
  closeSync(file);
}

function writeAngles(name, rows) {
  const next = random(20170426);
  writeLines(name, rows, (i) => `${13911860366432393n + BigInt(i)},${next() * Math.PI}\n`, "id,theta\n");
}

function writeWide(name, rows) {
  const next = random(1801);
  const columns = Array.from({ length: CLASSES }, (_, j) => `theta_${j}`);
  const line = () => `${Math.floor(next() * CLASSES)},${columns.map(() => next() * Math.PI).join()}\n`;
  writeLines(name, rows, line, `label,${columns.join()}\n`);
}

const database = await (await DuckDBInstance.create(":memory:")).connect();
const copied = (from, to, format) =>
  database.run(`COPY (SELECT * FROM read_csv('${at(from)}')) TO '${at(to)}' (FORMAT ${format})`);

// What the peers run: the formulas that people write, in doubles. They write to a file of their name.

const polars = (read, columns) => `import math, polars as pl
f = ${read}
t = pl.col("theta"); k = (4 * t / math.pi).floor(); s = 4 * (4 * t).sin().abs()
psi = (1 - 2 * (k % 2)) * (4 * t).cos() - 2 * k
f.with_columns(${columns}).write_csv("${at("polars.out")}")`;
const POLARS_ALL = `m=pl.lit(4), k=k, psi=psi, dpsi_dtheta=-s, dpsi_dcos=s / t.sin(), cos_m_theta=(4 * t).cos(), cos_theta=t.cos()`;
const duckdb = (read, columns) => `import { DuckDBInstance } from "@duckdb/node-api";
const connection = await (await DuckDBInstance.create(":memory:")).connect();
await connection.run(\`COPY (SELECT *, floor(4 * theta / pi()) AS k, ${columns} FROM ${read}) TO '${at("duckdb.out")}' (HEADER)\`);`;
const DUCKDB_PSI = "CASE WHEN k % 2 = 0 THEN 1 ELSE -1 END * cos(4 * theta) - 2 * k AS psi";
const DUCKDB_ALL = `${DUCKDB_PSI}, -4 * abs(sin(4 * theta)) AS a, 4 * abs(sin(4 * theta)) / sin(theta) AS b, cos(4 * theta) AS c, cos(theta) AS d`;

/** Conditions of wide rows: the angle of the own class against the least of the others. */
const margin = `import numpy as np, polars as pl
f = pl.read_csv("${at("wide.csv")}")
a = f.select(pl.col("^theta_.*$")).to_numpy(); y = np.arange(len(a)); l = f["label"].to_numpy()
own = a[y, l].copy(); a[y, l] = np.inf; b = a.argmin(1); j = a[y, b]
k = np.floor(4 * own / np.pi); psi = (1 - 2 * (k % 2)) * np.cos(4 * own) - 2 * k
naive = np.cos(4 * own) > np.cos(j); angular = 4 * own < j
f.with_columns(pl.Series("naive", naive), pl.Series("angular", angular), pl.Series("psi", psi > np.cos(j)), pl.Series("false_pass", naive & ~angular),
  pl.Series("binding", b), pl.Series("min_theta_j", j), pl.Series("effective_margin", j / own), pl.Series("margin_gap", j - 4 * own),
  pl.Series("cosine_gap", psi - np.cos(j))).write_csv("${at("polars.out")}")`;
/** The figures of measure for m = 4 and the loss of asoftmax at scale 30. */
const measured = (read) => `import numpy as np, polars as pl
f = ${read}
a = f.select(pl.col("^theta_.*$")).to_numpy().copy(); y = np.arange(len(a)); l = f["label"].to_numpy().astype(int)
own = a[y, l].copy(); a[y, l] = np.inf; j = a.min(1)
k = np.floor(4 * own / np.pi); psi = (1 - 2 * (k % 2)) * np.cos(4 * own) - 2 * k
a[y, l] = np.pi / 2; z = 30 * np.cos(a); z[y, l] = 30 * psi; top = z.max(1)
loss = np.log(np.exp(z - top[:, None]).sum(1)) + top - 30 * psi
print((own < j).sum(), (np.cos(4 * own) > np.cos(j)).sum(), (4 * own < j).sum(), loss.mean(), np.quantile(own, [0, .25, .5, .75, 1]), np.quantile(j / own, [0, .5, 1]))`;
const features = `import numpy as np
f, w, l = (np.load("${folder}/" + n + ".npy") for n in "fwl")
f /= np.linalg.norm(f, axis=1, keepdims=True); w /= np.linalg.norm(w, axis=1, keepdims=True)
correct, loss = 0, 0.0
for i in range(0, len(f), 2000):
    c = f[i:i + 2000] @ w.T; y = np.arange(len(c)); o = l[i:i + 2000]
    own = np.arccos(np.clip(c[y, o], -1, 1)); c[y, o] = -2; top = c.max(1); j = np.arccos(np.clip(top, -1, 1))
    k = np.floor(4 * own / np.pi); psi = (1 - 2 * (k % 2)) * np.cos(4 * own) - 2 * k
    c[y, o] = psi; correct += int((own < j).sum()); loss += (np.log(np.exp(30 * (c - 1)).sum(1)) + 30 - 30 * psi).sum()
print(correct, loss / len(f))`;

/** The tools that are there, and how each is called. */
const tools = {
  polars: lineOf(PYTHON, "-c", 'import polars, numpy; print("Polars", polars.__version__, "numpy", numpy.__version__)'),
  duckdb: "DuckDB 1.5 by its Node package",
  cpp: lineOf("g++", "--version"),
};
if (tools.cpp !== undefined) run(["g++", "-O2", "-o", at("psi"), source("psi.cpp")]);

const own = (...args) => node(bin, ...args, "--output", at("asoftmax.out"));
const python = (code) => [PYTHON, "-c", code];
const script = (code) => node("--input-type=module", "-e", code);
const wideRows = Math.round(ROWS / 20);
const jsonRows = Math.round(ROWS / 2);
const featureRows = Math.round(ROWS / 100);
const csv = (name) => `pl.read_csv("${at(name)}")`;
const duckCsv = (name) => `read_csv('${at(name)}')`;
const psi = ["psi", "--input"];
const measure = ["--m", "4", "--functions", "asoftmax:m=4"];

/** Each query: what it is, our command, and those of the peers; check: is the last column psi in every file? */
function queries(large) {
  return [
    ...["angles.csv", large].map((file) => [
      `psi only, ${file === large ? 2.5 * ROWS : ROWS} rows, csv to csv`,
      {
        asoftmax: own(...psi, at(file), "--columns", "psi"),
        polars: python(polars(csv(file), "psi=psi")),
        duckdb: script(duckdb(duckCsv(file), DUCKDB_PSI)),
        cpp: [at("psi"), at(file), at("cpp.out")],
      },
      true,
    ]),
    ...["angles.csv", large].map((file) => [
      `psi, all columns, ${file === large ? 2.5 * ROWS : ROWS} rows, csv to csv`,
      {
        asoftmax: own(...psi, at(file)),
        polars: python(polars(csv(file), POLARS_ALL)),
        duckdb: script(duckdb(duckCsv(file), DUCKDB_ALL)),
        cpp: [at("psi"), at(file), at("cpp.out"), "all"],
      },
    ]),
    [
      `psi only, ${ROWS} rows, Parquet to csv`,
      {
        asoftmax: own(...psi, at("angles.parquet"), "--columns", "psi"),
        polars: python(polars(`pl.read_parquet("${at("angles.parquet")}")`, "psi=psi")),
        duckdb: script(duckdb(`'${at("angles.parquet")}'`, DUCKDB_PSI)),
      },
      true,
    ],
    [
      `psi only, ${jsonRows} rows, jsonl to csv`,
      {
        asoftmax: own(...psi, at("angles.jsonl"), "--columns", "psi"),
        polars: python(polars(`pl.read_ndjson("${at("angles.jsonl")}")`, "psi=psi")),
        duckdb: script(duckdb(`read_ndjson('${at("angles.jsonl")}')`, DUCKDB_PSI)),
      },
      true,
    ],
    [
      `margin, ${wideRows} rows of ${CLASSES} classes, csv to csv`,
      { asoftmax: own("margin", "--input", at("wide.csv")), polars: python(margin) },
    ],
    [
      `margin, the same as Parquet in one row group`,
      {
        asoftmax: own("margin", "--input", at("wide.parquet")),
        polars: python(margin.replace(csv("wide.csv"), `pl.read_parquet("${at("wide.parquet")}")`)),
      },
    ],
    [
      `measure, ${wideRows} samples of ${CLASSES} classes, csv`,
      { asoftmax: own("measure", "--input", at("wide.csv"), ...measure), polars: python(measured(csv("wide.csv"))) },
    ],
    [
      `measure, the same as Parquet`,
      {
        asoftmax: own("measure", "--input", at("wide.parquet"), ...measure),
        polars: python(measured(`pl.read_parquet("${at("wide.parquet")}")`)),
      },
    ],
    [
      `measure, ${featureRows} x 512 features, 10000 classes`,
      {
        asoftmax: own(
          "measure",
          "--features",
          at("f.npy"),
          "--weights",
          at("w.npy"),
          "--labels",
          at("l.npy"),
          "--scale",
          "30",
          ...measure,
        ),
        polars: python(features),
      },
    ],
  ];
}

/** The psi of every row of a file that a tool has written. */
async function psiOf(name) {
  const found = [];
  let place = -1;
  for await (const line of createInterface(createReadStream(at(`${name}.out`)))) {
    const cells = line.split(",");
    if (place < 0) place = cells.indexOf("psi");
    else found.push(Number(cells[place]));
  }
  return found;
}

async function compared() {
  const large = "large.csv";
  writeAngles("angles.csv", ROWS);
  writeAngles(large, 2.5 * ROWS);
  await copied("angles.csv", "angles.parquet", "parquet");
  await database.run(
    `COPY (SELECT * FROM read_csv('${at("angles.csv")}') LIMIT ${jsonRows}) TO '${at("angles.jsonl")}' (FORMAT json)`,
  );
  writeWide("wide.csv", wideRows);
  await copied("wide.csv", "wide.parquet", "parquet, ROW_GROUP_SIZE 1000000");
  writeEmbeddings(featureRows, 10_000, 512);
  const names = Object.keys(tools).filter((name) => tools[name] !== undefined);
  const rows = [];
  for (const [what, commands, isPsi] of queries(large)) {
    const known = Object.fromEntries(
      Object.entries(commands).filter(([name]) => name === "asoftmax" || names.includes(name)),
    );
    const times = timesOf(known);
    if (isPsi) {
      const ours = await psiOf("asoftmax");
      for (const name of Object.keys(known)) {
        const theirs = await psiOf(name);
        const largest = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0);
        if (!(theirs.length === ours.length && largest <= 1e-12))
          throw new Error(`${what}: ${name} differs by ${largest}`);
      }
    }
    const time = (name, what) => median(of(times[name], what));
    const spread = of(times.asoftmax, "seconds");
    rows.push([
      what,
      `${shown(time("asoftmax", "seconds"))} (${shown(Math.min(...spread))}-${shown(Math.max(...spread))}; ${shown(time("asoftmax", "processor"))} cpu; ${peakOf(known.asoftmax.slice(1)).toFixed(0)} MiB)`,
      ...names.map((name) =>
        name in known
          ? `${shown(time(name, "seconds"))} (${shown(time(name, "processor"))} cpu): ${shown(time("asoftmax", "seconds") / time(name, "seconds"))}`
          : "",
      ),
    ]);
  }
  table([`seconds, medians of ${ROUNDS}`, "asoftmax", ...names.map((name) => `${tools[name]}: asoftmax / it`)], rows);
}

function start() {
  const times = timesOf({ empty: node("-e", "0"), own: node(bin, "psi", "--m", "4", "--theta", "1.2") }, STARTS);
  const [empty, ours] = [median(of(times.empty, "seconds")), median(of(times.own, "seconds"))];
  table(
    ["start", "milliseconds", "ratio"],
    [
      ["`node -e 0`", (1000 * empty).toFixed(0), "1"],
      ["`asoftmax psi --m 4 --theta 1.2`", (1000 * ours).toFixed(0), shown(ours / empty)],
    ],
  );
}

function growth() {
  const rows = [0.5, 1, 2, 4].map((factor) => {
    writeAngles("growth.csv", factor * ROWS);
    const command = own(...psi, at("growth.csv"), "--columns", "psi");
    const seconds = median(of(timesOf({ asoftmax: command }).asoftmax, "seconds"));
    return [
      factor * ROWS,
      shown(seconds),
      ((1e6 * seconds) / factor / ROWS).toFixed(2),
      peakOf(command.slice(1)).toFixed(0),
    ];
  });
  table(["psi only, rows of csv", "seconds", "microseconds a row", "peak memory in MiB"], rows);
}

/** Writes features near the vector of their class, the class vectors and the labels. */
function writeEmbeddings(samples, classes, size) {
  const next = random(1904);
  const npy = (name, descr, shape, data) => {
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`;
    const head = Buffer.alloc(10);
    head.write("\x93NUMPY\x01\x00", "latin1");
    head.writeUInt16LE(header.length, 8);
    writeFileSync(at(name), Buffer.concat([head, Buffer.from(header), Buffer.from(data.buffer)]));
  };
  const weights = Float32Array.from({ length: classes * size }, () => next() - 0.5);
  const labels = BigInt64Array.from({ length: samples }, () => BigInt(Math.floor(next() * classes)));
  const features = new Float32Array(samples * size);
  for (let i = 0; i < features.length; i++) {
    const label = Number(labels[Math.floor(i / size)]);
    features[i] = weights[label * size + (i % size)] + 3 * (next() - 0.5);
  }
  npy("w.npy", "<f4", `${classes}, ${size}`, weights);
  npy("l.npy", "<i8", `${samples},`, labels);
  npy("f.npy", "<f4", `${samples}, ${size}`, features);
}

const load = () => loadavg()[0].toFixed(1);
console.log(
  `${cpus()[0].model} x ${cpus().length}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, node ${process.version}, load ${load()}`,
);
start();
await compared();
growth();
console.log(`\nLoad at the end: ${load()}.`);
