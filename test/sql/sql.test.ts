import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test, vi } from "vitest";
import { angleOfQuarter } from "../../src/core/double-double.ts";
import { inverse } from "../../src/core/inverse.ts";
import { sampleLoss } from "../../src/core/loss.ts";
import { conditions, marginOf } from "../../src/core/margin.ts";
import { psi, segment } from "../../src/core/psi.ts";
import { isAboveCosine, makeTarget, type Target, target, targetDefinitions } from "../../src/core/targets.ts";
import { figureRows } from "../../src/measure/report.ts";
import { marginStatistics } from "../../src/measure/statistics.ts";
import { dialects, qualified } from "../../src/sql/dialects.ts";
import { angleSql, inverseSql, onPiece, valueSql } from "../../src/sql/expression.ts";
import { lossQuery, marginQuery, measureQuery, type Source } from "../../src/sql/queries.ts";
import { type Asked, samplesQuery } from "../../src/sql/report.ts";
import { duckdb, type Engine, hasPostgres, pglite, postgres } from "./engines.ts";

vi.setConfig({ testTimeout: 300_000 });

const DIGITS = ["digits-softmax-3d", "digits-asoftmax-m4-3d", "digits-naive-m4-16d"] as const;
const MARGINS = [1, 1.5, 2, 3, 4, 7, 12.3, 64, 1000.7, 2 ** 20 - 1];
/** Angles that are none, the first number above pi that does not count as pi among them. */
const BAD = ["", "NaN", "-0.1", "3.1415936535897935", "Infinity", "-Infinity"];

const ulp = (x: number) => 2 ** (Math.floor(Math.log2(Math.max(1, Math.abs(x)))) - 52);

/** mulberry32: the same angles in every run. */
function randomAngles(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * Math.PI;
  });
}

/** Up to 40 knots k pi/m, spread, with the doubles beside them and the angles half way. */
function knots(m: number): number[] {
  const step = Math.max(1, Math.floor(m / 20));
  const quarters = Array.from({ length: Math.ceil((2 * m) / step) }, (_, i) => angleOfQuarter(i * step, m));
  return quarters.flatMap((t) => [t * (1 - 2 ** -53), t, t * (1 + 2 ** -52)]).filter((t) => t <= Math.PI);
}

interface Sample {
  label: number;
  angles: number[];
}

const samplesOf = (file: string): Sample[] =>
  readFileSync(new URL(`../fixtures/${file}.csv`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number))
    .map(([label, ...angles]) => ({ label: label!, angles }));

const own = ({ label, angles }: Sample) => angles[label]!;
const others = ({ label, angles }: Sample) => angles.toSpliced(label, 1);
const minThetaJ = (sample: Sample) => Math.min(...others(sample));
const nearest = (s: Sample) => s.angles.findIndex((theta, j) => j !== s.label && theta === minThetaJ(s));

const long = (engine: Engine, table: string): Source => ({
  dialect: engine.dialect,
  table,
  label: "label",
  theta: "theta",
  wide: undefined,
});
const wide = (engine: Engine, table: string): Source => ({ ...long(engine, table), wide: ["theta_", ""] });

const CLASSES = Array.from({ length: 10 }, (_, j) => j);
const longRows = (samples: readonly Sample[]) =>
  samples.flatMap(({ label, angles }, i) => angles.map((theta, j) => `${i},${label},${j},${theta}`)).join("\n");
const wideRows = (samples: readonly Sample[]) =>
  samples.map(({ label, angles }) => [label, ...angles].join(",")).join("\n");

/** The engines of this process, or Spark where it is asked for (npm run test:spark). */
const engines: (() => Promise<Engine>)[] =
  process.env.ENGINE === "spark"
    ? [(await import("../spark/engine.ts")).spark]
    : [duckdb, pglite, ...(hasPostgres ? [postgres] : [])];

