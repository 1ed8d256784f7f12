import { describe, expect, test } from "vitest";
import { csvOf, expectNear, rowsOf, shown } from "../table.ts";

test("columns", async () => {
  expect((await csvOf("inverse --psi 0")).columns.join()).toBe("m,psi,theta,k");
});

// biome-ignore format: a table
test.concurrent.each<[line: string, theta: number, k: number]>([
  ["inverse --m 4 --psi 1",     0,                0],
  ["inverse --m 4 --psi 0.5",   Math.PI / 12,     0],
  ["inverse --psi 0",           Math.PI / 8,      0],
  ["inverse --m 4 --psi -1.5",  Math.PI / 3,      1],
  ["inverse --m 4 --psi -2.5",  (5 * Math.PI) / 12, 1],
  ["inverse --m 4 --psi -7",    Math.PI,          3],
  ["inverse --m 2 --psi=-0.5",  Math.PI / 3,      0],
  ["inverse --m 2.5 --psi 0",   Math.PI / 5,      0],
  ["inverse --m 1 --psi -1",    Math.PI,          0],
])("asoftmax %s", async (line, theta, k) => {
  const [row] = await rowsOf(line);
  expectNear(row!.theta, theta, 1);
  expect(row!.k).toBe(`${k}`);
});

test("every pair of m and psi, m slowest; angles in degrees", async () => {
  const { cells } = await csvOf("inverse --m 4,2 --psi 0,-1 --degrees --columns m,psi,theta");
  expect(cells.map((row) => row.join(" "))).toEqual(["4 0 22.5", "4 -1 45", "2 0 45", "2 -1 90"]);
});

test("what psi gives comes back", async () => {
  const angles = "0.1,0.7,1.2,2,2.9,3.1";
  const values = (await rowsOf(`psi --m 4 --theta ${angles} --columns psi`)).map(({ psi }) => psi);
  const found = await rowsOf(`inverse --m 4 --psi ${values.join()}`);
  for (const [i, theta] of angles.split(",").entries()) expectNear(found[i]!.theta, Number(theta), 4);
});

test("a table", async () => {
  expect(await shown("inverse --psi 0.5,-2.5")).toBe(
    `
m   psi     theta  k
────────────────────
4   0.5  0.261799  0
4  -2.5     1.309  1
`.slice(1),
  );
});

describe("files", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["psi by its name",   "psi,id\n1,a\n-7.0,b\n",  "--columns theta,k",          "psi,id,theta,k\n1,a,0,0\n-7.0,b,3.141592653589793,3\n"],
    ["psi by another",    "v\n1\n",                 "--psi @v",                   "v,m,theta,k\n1,4,0,0\n"],
    ["m from a column",   "psi,mm\n-1,1\n-3,2\n",   "--m @mm --degrees",          "psi,mm,theta,k\n-1,1,180,0\n-3,2,180,1\n"],
    ["several m",         "psi\n1\n",               "--m 2,3 --columns m,theta",  "psi,m,theta\n1,2,0\n1,3,0\n"],
  ])("%s", async (_, stdin, options, stdout) => {
    const { columns, cells } = await csvOf(`inverse --input - ${options}`, { stdin });
    expect(`${[columns, ...cells].join("\n")}\n`).toBe(stdout);
  });
});
