import { recordBlocks } from "./blocks.ts";
import { delimitedTable } from "./delimited.ts";
import { UsageError } from "./errors.ts";
import { bytesOf, nameOf } from "./file.ts";
import type { inputFormats, Table } from "./table.ts";

export interface TableOptions {
  /** Given, it is taken whatever the ending of the file's name says. */
  readonly inputFormat?: (typeof inputFormats)[number];
  readonly delimiter?: string;
}

const ENDINGS: Readonly<Record<string, TableOptions["inputFormat"]>> = {
  tsv: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
};

async function* none(): AsyncGenerator<never> {}

/** A file in the format that is given, or that its ending tells. With names, those of its columns, the parts are left to another thread. */
export async function openTable(path: string, options: TableOptions, names?: readonly string[]): Promise<Table> {
  const { inputFormat = ENDINGS[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "csv", delimiter } = options;
  const file = nameOf(path);
  const blocks = (quotes: boolean) => (names === undefined ? recordBlocks(bytesOf(path), file, quotes) : none());
  if (inputFormat === "csv" || inputFormat === "tsv")
    return delimitedTable(blocks(true), delimiterOf(delimiter, inputFormat), file, names);
  if (delimiter !== undefined) throw new UsageError(`--delimiter: ${file} is ${inputFormat}, which has none`);
  if (inputFormat === "jsonl") return (await import("./jsonl.ts")).jsonlTable(blocks(false), file, names);
  if (path === "-") throw new UsageError("--input -: Parquet is read by position, name a file");
  return (await import("./parquet.ts")).parquetTable(path);
}

function delimiterOf(given: string | undefined, format: "csv" | "tsv"): string {
  if (given === undefined) return format === "tsv" ? "\t" : ",";
  if (given === "\\t") return "\t";
  if (!/^[^"\r\n\u0080-\uffff]$/.test(given))
    throw new UsageError(`--delimiter: "${given}" is not one ASCII character (nor a quote): write one such as ';'`);
  return given;
}
