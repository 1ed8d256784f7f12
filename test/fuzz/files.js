// Whole files of every kind that is read, what damages them, and the commands that read them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { oneOf } from "../random.js";

const times = (count, change) => {
  for (let i = 0; i < count; i++) change();
};

export const damages = [
  function bits(bytes, random) {
    times(1 + random(8), () => {
      bytes[random(bytes.length)] ^= 1 << random(8);
    });
    return bytes;
  },
  function randomBytes(bytes, random) {
    times(1 + random(16), () => {
      bytes[random(bytes.length)] = random(256);
    });
    return bytes;
  },
  function extremeByte(bytes, random) {
    bytes[random(bytes.length)] = oneOf([0, 1, 0x7f, 0x80, 0xfe, 0xff], random);
    return bytes;
  },
  function bitsNearTheStart(bytes, random) {
    times(1 + random(3), () => {
      bytes[random(Math.min(100, bytes.length))] ^= 1 << random(8);
    });
    return bytes;
  },
  function bitsNearTheEnd(bytes, random) {
    times(1 + random(4), () => {
      bytes[bytes.length - 1 - random(Math.min(400, bytes.length))] ^= 1 << random(8);
    });
    return bytes;
  },
  function cutShort(bytes, random) {
    return bytes.subarray(0, random(bytes.length));
  },
  function cutOut(bytes, random) {
    const from = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random(16))]);
  },
  function doubled(bytes, random) {
    const [from, to] = [random(bytes.length), random(bytes.length)].sort((a, b) => a - b);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  function noise(bytes, random) {
    return Buffer.from(bytes.map(() => random(256)));
  },
];

const SAMPLES = Array.from({ length: 40 }, (_, i) => ({
  theta_y: i / 13,
  theta_j: `${i / 20};${i / 30}`,
  id: 13911860366432393n + BigInt(i),
  name: `"${i}", é`,
}));
const delimited = (delimiter, written) =>
  [Object.keys(SAMPLES[0]), ...SAMPLES.map((s) => [s.theta_y, s.theta_j, s.id, written(s.name)])]
    .map((cells) => `${cells.join(delimiter)}\r\n`)
    .join("");
const csv = delimited(",", (name) => `"${name.replaceAll('"', '""')}"`);
const tsv = delimited("\t", (name) => name.replaceAll('"', ""));
const objects = SAMPLES.map(({ id, ...s }) => `{"id":${id},"nested":[1,{"a":null}],${JSON.stringify(s).slice(1)}`);
const wide = `label,${SAMPLES.map((_, j) => `theta_${j}`).join()}\n${SAMPLES.map((_, i) => `${i},${SAMPLES.map((_, j) => ((i * j) % 31) / 10).join()}\n`).join("")}`;

const fixture = (path) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
const fixtures = (folder) => readdirSync(fixture(folder)).map((name) => readFileSync(fixture(`${folder}/${name}`)));

/** Parquet with every codec, pages of both versions, dictionaries, nulls, decimals, lists and structs. */
async function parquets() {
  const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
  const path = join(folder, "whole.parquet");
  const database = await (await DuckDBInstance.create(":memory:")).connect();
  const found = fixtures("parquet");
  for (const codec of ["uncompressed", "snappy", "zstd", "gzip", "brotli", "lz4_raw"])
    for (const version of ["V1", "V2"]) {
      await database.run(`COPY (SELECT i / 1000 AS theta_y, '1;2' AS theta_j, i AS id, CASE WHEN i % 3 = 0 THEN 'a' || i END AS name,
        (i / 100)::DECIMAL(20, 2) AS d, [i / 2, NULL] AS list, {'a': i} AS struct, i % 5 AS few, '2017-04-26'::TIMESTAMP AS at
        FROM range(2500) t(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION ${codec}, PARQUET_VERSION ${version})`);
      found.push(readFileSync(path));
    }
  rmSync(folder, { recursive: true });
  return found;
}

