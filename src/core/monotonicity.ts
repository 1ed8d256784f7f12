import { angleOfQuarter } from "./double-double.ts";
import { bisect, crossings, type DifferentiableFunction } from "./roots.ts";
import { type Piece, pieceEnd, pieceSlope, pieceValue, type Target } from "./targets.ts";

/** What a function does on an interval, or at a jump. */
export type Direction = "falling" | "rising" | "flat" | "jump-up" | "jump-down";

/** An interval of positive length on which a function has one direction, or a jump (from = to). Angles in radians. */
export interface Stretch {
  from: number;
  to: number;
  direction: Direction;
  /** The value at to less the value at from, as limits from inside the interval; the height of a jump. */
  change: number;
}

/** The stretches and the stationary angles of a function. */
export interface Monotonicity {
  /** In order, covering [0, pi]; neighbours differ in direction or have a jump between them. */
  stretches: Stretch[];
  /** The stationary angles: single angles, in radians, at which the slope is 0. */
  stationary: number[];
}

/** A stretch with the values at its ends, as limits from inside it. */
interface Part extends Omit<Stretch, "change"> {
  readonly first: number;
  last: number;
}

/**
 * Where a target function falls, rises, is flat and jumps (by more than 2^-50) on [0, pi]. Without lambda the
 * angles are closed forms, each the nearest double. With lambda the roots of the slope are found by
 * bisection; two that are closer than 1e-12 may be missed. No errors.
 * @example
 * monotonicity(asoftmax({ m: 4 })).stretches; // [{ from: 0, to: Math.PI, direction: "falling", change: -8 }]
 * monotonicity(naive({ m: 2 })).stretches.map(({ direction }) => direction); // ["falling", "rising"]
 */
export function monotonicity(target: Target): Monotonicity {
  const parts: Part[] = [];
  const stationary: number[] = [];
  for (const { piece, zeros, cuts } of monotonePieces(target)) {
    for (const t of zeros) if (t !== stationary.at(-1)) stationary.push(t);
    for (let c = 1; c < cuts.length; c++) addPart(parts, partOf(piece, target.lambda, cuts[c - 1]!, cuts[c]!));
  }
  const stretches = parts.map(({ first, last, ...part }) => ({ ...part, change: last - first }));
  return { stretches, stationary };
}

/**
 * The pieces of a function, in order, each with its stationary angles and the
 * angles between which it falls, rises or is flat.
 */
export function* monotonePieces({ pieces, lambda }: Target) {
  for (let i = 0, start = 0; i < pieces.count; i++) {
    const end = pieceEnd(pieces, i);
    if (!(end > start)) continue;
    const piece = pieces.piece(i);
    const zeros = zerosOfSlope(piece, lambda, start, end);
    yield { piece, zeros, cuts: [...new Set([start, ...zeros, end])] };
    start = end;
  }
}

function partOf(piece: Piece, lambda: number, from: number, to: number): Part {
  const slope = pieceSlope(piece, from + (to - from) / 2, lambda).hi;
  const direction = slope < 0 ? "falling" : slope > 0 ? "rising" : "flat";
  const [first, last] = [from, to].map((t) => pieceValue(piece, t, lambda).hi);
  return { from, to, direction, first: first!, last: last! };
}

/** Less is the rounding of the angle at which two pieces meet, where the function is continuous but not smooth. */
const SMALLEST_JUMP = 2 ** -50;

/**
 * Appends a part, or extends the last one to its end where both have one
 * direction; a jump between the two becomes a part.
 */
function addPart(parts: Part[], part: Part): void {
  const before = parts.at(-1);
  const change = before === undefined ? 0 : part.first - before.last;
  const jump = Math.abs(change) > SMALLEST_JUMP ? change : 0;
  if (before !== undefined && jump !== 0) {
    const direction = jump > 0 ? "jump-up" : "jump-down";
    parts.push({ from: part.from, to: part.from, direction, first: before.last, last: part.first });
  }
  if (jump === 0 && before?.direction === part.direction) [before.to, before.last] = [part.to, part.last];
  else parts.push(part);
}

/** The stationary angles of a piece in [from, to], in order. */
function zerosOfSlope(piece: Piece, lambda: number, from: number, to: number): number[] {
  const { weight, a, b } = piece;
  if (lambda === 0) return wholeHalfTurns(a, b, from, to);
  const bound = (power: number) => (lambda + a ** power) / (1 + lambda);
  const slope = {
    at: (t: number) => pieceSlope(piece, t, lambda).hi,
    derivative: (t: number) => (-weight * a * a * Math.cos(a * t + b) - lambda * Math.cos(t)) / (1 + lambda),
    bound: bound(2),
    secondBound: bound(3),
  };
  return rootsIn(slope, from, to);
}

/** The angles in [from, to] at which a theta + b is a multiple of pi. */
function wholeHalfTurns(a: number, b: number, from: number, to: number): number[] {
  const zeros: number[] = [];
  for (let j = Math.max(0, Math.floor((a * from + b) / Math.PI) - 1); ; j++) {
    const t = angleOfQuarter(2 * j, a, b);
    if (!(t <= to)) return zeros; // also for t = NaN, where a is 0, or so small that the angle overflows
    if (t >= from) zeros.push(t);
  }
}

const SMALLEST_PART = 1e-12;

/** The roots of f in [from, to], the ends included. */
function rootsIn(f: DifferentiableFunction, from: number, to: number): number[] {
  // A root at pi: f at the double pi, which is less than an ulp below pi, is f's derivative times the difference.
  const ends = [from, to].filter((t) => Math.abs(f.at(t)) <= f.bound * 2 ** -52);
  const inner = crossings(f, from, to, SMALLEST_PART).map(([lo, hi]) => bisect(f.at, lo, hi));
  const apart = inner.filter((t) => ends.every((end) => Math.abs(t - end) >= SMALLEST_PART));
  return [...ends, ...apart].sort((x, y) => x - y);
}
