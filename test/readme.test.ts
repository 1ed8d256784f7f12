import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run, sh } from "./cli/run.ts";

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const readme = readFileSync(path("README.md"), "utf8");

/** The fenced blocks of a language, with the line of the README on which each begins. */
function blocks(language: string) {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => ({
    line: readme.slice(0, match.index).split("\n").length,
    text: match[1]!,
  }));
}

/** The commands of a console block, each with the output shown under it. */
const sessions = blocks("console").flatMap(({ line, text }) =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((session) => {
      const [command = "", ...output] = session.split("\n");
      return { line, command, output: output.join("\n") };
    }),
);

// The commands run one after another in one folder, as a reader would, with the data files of the tests at hand.
const cwd = mkdtempSync(join(tmpdir(), "asoftmax-readme-"));
beforeAll(() => {
  const fixtures = readdirSync(path("test/fixtures")).filter((name) => name.endsWith(".csv"));
  for (const name of fixtures) copyFileSync(join(path("test/fixtures"), name), join(cwd, name));
});
afterAll(() => rmSync(cwd, { recursive: true }));

test("the README shows commands and the library", () => {
  expect(sessions.length).toBeGreaterThan(3);
  expect(blocks("js").length).toBeGreaterThan(0);
});

test.each(sessions)("line $line: $ $command", async ({ command, output }) => {
  const { stdout } = await sh(`{ ${command}\n} 2>&1`, { cwd });
  expect(stdout).toBe(output);
});

/** A library snippet in which each line "expression; // value" hands on the expression's value and the value it shows. */
const instrumented = (snippet: string) =>
  snippet
    .replaceAll('"asoftmax"', JSON.stringify(new URL("../dist/index.js", import.meta.url).href))
    .replace(
      /^(?!import|const|let)(.+?);? *\/\/ *(?:-> *)?(.+)$/gm,
      (_, expression, shown) => `console.log(JSON.stringify([inspect(${expression}), ${JSON.stringify(shown)}]));`,
    );

test.each(blocks("[jt]s"))("the library snippet on line $line", async ({ text }) => {
  const file = join(cwd, "snippet.mjs");
  writeFileSync(file, `import { inspect } from "node:util";\n${instrumented(text)}`);
  const { status, stdout, stderr } = await run(process.execPath, [file]);
  expect([status, stderr]).toEqual([0, ""]);
  const pairs: [string, string][] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(pairs.length).toBe(text.split("\n").filter((line) => line.includes("//")).length);
  expect(pairs.map(([value]) => value)).toEqual(pairs.map(([, shown]) => shown));
});

test("continuous integration runs the README's test command", () => {
  const command = blocks("sh")
    .map(({ text }) => text.trim())
    .find((text) => text.endsWith("npm test"));
  expect(command).toBe("npm ci && npm test");
  expect(readFileSync(path(".ci/run"), "utf8").split("\n")).toContain(command);
});
