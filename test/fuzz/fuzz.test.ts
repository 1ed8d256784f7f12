import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "../cli/run.ts";

const fuzz = fileURLToPath(new URL("fuzz.js", import.meta.url));

test("2,000 damaged files and 2,000 command lines end, in plain words", { timeout: 300_000 }, async () => {
  const { stdout, stderr } = await run(process.execPath, [fuzz, "2000", "--seed", "1"]);
  expect(stdout + stderr).toMatch(/^2000 damaged files and 2000 command lines from --seed 1\n0 wrong\n$/);
});
