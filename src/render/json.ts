import { fromBytes } from "../data/bytes.ts";
import { formatMessage, inUnit, type NumberStyle, rounded } from "./number.ts";
import { type Cell, type Column, type Result, shownCells } from "./result.ts";

/** An array of row objects (lines false) or one object a line (lines true). NaN and infinities are null. */
export async function* json(result: Result, style: NumberStyle, lines: boolean): AsyncGenerator<string> {
  if (result.object !== undefined) return yield objectText(result.object, style, lines);
  const [open, between, close] = lines ? ["", "\n", "\n"] : ["[\n", ",\n", "\n]\n"];
  const keys = result.columns.map(({ name, kind }) => `${JSON.stringify(kind === "bytes" ? fromBytes(name) : name)}:`);
  const cells = shownCells(result);
  let lead = open;
  for await (const block of result.blocks) {
    let text = "";
    block((row, record) => {
      const members = cells(row, record).map(
        (cell, i) => keys[i] + JSON.stringify(jsonValue(cell, result.columns[i]!, style)),
      );
      text += `${lead}{${members.join(",")}}`;
      lead = between;
    });
    yield text;
  }
  if (lead !== open) yield close;
  else if (!lines) yield "[]\n";
}

function objectText(object: object, style: NumberStyle, oneLine: boolean): string {
  const shown = (_: string, value: unknown) => (typeof value === "number" ? rounded(value, style) : value);
  return `${JSON.stringify(object, shown, oneLine ? undefined : 2)}\n`;
}

function jsonValue(cell: Cell, column: Column, style: NumberStyle): unknown {
  if (typeof cell === "number") return rounded(column.kind === "angle" ? inUnit(cell, style) : cell, style);
  if (typeof cell === "string") return column.kind === "bytes" ? fromBytes(cell) : cell;
  if (cell === null || typeof cell !== "object") return cell;
  return column.kind === "message"
    ? formatMessage(cell, style)
    : cell.map((item) => jsonValue(item as number, column, style));
}
