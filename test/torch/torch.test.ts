import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asoftmax, words } from "../cli/run.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const VENV = here("../../node_modules/.cache/torch");
const python = process.env.PYTHON ?? join(VENV, "bin", "python");

// npm run test:torch: PyTorch in a virtual environment that is made the first time.
describe.skipIf(process.env.ENGINE !== "torch")("what PyTorch gives", () => {
  const folder = mkdtempSync(join(tmpdir(), "asoftmax-torch-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(() => {
    if (!existsSync(python)) execFileSync("python3", ["-m", "venv", VENV]);
    if (process.env.PYTHON === undefined)
      execFileSync(python, ["-m", "pip", "install", "-q", "-r", here("requirements.txt")]);
    execFileSync(python, [here("programs.py"), folder]);
  }, 1_200_000);

  const audited = async (args: readonly string[]) =>
    JSON.parse((await asoftmax(["audit", "--format", "json", ...args])).stdout)[0];

  test("every target function passes in the type it was computed in, its slope by autograd too", async () => {
    const tables = readdirSync(folder).filter((name) => !name.startsWith("loss"));
    expect(tables.length).toBe(13 * 4);
    for (const name of tables) {
      const words = name.slice(0, -".csv".length).split(" ");
      const columns = ["--value", "value", "--gradient", "slope", "--dtype", words.pop()!];
      const row = await audited(["--functions", words.join(":"), "--input", join(folder, name), ...columns]);
      expect([name, row.passes, row.diagnosis.slice(0, 60)]).toEqual([name, true, expect.any(String)]);
    }
  });

  // biome-ignore format: a table
  test.each([
    ["right",             "every row is right"],
    ["right float32",     "every row is right"],
    ["every class",       "loss: the margin is on every class"],
    ["no margin",         "loss: no margin: a softmax of the same scale"],
    ["no scale",          "loss: the scale is missing"],
    ["label smoothing",   "loss: label smoothing, eps / classes for each class, with eps = 0.1"],
    ["class vectors",     "loss: the class vectors are not normalised"],
    ["mean over classes", "loss: the mean over the classes, not their sum"],
  ])("a loss, %s: %s", async (name, diagnosis) => {
    const type = name.endsWith("float32") ? ["--dtype", "float32"] : [];
    const input = ["--input", join(folder, `loss ${name}.csv`), "--loss", "@loss", "--label", "label", "--scale", "16"];
    const row = await audited(["--functions", "arcface:m=0.5", ...input, ...type]);
    expect([row.passes, row.diagnosis]).toEqual([name.startsWith("right"), expect.stringContaining(diagnosis)]);
  });

  test("what docs/audit.md says for a whole loss in PyTorch, and its command", async () => {
    const text = readFileSync(here("../../docs/audit.md"), "utf8").split("## Whole losses")[1]!;
    const recipe = /```python\n(.*?)```/s.exec(text)![1]!;
    const yours = `import torch
def criterion(cosine, y):
    one_hot = torch.nn.functional.one_hot(y, 10)
    return torch.nn.functional.cross_entropy(64 * torch.cos(torch.acos(cosine) + 0.5 * one_hot), y, reduction="none")
`;
    execFileSync(python, ["-c", yours + recipe], { cwd: folder });
    const [, command = ""] = /^Then `asoftmax audit ([^`]*)`/m.exec(text)!;
    const row = await audited(words(command.replaceAll("'", "").replace("loss.csv", join(folder, "loss.csv"))));
    expect([row.rows, row.passes, row.diagnosis]).toEqual([500, true, expect.stringContaining("every row is right")]);
  });
});