// DuckDB 1.3 takes a subquery named like the table that it reads for one that reads itself.
test("subqueries have names that no table has", () => {
  const { duckdb: dialect } = dialects;
  const source: Source = { dialect, table: "angles", label: "label", theta: "theta", wide: undefined };
  const asked = { margins: [4], functions: [], losses: [] };
  const wide = marginQuery({ ...source, wide: ["theta_", ""] }, [4], "");
  for (const sql of [wide, measureQuery(source, asked), samplesQuery(dialect, "samples", asked)]) {
    const names = [...sql.matchAll(/(?:WITH|,) (\w+) AS \(/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !name.startsWith("asoftmax_"))).toEqual([]);
  }
});

if (!hasPostgres) test.skip("postgres: Debian's package postgresql is not installed", () => {});

describe.each(engines.map((open) => [open.name, open] as const))("%s", async (name, open) => {
  const engine = await open();
  const figures: Record<string, number> = {};
  afterAll(async () => {
    if (process.env.FIGURES) console.log(name, figures);
    await engine.close();
  });
  const { dialect } = engine;
  const { double } = dialect;
  const LONG = { sample: "integer", label: "integer", class: "integer", theta: double };
  const WIDE = { label: "integer", ...Object.fromEntries(CLASSES.map((j) => [`theta_${j}`, double])) };

  const angles = [...MARGINS.flatMap(knots), 0, 5e-300, Math.PI, ...randomAngles(100_000, 8)];
  await engine.load("thetas", { i: "integer", theta: double }, angles.map((theta, i) => `${i},${theta}`).join("\n"));
  for (const file of DIGITS) {
    const samples = samplesOf(file);
    await engine.load(file, WIDE, wideRows(samples));
    await engine.load(`${file} long`, LONG, longRows(samples));
  }

  /** The largest difference from ours at the first angles, in ulps of max(|value|, 1). */
  const worst = async (targets: readonly Target[], count: number) => {
    const columns = targets.map((t, i) => `${valueSql(t, angleSql("theta"))} AS v${i}`);
    const rows = await engine.rows(`SELECT i, ${columns.join(", ")} FROM thetas WHERE i < ${count}`);
    expect(rows.length).toBe(count);
    const errors = targets.flatMap((t, column) =>
      rows.map((row) => {
        const value = t.value(angles[row.i as number]!);
        return Math.abs((row[`v${column}`] as number) - value) / ulp(value);
      }),
    );
    return errors.reduce((most, error) => Math.max(most, error), 0);
  };

  test("psi is within 4 ulp for every m, beside knots too", async () => {
    const targets = MARGINS.map((m) => target("asoftmax", { m })!);
    const everywhere = await worst([target("asoftmax", { m: 3 })!, target("asoftmax", { m: 4 })!], angles.length);
    figures.psi_ulp = Math.max(everywhere, await worst(targets, 10_000));
    expect(figures.psi_ulp).toBeLessThanOrEqual(4);
  });

  test("every target function is, with and without lambda", async () => {
    const targets = targetDefinitions.flatMap((d) => [makeTarget(d), makeTarget(d, { lambda: 2.5 })]);
    figures.target_ulp = await worst(targets, 10_000);
    expect(figures.target_ulp).toBeLessThanOrEqual(4);
  });

  test("segments are exact, at the doubles nearest to knots too", async () => {
    for (const m of [3, 7, 12.3]) {
      const { pieces } = target("asoftmax", { m })!;
      const cases = Array.from({ length: pieces.count }, (_, k) => `WHEN ${onPiece(pieces, k, "theta")} THEN ${k}`);
      const rows = await engine.rows(`SELECT i, CASE ${cases.join(" ")} END AS k FROM thetas WHERE i < 5000`);
      expect(rows.filter(({ i, k }) => k !== segment(m, angles[i as number]!))).toEqual([]);
    }
  });

  test("what is no angle gives NULL", async () => {
    const targets = targetDefinitions.map((d) => makeTarget(d, { lambda: 1 }));
    await engine.load("bad", { i: "integer", theta: double }, BAD.map((text) => `0,${text}`).join("\n"));
    const columns = targets.map((t, i) => `${valueSql(t, angleSql("theta"))} AS v${i}`);
    const rows = await engine.rows(`SELECT ${columns.join(", ")} FROM bad`);
    expect(rows.flatMap((row) => Object.values(row))).toEqual(BAD.flatMap(() => targets.map(() => null)));
  });

  test("inverse is good to 4 ulp of the angle or of 1", async () => {
    const ys = [
      1,
      1 - 2 ** -53,
      0,
      -1 + 2 ** -53,
      -1,
      -1 - 2 ** -52,
      -3,
      -3 + 2 ** -51,
      -6.9,
      -7,
      ...randomAngles(1000, 3).map((x) => 1 - 2.5 * x),
    ];
    await engine.load("ys", { i: "integer", psi: double }, ys.map((y, i) => `${i},${y}`).join("\n"));
    for (const m of [4, 5.5]) {
      const rows = await engine.rows(
        `SELECT ${inverseSql(target("asoftmax", { m })!, "psi", dialect)} AS theta FROM ys ORDER BY i`,
      );
      rows.forEach(({ theta }, i) => {
        const { theta: expected } = inverse(m, ys[i]!);
        if (Number.isNaN(expected)) expect(theta).toBeNull();
        else expect(Math.abs((theta as number) - expected)).toBeLessThanOrEqual(4 * ulp(expected));
      });
    }
    const outside = await engine.rows(
      `SELECT ${inverseSql(target("asoftmax")!, `CAST('NaN' AS ${double})`, dialect)} AS a, ${inverseSql(target("asoftmax")!, "1.0000001", dialect)} AS b`,
    );
    expect(outside).toEqual([{ a: null, b: null }]);
  });

  test("as a function it gives the same", async () => {
    const name = dialect.identifier('p"s`i; drop');
    await engine.run(dialect.define(name, "x", valueSql(target("asoftmax")!, angleSql("x"))));
    const [row] = await engine.rows(`SELECT ${name}(1.2) AS a, ${name}(-1) AS b`);
    expect(row).toEqual({ a: expect.closeTo(psi(4, 1.2), 14), b: null });
  });

  test.each(DIGITS)("margin adds the conditions to the rows of %s", async (file) => {
    const rows = await engine.rows(marginQuery(wide(engine, file), [2, 4], "our_"));
    const samples = samplesOf(file);
    expect(rows.length).toBe(2 * samples.length);
    const added =
      "m,competitors,naive,angular,psi,false_pass,binding,min_theta_j,effective_margin,margin_gap,cosine_gap";
    const names = [...Object.keys(WIDE), ...added.split(",").map((name) => `our_${name}`)];
    expect(Object.keys(rows[0]!)).toEqual(names);
    let unclear = 0;
    for (const row of rows) {
      const sample = {
        label: row.label as number,
        angles: Array.from({ length: 10 }, (_, j) => row[`theta_${j}`] as number),
      };
      const { minThetaJ, binding, ...expected } = marginOf(row.our_m as number, own(sample), others(sample));
      expect(row).toMatchObject({
        our_competitors: 9,
        our_min_theta_j: minThetaJ,
        our_effective_margin: expect.closeTo(expected.effectiveMargin, 12),
      });
      expect(row.our_binding).toBe(String(binding < sample.label ? binding : binding + 1));
      expect(row.our_margin_gap).toBeCloseTo(expected.marginGap, 13);
      expect(row.our_cosine_gap).toBeCloseTo(expected.cosineGap, 13);
      if (Math.abs(expected.cosineGap) < 1e-12 || Math.abs(expected.marginGap) < 1e-12) unclear++;
      else
        expect([row.our_naive, row.our_angular, row.our_psi, row.our_false_pass]).toEqual([
          expected.naive,
          expected.angular,
          expected.psi,
          expected.falsePass,
        ]);
    }
    expect(unclear).toBe(0);
  });

  test("margin of long rows judges each pair", async () => {
    const rows = await engine.rows(marginQuery(long(engine, "digits-softmax-3d long"), [4], ""));
    const samples = samplesOf("digits-softmax-3d");
    expect(rows.length).toBe(10 * samples.length);
    for (const { sample, class: j, theta_y, theta_j, naive, angular, psi } of rows) {
      const s = samples[sample as number]!;
      if (j === s.label) expect([theta_j, naive, angular, psi]).toEqual([null, null, null, null]);
      else expect({ naive, angular, psi }).toEqual(conditions(4, theta_y as number, theta_j as number));
    }
  });

  test("conditions of 50,000 pairs agree but for gaps below 1e-12", async () => {
    const tied = randomAngles(1000, 6).map((x, i) => [x / 4, x * (1 + (i % 3) * 2 ** -52 - 2 ** -52)] as const);
    const pairs = [...randomAngles(50_000, 5).map((thetaJ, i) => [angles[i]!, thetaJ] as const), ...tied];
    await engine.load("pairs_at_random", LONG, longRows(pairs.map((pair) => ({ label: 0, angles: [...pair] }))));
    const query = marginQuery(long(engine, "pairs_at_random"), [4], "");
    const rows = await engine.rows(`SELECT * FROM (${query}) AS r WHERE class = 1`);
    const differing = rows.filter(({ sample, naive, angular, psi }) => {
      const expected = conditions(4, ...pairs[sample as number]!);
      return naive !== expected.naive || angular !== expected.angular || psi !== expected.psi;
    });
    const isTied = ([y, j]: readonly [number, number]) =>
      Math.min(Math.abs(Math.cos(4 * y) - Math.cos(j)), Math.abs(4 * y - j)) < 1e-12;
    Object.assign(figures, { pairs: rows.length, tied: pairs.filter(isTied).length, differing: differing.length });
    expect(rows.length).toBe(pairs.length);
    expect(differing.filter(({ sample }) => !isTied(pairs[sample as number]!))).toEqual([]);
  });

  test("loss is that of the library", async () => {
    const losses = [
      { target: target("asoftmax", { m: 4, lambda: 5 })!, scale: 30 },
      { target: target("sphereface-r2")!, scale: 1000 },
    ];
    const rows = await engine.rows(lossQuery(long(engine, "digits-softmax-3d long"), losses, ""));
    const samples = samplesOf("digits-softmax-3d");
    expect(rows.length).toBe(2 * samples.length);
    for (const row of rows) {
      const { target, scale } = losses.find((l) => l.scale === row.scale)!;
      const sample = samples[row.sample as number]!;
      const expected = sampleLoss(target, scale, own(sample), others(sample));
      expect(row).toMatchObject({ function: target.spec, label: sample.label, theta_y: own(sample), competitors: 9 });
      expect(row.logit_y).toBeCloseTo(expected.logitY, 11);
      for (const name of ["loss", "probability"] as const)
        if (expected[name] > 1e-300) expect((row[name] as number) / expected[name]).toBeCloseTo(1, 10);
    }
  });

  /** The rows measure, value of a query against those of the program, counts exactly. */
  const expectReport = async (query: string, expected: Record<string, number>) => {
    const rows = await engine.rows(query);
    const found = Object.fromEntries(rows.map(({ measure, value }) => [measure, value as number]));
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) {
      if (Number.isInteger(value)) expect([name, found[name]]).toEqual([name, value]);
      else expect(Math.abs(found[name]! - value) / Math.max(1, Math.abs(value)), name).toBeLessThan(1e-12);
    }
  };
  const functions = [target("asoftmax", { m: 4, lambda: 5 })!, target("cosface")!];
  const losses = functions.flatMap((target) => [30, 64].map((scale) => ({ target, scale })));
  const ASKED = { margins: [1, 1.5, 4], functions, losses };

  test.each(DIGITS)("measure reports %s as the program does", async (file) => {
    const expected = report(samplesOf(file), ASKED);
    expect(Object.keys(expected).filter((name) => name.includes("taken_for")).length).toBeGreaterThan(0);
    for (const source of [long(engine, `${file} long`), wide(engine, file)])
      await expectReport(measureQuery(source, ASKED), { ...expected, clamped_rows: 0 });
  });

  test.each([undefined, 3])(
    "measure reports %s from the rows of measure --per-sample, feature_norm %j",
    async (norm) => {
      const samples = samplesOf("digits-softmax-3d");
      const { margins, functions, losses } = ASKED;
      const columns: Record<string, [type: string, of: (s: Sample) => unknown]> = {
        row: ["integer", (s) => samples.indexOf(s)],
        label: [dialect.text, (s) => s.label],
        nearest: [dialect.text, nearest],
        competitors: ["integer", () => 9],
        theta_y: [double, own],
        min_theta_j: [double, minThetaJ],
        effective_margin: [double, (s) => minThetaJ(s) / own(s)],
        angle_gap: [double, (s) => minThetaJ(s) - own(s)],
        feature_norm: [double, () => norm ?? ""],
      };
      for (const m of margins) {
        columns[`segment_${m}`] = ["integer", (s) => segment(m, own(s))];
        columns[`naive_pairs_${m}`] = ["integer", (s) => naivePairs(m, s)];
        for (const name of ["naive", "angular", "psi"] as const)
          columns[`${name}_${m}`] = ["boolean", (s) => conditions(m, own(s), minThetaJ(s))[name]];
      }
      for (const t of functions)
        columns[`holds_${t.spec}`] = ["boolean", (s) => isAboveCosine(t, own(s), minThetaJ(s))];
      for (const { target: t, scale } of losses)
        columns[`loss_${t.spec}_${scale}`] = [double, (s) => sampleLoss(t, scale, own(s), others(s)).loss];
      const table = `per "sample" ${norm}`;
      const types = Object.fromEntries(Object.entries(columns).map(([name, [type]]) => [name, type]));
      const line = (s: Sample) => Object.values(columns).map(([, of]) => of(s));
      const bad = [",".repeat(Object.keys(columns).length - 1)];
      await engine.load(table, types, [...samples.map(line), ...bad].join("\n"));
      const expected = report(samples, ASKED, norm);
      await expectReport(samplesQuery(dialect, `"${table.replaceAll('"', '""')}"`, ASKED), {
        ...expected,
        skipped_rows: 1,
      });
    },
  );

  // biome-ignore format: a table
  test.each<[theta: string, label: string, read: (x: number) => number]>([
    ["real",           "real",          Math.fround],
    [double,           double,          (x) => x],
    ["numeric(20,18)", "numeric(5, 2)", (x) => x],
    [dialect.text,     "integer",       (x) => x],
  ])("angles of type %s and labels of type %s are read alike, and float32's pi counts as pi", async (type, label, read) => {
    const table = `${type} by ${label}`;
    const samples: Sample[] = [{ label: 0, angles: [0.1, 0.7] }, { label: 1, angles: [1.4, 0.9] }, { label: 0, angles: [Math.fround(Math.PI), 0.2] }];
    const expected = report(samples.map((s) => ({ ...s, angles: s.angles.map((x) => Math.min(Math.PI, read(x))) })), ASKED);
    expect(expected["worst_classes.0.taken_for.1.samples"]).toBe(1);
    await engine.load(table, { label, theta_0: type, theta_1: type }, wideRows(samples));
    await engine.load(`${table} long`, { ...LONG, label, theta: type }, longRows(samples));
    for (const source of [wide(engine, table), long(engine, `${table} long`)])
      await expectReport(measureQuery(source, ASKED), { ...expected, clamped_rows: 1 });
  });

  test("text that is no number is a bad angle, in wide and in long tables", async () => {
    await engine.load(
      "no numbers",
      { label: "integer", theta_0: dialect.text, theta_1: dialect.text },
      "0,0.1,1.5\n0,x,1.5\n0,,1.5",
    );
    await engine.load(
      "no numbers long",
      { ...LONG, theta: dialect.text },
      "0,0,0,0.1\n0,0,1,1.5\n1,0,0,x\n1,0,1,1.5\n2,0,0,\n2,0,1,1.5",
    );
    for (const source of [wide(engine, "no numbers"), long(engine, "no numbers long")])
      expect(await counts(source)).toEqual([1, 2, 1, 1, 2]);
  });

  test("names with dots are those of a schema; double quotes keep the dots of a part", async () => {
    expect(qualified('a b."c.d ""e"""', dialect)).toBe(["a b", 'c.d "e"'].map(dialect.identifier).join("."));
    // Spark's catalogue takes letters, digits and _ alone.
    const [schema, end] = dialect === dialects.spark ? ["dotted", ""] : ["dotted schema", ".2"];
    const table = `${schema}."angles${end}"`;
    const name = qualified(`${schema}."psi_4${end}"`, dialect);
    await engine.run(`CREATE SCHEMA ${dialect.identifier(schema)}`);
    await engine.run(dialect.define(name, "x", valueSql(target("asoftmax")!, angleSql("x"))));
    expect(await engine.rows(`SELECT ${name}(1.2) AS v`)).toEqual([{ v: expect.closeTo(psi(4, 1.2), 14) }]);
    const select = "SELECT 0 AS sample, 0 AS label, class, theta FROM (VALUES (0, 0.3), (1, 1.5)) AS r(class, theta)";
    await engine.run(`CREATE VIEW ${qualified(table, dialect)} AS ${select}`);
    expect(await counts(long(engine, table))).toEqual([1, 2, 1, 1, 0]);
  });

  test("a bad angle makes its sample NULL, and is counted", async () => {
    const rows = ["0.3,1.5,1.6", ...BAD.map((text) => `0.3,${text},1.6`), ...BAD.map((text) => `${text},1.5,1.6`)];
    await engine.load(
      "spoilt",
      { label: "integer", theta_0: double, theta_1: double, theta_2: double },
      [...rows.map((row) => `0,${row}`), ",0.3,1.5,1.6", "7,0.3,1.5,1.6"].join("\n"),
    );
    const bad = rows.length + 1;
    const margins = await engine.rows(marginQuery(wide(engine, "spoilt"), [4], "our_"));
    const added = (row: Record<string, unknown>) => Object.entries(row).filter(([name]) => /^our_(?!m$)/.test(name));
    expect(margins.length).toBe(bad + 1);
    const nulls = margins.filter((row) => added(row).every(([, value]) => value === null));
    expect(nulls.length).toBe(bad);
    const losses = [{ target: target("asoftmax")!, scale: 30 }];
    const lost = await engine.rows(lossQuery(wide(engine, "spoilt"), losses, "our_"));
    expect(
      lost.filter(
        ({ our_loss, our_probability, our_logit_y }) =>
          our_loss === null && our_probability === null && our_logit_y === null,
      ).length,
    ).toBe(bad);
    const found = await engine.rows(measureQuery(wide(engine, "spoilt"), { margins: [4], functions: [], losses }));
    const value = (name: string) => found.find(({ measure }) => measure === name)!.value;
    expect([value("samples"), value("skipped_rows"), value("by_m.4.pairs"), value("by_m.4.angular")]).toEqual([
      1,
      bad,
      2,
      1,
    ]);
  });

  /** What a report says of samples and competitors. */
  const counts = async (source: Source) => {
    const found = await engine.rows(measureQuery(source, { margins: [4], functions: [], losses: [] }));
    const value = (name: string) => found.find(({ measure }) => measure === name)!.value;
    return [value("samples"), value("classes"), value("correct"), value("by_m.4.pairs"), value("skipped_rows")];
  };

  // biome-ignore format: a table
  test.each<[what: string, columns: string[], around: [string, string], expected: (number | null)[]]>([
    ["theta_y and theta_j beside classes",       ["theta_y", "theta_j", "theta_0", "theta_1"], ["theta_", ""], [2, 2, 2, 2, 0]],
    ["theta_y beside a letter and a word",       ["theta_y", "theta_xx", "theta_0", "theta_1"], ["theta_", ""], [2, 3, 2, 4, 0]],
    ["theta_y and theta_j under another pattern", ["theta_y", "theta_j", "thet0", "thet1"],    ["thet", ""],   [2, 2, 2, 2, 0]],
    ["one class",    ["theta_y", "theta_X", "theta_0x", "theta_1"], ["theta_", "x"], [0, null, 0, null, 2]],
  ])("%s", async (what, names, around, expected) => {
    const columns = Object.fromEntries(names.map((name) => [name, double]));
    await engine.load(what, { label: "integer", ...columns }, "0,0.2,1.6,0.2,1.5\n1,0.9,1.6,1.4,0.9");
    expect(await counts({ ...wide(engine, what), wide: around })).toEqual(expected);
  });

  test("theta_y and theta_j are classes where all of them are single letters", async () => {
    const columns = { label: dialect.text, theta_y: double, theta_j: double, theta_X: double };
    await engine.load("letters", columns, "y,0.2,1.5,1.6\nX,1.4,1.5,0.9");
    expect(await counts(wide(engine, "letters"))).toEqual([2, 3, 2, 4, 0]);
    const [row] = await engine.rows(marginQuery(wide(engine, "letters"), [4], "our_"));
    expect(row).toMatchObject({ our_competitors: 2, our_binding: "j" });
  });

  test("a sample with a class twice, and one without an id, are bad and counted", async () => {
    const good = "1,0,0,0.3\n1,0,1,1.5";
    const bad = ["2,0,0,0.3\n2,0,1,1.5\n2,0,1,1.6", "3,0,0,0.3\n3,0,1,1.5\n3,0,1,1.5", ",0,0,0.3\n,0,1,1.5"];
    await engine.load("doubled", LONG, [good, ...bad].join("\n"));
    const source = long(engine, "doubled");
    expect(await counts(source)).toEqual([1, 2, 1, 1, 3]);
    const margins = await engine.rows(marginQuery(source, [4], ""));
    expect(margins.filter(({ psi }) => psi !== null)).toEqual([expect.objectContaining({ sample: 1, class: 1 })]);
    const lost = await engine.rows(lossQuery(source, [{ target: target("asoftmax")!, scale: 1 }], ""));
    expect(lost.length).toBe(4);
    expect(lost.filter(({ loss }) => loss !== null)).toEqual([expect.objectContaining({ sample: 1, competitors: 1 })]);
  });

  test("a pattern that matches no class is an error, or every row is bad and counted", async () => {
    const source: Source = { ...wide(engine, "digits-softmax-3d"), wide: ["angle_", ""] };
    const found = await counts(source).catch((error: Error) => error);
    if (dialect === dialects.duckdb) expect(found).toBeInstanceOf(Error);
    else {
      expect(found).toEqual([0, null, 0, null, samplesOf("digits-softmax-3d").length]);
      const rows = await engine.rows(marginQuery(source, [4], "our_"));
      expect(rows.map(({ our_psi }) => our_psi)).toEqual(samplesOf("digits-softmax-3d").map(() => null));
    }
    // It matches theta_y and theta_j, which are no classes here.
    await engine.load("no classes", { label: "integer", theta_y: double, theta_j: double }, "0,0.2,1.5");
    expect(await counts({ ...wide(engine, "no classes"), wide: ["thet", ""] })).toEqual([0, null, 0, null, 1]);
  });

  test("no sample at all is a report of nothing", async () => {
    await engine.load("nothing", LONG, "");
    const found = await engine.rows(measureQuery(long(engine, "nothing"), { margins: [4], functions: [], losses: [] }));
    expect(found.find(({ measure }) => measure === "samples")!.value).toBe(0);
    expect(found.find(({ measure }) => measure === "quantiles.theta_y.0.5")!.value).toBeNull();
  });

  const NAMES = [
    'we"ird',
    "it's `odd`",
    "x y",
    "θ_角",
    '"; drop table thetas; --',
    "a\\' or 1=1 --\n/*",
    "select",
    "$$",
    "*",
  ];
  test.each(NAMES)("the name %j is a name and nothing else", async (name) => {
    const id = dialect.identifier(name);
    await engine.load(name, { [`l${name}`]: "integer", [name]: double, [`${name}1`]: double }, "1,1.5,0.3");
    const [row] = await engine.rows(`SELECT ${valueSql(target("softmax")!, angleSql(id))} AS v FROM ${id}`);
    expect(row).toEqual({ v: expect.closeTo(Math.cos(1.5), 14) });
    await engine.load(
      `${name}2`,
      { sample: "integer", [`l${name}`]: "integer", class: "integer", [name]: double },
      "0,1,0,1.5\n0,1,1,0.3",
    );
    const source: Source = { dialect, table: `${name}2`, label: `l${name}`, theta: name, wide: undefined };
    const [, , pair] = [1, 2, ...(await engine.rows(marginQuery(source, [4], name)))];
    expect(pair).toMatchObject({ [`${name}angular`]: true });
    const [whole] = await engine.rows(marginQuery({ ...source, table: name, wide: [name, ""] }, [4], "our_"));
    expect(whole).toMatchObject({ our_competitors: null, our_psi: null });
    expect((await engine.rows("SELECT count(*) AS n FROM thetas"))[0]).toEqual({ n: angles.length });
  });
});

