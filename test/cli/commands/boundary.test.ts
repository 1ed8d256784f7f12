import { describe, expect, test } from "vitest";
import { csvOf, expectNear, rowsOf, sentencesOf, shown } from "../table.ts";

test("columns", async () => {
  expect((await csvOf("boundary")).columns.join()).toBe(
    "function,theta_12,theta_1,theta_2,effective_m,angular_margin,count",
  );
});

test("m = 4 under lambda = 5", async () => {
  const [row] = await rowsOf("boundary --m 4 --lambda 5");
  expect(row!.function).toBe("asoftmax:m=4:lambda=5");
  expectNear(row!.theta_1, 0.6001364523115859, 1);
  expectNear(row!.theta_2, Math.PI / 2 - 0.6001364523115859);
  expectNear(row!.effective_m, 1.617398627836311);
  expectNear(row!.angular_margin, Math.PI / 2 - 2 * 0.6001364523115859, 4);
});

// biome-ignore format: a table
test.concurrent.each([
  ["without lambda m is what it says",  "--m 2,4 --theta-12 pi/3,pi --columns effective_m",         ["2", "2", "4", "4"]],
  ["closed form, in degrees",           "--m 4 --theta-12 60deg,90 --degrees --columns theta_12,theta_1,theta_2", ["60 12 48", "90 18 72"]],
  ["softmax",                           "--functions softmax --theta-12 60 --degrees --columns theta_1,effective_m,angular_margin", ["30 1 0"]],
  ["sphereface-r2 turns the other",     "--functions sphereface-r2:m=2 --theta-12 90 --degrees --columns theta_1,effective_m --precision 14", ["30 2"]],
  ["no boundary: empty cells",          "--functions cosface:m=2",                                   ["cosface:m=2 1.5707963267948966     0"]],
  ["the smallest of several",           "--functions naive --theta-12 180 --degrees --columns theta_1,count", ["36 3"]],
])("%s", async (_, line, rows) => {
  expect((await csvOf(`boundary ${line}`)).cells.map((row) => row.join(" "))).toEqual(rows);
});

test("every function at its defaults", async () => {
  const { cells } = await csvOf("boundary --columns function,effective_m --precision 4");
  expect(cells.map((row) => row.join(" "))).toEqual([
    "asoftmax:m=4 4",
    "naive:m=4 4",
    "softmax 1",
    "cosface:m=0.35 1.934",
    "arcface:m=0.5 1.934",
    "arcface-easy:m=0.5 1.934",
    "arcface-hard:m=0.5 1.934",
    "combined:m1=1:m2=0.3:m3=0.2 2.075",
    "sphereface-r1:m=1.7 1.7",
    "sphereface-r2:m=1.7 1.7",
    "arcface-clip:m=0.5 1.934",
    "arcface-plain:m=0.5 1.934",
    "arcface-shift:m=0.5 1.934",
    "arcface-reflect:m=0.5 1.934",
  ]);
});

describe("notes", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["--functions cosface:m=2,softmax",           "cosface:m=2 at theta_12 = pi/2: the target nowhere equals cos(theta_2): no boundary."],
    ["--functions naive --theta-12 pi",           "naive:m=4: only up to pi/4: beyond it naive rises again. naive:m=4 at theta_12 = pi: 3 boundaries; the one nearest to the own class is shown."],
    ["--functions naive --theta-12 180 --degrees", "naive:m=4: only up to 45: beyond it naive rises again. naive:m=4 at theta_12 = 180: 3 boundaries; the one nearest to the own class is shown."],
    ["--functions naive:m=2,naive:m=4:lambda=5,naive:m=1", "naive:m=2: only up to pi/2: beyond it naive rises again."],
    ["--m 4 --theta-12 pi/3,pi",                  "The chart is of theta_12 = pi/3, the first of 2."],
  ])("asoftmax boundary %s", async (line, note) => {
    expect(sentencesOf(await shown(`boundary ${line}`))).toBe(note);
  });
});

test("a table leaves count out, unless it is asked for", async () => {
  expect(await shown("boundary --functions softmax")).not.toContain("count");
  expect(await shown("boundary --functions softmax --columns function,count")).toMatch(
    /^function +count\n.*\nsoftmax +1\n/,
  );
});
