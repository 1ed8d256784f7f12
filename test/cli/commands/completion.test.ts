import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { targetDefinitions } from "../../../src/core/targets.ts";
import { pathOf } from "../../installed.ts";
import { asoftmax, run } from "../run.ts";
import { folderWithProgram, Terminal } from "../tmux.ts";

const folder = folderWithProgram();
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "angles of mine.csv"), "theta\n1\n");
const setting = { cwd: folder, env: { PATH: `${folder}:${process.env.PATH}` } };

// What the shells are asked, and the words that must come; a trailing space ends the last word.
// biome-ignore format: a table
const cases: [line: string, words: readonly string[]][] = [
  ["mono",                                      ["monotonicity"]],
  ["help mono",                                 ["monotonicity"]],
  ["help f",                                    ["functions"]],
  ["plot -f sphereface-",                       ["sphereface-r1", "sphereface-r2"]],
  ["example e",                                 ["embeddings"]],
  ["completion bash --col",                     []],
  ["help col",                                  ["columns"]],
  ["psi --fo",                                  ["--format"]],
  ["psi --format ",                             ["table", "csv", "tsv", "json", "jsonl"]],
  ["psi --format=j",                            ["--format=json", "--format=jsonl"]],
  ["psi --degrees --bad-rows s",                ["stop", "skip"]],
  ["anneal --preset ",                          ["sphereface", "clcarwin"]],
  ["audit --dtype ",                            ["float64", "float32", "float16", "bfloat16"]],
  ["plot --quantity s",                         ["slope"]],
  ["sql m",                                     ["margin", "measure"]],
  ["sql measure --di",                          ["--dialect"]],
  ["sql measure --dialect sp",                  ["spark"]],
  ["completion ",                               ["bash", "zsh", "fish"]],
  ["plot --functions sphereface-",              ["sphereface-r1", "sphereface-r2"]],
  ["plot --functions asoftmax:m=4,ar",          ["", "-easy", "-hard", "-clip", "-plain", "-shift", "-reflect"].map((tail) => `asoftmax:m=4,arcface${tail}`)],
  ["plot --functions naive,combined:m1=1:",     ["naive,combined:m1=1:m2=", "naive,combined:m1=1:m3=", "naive,combined:m1=1:lambda="]],
  ["measure --functions naive,cos",             ["naive,cosface"]],
  ["plot --functions=psi:",                     ["--functions=psi:m=", "--functions=psi:lambda="]],
  ["psi --input ang",                           ["angles of mine.csv"]],
  ["psi --theta ",                              []],
  ["nonsense --fo",                             []],
];

const shown = ({ stdout }: { stdout: string }) => stdout.split("\n").filter((line) => line !== "");

test("after --functions stand the names of all functions, aliases too", async () => {
  const { stdout } = await asoftmax(["__complete", "plot", "--functions", ""]);
  const names = stdout
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split("\t")[0]);
  expect(names).toEqual(targetDefinitions.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
});

test("a command that stands alone offers its options, and only them", async () => {
  const { stdout } = await asoftmax(["__complete", "violations", ""]);
  const options = stdout
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split("\t")[0]);
  expect(options).toEqual(expect.arrayContaining(["--m", "--competing", "--summary", "--help"]));
  expect(options).not.toContain("--input");
});

describe("bash", () => {
  // Readline replaces only what stands behind the last = or :, so that is all a word has to be.
  const afterBreak = (line: string, word: string) => word.slice(/^(.*[=:])?/.exec(line.split(" ").at(-1)!)![0].length);
  const ask = `eval "$(asoftmax completion bash)"; COMP_LINE="asoftmax $1"; COMP_POINT=\${#COMP_LINE}
    _asoftmax; printf '%s\\n' "\${COMPREPLY[@]}"`;
  test.concurrent.each(cases)("asoftmax %s", async (line, words) => {
    const ran = await run("bash", ["--norc", "-c", ask, "bash", line], setting);
    const wanted = line.includes("--input") ? [] : words.map((word) => afterBreak(line, word));
    expect([shown(ran), ran.stderr]).toEqual([wanted, ""]);
  });
});

const withoutFish = pathOf("fish") === undefined;
describe.skipIf(withoutFish)(`fish${withoutFish ? ": not installed" : ""}`, () => {
  const ask = "asoftmax completion fish | source; complete -C $argv[1]";
  test.concurrent.each(cases)("asoftmax %s", async (line, words) => {
    const ran = await run("fish", ["--no-config", "-c", ask, `asoftmax ${line}`], {
      ...setting,
      env: { ...setting.env, HOME: folder },
    });
    expect([
      shown(ran)
        .map((one) => one.split("\t")[0])
        .sort(),
      ran.stderr,
    ]).toEqual([words.toSorted(), ""]);
  });
});

/** Lines typed into a real shell, the Tab key after each, and what the line becomes. */
// biome-ignore format: a table
const typed: [line: string, becomes: string][] = [
  ["asoftmax mono",                               "asoftmax monotonicity --"],
  ["asoftmax psi --bad-rows sk",                  "asoftmax psi --bad-rows skip --"],
  ["asoftmax plot --functions asoftmax:m=4,comb", "asoftmax plot --functions asoftmax:m=4,combined--"],
  ["asoftmax plot --functions=arcface:l",         "asoftmax plot --functions=arcface:lambda=--"],
  ["asoftmax psi --input ang",                    "asoftmax psi --input angles\\ of\\ mine.csv --"],
  ["asoftmax psi --input=ang",                    "asoftmax psi --input=angles\\ of\\ mine.csv --"],
];
const shells = {
  bash: 'bash --norc --noprofile; PS1="> "; eval "$(asoftmax completion bash)"',
  zsh: 'zsh -f; PS1="> "; autoload -U compinit; compinit -u -D; eval "$(asoftmax completion zsh)"',
};

describe.each(Object.entries(shells))("the Tab key in %s", (shell, starting) => {
  const missing = ["tmux", shell].filter((program) => pathOf(program) === undefined);
  test.skipIf(missing.length > 0)(
    `completes the line${missing.map((name) => ` (${name} is not installed)`)}`,
    async () => {
      const [start, ...setUp] = starting.split("; ");
      const terminal = new Terminal(start!);
      onTestFinished(() => terminal.close());
      writeFileSync(join(terminal.folder, "angles of mine.csv"), "");
      for (const line of setUp) {
        terminal.type(line);
        terminal.press("Enter");
      }
      for (const [line, becomes] of typed) {
        terminal.type(`clear; echo rea''dy`);
        terminal.press("Enter");
        await terminal.shows(/^ready\n> *$/m);
        terminal.type(line);
        terminal.press("Tab");
        terminal.type("--");
        await terminal.shows(/--$/);
        expect(terminal.screen().split("\n").at(-1)).toBe(`> ${becomes}`);
        terminal.press("C-u");
      }
    },
  );
});
