import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { instantiate, type KernelMemory, PAGE } from "../../src/kernels/instantiate.ts";

interface ObjectKernel extends KernelMemory {
  indexObjects(start: number, end: number, keys: number, columns: number, index: number, indexEnd: number): number;
  objectsEnd(): number;
}

const path = (name: string) => fileURLToPath(new URL(`../../src/${name}`, import.meta.url));
const built = execFileSync(process.execPath, [path("build/kernel.js"), path("kernels/objects.as.ts")], {
  encoding: "utf8",
});
const kernel = instantiate<ObjectKernel>(/"([^"]+)"/.exec(built)![1]!, {});
const memory = Buffer.from(kernel.memory.buffer);

// Where the tests put what they give the kernel: the table of keys, the
// index, the lines. All is smaller than its place.
const KEYS = PAGE;
const INDEX = 2 * PAGE;
const LINES = 20 * PAGE;

/** What stands in a row of the index, its cells as text; none where the line is left to JSON.parse. */
interface Row {
  readonly text: string;
  readonly line: number;
  readonly cells: string[] | undefined;
  readonly kinds?: string[];
}

/** The rows of the text, one character a byte, which is moved so many bytes to meet chunks of 16 differently. */
function rowsOf(text: string, names: readonly string[], room = 15 * PAGE, moved = 0) {
  let key = KEYS + 8 * names.length;
  names.forEach((name, i) => {
    const length = memory.write(JSON.stringify(name).slice(1, -1), key, "latin1");
    memory.writeInt32LE(key, KEYS + 8 * i);
    memory.writeInt32LE(length, KEYS + 8 * i + 4);
    key += length;
  });
  const start = LINES + moved;
  const end = start + memory.write(text, start, "latin1");
  // What lies beyond must not matter.
  memory.write('\n":"\n12345,{"abc"', end, "latin1");
  const count = kernel.indexObjects(start, end, KEYS, names.length, INDEX, INDEX + room);
  expect(kernel.objectsEnd()).toBeLessThanOrEqual(end);
  const stride = 16 + 8 * names.length;
  const rows = Array.from({ length: count }, (_, r): Row => {
    const word = (i: number) => memory.readInt32LE(INDEX + stride * r + 4 * i);
    const row = { text: memory.toString("latin1", word(0), word(1)), line: word(3) };
    if (word(2) === -1) return { ...row, cells: undefined };
    expect(word(2)).toBe(names.length);
    const spans = names.map((_, i) => [word(4 + 2 * i), word(5 + 2 * i)] as const);
    return {
      ...row,
      cells: spans.map(([from, to]) => memory.toString("latin1", from, to)),
      kinds: spans.map(([from, to]) => (memory[from - 1] === 0x22 ? "string" : from === to ? "null" : "other")),
    };
  });
  return { rows, left: memory.toString("latin1", kernel.objectsEnd(), end) };
}

// The slow way: the members of a line by JSON.parse and a regular expression.

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The keys and the cells of a JSON object; undefined where the text is none. */
function membersOf(text: string): [key: string, cell: string][] | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const tokens = text.match(TOKEN)!;
  if (tokens[0] !== "{") return undefined;
  const members: [string, string][] = [];
  let start = 1;
  let depth = 1;
  for (let i = 1; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (depth === 1 && i > start && (token === "," || token === "}")) {
      members.push([JSON.parse(tokens[start]!), cellOf(tokens.slice(start + 2, i).join(""))]);
      start = i + 1;
    }
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
  }
  return members;
}

const cellOf = (json: string) => (json === "null" ? "" : json[0] === '"' ? (JSON.parse(json) as string) : json);

/** The cells of a line whose keys are the names; undefined for any other. */
function cellsOf(text: string, names: readonly string[]): string[] | undefined {
  const members = membersOf(text);
  if (members?.length !== names.length) return undefined;
  const cells = new Map(members);
  return names.every((name) => cells.has(name)) ? names.map((name) => cells.get(name)!) : undefined;
}

const linesOf = (text: string) =>
  text
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ text: line, line: i }))
    .filter((line) => line.text.trim() !== "");

const one = (line: string, names: readonly string[]) => rowsOf(`${line}\n`, names).rows[0]?.cells;

