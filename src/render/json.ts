import { fromBytes } from "../data/bytes.ts";
import { formatMessage, inUnit, type NumberStyle, rounded } from "./number.ts";
import type { Cell, Column } from "./result.ts";

/** An object as JSON, on one line or indented. */
export function objectText(object: object, style: NumberStyle, oneLine: boolean): string {
  const shown = (_: string, value: unknown) => (typeof value === "number" ? rounded(value, style) : value);
  return `${JSON.stringify(object, shown, oneLine ? undefined : 2)}\n`;
}

/** A cell as the value that JSON has for it. */
export function jsonValue(cell: Cell, column: Column, style: NumberStyle): unknown {
  if (typeof cell === "number") return rounded(column.kind === "angle" ? inUnit(cell, style) : cell, style);
  if (typeof cell === "string") return column.kind === "bytes" ? fromBytes(cell) : cell;
  if (cell === null || typeof cell !== "object") return cell;
  return column.kind === "message"
    ? formatMessage(cell, style)
    : cell.map((item) => jsonValue(item as number, column, style));
}
