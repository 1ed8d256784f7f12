import fc from "fast-check";
import { test } from "vitest";
import { drain } from "./drain.ts";

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

/** The rows without their cell k, which is the last but one. */
const withoutK = (text: string, delimiter: string) =>
  text
    .split("\n")
    .map((row) => row.split(delimiter))
    .map((cells) => [...cells.slice(0, -2), ...cells.slice(-1)].join(delimiter))
    .join("\n");

/** The lines in blocks of some, behind one with the header. */
async function* blocksOf(lines: readonly string[], size: number) {
  yield { bytes: Buffer.from("id,theta,note\n"), line: 1 };
  for (let i = 0; i < lines.length; i += size)
    yield { bytes: Buffer.from(lines.slice(i, i + size).join("")), line: i + 2 };
}

// Lines whose one number is all that is asked for are computed together; with k beside it each is a row of its own.
test.each([
  ["csv", ","],
  ["tsv", "\t"],
])("psi alone is the psi of whole rows, as %s", async (format, delimiter) => {
  await fc.assert(
    fc.asyncProperty(
      file,
      fc.constantFrom("keep", "skip"),
      fc.integer({ min: 1, max: 30 }),
      async (lines, badRows, size) => {
        // A block does not end between a CR and its LF.
        const text = lines.map(([line, end]) => line + end);
        const rows = (columns: string) =>
          drain(
            ["psi", "--input", "-", "--format", format, "--columns", columns, "--bad-rows", badRows],
            blocksOf(text, size),
          );
        const [alone, whole] = [await rows("psi"), await rows("k,psi")];
        return (
          alone.out === withoutK(whole.out, delimiter) &&
          JSON.stringify(alone.warnings) === JSON.stringify(whole.warnings)
        );
      },
    ),
    { seed: 20170429, numRuns: 300 },
  );
});
