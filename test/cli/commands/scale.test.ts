import { expect, test } from "vitest";
import { csvOf, expectNear, rowsOf, sentencesOf, shown } from "../table.ts";

test("columns, and the functions without --functions", async () => {
  const { columns, cells } = await csvOf("scale --classes 10574");
  expect(columns.join()).toBe("function,classes,probability,theta_y,theta_j,scale,loss_at_start");
  expect(cells.map(([name]) => name)).toEqual(["softmax", "asoftmax:m=4", "cosface:m=0.35", "arcface:m=0.5"]);
});

// biome-ignore format: a table
test.concurrent.each<[line: string, scale: number, start: number]>([
  ["--classes 10574",                                             Math.log(10573 * 9),                  Math.log(10574)],
  ["--classes 1000 --probability 0.5 --theta pi/4",               Math.SQRT2 * Math.log(999),           Math.log(1000)],
  ["--classes 1000 --competing simplex",                          0.999 * Math.log(999 * 9),            Math.log(1000)],
  ["--classes 2 --probability 0.5 --theta pi/4",                  0,                                    Math.LN2],
  ["--classes 2 --competing simplex",                             0.5 * Math.log(9),                    Math.LN2],
  ["--classes 4 --probability 0.1 --theta pi/2 --competing 0",    0,                                    Math.log(4)],
])("scale --functions softmax %s", async (line, scale, start) => {
  const [row] = await rowsOf(`scale --functions softmax ${line}`);
  expectNear(row!.scale, scale, 8);
  expectNear(row!.loss_at_start, start);
});

test("with sphereface-r2 the competing cosine is cos(theta_j / m)", async () => {
  const [row] = await rowsOf("scale --classes 10 --functions sphereface-r2:m=2 --competing pi/2");
  expectNear(row!.scale, Math.log(81) / (1 - Math.SQRT1_2), 8);
});

test("what it says: the first scale, and why there is none", async () => {
  expect(sentencesOf(await shown("scale --classes 10574 --functions softmax,cosface"))).toBe(
    "With 10574 classes softmax needs a scale of at least 11.4633 for probability 0.9 at theta_y = 0 against theta_j = pi/2; " +
      "the loss at the start is then 9.26615.",
  );
  const line = "scale --classes 10 --functions cosface --theta pi/2";
  expect(sentencesOf(await shown(line))).toBe(
    "cosface:m=0.35 has no scale up to 1e100 for probability 0.9 at theta_y = pi/2 against theta_j = pi/2: there its value is " +
      "not above the competing cosine, or only just.",
  );
  expect((await csvOf(`${line} --columns scale,loss_at_start`)).cells).toEqual([["", ""]]);
});

test("every combination, in degrees", async () => {
  const { cells } = await csvOf(
    "scale --functions softmax --classes 2,3 --probability 0.9,0.99 --competing simplex,90 --degrees --columns classes,probability,theta_j",
  );
  expect(cells.map((row) => row.join(" "))).toEqual([
    "2 0.9 180",
    "2 0.9 90",
    "2 0.99 180",
    "2 0.99 90",
    "3 0.9 120",
    "3 0.9 90",
    "3 0.99 120",
    "3 0.99 90",
  ]);
});
