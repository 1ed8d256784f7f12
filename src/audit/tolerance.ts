import { angleOfQuarter, cosine, reduce, wholeQuarters } from "../core/double-double.ts";
import { ParameterError } from "../core/errors.ts";
import { type Message, message } from "../core/message.ts";
import { type Piece, type Pieces, pieceIndex } from "../core/targets.ts";

/** The formats that an audit knows, each coarser than the one before. */
export const dtypes = ["float64", "float32", "float16", "bfloat16"] as const;
/** The floating-point format that a program computed in. */
export type Dtype = (typeof dtypes)[number];

/** Throws ParameterError for another type of number. */
export function requireDtype(dtype: Dtype): void {
  if (!dtypes.includes(dtype)) throw new ParameterError(`dtype is ${dtype}: it must be one of ${dtypes.join(", ")}`);
}

export const isHalf = (dtype: Dtype): boolean => dtype === "float16" || dtype === "bfloat16";

/** A function of the angle given piece by piece: the value of a target, its slope, or either with a mistake. */
export interface Piecewise {
  readonly pieces: Pieces;
  at(piece: Piece, theta: number): number;
  /** The angle at which it is computed in place of theta; a monotone function. */
  warp?(theta: number): number;
  /** It is weight * cos(a theta + b) + offset of its pieces: plain arithmetic will do for a fit. */
  readonly isCosine?: boolean;
  /** The size of the terms that it adds up, where these exceed its values: rounding errors are relative to them. */
  readonly terms?: number;
  /** Given where own * the above + plain * cos(theta) is meant. */
  readonly blend?: { readonly own: number; readonly plain: number };
  /**
   * It is a slope, which a program may reach through the cosine: at an angle whose cosine is 1 or -1 to within rounding
   * the slope of the cosine, next to 0, and less is right too. Where two pieces meet so is what lies between theirs.
   */
  readonly isSlope?: boolean;
}

/**
 * One row of a table: a program's value at theta, and the angles lo to hi whose
 * cosines differ from cos(theta) by rounding only.
 */
export interface AuditRow {
  readonly theta: number;
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
  readonly dtype: Dtype;
  /** How far the value may lie from the program's, where it was rounded when it was printed. */
  readonly rounding?: number;
}

/** cos(theta), within 0.51 ulp. */
export const plainCosine = (theta: number): number => cosine(reduce(1, theta)).hi;

/** The rounding errors allowed to a program, in its cosine and again in its value (public programs need 11). */
export const ROUNDINGS = 16;
/** A value within so many ulp of the true one is right, whatever the cosine. */
export const CERTAIN = ROUNDINGS / 2;
const UNIT: Readonly<Record<Dtype, number>> = {
  float64: 2 ** -53,
  float32: 2 ** -24,
  float16: 2 ** -11,
  bfloat16: 2 ** -8,
};

/** The smallest error that an audit sees in a value of size 1 or less. */
export const smallestError = (dtype: Dtype) => ROUNDINGS * ulp(1, dtype);

/** With fewer rows a table in a coarser type, or in few decimals, cannot be recognized. */
const FEWEST_ROWS = 8;

/**
 * The types that are coarser than dtype and may be that of all the values, bad
 * of which are wrong: a coarser type shows in most.
 */
export function coarserTypes(dtype: Dtype, values: readonly number[], bad: number): Dtype[] {
  if (values.length < FEWEST_ROWS || 2 * bad < values.length) return [];
  // Printed in 7 digits a number of 11 bits is no longer one of them, but near to one.
  const isOne = (type: Dtype) => (x: number) => Math.abs(roundedTo(UNIT[type], x) - x) <= 2 ** -20 * Math.abs(x);
  // The coarsest first, since its numbers are ones of the others too.
  const coarser = dtypes.slice(dtypes.indexOf(dtype) + 1).reverse();
  return coarser.filter((type) => values.every(isOne(type)));
}

/** x rounded to a number of a type with that unit roundoff. Source: Dekker 1971. */
function roundedTo(unit: number, x: number): number {
  const c = x * (unit / UNIT.float64 + 1);
  return c - (c - x);
}

/** What is said where the values are right in a coarser type. */
export const rightAs = (coarser: Dtype): Message =>
  message`right as ${coarser}: if the program computed in it, give --dtype ${coarser}`;

/** How numbers were rounded when they were printed: to what, in words, and by how much one of them at most. */
export interface Printing {
  readonly places: string;
  errorOf(x: number): number;
}

/**
 * To which few decimals, or significant digits, all of the numbers were
 * rounded; of both those that are coarser for most.
 */
