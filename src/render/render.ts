import { delimited } from "./delimited.ts";
import { json, toBytes } from "./json.ts";
import type { NumberStyle } from "./number.ts";
import type { Result } from "./result.ts";
import type { Screen } from "./screen.ts";
import { table } from "./table.ts";

export const formats = ["table", "csv", "tsv", "json", "jsonl"] as const;
export type Format = (typeof formats)[number];

/** A result as text in the given format, piece by piece, as its rows come. */
export function render(result: Result, format: Format, style: NumberStyle, screen: Screen): AsyncIterable<string> {
  if (result.isDocument && format !== "json" && format !== "jsonl") return document(result, format !== "table");
  if (format === "table") return table(result, style, screen);
  if (format === "json" || format === "jsonl") return json(result, style, format === "jsonl");
  return delimited(result, style, format === "csv" ? "," : "\t");
}

/** The text of a document, as bytes where the format is one of bytes. */
async function* document({ blocks }: Result, isBytes: boolean): AsyncGenerator<string> {
  for await (const rows of blocks) for (const [text] of rows) yield isBytes ? toBytes(String(text)) : String(text);
}
