import { type Message, message, radians } from "../core/message.ts";

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

/**
 * How one column compares with the true values. An error without a row is
 * NaN, the index of a row that does not exist -1.
 */
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
  /**
   * The number of those with NaN, infinity or an angle outside [0, pi], and the index of the first. They have no error.
   */
  notFinite: number;
  firstNotFinite: number;
}

/** The result of an audit; the fields of Check are those of the values, or of the losses. */
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

/** The check of a column, and what is to be said of it. */
export interface Checked {
  readonly name: KnownMistake["column"];
  readonly check: Check;
  readonly candidates: KnownMistake[];
  /** Why a row may be not finite. */
  readonly hint?: Message | undefined;
  /** What explains the column where no candidate does. */
  readonly coarser?: Message | undefined;
  /** What stands in the row with the largest error, and what should. */
  readonly figures: Message;
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

/** Does a row fail whose error is finite? */
export const isWrong = ({ bad, notFinite }: Check) => bad > notFinite;

/**
 * The result for columns that were checked, values or losses first; angles are
 * those of the rows, notes what is said at the end.
 */
export function resultOf(
  angles: ArrayLike<number>,
  columns: readonly Checked[],
  notes: readonly Message[],
): AuditResult {
  const [first, second] = columns;
  const failing = columns.flatMap(({ check }) => (check.bad > 0 ? [check.firstBad] : []));
  const passes = failing.length === 0;
  const said = passes
    ? [message`every row is right to within rounding`]
    : columns.flatMap((column) => findings(column, angles, column !== first && isWrong(first!.check)));
  return {
    ...first!.check,
    rows: angles.length,
    passes,
    firstBadTheta: passes ? undefined : angles[Math.min(...failing)],
    gradient: second?.check,
    candidates: columns.flatMap(({ candidates }) => candidates),
    diagnosis: join([...said, ...notes], "; "),
  };
}

/** What is wrong with a column; it may follow from what is wrong with another, which needs no sentence then. */
function findings(
  { name, check, candidates, hint, coarser, figures }: Checked,
  angles: ArrayLike<number>,
  follows: boolean,
): Message[] {
  const { bad, notFinite, firstNotFinite, worst } = check;
  const said: Message[] = [];
  if (notFinite > 0) {
    said.push(message`${name}: ${notFinite} not finite, first at ${radians(angles[firstNotFinite]!)}`);
    if (hint !== undefined) said.push(hint);
  }
  const share = message`${name}: ${bad - notFinite} of ${angles.length} rows wrong`;
  if (candidates.length > 0) said.push(message`${name}: ${either(candidates)}`);
  else if (coarser !== undefined) said.push(message`${share}; ${coarser}`);
  else if (isWrong(check) && !follows)
    said.push(message`${share}, and no known mistake explains it; worst at ${radians(angles[worst]!)}${figures}`);
  return said;
}

/** Mistakes of which one was made, in words; those that differ in the name of a function alone are said together. */
export function either(mistakes: readonly KnownMistake[]): Message {
  const said = new Map<string, KnownMistake>();
  for (const mistake of mistakes) {
    const [before, name] = mistake.name.split(/(?<=another function, )(?=\S+$)/);
    const key = before + JSON.stringify(mistake.parameters);
    const same = said.get(key);
    const names = same ? { name: `${same.name}${name ? ` or ${name}` : ""}` } : undefined;
    said.set(key, { ...mistake, ...names, residual: Math.max(mistake.residual, same?.residual ?? 0) });
  }
  return join([...said.values()].map(described), " or ");
}

/** A mistake as diagnoses name it. */
function described({ name, parameters, residual }: KnownMistake): Message {
  const found = Object.entries(parameters).map(([parameter, x]) => message`${parameter} = ${x}`);
  return message`${name}${found.length > 0 ? " with " : ""}${join(found, ", ")}, to within ${residual}`;
}

export const join = (parts: readonly Message[], between: string): Message =>
  parts.flatMap((part, i) => (i > 0 ? [between, ...part] : part));
