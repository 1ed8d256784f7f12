import { describe, expect, test } from "vitest";
import { csvOf, expectNear, expectWidth, rowsOf, sentencesOf, shown } from "../table.ts";

// biome-ignore format: a table
test.concurrent.each([
  ["descend --start 2 --competing 1.5",  "function,step,theta,value,gradient"],
  ["descend --minima --competing 1.5",   "function,kind,theta,to,value"],
])("columns of asoftmax %s", async (line, columns) => {
  expect((await csvOf(line)).columns.join()).toBe(columns);
});

const THREE = ["asoftmax:m=4", "naive:m=4", "asoftmax:m=4:lambda=5"];

test.each([
  ["--m 2", ["asoftmax:m=2"]],
  ["--lambda 1", ["asoftmax:m=4:lambda=1"]],
  ["--functions softmax", ["softmax"]],
  ["--preset sphereface", ["asoftmax:m=4", "naive:m=4"]],
])("%s replaces the three", async (given, functions) => {
  const rows = await rowsOf(`descend --start 2 --competing 1.5 --steps 1 ${given}`);
  expect([...new Set(rows.map((row) => row.function))]).toEqual(functions);
});

describe("the path", () => {
  test("psi, cos(4 theta) and psi with lambda = 5, 200 steps each, unless told otherwise", async () => {
    const rows = await rowsOf("descend --start 2 --competing 1.5");
    expect(rows.length).toBe(3 * 201);
    expect([0, 201, 402].map((i) => rows[i]!.function)).toEqual(THREE);
    expect([rows[0]!.theta, rows[201]!.theta]).toEqual(["2", "2"]);
    expectNear(rows[401]!.theta, Math.PI / 2, 4);
  });

  test("each step goes rate times the gradient, which is that of loss", async () => {
    const rows = await rowsOf("descend --start 2 --competing 1.5 --rate 0.25 --steps 3 --scale 2 --functions cosface");
    expect(rows.map(({ step }) => step).join()).toBe("0,1,2,3");
    for (const [i, { theta, value, gradient }] of rows.entries()) {
      const [loss] = await rowsOf(`loss --functions cosface --scale 2 --theta ${theta} --competing 1.5`);
      expect([value, gradient]).toEqual([loss!.loss, loss!.dloss_dtheta_y]);
      if (i < 3) expectNear(rows[i + 1]!.theta, Number(theta) - 0.25 * Number(gradient), 1);
    }
  });

  test("a schedule gives lambda at each step", async () => {
    const line = "--start 2 --competing 1.5 --base 8 --gamma 1 --lambda-min 1 --steps 1";
    const rows = await rowsOf(`descend --m 4 ${line}`);
    const [first] = await rowsOf("loss --m 4 --lambda 8 --theta 2 --competing 1.5");
    const [second] = await rowsOf(`loss --m 4 --lambda 4 --theta ${rows[1]!.theta} --competing 1.5`);
    expect(rows.map(({ value }) => value)).toEqual([first!.loss, second!.loss]);
  });

  test("angles in degrees", async () => {
    const { cells } = await csvOf("descend --start 120 --competing 90 --degrees --steps 1 --m 2 --columns step,theta");
    expect(cells[0]).toEqual(["0", "120"]);
    expect(Number(cells[1]![1])).toBeGreaterThan(90);
    expect(Number(cells[1]![1])).toBeLessThan(120);
  });
});

describe("what became of it", () => {
  const START = "--start 2 --competing 1.5";
  // biome-ignore format: a table
  test.concurrent.each([
    [`${START} --functions naive`,
      "naive:m=4: from 2 it stops at pi/2, where naive:m=4 is 1, yet 4 theta_y = 2pi >= theta_j = 1.5: a false minimum."],
    [`${START} --m 4`,
      "asoftmax:m=4: from 2 it is held at the knot pi/2: each step leaves a fixed part of the distance to this flat point, so it never passes (1 - c, c = 0.764536 < 1); a rate above 0.0653992 jumps over it, with lambda > 0 it escapes."],
    [`${START} --m 4 --rate 0.1`,
      "asoftmax:m=4: from 2 it reaches 8.94386e-51, where 4 theta_y = 3.57754e-50 < theta_j = 1.5."],
    [`${START} --m 4 --lambda 5`,
      "asoftmax:m=4:lambda=5: from 2 it reaches 0.000377912, where 4 theta_y = 0.00151165 < theta_j = 1.5."],
    [`${START} --m 4 --lambda 5 --steps 2`,
      "asoftmax:m=4:lambda=5: from 2 it is still moving at 1.89362: the next step is -0.051682."],
    ["--start 120 --competing 90 --degrees --functions sphereface-r1",
      "sphereface-r1:m=1.7: from 120 it stays at 120: no slope from 105.882 to 180."],
    ["--start pi --competing 1.5 --functions naive",
      "naive:m=4: from pi it stops at pi, where naive:m=4 is 1, yet 4 theta_y = 4pi >= theta_j = 1.5: a false minimum."],
    ["--start 0.7 --competing 2.5 --m 4 --lambda 5 --scale 1000",
      "asoftmax:m=4:lambda=5: from 0.7 it stops at 0.7: the loss has saturated, 1 - p = 0."],
  ])("asoftmax descend %s", async (line, sentence) => {
    expect(sentencesOf(await shown(`descend ${line}`))).toBe(sentence);
  });

  test("with a schedule it escapes from the knot", async () => {
    const text = await shown(`descend ${START} --m 4 --preset sphereface --steps 2000`);
    expect(sentencesOf(text)).toMatch(/^asoftmax:m=4 with lambda annealed: from 2 it reaches /);
  });
});

