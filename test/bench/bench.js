// How long asoftmax takes beside other tools that do the same, as markdown: npm run bench, or npm run bench -- --rows 100000 for a short one.
// A tool that is not installed is left out; PYTHON names the python that has pandas and numpy.
import { spawnSync } from "node:child_process";
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { rows: { type: "string", default: "5000000" } } });
const ROWS = Number(values.rows);
const ROUNDS = 3;
const STARTS = 21;
const M = 4;
const PYTHON = process.env.PYTHON ?? "python3";
const bin = fileURLToPath(new URL("../../bin/asoftmax.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "asoftmax-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
const at = (name) => join(folder, name);

const median = (xs) => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)];

/** Numbers in [0, 1), the same in every run (mulberry32). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seconds that a program takes, and its standard output and error; it must end well. */
function run([program, ...args]) {
  const start = performance.now();
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  const seconds = (performance.now() - start) / 1000;
  if (error || status !== 0) throw new Error(`${program}: ${error ?? stderr}`);
  return { seconds, stdout, stderr };
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

/** Median seconds of each command of a list: one round to warm up, then rounds in which each runs once. */
function medians(commands, rounds) {
  const times = commands.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, command] of commands.entries()) {
      const { seconds } = run(command);
      if (round > 0) times[i].push(seconds);
    }
  }
  return times.map(median);
}

function table(head, rows) {
  console.log(`\n| ${head.join(" | ")} |\n|${head.map(() => "---|").join("")}`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

const node = (...args) => [process.execPath, ...args];
const psi = (rows, output) => [bin, "psi", "--input", at(`${rows}.csv`), "--columns", "psi", "--output", at(output)];

/** A csv file of ids and random angles. */
function writeAngles(rows) {
  const next = random(20170426);
  const file = openSync(at(`${rows}.csv`), "w");
  let text = "id,theta\n";
  for (let i = 0; i < rows; i++) {
    text += `${13911860366432393n + BigInt(i)},${next() * Math.PI}\n`;
    if (text.length > 2 ** 20 || i === rows - 1) {
      writeSync(file, text);
      text = "";
    }
  }
  closeSync(file);
}

/** The compiler of the rival in C++, which it has compiled, or undefined where there is none. */
function compiled() {
  const version = lineOf("g++", "--version");
  if (version !== undefined) run(["g++", "-O2", "-o", at("psi"), fileURLToPath(new URL("psi.cpp", import.meta.url))]);
  return version && `one thread of C++, ${version}`;
}

/** The rival tools that are installed: what each is, and the command that writes id, theta and psi to a file of its name. */
function rivals() {
  const input = at(`${ROWS}.csv`);
  const [k, pi] = [`floor(${M} * theta / pi())`, "3.141592653589793"];
  const duckdb = `import { DuckDBInstance } from "@duckdb/node-api";
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run(\`COPY (SELECT id, theta, CASE WHEN ${k} % 2 = 0 THEN 1 ELSE -1 END * cos(${M} * theta) - 2 * ${k} AS psi
      FROM read_csv('${input}')) TO '${at("duckdb.csv")}'\`);`;
  const miller = `k = floor(${M} * $theta / ${pi}); $psi = (k % 2 == 0 ? 1 : -1) * cos(${M} * $theta) - 2 * k`;
  const mawk = `NR == 1 { print $0 ",psi"; next }
    { k = int(${M} * $2 / ${pi}); printf "%s,%.17g\\n", $0, (k % 2 ? -1 : 1) * cos(${M} * $2) - 2 * k }`;
  const pandas = `import numpy, pandas
f = pandas.read_csv("${input}")
k = numpy.floor(${M} * f.theta / numpy.pi)
f["psi"] = (1 - 2 * (k % 2)) * numpy.cos(${M} * f.theta) - 2 * k
f.to_csv("${at("pandas.csv")}", index=False)`;
  const sh = (name, ...command) => ["sh", "-c", `"$@" > "${at(`${name}.csv`)}"`, "sh", ...command];
  const all = {
    duckdb: [
      lineOf(
        ...node("--input-type=module", "-e", 'console.log("DuckDB", (await import("@duckdb/node-api")).version())'),
      ),
      node("--input-type=module", "-e", duckdb),
    ],
    miller: [lineOf("mlr", "--version"), sh("miller", "mlr", "--csv", "put", miller, input)],
    mawk: [lineOf("mawk", "-W", "version"), sh("mawk", "mawk", "-F,", mawk, input)],
    pandas: [lineOf(PYTHON, "-c", 'import pandas; print("pandas", pandas.__version__)'), [PYTHON, "-c", pandas]],
    cpp: [compiled(), [at("psi"), input, at("cpp.csv")]],
  };
  const missing = Object.keys(all).filter((name) => all[name][0] === undefined);
  if (missing.length > 0) console.log(`Not installed: ${missing.join(", ")}.`);
  return Object.entries(all).filter(([name]) => !missing.includes(name));
}

/** The psi of every row of a file that a tool has written. */
async function psiOf(name) {
  const found = new Float64Array(ROWS);
  let row = -1;
  for await (const line of createInterface(createReadStream(at(`${name}.csv`)))) {
    if (row >= 0) found[row] = Number(line.slice(line.lastIndexOf(",") + 1));
    row++;
  }
  if (row !== ROWS) throw new Error(`${name} wrote ${row} rows, not ${ROWS}`);
  return found;
}

async function rows() {
  writeAngles(ROWS);
  const others = rivals();
  const times = medians([node(...psi(ROWS, "asoftmax.csv")), ...others.map(([, [, command]]) => command)], ROUNDS);
  const own = await psiOf("asoftmax");
  const differences = [0];
  for (const [name] of others) {
    const found = await psiOf(name);
    const largest = own.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i])), 0);
    if (!(largest <= 1e-12)) throw new Error(`${name} differs by ${largest}`);
    differences.push(largest);
  }
  const names = ["asoftmax", ...others.map(([, [version]]) => version)];
  table(
    [`psi of ${ROWS} rows, csv to csv`, "seconds", "asoftmax / it", "largest difference"],
    names.map((name, i) => [
      name,
      times[i].toFixed(2),
      (times[0] / times[i]).toFixed(2),
      differences[i].toExponential(0),
    ]),
  );
}

