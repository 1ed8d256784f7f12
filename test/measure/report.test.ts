import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { version } from "../../src/cli/version.ts";
import type { Figures } from "../../src/measure/statistics.ts";
import { asoftmax, sh } from "../cli/run.ts";
import { npy } from "../npy.ts";

const cwd = mkdtempSync(join(tmpdir(), "asoftmax-report-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const copy = (name: string) =>
  writeFileSync(join(cwd, name), readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
copy("digits-naive-m4-16d.csv");
copy("digits-softmax-3d.csv");
const save = (name: string, ...array: Parameters<typeof npy>) => writeFileSync(join(cwd, name), npy(...array));
save("features.npy", "<f4", [4, 2], new Float32Array([3, 4, 1, 0.5, -2, 1.5, 0.5, -3]));
save("weights.npy", "<f4", [2, 2], new Float32Array([1, 1, -1, 0.5]));
save("labels.npy", "<i4", [4], new Int32Array([0, 0, 1, 1]));

const HOSTILE = `<img src=x onerror=alert(1)>&amp;</script>é`;
writeFileSync(join(cwd, "hostile.csv"), `label,"theta_${HOSTILE}",theta_b\nb,0.5,1\n${HOSTILE},1.5,1\n`);

/** The page of a run, and the text of what is in it. */
async function report(args: readonly string[]) {
  const output = "it's a report.html";
  const ran = await asoftmax(["measure", ...args, "--output", output], { cwd });
  const html = readFileSync(join(cwd, output), "utf8");
  const whole = html.slice(html.indexOf("<body>"), html.indexOf("<script>"));
  const body = whole.replace(/<script type="application\/json">.*?<\/script>/gs, "");
  return { ...ran, html, body, in: (tag: string) => textsIn(body, tag) };
}

const textsIn = (html: string, tag: string) =>
  [...html.matchAll(new RegExp(`<${tag}(?: [^>]*)?>(.*?)</${tag}>`, "gs"))].map(([, inside]) =>
    inside!
      .replace(/<[^>]*>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&"),
  );

/** The cells of every table, by the heading over it. */
const tablesOf = (body: string) =>
  Object.fromEntries(
    [...body.matchAll(/<h2>([^<]*)<\/h2>\n<div class="wide"><table>(.*?)<\/table>/gs)].map(([, caption, table]) => [
      caption,
      textsOfRows(table!),
    ]),
  );
const textsOfRows = (table: string) =>
  [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) => textsIn(row!, "t[hd]"));

const texts = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.map(String));

function expectedTables(figures: Figures) {
  const { by_m, by_function, quantiles, mean, class_angles, mean_loss, worst_classes } = figures;
  const measures = Object.keys(mean) as (keyof typeof mean)[];
  // In json they are no Map.
  const quantile = (p: string) => measures.map((name) => (quantiles[name] as unknown as Record<string, number>)[p]);
  return {
    "Conditions by m": texts([
      ["m", "naive", "angular", "psi", "false pass", "beyond pi/m", "naive pairs", "angular pairs"],
      ...by_m.map((at) => [
        ...[at.m, at.naive, at.angular, at.psi, at.false_pass],
        ...[at.beyond_first_segment, at.pair_naive, at.pair_angular],
      ]),
    ]),
    "Samples that keep the margin of a function": texts([
      ["function", "holds", "share", "interval"],
      ...by_function.map((one) => {
        return [one.function, one.holds, one.share, `${one.share_interval.lo} to ${one.share_interval.hi}`];
      }),
    ]),
    ...(class_angles && {
      "Angles of classes": texts([["w_ec", "w_inter", "intra", "inter", "left out"], Object.values(class_angles)]),
    }),
    "Angles and effective margin": texts([
      ["quantile", ...measures],
      ...["0", "0.05", "0.25", "0.5", "0.75", "0.95", "1"].map((p) => [`${100 * Number(p)} %`, ...quantile(p)]),
      ["mean", ...measures.map((name) => mean[name])],
    ]),
    "Mean losses": texts([
      ["function", "scale", "mean loss"],
      ...mean_loss.map((one) => [one.function, one.scale, one.value]),
    ]),
    "Worst classes": texts([
      ["class", "samples", "correct", "accuracy", "taken for"],
      ...worst_classes.map((one) => [
        ...[one.class, one.samples, one.correct, one.accuracy],
        one.taken_for.map((other) => `${other.class} (${other.samples})`).join(", "),
      ]),
    ]),
  };
}

const FEATURES = ["--features", "features.npy", "--weights", "weights.npy", "--labels", "labels.npy"];

describe.each([
  ["angles, all trained by the naive target", ["--input", "digits-naive-m4-16d.csv"]],
  ["angles in degrees", ["--input", "digits-softmax-3d.csv", "--degrees", "--m", "2,1.5", "--scale", "30,64"]],
  ["features", FEATURES],
  ["a class name that is markup", ["--input", "hostile.csv"]],
])("%s", (_, args) => {
  test("every figure is that of the json", async () => {
    const { body, in: within } = await report([...args, "--precision", "17"]);
    const { stdout } = await asoftmax(["measure", ...args, "--format", "json"], { cwd });
    const figures: Figures = JSON.parse(stdout);
    expect(tablesOf(body)).toEqual(expectedTables(figures));
    const { samples, correct, by_m, fisher_score } = figures;
    const [headline, ...others] = within("p");
    const largest = by_m.find(({ m }) => m === Math.max(...by_m.map((at) => at.m)))!;
    expect(headline).toContain(`${largest.angular} of ${samples} samples (`);
    expect(headline).toContain(`keep the margin m = ${largest.m};`);
    expect(headline).toContain(`; ${correct} (`);
    const verdict = others
      .map((text) => /^At m = (\S+), (\d+) of \d+ samples .* condition, (\d+) /.exec(text))
      .find(Boolean);
    const [, m, naive, angular] = verdict ?? [];
    expect(verdict !== undefined).toBe(by_m.some((at) => at.false_pass > 0));
    if (verdict)
      expect(by_m.find((at) => String(at.m) === m)).toMatchObject({ naive: Number(naive), angular: Number(angular) });
    if (fisher_score !== undefined) expect(others.join("\n")).toContain(`Fisher score ${fisher_score}:`);
  });

  test("every column of figures is defined", async () => {
    const { body, in: within } = await report(args);
    const terms = new Set(within("dt").flatMap((term) => term.split(", ")));
    const { "Conditions by m": byM, "Angles and effective margin": angles } = tablesOf(body);
    expect([...byM![0]!.slice(1), ...angles![0]!].filter((name) => !terms.has(name))).toEqual([]);
    expect([terms.has("feature_norm"), terms.has("angular Fisher score")]).toEqual(
      Array(2).fill(args.includes("--features")),
    );
  });

  test("nothing is fetched from anywhere", async () => {
    expect((await report(args)).html).not.toMatch(/(src|href)=["']?http|url\(["']?http|@import/);
  });
});

test("names are text and no markup", async () => {
  const { body } = await report(["--input", "hostile.csv"]);
  expect(body).not.toMatch(/<img|<\/script|&amp;</);
  expect(textsIn(body, "td")).toEqual(expect.arrayContaining([HOSTILE, `${HOSTILE} (1)`]));
});

test("the command line on the page makes the same page", async () => {
  const { html, in: within } = await report(["--input", "digits-softmax-3d.csv", "--check", "angular@4>=0.1"]);
  const line = within("small").at(-1)!;
  const command = line.replace(`Made by asoftmax ${version}: `, "");
  expect(command).toBe(
    String.raw`asoftmax measure --input digits-softmax-3d.csv --check 'angular@4>=0.1' --output 'it'\''s a report.html'`,
  );
  rmSync(join(cwd, "it's a report.html"));
  expect(await sh(command, { cwd })).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(readFileSync(join(cwd, "it's a report.html"), "utf8") === html).toBe(true);
});

test("a check that fails and rows left out are on the page", async () => {
  writeFileSync(join(cwd, "bad.csv"), "label,theta_a,theta_b\na,0.2,1\nb,x,1\n");
  const args = ["--input", "bad.csv", "--bad-rows", "skip", "--check", "angular@6>=0.5"];
  const { status, stderr, in: within } = await report(args);
  expect(status).toBe(1);
  const said = stderr
    .trimEnd()
    .split("\n")
    .map((line) => line.replace("asoftmax: ", ""));
  expect(said.length).toBe(2);
  expect(within("p")).toEqual(expect.arrayContaining(said));
});

test("names keep their letters in csv and --per-sample", async () => {
  const { stdout } = await asoftmax(["measure", "--input", "hostile.csv", "--per-sample", "rows.csv"], { cwd });
  expect(stdout).toContain(`\nworst_classes.${HOSTILE}.samples,1\n`);
  expect(readFileSync(join(cwd, "rows.csv"), "utf8")).toContain(`\n3,${HOSTILE},b,`);
});
