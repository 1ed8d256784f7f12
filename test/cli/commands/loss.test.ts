import { describe, expect, test } from "vitest";
import { asoftmax, words } from "../run.ts";
import { csvOf, expectNear, rowsOf } from "../table.ts";

const ALL =
  "function,scale,theta_y,competitors,logit_y,loss,probability,dloss_dtheta_y,dloss_dcos_y,dloss_dscale,dloss_dtheta_j";

test("columns", async () => {
  expect((await csvOf("loss --theta 1 --competing 1")).columns.join()).toBe(ALL);
});

// At theta_y = pi/8 psi of m = 4 is 0 and its slope -4; against pi/2 the logits are equal.
test("one sample by hand", async () => {
  const [row] = await rowsOf("loss --m 4 --theta pi/8 --competing pi/2 --scale 3");
  expect([row!.function, row!.scale, row!.competitors]).toEqual(["asoftmax:m=4", "3", "1"]);
  expect(Math.abs(Number(row!.logit_y))).toBeLessThan(1e-15);
  expectNear(row!.loss, Math.LN2);
  expectNear(row!.probability, 0.5);
  expectNear(row!.dloss_dtheta_y, 6);
  expectNear(row!.dloss_dcos_y, -6 / Math.sin(Math.PI / 8));
  expectNear(row!.dloss_dtheta_j, -1.5);
});

test("several competitors share what the target does not have", async () => {
  const [row] = await rowsOf("loss --functions softmax --theta pi/2 --competing pi/2,pi/2,pi/2");
  expectNear(row!.loss, Math.log(4));
  expectNear(row!.probability, 0.25);
  expectNear(row!.dloss_dtheta_y, 0.75);
  for (const slope of row!.dloss_dtheta_j!.split(";")) expectNear(slope, -0.25);
});

// biome-ignore format: a table
test.concurrent.each([
  ["underflow",         "--theta 0.3 --competing 1.5 --scale 1e4",  "0",                 "1", "0"],
  ["a loss of 1e4",     "--theta 3 --competing 1.5 --scale 1e4",    "69145.91160400194", "0", "21462.916720017398"],
])("large scales: %s", async (_, line, loss, probability, slope) => {
  const { cells } = await csvOf(`loss ${line} --columns loss,probability,dloss_dtheta_y`);
  expect(cells).toEqual([[loss, probability, slope]]);
});

// The right value, from 60 digits, is -8046.4407055000995: a double lies 9e-13 beside the next.
test("near ties the last digits of the gradients are right", async () => {
  const line = "loss --m 8 --scale 10000 --theta 0.09573793390192391 --competing 0.7665184096658443";
  const { cells } = await csvOf(`${line} --columns dloss_dcos_y`);
  expect(Math.abs(Number(cells[0]![0]) + 8046.4407055001)).toBeLessThan(2e-12);
});

test("scale 0: the logarithm of the number of classes, gradients 0 but the one by scale", async () => {
  const [row] = await rowsOf("loss --functions arcface --scale 0 --theta 0 --competing 1,2");
  expect([row!.scale, row!.logit_y, row!.dloss_dtheta_y, row!.dloss_dcos_y, row!.dloss_dtheta_j]).toEqual([
    "0",
    "0",
    "0",
    "0",
    "0;0",
  ]);
  expectNear(row!.loss, Math.log(3));
  expectNear(row!.probability, 1 / 3);
  expectNear(row!.dloss_dscale, (Math.cos(1) + Math.cos(2) - 2 * Math.cos(0.5)) / 3);
});