describe("taken, with these cells", () => {
  // biome-ignore format: a table
  const cases: [name: string, line: string, cells: string[]][] = [
    ["numbers",               '{"a":1,"b":-0.50e+3}',                    ["1", "-0.50e+3"]],
    ["zeros",                 '{"a":0,"b":-0}',                          ["0", "-0"]],
    ["short exponents",       '{"a":0E0,"b":1e-7}',                      ["0E0", "1e-7"]],
    ["long numbers",          `{"a":${"12345678".repeat(9)},"b":0.${"7".repeat(40)}e${"1".repeat(20)}}`, ["12345678".repeat(9), `0.${"7".repeat(40)}e${"1".repeat(20)}`]],
    ["strings",               '{"a":"x y","b":""}',                      ["x y", ""]],
    ["what looks like JSON",  '{"a":"{[]},:","b":"0.5"}',                ["{[]},:", "0.5"]],
    ["long strings",          `{"a":"${"x".repeat(99)}","b":"${"y".repeat(16)}"}`, ["x".repeat(99), "y".repeat(16)]],
    ["bytes from 0x7f on",    '{"a":"\x7f\x80\xff","b":"\xcf\x80"}',     ["\x7f\x80\xff", "\xcf\x80"]],
    ["true and false",        '{"a":true,"b":false}',                    ["true", "false"]],
    ["null",                  '{"a":null,"b":null}',                     ["", ""]],
    ["another order",         '{"b":1,"a":2}',                           ["2", "1"]],
    ["white space",           ' \t{ "a" : 1\t,  "b":"2" } \t',           ["1", "2"]],
    ["nested",                '{"a":[1,-2.5,"x",null,true,[]],"b":{"c":{},"d":[{}]}}', ['[1,-2.5,"x",null,true,[]]', '{"c":{},"d":[{}]}']],
    ["nested, white space",   '{"a":[ 1, [2 ,3] ],"b":{ "c d"\t: " x " }}', ["[1,[2,3]]", '{"c d":" x "}']],
    ["empty, white space",    '{"a":[ ],"b":{\t}}',                      ["[]", "{}"]],
  ];
  it.each(cases)("%s", (_, line, cells) => {
    expect(one(line, ["a", "b"])).toEqual(cells);
    expect(cellsOf(line, ["a", "b"])).toEqual(cells);
  });

  it.each([
    ["long keys", ["k".repeat(15), "k".repeat(16), "k".repeat(17), "k".repeat(33)]],
    ["a key that begins another", ["theta2", "theta", "thet", ""]],
    ["keys of other bytes", ["\xc3\xa9", "\xff", "a b", "{"]],
    ["keys with escapes, spelled as in the table", ['say "x"', "a\\b", "\n", "/"]],
  ])("%s", (_, names) => {
    for (const order of [names, names.toReversed()]) {
      const line = `{${order.map((name) => `${JSON.stringify(name)}:"${names.indexOf(name)}"`).join()}}`;
      expect(one(line, names)).toEqual(["0", "1", "2", "3"]);
    }
  });
});

