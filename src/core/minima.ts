import { conditions } from "./margin.ts";
import { type Direction, monotonicity } from "./monotonicity.ts";
import type { Target } from "./targets.ts";

/** Where gradient descent on the one-sample loss can come to rest. */
export interface RestPoint {
  theta: number;
  /** The end of a flat stretch; theta for the others. */
  to: number;
  /**
   * minimum: a local minimum in the wanted region, or 0; false minimum: one elsewhere; half-stable: a flat angle inside a stretch
   * on which the loss goes one way; flat: a stretch of no slope, on which nothing moves.
   */
  kind: "minimum" | "false minimum" | "half-stable" | "flat";
  /** The sides from which plain descent is held: neither where the loss only jumps, since a gradient does not see that. */
  holds: readonly ("below" | "above")[];
}

/** The m of the wanted region theta_y < theta_j / m: what the function multiplies theta_y by against theta_j, at least 1. */
export function wantedMargin({ pieces, competingDivisor }: Target): number {
  return Math.max(1, pieces.piece(0).a * competingDivisor);
}

/** Does theta_y lie in the wanted region m theta_y < theta_j? Decided exactly; the m is wantedMargin. */
export const isWanted = (target: Target, thetaY: number, thetaJ: number) =>
  conditions(wantedMargin(target), thetaY, thetaJ).angular;

/**
 * Every angle in [0, pi] at which plain descent of the one-sample loss can rest, in order, its ends included: as exact as monotonicity,
 * since the loss falls where the target rises. Maxima of the loss, which hold nothing, are left out.
 * thetaJ in radians decides which minima are false; with pi only those that are for every theta_j.
 */
export function minima(target: Target, thetaJ: number): RestPoint[] {
  const { stretches, stationary } = monotonicity(target);
  const ends = [0, ...stretches.map(({ to }) => to)];
  const turns = ends.flatMap((theta, i): RestPoint[] => {
    const [before, after] = [stretches[i - 1]?.direction, stretches[i]?.direction];
    if ((before && !isUp(before)) || (after && !isDown(after))) return [];
    const kind = theta === 0 || isWanted(target, theta, thetaJ) ? "minimum" : "false minimum";
    const jumps = before === "jump-up" || after === "jump-down";
    const holds = jumps ? [] : BOTH.filter((side) => (side === "below" ? before : after));
    return [{ theta, to: theta, kind, holds }];
  });
  const flat = stretches
    .filter(({ direction }) => direction === "flat")
    .map(({ from, to }): RestPoint => ({ theta: from, to, kind: "flat", holds: BOTH }));
  // Inside a stretch, and no function has one where it rises.
  const known = new Set(ends);
  const knots = stationary
    .filter((theta) => !known.has(theta))
    .map((theta): RestPoint => ({ theta, to: theta, kind: "half-stable", holds: ["above"] }));
  return [...turns, ...flat, ...knots].sort((x, y) => x.theta - y.theta);
}

const BOTH = ["below", "above"] as const;

const isUp = (direction: Direction) => direction === "rising" || direction === "jump-up";
const isDown = (direction: Direction) => direction === "falling" || direction === "jump-down";