describe("--minima", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["asoftmax has one minimum, and knots",   "--functions asoftmax",       ["minimum 0", "half-stable 45", "half-stable 90", "half-stable 135"]],
    ["lambda leaves no knot",                 "--functions asoftmax:lambda=5", ["minimum 0"]],
    ["naive has false minima",                "--functions naive",          ["minimum 0", "false minimum 90", "false minimum 180"]],
    ["softmax",                               "--functions softmax",        ["minimum 0"]],
    ["real m",                                "--m 1.5",                    ["minimum 0", "half-stable 120"]],
  ])("%s", async (_, line, rests) => {
    const rows = await rowsOf(`descend --minima --competing 90 --degrees ${line}`);
    expect(rows.map(({ kind, theta }) => `${kind} ${theta}`)).toEqual(rests);
    expect(rows.every(({ theta, to }) => theta === to)).toBe(true);
  });

  test("a flat stretch has an end of its own", async () => {
    const rows = await rowsOf("descend --minima --competing 90 --degrees --functions sphereface-r1:m=2");
    expect(rows.map(({ kind, theta, to }) => `${kind} ${theta} ${to}`)).toEqual(["minimum 0 0", "flat 90 180"]);
  });

  test("the values are those of loss", async () => {
    const rows = await rowsOf("descend --minima --competing 1.5 --scale 3");
    for (const { function: name, theta, value } of rows) {
      const [at] = await rowsOf(`loss --functions ${name} --theta ${theta} --competing 1.5 --scale 3`);
      expect(value).toBe(at!.loss);
    }
  });

  // biome-ignore format: a table
  test.concurrent.each([
    ["asoftmax",          "asoftmax:m=4: a descent can end in the minimum at 0 and from above by small steps at 45, 90 and 135."],
    ["softmax",           "softmax: a descent can end in the minimum at 0."],
    ["sphereface-r1:m=2", "sphereface-r1:m=2: a descent can end in the minimum at 0 and where there is no slope from 90."],
    ["asoftmax:m=16",     "asoftmax:m=16: a descent can end in the minimum at 0 and from above by small steps at 11.25, 22.5, 33.75, 45, 56.25, 67.5, 78.75, 90 and 7 more."],
  ])("a sentence of %s", async (name, sentence) => {
    expect(sentencesOf(await shown(`descend --minima --competing 90 --degrees --functions ${name}`))).toBe(sentence);
  });

  test("a table, without a chart", async () => {
    expect(await shown("descend --minima --competing 1.5 --functions naive")).toBe(
      `
function   kind             theta       to     value
────────────────────────────────────────────────────
naive:m=4  minimum              0        0  0.332783
naive:m=4  false minimum   1.5708   1.5708  0.332783
naive:m=4  false minimum  3.14159  3.14159  0.332783

naive:m=4: a descent can end in the minimum at 0 and in a false minimum at pi/2
and pi.
`.slice(1),
    );
  });
});

test("people see one chart and a sentence a function, no rows", async () => {
  const text = await shown("descend --start 2 --competing 1.5 --width 70 --height 5");
  const [chart, sentences] = text.split("\n\n");
  expectWidth(chart!, 70);
  expect(chart).toContain("── asoftmax:m=4   ·· naive:m=4   ** asoftmax:m=4:lambda=5\n");
  expect(sentences!.match(/^\S+:m=4(:lambda=5)?: from 2 /gm)!.length).toBe(3);
});

describe("the chart", () => {
  test("has the goal of each margin, and the knots", async () => {
    expect(await shown("descend --start 1 --competing 1.2 --m 3 --steps 40 --rate 0.5 --width 60 --height 7")).toMatch(
      /^ *1┤.*\n/,
    );
    const chart = (await shown("descend --start 2 --competing 1.5 --m 4 --width 50 --height 8")).split("\n\n")[0];
    expect(chart).toBe(
      `
   2┤╮
    ││
 1.5┤╰────────────────────────────────────────────
    │
   1┤
    │┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈
 0.5┤·············································
    └┬──────────┬──────────┬──────────┬──────────┬
     0         50         100        150       200
   ── asoftmax:m=4
   ·· goal: theta_y < theta_j/4 = 0.375
   ┈ k pi/4`.slice(1),
    );
  });

  test("one goal for each margin, in degrees under --degrees", async () => {
    const text = await shown("descend --start 120 --competing 90 --degrees --functions naive:m=3,asoftmax:m=3,softmax");
    expect(text.match(/goal: .*?(?= {2}|$)/gm)).toEqual([
      "goal: theta_y < theta_j/3 = 30",
      "goal: theta_y < theta_j = 90",
    ]);
  });
});