function start() {
  const [empty, own] = medians([node("-e", "0"), node(bin, "psi", "--m", "4", "--theta", "1.2")], STARTS);
  table(
    ["start", "milliseconds", "ratio"],
    [
      ["`node -e 0`", (1000 * empty).toFixed(0), "1"],
      ["`asoftmax psi --m 4 --theta 1.2`", (1000 * own).toFixed(0), (own / empty).toFixed(2)],
    ],
  );
}

/** Tells the peak memory in KiB on standard error as the program ends. */
const TELL = `data:text/javascript,import { isMainThread } from "node:worker_threads";
  if (isMainThread) process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)));`;

function growth() {
  const sizes = [1, 2, 4, 8].map((factor) => Math.round((factor * ROWS) / 5));
  const found = sizes.map((size) => {
    if (size !== ROWS) writeAngles(size);
    run(node(...psi(size, "growth.csv")));
    const runs = Array.from({ length: ROUNDS }, () => run(node("--import", TELL, ...psi(size, "growth.csv"))));
    return { seconds: median(runs.map((one) => one.seconds)), mib: median(runs.map((one) => one.stderr / 1024)) };
  });
  table(
    ["rows", "seconds", "microseconds a row", "peak memory in MiB"],
    found.map(({ seconds, mib }, i) => [
      sizes[i],
      seconds.toFixed(2),
      ((1e6 * seconds) / sizes[i]).toFixed(2),
      mib.toFixed(0),
    ]),
  );
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

function embeddings() {
  const version = lineOf(PYTHON, "-c", 'import numpy; print("numpy", numpy.__version__)');
  const known = /^ {2}measure /m.test(run(node(bin, "--help")).stdout);
  if (!known || version === undefined) {
    console.log(`\nEmbeddings: left out, there is no ${known ? "numpy" : "measure command"}.`);
    return;
  }
  const [samples, classes, size] = [Math.round(ROWS / 50), 10_000, 512];
  writeEmbeddings(samples, classes, size);
  const numpy = `import numpy as np
f, w, l = (np.load("${folder}/" + n + ".npy") for n in "fwl")
f /= np.linalg.norm(f, axis=1, keepdims=True); w /= np.linalg.norm(w, axis=1, keepdims=True)
correct = 0
for i in range(0, len(f), 2000):
    angles = np.arccos(np.clip(f[i:i + 2000] @ w.T, -1, 1)); own = l[i:i + 2000, None]
    target = np.take_along_axis(angles, own, 1)[:, 0]
    np.put_along_axis(angles, own, np.inf, 1)
    correct += int((target < np.partition(angles, 0, 1)[:, 0]).sum())
print(correct)`;
  const names = ["features", "weights", "labels"].flatMap((name) => [`--${name}`, at(`${name[0]}.npy`)]);
  const measure = [bin, "measure", ...names, "--format", "json"];
  const [own, other] = medians([node(...measure), [PYTHON, "-c", numpy]], ROUNDS);
  const { stdout, stderr } = run(node("--import", TELL, ...measure));
  const difference = Math.abs(JSON.parse(stdout).correct - run([PYTHON, "-c", numpy]).stdout);
  // float32 products decide otherwise only where two classes are equally near.
  if (!(difference <= samples / 10_000)) throw new Error(`numpy finds ${difference} more or fewer right`);
  table(
    [`${samples} x ${size} features, ${classes} classes`, "seconds", "asoftmax / it"],
    [
      [`asoftmax (${(Number(/\d+$/.exec(stderr)[0]) / 1024).toFixed(0)} MiB)`, own.toFixed(2), "1.00"],
      [version, other.toFixed(2), (own / other).toFixed(2)],
    ],
  );
}

const load = () => loadavg()[0].toFixed(1);
console.log(
  `${cpus()[0].model} x ${cpus().length}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, node ${process.version}, load ${load()}`,
);
start();
await rows();
growth();
embeddings();
console.log(`\nLoad at the end: ${load()}.`);
