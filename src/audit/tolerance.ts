import { angleOfQuarter, reduce, wholeQuarters } from "../core/double-double.ts";
import { type Piece, type Pieces, pieceIndex } from "../core/targets.ts";

/** The floating-point format that a program computed in. */
export type Dtype = "float32" | "float64";

/** A function of the angle given piece by piece: the value of a target, its slope, or either with a mistake. */
export interface Piecewise {
  readonly pieces: Pieces;
  at(piece: Piece, theta: number): number;
  /** The angle at which it is computed in place of theta; a monotone function. */
  warp?(theta: number): number;
  /** The size of the terms that it adds up, where these exceed its values: rounding errors are relative to them. */
  readonly terms?: number;
}

/**
 * One row of a table: a program's value at theta, and the angles lo to hi whose cosines differ from cos(theta) by rounding
 * only.
 */
export interface AuditRow {
  readonly theta: number;
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
  readonly dtype: Dtype;
}

/** The rounding errors allowed to a program, in its cosine and again in its value (public programs need 11). */
export const ROUNDINGS = 16;
const UNIT: Readonly<Record<Dtype, number>> = { float32: 2 ** -24, float64: 2 ** -53 };

/** One unit in the last place of max(|x|, 1). */
export function ulp(x: number, dtype: Dtype): number {
  return 2 * UNIT[dtype] * 2 ** Math.floor(Math.log2(Math.max(Math.abs(x), 1)));
}

/** The row, with the angles whose cosine is within 16 roundings of cos(theta); theta in [0, pi]. */
export function rowAt(theta: number, value: number, dtype: Dtype): AuditRow {
  // With s = sin^2(theta/2), 1 - cos(theta) = 2 s: nothing cancels near 0, nor near pi with 1 + cos(theta) = 2 c.
  const [s, c] = [Math.sin(theta / 2) ** 2, Math.cos(theta / 2) ** 2];
  const shifted = (d: number) =>
    2 * Math.atan2(Math.sqrt(Math.min(1, Math.max(0, s + d))), Math.sqrt(Math.min(1, Math.max(0, c - d))));
  const d = (ROUNDINGS / 2) * UNIT[dtype];
  const hi = shifted(d);
  // Beyond pi by the rounding errors of pi and m * pi: for a program m * pi may lie beyond the knot at pi.
  return { theta, value, lo: shifted(-d), hi: hi < Math.PI ? hi : Math.PI * (1 + 4 * UNIT[dtype]), dtype };
}

/**
 * Can a correct program, given a rounded cosine, return the row's value? That is: does it lie between the extremes of the curve
 * over the angles lo to hi, +- 16 ulp of max(|curve|, 1)? Each piece that contains one of the angles is evaluated at all of them,
 * since rounding decides which piece a program takes. Extremes are sought at lo, hi and the quarter turns between: exact without
 * lambda; with lambda the extreme lies elsewhere, which matters from m of about 1000 on. Likewise for a slope, of which either
 * sign can be right at a knot.
 */
export function accepts(curve: Piecewise, row: AuditRow): boolean {
  const [low, high] = acceptedRange(curve, row);
  return row.value >= low && row.value <= high;
}

/** The least and the greatest value that accepts allows at the row's angle. */
export function acceptedRange(curve: Piecewise, row: AuditRow): readonly [low: number, high: number] {
  const { lo, theta, hi, first, last } = touched(curve, row);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = first; i <= last; i++) {
    const piece = curve.pieces.piece(i);
    for (const t of [lo, ...quarterTurns(piece, lo, hi), theta, hi]) {
      const y = curve.at(piece, t);
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
  }
  const slack = ROUNDINGS * ulp(Math.max(-low, high, curve.terms ?? 1), row.dtype);
  return [low - slack, high + slack];
}

/** The function less the row's value at its angle, on the piece where this is smallest, of those that rounding may select. */
export function residual(curve: Piecewise, row: AuditRow): number {
  const { theta, first, last } = touched(curve, row);
  let best = Number.POSITIVE_INFINITY;
  for (let i = first; i <= last; i++) {
    const r = curve.at(curve.pieces.piece(i), theta) - row.value;
    if (Math.abs(r) < Math.abs(best)) best = r;
  }
  return best;
}

/** The curve at theta. */
export function evaluate({ pieces, at, warp = (t) => t }: Piecewise, theta: number): number {
  return at(pieces.piece(pieceIndex(pieces, warp(theta))), warp(theta));
}

/** The row's angles after warp, and the indices of the first and last piece that contain one of them. */
function touched({ pieces, warp = (t) => t }: Piecewise, row: AuditRow) {
  const [lo, theta, hi] = [warp(row.lo), warp(row.theta), warp(row.hi)];
  return { lo, theta, hi, first: pieceIndex(pieces, lo), last: pieceIndex(pieces, hi) };
}

/**
 * The angles between lo and hi at which the piece or its slope can have an extreme: a theta + b a multiple of pi/2; at most
 * four, which include all values of extremes.
 */
function quarterTurns({ a, b }: Piece, lo: number, hi: number): number[] {
  const first = wholeQuarters(reduce(a, lo, b)) + 1;
  const count = Math.min(wholeQuarters(reduce(a, hi, b)) - first + 1, 4);
  return Array.from({ length: count }, (_, i) => angleOfQuarter(first + i, a, b));
}
