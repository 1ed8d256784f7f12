import { type Message, message, radians } from "../core/message.ts";
import { makeTarget, pieceEnd, type Target, targetDefinitions } from "../core/targets.ts";
import { fits, valueCurve } from "./mistakes.ts";
import type { Piecewise } from "./tolerance.ts";

/** At most so many ends of pieces are compared. */
const MOST_ENDS = 64;
const APART = 1e-12;

/**
 * The other functions with the parameters of the target, and the angle up to
 * which each is the same; without those that always are.
 */
function likeFunctions(target: Target) {
  const { parameters, lambda } = target;
  return targetDefinitions
    .filter((definition) => definition.competingDivisor === undefined && fits(definition, parameters.m))
    .map((definition) => makeTarget(definition, { ...parameters, lambda }))
    .map((other) => ({ other, end: sameUpTo(target, other) }))
    .filter(({ end }) => end < Math.PI);
}

/** The angle up to which two functions are the same: an end of a piece of either, 0, or pi. */
function sameUpTo(x: Target, y: Target): number {
  const ends = [x, y].flatMap(({ pieces }) =>
    Array.from({ length: Math.min(pieces.count, MOST_ENDS) }, (_, i) => pieceEnd(pieces, i)),
  );
  let from = 0;
  for (const to of [...new Set(ends)].sort((a, b) => a - b)) {
    const inside = [0.2, 0.5, 0.8].map((share) => from + share * (to - from));
    if (inside.some((t) => !(Math.abs(x.value(t) - y.value(t)) < APART))) return from;
    from = to;
  }
  return Math.PI;
}

/**
 * What the table cannot tell: the other functions that every row is right for too. Where the table is wrong for the
 * target, those that are the same at every angle of the table. isRight says of a row whether it is right for a function,
 * and of any row of a wrong table that it is not.
 */
export function sameFunctions(
  target: Target,
  theta: ArrayLike<number>,
  isRight: (curve: Piecewise, i: number) => boolean,
): Message[] {
  const groups = new Map<number, string[]>();
  for (const { other, end } of likeFunctions(target)) {
    const curve = valueCurve(other);
    if (Array.prototype.every.call(theta, (t, i) => (end > 0 && t <= end) || isRight(curve, i)))
      groups.set(end, [...(groups.get(end) ?? []), other.name]);
  }
  return [...groups]
    .sort(([x], [y]) => x - y)
    .map(([end, others]) => {
      if (end === 0) return message`${listed(others)} would pass as well`;
      const all = listed([target.name, ...others]);
      return message`up to ${radians(end)} ${all} are the same: the table cannot tell them apart`;
    });
}

const listed = (names: readonly string[]) => names.join(", ").replace(/, ([^,]*)$/, " and $1");
