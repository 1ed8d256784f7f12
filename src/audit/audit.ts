import { ParameterError } from "../core/errors.ts";
import { type Message, message, radians } from "../core/message.ts";
import { isAngle } from "../core/psi.ts";
import type { Target } from "../core/targets.ts";
import { type AuditResult, type Checked, count, either, isWrong, noRows, resultOf } from "./check.ts";
import { explanations, scaleOfEachRow } from "./explain.ts";
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
  for (const column of [value, gradient ?? theta, typeof scale === "number" ? theta : scale])
    if (column?.length !== theta.length)
      throw new ParameterError("the columns of the table differ in length, or one is missing");
  const ofValue: AuditColumn = { name: "value", given: value, curve: valueCurve(target) };
  const columns = [checked(target, ofValue, table, dtype)];
  if (gradient)
    columns.push(checked(target, { name: "gradient", given: gradient, curve: slopeCurve(target) }, table, dtype));
  const isRight = columns[0]!.check.bad === 0;
  return resultOf(theta, columns, [
    ...columns.flatMap(({ notes }) => notes),
    ...sameFunctions(target, theta, (curve, i) => isRight && accepts(curve, rowOf(ofValue, table, dtype, i))),
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
  const { theta } = table;
  const check = noRows();
  let zero: AuditRow | undefined;
  for (let i = 0; i < theta.length; i++) {
    const scale = scaleAt(table, i);
    if (!(scale > 0)) throw new ParameterError(`the scale of row ${i} is ${scale}: it must be above 0`);
    const truth = isAngle(theta[i]!) ? evaluate(curve, theta[i]!) : Number.NaN;
    const unit = ulp(truth, dtype);
    let error = Math.abs(given[i]! / scale - truth);
    let isRight = error <= CERTAIN * unit;
    if (!isRight && Number.isFinite(error)) {
      const row = rowOf(column, table, dtype, i);
      isRight = accepts(curve, row);
      if (isZeroAtEnd(curve, row)) [error, zero] = [0, zero ?? row];
    }
    count(check, i, scale * error, scale * unit, isRight);
  }
  const { worst, firstNotFinite } = check;
  const truth = scaleAt(table, worst) * evaluate(curve, theta[worst] ?? 0);
  return {
    ...{ name, check, figures: message`: ${given[worst]!} in place of ${truth}` },
    ...(isWrong(check) ? reasons(target, column, table, dtype) : { candidates: [] }),
    hint: Math.abs(Math.cos(theta[firstNotFinite]!)) !== 1 ? undefined : name === "gradient" ? AT_ENDS : NOT_A_NUMBER,
    notes: zero
      ? [
          message`the gradient ${zero.value} at ${radians(zero.theta)} is right: autograd reaches theta through its cosine`,
        ]
      : [],
  };
}

/** At up to so many angles a function may have one value. */
const FEW_ANGLES = 3;

/** Is there one value, at more angles than a function may have it? */
const areConstant = (values: readonly number[], rows: readonly AuditRow[]) =>
  values.every((value) => value === values[0]) && new Set(rows.map(({ theta }) => theta)).size > FEW_ANGLES;

/** What explains a column with wrong rows. */
function reasons(
  target: Target,
  column: AuditColumn,
  table: AuditTable,
  dtype: Dtype,
): Pick<Checked, "candidates" | "coarser"> {
  const { name, curve } = column;
  const { theta, scale } = table;
  // The rows that can be compared, to the rounding of a type, and to that of their printing.
  const places = Array.from(theta, (_, i) => i).filter((i) => isAngle(theta[i]!) && Number.isFinite(column.given[i]));
  const rowsIn = (type: Dtype) => places.map((i) => rowOf(column, table, type, i));
  const given = places.map((i) => column.given[i]!);
  const scales = places.map((i) => scaleAt(table, i));
  const printed = printing(given);
  const wrongOf = (rows: readonly AuditRow[]) => rows.filter((row) => !accepts(curve, row));
  const rows = rowsIn(dtype);
  if (printed && wrongOf(asPrinted(printed, given, scales, rows)).length === 0)
    return { candidates: [], coarser: rightTo(printed) };
  const bad = wrongOf(rows);
  const candidates = explanations(name, target, rows, bad, scale);
  // To values that are all the same a flat piece of many functions can be fitted, by several numbers.
  const areFitted = candidates.every(({ parameters }) => Object.keys(parameters).length > 1);
  if (areFitted && areConstant(given, rows)) {
    const words = `every ${name} is ${given[0]}: it does not depend on theta`;
    return { candidates: [{ column: name, name: words, parameters: {}, residual: 0 }] };
  }
  if (candidates.length > 0) return { candidates };
  const coarser = coarserTypes(dtype, given, bad.length).map((type) => {
    return { rowsOf: () => rowsIn(type), right: rightAs(type), how: `taken as ${type}` };
  });
  if (printed) {
    const rowsOf = () => asPrinted(printed, given, scales, rowsIn("float32"));
    coarser.unshift({ rowsOf, right: rightTo(printed), how: `to ${printed.places}` });
  }
  for (const { rowsOf, right, how } of coarser) {
    const rows = rowsOf();
    const wrong = wrongOf(rows);
    if (wrong.length === 0) return { candidates, coarser: right };
    const found = explanations(name, target, rows, wrong, scale);
    if (found.length > 0) return { candidates, coarser: message`${how}: ${either(found)}` };
  }
  // Rows with any small mistake seem to have one too.
  return { candidates: name === "value" && typeof scale !== "object" ? scaleOfEachRow(target, rows) : [] };
}

/** A row of a column, divided by its scale. */
const rowOf = ({ given }: AuditColumn, table: AuditTable, dtype: Dtype, i: number): AuditRow =>
  rowAt(table.theta[i]!, given[i]! / scaleAt(table, i), dtype, table.exactCosines);

/** What an audit in half precision cannot see. */
const resolution = (dtype: Dtype): Message[] =>
  isHalf(dtype) ? [message`in ${dtype} errors below ${smallestError(dtype)} cannot be seen`] : [];
