import { type Batch, type CellRecord, type Field, IndexedBatch, indexRecords, type RowTarget } from "./batch.ts";
import type { Block } from "./blocks.ts";
import { fromBytes, toBytes } from "./bytes.ts";
import { DataError } from "./errors.ts";
import type { FilePart, Table } from "./table.ts";

/**
 * A table from JSON objects, one a line; the keys of the first name the columns (names has them where it was read before). A string is a
 * cell without its quotes, null an empty one; numbers, and what is nested, stay as they are written but for spaces. Throws DataError where
 * the first line is no object.
 */
export async function jsonlTable(
  source: AsyncIterator<Block>,
  file: string,
  known?: readonly string[],
): Promise<Table> {
  const { names, rest } = known === undefined ? await readFirst(source, file) : { names: known };
  const places = new Map(names.map((name, i) => [name, i]));
  let read = 0;
  async function* parts(): AsyncGenerator<FilePart> {
    if (rest !== undefined) yield rest;
    for (let next = await source.next(); !next.done; next = await source.next()) {
      read += next.value.bytes.length;
      yield next.value;
    }
  }
  async function* batches(part: FilePart): AsyncGenerator<Batch> {
    const faults: (string | undefined)[] = [];
    const records = linesOf(part as Block).map((line, row) => {
      const { fault, ...record } = recordOf(line, places);
      faults[row] = fault;
      return record;
    });
    yield new ObjectBatch(indexRecords(records, names.length), records.length, names, faults);
  }
  return { names, separator: "", parts: parts(), batches, bytesRead: () => read };
}

/** The keys of the first object, and its block. */
async function readFirst(source: AsyncIterator<Block>, file: string) {
  for (let next = await source.next(); !next.done; next = await source.next()) {
    const [first] = linesOf(next.value);
    if (first === undefined) continue;
    const names = membersOf(first.text)?.map(([key]) => key) ?? [];
    if (names.length === 0)
      throw new DataError(`${file} line ${first.line}: it is no JSON object with keys, which name the columns`);
    return { names, rest: next.value };
  }
  throw new DataError(`${file} is empty: it needs at least one object`);
}

class ObjectBatch extends IndexedBatch {
  private readonly names: readonly string[];
  private readonly faults: readonly (string | undefined)[];

  constructor(place: number, size: number, names: readonly string[], faults: readonly (string | undefined)[]) {
    super(place, size, names.length);
    this.names = names;
    this.faults = faults;
  }

  fault(row: number): string | undefined {
    return this.faults[row];
  }

  /** Members of JSON objects are passed on as they are. */
  fields({ json }: RowTarget): Field[] {
    if (json) return [{ kind: "bytes", address: this.index, stride: this.stride }];
    return this.columnFields("quoted", this.names);
  }
}

interface Line {
  readonly text: string;
  readonly line: number;
}

/** The lines of a block that are not blank. */
const linesOf = ({ bytes, line }: Block): Line[] =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString("latin1")
    .split(/\r\n|\n|\r/)
    .map((text, i) => ({ text, line: line + i }))
    .filter(({ text }) => text.trim() !== "");

/** The cells of an object in the order of the names; what has no place among them comes last. */
function recordOf(
  { text, line }: Line,
  places: ReadonlyMap<string, number>,
): CellRecord & { fault: string | undefined } {
  const found = membersOf(text);
  if (found === undefined) {
    const [first = ""] = places.keys();
    const members = `${toBytes(JSON.stringify(fromBytes(first)))}:${toBytes(JSON.stringify(fromBytes(text)))}`;
    return { cells: [text], line, members, fault: "the line is not a JSON object" };
  }
  const cells: string[] = [];
  const others: string[] = [];
  let fault: string | undefined;
  for (const [key, cell] of found) {
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
  const members = text.trim().slice(1, -1).trim();
  return { cells: [...cells, ...others], line, members, fault };
}

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
