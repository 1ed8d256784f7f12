import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { angleBetween } from "../../src/core/angle-between.ts";
import { asoftmax, withoutHelp } from "../cli/run.ts";
import { npy } from "../npy.ts";
import { draw } from "../render/draw.ts";

const folder = mkdtempSync(join(tmpdir(), "asoftmax-measure-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}.csv`, import.meta.url));

async function figuresOf(args: readonly string[]) {
  const { status, stdout, stderr } = await asoftmax(["measure", "--format", "json", ...args], { cwd: folder });
  return { status, stderr, figures: stdout === "" ? undefined : JSON.parse(stdout) };
}

/** theta_y and the competing angles of one sample, by class. */
interface Angles {
  readonly label: number;
  readonly angles: readonly number[];
}

function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = p * (sorted.length - 1);
  const lo = sorted[Math.floor(place)]!;
  return lo + (sorted[Math.ceil(place)]! - lo) * (place % 1);
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

const psi = (m: number, theta: number) => {
  const k = Math.min(m - 1, Math.floor((m * theta) / Math.PI));
  return (-1) ** k * Math.cos(m * theta) - 2 * k;
};

/** The report by the definitions, with rounded cosines: right unless two angles nearly meet. */
function plainReport(samples: readonly Angles[], margins: readonly number[]) {
  const spread = samples.map(({ label, angles }) => {
    const others = angles.toSpliced(label, 1);
    return { y: angles[label]!, others, j: Math.min(...others) };
  });
  const of = (values: number[]) =>
    Object.fromEntries([0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map((p) => [p, quantile(values, p)]));
  const measures = {
    theta_y: spread.map(({ y }) => y),
    min_theta_j: spread.map(({ j }) => j),
    effective_margin: spread.map(({ y, j }) => j / y),
    angle_gap: spread.map(({ y, j }) => j - y),
  };
  const loss = (target: (y: number) => number, scale: number) =>
    mean(
      spread.map(({ y, others }) => {
        const logits = [target(y), ...others.map(Math.cos)].map((x) => scale * x);
        const top = Math.max(...logits);
        return top + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - top), 0)) - logits[0]!;
      }),
    );
  return {
    correct: spread.filter(({ y, j }) => y < j).length,
    by_m: margins.map((m) => {
      const count = (holds: (y: number, theta: number) => boolean) => ({
        samples: spread.filter(({ y, others }) => others.every((theta) => holds(y, theta))).length,
        pairs: spread.reduce((sum, { y, others }) => sum + others.filter((theta) => holds(y, theta)).length, 0),
      });
      const naive = count((y, theta) => Math.cos(m * y) > Math.cos(theta));
      const angular = count((y, theta) => m * y < theta);
      const segments = Array.from(
        { length: m },
        (_, k) => spread.filter(({ y }) => Math.floor((m * y) / Math.PI) === k).length,
      );
      return {
        m,
        naive: naive.samples,
        angular: angular.samples,
        psi: count((y, theta) => psi(m, y) > Math.cos(theta)).samples,
        false_pass: spread.filter(
          ({ y, others }) =>
            others.every((theta) => Math.cos(m * y) > Math.cos(theta)) && !others.every((theta) => m * y < theta),
        ).length,
        pairs: samples.length * (samples[0]!.angles.length - 1),
        pair_naive: naive.pairs,
        pair_angular: angular.pairs,
        pair_false_pass: naive.pairs - angular.pairs,
        beyond_first_segment: samples.length - segments[0]!,
        segments,
      };
    }),
    quantiles: Object.fromEntries(Object.entries(measures).map(([name, values]) => [name, of(values)])),
    mean: Object.fromEntries(Object.entries(measures).map(([name, values]) => [name, mean(values)])),
    loss,
  };
}

/** What is counted at each m, without the intervals. */
const counts = (byM: readonly object[]) =>
  byM.map((tally) => Object.fromEntries(Object.entries(tally).filter(([name]) => !name.endsWith("_interval"))));

const relative = (actual: number, expected: number) => Math.abs(actual - expected) / Math.max(1, Math.abs(expected));

describe.each(["digits-softmax-3d", "digits-asoftmax-m4-3d", "digits-naive-m4-16d"])("%s", (name) => {
  const samples = readFileSync(fixture(name), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line): Angles => {
      const [label, ...angles] = line.split(",").map(Number);
      return { label: label!, angles };
    });

  test("counts are exact, quantiles, means and losses good to 1e-12", async () => {
    const margins = [1, 2, 3, 4, 5];
    const expected = plainReport(samples, margins);
    const { figures } = await figuresOf([
      ...["--input", fixture(name), "--m", margins.join(",")],
      ...["--functions", "softmax,asoftmax:m=4,naive:m=2", "--scale", "30,64"],
    ]);
    expect(figures).toMatchObject({ samples: samples.length, classes: 10, correct: expected.correct, skipped_rows: 0 });
    expect(figures.accuracy).toBe(expected.correct / samples.length);
    expect(counts(figures.by_m)).toEqual(expected.by_m);
    for (const [measure, at] of Object.entries(expected.quantiles)) {
      for (const [p, value] of Object.entries(at))
        expect(relative(figures.quantiles[measure][p], value)).toBeLessThan(1e-12);
      expect(relative(figures.mean[measure], expected.mean[measure]!)).toBeLessThan(1e-12);
    }
    const targets = {
      softmax: Math.cos,
      "asoftmax:m=4": (y: number) => psi(4, y),
      "naive:m=2": (y: number) => Math.cos(2 * y),
    };
    const losses = Object.entries(targets).flatMap(([spec, target]) =>
      [30, 64].map((scale) => ({ function: spec, scale, value: expected.loss(target, scale) })),
    );
    expect(figures.mean_loss.map(({ value: _, ...kind }: { value: number }) => kind)).toEqual(
      losses.map(({ value: _, ...kind }) => kind),
    );
    for (const [i, { value }] of losses.entries())
      expect(relative(figures.mean_loss[i].value, value)).toBeLessThan(1e-12);
  });
});

