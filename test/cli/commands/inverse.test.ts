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

describe("values of any function", () => {
  test("columns; one row for each angle, in order", async () => {
    const { columns, cells } = await csvOf("inverse --functions naive:m=2,cosface --value 0.5");
    expect(columns.join()).toBe("function,value,index,theta,to");
    expect(cells.map(([name, , index]) => `${name} ${index}`)).toEqual([
      "naive:m=2 1",
      "naive:m=2 2",
      "cosface:m=0.35 1",
    ]);
    expectNear(cells[0]![3], Math.PI / 6);
    expectNear(cells[1]![3], (5 * Math.PI) / 6);
    expectNear(cells[2]![3], Math.acos(0.85));
  });

  test("--m and --lambda are short for functions; a flat stretch; none", async () => {
    const { cells } = await csvOf("inverse --m 4 --lambda 5 --value 1,2 --columns function,index,theta");
    expect(cells).toEqual([
      ["asoftmax:m=4:lambda=5", "1", "0"],
      ["asoftmax:m=4:lambda=5", "", ""],
    ]);
    const flat = await csvOf("inverse --functions sphereface-r1:m=2 --value=-1 --degrees --columns theta,to");
    expect(flat.cells).toEqual([["90", "180"]]);
    expect(await shown("inverse --functions softmax --value 2,3,0")).toContain(
      "Rows without an angle, since none has that value: 2.",
    );
  });

  test("from a file", async () => {
    const stdin = "v,id\n1,a\n0,b\n3,c\n";
    const { columns, cells } = await csvOf("inverse --functions naive:m=2 --value @v --input - --columns index,theta", {
      stdin,
    });
    expect(columns.join()).toBe("v,id,index,theta");
    expect(cells.map((row) => row.slice(0, 3).join())).toEqual(["1,a,1", "1,a,2", "0,b,1", "0,b,2", "3,c,"]);
  });
});

describe("the angle of a loss", () => {
  test("columns; the loss at the angle is the loss", async () => {
    const { columns, cells } = await csvOf(
      "inverse --functions arcface,sphereface-r2 --scale 64 --classes 10574 --loss 3",
    );
    expect(columns.join()).toBe("function,scale,classes,theta_j,loss,index,theta");
    for (const [name, , , , , , theta] of cells) {
      const [row] = await rowsOf(`loss --functions ${name} --scale 64 --classes 10574 --theta ${theta}`);
      expect(Math.abs(Number(row!.loss) - 3)).toBeLessThan(1e-13);
    }
  });

  test("every part from a file", async () => {
    const stdin = "l,n,s,a\n0.6931471805599453,2,1,1\n9,2,1,1\n";
    const line = "inverse --functions softmax --loss @l --classes @n --scale @s --competing @a --input -";
    const { cells } = await csvOf(`${line} --columns index,theta`, { stdin });
    expect(cells.map((row) => row.slice(4))).toEqual([
      ["1", "1"],
      ["", ""],
    ]);
  });

  test("against competitors at another angle", async () => {
    const [row] = await rowsOf(`inverse --functions softmax --loss ${Math.LN2} --classes 2 --competing 60 --degrees`);
    expect(row!.theta).toBe("60");
  });
});