/** How many competing classes meet the naive condition. */
const naivePairs = (m: number, s: Sample) => others(s).filter((theta) => conditions(m, own(s), theta).naive).length;

/** The report of the program. */
function report(samples: readonly Sample[], { margins, functions, losses }: Asked<number>, norm?: number) {
  const questions = {
    margins,
    functions: [...new Set(losses.map(({ target }) => target.spec))],
    scales: [...new Set(losses.map(({ scale }) => scale))],
    counted: functions.map(({ spec }) => spec),
  };
  const classes = samples[0]!.angles.length;
  const statistics = marginStatistics({ questions, classes, components: 0, norms: norm !== undefined });
  const { form } = statistics;
  for (const [place, s] of samples.entries()) {
    const records = new Float64Array(form.width);
    const found = { place, label: s.label, nearest: nearest(s), thetaY: own(s), minThetaJ: minThetaJ(s) };
    form.write(records, 0, { ...found, norm: norm ?? Number.NaN }, (i) => naivePairs(margins[i]!, s));
    for (const [i, { target, scale }] of losses.entries())
      records[form.lossesAt + i] = sampleLoss(target, scale, own(s), others(s)).loss;
    statistics.add(records);
  }
  const figures = statistics.figures({ className: (i) => i, skipped: () => 0, ofFeatures: () => ({}) }, false, 10);
  return Object.fromEntries(figureRows("", figures));
}
