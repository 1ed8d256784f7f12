import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as library from "../src/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Every name that src/index.ts exports, and the file that declares it. */
const exported = [...read("src/index.ts").matchAll(/^export (type )?\{([^}]+)\} from "\.\/(.+)";$/gm)].flatMap(
  ([, onlyTypes, names, file]) =>
    names!
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => ({
        name: name.replace("type ", ""),
        isType: onlyTypes !== undefined || name.startsWith("type "),
        file: `src/${file}`,
      })),
);
const values = exported.filter(({ isType }) => !isType);

/** The docstring before the declaration of a name. */
function docstring({ name, file }: { name: string; file: string }): string {
  const pattern = `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport (?:function\\*?|const|class|interface|type) ${name}\\b`;
  return new RegExp(pattern).exec(read(file))?.[1] ?? "";
}

test("index.ts lists what the library gives", () => {
  expect(values.map(({ name }) => name).sort()).toEqual(Object.keys(library).sort());
  expect(exported.length).toBeGreaterThan(60);
});

test.each(exported)("$name has a docstring", (entry) => {
  expect(docstring(entry).trim()).not.toBe("");
});

describe("examples give what they say", () => {
  test.each(values)("$name", (entry) => {
    const [, example] = docstring(entry).split("@example\n");
    const lines = example!.split("\n").map((line) => line.replace(/^ \* ?/, ""));
    // expression; // value
    const code = lines.map((line) => line.replace(/^([^/]+); \/\/ (.+)$/, "check($1, $2);")).join("\n");
    let checked = 0;
    const check = (got: unknown, expectedValue: unknown) => {
      expect(got).toEqual(expectedValue);
      checked++;
    };
    new Function("check", ...Object.keys(library), code)(check, ...Object.values(library));
    expect(checked).toBeGreaterThan(0);
  });
});

test("docs/library.md has a line for each export, and for nothing else", () => {
  const listed = [...read("docs/library.md").matchAll(/^- `(\w+)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(exported.map(({ name }) => name).sort());
});

describe("the built package", () => {
  const use = `
import { asoftmax, audit, type AuditResult, claims, type Claim, descend, messageText, minima, ParameterError, psi, psiArray,
  type PsiValues, psiValues, type RestPoint, schedules, type Target, targetFromSpec } from "asoftmax";

const targets: Target[] = [asoftmax({ m: 4, lambda: 5 }), targetFromSpec("arcface:m=0.5")];
const at: PsiValues = psiValues(4, 1.2);
const rests: RestPoint[] = minima(targets[0]!, 1.5);
const all: Claim[] = claims(2);
const result: AuditResult = audit(targets[0]!, { theta: [1], value: new Float64Array([psi(4, 1)]) }, "float64");
const array: Float64Array = psiArray(4, new Float32Array(3));
const text: string = messageText(result.diagnosis) + all[0]!.claim + rests[0]!.kind + schedules.sphereface.base;
const steps = [...descend(() => targets[0]!, { start: 2, thetaJ: 1.5, scale: 1, rate: 0.05, steps: 2 })];
const sum: number = steps[0]!.theta + at.dpsiDtheta + array[0]! + targets[0]!.exactValue(0).lo + targets[0]!.pieces.piece(0).a;
export const results: [Target[], string, number, typeof ParameterError] = [targets, text, sum, ParameterError];
// @ts-expect-error softmax has no n
asoftmax({ n: 4 });
// @ts-expect-error what is no export
export { bisect } from "asoftmax";
`;
  let project = "";
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "asoftmax-library-"));
    mkdirSync(join(project, "node_modules"));
    symlinkSync(root, join(project, "node_modules/asoftmax"));
    writeFileSync(join(project, "use.mts"), use);
    writeFileSync(join(project, "use.cts"), use);
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  // In Node16 a CommonJS file may not import a module, so that types of its own are needed.
  test.each([
    ["an ESM project", "use.mts", "node16"],
    ["a CommonJS project", "use.cts", "node16"],
    ["an ESM project of today", "use.mts", "nodenext"],
    ["a CommonJS project of today", "use.cts", "nodenext"],
    ["a bundled project", "use.mts", "preserve"],
  ])("its types suit %s", (_, file, module) => {
    const options = { module, strict: true, noEmit: true, target: "es2023", lib: ["es2023"], types: [] };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: [file] }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
    expect([stdout, status]).toEqual(["", 0]);
  });

  test("import and require load a file each, and give the same", () => {
    const printed = "JSON.stringify([Object.keys(library).sort(), library.psi(4, 1.2), library.asoftmax().spec])";
    const run = (...args: string[]) =>
      execFileSync(process.execPath, args, {
        cwd: project,
        encoding: "utf8",
        env: { ...process.env, NODE_OPTIONS: "" },
      });
    const required = run("-e", `const library = require("asoftmax"); console.log(${printed})`);
    const imported = run("--input-type=module", "-e", `import * as library from "asoftmax"; console.log(${printed})`);
    expect(required).toBe(imported);
    expect(JSON.parse(required)).toEqual([Object.keys(library).sort(), -2.0874989834394464, "asoftmax:m=4"]);
    const resolve = 'console.log(require.resolve("asoftmax"))';
    expect(run("-e", resolve)).toMatch(/dist\/index\.cjs\n$/);
  });
});
