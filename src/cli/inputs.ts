import { LARGEST, requireWithin } from "../core/errors.ts";
import { requireMargin } from "../core/psi.ts";
import { fromDegrees, toDegrees } from "../core/units.ts";
import { UsageError } from "../data/errors.ts";
import { isParquet } from "../render/formats.ts";
import type { Column, RowsResult } from "../render/result.ts";
import { type ColumnSource, givenRows, isColumn, type RowComputation, type Work } from "../rows/computation.ts";
import type { Header, Reader } from "../rows/header.ts";
import { type gridOptions, inputOptions, refuse, type Values, type ValuesOf } from "./options.ts";

export const STANDARD_MARGIN = 4;

/** The angle between two class vectors where none is given. */
export const STANDARD_ARC = Math.PI / 2;

/** An input of a computation: given values, which are shown in a column, or a column of the file, read by `read`. */
export function inputOf<T>(
  column: Column,
  given: Iterable<T> | ColumnSource,
  read: (header: Header, name: string) => Reader<T>,
) {
  return isColumn(given) ? { source: (header: Header) => read(header, given.column) } : { column, source: given };
}

type NumberSource = Iterable<number> | ColumnSource;

/** Numbers, shown in a column of this name; what is read from a column is checked. */
export const numberInput = (name: string, given: NumberSource, check?: (value: number) => number) =>
  inputOf({ name }, given, (header, column) => header.number(column, check));

export const marginInput = (given: NumberSource = [STANDARD_MARGIN]) => numberInput("m", given, requireMargin);

/** The scales of the loss, which may be 0: that of a feature of length 0. */
export const scaleInput = (given: NumberSource = [1]) =>
  numberInput("scale", given, (scale) => requireWithin("scale", scale, 0, LARGEST));

/** Angles that are given, shown in a column of this name, or read from a column. */
export const angleInput = (name: string, given: NumberSource) =>
  inputOf({ name, kind: "angle" }, given, (header, column) => header.angle(column));

type GridValues = ValuesOf<typeof gridOptions> & Values<"degrees">;

/** The angles of --theta, of a grid, or of the column theta of a file; undefined where there is none of them. */
export function thetaInput(values: GridValues & Values<"input"> & { readonly theta?: NumberSource }) {
  const { theta, input } = values;
  const grid = gridAngles(values);
  if (theta !== undefined && grid !== undefined) throw new UsageError("--theta and --points both give angles: use one");
  const angles = theta ?? grid ?? (input === undefined ? undefined : { column: "theta" });
  return angles && angleInput("theta", angles);
}

/**
 * The angles of --points, --from and --to, one by one: start + i * step, in
 * degrees under --degrees; undefined without --points.
 */
export function gridAngles({ points, from, to, degrees }: GridValues): Iterable<number> | undefined {
  if (points === undefined) {
    if (from !== undefined || to !== undefined) throw new UsageError("--from and --to go with --points: give it too");
    return undefined;
  }
  const [start, end] = [from ?? 0, to ?? Math.PI];
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

/**
 * The rows of a computation over its given values or over the rows of --input.
 * names, in a thread: the column names of the input.
 */
export async function rowResult<T extends readonly unknown[], C>(
  computation: RowComputation<T, C>,
  values: ValuesOf<typeof inputOptions> & Values<"degrees" | "output">,
  names?: readonly string[],
): Promise<RowsResult> {
  const work = computation as unknown as Work;
  if (values.input !== undefined) {
    const { fileRows } = await import("../rows/file-rows.ts");
    return fileRows(work, { ...values, toParquet: isParquet(values.output) }, values.input, names);
  }
  refuse(values, Object.keys(inputOptions), (flag) => `${flag} goes with --input: give it too`);
  return givenRows(work);
}