describe("the report of a file of angles", () => {
  const naive = ["--input", fixture("digits-naive-m4-16d")];

  // biome-ignore format: aligned by eye
  test.each([
    ["digits-naive-m4-16d",   "0 of 450 samples (0 %; 0 to 0.8) keep the margin m = 4; the median effective margin is 0.969; 46 (10.2 %) are right. At m = 4, 450 of 450 samples meet the naive condition, 0 meet the angular one: theta_y lies beyond pi/4, where cos(4 theta_y) rises again. Training with the naive target ends so, and so may training without a margin."],
    ["digits-asoftmax-m4-3d", "283 of 360 samples (78.6 %; 74 to 83) keep the margin m = 4; the median effective margin is 6.46; 349 (96.9 %) are right. At m = 3, 319 of 360 samples meet the naive condition, 318 meet the angular one; false passes: 1, with theta_y beyond pi/3. m "],
  ])("%s: for people it begins with what was reached", async (name, sentences) => {
    const { stdout } = await asoftmax(["measure", "--input", fixture(name), "--format", "table"]);
    expect(stdout.replaceAll(/\s+/g, " ").startsWith(sentences)).toBe(true);
    expect(stdout).toContain("┊ k pi/4\n");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("without false passes nothing is said of them", async () => {
    writeFileSync(join(folder, "clean.csv"), "label,theta_a,theta_b\na,0.1,1\nb,1,0.9\n");
    const { stdout } = await asoftmax(["measure", "--input", "clean.csv", "--m", "2,1", "--format", "table"], {
      cwd: folder,
    });
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "1 of 2 samples (50 %; 9 to 91) keep the margin m = 2; the median effective margin is 5.56; 2 (100 %) are right. m ",
    );
    expect(stdout).not.toContain("naive condition");
  });

  test("angles that may be cosines are suspected, and few right ones have several causes", async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `a,0.9${i % 10},0.1${i % 10}`);
    writeFileSync(join(folder, "cosines.csv"), ["label,theta_a,theta_b", ...rows, ""].join("\n"));
    const { stdout } = await asoftmax(["measure", "--input", "cosines.csv", "--format", "table"], { cwd: folder });
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "No angle is above 1: if these are cosines, give their arccosines.",
    );
    const { stdout: told } = await asoftmax(["measure", ...naive, "--format", "table"]);
    expect(told.replaceAll(/\s+/g, " ")).toContain(
      "With 10.2 % right it may also have learned nothing, or labels or class vectors belong to other samples.",
    );
    expect(told).not.toContain("cosines");
  });

  test("an interval has as many digits as it needs", async () => {
    const rows = Array.from({ length: 20000 }, (_, i) => (i % 5 === 0 ? "a,1,0.5" : "a,0.2,1"));
    writeFileSync(join(folder, "many.csv"), ["label,theta_a,theta_b", ...rows, ""].join("\n"));
    const { stdout } = await asoftmax(["measure", "--input", "many.csv", "--m", "4", "--format", "table"], {
      cwd: folder,
    });
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("16000 of 20000 samples (80 %; 79.4 to 80.5) keep");
  });

  test("json has the quantiles in their order", async () => {
    for (const format of ["json", "jsonl"]) {
      const { stdout } = await asoftmax(["measure", ...naive, "--format", format]);
      const levels = [.../"theta_y": ?{(.*?)}/s.exec(stdout)![1]!.matchAll(/"(.*?)":/g)].map(([, level]) => level);
      expect(levels).toEqual(["0", "0.05", "0.25", "0.5", "0.75", "0.95", "1"]);
      expect(JSON.stringify(JSON.parse(stdout), null, format === "json" ? 2 : 0).length).toBe(stdout.length - 1);
    }
  });

  test("a function that only --check names is counted, and has no mean loss", async () => {
    const { figures } = await figuresOf([
      ...naive,
      "--functions",
      "softmax",
      "--check",
      "softmax<=0.5,arcface:m=0<=0.5",
    ]);
    const interval = figures.accuracy_interval;
    expect(figures.by_function).toEqual([
      { function: "softmax", holds: 46, share: 46 / 450, share_interval: interval },
      { function: "arcface:m=0", holds: 46, share: 46 / 450, share_interval: interval },
    ]);
    expect(figures.mean_loss.map((loss: { function: string }) => loss.function)).toEqual(["softmax"]);
  });

  test("the worst classes come with what they are taken for", async () => {
    const { figures } = await figuresOf([...naive, "--worst", "2"]);
    expect(figures.worst_classes).toEqual([
      { class: "3", samples: 46, correct: 0, accuracy: 0, taken_for: [{ class: "1", samples: 46 }] },
      { class: "5", samples: 46, correct: 0, accuracy: 0, taken_for: [{ class: "1", samples: 46 }] },
    ]);
  });

  test("csv has every figure by its dotted name", async () => {
    const { stdout } = await asoftmax(["measure", ...naive, "--worst", "1"]);
    const rows = stdout.split("\n");
    expect(rows[0]).toBe("measure,value");
    for (const row of [
      "samples,450",
      "by_m.4.naive,450",
      "by_m.4.segments.0,0",
      "worst_classes.3.taken_for.1.samples,46",
      "accuracy_interval.lo,0.077515474342206",
      "by_m.4.false_pass_interval.lo,0.9915356811370293",
      "by_function.naive:m=4.holds,450",
      "by_function.naive:m=4.share,1",
      "by_function.naive:m=4.share_interval.hi,1",
      "skipped_rows,0",
    ])
      expect(rows).toContain(row);
    expect(rows.some((row) => row.startsWith("quantiles.theta_y.0.5,"))).toBe(true);
    expect(rows.some((row) => row.startsWith("mean_loss.asoftmax:m=4.30,"))).toBe(true);
  });

  test("--degrees gives angles, and nothing else, in degrees", async () => {
    writeFileSync(join(folder, "half.csv"), `label,theta_a,theta_b\na,${Math.PI / 4},${Math.PI / 2}\n`);
    const { figures } = await figuresOf(["--input", "half.csv"]);
    expect(figures.mean).toEqual({
      theta_y: Math.PI / 4,
      min_theta_j: Math.PI / 2,
      effective_margin: 2,
      angle_gap: Math.PI / 4,
    });
    writeFileSync(join(folder, "degrees.csv"), "label,theta_a,theta_b\na,45,90\n");
    const { figures: degrees } = await figuresOf(["--input", "degrees.csv", "--degrees"]);
    expect(degrees.mean).toEqual({ theta_y: 45, min_theta_j: 90, effective_margin: 2, angle_gap: 45 });
  });

  test("--per-sample writes one row a sample", async () => {
    writeFileSync(join(folder, "two.csv"), "label,theta_a,theta_b\na,0.25,1.5\n\nb,0.5,1.5\na,0,0\n");
    const { status } = await asoftmax(["measure", "--input", "two.csv", "--m", "4", "--per-sample", "rows.csv"], {
      cwd: folder,
    });
    expect(status).toBe(0);
    expect(readFileSync(join(folder, "rows.csv"), "utf8")).toBe(
      [
        "row,label,nearest,theta_y,min_theta_j,effective_margin,angle_gap,feature_norm,naive_4,angular_4,segment_4,competitors,naive_pairs_4,psi_4,holds_asoftmax:m=4,holds_naive:m=4,loss_asoftmax:m=4_30,loss_naive:m=4_30",
        "2,a,b,0.25,1.5,6,1.25,,true,true,0,1,1,true,true,true,7.622787708501968e-7,7.622787708501968e-7",
        "4,b,a,1.5,0.5,0.3333333333333333,-1,,true,false,1,1,1,false,false,true,115.13258545622216,0.08060419873183049",
        "5,a,b,0,0,1,0,,false,false,0,1,0,false,false,false,0.6931471805599453,0.6931471805599453",
        "",
      ].join("\n"),
    );
  });

  // biome-ignore format: aligned by eye
  test.each([
    // file of angles                             arguments                status  message
    ["label,theta_a,theta_b\na,1,x\n",             "",                      2, 'bad.csv line 2: column theta_b: "x" is not a decimal number'],
    ["label,theta_a,theta_b\nc,1,2\n",             "",                      2, 'bad.csv line 2: column label: no column of theta_* is that of class "c"'],
    ["label,theta_a,theta_b\na,1\n",               "",                      2, "bad.csv line 2: the row has 2 cells, the header 3"],
    ["label,theta_a\na,1\n",                       "",                      2, "bad.csv: theta_* is one column: give two or more"],
    ["label,theta_a,theta_b\na,1,x\na,1,2\n",      "--bad-rows skip",       0, "bad.csv: 1 bad row left out: line 2"],
    ["label,theta_a,theta_b\na,1,2\n",             "--check angular@4>=0.9", 1, "--check angular@4>=0.9 does not hold: the share is 0"],
    ["label,theta_a,theta_b\na,1,2\n",             "--check angular@4>=0.7", 1, "--check angular@4>=0.7 does not hold, but only within the 95 % interval, 0 to 0.7935: the share is 0"],
    ["label,theta_a,theta_b\na,1,2\n",             "--check angular@4>=0,accuracy<=1", 0, ""],
    ["label,theta_a,theta_b\na,1,2\n",             "--check accuracy>=0.2065", 0, ""],
    ["label,theta_a,theta_b\na,1,2\n",             "--check accuracy>=0.3", 0, "--check accuracy>=0.3 holds, but only within the 95 % interval, 0.2065 to 1: the share is 1"],
    ["label,theta_a,theta_b\na,1,2\n",             "--check arcface:m=0.9>=0.1,cosface:m=1<=0.9", 0, ""],
    ["label,theta_a,theta_b\na,1,2\n",             "--check arcface:m=1.1>=0.9", 1, "--check arcface:m=1.1>=0.9 does not hold: the share is 0"],
    ["label,theta_a,theta_b\na,1,2\n",             "--check quantiles.effective_margin.0.5>=2,mean.angle_gap>=-1", 0, ""],
    ["label,theta_a,theta_b\na,1,2\n",             "--check mean.theta_y<=pi/4", 1, "--check mean.theta_y<=pi/4 does not hold: the value is 1"],
    ["label,theta_a,theta_b\na,30,60\n",           "--degrees --check mean.theta_y<=30deg,mean.min_theta_j>=60,mean.theta_y<=pi/6", 0, ""],
    ["label,theta_a,theta_b\n",                    "--check accuracy>=0", 1, "--check accuracy>=0 does not hold: there are no samples"],
    ["label,theta_a,theta_b\na,1,2\n",             "--check accurcy>=1",    2, '--check: "accurcy" is not known: did you mean accuracy?'],
    ["label,theta_a,theta_b\na,1,2\n",             "--check arcfce:m=1>=1", 2, '--check: there is no target function "arcfce": did you mean arcface?'],
    ["label,theta_a,theta_b\na,1,2\n",             "--check quantiles.theta_y.0.4<=1", 2, '--check: "quantiles.theta_y.0.4" is not known: did you mean quantiles.theta_y.0.5?'],
    ["label,theta_a,theta_b\na,1,2\n",             "--check angular@4",     2, '--check: "angular@4" is not of the form figure>=limit: accuracy>=0.9, angular@4>=0.9, arcface:m=0.5>=0.9'],
    ["label,theta_a,theta_b\na,1,2\n",             "--check mean.feature_norm>=1", 2, "--check mean.feature_norm>=1 needs --features: angles have no length"],
    ["label,theta_a,theta_b\na,1,2\n",             "--check angular@4>=2",  2, "--check: 2 is out of range: it must lie from 0 to 1"],
    ["label,theta_a,theta_b\na,1,2\n",             "--check anglar@4>=1",   2, '--check: "anglar" is not known: did you mean angular?'],
    ["label,theta_a,theta_b\na,1,2\n",             "--scale norm",          2, "--scale norm needs --features: angles have no length"],
    ["label,theta_a,theta_b\na,1,2\n",             "--features f.npy",      2, "give --input with a file of angles, or --features and --labels, with --weights if there are class vectors"],
    ["label,theta_a,theta_b\na,1,2\n",             "--check naive@2<=0.9 --check angular@1>=0.1 --check psi@3<=0.9", 0, ""],
  ])("%j %s: status %d", async (text, args, status, message) => {
    writeFileSync(join(folder, "bad.csv"), text);
    const ran = await asoftmax(["measure", "--input", "bad.csv", ...args.split(" ").filter(Boolean)], { cwd: folder });
    expect(withoutHelp(ran.stderr)).toBe(message === "" ? "" : `asoftmax: ${message}\n`);
    expect(ran.status).toBe(status);
  });

  test("rows that are left out are counted; kept ones stay in the file of --per-sample", async () => {
    writeFileSync(join(folder, "keep.csv"), "label,theta_a,theta_b\na,1,x\na,0.25,1.5\n");
    const { figures } = await figuresOf([
      "--input",
      "keep.csv",
      "--bad-rows",
      "keep",
      "--m",
      "1",
      "--per-sample",
      "kept.csv",
    ]);
    expect(figures).toMatchObject({ samples: 1, skipped_rows: 1 });
    expect(readFileSync(join(folder, "kept.csv"), "utf8").split("\n").slice(1)).toEqual([
      "2,,,,,,,,,,,,,,,,,",
      "3,a,b,0.25,1.5,6,1.25,,true,true,0,1,1,true,true,true,7.622787708501968e-7,7.622787708501968e-7",
      "",
    ]);
  });

  test("a header alone gives a report without samples", async () => {
    writeFileSync(join(folder, "none.csv"), "label,theta_a,theta_b\n");
    const { figures, status } = await figuresOf(["--input", "none.csv"]);
    expect(status).toBe(0);
    expect(figures).toMatchObject({ samples: 0, accuracy: null, worst_classes: [], mean: { theta_y: null } });
    const page = await draw(`measure --input ${join(folder, "none.csv")}`, "html");
    const svgs = page.match(/<svg.*?<\/svg>/gs)!;
    expect(svgs.map((svg) => svg.includes(">There are no samples</text>"))).toEqual(svgs.map(() => true));
    expect(svgs.join("")).not.toContain("NaN");
  });
});

