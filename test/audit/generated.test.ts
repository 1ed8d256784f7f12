import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { audit } from "../../src/audit/audit.ts";
import type { Dtype } from "../../src/audit/tolerance.ts";
import { messageText } from "../../src/core/message.ts";
import { targetFromSpec } from "../../src/core/notation.ts";
import { shortened } from "./diagnoses.ts";

interface Line {
  readonly spec: string;
  readonly dtype: Dtype;
  readonly grid: string;
  readonly value: number[];
  readonly right: boolean;
  readonly equal: boolean;
  readonly want: string[];
}

// 2,000 tables that generate.py wrote, from formulas of its own; TABLES names
// a file of others, such as of all combinations.
const file = process.env.TABLES ?? new URL("../fixtures/audit/generated.jsonl.gz", import.meta.url);
const [grids, ...tables] = gunzipSync(readFileSync(file))
  .toString()
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line)) as [Record<string, number[]>, ...Line[]];

const audits = tables.map((table) => ({
  ...table,
  result: audit(targetFromSpec(table.spec), { theta: grids[table.grid]!, value: table.value }, table.dtype),
}));
const fine = audits.filter(({ dtype }) => dtype === "float64" || dtype === "float32");
const shown = ({ spec, dtype, grid, want, result }: (typeof audits)[number]) =>
  [spec, dtype, grid, want.join(" & "), result.candidates[0]?.name].join(" ");

test("no right table fails, in any precision", () => {
  const right = audits.filter(({ right }) => right);
  expect(right.length).toBeGreaterThan(50);
  expect(right.filter(({ result }) => !result.passes).map(shown)).toEqual([]);
});

test("no wrong table passes in float64 and float32, unless it equals a right one within the rule", () => {
  const wrong = fine.filter(({ equal }) => !equal);
  expect(wrong.length).toBeGreaterThan(800);
  expect(wrong.filter(({ result }) => result.passes).map(shown)).toEqual([]);
});

test("the true explanation is the first one named in 98 of 100 tables that fail", () => {
  const failing = fine.filter(({ result, right }) => !right && !result.passes);
  const missed = failing.filter(({ want, result }) => {
    const [first] = result.candidates;
    const text = first ? `${first.name} with ${JSON.stringify(first.parameters)}` : "";
    return !want.every((words) => new RegExp(words).test(text));
  });
  expect(missed.length / failing.length, missed.map(shown).join("\n")).toBeLessThan(0.02);
});

test("what is said of the first table of each kind, in double, single and half precision", async () => {
  const bits = { float64: 64, float32: 32, float16: 16, bfloat16: 16 };
  const kindOf = ({ want, dtype }: Line) => `${bits[dtype]} ${want.join(" & ")}`;
  const kinds = audits.map(kindOf);
  const said = audits
    .filter((line, i) => kinds.indexOf(kindOf(line)) === i)
    .map(({ result, ...line }) => {
      const { bad, failing, firstBad, notFinite } = result;
      expect([failing.length, failing[0] ?? -1, notFinite]).toEqual([bad, firstBad, 0]);
      return `${line.spec} ${line.dtype}: ${bad} of ${line.value.length} wrong\n  ${shortened(messageText(result.diagnosis))}`;
    });
  await expect(said.join("\n")).toMatchFileSnapshot("../fixtures/audit/generated-diagnoses.txt");
});
