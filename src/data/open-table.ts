import { type Block, recordBlocks } from "./blocks.ts";
import { delimitedTable } from "./delimited.ts";
import { UsageError } from "./errors.ts";
import { bytesOf, nameOf } from "./file.ts";
import type { inputFormats, Table } from "./table.ts";

export interface TableOptions {
  /** Given, it is taken whatever the ending of the file's name says. */
  readonly inputFormat?: (typeof inputFormats)[number];
  readonly delimiter?: string;
  /** Blocks of a file that another thread reads, the header first, in place of the file itself. */
  readonly blocks?: AsyncGenerator<Block>;
}

const ENDINGS: Readonly<Record<string, TableOptions["inputFormat"]>> = {
  tsv: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
};

/** A file in the format that is given, or that its ending tells. */
export async function openTable(path: string, options: TableOptions): Promise<Table> {
  const { inputFormat = ENDINGS[/[^.]*$/.exec(path)![0].toLowerCase()] ?? "csv", delimiter, blocks } = options;
  if (inputFormat === "csv" || inputFormat === "tsv")
    return delimitedTable(
      blocks ?? recordBlocks(bytesOf(path), nameOf(path)),
      delimiterOf(delimiter, inputFormat),
      nameOf(path),
    );
  if (delimiter !== undefined) throw new UsageError(`--delimiter: ${nameOf(path)} is ${inputFormat}, which has none`);
  if (inputFormat === "jsonl") return (await import("./jsonl.ts")).jsonlTable(bytesOf(path), nameOf(path));
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
