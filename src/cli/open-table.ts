import { recordBlocks } from "../data/blocks.ts";
import { delimitedTable } from "../data/delimited.ts";
import { bytesOf, nameOf } from "../data/file.ts";
import type { Table } from "../data/table.ts";
import { UsageError } from "./errors.ts";
import type { RowOptions } from "./rows.ts";

const ENDINGS: Readonly<Record<string, RowOptions["inputFormat"]>> = {
  tsv: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
};

/** A file in the format that is given, or that its ending tells. */
export async function openTable(path: string, options: RowOptions): Promise<Table> {
  const {
    inputFormat = ENDINGS[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "csv",
    delimiter,
    blocks,
  } = options;
  if (inputFormat === "csv" || inputFormat === "tsv")
    return delimitedTable(
      blocks ?? recordBlocks(bytesOf(path), nameOf(path)),
      delimiterOf(delimiter, inputFormat),
      nameOf(path),
    );
  if (delimiter !== undefined) throw new UsageError(`--delimiter: ${nameOf(path)} is ${inputFormat}, which has none`);
  if (inputFormat === "jsonl") return (await import("../data/jsonl.ts")).jsonlTable(bytesOf(path), nameOf(path));
  if (path === "-") throw new UsageError("--input -: Parquet is read by position, name a file");
  return (await import("../data/parquet.ts")).parquetTable(path);
}

function delimiterOf(given: string | undefined, format: "csv" | "tsv"): string {
  if (given === undefined) return format === "tsv" ? "\t" : ",";
  if (given === "\\t") return "\t";
  if (!/^[^"\r\n\u0080-\uffff]$/.test(given))
    throw new UsageError(`--delimiter: "${given}" is not one ASCII character (nor a quote): write one such as ';'`);
  return given;
}
