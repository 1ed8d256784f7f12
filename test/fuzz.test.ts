import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, expect, test } from "vitest";
import { ParameterError } from "../src/core/errors.ts";
import { DataError, UsageError } from "../src/data/errors.ts";
import { openNpy } from "../src/data/npy.ts";
import { drain } from "./cli/drain.ts";

const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FILES_OF_A_KIND = 250;
const LONGEST_MS = 5000;

/** Whole numbers below n, the same in every run (mulberry32). */
function below(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

type Damage = (bytes: Buffer, random: (n: number) => number) => Buffer;

const times = (count: number, change: () => void) => {
  for (let i = 0; i < count; i++) change();
};

const damages: readonly Damage[] = [
  function bits(bytes, random) {
    times(1 + random(8), () => {
      bytes[random(bytes.length)]! ^= 1 << random(8);
    });
    return bytes;
  },
  function randomBytes(bytes, random) {
    times(1 + random(16), () => {
      bytes[random(bytes.length)] = random(256);
    });
    return bytes;
  },
  function bitsNearTheEnd(bytes, random) {
    times(1 + random(4), () => {
      bytes[bytes.length - 1 - random(Math.min(400, bytes.length))]! ^= 1 << random(8);
    });
    return bytes;
  },
  function cutShort(bytes, random) {
    return bytes.subarray(0, random(bytes.length));
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

const csv = (quoted: (name: string) => string) =>
  `theta_y,theta_j,id,name\r\n${SAMPLES.map((s) => `${s.theta_y},${s.theta_j},${s.id},${quoted(s.name)}\r\n`).join("")}`;
const jsonl = SAMPLES.map(({ id, ...s }) => `{"id":${id},"nested":[1,{"a":null}],${JSON.stringify(s).slice(1)}\n`).join(
  "",
);

const gzips = [csv((name) => name.replaceAll('"', "")), jsonl].map((text) => gzipSync(text));
const arrays = [Buffer.from(`[${jsonl.trim().replaceAll("\n", ",\n")}]`)];
const utf16s = [Buffer.from(`\ufeff${csv((name) => name.replaceAll('"', "'"))}`, "utf16le")];
const zstds = [readFileSync(new URL("fixtures/files/plain.csv.zst", import.meta.url))];

const database = await (await DuckDBInstance.create(":memory:")).connect();
const parquets: Buffer[] = [];
for (const codec of ["uncompressed", "snappy", "zstd", "gzip", "brotli", "lz4_raw"]) {
  const path = join(folder, "whole.parquet");
  await database.run(`COPY (SELECT i / 1000 AS theta_y, '1;2' AS theta_j, i AS id, CASE WHEN i % 3 = 0 THEN 'a' || i END AS name,
    (i / 100)::DECIMAL(20, 2) AS d, [i, NULL] AS list, '2017-04-26'::TIMESTAMP AS at FROM range(2500) t(i))
    TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION ${codec})`);
  parquets.push(readFileSync(path));
}

const npys = ["f4-little-c", "f2-big-fortran", "i8-little-fortran", "u8-big-c", "version-2", "version-3", "halves"].map(
  (name) => readFileSync(new URL(`fixtures/npy/${name}.npy`, import.meta.url)),
);

function readNpy(path: string): void {
  const npy = openNpy(path);
  try {
    for (let row = 0; row < npy.rows; row++) npy.read(row, 1);
  } finally {
    npy.close();
  }
}

const commands = [
  ["psi", "--theta", "@theta_y", "--m", "2,4.5"],
  ["margin", "--each", "--bad-rows", "keep"],
  ["loss", "--bad-rows", "skip", "--format", "jsonl"],
];
const rowsOf = (path: string, i: number) => drain([...commands[i % commands.length]!, "--input", path]);

// biome-ignore format: a table
const kinds: [kind: string, whole: readonly Buffer[], read: (path: string, i: number) => unknown][] = [
  ["csv",     [Buffer.from(csv((name) => name.replaceAll('"', ""))), Buffer.from(csv((name) => `"${name.replaceAll('"', '""')}"`))], rowsOf],
  ["jsonl",   [Buffer.from(jsonl)], rowsOf],
  ["json",    arrays,               rowsOf],
  ["gz",      gzips,                rowsOf],
  ["zst",     zstds,                rowsOf],
  ["utf16",   utf16s,               rowsOf],
  ["parquet", parquets,             rowsOf],
  ["npy",     npys,                 readNpy],
];

test.each(kinds)("damaged files are read, or refused in one line: %s", async (kind, whole, read) => {
  const path = join(folder, `f.${kind}`);
  for (let seed = 0; seed < FILES_OF_A_KIND; seed++) {
    const random = below(seed);
    const damage = damages[seed % damages.length]!;
    writeFileSync(path, damage(Buffer.from(whole[random(whole.length)]!), random));
    const start = performance.now();
    const place = `${kind}, seed ${seed}, ${damage.name}`;
    try {
      await read(path, random(3));
    } catch (error) {
      const known = [UsageError, DataError, ParameterError].some((type) => error instanceof type);
      expect(known, `${place}: ${(error as Error).stack}`).toBe(true);
      expect((error as Error).message, place).toMatch(/^[^\n]+$/);
    }
    expect(performance.now() - start, place).toBeLessThan(LONGEST_MS);
  }
});
