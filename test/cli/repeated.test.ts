import { describe, expect, test, vi } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { flagOf } from "../../src/cli/options.ts";
import { asoftmax, type Ran, withoutHelp, words } from "./run.ts";

vi.setConfig({ testTimeout: 60_000 });

/** What each command, or one of its list options, needs beside it, where it needs anything. */
const needed: Readonly<Record<string, string>> = {
  inverse: "--psi 0.1",
  "inverse functions": "--value 0.1",
  "inverse value": "",
  "inverse lambda": "--value 0.1",
  "inverse loss": "--classes 10",
  "inverse scale": "--loss 1 --classes 10",
  "inverse classes": "--loss 1",
  "inverse competing": "--loss 1 --classes 10",
  margin: "--theta 0.3 --competing 1.5",
  loss: "--theta 0.3 --competing 1.5",
  "loss classes": "--theta 0.3",
  scale: "--classes 10",
  equivalent: "--to arcface",
  compare: "--theta 0.3",
  violations: "--competing 1.5",
  descend: "--start 2 --competing 1.5",
  audit: "--input -",
  measure: "--input -",
  sql: "measure",
  completion: "bash",
  example: "audit",
};
const stdin = "label,theta,value,theta_0,theta_1\n0,0.1,1,0.1,1.5\n1,0.2,1,1.4,0.3\n";

/** Two values of each list option. */
const two: Readonly<Record<string, readonly [string, string]>> = {
  m: ["2", "3"],
  theta: ["0.1", "1.2"],
  competing: ["0.1", "1.5"],
  psi: ["0.5", "-1"],
  functions: ["naive", "asoftmax:m=3"],
  scale: ["2", "30"],
  theta12: ["1", "pi/3"],
  iterations: ["0", "100"],
  check: ["angular@1<=0.5", "psi@4>=0.5"],
  value: ["0.5", "-1"],
  loss: ["1", "3"],
  classes: ["10", "20"],
  probability: ["0.5", "0.9"],
  to: ["cosface", "arcface"],
  at: ["1", "pi/3"],
  lambda: ["1", "5"],
};
const columnsOf = async (line: string) => (await asoftmax(words(line), { stdin })).stdout.split("\n")[0]!.split(",");

const loaded = await Promise.all(
  Object.entries(commands).map(async ([name, { load }]) => [name, (await load()).default.options] as const),
);
const lists = loaded.flatMap(([command, options]) =>
  Object.entries(options)
    // Files have spaces between.
    .filter(([, { value, repeatable }]) => value === "list" || (repeatable && value !== "file..."))
    .map(([name]) => [command, name] as const),
);

describe("a list option given again adds to its list", () => {
  test.each(lists)("asoftmax %s: %s", async (command, name) => {
    const own = needed[`${command} ${name}`] ?? needed[command] ?? "";
    const flag = flagOf(name);
    const rest = own.includes(`${flag} `) ? own.replace(RegExp(`${flag} \\S+ ?`), "").trim() : own;
    const line = [command, ...rest.split(" ").filter((word) => word !== "")].join(" ");
    const [one, other] =
      command === "explore"
        ? (["1", "2"] as const)
        : name === "columns"
          ? ((await columnsOf(line)).slice(-2) as [string, string])
          : two[name]!;
    const run = (given: string): Promise<Ran> => asoftmax(words(`${line} ${given}`), { stdin });
    const [added, listed, last] = await Promise.all([
      run(`${flag} ${one} ${flag} ${other}`),
      run(`${flag} ${one},${other}`),
      run(`${flag} ${other}`),
    ]);
    expect(added).toEqual(listed);
    // Neither value is dropped: the last alone gives something else, but where the option can have no such values.
    const isRefused = ["sql", "completion"].includes(command) || (line === "measure --input -" && name === "competing");
    if (!isRefused && command !== "explore") expect(added).not.toEqual(last);
  });

  // biome-ignore format: a table
  test.concurrent.each([
    ["margin --m 4 --theta 0.3 --competing 0.1 --competing 1.5 --columns competitors,psi", 0, "competitors,psi\n2,false\n", ""],
    ["margin --m 4 --theta 0.3 --competing 0.1 --competing 1.5,2 --columns competitors --check", 1, "competitors\n3\n", ""],
    ["psi --theta @a --theta 1",       2, "", "--theta: a @column stands alone: give the option once, with nothing beside it"],
    ["psi --theta 1 --theta @a",       2, "", "--theta: a @column stands alone: give the option once, with nothing beside it"],
    ["psi --theta @a --theta @b",      2, "", "--theta: a @column stands alone: give the option once, with nothing beside it"],
    ["psi --theta 1 --theta ''",       2, "", '--theta: "" has an empty place: write a list as 1,2,3'],
    ["psi --m 2 --m x",                2, "", '--m: "x" is not a number: write a decimal number such as 4 or 1.5; a column is @x'],
    ["claims --m 2,3",                 2, "", "--m: give one value here"],
    ["psi --columns k --columns k",    2, "", '--columns: "k" stands there twice'],
  ] as const)("asoftmax %s", async (line, status, stdout, message) => {
    const stderr = message === "" ? "" : `asoftmax: ${message}\n`;
    const ran = await asoftmax(words(line));
    expect({ ...ran, stderr: withoutHelp(ran.stderr) }).toEqual({ status, stdout, stderr });
  });
});

describe("of an option with one value the last counts, with a note where they differ", () => {
  const psi = "psi --theta 1.2 --columns psi";
  // biome-ignore format: a table
  test.concurrent.each([
    [`${psi} --precision 3 --precision 5`,               "psi\n-2.0875\n", "--precision is given more than once: the last, 5, counts"],
    [`${psi} --precision x --precision 5`,               "psi\n-2.0875\n", "--precision is given more than once: the last, 5, counts"],
    [`${psi} --precision 5 --precision 3 --precision 5`, "psi\n-2.0875\n", "--precision is given more than once: the last, 5, counts"],
    [`${psi} --precision 3 --precision 3`,               "psi\n-2.09\n",   ""],
    [`${psi} --format json --format csv --precision 2`,  "psi\n-2.1\n",    "--format is given more than once: the last, csv, counts"],
    [`${psi} --degrees --degrees --precision 2`,         "psi\n1\n",       ""],
    ["psi --input none.csv --input - --theta @v --columns k", "v,k\n1,1\n", "--input is given more than once: the last, -, counts"],
    ["descend --start 2 --competing 1.5 --steps 1 --scale 1 --scale 2 --functions softmax --columns step", "step\n0\n1\n", "--scale is given more than once: the last, 2, counts"],
  ] as const)("asoftmax %s", async (line, stdout, message) => {
    const ran = await asoftmax(words(line), { stdin: "v\n1\n" });
    const stderr = message === "" ? "" : `asoftmax: ${message}\n`;
    expect(ran).toEqual({ status: 0, stdout, stderr });
  });
});
