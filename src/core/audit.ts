import { ParameterError } from "./errors.ts";
import { type Pair, pair } from "./exact.ts";
import { fit, type Mistake } from "./fit.ts";
import { slopeCurve, slopeMistakes, valueCurve, valueMistakes } from "./mistakes.ts";
import { angle, type Phrase, phrase } from "./phrase.ts";
import { accepts, type Curve, type Dtype, type Row, residual, rowOf, ulp } from "./rounding.ts";
import { pieceEnd, type Target } from "./targets.ts";

/** What a program gave: for each angle its value and, if known, its gradient by theta. */
export interface AuditTable {
  readonly theta: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly gradient?: ArrayLike<number>;
}

/** How one column of a table compares with the truth. Errors are over the rows that have one; NaN if none has. */
export interface Check {
  maxAbsError: number;
  /** In ulp of max(|true value|, 1) in the table's precision. */
  maxUlpError: number;
  /** Row of the largest error; -1 if none has one. */
  worst: number;
  /** First row that fails; -1 if all pass. */
  firstBad: number;
  /** Rows that hold NaN or infinity (or an angle outside [0, pi]), and the first of them; -1 if none. */
  notFinite: number;
  firstNotFinite: number;
}

/** A known mistake that explains a column to within rounding. */
export interface Candidate {
  readonly column: "value" | "gradient";
  readonly name: string;
  /** What was searched for, as found. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The largest difference that it leaves. */
  readonly residual: number;
}

export interface AuditResult extends Check {
  rows: number;
  /** Value and gradient, where given, are right in every row. */
  passes: boolean;
  /** Angle of the first row that fails in either. */
  firstBadTheta: number | undefined;
  gradient: Check | undefined;
  /** Empty when the table passes, or nothing known explains it. */
  candidates: Candidate[];
  diagnosis: Phrase;
}

/**
 * Is a table of someone's values of the target right, and if not, which known mistake explains it? A row is right as
 * rounding.ts's accepts says: within what the target does over cos(theta) +- 16 roundings of the precision, give or take 16 ulp; gradients by
 * theta likewise, against the slope. NaN and infinity fail. Mistakes are fitted on up to 96 rows and
 * tested on all. Angles in radians. Throws ParameterError for a table without rows or with columns of unequal length.
 */
export function audit(target: Target, table: AuditTable, dtype: Dtype): AuditResult {
  const { theta, value, gradient } = table;
  if (!(theta.length > 0)) throw new ParameterError("the table has no rows: nothing to audit");
  if (value.length !== theta.length || (gradient && gradient.length !== theta.length))
    throw new ParameterError("the columns of the table differ in length");
  const own = compare("value", table, value, dtype, valueCurve(target), target.exactValue, () => valueMistakes(target));
  const slopeAt = (t: number) => pair(target.slope(t));
  const slope =
    gradient && compare("gradient", table, gradient, dtype, slopeCurve(target), slopeAt, () => slopeMistakes(target));
  const columns = slope ? [own, slope] : [own];
  const bad = columns.map(({ check }) => check.firstBad).filter((i) => i >= 0);
  const verdict = phrase`every row is right to within rounding`;
  return {
    ...own.check,
    rows: theta.length,
    passes: bad.length === 0,
    firstBadTheta: theta[Math.min(...bad)],
    gradient: slope?.check,
    candidates: columns.flatMap(({ candidates }) => candidates),
    diagnosis: joined([
      ...(bad.length === 0 ? [verdict] : columns.flatMap(({ findings }) => findings)),
      ...reach(target, theta),
    ]),
  };
}

interface Column {
  check: Check;
  candidates: Candidate[];
  findings: Phrase[];
}

