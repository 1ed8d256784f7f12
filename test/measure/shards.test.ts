import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asoftmax, withoutHelp } from "../cli/run.ts";
import { npy } from "../npy.ts";
import { random } from "../random.js";

const folder = mkdtempSync(join(tmpdir(), "asoftmax-shards-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHARDS = 7;
const shards = Array.from({ length: SHARDS }, (_, i) => i);
const at = (name: string) => join(folder, name);
const measure = (line: string) =>
  asoftmax(["measure", ...line.split(" ").filter((word) => word !== "")], { cwd: folder });
const all = (name: string) => shards.map((i) => name.replace("I", `${i}`)).join(" ");

/** The output of a run that must succeed. */
async function report(line: string): Promise<string> {
  const { status, stdout, stderr } = await measure(line);
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  return stdout;
}

const messageOf = async (line: string) => withoutHelp((await measure(line)).stderr);

/** The numbers below n in an order without pattern. */
function shuffled(n: number): number[] {
  const next = random(7);
  return Array.from({ length: n }, (_, i) => [next(), i] as const)
    .sort(([a], [b]) => a - b)
    .map(([, i]) => i);
}

describe("angles: 7 shards in any order are the whole", () => {
  const [header, ...rows] = readFileSync(
    fileURLToPath(new URL("../fixtures/digits-asoftmax-m4-3d.csv", import.meta.url)),
    "utf8",
  )
    .trim()
    .split("\n");
  const order = shuffled(rows.length);
  beforeAll(async () => {
    writeFileSync(at("whole.csv"), [header, ...rows, ""].join("\n"));
    for (const i of shards) {
      const some = order.filter((_, place) => place % SHARDS === i).map((row) => rows[row]);
      writeFileSync(at(`angles${i}.csv`), [header, ...some, ""].join("\n"));
      for (const ending of ["csv", "parquet"])
        await report(`--input angles${i}.csv --threads ${1 + (i % 2)} --per-sample p${i}.${ending}`);
    }
  });

  test.each(["csv", "json", "table"])("the report as %s, from csv and Parquet", async (format) => {
    const whole = await report(`--input whole.csv --format ${format}`);
    expect(await report(`--format ${format} --samples ${all("pI.csv")}`)).toBe(whole);
    expect(await report(`--format ${format} --samples ${all("pI.parquet")}`)).toBe(whole);
    expect(await report(`--format ${format} --samples p6.csv p1.parquet p0.csv p3.csv p5.csv p4.csv p2.csv`)).toBe(
      whole,
    );
  });

  test("rows without a note are taken at their word, and that is said", async () => {
    for (const i of shards) copyFileSync(at(`p${i}.csv`), at(`bare${i}.csv`));
    const { stdout, stderr } = await measure(`--samples ${all("bareI.csv")}`);
    expect(stdout).toBe(await report("--input whole.csv"));
    expect(stderr).toBe("asoftmax: bare0.csv and 6 more: no .json lies beside, the rows are taken at their word\n");
  });

  test("in degrees, and with a check", async () => {
    const figures = async (more: string) =>
      JSON.parse(await report(`--samples ${all("pI.csv")} --format json ${more}`));
    const { mean } = await figures("--check angular@4>=0.5");
    expect((await figures("--degrees")).mean.theta_y).toBe((mean.theta_y * 180) / Math.PI);
    expect((await measure(`--samples ${all("pI.csv")} --check angular@4>=0.99`)).status).toBe(1);
  });

  test("what is no part of the whole is refused", async () => {
    copyFileSync(at("p1.csv"), at("twin.csv"));
    copyFileSync(at("p1.csv.json"), at("twin.csv.json"));
    copyFileSync(at("p2.csv.json"), at("cut.csv.json"));
    writeFileSync(at("cut.csv"), readFileSync(at("p2.csv"), "utf8").split("\n").slice(0, -4).join("\n"));
    await report("--input angles1.csv --m 2 --per-sample other-m.csv");
    await report("--input angles1.csv --scale 64 --per-sample other-scale.csv");
    await report("--input angles1.csv --precision 6 --per-sample rounded.csv");
    writeFileSync(
      at("fewer.csv"),
      readFileSync(at("angles3.csv"), "utf8")
        .replace(/,[^,\n]*$/gm, "")
        .replace(/^9,.*\n/gm, ""),
    );
    await report("--input fewer.csv --per-sample fewer-classes.csv");
    const found: Record<string, string> = {};
    for (const name of ["twin", "cut", "other-m", "other-scale", "rounded", "fewer-classes", "angles1"])
      found[name] = await messageOf(`--samples p1.csv ${name}.csv`);
    expect(found).toEqual({
      twin: "asoftmax: twin.csv holds the same samples as p1.csv: leave one out\n",
      cut: expect.stringMatching(/^asoftmax: cut\.csv has 49 samples, and cut\.csv\.json says 52: write both anew\n$/),
      "other-m": "asoftmax: other-m.csv is no part of the same whole as p1.csv: it has other m\n",
      "other-scale": "asoftmax: other-scale.csv is no part of the same whole as p1.csv: it has other scales\n",
      rounded: "asoftmax: rounded.csv was written with --precision, which rounds its angles: write it without\n",
      "fewer-classes":
        "asoftmax: fewer-classes.csv is no part of the same whole as p1.csv: it has another number of classes\n",
      angles1: "asoftmax: angles1.csv has no column naive_pairs_M: give tables that measure --per-sample wrote\n",
    });
  });

  test("a note that is damaged, and a row of another whole, are errors", async () => {
    copyFileSync(at("p1.csv"), at("damaged.csv"));
    const note = readFileSync(at("p1.csv.json"), "utf8");
    const told = "is not what measure --per-sample wrote: remove it, or write both anew\n";
    for (const text of [
      "null",
      "[]",
      "{}",
      note.replace('"classes": 10', '"classes": 1e400'),
      note.replace(/"loss_errors": \[/, "$&[],"),
    ]) {
      writeFileSync(at("damaged.csv.json"), text);
      expect(await messageOf("--samples damaged.csv")).toBe(`asoftmax: damaged.csv.json ${told}`);
    }
    writeFileSync(at("damaged.csv.json"), note.slice(0, 100));
    expect(await messageOf("--samples damaged.csv")).toBe("asoftmax: cannot read damaged.csv.json: it is no JSON\n");
    writeFileSync(at("mixed.csv"), readFileSync(at("p1.csv"), "utf8").replace(/0,9,(?=[^,\n]*,true,9)/, "0,8,"));
    expect((await measure("--samples p1.csv mixed.csv")).stderr).toMatch(
      /mixed\.csv line \d+: competitors is 8, and 9 in p1\.csv\n$/,
    );
  });

  test("options that the tables have answered are refused", async () => {
    expect(await messageOf("--samples p1.csv --m 4")).toBe(
      "asoftmax: --m has no part in --samples, which were measured before: leave it out\n",
    );
    expect(await messageOf("--samples p1.csv --check angular@5>=0.5")).toBe(
      "asoftmax: --check angular@5>=0.5: the samples were not measured for that: give it to each run that writes them\n",
    );
  });
});

describe("features: class sums of all shards", () => {
  const [ROWS, CLASSES, COLS] = [420, 12, 5];
  beforeAll(async () => {
    const next = random(11);
    const weights = Float32Array.from({ length: CLASSES * COLS }, () => next() - 0.5);
    const labels = Int32Array.from({ length: ROWS }, () => Math.floor(CLASSES * next()));
    const features = Float32Array.from({ length: ROWS * COLS }, (_, i) => {
      const label = labels[Math.floor(i / COLS)]!;
      return weights[label * COLS + (i % COLS)]! + 0.4 * (next() - 0.5);
    });
    const save = (name: string, rows: readonly number[]) => {
      const some = rows.flatMap((row) => [...features.subarray(row * COLS, (row + 1) * COLS)]);
      writeFileSync(at(`f${name}.npy`), npy("<f4", [rows.length, COLS], Float32Array.from(some)));
      writeFileSync(
        at(`l${name}.npy`),
        npy(
          "<i4",
          [rows.length],
          Int32Array.from(rows, (row) => labels[row]!),
        ),
      );
    };
    writeFileSync(at("w.npy"), npy("<f4", [CLASSES, COLS], weights));
    const order = shuffled(ROWS);
    save("", [...order.keys()]);
    for (const i of shards)
      save(
        `${i}`,
        order.filter((_, place) => place % SHARDS === i),
      );
  });

  test.each([
    ["class vectors", "--weights w.npy"],
    ["class means", ""],
  ])("in two passes the report is that of the whole: %s", async (_, weights) => {
    for (const i of shards) rmSync(at(`sums${i}.npz`), { force: true });
    for (const i of shards) {
      const { stderr } = await measure(`--features f${i}.npy --labels l${i}.npy ${weights} --class-sums sums${i}.npz`);
      expect(stderr).toContain(`asoftmax: class sums are written to sums${i}.npz\n`);
    }
    await report(`--class-sums ${all("sumsI.npz")} --output merged.npz`);
    await report(
      "--class-sums sums3.npz sums1.npz sums0.npz sums6.npz sums5.npz sums2.npz sums4.npz --output again.npz",
    );
    expect(readFileSync(at("again.npz")).equals(readFileSync(at("merged.npz")))).toBe(true);
    for (const i of shards) {
      const { stderr } = await measure(
        `--features f${i}.npy --labels l${i}.npy ${weights} --class-sums merged.npz --per-sample q${i}.csv`,
      );
      expect(stderr).toContain("asoftmax: class sums are read from merged.npz, in place of those of these samples\n");
    }
    const whole = await report(`--features f.npy --labels l.npy ${weights} --format json`);
    expect(JSON.parse(whole)).toMatchObject({ fisher_score: expect.any(Number), class_angles: { left_out: 0 } });
    expect(await report(`--format json --samples ${all("qI.csv")} --class-sums merged.npz`)).toBe(whole);
    expect(await report(`--format json --samples ${all("qI.csv")} --class-sums ${all("sumsI.npz")}`)).toBe(whole);
  });

  test("without them their figures are left out, with a word", async () => {
    const { stdout, stderr } = await measure(`--samples ${all("qI.csv")} --format json`);
    expect(JSON.parse(stdout)).not.toHaveProperty("fisher_score");
    expect(stderr).toBe("asoftmax: fisher_score and class_angles are left out: they need --class-sums\n");
  });

  test("sums of other samples or class vectors are refused", async () => {
    const qs = all("qI.csv");
    expect(await messageOf("--samples q1.csv q2.csv --class-sums merged.npz")).toBe(
      "asoftmax: there are 120 samples, and the class sums are of 420: a table of samples is missing\n",
    );
    expect(await messageOf(`--samples ${qs} --class-sums merged.npz sums1.npz`)).toBe(
      "asoftmax: sums1.npz holds the same samples as merged.npz: leave one out\n",
    );
    expect(await messageOf("--features f1.npy --labels l1.npy --weights w.npy --class-sums merged.npz")).toBe(
      "asoftmax: merged.npz has sums of other class vectors than w.npy\n",
    );
    expect(await messageOf("--class-sums merged.npz")).toBe(
      "asoftmax: --class-sums alone are added up: give --output merged.npz\n",
    );
  });
});
