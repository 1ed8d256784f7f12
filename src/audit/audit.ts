import { ParameterError } from "../core/errors.ts";
import { type Message, message, radians } from "../core/message.ts";
import { isAngle } from "../core/psi.ts";
import type { Target } from "../core/targets.ts";
import { type AuditResult, type Checked, count, either, isWrong, noRows, resultOf } from "./check.ts";
import { explanations, scaleOfEachRow } from "./explain.ts";
import type { GivenScale } from "./forms.ts";
import { sameFunctions } from "./likeness.ts";
import { slopeCurve, valueCurve } from "./mistakes.ts";
import {
  type AuditRow,
  accepts,
  asPrinted,
  CERTAIN,
  coarserTypes,
  type Dtype,
  evaluate,
  isHalf,
  isZeroAtEnd,
  type Piecewise,
  printing,
  requireDtype,
  rightAs,
  rightTo,
  rowAt,
  smallestError,
  ulp,
} from "./tolerance.ts";

/** The output of a program: at each angle theta, in radians, its value and, if known, its derivative by theta. */
export interface AuditTable {
  readonly theta: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly gradient?: ArrayLike<number> | undefined;
  /** Above 0: value and gradient are those of scale * target, by default 1; one for all rows, or one a row. */
  readonly scale?: number | ArrayLike<number> | undefined;
  /** The program was given cos(theta) itself, so that the cosine has no rounding error. */
  readonly exactCosines?: boolean | undefined;
}

interface AuditColumn {
  readonly name: "value" | "gradient";
  readonly given: ArrayLike<number>;
  readonly curve: Piecewise;
}

/**
 * Is a table of a program's values of the target right, and if not, which known mistakes explain it? A row is right
 * when its value lies between the extremes of the target over the angles whose cosine is cos(theta) +- 16 roundings of
 * dtype (2^-53, 2^-24, 2^-11 or 2^-8), +- 16 ulp of max(|value|, 1) (see accepts); its gradient by theta likewise,
 * against the slope, or 0 where the cosine is 1 or -1. A mistake is fitted to up to 96 rows, and a candidate if every
 * row is right by the same rule for the function with the mistake. Angles outside [0, pi] fail. Throws ParameterError
 * for a table without rows, with columns of unequal length or a scale that is not above 0, and for another dtype.
 * @example
 * const theta = [0, 0.5, 1, 1.5, 2, 2.5, 3];
 * const result = audit(asoftmax({ m: 4 }), { theta, value: theta.map((t) => Math.cos(4 * t)) }, "float64");
 * result.passes; // false
 * result.candidates[0].name; // "cos(m theta) without psi"
 */
export function audit(target: Target, table: AuditTable, dtype: Dtype): AuditResult {
  const { theta, value, gradient, scale = 1 } = table;
  requireDtype(dtype);
  if (!(theta?.length > 0)) throw new ParameterError("the table has no rows: nothing to audit");
  const ofValue: AuditColumn = { name: "value", given: value, curve: valueCurve(target) };
  const ofSlope = gradient && ({ name: "gradient", given: gradient, curve: slopeCurve(target) } as const);
  for (const column of [value, gradient ?? theta, typeof scale === "number" ? theta : scale])
    if (column?.length !== theta.length)
      throw new ParameterError("the columns of the table differ in length, or one is missing");
  const values = checked(target, ofValue, table, dtype);
  const slopes = ofSlope && checked(target, ofSlope, table, dtype);
  const isRight = values.check.bad === 0;
  return resultOf(theta, slopes ? [values, slopes] : [values], [
    ...(slopes?.notes ?? []),
    ...sameFunctions(target, theta, isRight, () => finiteRows(ofValue, table, dtype)),
    ...resolution(dtype),
  ]);
}

/** The scale in the value and the gradient of a row. */
export const scaleAt = ({ scale = 1 }: AuditTable, i: number): number =>
  typeof scale === "number" ? scale : scale[i]!;

const AT_ENDS = message`the derivative of acos, and of sqrt(1 - c^2), is infinite where the cosine is 1 or -1: clamp the cosine in training, and leave these angles out of the table`;

const NOT_A_NUMBER = message`acos of a cosine that rounding has put beyond 1 is NaN: clamp the cosine to [-1, 1] first`;

/**
 * A column beside the true values: its check, what explains it, and what is to be said of a table that is right too.
 */
function checked(
  target: Target,
  column: AuditColumn,
  table: AuditTable,
  dtype: Dtype,
): Checked & { readonly notes: readonly Message[] } {
  const { name, given, curve } = column;
  const { theta, exactCosines } = table;
  const check = noRows();
  /** The places of the wrong rows among those that can be compared. */
  const wrong: number[] = [];
  let zero: AuditRow | undefined;
  for (let i = 0; i < theta.length; i++) {
    const scale = scaleAt(table, i);
    if (!(scale > 0)) throw new ParameterError(`the scale of row ${i} is ${scale}: it must be above 0`);
    const truth = isAngle(theta[i]!) ? evaluate(curve, theta[i]!) : Number.NaN;
    const value = given[i]! / scale;
    const unit = ulp(truth, dtype);
    let error = Math.abs(value - truth);
    let isRight = error <= CERTAIN * unit;
    if (error < Number.POSITIVE_INFINITY && (!isRight || value === 0)) {
      const row = rowAt(theta[i]!, value, dtype, exactCosines);
      if (isZeroAtEnd(curve, row) && truth !== 0) [error, zero] = [0, zero ?? row];
      isRight ||= accepts(curve, row);
      if (!isRight) wrong.push(i - check.notFinite);
    }
    count(check, i, scale * error, scale * unit, isRight);
  }
  const { worst, firstNotFinite } = check;
  const truth = scaleAt(table, worst) * evaluate(curve, theta[worst] ?? 0);
  return {
    ...{ name, check, wrong: wrong.length },
    ...(isWrong(check) ? reasons(target, column, table, dtype, wrong) : { candidates: [] }),
    hint: Math.abs(Math.cos(theta[firstNotFinite]!)) !== 1 ? undefined : name === "gradient" ? AT_ENDS : NOT_A_NUMBER,
    figures: message`: ${given[worst]!} in place of ${truth}`,
    notes:
      zero === undefined
        ? []
        : [
            message`the gradient ${zero.value} at ${radians(zero.theta)} is right: autograd reaches theta through its cosine`,
          ],
  };
}

