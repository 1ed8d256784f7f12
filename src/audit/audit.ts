import { ParameterError } from "../core/errors.ts";
import { type Message, message, radians } from "../core/message.ts";
import { isAngle } from "../core/psi.ts";
import type { Target } from "../core/targets.ts";
import { explanations, type KnownMistake } from "./explain.ts";
import { sameFunctions } from "./likeness.ts";
import { slopeCurve, valueCurve } from "./mistakes.ts";
import {
  type AuditRow,
  accepts,
  type Dtype,
  evaluate,
  isZeroAtEnd,
  type Piecewise,
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

/** How one column compares with the true values. An error without a row is NaN, the index of a row that does not exist -1. */
export interface Check {
  /** The largest error of a row whose value is finite. */
  maxAbsError: number;
  /** The largest error in ulp of max(|true value|, 1) in the table's precision. */
  maxUlpError: number;
  /** The index of the row with the largest error. */
  worst: number;
  /** The number of rows that fail, their indices, and the first of these. */
  bad: number;
  readonly failing: number[];
  firstBad: number;
  /** The number of those with NaN, infinity or an angle outside [0, pi], and the index of the first. They have no error. */
  notFinite: number;
  firstNotFinite: number;
}

/** The result of an audit; the fields of Check are those of the values. */
export interface AuditResult extends Check {
  rows: number;
  /** Value and gradient, where given, are right in every row. */
  passes: boolean;
  /** Angle of the first row that fails in either. */
  firstBadTheta: number | undefined;
  /** The check of the gradients, where given. */
  gradient: Check | undefined;
  /** Known mistakes that explain every row, the likelier first. */
  candidates: KnownMistake[];
  /** What is wrong, in words; see messageText. */
  diagnosis: Message;
}

interface AuditColumn {
  readonly name: "value" | "gradient";
  readonly given: ArrayLike<number>;
  readonly curve: Piecewise;
}

/**
 * Is a table of a program's values of the target right, and if not, which known mistakes explain it? A row is right when its
 * value lies between the extremes of the target over the angles whose cosine is cos(theta) +- 16 roundings of dtype (2^-53,
 * 2^-24, 2^-11 or 2^-8), +- 16 ulp of max(|value|, 1) (see accepts); its gradient by theta likewise, against the slope, or 0 where
 * the cosine is 1 or -1. A mistake is fitted to up to 96 rows, and a candidate if every row is right by the same rule for the
 * function with the mistake. Angles outside [0, pi] fail. Throws ParameterError for a table without rows, with columns of unequal
 * length or a scale that is not above 0.
 * @example
 * const theta = [0, 0.5, 1, 1.5, 2, 2.5, 3];
 * const result = audit(asoftmax({ m: 4 }), { theta, value: theta.map((t) => Math.cos(4 * t)) }, "float64");
 * result.passes; // false
 * result.candidates[0].name; // "cos(m theta) without psi"
 */
export function audit(target: Target, table: AuditTable, dtype: Dtype): AuditResult {
  const { theta, value, gradient, scale = 1 } = table;
  if (!(theta.length > 0)) throw new ParameterError("the table has no rows: nothing to audit");
  const columns: AuditColumn[] = [{ name: "value", given: value, curve: valueCurve(target) }];
  if (gradient) columns.push({ name: "gradient", given: gradient, curve: slopeCurve(target) });
  const lengths = [
    ...columns.map(({ given }) => given.length),
    typeof scale === "number" ? theta.length : scale.length,
  ];
  if (lengths.some((length) => length !== theta.length))
    throw new ParameterError("the columns of the table differ in length");
  const compared = columns.map((column) => compare(column, table, dtype));
  const candidates = columns.flatMap(({ name }, i) =>
    compared[i]!.bad.length > 0 ? explanations(name, target, compared[i]!.rows, compared[i]!.bad) : [],
  );
  const checks = compared.map(({ check }) => check);
  const firstBad = checks.map(({ firstBad }) => firstBad).filter((i) => i >= 0);
  const said = findings(target, columns, compared, candidates, table);
  return {
    ...checks[0]!,
    rows: theta.length,
    passes: firstBad.length === 0,
    firstBadTheta: theta[Math.min(...firstBad)],
    gradient: checks[1],
    candidates,
    diagnosis: join([...said, ...sameFunctions(target, theta, compared[0]!), ...resolution(dtype)], "; "),
  };
}

/** The check of a column before its first row. */
export const noRows = (): Check => ({
  ...{ maxAbsError: Number.NaN, maxUlpError: Number.NaN, worst: -1 },
  ...{ bad: 0, firstBad: -1, notFinite: 0, firstNotFinite: -1, failing: [] },
});

/** Adds a row, with its error and what one ulp is there, to the check; a row whose error is not finite fails. */
export function count(check: Check, i: number, error: number, unit: number, right: boolean): void {
  const finite = error < Number.POSITIVE_INFINITY;
  if (!(right && finite)) {
    if (check.bad++ === 0) check.firstBad = i;
    check.failing.push(i);
  }
  if (!finite && check.notFinite++ === 0) check.firstNotFinite = i;
  if (!finite) return;
  if (!(error <= check.maxAbsError)) [check.maxAbsError, check.worst] = [error, i];
  check.maxUlpError = Math.max(check.maxUlpError || 0, error / unit);
}

/** A column beside the true values: its check, and its finite rows divided by their scale. */
export interface Compared {
  readonly check: Check;
  readonly rows: AuditRow[];
  readonly bad: AuditRow[];
  /** The first row whose gradient is 0 where the true one is not, rightly. */
  readonly zero: AuditRow | undefined;
}

/** The scale in the value and the gradient of a row. */
export const scaleAt = ({ scale = 1 }: AuditTable, i: number): number =>
  typeof scale === "number" ? scale : scale[i]!;

function compare({ given, curve }: AuditColumn, table: AuditTable, dtype: Dtype): Compared {
  const { theta, exactCosines } = table;
  const check = noRows();
  const rows: AuditRow[] = [];
  const bad: AuditRow[] = [];
  let zero: AuditRow | undefined;
  for (let i = 0; i < theta.length; i++) {
    const scale = scaleAt(table, i);
    if (!(scale > 0)) throw new ParameterError(`the scale of row ${i} is ${scale}: it must be above 0`);
    const truth = isAngle(theta[i]!) ? evaluate(curve, theta[i]!) : Number.NaN;
    const value = given[i]! / scale;
    const isZero = value === 0 && curve.orZero === true;
    const row = rowAt(theta[i]!, value, dtype, exactCosines);
    const error = isZero && isZeroAtEnd(curve, row) ? 0 : Math.abs(value - truth);
    const finite = error < Number.POSITIVE_INFINITY;
    const right = finite && accepts(curve, row);
    count(check, i, scale * error, scale * ulp(truth, dtype), right);
    if (!finite) continue;
    rows.push(row);
    if (!right) bad.push(row);
    else if (isZero && error === 0 && truth !== 0) zero ??= row;
  }
  return { check, rows, bad, zero };
}

function findings(
  target: Target,
  columns: AuditColumn[],
  compared: Compared[],
  candidates: KnownMistake[],
  table: AuditTable,
): Message[] {
  const { theta } = table;
  const zeros = compared.flatMap(({ zero }) => zero ?? []);
  const notes = zeros.map(
    (row) => message`the gradient 0 at ${radians(row.theta)} is right: autograd reaches theta through its cosine`,
  );
  if (compared.every(({ bad, check }) => bad.length === 0 && check.bad === 0))
    return [message`every row is right to within rounding`, ...notes];
  const isValueWrong = compared[0]!.bad.length > 0;
  const said = columns.flatMap((column, i) => {
    const { name, given, curve } = column;
    const { check, bad } = compared[i]!;
    const { notFinite, firstNotFinite, worst } = check;
    const said: Message[] = [];
    if (notFinite > 0) {
      const first = theta[firstNotFinite]!;
      said.push(message`${name}: ${notFinite} not finite, first at ${radians(first)}`);
      if (name === "gradient" && Math.abs(Math.cos(first)) === 1) said.push(AT_ENDS);
    }
    const found = candidates.filter((candidate) => candidate.column === name).map(described);
    if (found.length > 0) said.push(message`${name}: ${join(found, " or ")}`);
    // Where the values are wrong the gradients follow from that mistake: no sentence of their own.
    else if (bad.length > 0) {
      const coarser = inCoarser(target, column, table, compared[i]!);
      const scale = scaleAt(table, worst);
      if (coarser !== undefined) said.push(message`${name}: ${bad.length} of ${theta.length} rows wrong; ${coarser}`);
      else if (i === 0 || !isValueWrong)
        said.push(
          message`${name}: ${bad.length} of ${theta.length} rows wrong, and no known mistake explains it; worst at ${radians(theta[worst]!)}: ${given[worst]!} in place of ${scale * evaluate(curve, theta[worst]!)}`,
        );
    }
    return said;
  });
  return [...said, ...notes];
}

const AT_ENDS = message`the derivative of acos, and of sqrt(1 - c^2), is infinite where the cosine is 1 or -1: clamp the cosine to 1 - 1e-7, or take the formula without acos`;

/** With fewer rows a table in a coarser type cannot be recognized. */
const FEWEST_ROWS = 8;

/** The types that are coarser, and how many bits their numbers have; values of float32 may be printed in fewer digits. */
const COARSER: readonly (readonly [Dtype, bits: number])[] = [
  ["float32", 53],
  ["float16", 11],
  ["bfloat16", 8],
];

/** What is said of a column that the tolerance of a coarser type finds right, or that a mistake then explains. */
function inCoarser(
  target: Target,
  { name, curve }: AuditColumn,
  { exactCosines }: AuditTable,
  { rows, bad }: Compared,
) {
  const { dtype } = rows[0]!;
  // A coarser type would show in most rows.
  if (rows.length < FEWEST_ROWS || 2 * bad.length < rows.length) return undefined;
  for (const [coarser, bits] of COARSER.slice(COARSER.findIndex(([other]) => other === dtype) + 1)) {
    if (!rows.every(({ value }) => roundedTo(bits, value) === value)) continue;
    const again = rows.map(({ theta, value }) => rowAt(theta, value, coarser, exactCosines));
    const wrong = again.filter((row) => !accepts(curve, row));
    if (wrong.length === 0) return message`right as ${coarser}: give --dtype ${coarser}`;
    const found = explanations(name, target, again, wrong);
    if (found.length > 0) return message`taken as ${coarser}: ${join(found.map(described), " or ")}`;
  }
  return undefined;
}

/** x rounded to a number with that many significant bits. Source: Dekker 1971. */
function roundedTo(bits: number, x: number): number {
  const c = x * (2 ** (53 - bits) + 1);
  return bits === 53 ? x : c - (c - x);
}

/** What an audit in half precision cannot see. */
const resolution = (dtype: Dtype): Message[] =>
  dtype === "float16" || dtype === "bfloat16"
    ? [message`in ${dtype} errors below ${smallestError(dtype)} cannot be seen`]
    : [];

/** A mistake as diagnoses name it. */
export function described({ name, parameters, residual }: KnownMistake): Message {
  const found = Object.entries(parameters).map(([parameter, x]) => message`${parameter} = ${x}`);
  return message`${name}${found.length > 0 ? " with " : ""}${join(found, ", ")}, to within ${residual}`;
}

export const join = (parts: readonly Message[], between: string): Message =>
  parts.flatMap((part, i) => (i > 0 ? [between, ...part] : part));
