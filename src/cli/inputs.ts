import { angleOfQuarter } from "../core/exact.ts";
import { requireMargin } from "../core/psi.ts";
import { fromDegrees, toDegrees } from "../core/units.ts";
import { RowError } from "../data/errors.ts";
import type { Column } from "../render/result.ts";
import { UsageError } from "./errors.ts";
import type { gridOptions, Values } from "./options.ts";
import { type ColumnSource, isColumn } from "./parse.ts";
import type { Input } from "./rows.ts";

export const STANDARD_MARGIN = 4;

type Given<T> = readonly T[] | ColumnSource | undefined;

/** Margins from --m, from a column, or the standard one. */
export function marginInput(given: Given<number>): Input<number> {
  if (!isColumn(given)) return { column: { name: "m" }, source: given ?? [STANDARD_MARGIN] };
  return {
    source: (header) => {
      const read = header.number(given.column);
      return (record) => {
        const m = read(record);
        try {
          requireMargin(m);
        } catch (error) {
          throw new RowError(record.line, `column ${given.column}: ${(error as Error).message}`);
        }
        return m;
      };
    },
  };
}

/** Angles from an option or a column. */
export function angleInput(column: Column, given: readonly number[] | ColumnSource, degrees: boolean): Input<number> {
  return isColumn(given) ? { source: (header) => header.angle(given.column, degrees) } : { column, source: given };
}

type Grid = Values<(typeof gridOptions)[number]>;

/** The angles of --points, --from and --to: start + i * step in the unit of the angles; undefined without --points. */
export function gridAngles({ points, from, to }: Grid, degrees: boolean): number[] | undefined {
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
  return Array.from({ length: points }, (_, i) => (i === points - 1 ? end : at(i)));
}

/** Angles of an option or of a grid, not of both. */
export function anglesOrGrid<T>(theta: T | undefined, grid: Grid, degrees: boolean): T | number[] | undefined {
  const angles = gridAngles(grid, degrees);
  if (theta !== undefined && angles !== undefined)
    throw new UsageError("--theta and --points both give angles: use one");
  return theta ?? angles;
}

/** Every k pi/(2m) in [0, pi]: the knots of psi and the angles half way between. */
export const halfKnots = (m: number): number[] =>
  Array.from({ length: Math.floor(2 * m) + 1 }, (_, k) => Math.min(Math.PI, angleOfQuarter(k, m)));
