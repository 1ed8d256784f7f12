import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bin, run } from "../cli/run.ts";
import { sparkPrograms } from "./engine.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const page = readFileSync(here("../../docs/engines.md"), "utf8");
const ASKED = "--m 4 --functions asoftmax:m=4 --scale 30";
/** Every file is a partition: opening one counts as much as a partition may hold. */
const LOCAL =
  "--master local[2] --conf spark.ui.enabled=false --conf spark.sql.files.openCostInBytes=128m pyspark-shell";

/** The first fenced block that holds these words. */
const block = (words: string): string =>
  page
    .match(/^```\w+\n[\s\S]*?^```$/gm)!
    .find((text) => text.includes(words))!
    .split("\n")
    .slice(1, -1)
    .join("\n");

const recipe = block("mapInArrow");
/** The recipe for a table of angles, as the page says. */
const ofAngles = recipe
  .replace(/^READ = .*$/m, page.match(/`(READ = "--input [^`]*)`/)![1]!)
  .replace(/^.*addFile.*\n/m, "");

describe.skipIf(process.env.ENGINE !== "spark")("the recipe of docs/engines.md on 4 partitions", () => {
  let folder: string;
  let env: Record<string, string>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "asoftmax-recipe-"));
    const programs = join(folder, "bin");
    mkdirSync(programs);
    writeFileSync(join(programs, "asoftmax"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
    chmodSync(join(programs, "asoftmax"), 0o755);
    const PATH = [programs, sparkPrograms(), process.env.PATH].join(delimiter);
    env = { PATH, PYSPARK_SUBMIT_ARGS: LOCAL };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The output of a line of shell that must succeed. */
  async function sh(line: string, cwd: string): Promise<string> {
    const { status, stdout, stderr } = await run("sh", ["-ec", line], { cwd, env });
    expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
    return stdout;
  }

  /** A folder with samples, and the recipe run there. */
  async function measured(name: string, script: string, samples = "") {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    await sh(`python "${here("samples.py")}" ${samples}`, cwd);
    return { cwd, ...(await run("python", ["-c", script], { cwd, env })) };
  }

  /**
   * The report of a run over all samples at once is that of the partitions, by measure to the byte, by Spark to 1e-12.
   */
  async function expectWhole(cwd: string, from: string) {
    const whole = (await sh(`asoftmax measure ${from} ${ASKED}`, cwd)).replace(
      /^(fisher_score|class_angles).*\n/gm,
      "",
    );
    expect(readdirSync(join(cwd, "rows")).filter((name) => name.endsWith(".parquet.json")).length).toBe(4);
    expect(await sh(block("--samples rows/*.parquet"), cwd)).toBe(whole);
    const figures = (text: string, separator: string) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => line.split(separator))
        .map(([name, value]) => [name!, Number(value)] as const);
    const [, ...expected] = figures(whole, ",");
    const found = figures(await sh(block("CREATE TEMPORARY VIEW samples"), cwd), "\t");
    expect(found.map(([name]) => name)).toEqual(expected.map(([name]) => name));
    let most = 0;
    for (const [i, [name, value]] of expected.entries()) {
      const [, given] = found[i]!;
      const difference = Math.abs(given - value) / Math.max(1, Math.abs(value));
      if (Number.isInteger(value)) expect([name, given]).toEqual([name, value]);
      else expect(difference, name).toBeLessThan(1e-12);
      most = Math.max(most, difference);
    }
    if (process.env.FIGURES) console.log(from, { figures: expected.length, most });
  }

  test("features", { timeout: 600_000 }, async () => {
    const { cwd, status, stderr } = await measured("features", recipe);
    expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
    await expectWhole(cwd, "--features f.npy --labels l.npy --weights w.npy");
  });

  test("angles", { timeout: 600_000 }, async () => {
    const angles = here("../fixtures/digits-softmax-3d.csv");
    const { cwd, status, stderr } = await measured("angles", ofAngles, `"${angles}"`);
    expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
    await expectWhole(cwd, `--input "${angles}"`);
  });

  test("where the program fails, the job fails and says why", { timeout: 600_000 }, async () => {
    const { cwd, status, stderr } = await measured("bad", recipe.replace("--threads 1", "$& --first-label 1"));
    expect(status).toBe(1);
    expect(stderr).toMatch(/asoftmax: .*the label in part\.parquet:label is 0: classes are numbered 1 to 40/);
    expect(existsSync(join(cwd, "rows", "_SUCCESS"))).toBe(false);
  });
});