describe("left to JSON.parse", () => {
  // biome-ignore format: a table
  const cases: [name: string, line: string][] = [
    ["escape in a value",     '{"a":1,"b":"x\\n"}'],       ["escape in a key",        '{"a":1,"\\u0062":2}'],
    ["escape, nested",        '{"a":1,"b":["\\n"]}'],      ["escaped quote",          '{"a":1,"b":"\\""}'],
    ["no object",             "[1,2]"],                    ["a number",               "1"],
    ["text",                  "a,b"],                      ["empty",                  "{}"],
    ["a missing key",         '{"a":1}'],                  ["another key",            '{"a":1,"c":2}'],
    ["an extra key",          '{"a":1,"b":2,"c":3}'],      ["a key twice",            '{"a":1,"a":2}'],
    ["a key twice, beside",   '{"a":1,"b":2,"a":3}'],      ["a longer key",           '{"a":1,"bb":2}'],
    ["an empty key",          '{"a":1,"":2}'],             ["bare key",               '{a:1,"b":2}'],
    ["half a line",           '{"a":1,"b":'],              ["half a string",          '{"a":1,"b":"x'],
    ["half a key",            '{"a":1,"b'],                ["not closed",             '{"a":1,"b":2'],
    ["more behind",           '{"a":1,"b":2}x'],           ["two objects",            '{"a":1,"b":2}{"a":1,"b":2}'],
    ["comma at the end",      '{"a":1,"b":2,}'],           ["comma at the start",     '{,"a":1,"b":2}'],
    ["no comma",              '{"a":1 "b":2}'],            ["no colon",               '{"a":1,"b" 2}'],
    ["two commas",            '{"a":1,,"b":2}'],           ["two colons",             '{"a":1,"b"::2}'],
    ["no value",              '{"a":1,"b":}'],             ["single quotes",          "{'a':1,'b':2}"],
    ["zeros in front",        '{"a":1,"b":01}'],           ["minus zeros",            '{"a":1,"b":-00}'],
    ["a plus",                '{"a":1,"b":+1}'],           ["no digit before",        '{"a":1,"b":.5}'],
    ["no digit behind",       '{"a":1,"b":5.}'],           ["no digit, exponent",     '{"a":1,"b":5.e1}'],
    ["no exponent",           '{"a":1,"b":5e}'],           ["no exponent, sign",      '{"a":1,"b":5e+}'],
    ["point in exponent",     '{"a":1,"b":5e1.5}'],        ["minus alone",            '{"a":1,"b":-}'],
    ["minus infinity",        '{"a":1,"b":-Infinity}'],    ["NaN",                    '{"a":1,"b":NaN}'],
    ["hexadecimal",           '{"a":1,"b":0x1}'],          ["digits behind",          '{"a":1,"b":1 2}'],
    ["True",                  '{"a":1,"b":True}'],         ["nulls",                  '{"a":1,"b":nulls}'],
    ["tru",                   '{"a":1,"b":tru}'],          ["fals",                   '{"a":1,"b":fals}'],
    ["a tab in a string",     '{"a":1,"b":"\t"}'],         ["a zero byte",            '{"a":1,"b":"\0"}'],
    ["0x1f in a string",      '{"a":1,"b":"\x1f"}'],       ["0x1f, nested",           '{"a":1,"b":["\x1f"]}'],
    ["a no-break space",      '{"a":1,\xa0"b":2}'],        ["a form feed",            '{"a":1,\f"b":2}'],
    ["byte order mark",       '\xef\xbb\xbf{"a":1,"b":2}'], ["a comment",             '{"a":1,"b":2}//'],
    ["array not closed",      '{"a":1,"b":[1}'],           ["array, comma at end",    '{"a":1,"b":[1,]}'],
    ["array of members",      '{"a":1,"b":["x":1]}'],      ["closed by the other",    '{"a":1,"b":{"x":1]}'],
    ["object of values",      '{"a":1,"b":{1}}'],          ["object, comma at end",   '{"a":1,"b":{"x":1,}}'],
    ["nested, zeros",         '{"a":1,"b":[01]}'],         ["very deep",              `{"a":1,"b":${"[".repeat(200)}${"]".repeat(200)}}`],
  ];
  it.each(cases)("%s", (_, line) => {
    const good = '{"a":1,"b":2}';
    expect(rowsOf(`${good}\n${line}\n${good}\n`, ["a", "b"]).rows).toMatchObject([
      { text: good, line: 0, cells: ["1", "2"] },
      { text: line, line: 1, cells: undefined },
      { text: good, line: 2, cells: ["1", "2"] },
    ]);
  });
});

test("strings, null and the rest are told apart", () => {
  const { rows } = rowsOf('{"a":"","b": null,"c":"0.5","d" :0.5,"e":["x"]}\r', ["a", "b", "c", "d", "e"]);
  expect(rows[0]).toMatchObject({
    cells: ["", "", "0.5", "0.5", '["x"]'],
    kinds: ["string", "null", "string", "other", "other"],
  });
});

test("white space of nested values is not moved in a line that is left to JSON.parse", () => {
  const line = '{"a":[ 1, 2 ],"b":x}';
  expect(rowsOf(`${line}\n`, ["a", "b"]).rows).toEqual([{ text: line, line: 0, cells: undefined }]);
});

test("lines end with LF, CRLF or CR; blank ones have no row, but count", () => {
  const text = '\n\r\n{"a":1}\r\n\r\r \t\n\xa0\f\v\r\n{"a":2}\r{"a":3}\n\n{"a":4}\n\r{"a":5}\r';
  const rows = linesOf(text).map((line) => ({ ...line, cells: cellsOf(line.text, ["a"]) }));
  expect(rows.map(({ line }) => line)).toEqual([2, 7, 8, 10, 12]);
  expect(rowsOf(text, ["a"]).rows).toMatchObject(rows);
  // A LF beyond the end is none of the lines'.
  expect(rowsOf('{"a":1}\r', ["a"])).toMatchObject({ rows: [{ cells: ["1"] }], left: "" });
  expect(rowsOf("", ["a"])).toEqual({ rows: [], left: "" });
});

test("rows that have no room are left for another time", () => {
  const text = '\n{"a":1}\n\r\n{"a":x}\r\n \n{"a":3}\n\n';
  const lefts = [0, 23, 24, 47, 48, 71, 72].map((room) => rowsOf(text, ["a"], room).left);
  const after = (line: string) => text.slice(text.indexOf(line));
  const [first, second, third] = [after('{"a":1}'), after('{"a":x}'), after('{"a":3}')];
  // Blank lines need no room, white space before an object is its line's.
  expect(lefts).toEqual([first, first, second, second, third, third, ""]);
});

