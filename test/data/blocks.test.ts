import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Block, recordBlocks } from "../../src/data/blocks.ts";
import { type Kept, rowsOf } from "./read.ts";

const FILE = "f.csv";

/** The blocks of a text (one character a byte) that comes in the given pieces. */
async function blocksOf(pieces: readonly string[], comment?: string): Promise<Block[]> {
  async function* source() {
    for (const piece of pieces) yield Buffer.from(piece, "latin1");
  }
  const blocks: Block[] = [];
  for await (const block of recordBlocks(source(), FILE, { separator: ",", comment })) blocks.push(block);
  return blocks;
}

async function recordsFrom(pieces: readonly string[], comment?: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const block of await blocksOf(pieces, comment))
    kept.push(...(await rowsOf(block, ",", FILE, undefined, { comment })));
  return kept;
}

/** What a test can compare of a reading: its records, or why it failed. */
const outcome = (pieces: readonly string[], comment?: string) =>
  recordsFrom(pieces, comment).catch((error: Error) => error.message);

const bytes = (text: string) => [...text];

// biome-ignore format: a table
const files: [name: string, text: string, records: [line: number, ...cells: string[]][]][] = [
  ["plain",                "a,b\n1,2\n",                   [[1, "a", "b"], [2, "1", "2"]]],
  ["no final newline",     "a\n1",                         [[1, "a"], [2, "1"]]],
  ["CRLF",                 "a,b\r\n1,2\r\n",               [[1, "a", "b"], [2, "1", "2"]]],
  ["lone CR",              "a\r1\r2",                      [[1, "a"], [2, "1"], [3, "2"]]],
  ["line ends mixed",      "a\n1\r2\r\n3",                 [[1, "a"], [2, "1"], [3, "2"], [4, "3"]]],
  ["blank lines",          "\n\na\n\r\n1\n\n",             [[3, "a"], [5, "1"]]],
  ["byte order mark",      "\xef\xbb\xbfa\n1\n",           [[1, "a"], [2, "1"]]],
  ["mark and quotes",      '\xef\xbb\xbf"a"\n"1"\n',       [[1, "a"], [2, "1"]]],
  ["newlines in quotes",   'a,b\n1,"x\ny"\n2,z\n',         [[1, "a", "b"], [2, "1", "x\ny"], [4, "2", "z"]]],
  ["CRLF in quotes",       'a,b\r\n1,"x\r\ny"\r\n2,z\r\n', [[1, "a", "b"], [2, "1", "x\r\ny"], [4, "2", "z"]]],
  ["CR in quotes",         'a\r"x\ry"\r2\r',               [[1, "a"], [2, "x\ry"], [4, "2"]]],
  ["doubled quotes",       'a\n"say ""x"""\n""""\n2\n',    [[1, "a"], [2, 'say "x"'], [3, '"'], [4, "2"]]],
  ["quotes inside cells",  'a"b,c\n5" pipe,37°36\'37.8"N\n"x","y"\n', [[1, 'a"b', "c"], [2, '5" pipe', '37°36\'37.8"N'], [3, "x", "y"]]],
  ["a quote after a space", 'a, "b\n1,2"\n"3"\n',         [[1, "a", ' "b'], [2, "1", '2"'], [3, "3"]]],
  ["an empty quoted cell", 'a\n""\n1\n',                   [[1, "a"], [2, ""], [3, "1"]]],
  ["empty cells",          "a,b,c\n,,\n1,,\n",             [[1, "a", "b", "c"], [2, "", "", ""], [3, "1", "", ""]]],
  ["ragged rows",          "a,b\n1\n1,2,3\n",              [[1, "a", "b"], [2, "1"], [3, "1", "2", "3"]]],
  ["any bytes",            "a\n\xe9\x00\xff\x80\n",        [[1, "a"], [2, "\xe9\x00\xff\x80"]]],
  ["part of a mark only",  "\xef\xbb",                     [[1, "\xef\xbb"]]],
  ["nothing",              "",                             []],
  ["a mark and no more",   "\xef\xbb\xbf",                 []],
];

describe("records of a file, whole and in pieces of one byte", () => {
  test.each(files)("%s", async (_, text, records) => {
    const expected = records.map(([line, ...cells]) => ({ line, cells }));
    expect(await recordsFrom([text])).toEqual(expected);
    expect(await recordsFrom(bytes(text))).toEqual(expected);
  });

  test("cut in two at every byte", async () => {
    for (const [name, text] of files) {
      const whole = await recordsFrom([text]);
      for (let i = 0; i <= text.length; i++)
        expect(await recordsFrom([text.slice(0, i), text.slice(i)]), `${name} at ${i}`).toEqual(whole);
    }
  });

  test("a block begins on the line it says, and ends where a record does", async () => {
    const blocks = await blocksOf(['a\n1,"x', '\ny"\n2\n3', "\n", "4\r", "\n5"]);
    expect(blocks.map(({ bytes, line }) => ({ text: bytes.toString("latin1"), line }))).toEqual([
      { text: "a\n", line: 1 },
      { text: '1,"x\ny"\n2\n', line: 2 },
      { text: "3\n", line: 5 },
      { text: "4\r\n", line: 6 },
      { text: "5", line: 7 },
    ]);
  });
});

