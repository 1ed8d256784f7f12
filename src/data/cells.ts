import { isDecimal } from "../core/notation.ts";
import { PI_SLACK } from "../core/units.ts";
import { fromBytes, trimmed } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { shortened } from "./shown.ts";

/**
 * The number in a cell, spaces around it allowed; decimalComma says whether decimals follow a comma, undefined that
 * they cannot. Throws DataError for anything but a finite decimal number.
 */
export function numberIn(cell: string, decimalComma?: boolean): number {
  // Where bytes are no UTF-8, a no-break space of Latin-1 may be left.
  const text = trimmed(cell).trim();
  const written = decimalComma ? withPoint(text) : text;
  const value = Number(written);
  if (Number.isFinite(value) && isDecimal(written)) return value;
  throw new DataError(fault(fromBytes(text), decimalComma));
}

/** A text with the decimal comma as a point; with a point it is no number any more. */
const withPoint = (text: string) => text.replace(/[.,]/g, (mark) => (mark === "," ? "." : ".."));

/** pi written as 3.15 lies no further above it. */
const ROUNDED_PI = 0.01;

const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/** As numberIn, but NaN, inf and Infinity (in any case) are numbers too. */
export function anyNumberIn(cell: string, decimalComma?: boolean): number {
  const text = trimmed(cell);
  if (!NOT_FINITE.test(text)) return numberIn(cell, decimalComma);
  if (/nan/i.test(text)) return Number.NaN;
  return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * theta if it is an angle in [0, pi + PI_SLACK]. Throws DataError that shows the cell it came from, in degrees where
 * inDegrees; cosineAdvice gives what is said of cosines where it lies below 0.
 */
export function angleFrom(theta: number, cell: string, inDegrees = false, cosineAdvice = () => ""): number {
  if (theta >= 0 && theta <= Math.PI + PI_SLACK) return theta;
  const pi = inDegrees ? "180" : "pi";
  const isRounded = theta > 0 && theta - Math.PI < ROUNDED_PI;
  const above = isRounded ? "; if it is pi rounded up, write more digits" : "; for degrees give --degrees";
  const hint = theta < 0 ? cosineAdvice() : inDegrees ? "" : above;
  const where = theta < 0 ? "below 0" : `above ${pi}`;
  throw new DataError(`${shortened(trimmed(cell))} lies ${where}: an angle lies in [0, ${pi}]${hint}`);
}

function fault(text: string, decimalComma: boolean | undefined): string {
  if (text === "") return "the cell is empty: it needs a number";
  if (NOT_FINITE.test(text)) return `"${text}" is not a finite number`;
  if (isDecimal(decimalComma ? withPoint(text) : text)) return `${shortened(text)} is too large for a double`;
  return `"${shortened(text)}" is not a decimal number${advice(text, decimalComma)}`;
}

function advice(text: string, decimalComma: boolean | undefined): string {
  if (decimalComma && isDecimal(text)) return " with a decimal comma: leave out --decimal-comma";
  if (decimalComma === false && isDecimal(withPoint(text))) return ": for decimal commas give --decimal-comma";
  // Not the errors of a spreadsheet, such as #N/A.
  if (decimalComma !== undefined && /^#[^A-Z]/.test(text)) return ": for lines of comments give --comment '#'";
  return "";
}
