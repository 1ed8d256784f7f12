import { type Message, message, radians } from "../core/message.ts";
import { makeTarget, pieceEnd, type Target, targetDefinition, targetDefinitions } from "../core/targets.ts";
import { valueCurve } from "./mistakes.ts";
import { type AuditRow, accepts } from "./tolerance.ts";

/** Ends of pieces that are looked at. */
const MOST_ENDS = 64;
const APART = 1e-12;

/** The other functions with the parameters of the target, and the angle up to which each is the same; without those that always are. */
function likeFunctions(target: Target): { readonly other: Target; readonly end: number }[] {
  const names = Object.keys(target.parameters).join();
  return targetDefinitions
    .filter((d) => d !== targetDefinition(target.name) && d.competingDivisor === undefined)
    .filter(({ parameters }) => parameters.map(({ name }) => name).join() === names)
    .filter(({ parameters }) => parameters.every(({ name, lo, hi }) => within(target.parameters[name]!, lo, hi)))
    .map((definition) => makeTarget(definition, { ...target.parameters, lambda: target.lambda }))
    .map((other) => ({ other, end: sameUpTo(target, other) }))
    .filter(({ end }) => end < Math.PI);
}

const within = (x: number, lo: number, hi: number) => x >= lo && x <= hi;

/** The angle up to which two functions are the same: an end of a piece of either, 0, or pi. */
function sameUpTo(x: Target, y: Target): number {
  const ends = [x, y].flatMap(({ pieces }) =>
    Array.from({ length: Math.min(pieces.count, MOST_ENDS) }, (_, i) => pieceEnd(pieces, i)),
  );
  let from = 0;
  for (const to of [...new Set(ends)].sort((a, b) => a - b)) {
    const inside = [0.2, 0.5, 0.8].map((share) => from + share * (to - from));
    if (to > from && inside.some((t) => !(Math.abs(x.value(t) - y.value(t)) < APART))) return from;
    from = to;
  }
  return Math.PI;
}

/**
 * What the table cannot tell: the other functions that every row is right for too. Where the table is wrong for the target, those
 * that are the same at every angle of the table.
 */
export function sameFunctions(
  target: Target,
  theta: ArrayLike<number>,
  { rows, bad, check }: { rows: readonly AuditRow[]; bad: readonly AuditRow[]; check: { bad: number } },
): Message[] {
  let last = 0;
  for (let i = 0; i < theta.length; i++) if (theta[i]! > last) last = theta[i]!;
  const groups = new Map<number, string[]>();
  for (const { other, end } of likeFunctions(target)) {
    const curve = valueCurve(other);
    const passes = check.bad === 0 && bad.length === 0 && rows.every((row) => row.theta <= end || accepts(curve, row));
    if (last <= end || passes) groups.set(end, [...(groups.get(end) ?? []), other.name]);
  }
  return [...groups]
    .sort(([x], [y]) => x - y)
    .map(([end, names]) => {
      const others = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]!;
      if (end === 0) return message`${others} would pass as well`;
      const all = [target.name, ...names];
      return message`up to ${radians(end)} ${all.slice(0, -1).join(", ")} and ${all.at(-1)!} are the same: the table cannot tell them apart`;
    });
}
