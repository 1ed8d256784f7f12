import { ParameterError } from "../core/errors.ts";
import { type Message, message, radians } from "../core/message.ts";
import { isAngle } from "../core/psi.ts";
import { pieceEnd, type Target } from "../core/targets.ts";
import { fit, type Mistake } from "./fit.ts";
import { slopeCurve, slopeMistakes, valueCurve, valueMistakes } from "./mistakes.ts";
import { type AuditRow, accepts, type Dtype, evaluate, type Piecewise, residual, rowAt, ulp } from "./tolerance.ts";

/** The output of a program: at each angle theta, in radians, its value and, if known, its derivative by theta. */
export interface AuditTable {
  readonly theta: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly gradient?: ArrayLike<number> | undefined;
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

/** A known mistake that explains a column to within rounding. */
export interface KnownMistake {
  readonly column: "value" | "loss" | "gradient";
  /** The mistake in words. */
  readonly name: string;
  /** Parameters of the mistake, by name, as fitted to the column. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The largest difference between the column and the function with the mistake. */
  readonly residual: number;
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
  readonly name: KnownMistake["column"];
  readonly given: ArrayLike<number>;
  readonly curve: Piecewise;
  readonly mistakes: (target: Target) => Mistake[];
}

/**
 * Is a table of a program's values of the target right, and if not, which known mistakes explain it? A row is right when its
 * value lies between the extremes of the target over the angles whose cosine is cos(theta) +- 16 roundings of dtype (2^-53 or
 * 2^-24), +- 16 ulp of max(|value|, 1) (see accepts); its gradient by theta likewise, against the slope. A mistake is fitted to
 * up to 96 rows, and a candidate if every row is right by the same rule for the function with the mistake. Angles outside [0, pi]
 * fail. Throws ParameterError for a table without rows or with columns of unequal length.
 * @example
 * const theta = [0, 0.5, 1, 1.5, 2, 2.5, 3];
 * const result = audit(asoftmax({ m: 4 }), { theta, value: theta.map((t) => Math.cos(4 * t)) }, "float64");
 * result.passes; // false
 * result.candidates[0].name; // "cos(m theta) without psi"
 */
export function audit(target: Target, table: AuditTable, dtype: Dtype): AuditResult {
  const { theta, value, gradient } = table;
  if (!(theta.length > 0)) throw new ParameterError("the table has no rows: nothing to audit");
  const columns: AuditColumn[] = [{ name: "value", given: value, curve: valueCurve(target), mistakes: valueMistakes }];
  if (gradient) columns.push({ name: "gradient", given: gradient, curve: slopeCurve(target), mistakes: slopeMistakes });
  if (columns.some(({ given }) => given.length !== theta.length))
    throw new ParameterError("the columns of the table differ in length");
  const compared = columns.map((column) => compare(column, theta, dtype));
  const candidates = columns.flatMap((column, i) =>
    compared[i]!.bad.length > 0 ? candidatesOf(column.name, column.mistakes(target), compared[i]!) : [],
  );
  const checks = compared.map(({ check }) => check);
  const firstBad = checks.map(({ firstBad }) => firstBad).filter((i) => i >= 0);
  const isUnexplained = firstBad.length > 0 && candidates.length === 0;
  const more =
    (isUnexplained && dtype === "float64" && theta.length >= FEWEST_SINGLE && asSingle(target, table)) ||
    reach(target, theta);
  return {
    ...checks[0]!,
    rows: theta.length,
    passes: firstBad.length === 0,
    firstBadTheta: theta[Math.min(...firstBad)],
    gradient: checks[1],
    candidates,
    diagnosis: join([...findings(columns, checks, candidates, theta), ...more], "; "),
  };
}

/** With fewer rows a table in float32 cannot be recognized. */
const FEWEST_SINGLE = 8;

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

function compare({ given, curve }: AuditColumn, theta: ArrayLike<number>, dtype: Dtype) {
  const check = noRows();
  const rows: AuditRow[] = [];
  const bad: AuditRow[] = [];
  for (let i = 0; i < theta.length; i++) {
    const truth = isAngle(theta[i]!) ? evaluate(curve, theta[i]!) : Number.NaN;
    const error = Math.abs(given[i]! - truth);
    const finite = error < Number.POSITIVE_INFINITY;
    const row = rowAt(theta[i]!, given[i]!, dtype);
    const right = finite && accepts(curve, row);
    count(check, i, error, ulp(truth, dtype), right);
    if (!finite) continue;
    rows.push(row);
    if (!right) bad.push(row);
  }
  return { check, rows, bad };
}

const MOST_SAMPLED = 48;
const EQUALLY_WELL = 16;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Up to most rows at irregular distances, so that no two cosines of different frequency agree on all of them (aliasing). */
export function sampled<T>(rows: readonly T[], most = MOST_SAMPLED): readonly T[] {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, i) => rows[Math.floor(rows.length * ((i * GOLDEN) % 1))]!);
}

