import { describe, expect, test } from "vitest";
import { asoftmax, words } from "../run.ts";
import { csvOf, expectNear, rowsOf, sentencesOf, shown } from "../table.ts";

describe("columns", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["margin --theta 1 --competing 1",        "m,theta_y,competitors,naive,angular,psi,false_pass,binding,min_theta_j,effective_margin,margin_gap,cosine_gap"],
    ["margin --theta 1 --competing 1 --each", "m,theta_y,j,theta_j,cos_m_theta_y,psi_theta_y,cos_theta_j,naive,angular,psi"],
  ])("asoftmax %s", async (line, columns) => {
    expect((await csvOf(line)).columns.join()).toBe(columns);
  });
});

describe("conditions", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["a violation",                     "--m 4 --theta 1.2 --competing 1.5",        "true,false,false,true,1"],
    ["all hold",                        "--m 4 --theta 0.3 --competing 1.5",        "true,true,true,false,1"],
    ["none holds",                      "--m 4 --theta 0.5 --competing 1",          "false,false,false,false,1"],
    ["the nearest binds",               "--m 4 --theta 0.3 --competing 2,1.5,1.25", "true,true,true,false,3"],
    ["the first of equals binds",       "--m 4 --theta 0.3 --competing 2,1.5,1.5",  "true,true,true,false,2"],
    ["one failure fails the sample",    "--m 4 --theta 0.3 --competing 2,1,1.5",    "false,false,false,false,2"],
    ["angles beyond rounded cosines",   "--m 3 --theta 0 --competing 1e-20",        "true,true,true,false,1"],
    ["a tie is no pass",                "--m 1 --theta 1 --competing 1",            "false,false,false,false,1"],
    ["one ulp is a pass",               "--m 1 --theta 1 --competing 1.0000000000000002", "true,true,true,false,1"],
    ["real m",                          "--m 1.5 --theta 1 --competing 1.6",        "true,true,true,false,1"],
    ["false pass of real m",            "--m 2.5 --theta 2.5 --competing 1",        "true,false,false,true,1"],
  ])("%s", async (_, line, cells) => {
    const found = await csvOf(`margin ${line} --columns naive,angular,psi,false_pass,binding`);
    expect(found.cells).toEqual([cells.split(",")]);
  });
});

test("gaps and the effective margin", async () => {
  const [row] = await rowsOf("margin --m 4 --theta 1.2 --competing 1.5,2");
  expect([row!.competitors, row!.min_theta_j, row!.effective_margin, row!.margin_gap]).toEqual([
    "2",
    "1.5",
    "1.25",
    "-3.3",
  ]);
  // -cos(4.8) - 2 - cos(1.5)
  expectNear(row!.cosine_gap, -2.1582361851071497, 1);
  const [tiny] = await rowsOf("margin --m 4 --theta 1e-9 --competing 5e-9 --columns margin_gap,cosine_gap");
  expectNear(tiny!.margin_gap, 1e-9, 2);
  // ((5e-9)^2 - (4e-9)^2) / 2: the cosines themselves are both 1.
  expectNear(tiny!.cosine_gap, 4.5e-18, 8);
});

test("--each has a row for each competitor", async () => {
  const rows = await rowsOf("margin --m 4 --theta 1.2 --competing 1.5,1 --each --columns j,theta_j,naive,angular,psi");
  expect(rows.map((row) => Object.values(row).join())).toEqual(["1,1.5,true,false,false", "2,1,false,false,false"]);
});

test("every combination of m, theta_y; the competitors stay one list", async () => {
  const rows = await rowsOf("margin --m 2,4 --theta 0.3,0.5 --competing 1.5,1.25 --columns m,theta_y,competitors,psi");
  expect(rows.map((row) => Object.values(row).join())).toEqual([
    "2,0.3,2,true",
    "2,0.5,2,true",
    "4,0.3,2,true",
    "4,0.5,2,false",
  ]);
});