function compare(
  column: Candidate["column"],
  { theta }: AuditTable,
  given: ArrayLike<number>,
  dtype: Dtype,
  curve: Curve,
  truth: (theta: number) => Pair,
  mistakes: () => Mistake[],
): Column {
  const check: Check = {
    maxAbsError: Number.NaN,
    maxUlpError: Number.NaN,
    worst: -1,
    firstBad: -1,
    notFinite: 0,
    firstNotFinite: -1,
  };
  const rows: Row[] = [];
  const bad: Row[] = [];
  for (let i = 0; i < theta.length; i++) {
    const { hi, lo } = truth(theta[i]!);
    const error = Math.abs(given[i]! - hi - lo);
    const row = rowOf(theta[i]!, given[i]!, dtype);
    const finite = error < Number.POSITIVE_INFINITY;
    const right = finite && accepts(curve, row);
    if (!right && check.firstBad < 0) check.firstBad = i;
    if (!finite) {
      if (check.notFinite++ === 0) check.firstNotFinite = i;
      continue;
    }
    rows.push(row);
    if (!right) bad.push(row);
    if (!(error <= check.maxAbsError)) [check.maxAbsError, check.worst] = [error, i];
    check.maxUlpError = Math.max(check.maxUlpError || 0, error / ulp(hi, dtype));
  }
  const candidates = bad.length > 0 ? explain(column, mistakes(), rows, bad) : [];
  const findings: Phrase[] = [];
  if (check.notFinite > 0)
    findings.push(
      phrase`${check.notFinite} rows of the ${column} are not finite, first at ${angle(theta[check.firstNotFinite]!)}`,
    );
  if (candidates.length > 0) findings.push(phrase`${column}: ${joined(candidates.map(described), " or ")}`);
  else if (bad.length > 0)
    findings.push(
      phrase`${column}: no known mistake explains it; the error is largest at ${angle(theta[check.worst]!)}, with ${given[check.worst]!} in place of ${truth(theta[check.worst]!).hi}`,
    );
  return { check, candidates, findings };
}

const MOST_SAMPLED = 48;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Up to 48 rows, spread unevenly, so that no cosine looks like a slower one. */
function sampled(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= MOST_SAMPLED) return rows;
  return Array.from({ length: MOST_SAMPLED }, (_, i) => rows[Math.floor(rows.length * ((i * GOLDEN) % 1))]!);
}

/** The mistakes that explain every row; a searched one that is the same function on all of [0, pi] as one before adds nothing. */
function explain(column: Candidate["column"], mistakes: Mistake[], rows: Row[], bad: Row[]): Candidate[] {
  const sample = [...sampled(bad), ...sampled(rows)];
  const curves: Curve[] = [];
  const candidates: Candidate[] = [];
  for (const mistake of mistakes) {
    const found = fit(mistake, sample);
    if (!found || !rows.every((row) => accepts(found.curve, row))) continue;
    if (mistake.searched.length > 0 && curves.some((curve) => areSame(curve, found.curve, rows[0]!.dtype))) continue;
    curves.push(found.curve);
    candidates.push({
      column,
      name: mistake.name,
      parameters: Object.fromEntries(mistake.searched.map(({ name }, i) => [name, found.parameters[i]!])),
      residual: rows.reduce((most, row) => Math.max(most, Math.abs(residual(found.curve, row))), 0),
    });
  }
  return candidates;
}

function areSame(x: Curve, y: Curve, dtype: Dtype): boolean {
  const angles = Array.from({ length: MOST_SAMPLED }, (_, i) => ((i + 0.5) * Math.PI) / MOST_SAMPLED);
  return angles.every((t) => accepts(x, rowOf(t, residual(y, rowOf(t, 0, dtype)), dtype)));
}

function described({ name, parameters, residual }: Candidate): Phrase {
  const found = Object.entries(parameters).map(([parameter, x]) => phrase`${parameter} = ${x}`);
  return phrase`${name}${found.length > 0 ? phrase` with ${joined(found, ", ")}` : []}, to within ${residual}`;
}

/** Up to pi/m psi is the same as cos(m theta) and others. */
function reach({ name, pieces }: Target, theta: ArrayLike<number>): Phrase[] {
  const end = pieceEnd(pieces, 0);
  let most = 0;
  for (let i = 0; i < theta.length; i++) most = Math.max(most, theta[i]!);
  const told = name !== "asoftmax" || pieces.count === 1 || most > end;
  return told
    ? []
    : [
        phrase`no angle lies beyond pi/m = ${angle(end)}, where psi parts from cos(m theta) and others: the table cannot tell them apart`,
      ];
}

const joined = (parts: readonly Phrase[], between = "; "): Phrase =>
  parts.flatMap((part, i) => (i > 0 ? [between, ...part] : part));
