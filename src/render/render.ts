import { isPicture, type Written } from "./formats.ts";
import { type NumberStyle, rounded } from "./number.ts";
import { type Result, type RowsResult, rowsResult } from "./result.ts";
import { type RowWriter, rowWriter } from "./rows.ts";
import type { Screen } from "./screen.ts";

/**
 * A result as text or bytes in the given format, in pieces as its rows come. Tables and pictures load their packages
 * when they are asked for; madeBy is the last line of a page. piecesOf writes the rows of a result with a writer.
 */
export async function* render(
  result: Result,
  format: Written,
  style: NumberStyle,
  screen: () => Promise<Screen>,
  madeBy: string,
  piecesOf: (rows: RowsResult, writer: RowWriter) => AsyncIterable<Uint8Array> = written,
): AsyncGenerator<string | Uint8Array> {
  if (isPicture(format)) {
    const { picture } = await import("./picture.ts");
    return yield picture(result, format, style, madeBy);
  }
  if (format === "parquet") {
    const { parquetRows } = await import("./parquet.ts");
    return yield* parquetRows(result as RowsResult, style);
  }
  const isJson = format === "json" || format === "jsonl";
  if (!isJson && result.kind === "document") return yield* result.pieces;
  if (isJson && result.kind === "report") return yield objectText(result.object, style, format === "jsonl");
  if (format === "table" && result.kind !== "document") {
    const { table } = await import("./table.ts");
    return yield* table(result, style, await screen());
  }
  const { columns } = result;
  const rows =
    result.kind === "rows"
      ? result
      : rowsResult(columns, result.kind === "report" ? result.rows : [[[...result.pieces].join("")]]);
  const writer = rowWriter(rows, format === "table" ? "csv" : format, style);
  yield* writer.file(piecesOf(rows, writer));
}

/** The rows of a result, a batch after another. */
export async function* written({ batches }: RowsResult, writer: RowWriter): AsyncGenerator<Uint8Array> {
  for await (const batch of batches) yield* writer.rows(batch);
}

/** An object as JSON, on one line or indented. A Map is an object whose keys keep their order, numbers too. */
const objectText = (object: object, style: NumberStyle, oneLine: boolean): string =>
  `${textOf(object, style, oneLine ? "" : "\n")}\n`;

/** A value as JSON; start is how each of its lines begins, empty for one line. */
function textOf(value: unknown, style: NumberStyle, start: string): string {
  if (typeof value === "number") return JSON.stringify(rounded(value, style));
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = start && `${start}  `;
  const items = [...(value instanceof Map ? value : Object.entries(value))].map(([key, item]) => {
    const name = Array.isArray(value) ? "" : `${JSON.stringify(`${key}`)}:${start && " "}`;
    return inner + name + textOf(item, style, inner);
  });
  const body = items.length > 0 ? items.join(",") + start : "";
  return Array.isArray(value) ? `[${body}]` : `{${body}}`;
}