const rows = [
  ["psi", "--theta", "@theta_y", "--m", "2,4.5", "--prefix", "p_"],
  ["psi", "--theta", "@theta_y", "--prefix", "p_", "--format", "jsonl"],
  ["margin", "--each", "--bad-rows", "keep"],
  ["loss", "--bad-rows", "skip", "--format", "jsonl"],
  ["measure", "--theta", "@theta_y", "--competing", "@theta_j"],
  ["audit", "--theta", "@theta_y", "--value", "@id"],
];
const input = (commands) => (path, random) => [...oneOf(commands, random), "--input", path];
/** A file of numpy: its type, its shape, the bytes of its numbers. */
function npy(descr, shape, { buffer }) {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`;
  const size = Buffer.of(header.length & 255, header.length >> 8);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), size, Buffer.from(header), Buffer.from(buffer)]);
}
const vectors = {
  features: npy(
    "<f4",
    "6, 3",
    Float32Array.from({ length: 18 }, (_, i) => Math.sin(i)),
  ),
  weights: npy(
    "<f8",
    "4, 3",
    Float64Array.from({ length: 12 }, (_, i) => Math.cos(i)),
  ),
  labels: npy("<i8", "6,", BigInt64Array.of(0n, 1n, 2n, 3n, 0n, 1n)),
};
/** One of the three files of measure is the damaged one; where it has parts, it is all of them. */
function measured(path, random) {
  const damaged = oneOf(Object.keys(vectors), random);
  const fileOf = (name) => (name === damaged ? path : join(dirname(path), `${name}.npy`));
  return ["measure", ...Object.keys(vectors).flatMap((name) => [`--${name}`, fileOf(name)])];
}
const measuredParts = (weights, labels) => (path, random) => [
  ...[
    "measure",
    "--features",
    `${path}:${labels === "label" ? "embedding" : "features"}`,
    "--labels",
    `${path}:${labels}`,
  ],
  ...(random(3) === 0 ? [] : ["--weights", weights.replace("PATH", path)]),
];
const vectorFiles = (...names) => names.map((name) => readFileSync(fixture(`vectors/${name}`)));

/** Of each kind: the ending of its files, whole ones, and the command line that reads a path. */
const kinds = [
  { ending: "csv", whole: [Buffer.from(csv), Buffer.from(csv.replaceAll('"', ""))], command: input(rows) },
  { ending: "csv", whole: [Buffer.from(wide)], command: input([["margin"], ["measure"], ["loss"]]) },
  { ending: "tsv", whole: [Buffer.from(tsv)], command: input(rows) },
  { ending: "jsonl", whole: [Buffer.from(`${objects.join("\n")}\n`)], command: input(rows) },
  { ending: "json", whole: [Buffer.from(`[${objects.join(",\n")}]\n`)], command: input(rows) },
  { ending: "csv.gz", whole: [gzipSync(csv)], command: input(rows) },
  { ending: "csv", whole: [Buffer.from(`\ufeff${csv}`, "utf16le")], command: input(rows) },
  { ending: "npy", whole: [...Object.values(vectors), ...fixtures("npy")], command: measured },
  {
    ending: "npz",
    whole: vectorFiles("stored.npz", "deflated.npz", "fortran.npz", "zip64.npz"),
    command: measuredParts("PATH:weights", "labels"),
  },
  {
    ending: "safetensors",
    whole: vectorFiles("f32.safetensors", "f16.safetensors", "bf16.safetensors"),
    command: measuredParts("PATH:head.weight", "labels"),
  },
  {
    ending: "parquet",
    whole: vectorFiles("single.parquet", "double.parquet", "fixed.parquet"),
    command: measuredParts(fixture("vectors/weights.parquet"), "label"),
  },
];
// Parquet has most ways to go wrong: as many of it as of all others.
const parquet = { ending: "parquet", whole: await parquets(), command: input(rows) };

/** The damaged file of a seed in a folder, written there, and the command line that reads it. */
export function damagedFile(random, folder, name) {
  const { ending, whole, command } = random(2) === 0 ? parquet : oneOf(kinds, random);
  const damage = oneOf(damages, random);
  const path = join(folder, `${name}.${ending}`);
  writeFileSync(path, damage(Buffer.from(oneOf(whole, random)), random));
  return { path, args: command(path, random), what: damage.name };
}

/** Writes the whole files that a damaged one is read beside. */
export function writeVectors(folder) {
  for (const [name, bytes] of Object.entries(vectors)) writeFileSync(join(folder, `${name}.npy`), bytes);
}
