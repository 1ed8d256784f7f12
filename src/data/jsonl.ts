import { integers, memory, Region, rowKernel } from "../kernels/rows.ts";
import { type Batch, type CellRecord, indexedRows, placeLines } from "./batch.ts";
import type { Block } from "./blocks.ts";
import { fromBytes, toBytes } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { shortened } from "./shown.ts";
import { remaining } from "./table.ts";

/**
 * How blocks of JSON objects, one a line, are read; the keys of the first name the columns. A string is a cell without
 * its quotes, null an empty one; numbers, and what is nested, stay as they are written but for spaces.
 */
export const jsonLines = (file: string) => ({
  separator: "",
  batches,
  readHeader: (blocks: AsyncIterator<Block>) => readFirst(blocks, file),
});

const keyTable = new Region();

/**
 * Puts the keys, as JSON writes them between quotes, where the kernel finds them, and gives the address of their table.
 */
function putKeys(names: readonly string[]): number {
  const keys = names.map((name) => JSON.stringify(name).slice(1, -1));
  const table = keyTable.reserve(keys.reduce((sum, { length }) => sum + 8 + length, 16));
  let at = table + 8 * keys.length;
  for (const [i, key] of keys.entries()) {
    integers.set([at, key.length], table / 4 + 2 * i);
    at += memory.write(key, at, "latin1");
  }
  return table;
}

/**
 * The objects of a block: the kernel finds the cells of objects without escapes,
 * other keys or mistakes; JSON.parse reads the others.
 */
function* batches({ bytes, line }: Block, names: readonly string[]): Generator<Batch> {
  const places = new Map(names.map((name, i) => [name, i]));
  const keys = putKeys(names);
  const { start, end, index, indexEnd } = placeLines(bytes, names.length);
  for (let [at, number] = [start, line]; at < end; ) {
    const size = rowKernel.indexObjects(at, end, keys, names.length, index, indexEnd);
    const next = rowKernel.objectsEnd();
    const firstLine = number;
    const rows = indexedRows(index, size, names);
    /** Rows that have the members of their object as their bytes already. */
    const unusual = new Map<number, CellRecord>();
    const faults = new Map<number, string>();
    for (let row = 0; row < size; row++) {
      if (rows.cells(row) !== -1) continue;
      const { fault, ...record } = recordOf(memory.toString("latin1", ...rows.span(row)), places);
      unusual.set(row, record);
      if (fault !== undefined) faults.set(row, fault);
    }
    rows.put(unusual);
    yield {
      ...rows,
      line: (row) => firstLine + rows.line(row),
      faults,
      /** Members of JSON objects are passed on as they are. */
      fields({ json }) {
        if (!json) return rows.eachColumn("quoted");
        for (let row = 0; row < size; row++) if (!unusual.has(row)) rows.setSpan(row, membersIn(rows.span(row)));
        return rows.wholeRows();
      },
    };
    number += rowKernel.countLines(at, next);
    at = next;
  }
}

/** The keys of the first object, and its block. Throws DataError where the first line is no object. */
async function readFirst(source: AsyncIterator<Block>, file: string) {
  for await (const block of remaining(source)) {
    const lines = block.bytes.toString("latin1").split(/\r\n|\n|\r/);
    const at = lines.findIndex((text) => text.trim() !== "");
    if (at < 0) continue;
    const names = membersOf(lines[at]!)?.map(([key]) => key) ?? [];
    if (names.length > 0) return { names, rest: block };
    const line = block.line + at;
    throw new DataError(
      `${file} line ${line}: it is no JSON object with keys, which name the columns${advice(lines[at]!)}`,
    );
  }
  throw new DataError(`${file} is empty: it needs at least one object`);
}

/**
 * Takes white space and braces from the bytes of an object in the memory of the row
 * kernel, and gives where its members start and end.
 */
function membersIn([start, end]: readonly [number, number]): [number, number] {
  while (memory[start] !== OPEN) start++;
  while (memory[end - 1] !== CLOSE) end--;
  return [start + 1, end - 1];
}

const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * The cells of an object in the order of the names, what has no place among them last;
 * its members; and what is wrong with it, if anything is.
 */
function recordOf(text: string, places: ReadonlyMap<string, number>) {
  const found = membersOf(text);
  if (found === undefined) {
    const [first = ""] = places.keys();
    const members = `${toBytes(JSON.stringify(fromBytes(first)))}:${toBytes(JSON.stringify(fromBytes(text)))}`;
    return { cells: [text], members, fault: `the line is not a JSON object${advice(text)}` };
  }
  const cells = new Array<string>(places.size);
  const others: string[] = [];
  let fault: string | undefined;
  for (const [key, cell] of found) {
    const place = places.get(key);
    if (place !== undefined && cells[place] === undefined) cells[place] = cell;
    else {
      others.push(cell);
      fault ??= `the key "${shortened(fromBytes(key))}" ${place === undefined ? "is not among those of the first object" : "stands there twice"}`;
    }
  }
  for (const [key, place] of places) {
    if (cells[place] !== undefined) continue;
    cells[place] = "";
    fault ??= `the object has no key "${shortened(fromBytes(key))}"`;
  }
  return { cells: [...cells, ...others], members: text.trim().slice(1, -1).trim(), fault };
}

/** What may explain text that is no JSON. */
const advice = (text: string) =>
  /[:[,]\s*-?(NaN|Infinity)\b/.test(text) ? " (NaN and infinities are no JSON: write null)" : "";

const TOKEN = /"[^"]*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The tokens of JSON. One pattern with escapes in its strings would need a stack as long as the longest of them. */
function tokensOf(json: string): string[] {
  if (!json.includes("\\")) return json.match(TOKEN)!;
  const unescaped = json.replace(/\\./g, "__");
  return Array.from(unescaped.matchAll(TOKEN), ({ 0: { length }, index }) => json.slice(index, index + length));
}

/** The keys and the cells of a JSON object; undefined where the text is none. */
function membersOf(text: string): [key: string, cell: string][] | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const tokens = tokensOf(text);
  if (tokens[0] !== "{") return undefined;
  const members: [string, string][] = [];
  let start = 1;
  let depth = 1;
  for (let i = 1; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (depth === 1 && i > start && (token === "," || token === "}")) {
      const value = i === start + 3 ? tokens[i - 1]! : tokens.slice(start + 2, i).join("");
      members.push([cellOf(tokens[start]!), cellOf(value)]);
      start = i + 1;
    }
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
  }
  return members;
}

function cellOf(json: string): string {
  if (json === "null") return "";
  if (json[0] !== '"') return json;
  return json.includes("\\") ? toBytes(JSON.parse(fromBytes(json))) : json.slice(1, -1);
}
