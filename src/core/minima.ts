import { conditions } from "./margin.ts";
import { monotonicity } from "./monotonicity.ts";
import type { Target } from "./targets.ts";

/**
 * A rest point: an angle, in radians, or an interval of angles at which
 * gradient descent on the one-sample loss can end.
 */
export interface RestPoint {
  /** The angle, or the start of the flat interval. */
  theta: number;
  /** The end of the flat interval; theta for the other kinds. */
  to: number;
  /**
   * minimum: a local minimum in the wanted region, or at 0; false minimum: one elsewhere;
   * half-stable: a stationary angle that is no extremum, which descent from above converges to
   * while its steps are small; flat: an interval of slope 0.
   */
  kind: "minimum" | "false minimum" | "half-stable" | "flat";
  /** The sides from which descent can end there. */
  holds: readonly ("below" | "above")[];
}

/**
 * The m of the wanted region m theta_y < theta_j of a target function: the factor of
 * theta_y times that by which theta_j is divided, at least 1.
 * @example
 * wantedMargin(asoftmax({ m: 4 })); // 4
 */
export function wantedMargin({ pieces, competingDivisor }: Target): number {
  return Math.max(1, pieces.piece(0).a * competingDivisor);
}

/**
 * Does thetaY lie in the wanted region m theta_y < theta_j, m being wantedMargin? Angles in
 * radians; exact, false for NaN and any angle outside [0, pi].
 * @example
 * isWanted(asoftmax({ m: 4 }), 0.3, 1.5); // true
 */
export const isWanted = (target: Target, thetaY: number, thetaJ: number) =>
  conditions(wantedMargin(target), thetaY, thetaJ).angular;

/**
 * Every rest point in [0, pi] of plain descent on the one-sample loss, in order, 0 and pi included: as exact as
 * monotonicity, since the loss falls where the target rises. Maxima of the loss are left out, and where it jumps down,
 * of which the gradient shows nothing: descent does not end there. thetaJ, in radians, decides which minima are false;
 * with thetaJ = pi those that are false for every theta_j. No errors.
 * @example
 * minima(naive({ m: 2 }), 1.5).map(({ kind }) => kind); // ["minimum", "false minimum"]
 */
export function minima(target: Target, thetaJ: number): RestPoint[] {
  const { stretches, stationary } = monotonicity(target);
  const ends = [0, ...stretches.map(({ to }) => to)];
  const turns = ends.flatMap((theta, i): RestPoint[] => {
    const [before, after] = [stretches[i - 1]?.direction, stretches[i]?.direction];
    if ((before && before !== "rising") || (after && after !== "falling" && after !== "jump-down")) return [];
    const kind = theta === 0 || isWanted(target, theta, thetaJ) ? "minimum" : "false minimum";
    const holds = BOTH.filter((side) => (side === "below" ? before : after));
    return [{ theta, to: theta, kind, holds }];
  });
  const flat = stretches
    .filter(({ direction }) => direction === "flat")
    .map(({ from, to }): RestPoint => ({ theta: from, to, kind: "flat", holds: BOTH }));
  // Stationary angles inside an interval on which the target falls; no function has one where it rises. At a kink
  // (arcface-shift) the slope is 0 from below only, which holds nothing.
  const known = new Set(ends);
  const steep = 2 ** -46 * target.pieces.a ** 2;
  const knots = stationary
    .filter((theta) => !known.has(theta) && Math.abs(target.slope(theta * (1 + 2 ** -50))) < steep)
    .map((theta): RestPoint => ({ theta, to: theta, kind: "half-stable", holds: ["above"] }));
  return [...turns, ...flat, ...knots].sort((x, y) => x.theta - y.theta);
}

const BOTH = ["below", "above"] as const;
