import type { Message } from "../core/message.ts";
import { asFractionOfPi, toDegrees } from "../core/units.ts";
import type { Cell, Column } from "./result.ts";

/** How many digits a number is written with. */
export interface Rounding {
  /**
   * Significant digits; without it the shortest form that reads back to the same double. Whole numbers, which count or
   * number something more often than not, keep all of theirs.
   */
  readonly precision?: number | undefined;
}

/** How numbers and angles are written. */
export interface NumberStyle extends Rounding {
  readonly degrees: boolean;
  /** The degrees that were given, by their value in radians. */
  readonly given: ReadonlyMap<number, number>;
}

/**
 * The style for tables and sentences: `digits` significant digits unless --precision is given.
 */
export const forPeople = (style: NumberStyle, digits: number): NumberStyle =>
  style.precision === undefined ? { ...style, precision: digits } : style;

/** The one way a number is written: -0 as 0, the rest as JavaScript does. */
export const formatNumber = (x: number, rounding: Rounding = {}): string => String(rounded(x, rounding));

export function rounded(x: number, { precision }: Rounding): number {
  const asItIs = precision === undefined || !Number.isFinite(x) || Number.isSafeInteger(x);
  return (asItIs ? x : Number(x.toPrecision(precision))) + 0;
}

/** Radians in the unit of the style; degrees that were given come back unchanged. */
export function inUnit(theta: number, { degrees, given }: NumberStyle): number {
  return degrees ? (given.get(theta) ?? toDegrees(theta)) : theta;
}

/** A number of a column as it is written: in the unit of the style, rounded. */
export const shownNumber = (x: number, { kind }: Column, style: NumberStyle): number =>
  rounded(kind === "angle" ? inUnit(x, style) : x, style);

/** An angle in sentences and tick labels: a fraction of pi where it is one (or degrees), else a number. */
export function formatAngle(theta: number, style: NumberStyle, pi = "pi"): string {
  const fraction = style.degrees ? undefined : asFractionOfPi(theta);
  if (fraction === undefined || theta === 0) return formatNumber(inUnit(theta, style), style);
  const [p, q] = fraction;
  return `${p === 1 ? "" : p}${pi}${q === 1 ? "" : `/${q}`}`;
}

export function formatMessage(parts: Message, style: NumberStyle): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      return typeof part === "number" ? formatNumber(part, style) : formatAngle(part.angle, style);
    })
    .join("");
}

/** A cell as it is written: numbers in the unit of the style and rounded, a sentence as one text. */
export function shownCell(cell: Cell, column: Column, style: NumberStyle) {
  if (typeof cell === "number") return shownNumber(cell, column, style);
  if (cell === null || typeof cell !== "object") return cell;
  return column.kind === "message"
    ? formatMessage(cell, style)
    : cell.map((item) => shownNumber(item as number, column, style));
}

/** A cell as text; an empty one is "". */
export function formatCell(cell: Cell, column: Column, style: NumberStyle): string {
  const shown = shownCell(cell, column, style);
  return typeof shown === "object" ? (shown?.join(";") ?? "") : String(shown);
}
