import { delimited } from "./delimited.ts";
import { json } from "./json.ts";
import type { NumberStyle } from "./number.ts";
import type { Result } from "./result.ts";
import type { Screen } from "./screen.ts";

export const formats = ["table", "csv", "tsv", "json", "jsonl"] as const;
export type Format = (typeof formats)[number];

/** Pictures of a chart, named by the ending of their file. */
export const pictures = ["svg", "html", "vl.json"] as const;
export type Picture = (typeof pictures)[number];

/** A result as text or bytes in the given format, a piece for each block of rows, as they come. What only tables and pictures need is loaded for them only; a page says what it was made by. */
export async function* render(
  result: Result,
  format: Format | Picture,
  style: NumberStyle,
  screen: () => Promise<Screen>,
  madeBy: string,
): AsyncGenerator<string | Uint8Array> {
  if (format === "json" || format === "jsonl") yield* json(result, style, format === "jsonl");
  else if (result.document !== undefined) yield Buffer.from(result.document);
  else if (format === "table") {
    const { table } = await import("./table.ts");
    yield* table(result, style, await screen());
  } else if (format === "csv" || format === "tsv") yield* delimited(result, style, format === "csv" ? "," : "	");
  else {
    const { picture } = await import("./picture.ts");
    yield* picture(result, format, style, madeBy);
  }
}
