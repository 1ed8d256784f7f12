import type { Target } from "../core/targets.ts";
import type { KnownMistake } from "./check.ts";
import { explains, type Fit, FittedRows, type Form, largestOf, type Mistake } from "./fit.ts";
import { formsOf, type GivenScale } from "./forms.ts";
import {
  asCosine,
  clampedToo,
  mixture,
  nothing,
  slopeCurve,
  slopeMistakes,
  type ValueMistake,
  valueMistakes,
} from "./mistakes.ts";
import { type AuditRow, accepts, evaluate, isHalf, type Piecewise, rowAt, ulp, unblended } from "./tolerance.ts";

/**
 * A mistake with a form beside it. The cost is the order in which explanations
 * are tried: numbers found count more than words.
 */
interface Hypothesis {
  readonly mistake: Mistake;
  readonly form: Form;
  readonly cost: number;
  /** How many numbers are found. */
  readonly free: number;
}

/** A hypothesis that explains every row. */
interface Explanation {
  readonly known: KnownMistake;
  readonly fit: Fit;
  readonly digits: number;
  readonly isRound: boolean;
}

/** How many digits beyond the first a number has that a person wrote, at most. */
const roundDigits = (dtype: AuditRow["dtype"]) => (dtype === "float64" ? 5 : 3);

/** The smallest scale that is looked for: in float32 psi of a huge m, made small, is a straight line. */
const LEAST_SCALE = 1e-5;
const EQUALLY_WELL = 16;
/** The angles at which functions are compared. */
const COMPARED = Array.from({ length: 48 }, (_, i) => ((i + 0.5) * Math.PI) / 48);
const MOST_SAMPLED = 48;
/** The golden ratio, less 1. */
const GOLDEN = 0.6180339887498949;

/**
 * Up to most rows at irregular distances, so that no two cosines of
 * different frequency agree on all of them (aliasing).
 */
export function sampled<T>(rows: readonly T[], most = MOST_SAMPLED): readonly T[] {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, i) => rows[Math.floor(rows.length * ((i * GOLDEN) % 1))]!);
}

/**
 * The simplest known mistakes that explain every row of a column: fixed ones before those with a
 * number to be found, one mistake before two, a mixture last. Of equally simple ones those with a
 * residual of at most 16 times the smallest, each function once.
 */
export function explanations(
  column: "value" | "gradient",
  target: Target,
  rows: readonly AuditRow[],
  bad: readonly AuditRow[],
  scale: GivenScale,
): KnownMistake[] {
  const isValue = column === "value";
  const { dtype } = rows[0]!;
  // Many mistakes show at the smallest or the largest angle alone.
  const least = rows.reduce((x, y) => (y.theta < x.theta ? y : x));
  const most = rows.reduce((x, y) => (y.theta > x.theta ? y : x));
  const sample = new FittedRows([least, most, ...sampled(bad), ...sampled(rows)]);
  const distinct = new Set(bad.map(({ theta }) => theta)).size;
  const isShift = !isApart(nothing(target).curve());
  const hypotheses = isValue ? valueHypotheses(target, rows, scale) : slopeHypotheses(target, rows.length, scale);
  const explanation = ({ mistake, form, free }: Hypothesis): Explanation[] => {
    const fit = sample.fit(mistake, form);
    if (!fit || Math.abs(fit.scale) < LEAST_SCALE || !rows.every((row) => explains(fit, row))) return [];
    const found = Object.keys(fit.parameters).filter((x) => mistake.searched.every((p) => p.name !== x || p.lo < p.hi));
    const each = found.map((name) => digitsOf(fit.parameters[name]!));
    // Where cosine and target are a constant apart a lambda is another m: two digits for the less likely.
    const digits = each.reduce((sum, n) => sum + n, isShift && "lambda" in fit.parameters ? 2 : 0);
    // To as many rows as there are numbers to be found any function can be fitted, if
    // not by numbers of one digit, beside right rows.
    const isFew = distinct <= free;
    if (isFew && (digits > 0 || bad.length === rows.length || isHalf(dtype))) return [];
    const isRound = each.every((n) => n <= roundDigits(dtype));
    // A scale beside a factor is another factor, unless it is round and does not undo that.
    const { factor } = mistake;
    if (factor !== undefined && (!isRound || Math.abs(fit.scale * factor - 1) < UNLIKE)) return [];
    // Four numbers, or a scale and a lambda beside a mistake, fit many a curve to
    // within the rounding of float32, round numbers do not.
    if ((free > 3 || (mistake.name !== "" && Object.keys(form.found).length > 1)) && !isRound) return [];
    const name = [form.name, mistake.name].filter((part) => part !== "").join(", and ");
    const residual = largestOf(rows.map((row) => errorOf(fit, row)));
    return [{ known: { column, name, parameters: fit.parameters, residual }, fit, digits, isRound }];
  };
  let first: Explanation[] = [];
  for (const cost of [...new Set(hypotheses.map((h) => h.cost))].sort((x, y) => x - y)) {
    const found = hypotheses.filter((h) => h.cost === cost).flatMap(explanation);
    // The same function can be two mistakes: a blend of cos(theta + m) is another m
    // and a scale. What was written has round numbers.
    if (found.some(({ isRound }) => isRound)) return best(found, dtype);
    if (first.length === 0) first = found;
  }
  return best(first, dtype);
}

/** The row's distance from the function with the mistake; 0 beside a jump. */
function errorOf({ curve, scale }: Fit, row: AuditRow): number {
  return Number.isNaN(unblended(curve, row)) ? 0 : Math.abs(scale * evaluate(curve, row.theta) - row.value);
}

