import { Chalk } from "chalk";
import { describe, expect, test } from "vitest";
import { message } from "../../src/core/message.ts";
import { type Column, type Row, type RowsResult, rowsResult } from "../../src/render/result.ts";
import { table } from "../../src/render/table.ts";

/** The table as it stands on a screen of that width. */
async function shownAt(width: number, result: RowsResult): Promise<string> {
  const screen = { width, height: 24, unicode: true, colors: new Chalk({ level: 0 }) };
  let text = "";
  for await (const piece of table(result, { precision: undefined, degrees: false, given: new Map() }, screen))
    text += piece;
  return text;
}

const longest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

const numbers: readonly Column[] = Array.from({ length: 8 }, (_, i) => ({ name: `column_${i}` }));
const row = (seed: number): Row => numbers.map((_, i) => seed * 1.25 * 10 ** i);
const sentence = message`the knot holds plain descent from above while c is below ${1}, and at c = ${3.25} it does not`;
const sentences: readonly Column[] = [
  { name: "id" },
  { name: "claim", kind: "message" },
  { name: "holds" },
  { name: "evidence", kind: "message" },
];

describe("a table is no wider than the screen", () => {
  test.each([40, 60, 80, 140])("at %i columns", async (width) => {
    const results = [
      rowsResult(numbers, [row(1)]),
      rowsResult(numbers, [row(1), row(2)]),
      rowsResult(
        sentences,
        [
          ["first", sentence, true, sentence],
          ["the-second-one", sentence, false, sentence],
        ],
        { notes: [sentence] },
      ),
      rowsResult(sentences, [["first", sentence, true, sentence]]),
    ];
    for (const result of results) expect(longest(await shownAt(width, result))).toBeLessThanOrEqual(width);
  });
});

test("every group has the columns that name the row", async () => {
  const keyed = numbers.map((column, i) => ({ ...column, key: i < 2 }));
  const text = await shownAt(50, rowsResult(keyed, [row(1), row(2)]));
  const heads = text.split("\n\n").map((group) => group.split("\n")[0]!.trim().split(/ +/));
  expect(heads.length).toBeGreaterThan(1);
  expect(heads.map((head) => head.slice(0, 2))).toEqual(heads.map(() => ["column_0", "column_1"]));
  expect(heads.flatMap((head) => head.slice(2))).toEqual(numbers.slice(2).map(({ name }) => name));
});

test("rows with a column too wide beside those that name them are lists", async () => {
  const columns: readonly Column[] = [{ name: "id", key: true }, { name: "text" }, { name: "value" }];
  const rows: Row[] = [
    ["first", "x".repeat(40), 1],
    ["second", "y", 2],
  ];
  expect(await shownAt(30, rowsResult(columns, rows))).toBe(
    `id     first\ntext   ${"x".repeat(22)}…\nvalue  1\n\nid     second\ntext   y\nvalue  2\n`,
  );
});

test("the widest sentence is narrowed first", async () => {
  const text = await shownAt(60, rowsResult(sentences, [["a", sentence, true, message`of ${2} figures`]]));
  expect(text).toContain("of 2 figures");
});

test("what tables leave out is not there, what they show in its stead is", async () => {
  const columns: readonly Column[] = [
    { name: "a", shownPlace: 2 },
    { name: "b", kind: "data" },
  ];
  expect(await shownAt(80, rowsResult(columns, [[1e-17, 5, 0]]))).toBe("a\n─\n0\n");
});

test("every cell is there, in groups of columns that begin with the first", async () => {
  const text = await shownAt(40, rowsResult(numbers, [row(1), row(2)]));
  const heads = text.split("\n\n").map((group) => group.split("\n")[0]!.trim().split(/ +/));
  expect(heads.every(([first]) => first === "column_0")).toBe(true);
  expect(heads.flatMap(([, ...others]) => others)).toEqual(numbers.slice(1).map(({ name }) => name));
  for (const x of [...row(1), ...row(2)]) expect(text).toContain(String(Number((x as number).toPrecision(6))));
});

test("control characters of cells, names and notes are shown, not sent", async () => {
  const columns: readonly Column[] = [{ name: "a\tb", kind: "bytes" }, { name: "c" }];
  const result = rowsResult(columns, [["\x1b[2J\xc2\x9b", "x\ny"]], { notes: [["of \x07"]] });
  expect(await shownAt(80, result)).toBe(
    "a\\tb           c\n───────────────────\n\\x1b[2J\\u009b  x\\ny\n\nof \\x07\n",
  );
});

test("a single row that does not fit is a list", async () => {
  const lines = (await shownAt(40, rowsResult(numbers, [row(1)]))).trimEnd().split("\n");
  expect(lines.map((line) => line.split(/ +/)[0])).toEqual(numbers.map(({ name }) => name));
});
