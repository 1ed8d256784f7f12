import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run, sh } from "./cli/run.ts";

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const isTranslation = (page: string) => page.endsWith(".zh-CN.md");
const documents = ["README.md", "README.zh-CN.md", ...readdirSync(path("docs")).map((name) => `docs/${name}`)].filter(
  (name) => /\.md$/.test(name),
);
// A translation has the blocks of its original, which is tested below.
const pages = documents.filter((name) => !isTranslation(name));

/** The fenced blocks of a language, with the page and the line on which each begins. */
const blocks = (language: string) =>
  pages.flatMap((page) => {
    const text = readFileSync(path(page), "utf8");
    return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => ({
      page,
      line: text.slice(0, match.index).split("\n").length,
      text: match[1]!,
    }));
  });

/** The commands of a console block, each with the output shown under it. */
const sessions = blocks("console").flatMap(({ text, ...place }) =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((session) => {
      const [command = "", ...output] = session.split("\n");
      return { ...place, command, output: output.join("\n") };
    }),
);

// The commands run one after another in one folder, as a reader would, with the data files of the tests at hand.
const cwd = mkdtempSync(join(tmpdir(), "asoftmax-readme-"));
beforeAll(() => {
  const fixtures = readdirSync(path("test/fixtures")).filter((name) => name.endsWith(".csv"));
  for (const name of fixtures) copyFileSync(join(path("test/fixtures"), name), join(cwd, name));
});
afterAll(() => rmSync(cwd, { recursive: true }));

test("the README and the tour show commands, the README the library", () => {
  const shown = new Set([...sessions, ...blocks("js")].map(({ page }) => page));
  expect([...shown]).toEqual(expect.arrayContaining(["README.md", "docs/tour.md"]));
  expect(blocks("js").length).toBeGreaterThan(0);
});

test.each(sessions)("$page line $line: $ $command", async ({ command, output }) => {
  const { stdout } = await sh(`{ ${command}\n} 2>&1`, { cwd });
  expect(stdout).toBe(output);
});

/**
 * A library snippet in which each line "expression; // value" hands on the expression's value and the value it shows.
 */
const instrumented = (snippet: string) =>
  snippet
    .replaceAll('"asoftmax"', JSON.stringify(new URL("../dist/index.js", import.meta.url).href))
    .replace(
      /^(?!import|const|let)(.+?);? *\/\/ *(?:-> *)?(.+)$/gm,
      (_, expression, shown) => `console.log(JSON.stringify([inspect(${expression}), ${JSON.stringify(shown)}]));`,
    );

test.each(blocks("[jt]s"))("$page line $line: the library snippet", async ({ text }) => {
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
  const [, command] = /`([^`]* npm test)`/.exec(readFileSync(path("README.md"), "utf8"))!;
  expect(command).toBe("npm ci && npm test");
  expect(readFileSync(path(".ci/run"), "utf8").split("\n")).toContain(command);
});

test("the README is short, and every file that a document names exists", () => {
  expect(readFileSync(path("README.md"), "utf8").split("\n").length).toBeLessThanOrEqual(161);
  const named = [...documents, "CONTRIBUTING.md"].flatMap((page) =>
    [...readFileSync(path(page), "utf8").matchAll(/`((?:src|test|bin)\/[\w./-]+)`/g)].map(([, name]) => name!),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !/\bname\./.test(name) && !existsSync(path(name)))).toEqual([]);
});

/** The text of a document without its fenced blocks. */
const prose = (page: string) => readFileSync(path(page), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");

/** The anchors that GitHub gives the headings of a document. */
const anchors = (page: string) =>
  [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );

test("relative links and anchors lead somewhere", () => {
  const links = [...documents, "CONTRIBUTING.md", "CHANGELOG.md"].flatMap((page) =>
    [...prose(page).matchAll(/\]\((?!\w+:)([^)\s]*)\)/g)].map(([, link]) => ({ page, link: link! })),
  );
  expect(links.length).toBeGreaterThan(40);
  const dead = links.filter(({ page, link }) => {
    const [name, anchor] = link.split("#");
    const target = name ? posix.join(posix.dirname(page), name) : page;
    return !existsSync(path(target)) || (anchor !== undefined && !anchors(target).includes(anchor));
  });
  expect(dead).toEqual([]);
});

const TRANSLATED = /\b(README|tour)(\.zh-CN)?\.md/;
/** A link as it stands on the page in the other language, where that page is translated. */
const inOther = (link: string) => link.replace(TRANSLATED, (_, name, mark) => `${name}${mark ? "" : ".zh-CN"}.md`);

/** What a translation has in common with its original. */
function skeleton(page: string) {
  const all = (text: string, pattern: RegExp) => Array.from(text.matchAll(pattern), ([, found]) => found!);
  const text = prose(page);
  return {
    headings: all(text, /^(#+) /gm),
    rows: all(text, /^(\|)/gm).length,
    items: all(text, /^(- )/gm).length,
    images: all(text, /!\[[^\]]*\]\(([^)]+)\)/g),
    links: all(text, /\]\(([^)#]*)[^)]*\)/g),
    code: all(text, /`([^`\n]+)`/g).sort(),
    blocks: all(readFileSync(path(page), "utf8"), /^(```\w+\n[\s\S]*?^```)$/gm),
  };
}

test.each(documents.filter(isTranslation))(
  "%s has the commands, headings, tables and links of its original",
  (page) => {
    const { links, ...rest } = skeleton(page.replace(".zh-CN", ""));
    expect(skeleton(page)).toEqual({ ...rest, links: links.map(inOther) });
    expect(rest.blocks.length).toBeGreaterThan(5);
    expect(links[0]).toBe(posix.basename(page));
  },
);

test("the names that CONTRIBUTING gives with a file stand in that file", () => {
  const text = prose("CONTRIBUTING.md");
  const named = [
    ...[...text.matchAll(/`(\w+)(?:\(\.\.\.\))?`s?\s+\(`(src\/[^`]+)`\)/g)].map(([, name, file]) => [name!, file!]),
    ...[...text.matchAll(/`(src\/[^`]+)` \(`(\w+)`\)/g)].map(([, file, name]) => [name!, file!]),
  ];
  expect(named.length).toBeGreaterThan(10);
  const declared = (name: string) =>
    RegExp(`^(export )?(default )?(async )?(const|function\\*?|class|interface|type) ${name}\\b`, "m");
  expect(named.filter(([name, file]) => !declared(name!).test(readFileSync(path(file!), "utf8")))).toEqual([]);
});

test("every bound in docs/accuracy.md names a test, and the tests stand in their files", () => {
  const text = prose("docs/accuracy.md");
  for (const row of text.match(/^\|.*\|$/gm)!.slice(2)) expect(row).toMatch(/`test\/\S+`: ".+" \|$/);
  const named = [...text.matchAll(/`(test\/[^`]+)`:((?:,? ".+?")+)/g)].flatMap(([, file, names]) =>
    [...names!.matchAll(/"(.+?)"/g)].map(([, name]) => [name!, file!]),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter(([name, file]) => !readFileSync(path(file!), "utf8").includes(name!))).toEqual([]);
});
