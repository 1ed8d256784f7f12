import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textOf } from "../../src/data/content.ts";
import { asoftmax, words } from "../cli/run.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/files/${name}`, import.meta.url));

/** The text of bytes that come in pieces of a size, and whether it is JSON. */
async function read(bytes: Buffer, size = bytes.length || 1, file = "f") {
  async function* pieces() {
    for (let i = 0; i < bytes.length; i += size) yield Buffer.from(bytes.subarray(i, i + size));
  }
  const { bytes: decoded, isJson } = await textOf(pieces(), file, false);
  const out: Buffer[] = [];
  for await (const piece of decoded) out.push(piece);
  return { text: Buffer.concat(out).toString("latin1"), isJson };
}

/** The same, in pieces of one byte too, which must make no difference. */
async function both(bytes: Buffer) {
  const whole = await read(bytes).catch((error: Error) => error.message);
  expect(await read(bytes, 1).catch((error: Error) => error.message)).toEqual(whole);
  return whole;
}

const CSV = "theta,id\n0.5,1\n1.2,2\n";
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();

describe("what is read", () => {
  // biome-ignore format: a table
  test.each<[string, Buffer, string]>([
    ["text",                  Buffer.from(CSV),                                      CSV],
    ["nothing",               Buffer.from(""),                                       ""],
    ["a short line",          Buffer.from("a\n"),                                    "a\n"],
    ["gzip",                  readFileSync(fixture("plain.csv.gz")),                 CSV],
    ["gzip in two members",   Buffer.concat([gzipSync("theta\n"), gzipSync("1\n")]), "theta\n1\n"],
    ["zstd",                  readFileSync(fixture("plain.csv.zst")),                CSV],
    ["zstd in two frames",    Buffer.concat(Array(2).fill(readFileSync(fixture("plain.csv.zst")))), CSV + CSV],
    ["UTF-16",                readFileSync(fixture("utf16.csv")),                    CSV],
    ["UTF-16 (big-endian)",   swapped(readFileSync(fixture("utf16.csv"))),           CSV],
    ["UTF-16, other planes",  utf16("θ😀\n"),                                        "\xce\xb8\xf0\x9f\x98\x80\n"],
    ["UTF-16 of gzip",        gzipSync(readFileSync(fixture("utf16.csv"))),          CSV],
    ["gzip of zstd",          gzipSync(readFileSync(fixture("plain.csv.zst"))),      CSV],
  ])("%s", async (_, bytes, text) => expect(await both(bytes)).toEqual({ text, isJson: false }));

  // Brackets, commas and line ends become spaces or line ends, so that each element is one line.
  // biome-ignore format: a table
  test.each([
    ["JSON lines",          '{"a":1}\n[2]\n',                    '{"a":1}\n[2]\n'],
    ["an array",            '[{"a":1},{"a":2}]',                 ' {"a":1}\n{"a":2}\n'],
    ["over many lines",     '\n[\r\n{\n"a":1\n}\n,\n{}\n]\n',    '    { "a":1 } \n {} \n '],
    ["what is nested",      '[{"a":[1,{"b":[]}]},{}]',           ' {"a":[1,{"b":[]}]}\n{}\n'],
    ["strings",             '[{"a":"],\\"\\\\"},{"[{":"\\\\"}]', ' {"a":"],\\"\\\\"}\n{"[{":"\\\\"}\n'],
    ["other elements",      '[{},2,"x",[3],null]',               ' {}\n2\n"x"\n[3]\nnull\n'],
    ["none",                "[]",                                " \n"],
    ["a byte order mark",   '\xef\xbb\xbf[{}]',                  "\xef\xbb\xbf {}\n"],
  ])("%s", async (_, json, text) =>
    expect(await both(Buffer.from(json, "latin1"))).toEqual({ text, isJson: true }));

  test("any array of objects is read as JSON.parse reads it, however it is written", async () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(objects, fc.constantFrom(undefined, 1, "\n\t"), async (array, indent) => {
        const { text } = await read(Buffer.from(JSON.stringify(array, null, indent)), 7);
        const lines = Buffer.from(text, "latin1").toString().trim().split("\n");
        expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(array)));
      }),
      { seed: 20170429, numRuns: 300 },
    );
  });
});

