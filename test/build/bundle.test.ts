import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../cli/run.ts";

// A copy of the project with its dist, so that nothing else that runs is disturbed.
const root = fileURLToPath(new URL("../..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "asoftmax-bundle-"));
beforeAll(() => {
  for (const path of ["bin", "dist", "src", "package.json"])
    cpSync(join(root, path), join(copy, path), { recursive: true });
});
afterAll(() => rmSync(copy, { recursive: true }));

test("building without the development packages says so in one line", () => {
  const { status, stderr } = spawnSync(process.execPath, ["src/build/packages.js"], { cwd: copy, encoding: "utf8" });
  const what = "asoftmax: building needs the development packages: run npm ci without --omit=dev\n";
  expect([status, stderr]).toEqual([1, what]);
});

test("the program runs while its bundle is written, and the new one is in its place at the end", async () => {
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  writeFileSync(join(copy, "dist/program/left-over.cjs"), "");
  let isBuilt = false;
  const building = run(process.execPath, [join(copy, "src/build/bundle.js")]).finally(() => {
    isBuilt = true;
  });
  const statuses = new Set<number | null>();
  while (!isBuilt) statuses.add((await run(process.execPath, [join(copy, "bin/asoftmax.js"), "psi"])).status);
  expect((await building).stderr).toBe("");
  expect([...statuses]).toEqual([0]);
  for (const path of ["program.new", "program/left-over.cjs"]) expect(existsSync(join(copy, "dist", path))).toBe(false);
}, 60_000);
