import { formatPhrase, inUnit, type NumberStyle, rounded } from "./number.ts";
import type { Cell, Column, Result } from "./result.ts";

/** An array of row objects (lines false) or one object a line (lines true). NaN and infinities are null. */
export async function* json(result: Result, style: NumberStyle, lines: boolean): AsyncGenerator<string> {
  if (result.document !== undefined) return yield documentText(result.document, style, lines);
  const [open, between, close] = lines ? ["", "\n", "\n"] : ["[\n", ",\n", "\n]\n"];
  const keys = result.columns.map(({ name, kind }) => `${JSON.stringify(kind === "bytes" ? fromBytes(name) : name)}:`);
  let lead = open;
  for await (const block of result.blocks) {
    let text = "";
    for (const row of block) {
      const members = row.map((cell, i) => keys[i] + JSON.stringify(jsonValue(cell, result.columns[i]!, style)));
      text += `${lead}{${members.join(",")}}`;
      lead = between;
    }
    yield text;
  }
  if (lead !== open) yield close;
  else if (!lines) yield "[]\n";
}

function documentText(document: object, { precision }: NumberStyle, oneLine: boolean): string {
  const shown = (_: string, value: unknown) => (typeof value === "number" ? rounded(value, precision) : value);
  return `${JSON.stringify(document, shown, oneLine ? undefined : 2)}\n`;
}

function jsonValue(cell: Cell, column: Column, style: NumberStyle): unknown {
  if (typeof cell === "number") return rounded(column.kind === "angle" ? inUnit(cell, style) : cell, style.precision);
  if (typeof cell === "string") return column.kind === "bytes" ? fromBytes(cell) : cell;
  if (cell === null || typeof cell !== "object") return cell;
  return column.kind === "phrase"
    ? formatPhrase(cell, style)
    : cell.map((item) => jsonValue(item as number, column, style));
}

/** Text whose characters are bytes, read as UTF-8. */
export const fromBytes = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** The UTF-8 bytes of a text, one character each. */
export const toBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