export function printing(numbers: readonly number[]): Printing | undefined {
  if (numbers.length < FEWEST_ROWS) return undefined;
  const firstPlace = (x: number) => Math.floor(Math.log10(Math.abs(x) || 1));
  const decimals = [2, 3, 4, 5].find((d) => numbers.every((x) => Number(x.toFixed(d)) === x));
  const digits = [4, 5, 6].find((d) => numbers.every((x) => Number(x.toPrecision(d)) === x));
  const inDigits =
    digits === undefined
      ? undefined
      : { places: `${digits} digits`, errorOf: (x: number) => 0.5 * 10 ** (firstPlace(x) + 1 - digits) };
  if (decimals === undefined) return inDigits;
  const error = 0.5 * 10 ** -decimals;
  const coarser = inDigits ? numbers.filter((x) => inDigits.errorOf(x) > error).length : 0;
  return 2 * coarser > numbers.length ? inDigits : { places: `${decimals} decimals`, errorOf: () => error };
}

/** What is said where the values are right to the places in which they stand. */
export const rightTo = ({ places }: Printing): Message =>
  message`right to the ${places} that are given: write the values with all their digits`;

/**
 * The rows of values that stand in few places, and what that leaves open; rows have them divided by the scales. Angles
 * in as many places or more were rounded too; in fewer they are a grid, and exact.
 */
export function asPrinted(
  values: Printing,
  given: readonly number[],
  scales: readonly number[],
  rows: readonly AuditRow[],
) {
  const angles = printing(rows.map(({ theta }) => theta));
  return rows.map((row, i): AuditRow => {
    const around = angles ? Math.min(angles.errorOf(row.theta), values.errorOf(1)) : 0;
    return {
      ...row,
      lo: Math.max(0, row.lo - around),
      hi: Math.max(row.hi, Math.min(Math.PI, row.hi + around)),
      rounding: values.errorOf(given[i]!) / scales[i]!,
    };
  });
}

/** One unit in the last place of max(|x|, 1). */
export function ulp(x: number, dtype: Dtype): number {
  return 2 * UNIT[dtype] * 2 ** Math.floor(Math.log2(Math.max(Math.abs(x), 1)));
}

/**
 * The row, with the angles whose cosine is within 16 roundings of cos(theta); theta in [0, pi]. Where the program was
 * given the cosine exactly, within one, that of its square, and none where that is 1.
 */
export function rowAt(theta: number, value: number, dtype: Dtype, isExact = false): AuditRow {
  // With s = sin^2(theta/2), 1 - cos(theta) = 2 s: nothing cancels near 0, nor near pi with 1 + cos(theta) = 2 c.
  const [s, c] = [Math.sin(theta / 2) ** 2, Math.cos(theta / 2) ** 2];
  const shifted = (d: number) =>
    2 * Math.atan2(Math.sqrt(Math.min(1, Math.max(0, s + d))), Math.sqrt(Math.min(1, Math.max(0, c - d))));
  const roundings = !isExact ? ROUNDINGS : theta === 0 || theta === Math.PI ? 0 : 1;
  const d = (roundings / 2) * UNIT[dtype];
  const hi = shifted(d);
  // Beyond pi by the rounding errors of pi and m * pi: for a program m * pi may lie beyond the knot at pi.
  return { theta, value, lo: shifted(-d), hi: hi < Math.PI ? hi : Math.PI * (1 + 4 * UNIT[dtype]), dtype };
}

/**
 * Can a correct program, given a rounded cosine, return the row's value? That is: does it lie between the extremes of
 * the curve over the angles lo to hi, +- 16 ulp of max(|curve|, 1)? Each piece that contains one of the angles is
 * evaluated at all of them, since rounding decides which piece a program takes: beside a jump either side is right, and
 * nothing between. Extremes are sought at lo, hi and the quarter turns between: exact without lambda; with lambda the extreme lies elsewhere, which matters from m of about
 * 1000 on. Likewise for a slope, of which either sign can be right at a knot, and which may go through the cosine.
 */
export function accepts(curve: Piecewise, row: AuditRow): boolean {
  if (isZeroAtEnd(curve, row)) return true;
  const { theta, value, dtype } = row;
  const truth = evaluate(curve, theta);
  if (Math.abs(value - truth) <= CERTAIN * ulp(truth, dtype)) return true;
  const ranges = curve.isSlope ? [throughCosine(acceptedRange(curve, row), row)] : acceptedRanges(curve, row);
  return ranges.some(([low, high]) => value >= low && value <= high);
}

