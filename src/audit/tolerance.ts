import { angleOfQuarter, reduce, wholeQuarters } from "../core/double-double.ts";
import { type Piece, type Pieces, pieceIndex } from "../core/targets.ts";

export type Dtype = "float32" | "float64";

/** A function of the angle, piece by piece: the value of a target, its slope, or what a mistake makes of them. */
export interface PiecewiseFunction {
  readonly pieces: Pieces;
  at(piece: Piece, theta: number): number;
  /** The angle that is used in place of theta; never decreasing. */
  warp?(theta: number): number;
  /** The size of the terms that it adds up, where that is more than its values: roundings are of these. */
  readonly terms?: number;
}

/** One row of a table: what a program gave at theta, and the angles lo to hi that its cosine cannot tell from theta. */
export interface AuditRow {
  readonly theta: number;
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
  readonly dtype: Dtype;
}

/** How many roundings a right program may be off by, in its cosine and again in its value (public ones need 11). */
const ROUNDINGS = 16;
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
  // Past pi by what rounding pi, and m times it, can add: to a program that may be beyond the knot at pi.
  return { theta, value, lo: shifted(-d), hi: hi < Math.PI ? hi : Math.PI * (1 + 4 * UNIT[dtype]), dtype };
}

/**
 * Does the value lie where a right program can put it? That is between the extremes of the curve over the angles lo to hi,
 * give or take 16 ulp of max(|curve|, 1). A program that is handed a rounded cosine cannot do better. Every piece that
 * the angles touch counts over all of them, since rounding may pick either. Extremes are sought at lo, hi and each
 * quarter turn between: exact without lambda; with it a turning point moves, which matters from m of about 1000 on.
 * For a slope the same: it may take any value that it has on those angles, so its sign is open beside a knot.
 */
export function accepts(curve: PiecewiseFunction, row: AuditRow): boolean {
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
  return row.value >= low - slack && row.value <= high + slack;
}

/** PiecewiseFunction less value at the row's angle, on the piece that comes nearest where rounding may pick one. */
export function residual(curve: PiecewiseFunction, row: AuditRow): number {
  const { theta, first, last } = touched(curve, row);
  let best = Number.POSITIVE_INFINITY;
  for (let i = first; i <= last; i++) {
    const r = curve.at(curve.pieces.piece(i), theta) - row.value;
    if (Math.abs(r) < Math.abs(best)) best = r;
  }
  return best;
}

/** The curve at theta. */
export function evaluate({ pieces, at, warp = (t) => t }: PiecewiseFunction, theta: number): number {
  return at(pieces.piece(pieceIndex(pieces, warp(theta))), warp(theta));
}

/** The row's angles as the curve uses them, and the first and last piece that they touch. */
function touched({ pieces, warp = (t) => t }: PiecewiseFunction, row: AuditRow) {
  const [lo, theta, hi] = [warp(row.lo), warp(row.theta), warp(row.hi)];
  return { lo, theta, hi, first: pieceIndex(pieces, lo), last: pieceIndex(pieces, hi) };
}

/** The angles between lo and hi at which the piece or its slope can turn; four in a row have all the extremes. */
function quarterTurns({ a, b }: Piece, lo: number, hi: number): number[] {
  const first = wholeQuarters(reduce(a, lo, b)) + 1;
  const count = Math.min(wholeQuarters(reduce(a, hi, b)) - first + 1, 4);
  return Array.from({ length: count }, (_, i) => angleOfQuarter(first + i, a, b));
}
