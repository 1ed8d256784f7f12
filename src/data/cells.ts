import { RowError } from "./errors.ts";

const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

/** The number in a cell, spaces around it allowed. Throws RowError for anything but a finite decimal number. */
export function numberIn(cell: string, line: number, column: string): number {
  const value = Number(cell);
  if (Number.isFinite(value) && DECIMAL.test(cell)) return value;
  throw new RowError(line, `column ${column}: ${fault(cell)}`);
}

/** Angles up to this far above pi are taken for pi: float32's pi is 8.7e-8 above it. */
export const PI_SLACK = 1e-6;

/** The angle in a cell as radians in [0, pi + PI_SLACK]; toRadians is applied to the number first. Errors as numberIn. */
export function angleIn(cell: string, line: number, column: string, toRadians: (x: number) => number): number {
  const theta = toRadians(numberIn(cell, line, column));
  if (theta >= 0 && theta <= Math.PI + PI_SLACK) return theta;
  const where = theta < 0 ? "below 0" : "above pi";
  throw new RowError(line, `column ${column}: ${cell.trim()} lies ${where}: an angle lies in [0, pi]`);
}

/** The cell as people read it: its bytes are those of a text in UTF-8. */
const shown = (cell: string) => Buffer.from(cell, "latin1").toString().trim();

function fault(cell: string): string {
  const text = shown(cell);
  if (text === "") return "the cell is empty: it needs a number";
  if (/^[+-]?(nan|inf|infinity)$/i.test(text)) return `"${text}" is not a finite number`;
  if (DECIMAL.test(text)) return `${text} is too large for a double`;
  return `"${text}" is not a decimal number`;
}