// Lines as they may come: most are as they should be, some have odd keys, values or mistakes.

const NAMES = ["id", "theta", "a rather long key of a column", "\xc3\xa9"];
const spaces = fc.constantFrom("", "", "", "", " ", "\t", "  ");
const spaced = (text: fc.Arbitrary<string>) => fc.tuple(spaces, text, spaces).map((parts) => parts.join(""));
const character = fc.constantFrom(..."ab {}[],:\xc3\xa9\xff\x7f01.");
const plainString = fc.string({ unit: character, maxLength: 40 }).map((text) => `"${text}"`);
const escaped = fc.constantFrom('"\\n"', '"x\\"y"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\\\"');
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => JSON.stringify(x)),
  fc.integer().map(String),
  fc.constantFrom("0", "-0", "1.0", "1E0", "-0.10e-400", "12345678901234567890.5e+10"),
);
const scalar = fc.oneof(number, number, plainString, fc.constantFrom("true", "false", "null"));
const { nested } = fc.letrec<{ nested: string; value: string }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, spaced(scalar), spaced(tie("nested"))),
  nested: fc.oneof(
    fc.array(tie("value"), { maxLength: 4 }).map((values) => `[${values.join()}]`),
    fc.array(fc.tuple(spaced(plainString), tie("value")), { maxLength: 3 }).map((members) => {
      return `{${members.map((member) => member.join(":")).join()}}`;
    }),
  ),
}));

const memberOf = (name: string, value: fc.Arbitrary<string>) =>
  fc.tuple(spaced(fc.constant(JSON.stringify(name))), spaced(value)).map((member) => member.join(":"));
const objectOf = (value: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.tuple(...NAMES.map((name) => memberOf(name, value))),
      fc.oneof(fc.constant(NAMES), fc.shuffledSubarray(NAMES, { minLength: NAMES.length })),
    )
    .map(([members, order]) => `{${order.map((name) => members[NAMES.indexOf(name)]).join()}}`);
const usual = spaced(objectOf(fc.oneof(scalar, scalar, nested)));
const oddValue = objectOf(fc.oneof(scalar, escaped));
const oddKeys = fc
  .array(fc.tuple(fc.constantFrom(...NAMES, "x", "thet"), scalar), { maxLength: 6 })
  .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`);

/** A few bytes of a line taken out, put in, or replaced. */
const mutated = fc
  .tuple(
    usual,
    fc.array(
      fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom("", "", ...' \t{}[]",:.-+eE019\\ntfaulse\0\x1f\x80\xa0', "null")),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([line, changes]) =>
    changes.reduce((text, [place, size, more]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + more + text.slice(at + size);
    }, line),
  );

const lineEnd = fc.constantFrom("\n", "\n", "\r\n", "\r");
const blank = fc.constantFrom("", " ", "\t ", "\xa0", "\v\f");
const textOf = (line: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(line, lineEnd), { maxLength: 6 }).map((lines) => lines.flat().join(""));

test("usual lines are taken, and have the cells that JSON.parse gives", () => {
  fc.assert(
    fc.property(textOf(fc.oneof(usual, usual, blank)), fc.nat(15), (text, moved) => {
      const { rows, left } = rowsOf(text, NAMES, undefined, moved);
      expect(left).toBe("");
      expect(rows.map(({ line, cells }) => ({ line, cells }))).toEqual(
        linesOf(text).map((line) => ({ line: line.line, cells: cellsOf(line.text, NAMES) })),
      );
      expect(rows.every(({ cells }) => cells !== undefined)).toBe(true);
    }),
    { seed: 14, numRuns: 3000 },
  );
});

test("what is taken of any lines, JSON.parse takes, with the same cells", () => {
  let taken = 0;
  let left = 0;
  fc.assert(
    fc.property(textOf(fc.oneof(mutated, mutated, oddValue, oddKeys, blank)), fc.nat(15), (text, moved) => {
      const { rows } = rowsOf(text, NAMES, undefined, moved);
      const lines = linesOf(text);
      expect(rows.map(({ line }) => line)).toEqual(lines.map(({ line }) => line));
      rows.forEach(({ cells, text }, i) => {
        if (cells === undefined) {
          left++;
          expect(text).toBe(lines[i]!.text);
        } else {
          taken++;
          expect(cells).toEqual(cellsOf(lines[i]!.text, NAMES));
          // The line still says the same, wherever white space was moved to.
          expect(membersOf(text)).toEqual(membersOf(lines[i]!.text));
        }
      });
    }),
    { seed: 41, numRuns: 20_000 },
  );
  expect(Math.min(taken, left)).toBeGreaterThan(2000);
});