/**
 * The slopes by theta of programs that reach it through its cosine c, given those over the angles of the row: times
 * sin(theta) over the root of 1 - c^2, of which c rounded to 1 - u, u the unit roundoff, has the least.
 */
export function throughCosine(
  range: readonly [number, number],
  { theta, lo, hi, dtype }: AuditRow,
): readonly [number, number] {
  const factors = [lo, hi].map((t) => Math.sin(theta) / Math.max(Math.sin(t), Math.sqrt(2 * UNIT[dtype])));
  const all = range.flatMap((slope) => [1, ...factors].map((factor) => factor * slope));
  return [Math.min(...all), Math.max(...all)];
}

/** Is the value one that is right for a slope through the cosine, at 0 or pi to within rounding? */
export const isZeroAtEnd = ({ isSlope = false }: Piecewise, { value, theta, lo, hi }: AuditRow) =>
  isSlope && Math.abs(value) <= MOST_AT_END * Math.sin(theta) && (lo === 0 || hi >= Math.PI);

/** The slope of the cosine, sin(theta), with its rounding errors in the coarsest type. */
const MOST_AT_END = 1 + 2 ** -4;

type Range = readonly [low: number, high: number];

/** The least and the greatest value at the row's angle that a correct program may return. */
export function acceptedRange(curve: Piecewise, row: AuditRow): Range {
  const ranges = acceptedRanges(curve, row);
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}

/** The same for each piece that a program may take. */
function acceptedRanges(curve: Piecewise, row: AuditRow): Range[] {
  const { lo, theta, hi, first, last } = touched(curve, row);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const piece = curve.pieces.piece(first + i);
    const values = [lo, ...quarterTurns(piece, lo, hi), theta, hi].map((t) => curve.at(piece, t));
    return withSlack(curve, row, Math.min(...values), Math.max(...values));
  });
}

/** A range of the curve with its blend, and with the rounding errors of both. */
function withSlack(curve: Piecewise, row: AuditRow, low: number, high: number): Range {
  let terms = Math.max(-low, high, curve.terms ?? 1);
  if (curve.blend !== undefined) {
    const { own, plain } = curve.blend;
    const [x, y] = [plain * plainCosine(row.lo), plain * plainCosine(row.hi)];
    [low, high] = [own * low + Math.min(x, y), own * high + Math.max(x, y)];
    terms = Math.max(own * terms + Math.abs(plain), 1);
  }
  const slack = ROUNDINGS * ulp(terms, row.dtype) + (row.rounding ?? 0);
  return [low - slack, high + slack];
}

/** The curve at theta. */
export function evaluate({ pieces, at, warp = (t) => t, blend }: Piecewise, theta: number): number {
  const own = at(pieces.piece(pieceIndex(pieces, warp(theta))), warp(theta));
  return blend === undefined ? own : blend.own * own + blend.plain * plainCosine(theta);
}

/** The curve at the row's angle without its blend; NaN beside a jump, where rounding selects the piece. */
export function unblended(curve: Piecewise, row: AuditRow): number {
  if (isZeroAtEnd(curve, row)) return Number.NaN;
  const { theta, first, last } = touched(curve, row);
  const at = (i: number) => (curve.isCosine ? plainly : curve.at)(curve.pieces.piece(i), theta);
  const step = last === first + 1 ? Math.abs(at(last) - at(first)) : 0;
  const y = at(first === last ? first : pieceIndex(curve.pieces, theta));
  return step <= ROUNDINGS * ulp(y, row.dtype) ? y : Number.NaN;
}

const plainly = ({ weight, a, b, offset }: Piece, theta: number) => weight * Math.cos(a * theta + b) + offset;

/** The row's angles after warp, lo <= hi, and the indices of the first and last piece that contain one of them. */
function touched({ pieces, warp = (t) => t }: Piecewise, row: AuditRow) {
  const [x, theta, y] = [warp(row.lo), warp(row.theta), warp(row.hi)];
  const [lo, hi] = [Math.min(x, y), Math.max(x, y)];
  return { lo, theta, hi, first: pieceIndex(pieces, lo), last: pieceIndex(pieces, hi) };
}

/**
 * The angles between lo and hi at which the piece or its slope can have an extreme: a theta + b a multiple of pi/2; at
 * most four, which include all values of extremes.
 */
function quarterTurns({ a, b }: Piece, lo: number, hi: number): number[] {
  const first = wholeQuarters(reduce(a, lo, b)) + 1;
  const count = Math.min(wholeQuarters(reduce(a, hi, b)) - first + 1, 4);
  return Array.from({ length: count }, (_, i) => angleOfQuarter(first + i, a, b));
}