test("a record of many pieces, and what comes before and after it", async () => {
  const long = "x\n".repeat(2_000_000);
  const text = `a,b\n1,"${long}"\n2,z\n`;
  const pieces = Array.from({ length: Math.ceil(text.length / 50_000) }, (_, i) =>
    text.slice(i * 50_000, (i + 1) * 50_000),
  );
  const records = await recordsFrom(pieces);
  expect(records.map(({ line }) => line)).toEqual([1, 2, 2_000_003]);
  expect(records.map(({ cells }) => cells[1]!.length)).toEqual([1, long.length, 1]);
});

test.each([
  ['a\n"1\n2\n', "f.csv: a quote opened on line 2 or later is never closed: write quotes inside a cell twice"],
  ['a\n1\n2,"', "f.csv: a quote opened on line 3 or later is never closed: write quotes inside a cell twice"],
])("a quote that is never closed: %j", async (text, message) => {
  await expect(recordsFrom([text])).rejects.toThrow(message);
  await expect(recordsFrom(bytes(text))).rejects.toThrow(message);
});

/**
 * The records of a text as RFC 4180 has them, a quote inside a cell that does not
 * begin with one being itself; undefined where it has none.
 */
function plainRecords(text: string, comment?: string): Kept[] | undefined {
  const records: Kept[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const record: Kept = { line, cells: [] };
    const lineEnd = /\r\n|\n|\r|$/g;
    lineEnd.lastIndex = at;
    if (comment !== undefined && text[at] === comment) at = lineEnd.exec(text)!.index;
    const start = at;
    for (;;) {
      const [cell, quoted] = /^(?:"((?:[^"]|"")*)"|(?!")[^,\r\n]*)/.exec(text.slice(at)) ?? [];
      if (cell === undefined) return undefined;
      record.cells.push(quoted?.replaceAll('""', '"') ?? cell);
      line += quoted?.match(/\r\n|\n|\r/g)?.length ?? 0;
      at += cell.length;
      if (text[at] !== ",") break;
      at++;
    }
    if (at > start) records.push(record);
    const [end] = /^(?:\r\n|\n|\r|$)/.exec(text.slice(at)) ?? [];
    if (end === undefined) return undefined;
    at += end.length;
    line++;
  }
  return records;
}

// Any text of the characters that matter, and the cuts to make in it.
const anyText = fc.string({
  unit: fc.constantFrom("a", "1", ",", '"', "\n", "\r", "\r\n", "\xef\xbb\xbf"),
  maxLength: 40,
});
const cuts = fc.array(fc.nat(60), { maxLength: 6 });

test("a well-formed file gives the same records however it is cut", async () => {
  const cell = fc.string({ unit: fc.constantFrom("a", "é", " ", ",", '"', "\n", "\r"), maxLength: 4 });
  const lineEnd = fc.constantFrom("\n", "\r", "\r\n");
  const written = (text: string, always: boolean) =>
    always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const rows = fc.array(fc.tuple(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 2, maxLength: 4 }), lineEnd));
  await fc.assert(
    fc.asyncProperty(rows, cuts, async (table, places) => {
      const text = table.map(([cells, end]) => cells.map(([c, q]) => written(c, q)).join(",") + end).join("");
      const found = await recordsFrom(cutAt(text, places));
      expect(found.map(({ cells }) => cells)).toEqual(table.map(([cells]) => cells.map(([c]) => c)));
      expect(found).toEqual(await recordsFrom(bytes(text)));
    }),
    { seed: 20170426, numRuns: 500 },
  );
});

test("any text gives the same records or fails however it is cut", async () => {
  await fc.assert(
    fc.asyncProperty(anyText, cuts, async (text, places) => {
      const [whole, cut] = [await outcome([text]), await outcome(cutAt(text, places))];
      if (typeof whole === "string") expect(cut).toBeTypeOf("string");
      else expect(cut).toEqual(whole);
    }),
    { seed: 20170427, numRuns: 1000 },
  );
});

test.each([undefined, "#"])("any text is read by the rules, however it is cut; comment %s", async (comment) => {
  const unit = fc.constantFrom("a", "#", ",", '"', '"', "\n", "\r", "\r\n", "a".repeat(15));
  await fc.assert(
    fc.asyncProperty(fc.string({ unit, maxLength: 40 }), cuts, async (text, places) => {
      const expected = plainRecords(text, comment);
      for (const pieces of [[text], cutAt(text, places)]) {
        const found = await outcome(pieces, comment);
        if (expected === undefined) expect(found).toBeTypeOf("string");
        else expect(found).toEqual(expected);
      }
    }),
    { seed: 20170430, numRuns: 5000 },
  );
});

function cutAt(text: string, places: readonly number[]): string[] {
  const ends = [...places.filter((i) => i < text.length), text.length].sort((a, b) => a - b);
  return ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end));
}
