import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { columnTexts } from "../../src/cli/columns.ts";
import { commands } from "../../src/cli/commands.ts";
import { type Invocation, invoke } from "../../src/cli/program.ts";
import { pathOf } from "../installed.ts";
import { npy } from "../npy.ts";
import { asoftmax, words } from "./run.ts";
import { Terminal } from "./tmux.ts";

const cwd = mkdtempSync(join(tmpdir(), "asoftmax-columns-"));
const classes = ["theta_0", "theta_1", "theta_2"];
beforeAll(() => {
  writeFileSync(
    join(cwd, "angles.csv"),
    `label,theta,theta_y,theta_j,${classes}\n0,0.3,0.2,1.5,0.1,1.5,1.2\n2,1.2,1,1,1.5,1.4,1.6\n`,
  );
  writeFileSync(join(cwd, "losses.csv"), "label,theta_0,theta_1,theta_2,norm,loss\n0,0.2,1.5,1,8,0.256839032953237\n");
  writeFileSync(
    join(cwd, "table.csv"),
    "theta,value,psi,grad,logit\n0.5,-0.4161468365471424,-0.4161468365471424,-3.637189707302727,30.56528396098386\n",
  );
  copyFileSync(new URL("../../examples/embeddings.npz", import.meta.url), join(cwd, "embeddings.npz"));
  writeFileSync(join(cwd, "f.npy"), npy("<f4", [4, 2], Float32Array.of(2, 0, 0, 3, 4, 1, 0, 1)));
  writeFileSync(join(cwd, "w.npy"), npy("<f4", [2, 2], Float32Array.of(1, 0, 0, 1)));
  writeFileSync(join(cwd, "l.npy"), npy("<i4", [4], Int32Array.of(0, 1, 0, 0)));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const FEATURES = "measure --features f.npy --weights w.npy --labels l.npy --m 4";

/** A command line for each group of the list but the figures of measure. */
const lines: Record<string, string> = {
  psi: "psi",
  inverse: "inverse --psi 0.5",
  "inverse --value": "inverse --value 0.5",
  "inverse --loss": "inverse --loss 0.5 --classes 10",
  margin: "margin --theta 1 --competing 2",
  "margin --each": "margin --theta 1 --competing 2 --each",
  loss: "loss --theta 1 --competing 2",
  compare: "compare --theta 1",
  plot: "plot --points 2",
  monotonicity: "monotonicity",
  violations: "violations --competing 2",
  "violations --summary": "violations --competing 2 --summary",
  boundary: "boundary",
  scale: "scale --classes 10",
  equivalent: "equivalent --to arcface",
  "equivalent --at": "equivalent --to arcface --at 1",
  bounds: "bounds",
  anneal: "anneal",
  descend: "descend --start 2 --competing 1.5 --steps 1",
  "descend --minima": "descend --minima --competing 1.5",
  claims: "claims",
  audit: "audit --input table.csv",
  measure: "measure --input angles.csv",
  "measure --per-sample": `${FEATURES} --per-sample samples.csv`,
  sql: "sql psi",
  completion: "completion bash",
};

const reference = readFileSync(new URL("../../docs/reference.md", import.meta.url), "utf8");
const figures = "measure: the figures";

describe("every output column has a text", () => {
  test.concurrent.each(Object.keys(columnTexts).filter((group) => group !== figures))("%s", async (group) => {
    // The report of measure and documents are other things in json and in csv.
    const format = group === "sql" || group === "completion" ? "json" : "csv";
    const { stdout } = await asoftmax([...words(lines[group]!), "--format", format], { cwd });
    const csv = group === "measure --per-sample" ? readFileSync(join(cwd, "samples.csv"), "utf8") : stdout;
    const named = (name: string) =>
      name
        .replace(/^holds_.*=.*/, "holds_FUNCTION")
        .replace(/^loss_.*=.*/, "loss_FUNCTION_SCALE")
        .replace(/_4$/, "_M");
    const header = [...new Set(csv.split("\n")[0]!.split(",").map(named))];
    const names = format === "json" ? Object.keys(JSON.parse(stdout)[0]) : header;
    expect(names).toEqual(Object.keys(columnTexts[group]!));
  });

  test("of every example", async () => {
    for (const [name, { load }] of Object.entries(commands)) {
      if (["explore", "example"].includes(name)) continue; // a screen and files, no rows
      const groups = Object.entries(columnTexts).filter(([group]) => group.split(" ")[0] === name);
      const known = groups.flatMap(([, texts]) => Object.keys(texts));
      for (const [line] of (await load()).default.examples) {
        const args = words(line.replaceAll(/\b\w+\.(csv|np[yz])/g, (file) => join(cwd, file))).slice(1);
        const { result } = (await invoke(args)) as Invocation;
        const computed = result.columns.slice(result.kind === "rows" ? result.inputColumns : 0);
        expect([line, computed.map((column) => column.name).filter((one) => !known.includes(one))]).toEqual([line, []]);
      }
    }
  }, 60_000);

  test("and every figure of measure, of features and of angles", async () => {
    const found = await Promise.all([asoftmax(words(FEATURES), { cwd }), asoftmax(words(lines.measure!), { cwd })]);
    const names = found.flatMap(({ stdout }) => stdout.trimEnd().split("\n").slice(1)).map((row) => row.split(",")[0]!);
    // Words in capitals stand for what varies.
    const pattern = (name: string) =>
      name
        .replaceAll(".", "\\.")
        .replace("LEVEL", "[\\d.]+")
        .replaceAll(/[A-Z]+/g, "[^.]+");
    const patterns = Object.keys(columnTexts[figures]!).map((name) => RegExp(`^${pattern(name)}$`));
    expect(names.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
    expect(patterns.filter((pattern) => !names.some((name) => pattern.test(name)))).toEqual([]);
    const measured = names.flatMap((name) => /^mean\.(.+)/.exec(name)?.[1] ?? []);
    expect(Object.keys(columnTexts["measure --per-sample"]!)).toEqual(expect.arrayContaining(measured));
  });

  test.each(Object.entries(columnTexts))("docs/reference.md has the texts of %s", (_, texts) => {
    const rows = Object.entries(texts).map(([name, text]) => `| \`${name}\` | ${text.replaceAll("|", "\\|")} |\n`);
    expect(reference).toContain(`|---|---|\n${rows.join("")}\n`);
  });
});

test("help columns prints the texts, of all commands or of one", async () => {
  const [all, one, none] = await Promise.all(
    ["help columns", "help columns violations", "help columns violation"].map((line) => asoftmax(words(line))),
  );
  for (const [group, texts] of Object.entries(columnTexts)) {
    expect(all!.stdout).toContain(`${group}\n`);
    for (const text of Object.values(texts)) expect(all!.stdout).toContain(`  ${text}\n`);
  }
  expect(one!.stdout.split("\n\n").map((part) => part.split("\n")[0])).toEqual([
    "violations",
    "violations --summary",
    "With --degrees angles are in degrees; slopes stay per radian.",
  ]);
  expect(none).toEqual({
    status: 2,
    stdout: "",
    stderr: 'asoftmax: help columns: "violation" has no columns: did you mean violations? (see asoftmax --help)\n',
  });
});

const withoutTmux = pathOf("tmux") === undefined;
test.skipIf(withoutTmux)(
  `on a terminal no word of them is cut${withoutTmux ? ": tmux is not installed" : ""}`,
  async () => {
    const terminal = new Terminal("sh", 80, 500);
    try {
      await terminal.shows(/^[#$]$/m);
      terminal.type("asoftmax help columns");
      terminal.press("Enter");
      const screen = await terminal.shows("With --degrees");
      for (const line of screen.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
      const text = screen.replaceAll(/\s+/g, " ");
      for (const [name, meaning] of Object.values(columnTexts).flatMap((texts) => Object.entries(texts)))
        expect(text).toContain(` ${name} ${meaning} `);
    } finally {
      terminal.close();
    }
  },
);
