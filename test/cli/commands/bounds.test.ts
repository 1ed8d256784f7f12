import { describe, expect, test } from "vitest";
import { csvOf, expectNear, rowsOf, sentencesOf, shown } from "../table.ts";

test("columns", async () => {
  expect((await csvOf("bounds")).columns.join()).toBe(
    "m,theta_12,max_intra,min_inter,holds_binary,holds_multi,m_min_binary,m_min_multi",
  );
});

test("m from 1 to 8 at pi/2", async () => {
  const rows = await rowsOf("bounds");
  expect(rows.map(({ m, holds_binary, holds_multi }) => `${m} ${holds_binary} ${holds_multi}`)).toEqual([
    "1 false false",
    "2 false false",
    "3 false true",
    "4 true true",
    "5 true true",
    "6 true true",
    "7 true true",
    "8 true true",
  ]);
  for (const row of rows) {
    expect(row.theta_12).toBe("1.5707963267948966");
    expectNear(row.m_min_binary, 2 + Math.sqrt(3), 0);
    expect(row.m_min_multi).toBe("3");
  }
});

const PI = Math.PI;

describe("both branches, at theta_12 below and above (m - 1) pi/m", () => {
  // biome-ignore format: a table
  test.concurrent.each<[line: string, intra: number, inter: number, binary: boolean]>([
    ["--m 4 --theta-12 pi/2",     PI / 6 + PI / 10,          (3 / 5) * (PI / 2), true],
    ["--m 4 --theta-12 3pi/4",    PI / 4 + (3 * PI) / 20,    (9 / 20) * PI,      true],
    ["--m 4 --theta-12 pi",       (2 * PI) / 5,              (3 / 5) * PI,       true],
    ["--m 3 --theta-12 pi/2",     PI / 4 + PI / 8,           PI / 4,             false],
    ["--m 3 --theta-12 pi",       PI / 2,                    PI / 2,             true],
    ["--m 2 --theta-12 pi/3",     PI / 3 + PI / 9,           PI / 9,             false],
    ["--m 2 --theta-12 2pi/3",    (2 * PI) / 3,              (2 * PI) / 9,       false],
    ["--m 1 --theta-12 pi",       PI,                        0,                  false],
    ["--m 3.5 --theta-12 pi/2",   PI / 5 + PI / 9,           (5 * PI) / 18,      false],
    ["--m 3.75 --theta-12 pi/2",  (PI / 2) * (1 / 2.75 + 1 / 4.75), (2.75 / 4.75) * (PI / 2), true],
  ])("asoftmax bounds %s", async (line, intra, inter, binary) => {
    const [row] = await rowsOf(`bounds ${line}`);
    expectNear(row!.max_intra, intra, 4);
    expectNear(row!.min_inter, inter, 4);
    expect(row!.holds_binary).toBe(`${binary}`);
  });
});

test("angles in degrees; m slowest", async () => {
  const { cells } = await csvOf("bounds --m 3,4 --theta-12 90,180 --degrees --columns m,theta_12,min_inter");
  expect(cells.map((row) => row.join(" "))).toEqual(["3 90 45", "3 180 90", "4 90 54", "4 180 108"]);
});

test("a table leaves the constants to the sentences", async () => {
  expect((await shown("bounds")).split("\n")[0]).toBe("m  theta_12  max_intra  min_inter  holds_binary  holds_multi");
});

test("the sentences have every term", async () => {
  expect(sentencesOf(await shown("bounds"))).toBe(
    "Two classes: theta_12/(m-1) + theta_12/(m+1), or 2 pi/(m+1) where theta_12 > (m-1) pi/m, must be at most (m-1)/(m+1) theta_12: so for every theta_12 from m = 2 + sqrt(3) = 3.73205 on. " +
      "Many classes, evenly spaced: 2 theta/(m+1) must be at most (m-1) theta/(m+1): so from m = 3 on.",
  );
});
