import { isDecimal } from "../core/notation.ts";
import { fromBytes } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { shortened } from "./shown.ts";

/** The number in a cell, spaces around it allowed. Throws DataError for anything but a finite decimal number. */
export function numberIn(cell: string, column: string): number {
  const value = Number(cell);
  if (Number.isFinite(value) && isDecimal(cell)) return value;
  throw new DataError(`column ${column}: ${fault(cell)}`);
}

const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/** The same, but NaN, inf and Infinity (in any case) are numbers too. */
export function anyNumberIn(cell: string, column: string): number {
  const text = cell.trim();
  if (!NOT_FINITE.test(text)) return numberIn(cell, column);
  if (/nan/i.test(text)) return Number.NaN;
  return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Angles up to this far above pi are taken for pi: float32's pi is 8.7e-8 above it. */
export const PI_SLACK = 1e-6;

/** theta if it is an angle in [0, pi + PI_SLACK]. Throws DataError that shows the cell it came from. */
export function angleFrom(theta: number, cell: () => string, column: string): number {
  if (theta >= 0 && theta <= Math.PI + PI_SLACK) return theta;
  const where = theta < 0 ? "below 0" : "above pi";
  const hint = theta > 2 * Math.PI ? "; for degrees give --degrees" : "";
  throw new DataError(`column ${column}: ${shortened(cell().trim())} lies ${where}: an angle lies in [0, pi]${hint}`);
}

function fault(cell: string): string {
  const text = fromBytes(cell).trim();
  if (text === "") return "the cell is empty: it needs a number";
  if (NOT_FINITE.test(text)) return `"${text}" is not a finite number`;
  if (isDecimal(text)) return `${shortened(text)} is too large for a double`;
  return `"${shortened(text)}" is not a decimal number`;
}
