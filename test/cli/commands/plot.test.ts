import { describe, expect, test } from "vitest";
import { asoftmax, words } from "../run.ts";
import { ASCII, csvOf, expectWidth, rowsOf, shown } from "../table.ts";

test("columns", async () => {
  expect((await csvOf("plot --points 2")).columns.join()).toBe("function,theta,value");
});

describe("rows", () => {
  test("psi and cos(4 theta) at 181 angles, unless told otherwise", async () => {
    const rows = await rowsOf("plot");
    expect(rows.length).toBe(2 * 181);
    expect(rows.map((row) => row.function)).toEqual([
      ...Array(181).fill("asoftmax:m=4"),
      ...Array(181).fill("naive:m=4"),
    ]);
    expect([rows[0], rows[180], rows[181], rows[361]].map((row) => row!.value)).toEqual(["1", "-7", "1", "1"]);
  });

  test("values", async () => {
    const rows = await rowsOf("plot --m 4 --points 5 --degrees");
    expect(rows.map(({ theta, value }) => `${theta} ${value}`)).toEqual(["0 1", "45 -1", "90 -3", "135 -5", "180 -7"]);
  });

  test("slopes", async () => {
    const rows = await rowsOf("plot --m 1 --points 3 --quantity slope --precision 6");
    expect(rows.map(({ value }) => value)).toEqual(["0", "-1", "-1.22465e-16"]);
  });

  test("every function by its full name", async () => {
    const rows = await rowsOf(
      "plot --points 2 --functions sphereface,psi:m=2,softmax,combined:m3=0.1,naive:lambda=5:m=3 --columns function",
    );
    expect([...new Set(rows.map((row) => row.function))]).toEqual([
      "asoftmax:m=4",
      "asoftmax:m=2",
      "softmax",
      "combined:m1=1:m2=0.3:m3=0.1",
      "naive:m=3:lambda=5",
    ]);
  });
});