// biome-ignore format: a table
test.each<[string, Buffer | string, string]>([
  ["gzip cut short",         gzipSync(CSV).subarray(0, 20),          "f: its gzip data is damaged or ends too early"],
  ["gzip damaged",           gzipSync(CSV).fill(255, 12, 20),        "f: its gzip data is damaged or ends too early"],
  ["zstd cut short",         readFileSync(fixture("plain.csv.zst")).subarray(0, 20), "f: its zstd data is damaged or ends too early"],
  ["zstd damaged",           "\x28\xb5\x2f\xfd\x00\x38\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "f: its zstd data is damaged or ends too early"],
  ["zstd, 1 GB of window",   "\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00", "f is zstd with a window above 128 MB: convert it: zstd -dc --long=31 f | asoftmax ... --input -"],
  ["UTF-16 cut short",       utf16("θ😀").subarray(0, -2),           "f: its UTF-16 data is damaged or ends too early"],
  ["gzip of gzip",           gzipSync(gzipSync(CSV)),                "f is gzip of gzip: decompress it first"],
  ["UTF-16 without a mark",  Buffer.from(CSV, "utf16le"),            "f is UTF-16 without a byte order mark: convert it: iconv -f UTF-16LE -t UTF-8 f | asoftmax ... --input -"],
  ["big-endian without one", Buffer.from(CSV, "utf16le").swap16(),   "f is UTF-16 (big-endian) without a byte order mark: convert it: iconv -f UTF-16BE -t UTF-8 f | asoftmax ... --input -"],
  ["UTF-32",                 "\xff\xfe\0\0t\0\0\0",                  "f is UTF-32: convert it: iconv -f UTF-32 -t UTF-8 f | asoftmax ... --input -"],
  ["Parquet",                "PAR1\x15\x04\x15\x10",                 "f is Parquet: give --input-format parquet and a plain file, which is read by position"],
  ["Parquet in gzip",        gzipSync("PAR1\x15\x04\x15\x10"),       "f is gzip of Parquet: give --input-format parquet and a plain file, which is read by position"],
  ["zip",                    "PK\x03\x04\x14\0\0\0",                 "f is a zip archive: convert it: unzip -p f | asoftmax ... --input -"],
  [".npy",                   "\x93NUMPY\x01\0",                      `f is numpy's .npy: embeddings go to measure --features; angles as text: convert it: python3 -c "import numpy as np; f = {'theta': np.load('f')}; np.savetxt('f.csv', np.column_stack([f[k] for k in f]), delimiter=',', comments='', header=','.join(k if f[k][:1].size < 2 else f'{k}_{i}' for k in f for i in range(f[k][:1].size)))"`],
  ["a pickle",               "\x80\x04\x95",                          `f is a pickle: convert it: python3 -c "import pandas; pandas.read_pickle('f').to_csv('f.csv', index=False)"`],
  ["HDF5",                   "\x89HDF\r\n\x1a\n",                    `f is HDF5: convert it: python3 -c "import pandas; pandas.read_hdf('f').to_csv('f.csv', index=False)"`],
  ["an array cut short",     '[{"a":1},{"a"',                        "f ends within element 2 of its JSON array: it is incomplete"],
  ["a comma too many",       '[{"a":1},]',                           "f: element 2 of the JSON array is missing"],
  ["two commas",             '[{"a":1},,{"a":1}]',                   "f: element 2 of the JSON array is missing"],
  ["more than an array",     '[{"a":1}]\n{"a":1}',                   "f: something follows the end of the JSON array"],
])("what is not: %s", async (_, bytes, message) => {
  expect(await both(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes)).toBe(message);
});

test("archives by their endings; a name that would have to be quoted is not put into a command", async () => {
  const zip = Buffer.from("PK\x03\x04\x14\0\0\0");
  await expect(read(zip, 8, "a/b.xlsx")).rejects.toThrow(
    `a/b.xlsx is a spreadsheet (.xlsx): convert it: python3 -c "import pandas; pandas.read_excel('a/b.xlsx').to_csv('a/b.xlsx.csv', index=False)"`,
  );
  await expect(read(zip, 8, "a.npz")).rejects.toThrow("np.column_stack([f[k] for k in f])");
  await expect(read(zip, 8, "a;b")).rejects.toThrow("a;b is a zip archive: convert it: unzip -p FILE |");
});

describe("through the program", () => {
  const OUT = "theta,id,k\n0.5,1,0\n1.2,2,1\n";
  test.concurrent.each(["plain.csv.gz", "plain.csv.zst", "utf16.csv"])("%s, by name and from a pipe", async (name) => {
    const line = words("psi --columns k --input");
    expect(await asoftmax([...line, fixture(name)])).toEqual({ status: 0, stdout: OUT, stderr: "" });
    const stdin = readFileSync(fixture(name));
    expect(await asoftmax([...line, "-"], { stdin })).toEqual({ status: 0, stdout: OUT, stderr: "" });
  });

  // biome-ignore format: a table
  test.concurrent.each([
    ["psi",                                "quoted-semicolons.csv", "FILE line 1: ';' follows a quoted cell: give --delimiter ';'"],
    ["psi --columns k --delimiter ;",      "quoted-semicolons.csv", "id,theta,k\n1,0.5,0\n"],
    ["psi",                                "decimal-comma.csv", "FILE line 2: the row has 3 cells, the header 2 (decimal commas? quote such cells or take another delimiter, and give --decimal-comma) (--bad-rows skip leaves such rows out)"],
    ["psi",                                "comments.csv", `FILE: there is no column "theta": the first line begins with #: for comments give --comment '#'`],
    ["psi --columns k --comment #",        "comments.csv", "theta,id,k\n0.5,1,0\n1.0,2,1\n"],
  ])("%s --input %s", async (line, name, expected) => {
    const { stdout, stderr } = await asoftmax([...words(line), "--input", fixture(name)]);
    const said = stderr.replace(/^asoftmax: (.*)\n$/, "$1").replace(fixture(name), "FILE");
    expect(said + stdout).toBe(expected);
  });

  test("a no-break space before a number of measure", async () => {
    const { stdout } = await asoftmax([...words("measure --format json --input"), fixture("no-break-space.csv")]);
    expect(JSON.parse(stdout)).toMatchObject({ samples: 1, classes: 2, correct: 1 });
  });

  const JSON_LINE = words("psi --columns k --input - --format json --theta @theta");

  test("our own json, through gzip, with a row's place among the elements", async () => {
    const { stdout } = await asoftmax(words("psi --points 3 --columns theta --format json"));
    const again = await asoftmax(JSON_LINE, { stdin: gzipSync(stdout) });
    expect(JSON.parse(again.stdout)).toEqual(
      JSON.parse(stdout).map((row: object, k: number) => ({ ...row, k: [0, 1, 3][k] })),
    );
    const bad = await asoftmax(JSON_LINE, { stdin: '[{"theta":1},\n\n{"theta":4}]' });
    expect(bad.stderr).toContain("standard input line 2: column theta: 4 lies above pi");
  });

  test("--input-format says that it is csv", async () => {
    const { stdout } = await asoftmax([...JSON_LINE, "--input-format", "csv"], { stdin: '[{"x"},theta\na,1\n' });
    expect(stdout).toBe('[\n{"[{\\"x\\"}":"a","theta":"1","k":1}\n]\n');
  });

  test("threads take the format that the first bytes told", async () => {
    const rows = Array.from({ length: 400_000 }, (_, i) => ({ theta: (i % 31) / 10, id: i }));
    const stdin = gzipSync(JSON.stringify(rows));
    const line = words("psi --columns k --input - --format csv --threads");
    const [one, two] = [await asoftmax([...line, "1"], { stdin }), await asoftmax([...line, "2"], { stdin })];
    expect([two.status, two.stderr, two.stdout.length]).toEqual([0, "", one.stdout.length]);
    expect(two.stdout === one.stdout && one.stdout.endsWith("\n0.6,399999,0\n")).toBe(true);
  }, 60_000);
});