test("scale 0 from a column; elsewhere 0 is refused, below 0 everywhere", async () => {
  const { cells } = await csvOf("loss --scale @s --input - --columns loss", {
    stdin: "theta_y,theta_j,s\n0.3,1.5,0\n",
  });
  expect(cells).toEqual([["0.3", "1.5", "0", `${Math.LN2}`]]);
  const refusals = await Promise.all(
    [
      "loss --theta 1 --competing 1 --scale=-1",
      "descend --start 1 --competing 1 --scale 0",
      "measure --input - --scale 0",
      "sql loss --scale 0",
    ].map((line) => asoftmax(words(line))),
  );
  expect(refusals.map(({ status }) => status)).toEqual([2, 2, 2, 2]);
  expect(refusals.map(({ stderr }) => /must (.*) \(/.exec(stderr)?.[1])).toEqual([
    "lie from 0 to 1e+100",
    ...Array(3).fill("be above 0 and at most 1e+100"),
  ]);
  const below = await asoftmax(words("loss --scale @s --input -"), { stdin: "theta_y,theta_j,s\n0.3,1.5,-1\n" });
  expect([below.status, below.stderr]).toEqual([2, expect.stringContaining("must lie from 0 to 1e+100")]);
});

test("every combination of functions, scales and angles; the competitors stay one list", async () => {
  const line = "loss --functions softmax,sphereface-r2 --scale 1,30 --theta 0.3,0.5 --competing 1,2";
  const { cells } = await csvOf(`${line} --columns function,scale,theta_y,competitors`);
  expect(cells.map((row) => row.join(" "))).toEqual(
    ["softmax", "sphereface-r2:m=1.7"].flatMap((name) =>
      ["1 0.3", "1 0.5", "30 0.3", "30 0.5"].map((rest) => `${name} ${rest} 2`),
    ),
  );
});

test("--m and --lambda are short for functions", async () => {
  const short = await csvOf("loss --m 2,4 --lambda 5 --theta 1 --competing 1.5");
  const long = await csvOf("loss --functions asoftmax:m=2:lambda=5,asoftmax:m=4:lambda=5 --theta 1 --competing 1.5");
  expect(short).toEqual(long);
});

test("a list is an array in json", async () => {
  const { stdout } = await asoftmax(
    words("loss --functions softmax --theta pi/2 --competing pi/2,pi/2,pi/2 --format json"),
  );
  const [row] = JSON.parse(stdout);
  expect(row.dloss_dtheta_j.length).toBe(3);
  expectNear(row.dloss_dtheta_j[2], -0.25);
});

describe("files", () => {
  const COMPUTED = ALL.split(",").slice(3).join();

  test("m, lambda and scale from columns give what they give on the command line", async () => {
    const stdin = "theta_y,theta_j,m,lambda,s\n0.3,1.5;1.2,4,0,30\n1.2,1.5,2,5,1\n";
    const { columns, cells } = await csvOf("loss --m @m --lambda @lambda --scale @s --input -", { stdin });
    expect(columns.join()).toBe(`theta_y,theta_j,m,lambda,s,${COMPUTED}`);
    const [first, second] = await Promise.all([
      csvOf(`loss --m 4 --scale 30 --theta 0.3 --competing 1.5,1.2 --columns ${COMPUTED}`),
      csvOf(`loss --m 2 --lambda 5 --theta 1.2 --competing 1.5 --columns ${COMPUTED}`),
    ]);
    expect(cells.map((row) => row.slice(5))).toEqual([...first.cells, ...second.cells]);
  });

  // biome-ignore format: a table
  test.concurrent.each([
    ["a constant function and scale",  "theta_y,theta_j\n0.3,1.5\n",           "--columns function,scale,competitors", "theta_y,theta_j,function,scale,competitors\n0.3,1.5,asoftmax:m=4,1,1"],
    ["lambda alone from a column",     "theta_y,theta_j,l\n0,0,5\n",           "--lambda @l --columns logit_y",        "theta_y,theta_j,l,logit_y\n0,0,5,1"],
    ["label and theta_*",              "label,theta_0,theta_1\n1,1.5,0\n",     "--columns competitors,logit_y",        "label,theta_0,theta_1,competitors,logit_y\n1,1.5,0,1,1"],
    ["two functions, two rows each",   "theta_y,theta_j\n0,1.5\n",             "--functions softmax,naive --columns function,logit_y", "theta_y,theta_j,function,logit_y\n0,1.5,softmax,1\n0,1.5,naive:m=4,1"],
  ])("%s", async (_, stdin, options, out) => {
    const { columns, cells } = await csvOf(`loss --input - ${options}`, { stdin });
    expect([columns, ...cells].join("\n")).toBe(out);
  });
});

describe("--classes", () => {
  test("N - 1 competitors at one angle, pi/2 unless given: what a list of them gives", async () => {
    const competing = Array(9).fill("1.2").join();
    const [short] = await rowsOf("loss --functions arcface --scale 3 --theta 1 --classes 10 --competing 1.2");
    const [long] = await rowsOf(`loss --functions arcface --scale 3 --theta 1 --competing ${competing}`);
    const { dloss_dtheta_j: one, ...rest } = short!;
    const { dloss_dtheta_j: all, ...others } = long!;
    expect(rest.competitors).toBe("9");
    for (const name of Object.keys(rest).slice(3)) expectNear(rest[name], Number(others[name]), 4);
    expectNear(one, Number(all!.split(";")[0]), 4);
  });

  // biome-ignore format: a table
  test.concurrent.each([
    ["--functions softmax --classes 10574",                  Math.log(10574)],
    ["--functions arcface --scale 64 --classes 10574",       39.94929333140152],
    ["--functions softmax --classes 1",                      0],
    ["--functions arcface --scale 1e4 --classes 1",          0],
    ["--functions softmax --classes 9007199254740992",       53 * Math.LN2],
  ])("at the start: %s", async (line, loss) => {
    const [row] = await rowsOf(`loss ${line} --theta pi/2`);
    expectNear(row!.loss, loss);
  });

  test("one class: no competitors, probability 1, no gradients", async () => {
    const { cells } = await csvOf(
      "loss --classes 1 --theta 1 --columns competitors,loss,probability,dloss_dtheta_y,dloss_dscale,dloss_dtheta_j",
    );
    expect(cells).toEqual([["0", "0", "1", "0", "0", ""]]);
  });

  test("from a file", async () => {
    const stdin = "theta_y,n,c\n1.5707963267948966,5,1.5\n1.5707963267948966,7,1.5\n";
    const { cells } = await csvOf("loss --functions softmax --classes @n --input - --columns competitors,loss", {
      stdin,
    });
    expect(cells.map((row) => row[3])).toEqual(["4", "6"]);
    for (const [i, count] of [5, 7].entries()) expectNear(cells[i]![4], Math.log(count));
    const named = await csvOf("loss --functions softmax --classes @n --competing @c --input - --columns probability", {
      stdin,
    });
    expectNear(named.cells[0]![3], 1 / (1 + 4 * Math.exp(Math.cos(1.5) - Math.cos(Math.PI / 2))), 4);
  });
});
