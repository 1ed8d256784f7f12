import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { asoftmax, words } from "../run.ts";
import { expectNear, expectWidth } from "../table.ts";

/** One degree apart, the last as the double pi. */
const GRID = Array.from({ length: 181 }, (_, i) => (i === 180 ? Math.PI : (i * Math.PI) / 180));

/** psi as people write it, or gone wrong. */
const psiWith = (weight: (k: number) => number, offset: (k: number) => number, m: number) => (theta: number) => {
  const k = Math.min(m - 1, Math.floor((m * theta) / Math.PI));
  return weight(k) * Math.cos(m * theta) + offset(k);
};
const sign = (k: number) => (k % 2 === 0 ? 1 : -1);
const psi = (theta: number, m = 4) => psiWith(sign, (k) => -2 * k, m)(theta);
const slope = (theta: number) => -4 * Math.abs(Math.sin(4 * theta));

type Columns = Record<string, (theta: number) => number | string>;

const tableOf = (columns: Columns, angles = GRID) =>
  [
    ["theta", ...Object.keys(columns)].join(),
    ...angles.map((t) => [t, ...Object.values(columns).map((f) => f(t))].join()),
    "",
  ].join("\n");

/** The rows of an audit of a table, and the status it ends with. */
async function audited(columns: Columns, options = "", angles = GRID) {
  const line = `audit --input - --value @value --format json ${options}`.trim();
  const { status, stdout, stderr } = await asoftmax(words(line), { stdin: tableOf(columns, angles) });
  expect(stderr).toBe("");
  return { status, rows: JSON.parse(stdout) };
}

const RIGHT = "every row is right to within rounding";

test("columns", async () => {
  const { stdout } = await asoftmax(words("audit --input -"), { stdin: tableOf({ value: psi }) });
  expect(stdout.split("\n")[0]).toBe("function,rows,max_abs_error,max_ulp_error,first_bad_theta,passes,diagnosis");
});

test("a right table passes, status 0", async () => {
  const { status, rows } = await audited({ value: psi });
  const [{ max_abs_error, max_ulp_error, ...row }] = rows;
  expect(status).toBe(0);
  expect(row).toEqual({ function: "asoftmax:m=4", rows: 181, first_bad_theta: null, passes: true, diagnosis: RIGHT });
  expect(max_abs_error).toBeLessThan(1e-14);
  expect(max_ulp_error).toBeLessThan(16);
});

// biome-ignore format: a table
const RIGHT_ONES: [name: string, columns: Columns, options: string][] = [
  ["float32",                     { value: (t) => Math.fround(psi(t)) },            "--dtype float32"],
  ["lambda",                      { value: (t) => (5 * Math.cos(t) + psi(t)) / 6 }, "--m 4 --lambda 5"],
  ["another function",            { value: (t) => Math.cos(t) - 0.35 },             "--functions cosface"],
  ["its gradient too",            { value: psi, grad: slope },                      "--gradient @grad"],
  ["other columns as they like",  { id: () => "a b", value: psi },                  ""],
];
test.concurrent.each(RIGHT_ONES)("right: %s", async (_, columns, options) => {
  const { status, rows } = await audited(columns, options);
  expect([status, rows[0].passes, rows[0].diagnosis]).toEqual([0, true, RIGHT]);
});

test("degrees, in columns of any name and place", async () => {
  const stdin = `v;angle\n-1;45\n0;22.5\n-7;180\n`;
  const line = "audit --input - --delimiter ; --theta @angle --value @v --degrees";
  const { status, stdout } = await asoftmax(words(line), { stdin });
  expect(stdout.split("\n")[1]).toMatch(/^asoftmax:m=4,3,.*,true,/);
  expect(status).toBe(0);
});

