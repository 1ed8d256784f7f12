import { LARGEST, requireWithin } from "../core/errors.ts";
import { angleOfQuarter } from "../core/exact.ts";
import { requireMargin } from "../core/psi.ts";
import { fromDegrees, toDegrees } from "../core/units.ts";
import type { Column } from "../render/result.ts";
import { UsageError } from "./errors.ts";
import type { gridOptions, Values } from "./options.ts";
import { type ColumnSource, isColumn } from "./parse.ts";
import type { Input } from "./rows.ts";

export const STANDARD_MARGIN = 4;

/** The angle between two class vectors where none is given. */
export const STANDARD_ARC = Math.PI / 2;

/** The one value of a list that may hold no more. */
export function only<T>(flag: string, values: readonly T[] | undefined): T | undefined {
  if (values !== undefined && values.length > 1) throw new UsageError(`${flag}: give one value here`);
  return values?.[0];
}

type Given<T> = readonly T[] | ColumnSource | undefined;

/** Numbers from an option, from a column, or a standard one; check throws ParameterError for one outside its domain. */
function numberInput(
  name: string,
  given: Given<number>,
  standard: number,
  check: (value: number) => void,
): Input<number> {
  if (!isColumn(given)) return { column: { name }, source: given ?? [standard] };
  return { source: (header) => header.number(given.column, check) };
}

export const marginInput = (given: Given<number>) => numberInput("m", given, STANDARD_MARGIN, requireMargin);

export const scaleInput = (given: Given<number>) =>
  numberInput("scale", given, 1, (scale) => requireWithin("scale", scale, Number.MIN_VALUE, LARGEST));

/** Angles from an option or a column. */
export function angleInput(column: Column, given: Iterable<number> | ColumnSource, degrees: boolean): Input<number> {
  return isColumn(given) ? { source: (header) => header.angle(given.column, degrees) } : { column, source: given };
}

type Grid = Values<(typeof gridOptions)[number]>;

/** The angles of --points, --from and --to, made as they are asked for: start + i * step in the unit of the angles; undefined without --points. */
export function gridAngles({ points, from, to }: Grid, degrees: boolean): Iterable<number> | undefined {
  if (points === undefined) {
    if (from !== undefined || to !== undefined) throw new UsageError("--from and --to go with --points: give it too");
    return undefined;
  }
  const start = from ?? 0;
  const end = to ?? Math.PI;
  if (!(start < end)) throw new UsageError("--from must lie below --to");
  const [lo, hi] = degrees ? [toDegrees(start), toDegrees(end)] : [start, end];
  const step = (hi - lo) / (points - 1);
  const at = (i: number) => (degrees ? fromDegrees(lo + i * step) : lo + i * step);
  return {
    *[Symbol.iterator]() {
      for (let i = 0; i < points; i++) yield i === points - 1 ? end : at(i);
    },
  };
}

/** Angles of an option or of a grid, not of both. */
export function anglesOrGrid<T>(theta: T | undefined, grid: Grid, degrees: boolean): T | Iterable<number> | undefined {
  const angles = gridAngles(grid, degrees);
  if (theta !== undefined && angles !== undefined)
    throw new UsageError("--theta and --points both give angles: use one");
  return theta ?? angles;
}

/** Every k pi/(2m) in [0, pi]: the knots of psi and the angles half way between. */
export function* halfKnots(m: number): Generator<number> {
  for (let k = 0; k <= 2 * m; k++) yield Math.min(Math.PI, angleOfQuarter(k, m));
}
