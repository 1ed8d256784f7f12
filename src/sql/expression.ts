import { type Piece, type Pieces, pieceEnd, pieceIndex, type Target, targetDefinition } from "../core/targets.ts";
import { PI_SLACK } from "../core/units.ts";
import type { Dialect } from "./dialects.ts";

/** A number as a literal that every dialect reads as this double in an expression with doubles. */
export function literal(x: number): string {
  const text = Number.isInteger(x) && Math.abs(x) < 2 ** 31 ? String(x + 0) : x.toExponential().replace("e+", "e");
  return x < 0 ? `(${text})` : text;
}

const plus = (x: number) => (x < 0 ? ` - ${literal(-x)}` : ` + ${literal(x)}`);

export const PI = literal(Math.PI);

/** Angles up to this far above pi count as pi, as everywhere. */
const LIMIT = literal(Math.PI + PI_SLACK);

/**
 * A double as an angle: NULL unless it is one in [0, pi], or a little above, which
 * counts as pi. Every dialect places NaN above all numbers.
 */
export const angleSql = (x: string): string =>
  `CASE WHEN ${x} BETWEEN 0 AND ${PI} THEN ${x} WHEN ${x} BETWEEN ${PI} AND ${LIMIT} THEN ${PI} END`;

/** The condition that theta lies on piece i, exact for doubles. */
export function onPiece(pieces: Pieces, i: number, theta: string): string {
  const to = i < pieces.count - 1 ? [`${theta} ${endSign(pieces, i)} ${literal(pieceEnd(pieces, i))}`] : [];
  const from = i > 0 ? [`NOT ${theta} ${endSign(pieces, i - 1)} ${literal(pieceEnd(pieces, i - 1))}`] : [];
  return [...from, ...to].join(" AND ") || `${theta} IS NOT NULL`;
}

/** The index of the piece that holds theta, exact for doubles; NULL gives NULL. */
export const pieceSql = (pieces: Pieces, theta: string): string =>
  `CASE ${Array.from({ length: pieces.count }, (_, i) => `WHEN ${onPiece(pieces, i, theta)} THEN ${i}`).join(" ")} END`;

/** How the angles of piece i compare with its end, a double on one side or the other of the true end. */
const endSign = (pieces: Pieces, i: number) => (pieceIndex(pieces, pieceEnd(pieces, i)) > i ? "<" : "<=");

/**
 * The value of a target function at a SQL expression theta that is an angle or NULL; NULL gives NULL. Within 3 ulp of
 * max(|value|, 1) for asoftmax, whatever m; for other functions with the error of a theta + b rounded to a double.
 */
export function valueSql({ pieces, lambda }: Target, theta: string): string {
  const own = casesOf(pieces, theta);
  if (lambda === 0) return own;
  return `(${literal(lambda)} * cos(${theta}) + ${own}) / ${literal(1 + lambda)}`;
}

/** The competing logit before scaling: cos(theta_j / divisor of the function). */
export const competingSql = ({ competingDivisor }: Target, theta: string): string =>
  competingDivisor === 1 ? `cos(${theta})` : `cos(${theta} / ${literal(competingDivisor)})`;

function casesOf(pieces: Pieces, theta: string): string {
  const { count, piece, step } = pieces;
  if (count === 1) return pieceOf(piece(0), theta);
  if (step !== undefined) return halfTurnSine(pieces, step, theta);
  const when = (_: unknown, i: number) => `WHEN ${onPiece(pieces, i, theta)} THEN ${pieceOf(piece(i), theta)}`;
  return `CASE ${Array.from({ length: count }, when).join(" ")} END`;
}

function pieceOf({ weight, a, b, offset }: Piece, theta: string): string {
  const cosine = `${weight < 0 ? "-" : ""}cos(${linear(a, b, theta)})`;
  return offset === 0 ? cosine : `(${cosine}${plus(offset)})`;
}

function linear(a: number, b: number, theta: string): string {
  if (a === 0) return literal(b);
  const product = a === 1 ? theta : `${literal(a)} * ${theta}`;
  return b === 0 ? product : `${product} + ${literal(b)}`;
}

/**
 * (-1)^k cos(x) + step k, x = a theta + b in half turn k, without a branch: sin(k pi + pi/2 - x) + step k,
 * the sine of an angle in [-pi/2, pi/2], where libraries are fastest. Dividing by pi/a first saves a
 * product, and is exact enough only where a is a power of two.
 */
function halfTurnSine({ a, b }: Pieces, step: number, theta: string): string {
  const isScaling = Number.isInteger(Math.log2(a)) && b === 0;
  const turns = isScaling ? `${theta} / ${literal(Math.PI / a)}` : `(${linear(a, b, theta)}) / ${PI}`;
  const k = `floor(${turns})`;
  const rest = isScaling
    ? `(${k} - ${turns} + 0.5e0) * ${PI}`
    : `${k} * ${PI} - ${linear(a, b, theta)} + ${literal(Math.PI / 2)}`;
  return `(sin(${rest})${plus(step)} * ${k})`;
}

/** The angle at which asoftmax (lambda 0) has the value p, in closed form; NULL where it has it nowhere. */
export function inverseSql(target: Target, column: string, { double }: Dialect): string {
  const p = `CAST(${column} AS ${double})`;
  // p + 1 is exact at the ends of segments, where 1 - p is rounded; at 1 itself it would give k = -1.
  const k = `greatest(0, -floor((${p} + 1) / 2))`;
  const theta = `(${k} * ${PI} + acos(${p} + 2 * ${k})) / ${literal(target.pieces.a)}`;
  const range = `BETWEEN ${literal(target.value(Math.PI))} AND 1`;
  return `CASE WHEN ${p} ${range} THEN least(${PI}, ${theta}) END`;
}

/** The spec and the formula of a target function, for a SQL comment. */
export const explained = ({ name, spec }: Target): string => `${spec}: ${targetDefinition(name)!.formula}`;