// biome-ignore format: a table
const WRONG: [diagnosis: string, value: Columns[string], options?: string][] = [
  ["value: cos(m theta) without psi",                                      (t) => Math.cos(4 * t)],
  ["value: -k in place of -2k",                                            psiWith(sign, (k) => -k, 4)],
  ["value: +2k in place of -2k",                                           psiWith(sign, (k) => 2 * k, 4)],
  ["value: the sign (-1)^k is missing",                                    psiWith(() => 1, (k) => -2 * k, 4)],
  ["value: another m with m = 3",                                          (t) => psi(t, 3)],
  ["value: a scale factor is left in with scale = 30",                     (t) => 30 * psi(t)],
  ["value: a lambda blend is left in with lambda = 5",                     (t) => (5 * Math.cos(t) + psi(t)) / 6],
  ["value: another function, arcface with m = 0.3",                                          (t) => Math.cos(t + 0.3)],
  ["value: cos(m theta) without psi",                                      (t) => Math.fround(Math.cos(4 * t)), "--dtype float32"],
  ["value: m is truncated to a whole number with m = 2",                   (t) => psi(t, 2), "--m 2.5"],
];
test.concurrent.each(WRONG)("wrong: %s", async (diagnosis, value, options) => {
  const { status, rows } = await audited({ value }, options);
  expect([status, rows[0].passes]).toEqual([1, false]);
  expect(rows[0].diagnosis).toMatch(/, to within [\d.e-]+$/);
  expect(rows[0].diagnosis.replace(/, to within .*/, "")).toBe(diagnosis);
});

describe("gradients", () => {
  // biome-ignore format: a table
  test.concurrent.each<[diagnosis: string, grad: (t: number) => number]>([
    ["gradient: the gradient has its sign flipped",                          (t) => -slope(t)],
    ["gradient: the gradient lacks the factor m",                            (t) => slope(t) / 4],
    ["gradient: the gradient is by cos(theta), not theta",                   (t) => (t === 0 || t === Math.PI ? 16 : -slope(t) / Math.sin(t))],
  ])("%s, beside right values", async (diagnosis, grad) => {
    const { status, rows } = await audited({ value: psi, grad }, "--gradient @grad");
    expect(status).toBe(1);
    expect(rows[0].diagnosis).toContain(diagnosis);
  });
});

describe("rows that are no number are located", () => {
  const holes = (text: string) => (t: number) => (t > 1 && t < 1.05 ? text : Math.cos(4 * t));
  const first = GRID.find((t) => t > 1)!;

  test.concurrent.each(["NaN", "nan", "inf", "-Infinity"])("%s", async (text) => {
    const value = (t: number) => (t > 1 && t < 1.05 ? text : psi(t));
    const { status, rows } = await audited({ value });
    expect([status, rows[0].first_bad_theta, rows[0].rows]).toEqual([1, first, 181]);
    expect(rows[0].diagnosis).toBe(`value: 3 not finite, first at ${first}`);
  });

  test("and the rest is explained", async () => {
    const { rows } = await audited({ value: holes("NaN") });
    expect(rows[0].diagnosis).toMatch(
      /^value: 3 not finite, first at .*; value: cos\(m theta\) without psi, to within/,
    );
  });
});

test("a float32 table taken as float64 fails, and says why", async () => {
  const { status, rows } = await audited({ value: (t) => Math.fround(psi(t)) });
  expect(status).toBe(1);
  expect(rows[0].diagnosis).toMatch(
    /^value: \d+ of 181 rows wrong; right as float32: if the program computed in it, give --dtype float32$/,
  );
  const naive = await audited({ value: (t) => Math.fround(Math.cos(4 * t)) });
  expect(naive.rows[0].diagnosis).toMatch(/; taken as float32: cos\(m theta\) without psi, to within /);
});

test("a table that stops below pi/m cannot tell psi from others", async () => {
  const low = GRID.filter((t) => t < Math.PI / 4);
  const { status, rows } = await audited({ value: (t) => Math.cos(4 * t) }, "", low);
  expect([status, rows[0].diagnosis]).toEqual([
    0,
    `${RIGHT}; up to pi/4 asoftmax, naive and sphereface-r1 are the same: the table cannot tell them apart`,
  ]);
});

test("several functions, a row each; status 1 if any fails", async () => {
  const { status, rows } = await audited({ value: (t) => Math.cos(4 * t) }, "--functions naive,asoftmax");
  expect(status).toBe(1);
  expect(rows.map((row: Record<string, unknown>) => [row.function, row.passes])).toEqual([
    ["naive:m=4", true],
    ["asoftmax:m=4", false],
  ]);
});

