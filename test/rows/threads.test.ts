import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedBytes } from "../../src/rows/threads.ts";
import { asoftmax, type Ran, sh, words } from "../cli/run.ts";

const cwd = mkdtempSync(join(tmpdir(), "asoftmax-threads-"));
afterAll(() => rmSync(cwd, { recursive: true }));

// About 6 MB, of which the last 2 go to the threads: the first 4 do not.
const ROWS = 60_000;
const PADDING = "x".repeat(60);
const isQuoted = (i: number) => (i > 20_000 && i < 22_000) || (i > 50_000 && i < 53_000);
const isBad = (i: number) => i % 9_500 === 9_499 || i === 51_000;
const LATE = 58_500;

/** Rows with the columns theta_y, theta_j and id; line breaks inside quotes in two places, one of them far back. */
function rowsOf(newline: string, other: (i: number) => string | undefined = () => undefined): string {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const id = isQuoted(i) ? `"${i}, ""${PADDING}""${newline}"` : `${i} ${PADDING}`;
    return `${other(i) ?? ((i * 0.618) % 1) * 0.5},${2 + ((i * 0.414) % 1)},${id}`;
  });
  return ["theta_y,theta_j,id", ...rows].join(newline);
}

const lineOf = (row: number) => 2 + row + Array.from({ length: row }, (_, i) => i).filter(isQuoted).length;
const BAD = Array.from({ length: ROWS }, (_, i) => i).filter(isBad);
const badOrPi = (i: number) => (isBad(i) ? "4" : i % 10_000 === 0 ? "3.1415927" : undefined);

beforeAll(() => {
  writeFileSync(join(cwd, "plain.csv"), rowsOf("\n"));
  writeFileSync(join(cwd, "crlf.csv"), `${rowsOf("\r\n")}\r\n`);
  writeFileSync(join(cwd, "bad.csv"), `${rowsOf("\n", badOrPi)}\n`);
  writeFileSync(join(cwd, "bad-crlf.csv"), rowsOf("\r\n", badOrPi));
  writeFileSync(
    join(cwd, "late.csv"),
    rowsOf("\n", (i) => (i === LATE ? "-1" : undefined)),
  );
});

const PSI = "psi --m 4 --theta @theta_y --columns k,psi";
const MARGIN = "margin --m 8 --check --columns binding,psi";

/** The same run with one, two and three threads. */
async function runs(line: string): Promise<Ran[]> {
  const ran: Ran[] = [];
  for (const threads of [1, 2, 3]) ran.push(await asoftmax([...words(line), "--threads", `${threads}`], { cwd }));
  return ran;
}

/** 6 MB are too much to print where they differ. */
function expectSame(ran: readonly Ran[]): void {
  const [one, ...others] = ran;
  for (const other of others) {
    expect([other.status, other.stderr]).toEqual([one!.status, one!.stderr]);
    expect(other.stdout === one!.stdout, "the same rows").toBe(true);
  }
}

// biome-ignore format: a table
test.each([
  ["psi",                       `${PSI} --input plain.csv`,                      0],
  ["margin --check, CRLF",      `${MARGIN} --input crlf.csv`,                    1],
  ["tsv, several m, degrees, a prefix", "psi --m 2,4 --theta @theta_y --degrees --precision 3 --prefix my_ --columns m,psi,dpsi_dcos --format tsv --input plain.csv", 0],
  ["json",                      `${PSI} --format json --input plain.csv`,        0],
])("threads do not change a byte: %s", async (_, line, status) => {
  const ran = await runs(line);
  expect([ran[0]!.status, ran[0]!.stderr]).toEqual([status, ""]);
  expect(ran[0]!.stdout.length).toBeGreaterThan(6e6);
  expectSame(ran);
});

describe("bad rows, and angles a little above pi, are counted over all threads", () => {
  const places = BAD.slice(0, 5).map(lineOf).join(", ");

  // biome-ignore format: a table
  test.each([
    ["psi, keep, CRLF",  "bad-crlf.csv", `${PSI} --bad-rows keep`,    0, "kept without values"],
    ["margin, skip",     "bad.csv",      `${MARGIN} --bad-rows skip`, 1, "left out"],
  ])("%s", async (_, file, line, status, what) => {
    const ran = await runs(`${line} --input ${file}`);
    expect([ran[0]!.status, ran[0]!.stderr]).toEqual([
      status,
      `asoftmax: ${file}: 7 bad rows ${what}: line ${places}, ...\n` +
        `asoftmax: ${file}: 6 rows have an angle above pi by at most 1e-6, which counts as pi\n`,
    ]);
    expectSame(ran);
  });
});

