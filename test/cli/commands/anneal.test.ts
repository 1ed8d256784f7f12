import { describe, expect, test } from "vitest";
import { csvOf, expectNear, expectWidth, rowsOf, sentencesOf, shown } from "../table.ts";

test("columns", async () => {
  expect((await csvOf("anneal")).columns.join()).toBe("iteration,lambda,psi_weight,effective_m");
});

test("the authors' training, up to the first iteration at the floor", async () => {
  const rows = await rowsOf("anneal");
  expect(rows.map(({ iteration }) => iteration).join()).toBe("0,1,2,5,10,20,50,100,200,500,1000,1659");
  for (const { iteration, lambda, psi_weight } of rows) {
    const expected = Math.max(5, 1000 / (1 + 0.12 * Number(iteration)));
    expectNear(lambda, expected);
    expectNear(psi_weight, 1 / (1 + expected), 4);
  }
  expectNear(rows.at(-1)!.effective_m, 1.617398627836311);
});

// biome-ignore format: a table
test.concurrent.each([
  ["one before the floor",     "--iterations 1658,1659",                               "5.001000200040009,5"],
  ["the given order",          "--iterations 100,0 --preset clcarwin",                 "136.36363636363637,1500"],
  ["a preset with one change", "--preset clcarwin --lambda-min 200 --iterations 0,1e9", "1500,200"],
  ["numbers of your own",      "--base 100 --gamma 1 --power 2 --lambda-min 0 --iterations 0,1,9", "100,25,1"],
  ["a base below the floor",   "--base 0",                                             "5"],
])("lambda: %s", async (_, line, lambda) => {
  expect((await csvOf(`anneal ${line} --columns lambda`)).cells.join()).toBe(lambda);
});

test("effective m of another m at another angle is that of boundary", async () => {
  const [annealed] = (await csvOf("anneal --m 3 --theta-12 60deg --iterations 1e6 --columns effective_m")).cells;
  const [boundary] = (await csvOf("boundary --m 3 --lambda 5 --theta-12 60deg --columns effective_m")).cells;
  expect(annealed).toEqual(boundary);
});

describe("the verdict", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["",                           "lambda is at its floor 5 from iteration 1659 on; effective m is 1.6174 there at theta_12 = pi/2."],
    ["--preset clcarwin --m 3",    "lambda is at its floor 5 from iteration 2990 on; effective m is 1.42396 there at theta_12 = pi/2."],
    ["--iterations 3,1",           "lambda is at its floor 5 from iteration 1659 on; effective m is 1.6174 there at theta_12 = pi/2."],
    ["--lambda-min 0",             "lambda approaches 0 and never reaches it; effective m is 4 there at theta_12 = pi/2."],
    ["--gamma 0 --iterations 1",   "lambda stays at 1000; effective m is 1.00308 there at theta_12 = pi/2."],
    ["--power 0 --base 5",         "lambda is at its floor 5 from iteration 0 on; effective m is 1.6174 there at theta_12 = pi/2."],
    ["--power 0 --iterations 1 --theta-12 90 --degrees", "lambda stays at 1000; effective m is 1.00308 there at theta_12 = 90."],
  ])("asoftmax anneal %s", async (line, verdict) => {
    expect(sentencesOf(await shown(`anneal ${line}`.trim()))).toBe(verdict);
  });
});

describe("the chart", () => {
  test("runs to the largest iteration, whatever the order", async () => {
    const text = await shown("anneal --iterations 2000,0 --width 60 --height 6");
    expectWidth(text.split("\n\n")[1]!, 60);
    expect(text).toContain("\n     0            500         1000          1500        2000\n");
    expect(text).toContain("── effective m   ·· weight of psi, 1/(1 + lambda)");
  });

  test("has the height asked for, less the rows that its line does not reach", async () => {
    const text = await shown("anneal --height 5");
    expect(text.split("\n").filter((line) => /[┤│]/.test(line)).length).toBe(4);
  });
});
