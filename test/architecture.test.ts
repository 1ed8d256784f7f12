import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const src = fileURLToPath(new URL("../src/", import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  // What builds the program is no part of it.
  .filter((path) => /\.[jt]s$/.test(path) && !/^build\//.test(path));

const read = (file: string) => readFileSync(join(src, file), "utf8");
/** The code without comments, so that a comment may speak of what code may not do. */
const code = (file: string) => read(file).replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");

/** What a file imports: of its own package by path from src, else by name. */
const imports = (file: string) =>
  [...code(file).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']/g)].map(([, name]) =>
    name!.startsWith(".") ? posix.join(dirname(file), name!) : name!,
  );

/** The names that a file exports where it declares them, and its types. */
const declared = (text: string) =>
  [
    ...text.matchAll(
      /^(?:export (?:default )?(?:abstract |async )?(?:function\*?|const|let|class|interface|type)|interface|type|class) (\w+|\[[\w, ]+\])/gm,
    ),
  ].flatMap(([, names]) => names!.match(/\w+/g)!);

const folderOf = (path: string) => path.split("/")[0]!;
const isOwn = (name: string) => files.includes(name);

/** The folders that each may import, beside itself. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  kernels: [],
  audit: ["core"],
  data: ["kernels", "core"],
  render: ["data", "core"],
  rows: ["render", "data", "kernels", "core"],
  measure: ["rows", "render", "data", "kernels", "core"],
  sql: ["render", "core", "measure"],
  cli: ["sql", "measure", "rows", "render", "data", "kernels", "audit", "core"],
  "index.ts": ["core", "audit"],
};

test("the search below sees files and imports", () => {
  expect(files.length).toBeGreaterThan(30);
  expect(files.map(folderOf)).toEqual(expect.arrayContaining(["core", "data", "render", "cli"]));
  expect(imports("cli/program.ts")).toEqual(expect.arrayContaining(["commander", "cli/complete.ts", "data/errors.ts"]));
  expect(imports("index.ts")).toContain("core/psi.ts");
  expect(imports("cli/commands.ts")).toContain("cli/commands/psi.ts");
  expect(declared(code("sql/dialects.ts"))).toEqual([
    "Dialect",
    "NAME",
    "VALUE",
    "ROW_OF",
    "ROW",
    "LABEL",
    "dialects",
    "qualified",
    "DialectName",
    "dialectNames",
  ]);
});

test("every file lies in a known folder", () => {
  expect(files.filter((file) => !(folderOf(file) in allowed))).toEqual([]);
});

describe("imports go one way", () => {
  test.each(files)("%s", (file) => {
    const folder = folderOf(file);
    const own = imports(file).filter(isOwn).map(folderOf);
    expect(own.filter((other) => other !== folder && !allowed[folder]!.includes(other))).toEqual([]);
  });
});

test("no file imports itself, straight or through others", () => {
  const graph = new Map(files.map((file) => [file, imports(file).filter(isOwn)]));
  const reached = (from: string) => {
    const found = new Set(graph.get(from));
    for (const file of found) for (const next of graph.get(file)!) found.add(next);
    return found;
  };
  expect(files.filter((file) => reached(file).has(file))).toEqual([]);
});

test("no exported name and no type is declared in two files", () => {
  const places = new Map<string, string[]>();
  for (const file of files.filter((file) => !/-kernel\.ts$|\.as\.ts$/.test(file)))
    for (const name of declared(code(file))) places.set(name, [...(places.get(name) ?? []), file]);
  expect([...places].filter(([, where]) => where.length > 1)).toEqual([]);
});

test("core imports nothing outside core", () => {
  const outside = files
    .filter((file) => folderOf(file) === "core")
    .flatMap((file) => imports(file).filter((name) => !name.startsWith("core/")));
  expect(outside).toEqual([]);
});

test("core uses nothing that only Node has", () => {
  const users = files.filter(
    (file) => folderOf(file) === "core" && /\b(process|Buffer|require|console)\b/.test(code(file)),
  );
  expect(users).toEqual([]);
});

test("index.ts lists exports of core and audit and does nothing else", () => {
  const statements = code("index.ts")
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
  expect(
    statements.filter((line) => !/^export (type )?\{[^}]+\} from "\.\/(core|audit)\/[a-z-]+\.ts"$/.test(line)),
  ).toEqual([]);
});

test("only src/cli prints, exits or sets the exit status", () => {
  const printing =
    /\bconsole\s*\.|\bprocess\s*\.\s*(exit|abort|kill|exitCode|stdout|stderr)\b|\bprocess\s*\[|[{,]\s*(stdout|stderr|exitCode)\s*[,}].*=\s*process\b/;
  expect(files.filter((file) => folderOf(file) !== "cli" && printing.test(code(file)))).toEqual([]);
});

test("within src/cli, only main.ts sets the exit status, and only a signal exits", () => {
  const setting = files.filter((file) => /\bprocess\s*\.\s*exitCode\b/.test(code(file)));
  expect(setting).toEqual(["cli/main.ts"]);
  const exiting = files.filter((file) => /\bprocess\s*\.\s*exit\b\s*\(/.test(code(file)));
  expect(exiting).toEqual(["cli/output.ts"]);
});

test("package-lock.json has the checksum of every package", () => {
  const { packages } = JSON.parse(readFileSync(join(src, "../package-lock.json"), "utf8"));
  const installed = Object.entries<{ integrity?: string }>(packages).filter(([path]) => path !== "");
  expect(installed.filter(([, { integrity }]) => !/^sha512-.{88}$/.test(integrity ?? ""))).toEqual([]);
});