/** At up to so many angles a function may have one value. */
const FEW_ANGLES = 3;

/** Is there one value, at more angles than a function may have it? */
const areConstant = (values: readonly number[], rows: readonly AuditRow[]) =>
  values.every((value) => value === values[0]) && new Set(rows.map(({ theta }) => theta)).size > FEW_ANGLES;

/** What explains a column with wrong rows, whose places are given among those that can be compared. */
function reasons(
  target: Target,
  column: AuditColumn,
  table: AuditTable,
  dtype: Dtype,
  wrong: readonly number[],
): Pick<Checked, "candidates" | "coarser"> {
  const { name, curve } = column;
  const places = [...finitePlaces(column, table)];
  const rows = places.map((i) => rowOf(column, table, dtype, i));
  const scales = places.map((i) => scaleAt(table, i));
  const given = places.map((i) => column.given[i]!);
  const printed = printing(given);
  const inPrint = (of: readonly AuditRow[]) => (printed ? asPrinted(printed, given, scales, of) : []);
  if (printed && inPrint(rows).every((row) => accepts(curve, row)))
    return { candidates: [], coarser: rightTo(printed) };
  const bad = wrong.map((place) => rows[place]!);
  const candidates = explanations(name, target, rows, bad, table.scale);
  // To values that are all the same a flat piece of many functions can be fitted, by several numbers.
  const areFitted = candidates.every(({ parameters }) => Object.keys(parameters).length > 1);
  if (name === "value" && areFitted && areConstant(given, rows)) {
    const words = `every value is ${given[0]}: it does not depend on theta`;
    return { candidates: [{ column: name, name: words, parameters: {}, residual: 0 }] };
  }
  if (candidates.length > 0) return { candidates };
  const made = printed && explained(target, column, inPrint(inType("float32", rows)), table.scale).mistakes;
  if (printed && made) return { candidates, coarser: message`to ${printed.places}: ${made}` };
  // Rows with any small mistake seem to have one too.
  const ofRows = name === "value" && typeof table.scale !== "object" ? scaleOfEachRow(target, rows) : [];
  if (ofRows.length > 0) return { candidates: ofRows };
  return { candidates, coarser: inCoarser(target, column, rows, bad.length, table.scale) };
}

/** The places of the rows of a column that can be compared. */
function* finitePlaces({ given }: AuditColumn, table: AuditTable): Generator<number> {
  const { theta } = table;
  for (let i = 0; i < theta.length; i++)
    if (isAngle(theta[i]!) && Number.isFinite(given[i]! / scaleAt(table, i))) yield i;
}

/** A row of a column, divided by its scale. */
const rowOf = ({ given }: AuditColumn, table: AuditTable, dtype: Dtype, i: number): AuditRow =>
  rowAt(table.theta[i]!, given[i]! / scaleAt(table, i), dtype, table.exactCosines);

/** The rows of a column that can be compared. */
function* finiteRows(column: AuditColumn, table: AuditTable, dtype: Dtype): Generator<AuditRow> {
  for (const i of finitePlaces(column, table)) yield rowOf(column, table, dtype, i);
}

/**
 * What is said of rows that the tolerance of a coarser type finds right, or
 * that a mistake then explains; bad of them are wrong.
 */
function inCoarser(target: Target, column: AuditColumn, rows: readonly AuditRow[], bad: number, scale: GivenScale) {
  const values = rows.map(({ value }) => value);
  for (const coarser of coarserTypes(rows[0]?.dtype, values, bad)) {
    const { isRight, mistakes } = explained(target, column, inType(coarser, rows), scale);
    if (isRight) return rightAs(coarser);
    if (mistakes) return message`taken as ${coarser}: ${mistakes}`;
  }
  return undefined;
}

const inType = (dtype: Dtype, rows: readonly AuditRow[]) =>
  rows.map(({ theta, value, isExact }) => rowAt(theta, value, dtype, isExact));

/** Are all rows right? If not, the mistakes that explain them, in words. */
function explained(target: Target, { name, curve }: AuditColumn, rows: readonly AuditRow[], scale: GivenScale) {
  const wrong = rows.filter((row) => !accepts(curve, row));
  const found = wrong.length === 0 ? [] : explanations(name, target, rows, wrong, scale);
  return { isRight: wrong.length === 0, mistakes: found.length > 0 ? either(found) : undefined };
}

/** What an audit in half precision cannot see. */
const resolution = (dtype: Dtype): Message[] =>
  isHalf(dtype) ? [message`in ${dtype} errors below ${smallestError(dtype)} cannot be seen`] : [];
