// hyparquet 1.31 believes the lengths and counts that a file states. In a damaged file they made it read for ever, or
// until memory was full. Here each is checked before it is used, in the copy of hyparquet that is bundled.
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("./sound-page.js", import.meta.url));

/** A byte order mark at the beginning of a name or a text was cut off. */
const WHOLE_TEXTS = [1, "new TextDecoder()", "new TextDecoder('utf-8', { ignoreBOM: true })"];

/** What stands in each file of hyparquet/src, how often, and what takes its place. */
const CHANGES = {
  "column.js": [
    [
      1,
      "const header = parquetHeader(reader)\n",
      "const header = parquetHeader(reader)\n    requireSoundPage(header, reader.view.byteLength - reader.offset, columnDecoder)\n",
    ],
    [
      1,
      "import { assembleLists }",
      `import { requireSoundPage } from ${JSON.stringify(page)}\nimport { assembleLists }`,
    ],
  ],
  "encoding.js": [
    // A run of more values than its page has room for.
    [
      1,
      "readRle(reader, count, width, output, seen)",
      "readRle(reader, Math.min(count, output.length - seen), width, output, seen)",
    ],
    // Likewise; and a negative count never reached 0, where values of no bits took no bytes either.
    [1, "let count = header >> 1 << 3", "let count = Math.min((header >>> 1) * 8, output.length - seen)"],
    // An array was made for values that the page has no bytes for.
    [
      1,
      "const bytes = new Uint8Array(count * width)",
      "if (!(count * width <= reader.view.byteLength - reader.offset)) throw new Error('parquet page has too few bytes')\n  $&",
    ],
  ],
  "convert.js": [WHOLE_TEXTS],
  "metadata.js": [WHOLE_TEXTS],
  "delta.js": [
    // DuckDB writes the first of unsigned integers of 32 bits with a bit more: it was lost.
    [1, "let value = readZigZag(reader)\n", "let value = readZigZagInt33(reader)\n"],
    // Miniblocks of a negative size lead back to where they began; those of none never give a value.
    [
      2,
      "const valuesPerMiniblock = blockSize / miniblockPerBlock\n",
      "$&  if (count > 1 && !(miniblockPerBlock > 0 && valuesPerMiniblock > 0 && miniblockPerBlock <= reader.view.byteLength))\n    throw new Error('parquet delta block of no values')\n",
    ],
    // Each value could claim 2 GB of the one before it.
    [
      1,
      "    if (prefixData[i]) {\n",
      "    if (prefixData[i] && !(prefixData[i] <= output[i - 1]?.length && (total += prefixData[i]) < 2 ** 30))\n      throw new Error('parquet delta prefix out of range')\n$&",
    ],
    [1, "const suffixData = new Int32Array(count)\n", "let total = 0\n  $&"],
  ],
  "plain.js": [
    [
      1,
      "  // assert(reader.view.byteLength - reader.offset >= count * fixedLength)\n",
      "  if (!(fixedLength >= 1 && reader.view.byteLength - reader.offset >= count * fixedLength)) throw new Error('parquet page has too few bytes')\n",
    ],
  ],
  "rowgroup.js": [
    // Where one column could not be found, those already on their way failed
    // with nobody to hear of it, which ends a process.
    [3, "asyncColumns.push({", "addColumn(asyncColumns, {"],
    [
      1,
      "/**\n * Read a row group from a file-like object.\n",
      "function addColumn(columns, column) {\n  column.data.catch(() => {})\n  columns.push(column)\n}\n\n$&",
    ],
  ],
  "thrift.js": [
    // A number of millions of bytes took time by the square of their number.
    [1, "    shift += 7\n", "    if ((shift += 7) > 63) throw new Error('thrift number too long')\n"],
    [1, "    shift += 7n\n", "    if ((shift += 7n) > 63n) throw new Error('thrift number too long')\n"],
  ],
};

/** Puts the checks into hyparquet while it is bundled. Throws an Error where hyparquet is not as it was. */
export const boundedParquet = {
  name: "bounded-parquet",
  transform(code, id) {
    const [, file] = /hyparquet\/src\/([\w.]+)$/.exec(id.replaceAll("\\", "/")) ?? [];
    let bounded = code;
    for (const [times, old, checked] of CHANGES[file] ?? []) {
      const parts = bounded.split(old);
      if (parts.length !== times + 1) throw new Error(`hyparquet has changed: is "${old}" in ${file} bounded now?`);
      bounded = parts.join(checked.replace("$&", () => old));
    }
    return bounded === code ? undefined : bounded;
  },
};
