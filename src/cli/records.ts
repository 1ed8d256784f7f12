import { statSync } from "node:fs";
import { type Phrase, phrase } from "../core/phrase.ts";
import { recordBlocks } from "../data/blocks.ts";
import { type RawRecord, recordsOf } from "../data/csv.ts";
import { DataError, type RowError } from "../data/errors.ts";
import { bytesOf, nameOf } from "../data/file.ts";
import { UsageError } from "./errors.ts";
import { Header } from "./header.ts";
import type { Values } from "./options.ts";

/** An open data file: its header, and its records in blocks, as they are read. */
export interface Records {
  readonly header: Header;
  readonly blocks: AsyncIterable<readonly RawRecord[]>;
  /** Bytes in all, where that is known, and read so far. */
  readonly size: number | undefined;
  readonly read: () => number;
}

/** Opens a delimited file, - for standard input. Throws DataError for one without a header. */
export async function openRecords(
  path: string,
  { inputFormat, delimiter }: Values<"inputFormat" | "delimiter">,
): Promise<Records> {
  const file = nameOf(path);
  const separator = delimiterOf(delimiter, inputFormat ?? (path.endsWith(".tsv") ? "tsv" : "csv"));
  const stats = path === "-" ? undefined : statSync(path, { throwIfNoEntry: false });
  let read = 0;
  async function* counted() {
    for await (const bytes of bytesOf(path)) {
      read += bytes.length;
      yield bytes;
    }
  }
  async function* allRecords() {
    for await (const block of recordBlocks(counted(), file)) yield recordsOf(block, separator, file);
  }
  const blocks = allRecords();
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    const [first, ...rest] = next.value;
    if (first === undefined) continue;
    async function* remaining() {
      yield rest;
      yield* blocks;
    }
    const size = stats?.isFile() ? stats.size : undefined;
    return { header: new Header(first.cells, separator, file), blocks: remaining(), size, read: () => read };
  }
  throw new DataError(`${file} is empty: it needs at least a header line`);
}

function delimiterOf(given: string | undefined, format: "csv" | "tsv"): string {
  if (given === undefined) return format === "tsv" ? "\t" : ",";
  if (given === "\\t") return "\t";
  if (given.length !== 1 || /["\r\n]/.test(given))
    throw new UsageError(`--delimiter: "${given}" is not one character: write one such as ';'`);
  return given;
}

const SHOWN = 5;

/** Keeps count of the rows that could not be used, and stops at the first unless told otherwise. */
export class BadRows {
  count = 0;
  private readonly file: string;
  private readonly unit: "line" | "row";
  private readonly policy: "stop" | "skip" | "keep";
  private readonly places: number[] = [];

  constructor(file: string, unit: "line" | "row", policy: "stop" | "skip" | "keep" = "stop") {
    this.file = file;
    this.unit = unit;
    this.policy = policy;
  }

  /** Is the row kept? Throws where the program must stop. */
  take({ line, message }: Pick<RowError, "line" | "message">): boolean {
    if (this.policy === "stop") throw new DataError(`${this.file} ${this.unit} ${line}: ${message}`);
    this.count++;
    if (this.places.length < SHOWN) this.places.push(line);
    return this.policy === "keep";
  }

  warnings(): Phrase[] {
    if (this.count === 0) return [];
    const more = this.count > this.places.length ? ", ..." : "";
    const what = this.policy === "keep" ? "kept without values" : "left out";
    return [
      phrase`${this.file}: ${this.count} bad ${this.count === 1 ? "row" : "rows"} ${what}: ${this.unit} ${this.places.join(", ")}${more}`,
    ];
  }
}
