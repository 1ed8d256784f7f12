import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, test } from "vitest";
import { psiValues } from "../../src/core/psi.ts";
import { drain } from "./drain.ts";

const folder = mkdtempSync(join(tmpdir(), "numbers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const plain = ["0.4221177222086653", "1", "3.141592653589793", "0", "-0", "2.5", "0.00000012", "1.0000000000000000001"];
const unusual = ["1e-3", " 1.2 ", "", "3.1415927", "4", "-1", "abc", "+1", "1.", ".5"];
const theta = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...plain) }, fc.constantFrom(...unusual));
const cell = fc.constantFrom("", "a", "é", "007", "x y");
const line = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(cell, theta, cell).map((cells) => cells.join()) },
  fc.constantFrom("", "ragged", "a,1", "a,,b"),
);
const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const file = fc.array(fc.tuple(line, lineEnd), { maxLength: 30 });

/** The angle that a cell holds, a little above pi being pi; undefined where it holds none. */
function angleIn(cell: string): number | undefined {
  const theta = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e-?\d+)?\s*$/.test(cell) ? Number(cell) : Number.NaN;
  return theta >= 0 && theta <= Math.PI + 1e-6 ? Math.min(theta, Math.PI) : undefined;
}

/** What the slow and obvious way makes of a line: the line and its computed cells, or what becomes of a bad one. */
function rowOf(line: string, badRows: string, columns: readonly string[]): string[] {
  const cells = line.split(",");
  const theta = cells.length === 3 ? angleIn(cells[1]!) : undefined;
  if (line === "" || (theta === undefined && badRows === "skip")) return [];
  const padded = [...cells, "", ""].slice(0, 3);
  const values = theta === undefined ? columns.map(() => "") : columns.map((name) => figureOf(theta, name));
  return [[...padded, ...values].join()];
}

const figureOf = (theta: number, name: string) => {
  const found: Record<string, number> = { ...psiValues(4, theta) };
  return String(found[name]! + 0);
};

test.each([[["psi"]], [["k", "psi"]], [["k", "psi", "dpsi_dtheta", "dpsi_dcos", "cos_m_theta", "cos_theta"]]])(
  "columns %s of a file are those of its rows one by one",
  async (columns) => {
    await fc.assert(
      fc.asyncProperty(file, fc.constantFrom("keep", "skip"), async (lines, badRows) => {
        const path = join(folder, "f.csv");
        writeFileSync(path, `id,theta,note\n${lines.map(([line, end]) => line + end).join("")}`);
        const { out } = await drain(["psi", "--input", path, "--columns", columns.join(), "--bad-rows", badRows]);
        const rows = lines.flatMap(([line]) => rowOf(line, badRows, columns));
        const expected = [["id,theta,note", ...columns].join(), ...rows, ""].join("\n");
        return out === Buffer.from(expected).toString("latin1");
      }),
      { seed: 20170429, numRuns: 200 },
    );
  },
);
