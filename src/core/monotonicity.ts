import { angleOfQuarter } from "./exact.ts";
import { type Piece, pieceEnd, pieceSlope, pieceValue, type Target } from "./targets.ts";

export type Direction = "falling" | "rising" | "flat" | "jump-up" | "jump-down";

/** A stretch of positive length on which a function goes one way, or a jump (from = to). */
export interface Stretch {
  from: number;
  to: number;
  direction: Direction;
  /** Value at to less value at from, as limits from inside the stretch; the height of a jump. */
  change: number;
}

export interface Monotonicity {
  /** In order, covering [0, pi]; neighbours differ in direction or are parted by a jump. */
  stretches: Stretch[];
  /** Single angles at which the slope is 0. */
  level: number[];
}

/**
 * Where a target function falls, rises, is flat and jumps on [0, pi]: exact, from the angles at which its formula or
 * the sign of its slope changes. Without lambda these are closed forms (nearest doubles); with lambda the slope's zeros are
 * isolated by bisection with a bound on its derivative, which misses none that changes sign by more than 1e-12 in angle.
 */
export function monotonicity(target: Target): Monotonicity {
  const stretches: Stretch[] = [];
  const level: number[] = [];
  const limit = (piece: Piece, theta: number) => pieceValue(piece, theta, target.lambda).hi;
  let start = 0;
  let reached: number | undefined;
  /** The value at the start of the last stretch. */
  let beginning = Number.NaN;
  for (let i = 0; i < target.pieces.count; i++) {
    const end = pieceEnd(target.pieces, i);
    if (!(end > start)) continue;
    const piece = target.pieces.piece(i);
    const jump = reached === undefined ? 0 : limit(piece, start) - reached;
    if (jump !== 0)
      stretches.push({ from: start, to: start, direction: jump > 0 ? "jump-up" : "jump-down", change: jump });
    const slope = slopeOf(piece, target.lambda);
    const zeros = slope.zeros(start, end);
    const inside = zeros.filter((t) => t > start && t < end);
    if (!slope.flat) for (const t of zeros) if (level.at(-1) !== t) level.push(t);
    const cuts = [start, ...inside, end];
    for (let c = 1; c < cuts.length; c++) {
      const [from, to] = [cuts[c - 1]!, cuts[c]!];
      const sign = slope.flat ? 0 : Math.sign(slope.at(from + (to - from) / 2));
      const direction = sign < 0 ? "falling" : sign > 0 ? "rising" : "flat";
      const last = stretches.at(-1);
      const began = last?.direction === direction ? beginning : limit(piece, from);
      const stretch = { from, to, direction, change: limit(piece, to) - began } as const;
      if (last?.direction === direction) stretches[stretches.length - 1] = { ...stretch, from: last.from };
      else stretches.push(stretch);
      beginning = began;
    }
    start = end;
    reached = limit(piece, end);
  }
  return { stretches, level };
}

interface Slope {
  flat: boolean;
  at(theta: number): number;
  /** The zeros in [from, to], in order. */
  zeros(from: number, to: number): number[];
}

function slopeOf(piece: Piece, lambda: number): Slope {
  const { weight, a, b } = piece;
  const at = (t: number) => pieceSlope(piece, t, lambda).hi;
  if (lambda === 0) return { flat: a === 0, at, zeros: (from, to) => (a === 0 ? [] : wholeHalfTurns(a, b, from, to)) };
  const derivative = (t: number) => (-weight * a * a * Math.cos(a * t + b) - lambda * Math.cos(t)) / (1 + lambda);
  const bound = (power: number) => (lambda + a ** power) / (1 + lambda);
  const curve: Curve = { at, derivative, bound: bound(2), secondBound: bound(3) };
  return { flat: false, at, zeros: (from, to) => isolate(curve, from, to) };
}

/** The angles in [from, to] at which a theta + b is a multiple of pi. */
function wholeHalfTurns(a: number, b: number, from: number, to: number): number[] {
  const zeros: number[] = [];
  for (let j = Math.max(0, Math.floor((a * from + b) / Math.PI) - 1); ; j++) {
    const t = angleOfQuarter(2 * j, a, b);
    if (!(t <= to)) return zeros; // NaN: a is so small that the angle overflows
    if (t >= from) zeros.push(t);
  }
}

/** A function with its derivative, and bounds on the size of its first and second derivatives. */
export interface Curve {
  at(t: number): number;
  derivative(t: number): number;
  bound: number;
  secondBound: number;
}

const SMALLEST_PART = 1e-12;

/** The zeros of a curve in [from, to], the ends included. */
function isolate(curve: Curve, from: number, to: number): number[] {
  // The double pi misses pi by less than an ulp: what is left there may be the slope times that.
  const isZero = (t: number) => Math.abs(curve.at(t)) <= curve.bound * 2 ** -52;
  const [first, last] = [isZero(from), isZero(to)];
  const inner = crossings(curve, from, to, SMALLEST_PART)
    .map(([lo, hi]) => bisect(curve.at, lo, hi))
    .filter((t) => !(first && t - from < SMALLEST_PART) && !(last && to - t < SMALLEST_PART));
  return [...(first ? [from] : []), ...inner, ...(last ? [to] : [])];
}

/** Brackets, in order, of every change of sign between from and to; two closer than the smallest part may be missed. */
export function crossings(curve: Curve, from: number, to: number, smallest: number): [lo: number, hi: number][] {
  const { at, derivative, bound, secondBound } = curve;
  return between(from, to, at(from), at(to));

  function between(lo: number, hi: number, atLo: number, atHi: number): [number, number][] {
    const mid = lo + (hi - lo) / 2;
    const half = (hi - lo) / 2;
    const atMid = at(mid);
    if (Math.abs(atMid) > bound * half) return [];
    if (half < smallest || Math.abs(derivative(mid)) > secondBound * half) {
      return atLo > 0 !== atHi > 0 ? [[lo, hi]] : [];
    }
    return [...between(lo, mid, atLo, atMid), ...between(mid, hi, atMid, atHi)];
  }
}

/** The angle between lo and hi at which g changes sign: of the two doubles beside it the one where g is smaller. */
export function bisect(g: (t: number) => number, lo: number, hi: number): number {
  const positiveAtLo = g(lo) > 0;
  for (;;) {
    const mid = lo + (hi - lo) / 2;
    if (mid <= lo || mid >= hi) return Math.abs(g(lo)) < Math.abs(g(hi)) ? lo : hi;
    if (g(mid) > 0 === positiveAtLo) lo = mid;
    else hi = mid;
  }
}
