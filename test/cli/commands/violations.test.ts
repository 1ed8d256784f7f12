import { describe, expect, test } from "vitest";
import { ASCII, csvOf, expectNear, expectWidth, rowsOf, sentencesOf, shown } from "../table.ts";

// biome-ignore format: a table
test.concurrent.each([
  ["violations --competing 1",           "m,theta_j,index,lo,hi,hi_closed,length"],
  ["violations --competing 1 --summary", "m,theta_j,count,total_length,share"],
])("columns of asoftmax %s", async (line, columns) => {
  expect((await csvOf(line)).columns.join()).toBe(columns);
});

test("the intervals are ((2 pi n - theta_j)/m, (2 pi n + theta_j)/m), cut at pi", async () => {
  const rows = await rowsOf("violations --m 4,2.5 --competing 1.5");
  const closed = {
    4: [(2 * Math.PI - 1.5) / 4, (2 * Math.PI + 1.5) / 4, (4 * Math.PI - 1.5) / 4, Math.PI],
    2.5: [(2 * Math.PI - 1.5) / 2.5, (2 * Math.PI + 1.5) / 2.5],
  };
  expect(rows.map(({ m, index, hi_closed }) => `${m} ${index} ${hi_closed}`)).toEqual([
    "4 1 false",
    "4 2 true",
    "2.5 1 false",
  ]);
  const ends = [...closed[4], ...closed[2.5]];
  rows.forEach(({ lo, hi, length }, i) => {
    expectNear(lo, ends[2 * i]!);
    expectNear(hi, ends[2 * i + 1]!);
    expect(Math.abs(Number(length) - (ends[2 * i + 1]! - ends[2 * i]!))).toBeLessThan(1e-15);
  });
});

test("the summary", async () => {
  const rows = await rowsOf("violations --m 1,2,3,4 --competing pi/2,pi --summary --precision 12");
  expect(rows.map(({ m, count, share }) => `${m} ${count} ${share}`)).toEqual([
    "1 0 0",
    "1 0 0",
    "2 1 0.25",
    "2 1 0.5",
    "3 1 0.333333333333",
    "3 1 0.666666666667",
    "4 2 0.375",
    "4 2 0.75",
  ]);
});

describe("the verdict", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["--m 4 --competing 1.5",  "m = 4, theta_j = 1.5: on 2 intervals, 35.8099 % of [0, pi], cos(m theta_y) > cos(theta_j) holds and m theta_y < theta_j does not."],
    ["--m 2 --competing pi/2", "m = 2, theta_j = pi/2: on 1 interval, 25 % of [0, pi], cos(m theta_y) > cos(theta_j) holds and m theta_y < theta_j does not."],
    ["--m 1 --competing 1.5",  "m = 1, theta_j = 1.5: none: wherever cos(m theta_y) > cos(theta_j), m theta_y < theta_j too."],
  ])("%s", async (line, sentence) => {
    expect(sentencesOf(await shown(`violations ${line}`))).toBe(sentence);
  });
});

describe("the chart", () => {
  test.concurrent.each([60, 80, 140])("is exactly %i columns wide, in Unicode and in ASCII", async (width) => {
    const line = `violations --m 4 --competing 1.5 --width ${width}`;
    for (const env of [{}, ASCII]) expectWidth(chartOf(await shown(line, { env })), width);
  });

  test("marks the violating stretches, the level and the knots", async () => {
    expect(chartOf(await shown("violations --m 2 --competing pi/2 --width 40 --height 5", { env: ASCII }))).toBe(
      `
    1+---.             :           #####
  0.5+   \`--.          :        ####
    0+======\`--.=============,-##=======
 -0.5+         \`--.    :  ,--'
   -1+            \`-------'
     ++----------------+---------------+
      0              pi/2             pi
   -- naive:m=2   == cos(theta_j = pi/2)
   ## naive holds, angular does not
   : k pi/2`.slice(1),
    );
  });

  test("lights them in a colour of their own", async () => {
    const text = await shown("violations --m 4 --competing 1.5 --color");
    expect(text).toContain("\x1b[31m## naive holds, angular does not\x1b[39m");
  });

  test.concurrent.each([
    ["--m 4 --competing 1.5", "1.5"],
    ["--m 4 --competing 1.2345678", "1.23457"],
    ["--m 4 --competing 60deg", "pi/3"],
    ["--m 4 --competing 60 --degrees", "60"],
  ])("%s names the level by its angle", async (line, angle) => {
    expect(await shown(`violations ${line}`)).toContain(`·· cos(theta_j = ${angle})`);
  });

  test("says which of several pairs it shows", async () => {
    const which = "The chart is of m = 2, theta_j = pi/2, the first of 4 pairs.";
    const line = "violations --m 2,3 --competing pi/2,1";
    expect(sentencesOf(await shown(line))).toContain(which);
    expect(sentencesOf(await shown(`${line} --summary --plot`))).toContain(which);
    expect(sentencesOf(await shown(`${line} --summary`))).not.toContain("The chart");
  });

  test("is left out of a summary, unless asked for", async () => {
    const summary = "violations --competing 1.5 --summary";
    expect(await shown(summary)).not.toContain("cos(theta_j =");
    expect(await shown(summary)).not.toContain("┤");
    expect(await shown(`${summary} --plot`)).toContain("┤");
  });
});

/** The chart between the table and the sentence. */
const chartOf = (text: string) => text.split("\n\n")[1]!;
