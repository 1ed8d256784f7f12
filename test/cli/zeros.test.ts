import { describe, expect, test } from "vitest";
import { rowsOf, sentencesOf, shown } from "./table.ts";

/** The cells of a table's rows, or of the one row that stands upright. */
async function cellsOf(line: string): Promise<string[]> {
  const [table = ""] = (await shown(line)).split("\n\n");
  const lines = table.trimEnd().split("\n");
  const rows = lines.some((one) => /^[─]+$/.test(one))
    ? lines.slice(2)
    : [lines.map((one) => one.split(/ +/)[1]).join(" ")];
  return rows.map((row) => row.trim().replaceAll(/ +/g, " "));
}

describe("people are shown 0 where a part of pi has exactly that", () => {
  // biome-ignore format: a table
  test.concurrent.each([
    ["psi --m 4 --theta pi/8,pi/4,90deg,pi --columns psi,dpsi_dtheta,dpsi_dcos,cos_m_theta,cos_theta",
      ["0 -4 10.4525 0 0.92388", "-1 0 0 -1 0.707107", "-3 0 0 1 0", "-7 0 16 1 -1"]],
    ["psi --m 2 --columns theta,psi,dpsi_dtheta,dpsi_dcos,cos_m_theta,cos_theta",
      ["0 1 0 4 1 1", "0.785398 0 -2 2.82843 0 0.707107", "1.5708 -1 0 0 -1 0", "2.35619 -2 -2 2.82843 0 -0.707107", "3.14159 -3 0 4 1 -1"]],
    ["psi --m 4 --theta 22.5,45 --degrees --columns psi,dpsi_dtheta,dpsi_dcos",           ["0 -4 10.4525", "-1 0 0"]],
    ["psi --m 1048576 --points 3 --columns psi,dpsi_dtheta",                              ["1 0", "-1048575 0", "-2097151 0"]],
    ["compare --functions softmax,naive:m=3,cosface --points 3 --columns value,dvalue_dtheta,dvalue_dcos",
      ["1 0 1", "0 -1 1", "-1 0 1", "1 0 9", "0 3 -3", "-1 0 9", "0.65 0 1", "-0.35 -1 1", "-1.35 0 1"]],
    ["compare --functions softmax --points 3 --from pi/4 --to 135deg --columns value",    ["0.707107", "0", "-0.707107"]],
    ["margin --m 4 --theta pi/8 --competing pi/2,pi/3 --each --columns cos_m_theta_y,psi_theta_y,cos_theta_j", ["0 0 0", "0 0 0.5"]],
    ["loss --functions softmax --scale 64 --theta pi/2 --competing 1.5 --columns competitors,logit_y", ["1 0"]],
  ])("asoftmax %s", async (line, cells) => {
    expect(await cellsOf(line)).toEqual(cells);
  });

  test("in sentences too", async () => {
    expect(sentencesOf(await shown("margin --m 4 --theta pi/8 --competing pi/2"))).toBe(
      "no condition holds: cos(4 theta_y) 0 <= 0, and 4 * pi/8 = pi/2 is not below pi/2.",
    );
  });
});

describe("the computed number stays", () => {
  const decimal = String(Math.PI / 2);

  test("in csv", async () => {
    for (const line of ["psi --m 4 --theta pi/2", "psi --m 4 --points 3"]) {
      const row = (await rowsOf(line)).find(({ theta }) => theta === decimal)!;
      expect([row.cos_theta, row.dpsi_dtheta]).toEqual(["6.123233995736766e-17", "-9.797174393178826e-16"]);
    }
  });

  // biome-ignore format: a table
  test.concurrent.each([
    [`psi --m 4 --theta pi/4,${decimal} --columns dpsi_dtheta,cos_theta`,        ["0 0.707107", "-9.79717e-16 6.12323e-17"]],
    ["compare --functions softmax --points 3 --from 1.4707963267948966 --to 1.6707963267948966 --columns value", ["0.0998334", "6.12323e-17", "-0.0998334"]],
    [`margin --m 4 --theta 0.1 --competing ${decimal} --each --columns theta_j,cos_theta_j`, ["1.5708 6.12323e-17"]],
    ["margin --m 3 --theta pi/3 --competing pi --columns competitors,margin_gap",         ["1 -4.44089e-16"]],
    // Near a zero, and no zero.
    ["psi --m 1.0000000000000002 --theta pi/2 --columns k,cos_m_theta",                   ["0 -2.87555e-16"]],
    ["psi --m 4 --theta 1.570796326794896619 --columns k,cos_theta",                      ["1 6.12323e-17"]],
  ])("asoftmax %s", async (line, cells) => {
    expect(await cellsOf(line)).toEqual(cells);
  });
});

test("the slope by cos(theta) at pi is its limit in tables, the quotient of rounded numbers where digits were given", async () => {
  const table = async (angle: string) =>
    shown(`compare --theta ${angle} --functions arcface,arcface-reflect --columns dvalue_dcos`);
  expect((await table("pi")).match(/-?Infinity/g)).toEqual(["-Infinity", "Infinity"]);
  expect(await table(`${Math.PI}`)).not.toContain("Infinity");
});
