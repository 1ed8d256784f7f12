import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { drain } from "../cli/drain.ts";
import { asoftmax, withoutHelp } from "../cli/run.ts";

const folder = mkdtempSync(join(tmpdir(), "jsonl-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

/** psi over a file of that text, one character a byte, in a file of its own; its path is written f in messages. */
async function psiOf(text: string, ...more: string[]) {
  const path = join(folder, `${files++}.jsonl`);
  writeFileSync(path, Buffer.from(text, "latin1"));
  try {
    const { out, warnings } = await drain(["psi", "--input", path, "--columns", "k", ...more]);
    return { out, warnings: warnings.map((warning) => warning.replace(path, "f")) };
  } catch (error) {
    return { error: withoutHelp((error as Error).message.replace(path, "f")) };
  }
}

// biome-ignore format: a table
const accepted: [name: string, file: string, out: string][] = [
  ["plain",                       '{"theta":0.5,"id":"a"}\n{"theta":3,"id":"b"}\n', "theta,id,k\n0.5,a,0\n3,b,3\n"],
  ["one object, no newline",      '{"theta":1}',                                   "theta,k\n1,1\n"],
  ["CRLF and blank lines",        '\n\r\n{"theta":1}\r\n\n{"theta":2}\r\n',        "theta,k\n1,1\n2,2\n"],
  ["byte order mark",             '\xef\xbb\xbf{"theta":1}\n',                     "theta,k\n1,1\n"],
  ["spaces wherever they may be", ' { "theta" : 1 , "id" : "a b" } \n',            "theta,id,k\n1,a b,1\n"],
  ["another order of keys",       '{"theta":1,"id":"a"}\n{"id":"b","theta":2}\n',  "theta,id,k\n1,a,1\n2,b,2\n"],
  ["numbers as they are written", '{"theta":1.0,"id":13911860366432393}\n{"theta":1E0,"id":-0.10e-400}\n', "theta,id,k\n1.0,13911860366432393,1\n1E0,-0.10e-400,1\n"],
  ["numbers in strings",          '{"theta":"1.0","id":"007"}\n',                  "theta,id,k\n1.0,007,1\n"],
  ["true, false, null",           '{"theta":1,"a":true,"b":false,"c":null}\n',     "theta,a,b,c,k\n1,true,false,,1\n"],
  ["quotes, delimiters, lines",   '{"theta":1,"id":"say \\"x\\", \\n\\\\"}\n',     'theta,id,k\n1,"say ""x"", \n\\",1\n'],
  ["what a string may hold",      '{"theta":1,"id":"{[]},:"}\n',                   'theta,id,k\n1,"{[]},:",1\n'],
  ["escaped characters",          '{"theta":1,"\\u00e9":"\\u03c0\\ud83d\\ude00"}\n', "theta,\xc3\xa9,k\n1,\xcf\x80\xf0\x9f\x98\x80,1\n"],
  ["quotes and backslashes",      '{"theta":1,"\\\\":"\\\\\\"","x":["\\"", "\\\\"]}\n',  'theta,\\,x,k\n1,"\\""","[""\\"""",""\\\\""]",1\n'],
  ["UTF-8, and other bytes",      '{"theta":1,"\xc3\xa9":"\xcf\x80\xff"}\n',       "theta,\xc3\xa9,k\n1,\xcf\x80\xff,1\n"],
  ["what is nested",              '{"theta":1,"x":[ 1.0, {"a" : "b c"} ],"y":{}}\n', 'theta,x,y,k\n1,"[1.0,{""a"":""b c""}]",{},1\n'],
  ["a key that is a prototype's", '{"theta":1,"__proto__":2,"constructor":3}\n',   "theta,__proto__,constructor,k\n1,2,3,1\n"],
];

test.each(accepted)("accepted: %s", async (_, file, out) => {
  expect(await psiOf(file)).toEqual({ out, warnings: [] });
});

describe("refused", () => {
  // biome-ignore format: a table
  const files: [name: string, file: string, message: string][] = [
    ["an empty file",          "",                          "f is empty: it needs at least one object"],
    ["blank lines only",       "\n\n",                      "f is empty: it needs at least one object"],
    ["csv",                    "theta\n1\n",                "f line 1: it is no JSON object with keys, which name the columns"],
    ["an array of numbers",    "\n[1]\n",                   "f line 2: it is no JSON object with keys, which name the columns"],
    ["a key twice",            '{"theta":1,"theta":2}\n',   'f: the header has two columns named "theta": rename one'],
    ["an infinity",            '{"theta":1,"x":-Infinity}', "f line 1: it is no JSON object with keys, which name the columns (NaN and infinities are no JSON: write null)"],
    ["no such key",            '{"thet":1}\n',              'f: there is no column "theta": did you mean thet?'],
    ["no key at all",          "{}\n",                      "f line 1: it is no JSON object with keys, which name the columns"],
  ];
  test.each(files)("%s", async (_, file, error) => expect(await psiOf(file)).toEqual({ error }));

  test("--delimiter", async () =>
    expect(await psiOf('{"theta":1}\n', "--delimiter", ";")).toEqual({
      error: "--delimiter: f is jsonl, which has none",
    }));
});

describe("rows that are refused", () => {
  const ALONE = undefined;
  // Between two good ones: what stop says, and what keep writes for it, where it may be kept.
  // biome-ignore format: a table
  const cases: [name: string, row: string, message: string, kept: string | undefined][] = [
    ["text",           '{"theta":"abc","id":"b"}',     'column theta: "abc" is not a decimal number',                "abc,b,"],
    ["null",           '{"theta":null,"id":"b"}',      "column theta: the cell is empty: it needs a number",         ",b,"],
    ["true",           '{"theta":true,"id":"b"}',      'column theta: "true" is not a decimal number',               "true,b,"],
    ["nested",         '{"theta":[1],"id":"b"}',       'column theta: "[1]" is not a decimal number',                "[1],b,"],
    ["above pi",       '{"theta":3.2,"id":"b"}',       "column theta: 3.2 lies above pi: an angle lies in [0, pi]; for degrees give --degrees",  "3.2,b,"],
    ["a missing key",  '{"theta":1}',                  'the object has no key "id"',                                 "1,,"],
    ["nothing",        "{}",                           'the object has no key "theta"',                              ",,"],
    ["another key",    '{"theta":1,"i":"b"}',          'the key "i" is not among those of the first object',         ALONE],
    ["an extra key",   '{"theta":1,"id":"b","x":2}',   'the key "x" is not among those of the first object',         ALONE],
    ["a key twice",    '{"theta":1,"id":2,"id":3}',    'the key "id" stands there twice',                            ALONE],
    ["an array",       "[1,2]",                        "the line is not a JSON object",                              '"[1,2]",,'],
    ["half an object", '{"theta":1,',                  "the line is not a JSON object",                              '"{""theta"":1,",,'],
    ["two objects",    '{"theta":1}{"theta":1}',       "the line is not a JSON object",                              '"{""theta"":1}{""theta"":1}",,'],
    ["NaN",            '{"theta":NaN,"id":1}',         "the line is not a JSON object (NaN and infinities are no JSON: write null)", '"{""theta"":NaN,""id"":1}",,'],
  ];
  const fileOf = (row: string) => `{"theta":1,"id":"a"}\n\n${row}\n{"theta":3,"id":"c"}\n`;

  test.each(cases)("%s", async (_, row, message, kept) => {
    expect(await psiOf(fileOf(row))).toEqual({ error: `f line 3: ${message}` });
    expect(await psiOf(fileOf(row), "--bad-rows", "skip")).toEqual({
      out: "theta,id,k\n1,a,1\n3,c,3\n",
      warnings: ["f: 1 bad row left out: line 3"],
    });
    expect(await psiOf(fileOf(row), "--bad-rows", "keep")).toEqual(
      kept === undefined
        ? { error: `f line 3: ${message}: such a row cannot be kept, only skipped` }
        : { out: `theta,id,k\n1,a,1\n${kept}\n3,c,3\n`, warnings: ["f: 1 bad row kept without values: line 3"] },
    );
  });
});

test("from standard input, by --input-format, to jsonl", async () => {
  const line = ["psi", "--input", "-", "--input-format", "jsonl", "--columns", "k", "--format", "jsonl"];
  expect(await asoftmax(line, { stdin: '{"theta":1,"id":13911860366432393}\n' })).toEqual({
    status: 0,
    stdout: '{"theta":1,"id":13911860366432393,"k":1}\n',
    stderr: "",
  });
});

test("many lines, over several blocks, with strings that have an odd number of quotes", async () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => `{"theta":${i % 4},"id":"${i}\\""}\n`);
  const rows = lines.map((_, i) => `${i % 4},"${i}""",${[0, 1, 2, 3][i % 4]}\n`);
  expect((await psiOf(lines.join(""))).out).toBe(`theta,id,k\n${rows.join("")}`);
  expect(await psiOf(`${lines.join("")}x`)).toEqual({ error: "f line 30001: the line is not a JSON object" });
});

test("a string of millions of escapes", async () => {
  const path = join(folder, "long.jsonl");
  writeFileSync(path, `{"theta":1,"x":"${"\\\\".repeat(5_000_000)}"}\n`);
  const { status, stdout, stderr } = await asoftmax(["psi", "--columns", "k", "--input", path]);
  expect([status, stderr, stdout.length]).toEqual([0, "", "theta,x,k\n1,,1\n".length + 5_000_000]);
}, 60_000);
