import { delimited } from "./delimited.ts";
import { json } from "./json.ts";
import type { NumberStyle } from "./number.ts";
import type { Result } from "./result.ts";
import type { Screen } from "./screen.ts";
import { table } from "./table.ts";

export const formats = ["table", "csv", "tsv", "json", "jsonl"] as const;
export type Format = (typeof formats)[number];

/** A result as text in the given format, piece by piece, as its rows come. */
export function render(result: Result, format: Format, style: NumberStyle, screen: Screen): AsyncIterable<string> {
  if (format === "table") return table(result, style, screen);
  if (format === "json" || format === "jsonl") return json(result, style, format === "jsonl");
  return delimited(result, style, format === "csv" ? "," : "\t");
}
