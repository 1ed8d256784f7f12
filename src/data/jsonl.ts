import { type Block, recordBlocks } from "./blocks.ts";
import { fromBytes, toBytes } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { CellRecord } from "./record.ts";
import type { Table, TableBlock } from "./table.ts";

/**
 * A table from JSON objects, one a line; the keys of the first name the cells. A string is a cell without its quotes, null an empty
 * one; numbers, and what is nested, stay as they are written but for spaces. Throws DataError where the first line is no object.
 */
export async function jsonlTable(bytes: AsyncIterable<Buffer>, file: string): Promise<Table> {
  const source = recordBlocks(bytes, file, false);
  let first: Line[] = [];
  while (first.length === 0) {
    const next = await source.next();
    if (next.done) throw new DataError(`${file} is empty: it needs at least one object`);
    first = linesOf(next.value);
  }
  const names = membersOf(first[0]!.text)?.map(([key]) => key) ?? [];
  if (names.length === 0)
    throw new DataError(`${file} line ${first[0]!.line}: it is no JSON object with keys, which name the columns`);
  const places = new Map(names.map((name, i) => [name, i]));
  const records =
    (lines: readonly Line[]): TableBlock =>
    (visit) => {
      for (const line of lines) visit(recordOf(line, places));
    };
  let read = 0;
  async function* blocks(): AsyncGenerator<TableBlock> {
    yield records(first);
    for await (const block of source) {
      read += block.bytes.length;
      yield records(linesOf(block));
    }
  }
  return { names, separator: "", bytesRead: () => read, blocks };
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/** The lines of a block that are not blank. */
const linesOf = ({ bytes, line }: Block): Line[] =>
  bytes
    .toString("latin1")
    .split(/\r\n|\n|\r/)
    .map((text, i) => ({ text, line: line + i }))
    .filter(({ text }) => text.trim() !== "");

/** The cells of an object in the order of the names; what has no place among them comes last. */
function recordOf({ text, line }: Line, places: ReadonlyMap<string, number>): CellRecord {
  const members = membersOf(text);
  if (members === undefined) return new CellRecord([text], line, "the line is not a JSON object");
  const cells = new Array<string>(places.size);
  const others: string[] = [];
  let fault: string | undefined;
  for (const [key, cell] of members) {
    const place = places.get(key);
    if (place !== undefined && cells[place] === undefined) cells[place] = cell;
    else {
      others.push(cell);
      fault ??= `the key "${fromBytes(key)}" ${place === undefined ? "is not among those of the first object" : "stands there twice"}`;
    }
  }
  for (const [key, place] of places) {
    if (cells[place] !== undefined) continue;
    cells[place] = "";
    fault ??= `the object has no key "${fromBytes(key)}"`;
  }
  return new CellRecord(others.length === 0 ? cells : cells.concat(others), line, fault);
}

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
