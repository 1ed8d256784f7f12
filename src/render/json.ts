import { type NumberStyle, rounded } from "./number.ts";

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
