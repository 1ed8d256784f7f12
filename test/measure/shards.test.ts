import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NpzMember, npzFile } from "../../src/data/npz-file.ts";
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

test("angles a little above pi are counted in the table that has them", async () => {
  const columns = "label,nearest,theta_y,min_theta_j,competitors,naive_pairs_4";
  for (const name of ["pi1.csv", "pi2.csv"]) writeFileSync(at(name), `${columns}\n0,1,0.1,3.1415930,1,1\n`);
  const { stderr } = await measure("--samples pi1.csv pi2.csv");
  for (const name of ["pi1.csv", "pi2.csv"])
    expect(stderr).toContain(`${name}: 1 row has an angle above pi by at most 1e-6, which counts as pi`);
});

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

  test("rows without a note are not checked, and a warning says so", async () => {
    for (const i of shards) copyFileSync(at(`p${i}.csv`), at(`bare${i}.csv`));
    const { stdout, stderr } = await measure(`--samples ${all("bareI.csv")}`);
    expect(stdout).toBe(await report("--input whole.csv"));
    expect(stderr).toBe("asoftmax: bare0.csv and 6 more: no .json lies beside to check the rows against\n");
  });

  test("tables so long that threads read them: the same report, the same errors", async () => {
    const many = Array.from({ length: 60 }, () => rows).flat();
    writeFileSync(at("many.csv"), [header, ...many, ""].join("\n"));
    const whole = await report("--input many.csv --per-sample long.csv --bad-rows keep");
    await report("--input many.csv --per-sample long.parquet");
    expect(statSync(at("long.csv")).size).toBeGreaterThan(2 ** 22);
    for (const threads of [1, 2, 3])
      for (const table of ["long.csv", "long.parquet"])
        expect(await report(`--samples ${table} --threads ${threads}`)).toBe(whole);
    const lines = readFileSync(at("long.csv"), "utf8").split("\n");
    lines[many.length] = lines[many.length]!.replace(/,(?=[^,]*$)/, ",x");
    writeFileSync(at("long.csv"), lines.join("\n"));
    expect(await messageOf("--samples p1.csv long.csv --threads 2")).toMatch(
      new RegExp(`^asoftmax: long\\.csv line ${many.length + 1}: column loss_naive:m=4_30: "x`),
    );
    writeFileSync(at("long.csv"), [...lines.slice(0, -9), ""].join("\n"));
    expect(await messageOf("--samples p1.csv long.csv --threads 2")).toBe(
      `asoftmax: long.csv has ${many.length - 8} samples, and long.csv.json says ${many.length}: write both anew\n`,
    );
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
    const edited = (change: object) => JSON.stringify({ ...JSON.parse(note), ...change });
    const told = "is not what measure --per-sample wrote: remove it, or write both anew\n";
    for (const text of [
      "null",
      "[]",
      "{}",
      note.replace('"classes": 10', '"classes": 1e400'),
      note.replace(/"rounded_losses": \[/, "$&[],"),
      edited({ class_names: undefined }),
      edited({ class_names: [...Array(10).keys()] }),
      edited({ skipped_rows: -1 }),
      edited({ class_sums: { fingerprint: "0", angles: null, intra: ["0", 0] } }),
    ]) {
      writeFileSync(at("damaged.csv.json"), text);
      expect(await messageOf("--samples damaged.csv")).toBe(`asoftmax: damaged.csv.json ${told}`);
    }
    const { functions, rounded_losses } = JSON.parse(note);
    writeFileSync(
      at("damaged.csv.json"),
      edited({ functions: functions.slice(1), rounded_losses: rounded_losses.slice(1) }),
    );
    expect(await messageOf("--samples damaged.csv")).toBe(
      "asoftmax: damaged.csv has other columns than damaged.csv.json says: write both anew\n",
    );
    writeFileSync(at("damaged.csv.json"), note.slice(0, 100));
    expect(await messageOf("--samples damaged.csv")).toBe("asoftmax: cannot read damaged.csv.json: it is no JSON\n");
    writeFileSync(at("mixed.csv"), readFileSync(at("p1.csv"), "utf8").replace(/0,9,(?=[^,\n]*,true,9)/, "0,8,"));
    expect((await measure("--samples p1.csv mixed.csv")).stderr).toMatch(
      /mixed\.csv line \d+: competitors is 8, and 9 in p1\.csv\n$/,
    );
  });

  test("a path that is given twice, an empty and a one-row shard", async () => {
    expect(await messageOf("--samples p1.csv ./p1.csv")).toBe("asoftmax: ./p1.csv is given twice: leave one out\n");
    for (const [name, some] of [
      ["most", rows.slice(1)],
      ["row", rows.slice(0, 1)],
      ["none", []],
    ] as const) {
      writeFileSync(at(`${name}.csv`), [header, ...some, ""].join("\n"));
      await report(`--input ${name}.csv --per-sample one-${name}.csv`);
    }
    copyFileSync(at("one-none.csv"), at("one-too.csv"));
    copyFileSync(at("one-none.csv.json"), at("one-too.csv.json"));
    const whole = await report("--input whole.csv");
    expect(await report("--samples one-none.csv one-row.csv one-too.csv one-most.csv")).toBe(whole);
    for (const name of ["none", "row", "most"]) rmSync(at(`one-${name}.csv.json`));
    expect(await report("--samples one-none.csv one-row.csv one-most.csv")).toBe(whole);
    expect(await messageOf("--samples one-none.csv")).toBe(
      "asoftmax: one-none.csv has no sample, and no .json lies beside: write it anew\n",
    );
  });

  test("rows that were kept as bad are counted, with a note and without; the first one too", async () => {
    writeFileSync(at("bad.csv"), [header, rows[0]!.replace(/^\d+/, "none"), ...rows.slice(1), ""].join("\n"));
    const whole = await report("--input bad.csv --bad-rows keep --per-sample kept.csv");
    expect(whole).toContain("skipped_rows,1\n");
    expect(await report("--samples kept.csv")).toBe(whole);
    rmSync(at("kept.csv.json"));
    expect(await report("--samples kept.csv")).toBe(whole);
  });

  test("without a note classes of the same figures come by name, whatever the order of the tables", async () => {
    const named = ["b", "aa"].map((name) => {
      const row = readFileSync(at("p1.csv"), "utf8").split("\n");
      const cells = row[1]!.split(",");
      const [theta, min] = ["theta_y", "min_theta_j"].map((column) => row[0]!.split(",").indexOf(column));
      [cells[1], cells[2], cells[theta!], cells[min!]] = [name, "c", "1", "0.5"];
      writeFileSync(at(`named-${name}.csv`), [row[0], cells.join(","), ""].join("\n"));
      return `named-${name}.csv`;
    });
    const one = await report(`--samples ${named.join(" ")}`);
    // The shorter name first, as in SQL.
    expect(one).toMatch(/worst_classes\.b\.[\s\S]*worst_classes\.aa\./);
    expect(await report(`--samples ${named.toReversed().join(" ")}`)).toBe(one);
  });

  test("cells that no sample has are errors of their row; columns of the user's own are not read", async () => {
    const table = readFileSync(at("p1.csv"), "utf8").split("\n").slice(0, 2);
    const [names, cells] = table.map((line) => line.split(",")) as [string[], string[]];
    const changed = async (column: string, cell: string) => {
      writeFileSync(at("cell.csv"), [names, cells.map((old, i) => (names[i] === column ? cell : old))].join("\n"));
      return messageOf("--samples cell.csv");
    };
    expect(await changed("nearest", cells[names.indexOf("label")]!)).toBe(
      "asoftmax: cell.csv line 2: nearest is the label: it must be another class\n",
    );
    expect(await changed("naive_pairs_2", "10")).toBe(
      "asoftmax: cell.csv line 2: naive_pairs_2 is 10: it must be a whole number from 0 to competitors, 9\n",
    );
    writeFileSync(at("own.csv"), `${names},loss_total,naive_pairs_x\n${cells},1,x\n`);
    writeFileSync(at("not-own.csv"), `${names}\n${cells}\n`);
    expect(await report("--samples own.csv")).toBe(await report("--samples not-own.csv"));
  });

  test("a run that fails leaves the old table and its note; a name that cannot be written is refused", async () => {
    const old = ["p2.csv", "p2.csv.json"].map((name) => readFileSync(at(name), "utf8"));
    writeFileSync(at("broken.csv"), [header, ...rows.slice(0, 9), "1,2", ""].join("\n"));
    expect((await measure("--input broken.csv --per-sample p2.csv")).status).toBe(2);
    expect(["p2.csv", "p2.csv.json"].map((name) => readFileSync(at(name), "utf8"))).toEqual(old);
    mkdirSync(at("beside.csv.json"), { recursive: true });
    expect(await messageOf("--input whole.csv --per-sample beside.csv")).toBe(
      "asoftmax: cannot write beside.csv.json: it is a folder\n",
    );
    expect(await messageOf("--input whole.csv --per-sample rows.tsv")).toBe(
      "asoftmax: --per-sample rows.tsv: it is written as .csv or .parquet: name it so\n",
    );
    expect(await messageOf("--samples p2.csv --output p2.csv")).toBe(
      "asoftmax: --output p2.csv is a file of this run already: name another\n",
    );
    writeFileSync(at("latin.csv"), Buffer.from(`label,theta_\xe9,theta_a\n\xe9,1,2\n`, "latin1"));
    expect(await messageOf("--input latin.csv --per-sample latin-rows.csv")).toMatch(
      /is not UTF-8, which --per-sample/,
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

test("features: mean losses are those of the whole run, though they are exact in each shard", async () => {
  const [rows, classes, cols] = [8000, 1000, 128];
  const next = random(5);
  const weights = Float32Array.from({ length: classes * cols }, () => next() - 0.5);
  const labels = Int32Array.from({ length: rows }, () => Math.floor(classes * next()));
  const features = Float32Array.from({ length: rows * cols }, (_, i) => {
    return weights[labels[Math.floor(i / cols)]! * cols + (i % cols)]! + 3 * (next() - 0.5);
  });
  writeFileSync(at("w-many.npy"), npy("<f4", [classes, cols], weights));
  const run = async (name: string, from: number, to: number) => {
    writeFileSync(at(`f-${name}.npy`), npy("<f4", [to - from, cols], features.slice(from * cols, to * cols)));
    writeFileSync(at(`l-${name}.npy`), npy("<i4", [to - from], labels.slice(from, to)));
    const given = `--features f-${name}.npy --labels l-${name}.npy --weights w-many.npy --m 4 --functions softmax --scale 30`;
    return JSON.parse((await measure(`${given} --format json --per-sample ${name}.csv`)).stdout);
  };
  const { fisher_score, class_angles, ...whole } = await run("whole-many", 0, rows);
  const shard = await run("one", 0, 3000);
  await run("two", 3000, rows);
  const merged = async (tables: string) => JSON.parse((await measure(`--samples ${tables} --format json`)).stdout);
  expect(await merged("two.csv one.csv")).toEqual(whole);
  expect(await merged("whole-many.csv")).toEqual(whole);
  expect((await merged("one.csv")).mean_loss).toEqual(shard.mean_loss);
  const digits = ({ mean_loss: [{ value }] }: { mean_loss: [{ value: number }] }) => `${value}`.length;
  expect(digits(whole)).toBeLessThan(10);
  expect(digits(shard)).toBeGreaterThan(14);
});

describe("features: class sums of all shards", () => {
  const [ROWS, CLASSES, COLS] = [420, 12, 5];
  const labels = new Int32Array(ROWS);
  beforeAll(async () => {
    const next = random(11);
    const weights = Float32Array.from({ length: CLASSES * COLS }, () => next() - 0.5);
    for (const i of labels.keys()) labels[i] = Math.floor(CLASSES * next());
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
    const centres = Float32Array.from({ length: 2 * CLASSES * COLS }, () => next() - 0.5);
    writeFileSync(at("w2.npy"), npy("<f4", [CLASSES, 2, COLS], centres));
    const order = shuffled(ROWS);
    const first = labels[order[0]!];
    save("", [...order.keys()]);
    save(
      "-one",
      order.filter((row) => labels[row] === first),
    );
    save(
      "-rest",
      order.filter((row) => labels[row] !== first),
    );
    save("-none", []);
    save(
      "-doubled",
      order.map((row, i) => (i === 0 ? order.find((other) => labels[other] !== labels[row])! : row)),
    );
    for (const i of shards)
      save(
        `${i}`,
        order.filter((_, place) => place % SHARDS === i),
      );
  });

  test.each([
    ["class vectors", "--weights w.npy"],
    ["two centres a class", "--weights w2.npy"],
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
      "asoftmax: --class-sums alone are added up to an .npz file: give --output merged.npz\n",
    );
  });

  test("class means of shards with one class or no sample; what differs is told", async () => {
    const parts = ["-one", "-rest", "-none"];
    for (const part of parts) {
      rmSync(at(`own${part}.npz`), { force: true });
      await measure(`--features f${part}.npy --labels l${part}.npy --class-sums own${part}.npz`);
      expect(existsSync(at(`own${part}.npz`))).toBe(true);
    }
    const sums = parts.map((part) => `own${part}.npz`).join(" ");
    await report(`--class-sums ${sums} --output parts.npz`);
    for (const part of parts)
      await report(`--features f${part}.npy --labels l${part}.npy --class-sums parts.npz --per-sample r${part}.csv`);
    const tables = parts.map((part) => `r${part}.csv`).join(" ");
    const whole = await report("--features f.npy --labels l.npy --format json");
    expect(await report(`--format json --samples ${tables} --class-sums parts.npz`)).toBe(whole);
    expect(await messageOf(`--samples r-one.csv r-rest.csv --class-sums own-rest.npz`)).toBe(
      "asoftmax: own-rest.npz has sums of other class vectors than those of r-one.csv: class means stand for them, measure each table with --class-sums of all\n",
    );
    expect(await messageOf("--class-sums own-one.npz --output own-one.npz")).toBe(
      "asoftmax: --output own-one.npz is a file of this run already: name another\n",
    );
    expect(await messageOf("--class-sums own-one.npz --format json --output all.npz")).toBe(
      "asoftmax: --format has no part in adding up --class-sums: leave it out\n",
    );
  });

  test("sums of as many other samples are refused; so are those for another first label", async () => {
    const given = "--labels l.npy --features f.npy --weights w.npy";
    for (const name of ["foreign", "later"]) rmSync(at(`${name}.npz`), { force: true });
    await report("--features f-doubled.npy --labels l-doubled.npy --weights w.npy --class-sums foreign.npz");
    expect(await messageOf(`${given} --class-sums foreign.npz`)).toMatch(
      /^asoftmax: foreign\.npz has fewer samples of class \d+ than l\.npy: it sums up other samples\n$/,
    );
    await report(`${given} --per-sample v.csv`);
    expect(await messageOf("--samples v.csv --class-sums foreign.npz")).toMatch(
      /asoftmax: class \d+ has \d+ samples, and \d+ in the class sums: these are of other samples\n$/,
    );
    await report(`${given} --first-label 1 --bad-rows skip --class-sums later.npz`);
    expect(await messageOf("--samples v.csv --class-sums later.npz")).toBe(
      "asoftmax: later.npz has sums of other class vectors than those of v.csv\n",
    );
    expect(await messageOf("--input whole.csv --class-sums later.npz")).toBe(
      "asoftmax: --class-sums needs --features: angles have no class sums\n",
    );
  });

  test.each([
    ["about nothing", { about: "null" }, "does not say what it is about"],
    ["of unsaid class vectors", { about: '{"parts":[]}' }, "does not say what it is about"],
    ["with counts that are NaN", { counts: [1, Number.NaN] }, "has counts that are none"],
    ["with a label twice", { labels: [3, 3] }, "has labels that are none"],
    ["with too few counts", { counts: [1] }, "has arrays that do not fit one another"],
  ])("a file of class sums %s is an error", async (_, changes, told) => {
    const { about, labels, counts } = {
      ...{ about: '{"class_vectors":null,"parts":[]}', labels: [3, 4], counts: [1, 1] },
      ...changes,
    };
    const array = (name: string, dtype: NpzMember["dtype"], shape: number[], data: Uint8Array): NpzMember => {
      return { name, dtype, shape, bytes: () => [data] };
    };
    const doubles = (name: string, numbers: readonly number[], shape = [numbers.length]) =>
      array(name, "<f8", shape, new Uint8Array(Float64Array.from(numbers).buffer));
    const members = [
      array("about", "|u1", [about.length], Buffer.from(about)),
      doubles("labels", labels),
      doubles("counts", counts),
      doubles("high", [1, 0, 0, 1], [2, 2]),
      doubles("low", [0, 0, 0, 0], [2, 2]),
    ];
    writeFileSync(at("odd.npz"), Buffer.concat([...npzFile(members)]));
    expect(await messageOf("--class-sums odd.npz --output all.npz")).toBe(
      `asoftmax: odd.npz ${told}: give files that measure --class-sums wrote\n`,
    );
  });
});