describe("what nothing explains", () => {
  const stdin = tableOf({ value: (t) => psi(t) + 0.1 * Math.sin(9 * t) });

  test("says where it is worst, and what stands there", async () => {
    const { rows } = await audited({ value: (t) => psi(t) + (Math.abs(t - 2) < 0.008 ? 0.25 : 0) });
    const [, theta, given, truth] = /worst at (\S+): (\S+) in place of (\S+)$/.exec(rows[0].diagnosis)!;
    expect(rows[0].diagnosis).toMatch(/^value: \d+ of \d+ rows wrong, and no known mistake explains it; /);
    expect([rows[0].max_abs_error, rows[0].first_bad_theta]).toEqual([0.25, GRID[115]]);
    expectNear(theta, GRID[115]!, 0);
    expectNear(truth, psi(GRID[115]!), 8);
    expectNear(given, psi(GRID[115]!) + 0.25, 8);
  });

  test.concurrent.each([
    ["one function, upright", ""],
    ["two, in groups of columns", "--functions naive,asoftmax"],
  ])("people see it drawn, within the width: %s", async (_, functions) => {
    const line = `audit --input - --format table --width 80 --height 8 ${functions}`.trim();
    const { status, stdout, stderr } = await asoftmax(words(line), { stdin });
    expect([status, stderr]).toEqual([1, ""]);
    expectWidth(stdout, 80);
    expect(stdout).toMatch(/── \S+:m=4 {3}(●● rows that are right {3})?×× rows that fail {3}┊ k pi\/4\n$/);
  });

  test("a table that passes is not drawn", async () => {
    const { stdout } = await asoftmax(words("audit --input - --format table"), { stdin: tableOf({ value: psi }) });
    expect(stdout.split("\n").length).toBe(8);
  });
});

describe("bad rows", () => {
  const stdin = "theta,value\n0,1\nx,2\n3.141592653589793,-7\n";

  test("stop, unless they are to be left out", async () => {
    const stop = await asoftmax(words("audit --input -"), { stdin });
    expect(stop).toEqual({
      status: 2,
      stdout: "",
      stderr:
        'asoftmax: standard input line 3: column theta: "x" is not a decimal number (--bad-rows skip leaves such rows out)\n',
    });
    const skip = await asoftmax(words("audit --input - --bad-rows skip --columns rows,passes"), { stdin });
    expect(skip).toEqual({
      status: 0,
      stdout: "rows,passes\n2,true\n",
      stderr: "asoftmax: standard input: 1 bad row left out: line 3\n",
    });
  });
});

test("a table that torch wrote, -k in place of -2k", async () => {
  const path = fileURLToPath(new URL("../../fixtures/psi-torch.csv", import.meta.url));
  const line = `audit --input ${path} --value @psi --gradient @slope --dtype float32 --columns rows,passes,diagnosis`;
  const { status, stdout, stderr } = await asoftmax([...words(line), "--precision", "2"]);
  expect([status, stdout]).toEqual([
    1,
    'rows,passes,diagnosis\n91,false,"value: -k in place of -2k, to within 1.5e-7"\n',
  ]);
  expect(stderr).toBe(`asoftmax: ${path}: 1 row has an angle above pi by at most 1e-6, which counts as pi\n`);
});