describe("the chart", () => {
  test.concurrent.each([60, 80, 140])("is exactly %i columns wide, in Unicode and in ASCII", async (width) => {
    for (const line of ["plot", "plot --quantity slope --functions arcface-easy,softmax"])
      for (const env of [{}, ASCII]) expectWidth(await shown(`${line} --width ${width}`, { env }), width);
  });

  test("every lambda is a curve", async () => {
    const text = await shown("plot --lambda 0,1,5 --width 60");
    for (const name of ["asoftmax:m=4 ", "asoftmax:m=4:lambda=1", "asoftmax:m=4:lambda=5"])
      expect(text).toContain(name);
  });

  test("marks the angles of --points on every curve, up to a thousand", async () => {
    const marks = async (line: string) => (await shown(`${line} --width 100`)).split("●").length - 1;
    expect(await marks("plot --m 4")).toBe(0);
    expect(await marks("plot --m 4 --points 5")).toBe(5);
    expect(await marks("plot --m 2,4 --points 3 --from pi/2")).toBe(6);
    const { status, stderr } = await asoftmax(words("plot --points 1001 --format table"));
    const what =
      "--points: a drawing marks at most 1000 angles: give fewer, or --format csv (see asoftmax plot --help)";
    expect([status, stderr]).toEqual([2, `asoftmax: ${what}\n`]);
  });

  test("has the height asked for, and no trailing spaces", async () => {
    const text = await shown("plot --m 2 --width 40 --height 9");
    expect(text.split("\n").filter((line) => /[┤│]/.test(line)).length).toBe(9);
    expect(text).not.toMatch(/ $/m);
  });

  test("psi of m = 2, in Unicode", async () => {
    expect(await shown("plot --m 2 --width 40 --height 5")).toBe(
      `
  1┤─────╮            ┊
  0┤     ╰─────╮      ┊
 -1┤           ╰───────────╮
 -2┤                  ┊    ╰─────╮
 -3┤                  ┊          ╰──────
   └┬─────────────────┬────────────────┬
    0                π/2               π
   ── asoftmax:m=2   ┊ k pi/2
`.slice(1),
    );
  });

  test("the plane has parts of pi, or degrees, on both axes", async () => {
    expect(await shown("plot --quantity theta_j --width 30 --height 6")).toBe(
      `
    π┤░░░░░··▒▒▒▒▒▒▒▒▒··▒▒▒▒▒▒
 3π/4┤░░░╭──··▒▒▒▒▒▒▒·····▒▒▒▒
  π/2┤░░╭╯  ┊···▒▒▒··· ┊ ··▒▒▒
  π/4┤╭─╯   ┊  ··▒··   ┊  ···▒
    0┤╯     ┊   ···    ┊    ··
     └┬─────┬─────┬────┬─────┬
      0    π/4   π/2 3π/4    π
   ── asoftmax:m=4
   ·· naive:m=4
   ░░ all three hold
   ▒▒ naive holds, angular does not
   ┊ k pi/4
`.slice(1),
    );
    const three = await shown("plot --quantity theta_j --functions asoftmax,naive,arcface --width 60 --height 6");
    expect(three).toContain("naive, angular, psi hold");
    expect(three).not.toContain("all three hold");
    const rows = async (line: string) => (await shown(line)).match(/^ *\S+(?=┤)/gm)!.map((label) => label.trim());
    const line = "plot --quantity theta_j --height 9";
    expect(await rows(`${line} --degrees`)).toEqual(["180", "135", "90", "45", "0"]);
    expect(await rows(`${line} --m 5 --from pi/4 --to pi/2`)).toEqual(["π/2", "3π/8", "π/4"]);
  });

  test.concurrent.each([
    ["a locale without UTF-8", { LANG: "C" }],
    ["no locale", { LANG: "" }],
    ["LC_ALL before LANG", { LC_ALL: "C", LANG: "C.UTF-8" }],
    ["a dumb terminal", { TERM: "dumb" }],
  ])("psi of m = 2, in ASCII: %s", async (_, env) => {
    expect(await shown("plot --m 2 --width 40 --height 5", { env: { ...env } })).toBe(
      `
  1+-----.            :
  0+     \`-----.      :
 -1+           \`-----------.
 -2+                  :    \`-----.
 -3+                  :          \`------
   ++-----------------+----------------+
    0               pi/2              pi
   -- asoftmax:m=2   : k pi/2
`.slice(1),
    );
  });

  test("two functions over a part of the axis", async () => {
    expect(await shown("plot --functions naive,softmax --width 50 --from pi/4 --to pi/2 --height 5")).toContain(
      `
    1┤                                 ╭──────────
  0.5┤························╭────────╯
    0┤                  ╭─────╯    ···············
 -0.5┤         ╭────────╯
   -1┤─────────╯
     └┬─────────────────────┬────────────────────┬
      π/4                 3π/8                 π/2
   ── naive:m=4   ·· softmax`.slice(1),
    );
  });

  test("does not join the sides of a jump", async () => {
    const text = await shown("plot --functions arcface-easy --width 60");
    const lines = text.split("\n").filter((line) => /[┤│]/.test(line));
    // At pi/2, column 34, the line stops at the bottom of the fall and starts again above.
    expect(lines.filter((line) => /[╭╯]/.test(line))).toEqual([]);
  });

  test("waves that every column meets at the same height keep their reach", async () => {
    expect(await shown("plot --functions naive:m=158 --width 80")).toMatch(/^ +1┤.*\n +-1┤[^\n]*\n +└/s);
  });

  test("the ends of a range too short for labels are in degrees under --degrees", async () => {
    const text = await shown("plot --degrees --from 57.2957795 --to 57.2957796 --functions softmax --width 40");
    expect(text).toMatch(/\n +57\.3 +57\.3\n/);
  });

  test("each function in a colour and with a character of its own, its name in the same", async () => {
    const text = await shown("plot --functions asoftmax,naive,softmax --color");
    for (const [color, sample, name] of [
      [0, "──", "asoftmax:m=4"],
      [35, "··", "naive:m=4"],
      [32, "**", "softmax"],
    ])
      expect(text).toContain(`\x1b[${color}m${sample} ${name}\x1b[${color === 0 ? 0 : 39}m`);
  });
});
