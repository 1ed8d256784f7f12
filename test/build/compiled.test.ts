import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bin, environment, run } from "../cli/run.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "asoftmax-compiled-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * Runs the program with that folder for temporary files, once as text, once as a
 * table, which loads a package; its output must be right.
 */
async function runs(more: Record<string, string> = {}): Promise<string[]> {
  const env = { ...environment, TMPDIR: folder, ...more };
  for (const [format, shown] of [
    ["csv", "4,1.2,1,-2.0874989834394464"],
    ["table", "segment k = 1"],
  ] as const) {
    const ran = await run(process.execPath, [bin, "psi", "--theta", "1.2", "--format", format], { env });
    expect([ran.status, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toContain(shown);
  }
  return readdirSync(folder).map((name) => join(folder, name));
}

test("the compiled program is kept, for its user alone, and used", async () => {
  const [kept = "", ...more] = await runs();
  expect(more).toEqual([]);
  const { mode, size, ino } = statSync(kept);
  expect([mode & 0o777, size > 100_000]).toEqual([0o600, true]);
  expect(await runs()).toEqual([kept]);
  expect(statSync(kept).ino).toBe(ino);
});

test("what a long run has kept is used by the next", async () => {
  const env = { ...environment, TMPDIR: folder };
  const lines = `theta\n${"1.2\n".repeat(200_000)}`;
  const args = ["psi", "--input", "-", "--threads", "1", "--columns", "k", "--output", join(folder, "rows.csv")];
  expect((await run(process.execPath, [bin, ...args], { env, stdin: lines })).status).toBe(0);
  rmSync(join(folder, "rows.csv"));
  const [kept = ""] = readdirSync(folder).map((name) => join(folder, name));
  const { ino } = statSync(kept);
  expect(await runs()).toEqual([kept]);
  expect(statSync(kept).ino).toBe(ino);
});

test("what is no compiled program, or may be another's, is written anew", async () => {
  const [kept = ""] = await runs();
  const right = readFileSync(kept);
  const damaged = right.fill(0, 50_000, 54_096);
  for (const bytes of [Buffer.from("nonsense"), Buffer.alloc(0), right.subarray(0, 1000), damaged]) {
    writeFileSync(kept, bytes);
    expect(await runs()).toEqual([kept]);
    expect(readFileSync(kept).length).toBeGreaterThan(right.length / 2);
  }
  const { ino } = statSync(kept);
  chmodSync(kept, 0o666);
  expect(await runs()).toEqual([kept]);
  expect(statSync(kept).ino).not.toBe(ino);
});

test("without that folder, or unasked, it runs as well", async () => {
  expect(await runs({ NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual([]);
  for (const place of [join(folder, "none"), "/dev/null", `/${"x".repeat(300)}`])
    expect(await runs({ TMPDIR: place })).toEqual([]);
  const [kept = ""] = await runs();
  rmSync(kept);
  mkdirSync(kept);
  expect(await runs()).toEqual([kept]);
});
