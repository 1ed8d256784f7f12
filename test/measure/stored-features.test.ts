import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { asoftmax, withoutHelp } from "../cli/run.ts";
import { npy } from "../npy.ts";

const cwd = fileURLToPath(new URL("../fixtures/vectors/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "asoftmax-stored-"));
afterAll(() => rmSync(folder, { recursive: true }));
/** Figures by numpy in float64 (see fixtures/vectors.py). */
const expected = JSON.parse(readFileSync(join(cwd, "expected.json"), "utf8"));

async function measured(features: string, weights: string, labels: string, ...more: string[]) {
  const files = ["--features", features, "--labels", labels, ...(weights === "" ? [] : ["--weights", weights])];
  return asoftmax(["measure", "--format", "json", ...files, ...more], { cwd });
}

const plain = await measured("features.npy", "weights.npy", "labels.npy");

// biome-ignore format: aligned by eye
test.each([
  // features                   weights                        labels                    options
  ["stored.npz:features",       "stored.npz:weights",          "stored.npz:labels",      ""],
  ["deflated.npz:features",     "deflated.npz:weights",        "deflated.npz:labels",    "--threads 2"],
  ["fortran.npz:features",      "fortran.npz:weights",         "fortran.npz:labels",     ""],
  ["f32.safetensors:features",  "f32.safetensors:head.weight", "f32.safetensors:labels", ""],
  ["f16.safetensors:features",  "f16.safetensors:head.weight", "f16.safetensors:labels", ""],
  ["bf16.safetensors:features", "bf16.safetensors:head.weight","columns.npz:floats",     ""],
  ["single.parquet:embedding",  "weights.parquet",             "double.parquet:label",   "--threads 2"],
  ["features.npy",              "columns.npz:weights",         "labels.txt",             "--transposed"],
])("%s, %s, %s %s: the same report to the last byte", async (features, weights, labels, more) => {
  const { status, stdout } = await measured(features, weights, labels, ...more.split(" ").filter(Boolean));
  expect([status, stdout]).toEqual([0, plain.stdout]);
});

test("labels from 1: the same figures under their own names", async () => {
  const { stdout } = await measured("features.npy", "weights.npy", "columns.npz:from_1", "--first-label", "1");
  const { worst_classes: worst, ...figures } = JSON.parse(stdout);
  const { worst_classes: plainWorst, ...plainFigures } = JSON.parse(plain.stdout);
  expect(figures).toEqual(plainFigures);
  expect(worst.map((one: { class: number }) => one.class - 1)).toEqual(
    plainWorst.map((one: { class: number }) => one.class),
  );
});

describe.each([
  ["weights", "weights.npy"],
  ["centres", "columns.npz:centres"],
  ["centres", "columns.npz:centres_fortran"],
  ["means", ""],
])("%s from %s", (name, weights) => {
  test("the figures of numpy", async () => {
    const rows = join(folder, "rows.csv");
    const { stdout } = await measured("features.npy", weights, "labels.npy", "--per-sample", rows);
    const figures = JSON.parse(stdout);
    const { correct, angular, naive, pair_naive, theta_y, min_theta_j, loss, nearest } = expected[name];
    expect(figures.correct).toBe(correct);
    const of = (count: string) => figures.by_m.map((tally: Record<string, number>) => tally[count]);
    expect([of("angular"), of("naive"), of("pair_naive")]).toEqual([angular, naive, pair_naive]);
    expect(figures.mean.theta_y).toBeCloseTo(theta_y, 13);
    expect(figures.mean.min_theta_j).toBeCloseTo(min_theta_j, 13);
    expect(figures.mean_loss[0].value / loss).toBeCloseTo(1, 2);
    const lines = readFileSync(rows, "utf8").trim().split("\n").slice(1);
    expect(lines.map((line) => Number(line.split(",")[2]))).toEqual(nearest);
    const { stdout: table } = await measured("features.npy", weights, "labels.npy", "--format", "table");
    expect(
      table
        .replaceAll(/\s+/g, " ")
        .includes("No --weights: the means of the unit features of 10 classes stand for class vectors."),
    ).toBe(name === "means");
  });
});

test("without weights labels can be any whole numbers; a class without a mean is no class", async () => {
  const path = (name: string, ...content: Parameters<typeof npy>) => {
    writeFileSync(join(folder, name), npy(...content));
    return join(folder, name);
  };
  const features = path("f.npy", "<f4", [6, 2], Float32Array.of(1, 0, 2, 0, 0, 1, 0, 3, 1, 1, -1, -1));
  const labels = path("l.npy", "<i4", [6], Int32Array.of(-7, -7, 900000, 900000, 5, 5));
  const stopped = await measured(features, "", labels);
  const fault = "the label in l.npy is 5: the mean of its class has no direction";
  expect([stopped.status, stopped.stderr]).toEqual([
    2,
    `asoftmax: ${features} row 4: ${fault} (--bad-rows skip leaves such rows out)\n`,
  ]);
  const { stdout } = await measured(features, "", labels, "--bad-rows", "skip");
  expect(JSON.parse(stdout)).toMatchObject({ samples: 4, classes: 2, correct: 4, skipped_rows: 2 });
});

// biome-ignore format: aligned by eye
test.each([
  // features             weights                labels                  options              message
  ["features.npy",        "columns.npz:weights", "labels.npy",           "",                  "columns.npz:weights: class vectors have 10 components, features 16: give --transposed"],
  ["columns.npz:weights", "weights.npy",         "labels.npy",           "",                  "labels.npy: there are 450 labels for 16 features"],
  ["features.npy",        "weights.npy",         "columns.npz:one_hot",  "",                  `columns.npz:one_hot: labels are whole numbers, one a row: there are 10 columns; for one-hot rows convert it: python3 -c "import numpy as np; np.save('converted.npy', np.load('columns.npz')['one_hot'].argmax(1))"`],
  ["columns.npz:centres", "weights.npy",         "labels.npy",           "",                  "columns.npz:centres: features have two dimensions, not 3"],
  ["features.npy",        "weights.npy",         "columns.npz:from_1",   "",                  "features.npy row 3: the label in columns.npz:from_1 is 10: classes are numbered 0 to 9; where labels count from 1, give --first-label 1"],
  ["features.npy",        "weights.npy",         "labels.npy",           "--first-label 1",   "features.npy row 7: the label in labels.npy is 0: classes are numbered 1 to 10"],
  ["labels.npy",          "weights.npy",         "labels.npy",           "",                  "labels.npy: features have one component: give rows of several, in Parquet a column of lists"],
  ["features.npy",        "",                    "labels.npy",           "--first-label 1",   "--first-label has no part in class means: leave it out, or give --weights"],
  ["features.npy",        "",                    "labels.npy",           "--transposed",      "--transposed has no part in class means: leave it out, or give --weights"],
])("%s %s %s %s: %s", async (features, weights, labels, more, message) => {
  const { status, stderr } = await measured(features, weights, labels, ...more.split(" ").filter(Boolean));
  expect([status, withoutHelp(stderr)]).toEqual([2, `asoftmax: ${message}\n`]);
});

test("a label that is no whole number is a bad row", async () => {
  const labels = join(folder, "halves.txt");
  writeFileSync(labels, readFileSync(join(cwd, "labels.txt"), "utf8").replace("\r\n", ".5\r\n"));
  const { status, stderr } = await measured("features.npy", "weights.npy", labels);
  expect([status, stderr]).toEqual([2, expect.stringContaining("features.npy row 0: the label in halves.txt is ")]);
  expect(stderr).toContain(".5: labels are whole numbers");
});

test("labels from 1 that were not said to be, and labels that are off by one, are noticed", async () => {
  const labels = readFileSync(join(cwd, "labels.txt"), "utf8").trim().split("\r\n").map(Number);
  const given = (name: string, values: readonly number[]) => {
    writeFileSync(join(folder, name), values.join("\n"));
    return join(folder, name);
  };
  const said = async (change: (label: number) => number) =>
    (await measured("features.npy", "weights.npy", given("changed.txt", labels.map(change)))).stderr;
  const of = (where: string) =>
    `changed\\.txt: the class ${where} that of the label is nearest on \\d+ samples, its own on \\d+: `;
  expect(await said((label) => Math.min(label + 1, 9))).toMatch(
    RegExp(`${of("before")}where labels count from 1, give --first-label 1\n`),
  );
  expect(await said((label) => (label + 1) % 10)).toMatch(RegExp(`${of("before")}are the labels one too large\\?\n`));
  expect(await said((label) => (label + 9) % 10)).toMatch(
    RegExp(`${of("after")}are the labels one too small, or the class vectors one too many\\?\n`),
  );
  expect(await said((label) => Math.max(label, 1))).not.toContain("changed.txt");
  expect(plain.stderr).not.toContain("--first-label");
});

test("classes of one sample are their own class vectors without --weights, and that is said", async () => {
  const labels = readFileSync(join(cwd, "labels.txt"), "utf8").trim().split("\r\n").map(Number);
  const lone = join(folder, "lone.txt");
  writeFileSync(lone, labels.map((label, i) => (i < 2 ? 20 + i : label)).join("\n"));
  const said = "asoftmax: in 2 classes the only sample is its own class vector, ";
  expect((await measured("features.npy", "", lone)).stderr).toContain(said);
  expect((await measured("features.npy", "", "labels.txt")).stderr).not.toContain("only sample");
});