/**
 * The mistakes that explain every row, with a residual of at most 16 times the smallest. One with fitted parameters is left out
 * where it is the same function on [0, pi] as one before it.
 */
function candidatesOf(
  column: KnownMistake["column"],
  mistakes: Mistake[],
  { rows, bad }: Record<"rows" | "bad", AuditRow[]>,
) {
  const { dtype } = rows[0]!;
  const sample = [...sampled(bad), ...sampled(rows)];
  const distinct = new Set(bad.map(({ theta }) => theta)).size;
  const fits = mistakes.flatMap(({ name, searched }, i) => {
    // With no more rows than parameters any function can be fitted.
    if (searched.length > 0 && distinct <= searched.length) return [];
    const found = fit(mistakes[i]!, sample);
    if (!found || !rows.every((row) => accepts(found.curve, row))) return [];
    const parameters = Object.fromEntries(searched.map((p, j) => [p.name, found.parameters[j]!]));
    const left = rows.reduce((most, row) => Math.max(most, Math.abs(residual(found.curve, row))), 0);
    return [{ candidate: { column, name, parameters, residual: left }, curve: found.curve, isFixed: !searched.length }];
  });
  const enough = EQUALLY_WELL * (ulp(1, dtype) + Math.min(...fits.map(({ candidate }) => candidate.residual)));
  const close = fits.filter(({ candidate }) => candidate.residual <= enough);
  const news = close.filter((x, i) => x.isFixed || !close.slice(0, i).some((y) => areSame(y.curve, x.curve, dtype)));
  return news.map(({ candidate }): KnownMistake => candidate);
}

function areSame(x: Piecewise, y: Piecewise, dtype: Dtype): boolean {
  const angles = Array.from({ length: MOST_SAMPLED }, (_, i) => ((i + 0.5) * Math.PI) / MOST_SAMPLED);
  return angles.every((t) => accepts(x, rowAt(t, evaluate(y, t), dtype)));
}

function findings(
  columns: AuditColumn[],
  checks: Check[],
  candidates: KnownMistake[],
  theta: ArrayLike<number>,
): Message[] {
  if (checks.every(({ bad }) => bad === 0)) return [message`every row is right to within rounding`];
  return columns.flatMap(({ name, given, curve }, i) => {
    const { notFinite, firstNotFinite, bad, worst } = checks[i]!;
    const said: Message[] = [];
    if (notFinite > 0)
      said.push(message`${name}: ${notFinite} not finite, first at ${radians(theta[firstNotFinite]!)}`);
    const found = candidates.filter(({ column }) => column === name).map(described);
    if (found.length > 0) said.push(message`${name}: ${join(found, " or ")}`);
    // Where the values are wrong the gradients follow from that mistake: no sentence of their own.
    else if (bad > notFinite && (i === 0 || checks[0]!.bad === checks[0]!.notFinite)) {
      const [t, truth] = [theta[worst]!, evaluate(curve, theta[worst]!)];
      said.push(
        message`${name}: ${bad} of ${theta.length} rows wrong, and no known mistake explains it; worst at ${radians(t)}: ${given[worst]!} in place of ${truth}`,
      );
    }
    return said;
  });
}

/** The diagnosis of the table with the tolerance of float32, where it then passes or a mistake explains it. */
function asSingle(target: Target, table: AuditTable): Message[] | undefined {
  const { passes, candidates, diagnosis } = audit(target, table, "float32");
  return passes || candidates.length > 0 ? [message`taken as float32: ${diagnosis}`] : undefined;
}

/** A mistake as diagnoses name it. */
export function described({ name, parameters, residual }: KnownMistake): Message {
  const found = Object.entries(parameters).map(([parameter, x]) => message`${parameter} = ${x}`);
  return message`${name}${found.length > 0 ? " with " : ""}${join(found, ", ")}, to within ${residual}`;
}

/** A warning where no angle exceeds pi/m: up to there psi is cos(m theta). */
function reach({ name, pieces }: Target, theta: ArrayLike<number>): Message[] {
  const end = pieceEnd(pieces, 0);
  if (name !== "asoftmax" || pieces.count === 1 || Array.prototype.some.call(theta, (t) => t > end)) return [];
  return [message`no angle lies beyond pi/m = ${radians(end)}: the table cannot tell psi from cos(m theta) and others`];
}

export const join = (parts: readonly Message[], between: string): Message =>
  parts.flatMap((part, i) => (i > 0 ? [between, ...part] : part));
