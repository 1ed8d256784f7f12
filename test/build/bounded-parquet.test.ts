import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

// JavaScript without types.
const { boundedParquet } = await import(new URL("../../src/build/bounded-parquet.js", import.meta.url).href);

// hyparquet with the checks that the bundle has, file by file.
const folder = mkdtempSync(join(tmpdir(), "bounded-"));
afterAll(() => rmSync(folder, { recursive: true }));
const copy = join(folder, "hyparquet", "src");
cpSync(fileURLToPath(new URL("../../node_modules/hyparquet/src", import.meta.url)), copy, { recursive: true });
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
for (const file of readdirSync(copy)) {
  const path = join(copy, file);
  writeFileSync(path, boundedParquet.transform(readFileSync(path, "utf8"), path) ?? readFileSync(path));
}

/** What a reader says of bytes, in a process of its own that is ended when it hangs. */
function said(file: string, expression: string): string {
  const code = `import * as it from ${JSON.stringify(resolve(copy, file))};
    const reader = (...bytes) => ({ view: new DataView(new Uint8Array(bytes).buffer), offset: 0 });
    try { console.log(String(${expression})); } catch (error) { console.log(error.message); }`;
  const { stdout, signal } = spawnSync(
    process.execPath,
    ["--max-old-space-size=400", "--input-type=module", "-e", code],
    {
      timeout: 10_000,
      encoding: "utf8",
    },
  );
  return signal === null ? stdout.trim() : "never ends";
}

const PAGE = "type: 'DATA_PAGE_V2', compressed_page_size: 9, uncompressed_page_size: 9";
const V2 =
  "num_values: 3, num_nulls: 0, num_rows: 3, definition_levels_byte_length: 2, repetition_levels_byte_length: 0";

// biome-ignore format: a table
const cases: [name: string, file: string, expression: string, says: string][] = [
  ["a run of a negative number of values of no bits", "encoding.js", "(it.readRleBitPackedHybrid(reader(0x81, 0x80, 0x80, 0x80, 0x02, 0), 0, a = [,,,], 9), a)", "0,0,0"],
  ["a run of 2^30 values, 3 of them wanted",          "encoding.js", "(it.readRleBitPackedHybrid(reader(0xfe, 0xff, 0xff, 0xff, 0x07, 1), 1, a = new Array(3), 6), a)", "1,1,1"],
  ["2^30 values of a split page of 8 bytes",          "encoding.js", "it.byteStreamSplit(reader(0, 0, 0, 0, 0, 0, 0, 0), 2 ** 30, 'INT32')", "parquet page has too few bytes"],
  ["delta blocks of a negative size",                 "delta.js",    "it.deltaBinaryUnpack(reader(0xfe, 0xff, 0xff, 0xff, 0x0f, 1, 9, 0, 0, 8), 9, new Int32Array(9))", "parquet delta block of no values"],
  ["a negative number of delta miniblocks",           "delta.js",    "it.deltaBinaryUnpack(reader(0x80, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f, 9, 0, 0), 9, new Int32Array(9))", "parquet delta block of no values"],
  ["2^31 bytes of the value before",                  "delta.js",    "it.deltaByteArray(reader(0x80, 1, 4, 2, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x80, 1, 4, 2, 0), 1, [])", "parquet delta prefix out of range"],
  ["2^31 texts of a fixed length",                    "plain.js",    "it.readPlain(reader(0), 'FIXED_LEN_BYTE_ARRAY', 2 ** 31 - 1, 1e-300)", "parquet page has too few bytes"],
  ["a number of a million bytes",                     "thrift.js",   "it.readZigZagBigInt(reader(...new Uint8Array(100000).fill(255), 0))", "thrift number too long"],
  ["a small number of a million bytes",               "thrift.js",   "it.readVarInt(reader(...new Uint8Array(100000).fill(255), 0))", "thrift number too long"],
];

test.each(cases)("%s", (_, file, expression, says) => {
  expect(said(file, `(() => { let a; return ${expression}; })()`)).toBe(says);
});

// biome-ignore format: a table
test.each([
  ["sound",                        `{ ${PAGE}, data_page_header_v2: { ${V2} } }`,                                            "undefined"],
  ["no length of levels",          `{ ${PAGE}, data_page_header_v2: { ${V2}, definition_levels_byte_length: undefined } }`, "the length of definition levels of a page is no number"],
  ["levels beyond the page",       `{ ${PAGE}, data_page_header_v2: { ${V2}, definition_levels_byte_length: 10 } }`,        "the length of definition levels of a page cannot be 10"],
  ["a negative length of levels",  `{ ${PAGE}, data_page_header_v2: { ${V2}, repetition_levels_byte_length: -1 } }`,        "the length of repetition levels of a page cannot be -1"],
  ["more nulls than values",       `{ ${PAGE}, data_page_header_v2: { ${V2}, num_nulls: 4 } }`,                             "the number of nulls of a page cannot be 4"],
  ["more values than its chunk",   `{ ${PAGE}, data_page_header_v2: { ${V2}, num_values: 9 } }`,                            "the number of values of a page cannot be 9"],
  ["a text for a number",          `{ ${PAGE}, data_page_header_v2: { ${V2}, num_values: '3' } }`,                          "the number of values of a page is no number"],
  ["no size",                      `{ ${PAGE}, compressed_page_size: undefined }`,                                          "the compressed size of a page is no number"],
  ["a size beyond the bytes",      `{ ${PAGE}, compressed_page_size: 11 }`,                                                 "the compressed size of a page cannot be 11"],
])("a page header: %s", (_, header, says) => {
  const page = fileURLToPath(new URL("../../src/build/sound-page.js", import.meta.url));
  expect(said(page, `it.requireSoundPage(${header}, 10, { num_values: 5n })`)).toBe(says);
});
