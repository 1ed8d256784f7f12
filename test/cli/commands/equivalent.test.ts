import { expect, test } from "vitest";
import { csvOf, expectNear, rowsOf, sentencesOf, shown } from "../table.ts";

test("columns", async () => {
  const line = "equivalent --functions cosface --to arcface";
  expect((await csvOf(line)).columns.join()).toBe("function,to,theta_12,m,effective_m,angular_margin");
  expect((await csvOf(`${line} --at 1`)).columns.join()).toBe("function,to,at,value,m");
});

test("ArcFace with CosFace's boundary: m is its angular margin", async () => {
  const [row] = await rowsOf("equivalent --functions cosface:m=0.35 --to arcface --theta-12 pi/2");
  expect(row!.m).toMatch(/^0\.50017/);
  expectNear(row!.m, Number(row!.angular_margin), 4);
});

test("--m and --lambda are short for functions; every function with every other; lambda on both sides", async () => {
  const { cells } = await csvOf(
    "equivalent --m 3,4 --lambda 5 --to asoftmax,asoftmax:lambda=5 --columns function,to,m,effective_m",
  );
  expect(cells.map(([name, to]) => `${name} ${to}`)).toEqual(
    [3, 4].flatMap((m) => ["asoftmax", "asoftmax:lambda=5"].map((to) => `asoftmax:m=${m}:lambda=5 ${to}`)),
  );
  for (const i of [0, 2]) expectNear(cells[i]![2], Number(cells[i]![3]));
  for (const [i, m] of [
    [1, 3],
    [3, 4],
  ] as const)
    expectNear(cells[i]![2], m);
});

test("the same value at an angle", async () => {
  const { cells } = await csvOf(
    "equivalent --functions arcface:m=30deg --to cosface --at 60,0 --degrees --columns at,value,m",
  );
  expect(cells.map(([at]) => at)).toEqual(["60", "0"]);
  expectNear(cells[0]![2], 0.5);
  expectNear(cells[1]![2], 1 - Math.sqrt(3) / 2, 4);
});

test("none and several: an empty cell, or the smallest, and a sentence", async () => {
  const none = "equivalent --functions cosface:m=2 --to arcface --theta-12 1";
  expect((await csvOf(`${none} --columns m,effective_m,angular_margin`)).cells).toEqual([["", "", ""]]);
  expect(sentencesOf(await shown(none))).toBe("No m gives arcface the boundary of cosface:m=2 at 1.");
  expect(sentencesOf(await shown("equivalent --functions asoftmax --to naive --at pi/4"))).toBe(
    "More than one m gives naive the value of asoftmax:m=4 at pi/4: the smallest is shown.",
  );
});