describe("the verdict says why", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["--m 4 --theta 1.2 --competing 1.5",
      "naive holds (0.087499 > 0.0707372) but 4 * 1.2 = 4.8 is not below 1.5: 1.2 lies in segment 1, beyond pi/4, where cos(4 theta) repeats its values; psi -2.0875 <= 0.0707372."],
    ["--m 4 --theta 1.2 --competing 1.5 --precision 3",
      "naive holds (0.0875 > 0.0707) but 4 * 1.2 = 4.8 is not below 1.5: 1.2 lies in segment 1, beyond pi/4, where cos(4 theta) repeats its values; psi -2.09 <= 0.0707."],
    ["--m 4 --theta 0.3 --competing 1.5",
      "all conditions hold: 4 * 0.3 = 1.2 is below 1.5, and psi 0.362358 > 0.0707372."],
    ["--m 4 --theta 0.5 --competing 1",
      "no condition holds: cos(4 theta_y) -0.416147 <= 0.540302, and 4 * 0.5 = 2 is not below 1."],
    ["--m 4 --theta 0.3 --competing 1.5,1.25",
      "Against the nearest of 2 (2): all conditions hold: 4 * 0.3 = 1.2 is below 1.25, and psi 0.362358 > 0.315322."],
    ["--m 4 --theta pi/2 --competing pi/4",
      "naive holds (1 > 0.707107) but 4 * pi/2 = 2pi is not below pi/4: pi/2 lies in segment 1, beyond pi/4, where cos(4 theta) repeats its values; psi -3 <= 0.707107."],
    ["--m 4 --theta 20 --competing 90 --degrees",
      "all conditions hold: 4 * 20 = 80 is below 90, and psi 0.173648 > 0."],
    ["--m 4 --theta 0.5,0.3,1.2,0.1,0.2 --competing 1.5",
      "5 samples: naive 4, angular 3, psi 3; 1 false pass."],
  ])("%s", async (line, sentence) => {
    expect(sentencesOf(await shown(`margin ${line}`))).toBe(sentence);
  });

  test("rows too wide for the screen are listed upright, above it", async () => {
    const [list] = (await shown("margin --m 4 --theta 1.2 --competing 1.5")).split("\n\n");
    expect(list!.split("\n").map((line) => line.split(/ +/))).toEqual([
      ["m", "4"],
      ["theta_y", "1.2"],
      ["competitors", "1"],
      ["naive", "true"],
      ["angular", "false"],
      ["psi", "false"],
      ["false_pass", "true"],
      ["binding", "1"],
      ["min_theta_j", "1.5"],
      ["effective_margin", "1.25"],
      ["margin_gap", "-3.3"],
      ["cosine_gap", "-2.15824"],
    ]);
  });
});

// biome-ignore format: a table
test.concurrent.each([
  ["csv",   ""],
  ["csv",   "--degrees --precision 5"],
  ["csv",   "--m @mm"],
  ["csv",   "--m 2,4"],
  ["csv",   "--each"],
  ["csv",   "--prefix x_ --columns binding,psi,margin_gap"],
  ["csv",   "--bad-rows keep"],
  ["csv",   "--bad-rows skip"],
  ["jsonl", ""],
  ["jsonl", "--degrees"],
])("a file with columns of classes has the rows of its samples alone: %s %s", async (format, options) => {
  const header = "label,theta_0,theta_1,theta_b,mm";
  const rows = ["0,1.2,1.5,3,4", "1,2,0.1,2.5,1.5", "b,1,0,0,2", "0,0,1,2,3", "0,-0,1,2,3", "1,0.5,0,0.5,4", "b,3,1.5,0.7,9"];
  if (options.includes("--bad-rows")) rows.push("c,1,1,1,4", "0,1,1,x,4", "0,1,1,1,4");
  const of = async (some: readonly string[]) => {
    const stdin = `${[header, ...some].join("\n")}\n`;
    const args = ["margin", "--input", "-", "--format", format, ...words(options).filter(Boolean)];
    return (await asoftmax(args, { stdin })).stdout.trimEnd().split("\n");
  };
  const lead = format === "csv" ? 1 : 0;
  const alone = await Promise.all(rows.map((row) => of([row])));
  const expected = [...alone[0]!.slice(0, lead), ...alone.flatMap((lines) => lines.slice(lead))].filter(Boolean);
  expect(expected.length).toBeGreaterThan(rows.length - 3);
  expect(await of(rows)).toEqual(expected);
});

test("the sentence below a table of a file with columns of classes counts its samples", async () => {
  const rows = [
    "0,1.2,1.5,3",
    "1,2,0.1,2.5",
    "b,1,0,0",
    "0,0,1,2",
    "1,0.5,0,0.5",
    "b,3,1.5,0.7",
    "0,1,1,1",
    "b,1.25,2,0.3",
  ];
  const of = async (format: string) => {
    const stdin = `${["label,theta_0,theta_1,theta_b", ...rows].join("\n")}\n`;
    return (await asoftmax(["margin", "--input", "-", "--format", format], { stdin })).stdout;
  };
  const cells = (await of("csv")).split("\n").map((row) => row.split(","));
  const count = (i: number) => cells.filter((row) => row[i] === "true").length;
  const sentence = `8 samples: naive ${count(6)}, angular ${count(7)}, psi ${count(8)}; ${count(9)} false pass`;
  expect(sentencesOf(await of("table"))).toContain(sentence);
});