/** Seeded noise in (-1, 1) (Park and Miller). */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

function writeNpy(name: string, ...content: Parameters<typeof npy>): string {
  writeFileSync(join(folder, name), npy(...content));
  return name;
}

/** A number is another one rounded to as many significant digits as it has, and near it. */
function expectRightDigits(value: number, exact: number): void {
  const digits = value.toExponential().split("e")[0]!.replace(/\D/g, "").length;
  expect(value).toBe(Number(exact.toPrecision(digits)));
  expect(relative(value, exact)).toBeLessThan(0.05);
}

describe.each([
  // samples, classes, dimension, noise beside the class vector
  [450, 10, 3, 0.4],
  [450, 10, 3, 2],
  [60, 30, 512, 1.2],
])("mean losses of %d samples, %d classes, %d dimensions, noise %d", (n, c, d, blur) => {
  const weights = noise(c * d, 3);
  // One class vector opposite to another.
  weights.set(
    weights.subarray(0, d).map((x) => -x),
    d,
  );
  const features = noise(n * d, 7).map((x, i) => 9 * (weights[(Math.floor(i / d) % c) * d + (i % d)]! + blur * x));
  const labels = Int32Array.from({ length: n }, (_, i) => i % c);
  const row = (vectors: Float32Array, i: number) => vectors.subarray(i * d, (i + 1) * d);
  const anglesOf = (i: number) => Array.from({ length: c }, (_, j) => angleBetween(row(features, i), row(weights, j)));
  const angles = Array.from(labels, (_, i) => anglesOf(i));
  const functions = ["--functions", "softmax,asoftmax:m=4,arcface,sphereface-r2"];

  test("from vectors and from angles they are the same to 1e-12", async () => {
    const header = `label,${angles[0]!.map((_, j) => `theta_${j}`).join(",")}`;
    const lines = angles.map((row, i) => `${labels[i]},${row.join(",")}`);
    writeFileSync(join(folder, "digits.csv"), [header, ...lines, ""].join("\n"));
    const vectors = [
      ...["--features", writeNpy("digits-f.npy", "<f4", [n, d], features)],
      ...["--weights", writeNpy("digits-w.npy", "<f4", [c, d], weights)],
      ...["--labels", writeNpy("digits-l.npy", "<i4", [n], labels)],
    ];
    const asked = [...functions, "--scale", "1,8,30,64"];
    const { figures: exact } = await figuresOf(["--input", "digits.csv", ...asked]);
    const { figures } = await figuresOf([...vectors, ...asked]);
    expect(figures.mean_loss.length).toBe(16);
    for (const [i, { value }] of figures.mean_loss.entries())
      expect(Math.abs(value / exact.mean_loss[i].value - 1)).toBeLessThan(1e-12);
  });
});

