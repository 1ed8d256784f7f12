import { describe, expect, test } from "vitest";
import { csvOf, expectNear, rowsOf } from "../table.ts";

test("columns", async () => {
  const { columns } = await csvOf("psi --theta 1");
  expect(columns.join()).toBe("m,theta,k,psi,dpsi_dtheta,dpsi_dcos,cos_m_theta,cos_theta");
});

const H = Math.SQRT1_2;

// At the exact angle; the double nearest to it gives the same to the ulps named.
// biome-ignore format: a table
test.concurrent.each<[line: string, k: number, psi: number, byTheta: number, byCos: number]>([
  ["psi --m 4 --theta 0",      0,  1,    0,                16],
  ["psi --m 4 --theta pi/8",   0,  0,   -4,                4 / Math.sin(Math.PI / 8)],
  ["psi --m 4 --theta pi/3",   1, -1.5, -2 * Math.sqrt(3), 4],
  ["psi --m 4 --theta 60deg",  1, -1.5, -2 * Math.sqrt(3), 4],
  ["psi --m 4 --theta 3pi/8",  1, -2,   -4,                4 / Math.sin((3 * Math.PI) / 8)],
  ["psi --m 2 --theta pi/3",   0, -0.5, -Math.sqrt(3),     2],
  ["psi --m 3 --theta pi/2",   1, -2,   -3,                3],
  ["psi --m 1 --theta pi/4",   0,  H,   -H,                1],
  ["psi --m 1.5 --theta 2pi/3", 1, -1,   0,                0],
  ["psi --m 2.5 --theta pi/5", 0,  0,   -2.5,              2.5 / Math.sin(Math.PI / 5)],
  ["psi --m 1048576 --theta 0", 0, 1,    0,                2 ** 40],
])("asoftmax %s", async (line, k, psi, byTheta, byCos) => {
  const [row] = await rowsOf(line);
  // A double beside the knot 2pi/3 may lie in segment 0.
  if (byTheta !== 0 || k === 0) expect(row!.k).toBe(`${k}`);
  for (const [name, value] of [["psi", psi], ["dpsi_dtheta", byTheta], ["dpsi_dcos", byCos]] as const)
    if (value === 0) expect(Math.abs(Number(row![name]))).toBeLessThan(1e-14);
    else expectNear(row![name], value, 8);
});

test("pi is the last angle: psi is 1 - 2m, and the slope by cosine is finite", async () => {
  const rows = await rowsOf("psi --m 1,2,3,4,8 --theta pi --columns m,k,psi,cos_theta");
  expect(rows.map((row) => Object.values(row).join())).toEqual([
    "1,0,-1,-1",
    "2,1,-3,-1",
    "3,2,-5,-1",
    "4,3,-7,-1",
    "8,7,-15,-1",
  ]);
});

describe("which rows there are", () => {
  test("without angles, every k pi/(2m)", async () => {
    const rows = await rowsOf("psi --m 3 --degrees --columns m,theta");
    expect(rows.map(({ theta }) => theta).join()).toBe("0,30,60,90,120,150,180");
    expect((await rowsOf("psi --m 2.5 --columns theta")).length).toBe(6);
    expect((await rowsOf("psi --columns m,k")).map(({ m }) => m)).toEqual(Array(9).fill("4"));
  });

  test("several m and several angles give every pair, m slowest", async () => {
    const rows = await rowsOf("psi --m 4,2.5 --theta 1,0.5 --columns m,theta");
    expect(rows.map(({ m, theta }) => `${m} ${theta}`)).toEqual(["4 1", "4 0.5", "2.5 1", "2.5 0.5"]);
  });

  test("a grid has both its ends", async () => {
    const rows = await rowsOf("psi --points 5 --columns theta");
    expect(rows.map(({ theta }) => Number(theta))).toEqual([0, 1, 2, 3, 4].map((i) => (i * Math.PI) / 4));
  });

  test("a grid in degrees steps in degrees", async () => {
    const rows = await rowsOf("psi --degrees --points 181 --columns theta");
    expect(rows.map(({ theta }) => theta)).toEqual(Array.from({ length: 181 }, (_, i) => `${i}`));
    const part = await rowsOf("psi --degrees --points 5 --from 10 --to 12 --columns theta");
    expect(part.map(({ theta }) => theta).join()).toBe("10,10.5,11,11.5,12");
  });
});

test("k pi/m itself lies where its double does, and psi is the same either way", async () => {
  const rows = await rowsOf("psi --m 4 --theta pi/4,pi/2,3pi/4 --columns k,psi");
  expect(rows.map(({ psi }) => psi).join()).toBe("-1,-3,-5");
  for (const [i, { k }] of rows.entries()) expect([i, i + 1]).toContain(Number(k));
});
