import { fromBytes } from "../data/bytes.ts";
import { formatMessage, type NumberStyle, rounded, shownNumber } from "./number.ts";
import type { Cell, Column } from "./result.ts";

/** An object as JSON, on one line or indented. A Map is an object whose keys keep their order, numbers too. */
export const objectText = (object: object, style: NumberStyle, oneLine: boolean): string =>
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

/** A cell as the value that JSON has for it. */
export function jsonValue(cell: Cell, column: Column, style: NumberStyle): unknown {
  if (typeof cell === "number") return shownNumber(cell, column, style);
  if (typeof cell === "string") return column.kind === "bytes" ? fromBytes(cell) : cell;
  if (cell === null || typeof cell !== "object") return cell;
  return column.kind === "message"
    ? formatMessage(cell, style)
    : cell.map((item) => jsonValue(item as number, column, style));
}