describe("features", () => {
  const [n, d, c] = [1300, 9, 83];
  const weights = noise(c * d, 5);
  const labels = Int32Array.from({ length: n }, (_, i) => (i * 31) % c);
  const blur = noise(n * d, 11);
  const vector = (vectors: Float32Array, i: number) => vectors.subarray(i * d, (i + 1) * d);
  const features = Float32Array.from(
    blur,
    (x, i) => 3 * (weights[labels[Math.floor(i / d)]! * d + (i % d)]! + 0.4 * x),
  );
  // One class vector twice, and one feature just upon its class vector.
  weights.copyWithin(7 * d, 3 * d, 4 * d);
  features.set(
    vector(weights, labels[5]!).map((x) => 2 * x),
    5 * d,
  );
  const files = [
    "--features",
    writeNpy("f.npy", "<f4", [n, d], features),
    "--weights",
    writeNpy("w.npy", "<f4", [c, d], weights),
  ];
  const all = [...files, "--labels", writeNpy("l.npy", "<i4", [n], labels)];
  const samples = Array.from(
    labels,
    (label, i): Angles => ({
      label,
      angles: Array.from({ length: c }, (_, j) => angleBetween(vector(features, i), vector(weights, j))),
    }),
  );

  test("counts are those of all angles in double, quantiles and losses good to 1e-12", async () => {
    const margins = [1, 2, 3, 4];
    const expected = plainReport(samples, margins);
    const { figures, stderr } = await figuresOf([...all, "--functions", "asoftmax:m=2,softmax", "--scale", "16,norm"]);
    expect(figures.correct).toBe(expected.correct);
    expect(counts(figures.by_m)).toEqual(expected.by_m);
    for (const [measure, at] of Object.entries(expected.quantiles)) {
      for (const [p, value] of Object.entries(at)) {
        if (Number.isFinite(value)) expect(relative(figures.quantiles[measure][p], value)).toBeLessThan(1e-12);
      }
    }
    const norms = samples.map((_, i) => Math.hypot(...vector(features, i)));
    expect(figures.mean.feature_norm).toBeCloseTo(mean(norms), 12);
    const target = (y: number) => psi(2, y);
    expect(relative(figures.mean_loss[0].value, expected.loss(target, 16))).toBeLessThan(1e-12);
    const byNorm = samples.map((sample, i) => plainReport([sample], []).loss(target, norms[i]!));
    expect(relative(figures.mean_loss[1].value, mean(byNorm))).toBeLessThan(1e-12);
    expect(figures.mean_loss[1]).toMatchObject({ function: "asoftmax:m=2", scale: "norm" });
    expect(stderr).toMatch(/w.npy: class vectors of length \d\.\d{0,5} to \d\.\d{0,5} were made unit vectors/);
  });

  test("the angular Fisher score is that of its definition", async () => {
    const unit = samples.map((_, i) => {
      const x = Array.from(vector(features, i));
      return x.map((v) => v / Math.hypot(...x));
    });
    const meanOf = (vectors: number[][]) => Array.from({ length: d }, (_, k) => mean(vectors.map((v) => v[k]!)));
    const cosine = (a: number[], b: number[]) =>
      a.reduce((sum, x, k) => sum + x * b[k]!, 0) / Math.hypot(...a) / Math.hypot(...b);
    const whole = meanOf(unit);
    let [within, between] = [0, 0];
    for (let j = 0; j < c; j++) {
      const own = unit.filter((_, i) => labels[i] === j);
      const center = meanOf(own);
      for (const x of own) within += 1 - cosine(x, center);
      between += own.length * (1 - cosine(center, whole));
    }
    const { figures } = await figuresOf(all);
    expect(figures.fisher_score / (within / between)).toBeCloseTo(1, 11);
  });

  test("sphereface-r2 bends the competing angles", async () => {
    const { figures } = await figuresOf([...all, "--functions", "sphereface-r2:m=1.7,softmax", "--scale", "8"]);
    const loss = mean(
      samples.map(({ label, angles }) => {
        const own = 8 * Math.cos(angles[label]!);
        const others = angles.toSpliced(label, 1).map((theta) => 8 * Math.cos(theta / 1.7) - own);
        return Math.log1p(others.reduce((sum, x) => sum + Math.exp(x), 0));
      }),
    );
    expect(relative(figures.mean_loss[0].value, loss)).toBeLessThan(1e-12);
    expect(figures.mean_loss[1].value).toBeLessThan(loss);
  });

  test("nothing depends on the number of threads", async () => {
    const runs = await Promise.all(
      ["1", "2", "3"].map((threads) =>
        asoftmax(["measure", ...all, "--threads", threads, "--per-sample", `${threads}.csv`], { cwd: folder }),
      ),
    );
    expect(runs[0]!.status).toBe(0);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
    const rows = ["1", "2", "3"].map((threads) => readFileSync(join(folder, `${threads}.csv`), "utf8"));
    expect(rows[0]!.split("\n").length).toBe(n + 2);
    expect(rows[1]).toBe(rows[0]);
    expect(rows[2]).toBe(rows[0]);
  });

  const bad = features.slice();
  bad.fill(0, 2 * d, 3 * d);
  bad[4 * d + 3] = Number.NaN;
  const wrong = labels.slice();
  wrong[6] = c;

  test.each(["1", "2"])("bad vectors and labels are row errors, on %s threads", async (threads) => {
    writeNpy("bad.npy", "<f4", [n, d], bad);
    writeNpy("wrong.npy", "<i4", [n], wrong);
    const args = ["--features", "bad.npy", "--weights", "w.npy", "--labels", "wrong.npy", "--threads", threads];
    const stopped = await figuresOf(args);
    expect(stopped).toMatchObject({ status: 2, figures: undefined });
    expect(stopped.stderr).toBe(
      "asoftmax: bad.npy row 2: the vector has length 0 and so no direction (--bad-rows skip leaves such rows out)\n",
    );
    const { figures, stderr } = await figuresOf([...args, "--bad-rows", "skip"]);
    expect(figures).toMatchObject({ samples: n - 3, skipped_rows: 3 });
    expect(stderr).toContain("bad.npy: 3 bad rows left out: row 2, 4, 6\n");
    const good = samples.filter((_, i) => ![2, 4, 6].includes(i));
    expect(counts(figures.by_m)).toEqual(plainReport(good, [1, 2, 3, 4]).by_m);
  });

  test.each(["1", "2"])("a class vector without direction ends the work, on %s threads", async (threads) => {
    const zero = weights.slice();
    zero[5 * d] = Number.POSITIVE_INFINITY;
    writeNpy("zero.npy", "<f4", [c, d], zero);
    const args = ["--features", "f.npy", "--weights", "zero.npy", "--labels", "l.npy", "--per-sample", "no.csv"];
    const { status, stderr } = await figuresOf([...args, "--threads", threads]);
    expect([status, stderr]).toEqual([2, "asoftmax: zero.npy row 5: component 0 is Infinity\n"]);
    expect(readdirSync(folder).filter((name) => name.includes("no.csv"))).toEqual([]);
  });

  // biome-ignore format: aligned by eye
  test.each([
    // features  weights   labels    message
    ["f.npy",   "w.npy",   "w.npy",  "w.npy: labels are whole numbers, one a row: there are 9 columns; for one-hot rows convert it: python3 -c \"import numpy as np; np.save('converted.npy', np.load('w.npy').argmax(1))\""],
    ["w.npy",   "w.npy",   "l.npy",  "l.npy: there are 1300 labels for 83 features"],
    ["f.npy",   "l.npy",   "l.npy",  "l.npy: class vectors have 1 components, features 9"],
    ["no.npy",  "w.npy",   "l.npy",  "cannot read no.npy: no such file or directory"],
  ])("%s %s %s: %s", async (f, w, l, message) => {
    const { status, stderr } = await figuresOf(["--features", f, "--weights", w, "--labels", l]);
    expect([status, withoutHelp(stderr)]).toEqual([2, `asoftmax: ${message}\n`]);
  });
});