describe("whole losses", () => {
  const table = (name: string) => fileURLToPath(new URL(`../../fixtures/audit-loss/${name}.csv`, import.meta.url));
  const ofLoss = (name: string, more = "") =>
    words(
      `audit --functions cosface --input ${table(name)} --loss @loss --scale @norm --columns rows,passes,diagnosis ${more}`.trim(),
    );

  test("a right table passes, read by its label", async () => {
    for (const more of ["--label label", "--competing '@theta_*'", ""]) {
      const ran = await asoftmax(ofLoss("right-cosface-trained-30-float64", more));
      expect(ran).toEqual({ status: 0, stderr: "", stdout: `rows,passes,diagnosis\n24,true,${RIGHT}\n` });
    }
  });

  test("a wrong one fails, with the mistake and the target angle of the first wrong row", async () => {
    const line = ofLoss("scale-missing-cosface-float32", "--dtype float32 --precision 2");
    const { status, stdout } = await asoftmax([...line, "--columns", "first_bad_theta"]);
    expect(status).toBe(1);
    expect(stdout).toBe(
      'rows,passes,diagnosis,first_bad_theta\n24,false,"loss: the scale is missing, to within 1.5e-7",0.61\n',
    );
  });

  test("a scale that is given, and one that is not", async () => {
    const line = (scale: string) =>
      words(
        `audit --functions cosface --input ${table("right-cosface-trained-30-float64")} --loss @loss ${scale}`.trim(),
      );
    expect((await asoftmax(line("--scale 30"))).status).toBe(0);
    const { stdout } = await asoftmax(line(""));
    expect(stdout).toContain("loss: another scale with scale = 30, to within");
  });

  test("gradients of every class, or of the target alone", async () => {
    const every = await asoftmax(ofLoss("gradient-divided-by-rows-float64", "--gradient '@dcos_*'"));
    expect([every.status, every.stdout]).toEqual([
      1,
      expect.stringContaining("gradient: the gradient is divided by the number of samples, to within"),
    ]);
    const header = "theta_y,theta_j,loss,by\n";
    const { stdout: row } = await asoftmax(
      words("loss --functions cosface --theta 1 --competing 1.2,2 --scale 8 --columns loss,dloss_dcos_y"),
    );
    const [, loss, by] = /\n(\S+),(\S+)\n/.exec(row)!;
    const line = words("audit --functions cosface --input - --loss @loss --scale 8 --gradient @by --columns passes");
    expect((await asoftmax(line, { stdin: `${header}1,1.2;2,${loss},${by}\n` })).stdout).toBe("passes\ntrue\n");
    expect((await asoftmax(line, { stdin: `${header}1,1.2;2,${loss},1\n` })).stdout).toBe("passes\nfalse\n");
  });

  // biome-ignore format: a table
  test.each<[line: string, message: string]>([
    ["--loss @loss --value @v",                "--value and --loss both name what to check: use one"],
    ["--label label",                          "--label goes with --loss: give it too"],
    ["--loss @lost",                           'standard input: there is no column "lost": did you mean loss?'],
    ["--loss @loss --gradient @d_*",           'standard input: there is no column "d_a"'],
    ["--loss @loss --label l --theta @theta_a", "--label and --theta both name the target angle: use one"],
    ["--loss @loss --label label --scale @neg", "standard input line 2: column neg: scale is -1: it must lie from 0 to 1e+100"],
  ])("%s", async (options, message) => {
    const stdin = "label,theta_a,theta_b,loss,neg\na,1,2,0.5,-1\n";
    const { status, stdout, stderr } = await asoftmax(words(`audit --input - ${options}`), { stdin });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`asoftmax: ${message}`);
    expect(stderr.split("\n").length).toBe(2);
  });
});

interface Layer {
  readonly mark: { readonly type: string };
  readonly data: { readonly values: readonly unknown[] };
}

describe("pictures", () => {
  const path = fileURLToPath(new URL("../../fixtures/psi-torch.csv", import.meta.url));
  const said = "asoftmax:m=4: value: -k in place of -2k, to within 1.46005e-7";

  test.each(["svg", "html", "vl.json"])(
    "%s: the rows as points, those that fail marked, and the diagnosis",
    async (ending) => {
      const cwd = mkdtempSync(join(tmpdir(), "asoftmax-audit-"));
      try {
        const line = `audit --input ${path} --value @psi --dtype float32 --output a.${ending}`;
        const { status, stdout, stderr } = await asoftmax(words(line), { cwd });
        expect([status, stdout]).toEqual([1, ""]);
        expect(stderr.split("\n")[0]).toBe(`asoftmax: ${said}`);
        const text = readFileSync(join(cwd, `a.${ending}`), "utf8");
        for (const name of ["rows that are right", "rows that fail"]) expect(text).toContain(name);
        if (ending === "vl.json") {
          const { description, layer } = JSON.parse(text);
          expect(description).toBe(said);
          const points: { name: string }[] = layer.find(({ mark }: Layer) => mark.type === "point").data.values;
          const count = (wanted: string) => points.filter(({ name }) => name === wanted).length;
          expect([count("rows that are right"), count("rows that fail")]).toEqual([23, 68]);
        } else {
          expect(text).toContain("asoftmax:m=4: value: −k in place of −2k, to within 1.46005e-7</title>");
          expect(text).toContain(ending === "svg" ? `>${said}</desc>` : `<p>${said}</p>`);
        }
      } finally {
        rmSync(cwd, { recursive: true });
      }
    },
  );

  test("of whole losses: those of the table beside the true ones", async () => {
    const input = fileURLToPath(new URL("../../fixtures/audit-loss/base-2-cosface-float64.csv", import.meta.url));
    const line = `audit --functions cosface --input ${input} --loss @loss --scale @norm --format table --width 80`;
    const { stdout } = await asoftmax(words(line));
    expectWidth(stdout, 80);
    expect(stdout).toMatch(/●● true losses of cosface:m=0.35 {3}×× rows that fail\n$/);
  });
});
