import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowsOf } from "./read.ts";

const read = (text: string, delimiter = ",", line = 1) =>
  rowsOf({ bytes: Buffer.from(text, "latin1"), line }, delimiter, "f.csv");

/** The same records read by the other path: a quoted cell, put in a record of its own at the end, turns it on. */
async function readQuoted(text: string, delimiter: string) {
  const records = await read(`${text}\n"the end"\n`, delimiter);
  expect(records.at(-1)!.cells).toEqual(["the end"]);
  return records.slice(0, -1);
}

describe("the plain and the quoted path agree on text without quotes", () => {
  test.each([",", ";", "\t", "|", ".", "\\", "^", "-"])("delimiter %j", async (delimiter) => {
    const unit = fc.constantFrom("a", "1", " ", "\xe9", ",", delimiter, "\n", "\r", "\r\n");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 40 }), async (text) => {
        expect(await read(text, delimiter)).toEqual(await readQuoted(text, delimiter));
      }),
      { seed: 20170428, numRuns: 500 },
    );
  });
});

// biome-ignore format: a table
test.each<[string, string, number[]]>([
  ["plain",                  "a\nb\n\nc\n",               [10, 11, 13]],
  ["plain with CR",          "a\r\nb\r\rc\n",             [10, 11, 13]],
  ["quoted",                 '"a"\nb\n\nc\n',             [10, 11, 13]],
  ["newlines inside",        'a\n"b\n\nb"\nc\n',          [10, 11, 14]],
  ["CRLF inside",            'a\r\n"b\r\nb"\r\nc\r\n',    [10, 11, 13]],
  ["two such cells",         '"a\na","b\nb"\nc,d\n',      [10, 13]],
])("lines count from that of the block: %s", async (_, text, lines) => {
  expect((await read(text, ",", 10)).map(({ line }) => line)).toEqual(lines);
});

const STRAY = "a cell goes on behind its closing quote: write quotes inside a quoted cell twice";

// biome-ignore format: a table
test.each([
  ['a\n"b"c\n',                         11],
  ['a\nb\n1,"c" \n',                    12],
  ['"a\na"\n"b" "c"\n',                 12],
  ['"a\r\na"\r\n"b\n\r\n"c"\r\n',      14],
  ['a\n"b""c""" "\n',                   11],
])("a cell that goes on behind its closing quote is an error: %j", async (text, line) => {
  await expect(read(text, ",", 10)).rejects.toThrow(`f.csv line ${line}: ${STRAY}`);
});

test("more lines, and more cells in a line, than the index of lines has room for", async () => {
  const blank = "\r\n".repeat(200_000);
  const cells = Array.from({ length: 700_000 }, (_, i) => `${i % 10}`);
  const text = `a\r\n${blank}b\r\n${cells.join()}\n\rc`;
  const block = { bytes: Buffer.from(text), line: 1 };
  const records = await rowsOf(
    block,
    ",",
    "f.csv",
    Array.from({ length: 700_001 }, (_, i) => `${i}`),
  );
  expect(records.map(({ line, cells }) => [line, cells.length])).toEqual([
    [1, 1],
    [200_002, 1],
    [200_003, 700_000],
    [200_005, 1],
  ]);
  expect(records[2]!.cells.join() === cells.join()).toBe(true);
});