describe("features of which the cosines are rounded", () => {
  const [n, c, d] = [4000, 500, 512];
  const weights = noise(c * d, 17);
  const labels = Int32Array.from({ length: n }, (_, i) => (i * 7) % c);
  const blur = noise(n * d, 19);
  // As behind a ReLU.
  const features = blur.map((x, i) => Math.max(0, 2 * x + weights[labels[Math.floor(i / d)]! * d + (i % d)]!));
  const scales = ["1", "30", "64", "norm"];
  const asked = [
    "--functions",
    "softmax,asoftmax:m=4,sphereface-r2:m=1.7",
    "--scale",
    scales.join(),
    "--format",
    "json",
  ];
  const order = Array.from(labels.keys()).sort((i, j) => ((i * 2731) % n) - ((j * 2731) % n));
  const turned = new Float32Array(n * d);
  for (const [to, from] of order.entries()) turned.set(features.subarray(from * d, (from + 1) * d), to * d);
  const shared = ["--weights", writeNpy("rounded-w.npy", "<f4", [c, d], weights)];
  const files = [
    ...["--features", writeNpy("rounded-f.npy", "<f4", [n, d], features), ...shared],
    ...["--labels", writeNpy("rounded-l.npy", "<i4", [n], labels)],
  ];
  const shuffled = [
    ...["--features", writeNpy("turned-f.npy", "<f4", [n, d], turned), ...shared],
    ...[
      "--labels",
      writeNpy(
        "turned-l.npy",
        "<i4",
        [n],
        Int32Array.from(order, (i) => labels[i]!),
      ),
    ],
  ];

  /** The mean losses in double. */
  function losses(): Record<string, number> {
    const sums: Record<string, number> = {};
    const length = (all: Float32Array, i: number) => Math.hypot(...all.subarray(i * d, (i + 1) * d));
    const lengths = Array.from({ length: c }, (_, j) => length(weights, j));
    for (let i = 0; i < n; i++) {
      const norm = length(features, i);
      const cosines = lengths.map((own, j) => {
        let dot = 0;
        for (let k = 0; k < d; k++) dot += features[i * d + k]! * weights[j * d + k]!;
        return dot / own / norm;
      });
      const y = cosines[labels[i]!]!;
      const others = cosines.toSpliced(labels[i]!, 1);
      const bent = others.map((x) => Math.cos(Math.acos(x) / 1.7));
      const logits = {
        softmax: [y, others],
        "asoftmax:m=4": [psi(4, Math.acos(y)), others],
        "sphereface-r2:m=1.7": [y, bent],
      };
      for (const [spec, [own, all]] of Object.entries(logits) as [string, [number, number[]]][])
        for (const scale of scales) {
          const size = scale === "norm" ? norm : Number(scale);
          const sum = all.reduce((sum, x) => sum + Math.exp(size * (x - own)), 0);
          sums[`${spec} ${scale}`] = (sums[`${spec} ${scale}`] ?? 0) + Math.log1p(sum) / n;
        }
    }
    return sums;
  }

  test("every digit of the mean losses is right, most of them are given", async () => {
    const expected = losses();
    const { figures } = await figuresOf([...files, ...asked]);
    expect(figures.mean_loss.length).toBe(12);
    for (const { function: spec, scale, value } of figures.mean_loss) {
      expectRightDigits(value, expected[`${spec} ${scale}`]!);
      const size = scale === "norm" ? figures.mean.feature_norm : scale;
      expect(Math.abs(value - expected[`${spec} ${scale}`]!)).toBeLessThan(5e-5 * size);
    }
    expect(figures.mean_loss[0].value.toString().length).toBeGreaterThan(6);
    await asoftmax(["measure", ...files, "--output", "losses.html"], { cwd: folder });
    expect(readFileSync(join(folder, "losses.html"), "utf8")).toContain("only digits that this cannot have changed");
  });

  test("the report depends neither on the number of threads nor on the order of the samples", async () => {
    const runs = await Promise.all(
      [
        [...files, "--threads", "1"],
        [...files, "--threads", "3"],
        [...shuffled, "--threads", "2"],
      ].map((args) => asoftmax(["measure", ...args, ...asked], { cwd: folder })),
    );
    expect(runs[0]!.status).toBe(0);
    expect(runs[1]!.stdout).toBe(runs[0]!.stdout);
    expect(runs[2]!.stdout).toBe(runs[0]!.stdout);
  });
});