function best(found: Explanation[], dtype: AuditRow["dtype"]): KnownMistake[] {
  const enough = EQUALLY_WELL * (ulp(1, dtype) + Math.min(...found.map(({ known }) => known.residual)));
  const close = found.filter(({ known }) => known.residual <= enough).sort((x, y) => x.digits - y.digits);
  return close.filter((x, i) => !close.slice(0, i).some((y) => areSame(y.fit, x.fit, dtype))).map(({ known }) => known);
}

/** How many digits the number has beyond one, a minus counted. */
export const digitsOf = (x: number) => x.toExponential().replace(/e.*|[.]/g, "").length - 1;

function areSame(x: Fit, y: Fit, dtype: AuditRow["dtype"]): boolean {
  return COMPARED.every((t) => accepts(x.curve, rowAt(t, (y.scale * evaluate(y.curve, t)) / x.scale, dtype)));
}

function hypothesis(mistake: ValueMistake, form: Form): Hypothesis {
  const searched = mistake.searched.filter(({ lo, hi }) => lo < hi).length;
  const beside = Object.keys(form.found).length;
  const mistakes = (mistake.name === "" ? 0 : 1) + (mistake.isOther ? 1 : 0) + beside;
  return { mistake, form, cost: 2 * (searched + beside) + mistakes, free: searched + beside };
}

function valueHypotheses(target: Target, rows: readonly AuditRow[], scale: GivenScale): Hypothesis[] {
  const forms = formsOf(target.lambda, scale);
  const { none, otherLambda, weight, both } = forms;
  const right = nothing(target);
  const isCosine = rows.every(({ theta }) => theta <= 1);
  const mistakes = valueMistakes(target, typeof scale === "number" ? scale : 1);
  const least = rows.reduce((x, { theta }) => Math.min(x, theta, Math.PI - theta), Math.PI);
  const alone = mistakes.filter(({ isOther }) => !isOther);
  const clamped = [right, ...alone].flatMap((mistake) => clampedToo(mistake, rows[0]!.dtype, least));
  return [
    ...(isCosine ? [hypothesis(asCosine(target), none)] : []),
    ...[forms.scale, otherLambda, both].map((form) => hypothesis(right, form)),
    // Any small change of a function near pi/2 is a weight of the cosine: after what has a name.
    { ...hypothesis(right, weight), cost: 4 },
    ...clamped.flatMap((mistake) => [none, forms.scale].map((form) => hypothesis(mistake, form))),
    ...mistakes.flatMap((mistake) =>
      (mistake.standsAlone ? [none] : [none, forms.scale, otherLambda, both]).map((form) => hypothesis(mistake, form)),
    ),
    ...(isApart(right.curve()) ? [{ ...hypothesis(mixture(target), none), cost: Number.POSITIVE_INFINITY }] : []),
  ];
}

function slopeHypotheses(target: Target, rows: number, given: GivenScale): Hypothesis[] {
  const { none, scale } = formsOf(0, given);
  const right = { name: "", searched: [], curve: () => slopeCurve(target) };
  const mistakes = slopeMistakes(target, rows).flatMap((mistake) =>
    [none, scale].map((form) => hypothesis(mistake, form)),
  );
  return [hypothesis(right, scale), ...mistakes];
}

/** Are the function and the cosine more than a constant apart? */
function isApart(curve: Piecewise): boolean {
  const differences = COMPARED.map((t) => evaluate(curve, t) - Math.cos(t));
  return Math.max(...differences) - Math.min(...differences) > 1e-9;
}

const UNLIKE = 1e-3;
const LEAST_FACTOR = 1.05;
const MOST_FACTOR = 1e3;
/** A function of the angle goes up and down no more often; of unlike scales every third step goes up. */
const MOST_TURNS = 4;

/**
 * Does each row hold a positive multiple of the target, most of them not the target itself? A feature norm would do
 * that; a function of the target too, such as its sine, but that is no more than the target where it is small.
 */
export function scaleOfEachRow(target: Target, rows: readonly AuditRow[]): KnownMistake[] {
  // Where target and value are both near 0 the ratio is one of rounding errors.
  const ratios = rows
    .toSorted((x, y) => x.theta - y.theta)
    .map(({ theta, value }) => [target.value(theta), value] as const)
    .filter(([truth, value]) => Math.abs(truth) > UNLIKE || Math.abs(value) > 1)
    .map(([truth, value]) => value / truth);
  const [least, most] = ratios.reduce(([lo, hi], r) => [Math.min(lo, r), Math.max(hi, r)], [Infinity, -Infinity]);
  const unlike = ratios.filter((ratio) => Math.abs(ratio - 1) > UNLIKE).length;
  const bothSigns = rows.some(({ value }) => value > 0) && rows.some(({ value }) => value < 0);
  // False where the least is not above 0.
  const varies = most > LEAST_FACTOR * least && most < MOST_FACTOR * least;
  const travel = ratios.slice(1).reduce((sum, ratio, i) => sum + Math.abs(ratio - ratios[i]!), 0);
  const isNoFunction = least > LEAST_FACTOR || travel > MOST_TURNS * (most - least);
  if (!(bothSigns && varies && isNoFunction && unlike > 0.9 * ratios.length)) return [];
  const name = "each row has a scale of its own, such as a feature norm: if a column holds it, give --scale @column";
  return [{ column: "value", name, parameters: { smallest: least, largest: most }, residual: 0 }];
}
