import { describe, expect, test } from "vitest";
import { csvOf, expectNear, rowsOf, sentencesOf, shown } from "../table.ts";

test("columns", async () => {
  expect((await csvOf("compare --theta 1")).columns.join()).toBe("function,theta,value,dvalue_dtheta,dvalue_dcos");
});

const [T, SIN, COS] = [0.5, Math.sin(0.5), Math.cos(0.5)];

// biome-ignore format: a table
const values: [name: string, value: number, slope: number][] = [
  ["asoftmax:m=4",                Math.cos(4 * T),      -4 * Math.sin(4 * T)],
  ["naive:m=4",                   Math.cos(4 * T),      -4 * Math.sin(4 * T)],
  ["softmax",                     COS,                  -SIN],
  ["cosface:m=0.35",              COS - 0.35,           -SIN],
  ["arcface:m=0.5",               Math.cos(T + 0.5),    -Math.sin(T + 0.5)],
  ["arcface-easy:m=0.5",          Math.cos(T + 0.5),    -Math.sin(T + 0.5)],
  ["arcface-hard:m=0.5",          Math.cos(T + 0.5),    -Math.sin(T + 0.5)],
  ["combined:m1=1:m2=0.3:m3=0.2", Math.cos(T + 0.3) - 0.2, -Math.sin(T + 0.3)],
  ["sphereface-r1:m=1.7",         Math.cos(1.7 * T),    -1.7 * Math.sin(1.7 * T)],
  ["sphereface-r2:m=1.7",         COS,                  -SIN],
  ["arcface-clip:m=0.5",          Math.cos(T + 0.5),    -Math.sin(T + 0.5)],
  ["arcface-plain:m=0.5",         Math.cos(T + 0.5),    -Math.sin(T + 0.5)],
  ["arcface-shift:m=0.5",         Math.cos(T + 0.5),    -Math.sin(T + 0.5)],
  ["arcface-reflect:m=0.5",       Math.cos(T + 0.5),    -Math.sin(T + 0.5)],
];

test("every function at its defaults, value and both slopes", async () => {
  const rows = await rowsOf("compare --theta 0.5");
  expect(rows.map((row) => row.function)).toEqual(values.map(([name]) => name));
  for (const [i, [, value, slope]] of values.entries()) {
    expectNear(rows[i]!.value, value, 4);
    expectNear(rows[i]!.dvalue_dtheta, slope, 4);
    expectNear(rows[i]!.dvalue_dcos, -slope / SIN, 4);
  }
});

// biome-ignore format: a table
test.concurrent.each([
  ["a grid",                 "--functions asoftmax --points 3 --degrees --columns theta,value",     ["0 1", "90 -3", "180 -7"]],
  ["functions, then angles", "--functions softmax,naive --theta 0,pi --columns function,value",     ["softmax 1", "softmax -1", "naive:m=4 1", "naive:m=4 1"]],
  ["--m and --lambda",       "--m 4 --lambda 5 --theta pi --columns function,value",                ["asoftmax:m=4:lambda=5 -2"]],
  ["--lambda 0 is asoftmax", "--lambda 0 --theta pi --columns function,value",                       ["asoftmax:m=4 -7"]],
  ["the limit at 0",         "--functions asoftmax,asoftmax:lambda=5,arcface --theta 0 --columns dvalue_dcos", ["16", "3.5", "Infinity"]],
])("%s", async (_, line, rows) => {
  expect((await csvOf(`compare ${line}`)).cells.map((row) => row.join(" "))).toEqual(rows);
});

describe("files", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["theta by its name",         "theta,id\n0,a\n",    "--functions softmax,naive:m=2", "theta,id,function,value,dvalue_dtheta,dvalue_dcos\n0,a,softmax,1,0,1\n0,a,naive:m=2,1,0,4"],
    ["theta by another",          "t\n0\n",             "--theta @t --functions softmax --columns value", "t,value\n0,1"],
    ["m from a column",           "theta,m\n0,4\n0,3\n", "--m @m --columns dvalue_dcos",  "theta,m,dvalue_dcos\n0,4,16\n0,3,9"],
    ["m and lambda from columns", "theta,m,l\n0,4,5\n", "--m @m --lambda @l --columns dvalue_dcos", "theta,m,l,dvalue_dcos\n0,4,5,3.5"],
    ["a grid for each row",       "m\n2\n1\n",          "--m @m --points 2 --columns theta,value", "m,theta,value\n2,0,1\n2,3.141592653589793,-3\n1,0,1\n1,3.141592653589793,-1"],
  ])("%s", async (_, stdin, options, out) => {
    const { columns, cells } = await csvOf(`compare --input - ${options}`, { stdin });
    expect([columns, ...cells].join("\n")).toBe(out);
  });
});

test("a sentence says of sphereface-r2 where its margin is, once", async () => {
  const line = "compare --functions softmax,sphereface-r2:m=2 --theta 1,2";
  expect(sentencesOf(await shown(line))).toBe(
    "sphereface-r2:m=2 has its margin in the competing angle: cos(theta_j/2).",
  );
});
