import { fromBytes } from "../data/bytes.ts";
import { formatMessage, inUnit, type NumberStyle, rounded } from "./number.ts";
import type { Cell, Column } from "./result.ts";

/** An object as JSON, on one line or indented. A Map is an object whose keys keep their order, numbers too. */
export function objectText(object: object, style: NumberStyle, oneLine: boolean): string {
  const textOf = (value: unknown, start: string): string => {
    if (typeof value === "number") return JSON.stringify(rounded(value, style));
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const [open, close] = Array.isArray(value) ? "[]" : "{}";
    const inner = oneLine ? "" : `${start}  `;
    const items = [...(value instanceof Map ? value : Object.entries(value))].map(([key, item]) => {
      const name = Array.isArray(value) ? "" : `${JSON.stringify(`${key}`)}:${oneLine ? "" : " "}`;
      return inner + name + textOf(item, inner);
    });
    return items.length === 0 ? `${open}${close}` : `${open}${items.join(",")}${oneLine ? "" : start}${close}`;
  };
  return `${textOf(object, "\n")}\n`;
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