const SAID = `asoftmax: late.csv line ${lineOf(LATE)}: column theta_y: -1 lies below 0: an angle lies in [0, pi]; these look like cosines: give their arccosines (--bad-rows skip leaves such rows out)\n`;

test("the first bad row stops, far back in the file too, after rows that are right", async () => {
  const whole = await asoftmax(words(`${PSI} --bad-rows skip --threads 1 --input late.csv`), { cwd });
  for (const { status, stdout, stderr } of await runs(`${PSI} --input late.csv`)) {
    expect([status, stderr]).toEqual([2, SAID]);
    expect(stdout.length).toBeGreaterThan(4e6);
    expect(whole.stdout.startsWith(stdout)).toBe(true);
  }
});

test("an error far back leaves the old --output file, and no other", async () => {
  writeFileSync(join(cwd, "out.csv"), "old\n");
  const before = readdirSync(cwd);
  const ran = await asoftmax(words(`${PSI} --threads 2 --input late.csv --output out.csv`), { cwd });
  expect(ran).toEqual({ status: 2, stdout: "", stderr: SAID });
  expect(readFileSync(join(cwd, "out.csv"), "utf8")).toBe("old\n");
  expect(readdirSync(cwd)).toEqual(before);
});

test("a quote that is never closed, far back, comes after all rows before it", async () => {
  writeFileSync(join(cwd, "open.csv"), `${rowsOf("\n")}\n1,2,"x\n`);
  const ran = await runs(`${PSI} --input open.csv`);
  expect(ran[0]!.status).toBe(2);
  expect(ran[0]!.stderr).toMatch(/^asoftmax: open.csv: a quote opened on line \d+ or later is never closed: .+\n$/);
  expect(ran[0]!.stdout.split("\n").length).toBeGreaterThan(ROWS);
  expectSame(ran);
});

test("one column whose name is empty", async () => {
  writeFileSync(join(cwd, "blank.csv"), `""\n${`${PADDING}\n`.repeat(90_000)}`);
  const ran = await runs("psi --theta 1.2 --columns psi --input blank.csv");
  expect([ran[0]!.status, ran[0]!.stderr]).toEqual([0, ""]);
  expect(ran[0]!.stdout.split("\n").length).toBe(90_002);
  expectSame(ran);
});

test("a file so long that the threads start at once", async () => {
  writeFileSync(join(cwd, "long.csv"), rowsOf("\n").replaceAll(PADDING, PADDING.repeat(5)));
  const ran = await runs("psi --theta @theta_y --columns psi --input long.csv");
  expect([ran[0]!.status, ran[0]!.stderr]).toEqual([0, ""]);
  expect(ran[0]!.stdout.length).toBeGreaterThan(2 ** 24);
  expectSame(ran);
});

test("a pipe in, a file out", async () => {
  const line = `cat plain.csv | asoftmax ${PSI} --input -`;
  const [one, two] = await Promise.all([
    sh(`${line} --threads 1`, { cwd }),
    sh(`${line} --threads 2 --output new.csv`, { cwd }),
  ]);
  expect([one.status, one.stderr]).toEqual([0, ""]);
  expect(two).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(readFileSync(join(cwd, "new.csv"), "utf8") === one.stdout).toBe(true);
});

test("a reader that has enough", async () => {
  const head = await sh(`asoftmax ${PSI} --threads 2 --input plain.csv | head -1`, { cwd });
  expect(head).toEqual({ status: 0, stdout: "theta_y,theta_j,id,k,psi\n", stderr: "" });
});

test("a signal need not wait for the end of a large part", async () => {
  const script = new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from "node:worker_threads";
parentPort.on("message", (item) => (item === null ? parentPort.close() : setTimeout(() => parentPort.postMessage({ bytes: new Uint8Array(0) }), 50)));`)}`,
  );
  async function* parts() {
    for (let group = 0; group < 4; group++) yield { group, size: 1 };
  }
  const turns: boolean[] = [];
  async function* bytesOf() {
    let isNext = true;
    setImmediate(() => turns.push(isNext));
    yield Buffer.from("a");
    isNext = false;
    yield Buffer.from("b");
  }
  const source = { parts: parts(), isLong: true, addTally: () => {} };
  for await (const _ of sharedBytes(source, bytesOf, script, undefined, 2)) await new Promise(setImmediate);
  expect(turns.length).toBeGreaterThan(1);
  expect(turns).not.toContain(false);
});
