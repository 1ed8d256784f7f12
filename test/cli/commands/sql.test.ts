import { describe, expect, test } from "vitest";
import { psi } from "../../../src/core/psi.ts";
import { duckdb } from "../../sql/engines.ts";
import { asoftmax } from "../run.ts";

const sql = async (...args: string[]) => (await asoftmax(["sql", ...args])).stdout;

describe("sql", () => {
  test.each(["csv", "tsv", "table"])("the text stands as it is with --format %s", async (format) => {
    const text = await sql("psi", "--theta", "@größe 角", "--format", format);
    expect(text).toMatch(
      /^-- asoftmax \d+\.\d+\.\d+: psi for duckdb; t is theta, in radians\n-- asoftmax:m=4: .*\n\(sin\(/,
    );
    expect(text).toContain('"größe 角"');
    expect(text).toBe(await sql("psi", "--theta", "@größe 角"));
  });

  test("json holds the same text", async () => {
    const [row] = JSON.parse(await sql("psi", "--format", "json"));
    expect(row).toEqual({ sql: await sql("psi") });
  });

  test("what it prints runs: function, margin, loss, measure", async () => {
    const engine = await duckdb();
    const columns = { sample: "integer", "la bel": "integer", class: "integer", "t,h": "double" };
    await engine.run('CREATE SCHEMA "s-1"; USE "s-1"');
    await engine.load("ang les", columns, "0,1,0,1.5\n0,1,1,0.3\n");
    await engine.run("USE main");
    await engine.run(await sql("psi", "--m", "4", "--function-name", "my psi"));
    await engine.run(await sql("psi", "--m", "4", "--function-name", 's-1."psi.4"'));
    expect(await engine.rows('SELECT "s-1"."psi.4"(1.2) AS psi')).toEqual([{ psi: expect.closeTo(psi(4, 1.2), 14) }]);
    await engine.run(await sql("inverse", "--m", "4", "--function-name", "back"));
    const [row] = await engine.rows('SELECT "my psi"(1.2) AS psi, back("my psi"(1.2)) AS theta');
    expect(row).toEqual({ psi: expect.closeTo(psi(4, 1.2), 14), theta: expect.closeTo(1.2, 14) });
    const source = ["--table", "s-1.ang les", "--label", "la bel", "--theta", "@t,h"];
    expect(await engine.rows(await sql("margin", ...source, "--m", "2,6"))).toMatchObject([
      { m: 2, theta_j: 1.5, naive: true, angular: true, psi: true },
      { m: 2, theta_j: null, naive: null },
      { m: 6, theta_j: 1.5, naive: false, angular: false, psi: false },
      { m: 6, theta_j: null, naive: null },
    ]);
    expect(await engine.rows(await sql("loss", ...source, "--functions", "softmax", "--scale", "1,30"))).toMatchObject([
      { function: "softmax", scale: 1, label: 1, theta_y: 0.3, competitors: 1 },
      { function: "softmax", scale: 30 },
    ]);
    const measured = await engine.rows(await sql("measure", ...source, "--m", "4"));
    expect(measured[0]).toEqual({ measure: "samples", value: 1 });
    expect(measured.map(({ measure }) => measure)).toContain("mean_loss.asoftmax:m=4.30");
    await engine.close();
  });

  test("measure --samples reads the columns that measure --per-sample names; the scale of norm too", async () => {
    const engine = await duckdb();
    const names = "label,nearest,theta_y,min_theta_j,effective_margin,angle_gap,feature_norm,competitors";
    const ofM = "naive_2.5,angular_2.5,psi_2.5,segment_2.5,naive_pairs_2.5";
    const columns = [names, ofM, "holds_cosface:m=0.35", "loss_cosface:m=0.35_norm"].join(",").split(",");
    const types = Object.fromEntries(
      columns.map((name) => [name, /^(naive|angular|psi|holds)_\D*[\d.]+$/.test(name) ? "boolean" : "double"]),
    );
    types["naive_pairs_2.5"] = "integer";
    await engine.load(
      "my.run",
      types,
      "1,0,0.2,1.5,7.5,1.3,20,3,true,true,true,0,3,true,0.5\n2,3,1.2,0.4,0.33,-0.8,30,3,false,false,false,0,0,false,7.5",
    );
    const args = ["--samples", "--table", '"my.run"', "--m", "2.5", "--functions", "cosface", "--scale", "norm"];
    const rows = await engine.rows(await sql("measure", ...args));
    const found = Object.fromEntries(rows.map(({ measure, value }) => [measure, value]));
    expect(found).toMatchObject({
      samples: 2,
      classes: 4,
      correct: 1,
      "by_m.2.5.naive": 1,
      "by_m.2.5.pair_angular": 3,
      "by_m.2.5.segments.2": 0,
      "by_function.cosface:m=0.35.holds": 1,
      "mean.feature_norm": 25,
      "mean_loss.cosface:m=0.35.norm": 4,
      "worst_classes.2.accuracy": 0,
      "worst_classes.2.taken_for.3.samples": 1,
      skipped_rows: 0,
    });
    await engine.close();
  });

  test.each(["measure", "margin"])("no comment of %s stands twice", async (what) => {
    const comments = (await sql(what, "--m", "4,4", ...(what === "measure" ? ["--functions", "asoftmax:m=4"] : [])))
      .split("\n")
      .filter((line) => line.startsWith("-- "));
    expect(comments.length).toBe(2);
  });

  test("measure of one column a class counts what the program counts", async () => {
    const columns = { label: "integer", theta_y: "double", theta_0: "double", theta_1: "double" };
    const rows = "0,0.2,0.2,1.5\n1,0.9,1.4,0.9\n";
    const engine = await duckdb();
    await engine.load("angles", columns, rows);
    const found = await engine.rows(await sql("measure", "--competing", "@theta_*", "--m", "4"));
    const { stdout } = await asoftmax(["measure", "--input", "-", "--m", "4"], {
      stdin: `${Object.keys(columns)}\n${rows}`,
    });
    const ours = new Map(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(",") as [string, string]),
    );
    for (const name of ["samples", "classes", "correct", "by_m.4.pairs", "by_m.4.naive", "by_m.4.angular"])
      expect([name, found.find(({ measure }) => measure === name)!.value]).toEqual([name, Number(ours.get(name))]);
    expect([ours.get("classes"), ours.get("correct")]).toEqual(["2", "2"]);
    await engine.close();
  });

  const WRONG: [args: string[], message: string][] = [
    [[], "the statement is missing: choose from psi, inverse, margin, loss, measure"],
    [["pssi"], '"pssi" is not known: did you mean psi?'],
    [["psi", "--dialect", "oracle"], '--dialect: "oracle" is not known: choose from duckdb, postgres, spark'],
    [["psi", "--table", "t"], "--table has no part in sql psi"],
    [["psi", "--degrees"], "unknown option '--degrees'"],
    [["psi", "--theta", "1.2"], "sql reads a column: name it as @theta"],
    [["psi", "--m", "2,3"], "sql psi writes one expression: give one function, one m"],
    [
      ["margin", "--competing", "@theta_j"],
      "--competing: sql takes one column a class, such as '@theta_*'; leave it out for long rows",
    ],
    [["margin", "--competing", "@t*", "--theta", "@t"], "--theta and --competing both name the angles: use one"],
    [["measure", "--samples", "--label", "l"], "--label has no part in sql measure --samples"],
    [["margin", "--samples"], "--samples has no part in sql margin"],
    [["measure", "--scale", "norm"], "--scale norm needs the lengths of features: it goes with --samples"],
    [["measure", "--m", "101"], "--m 101: sql measure counts every segment, so m is at most 100"],
  ];
  test.each(WRONG)("%j is refused", async (args, message) => {
    const stderr = `asoftmax: ${message} (see asoftmax sql --help)\n`;
    expect(await asoftmax(["sql", ...args])).toEqual({ status: 2, stdout: "", stderr });
  });
});