describe("the vectors of fixtures/measure", () => {
  const path = (name: string) => fileURLToPath(new URL(`../fixtures/measure/${name}`, import.meta.url));
  const files = ["features", "weights", "labels"].flatMap((name) => [`--${name}`, path(`${name}.npy`)]);
  const expected = JSON.parse(readFileSync(path("figures.json"), "utf8"));
  const specs = expected.by_function.map((one: { function: string }) => one.function).join(",");

  test.each(["1", "2"])(
    "class_angles, by_function and intervals are those of mpmath, on %s threads",
    async (threads) => {
      const { figures } = await figuresOf([...files, "--functions", specs, "--threads", threads]);
      expect(figures.correct).toBe(expected.correct);
      const near = (found: Record<string, number>, right: Record<string, number>) => {
        expect(Object.keys(found)).toEqual(Object.keys(right));
        for (const [name, value] of Object.entries(right))
          expect([name, relative(found[name]!, value) < 1e-14]).toEqual([name, true]);
      };
      near(figures.class_angles, expected.class_angles);
      near(figures.accuracy_interval, expected.accuracy_interval);
      for (const [i, { share_interval, ...right }] of expected.by_function.entries()) {
        expect(figures.by_function[i]).toMatchObject(right);
        near(figures.by_function[i].share_interval, share_interval);
      }
    },
  );

  test("--degrees gives the angles, not the count, in degrees", async () => {
    const { figures } = await figuresOf([...files, "--degrees"]);
    const { left_out, ...angles } = expected.class_angles;
    for (const [name, angle] of Object.entries<number>(angles))
      expect(figures.class_angles[name]).toBeCloseTo((angle * 180) / Math.PI, 11);
    expect(figures.class_angles.left_out).toBe(left_out);
  });

  test("a class whose features cancel is left out; with one class there is no nearest mean", async () => {
    // The sum of the second class is not 0 to the last bit.
    const data = Float32Array.of(3, 1, -1, 2, 3, 7, 1, -2, -3, -7, 2, 2);
    const args = [
      ...["--features", writeNpy("cancel-f.npy", "<f4", [6, 2], data)],
      ...["--weights", writeNpy("cancel-w.npy", "<f4", [3, 2], Float32Array.of(1, 0, 0, 1, -1, 0))],
      ...["--labels", writeNpy("cancel-l.npy", "<i4", [6], Int32Array.of(0, 1, 1, 1, 1, 0))],
    ];
    const { figures } = await figuresOf(args);
    expect(figures.class_angles).toMatchObject({ w_inter: Math.PI / 2, inter: null, left_out: 2 });
    const [a, b] = [Math.atan2(1, 3), Math.PI / 4];
    expect(figures.class_angles.w_ec).toBeCloseTo((a + b) / 2, 7);
    expect(figures.class_angles.intra).toBeCloseTo((b - a) / 2, 7);
  });

  test("class means are complete before a thread reads them", async () => {
    const [n, d] = [20000, 32];
    const args = [
      ...["--features", writeNpy("long-f.npy", "<f4", [n, d], noise(n * d, 3))],
      ...["--weights", writeNpy("long-w.npy", "<f4", [3, d], noise(3 * d, 5))],
      ...[
        "--labels",
        writeNpy(
          "long-l.npy",
          "<i4",
          [n],
          Int32Array.from({ length: n }, (_, i) => i % 3),
        ),
      ],
    ];
    const [one, two] = await Promise.all(["1", "2"].map((threads) => figuresOf([...args, "--threads", threads])));
    expect(two!.figures.class_angles).toEqual(one!.figures.class_angles);
  });
});

test("labels of a file of angles that are off by one are noticed", async () => {
  const classes = 6;
  const said = async (label: (place: number) => number, names = (j: number) => `${j}`) => {
    const header = ["label", ...Array.from({ length: classes }, (_, j) => `theta_${names(j)}`)];
    const rows = Array.from({ length: 60 }, (_, i) => {
      const own = i % classes;
      const angles = header.slice(1).map((_, j) => (j === own ? 0.3 : 1.4 + 0.01 * ((i * 7 + j) % 5)));
      return [names(label(own)), ...angles].join();
    });
    const stdin = `${[header.join(), ...rows].join("\n")}\n`;
    return (await asoftmax(["measure", "--input", "-", "--format", "csv"], { stdin })).stderr;
  };
  const of = (where: string) =>
    `asoftmax: column label: the class ${where} that of the label is nearest on 50 samples, `;
  expect(await said((own) => own)).toBe("");
  expect(await said((own) => (own + 1) % classes)).toBe(`${of("before")}its own on 0: are the labels one too large?\n`);
  expect(await said((own) => (own + 5) % classes)).toMatch(of("after"));
  expect(
    await said(
      (own) => (own + 1) % classes,
      (j) => "abcdef"[j]!,
    ),
  ).toBe("");
});
