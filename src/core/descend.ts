import { LARGEST, requireWithin } from "./errors.ts";
import { sampleLoss } from "./loss.ts";
import type { Target } from "./targets.ts";

/** One point of a descent: the target angle, the loss there and its slope by theta_y. */
export interface DescentStep {
  step: number;
  theta: number;
  value: number;
  gradient: number;
}

export interface Descent {
  /** Target angle to start from, in [0, pi]. */
  start: number;
  /** The one competing angle, fixed. */
  thetaJ: number;
  scale: number;
  rate: number;
  steps: number;
}

/**
 * Plain gradient descent of the one-sample loss on theta_y, kept in [0, pi]: theta - rate * gradient, steps + 1 points.
 * targetAt gives the target function of each step, so that lambda can follow a schedule.
 * Throws ParameterError for angles outside [0, pi] and for a scale or rate that is not positive and finite.
 */
export function* descend(
  targetAt: (step: number) => Target,
  { start, thetaJ, scale, rate, steps }: Descent,
): Generator<DescentStep> {
  requireWithin("start", start, 0, Math.PI);
  requireWithin("theta_j", thetaJ, 0, Math.PI);
  requireWithin("scale", scale, Number.MIN_VALUE, LARGEST);
  requireWithin("rate", rate, Number.MIN_VALUE, LARGEST);
  let theta = start;
  for (let step = 0; step <= steps; step++) {
    const { loss, byThetaY } = sampleLoss(targetAt(step), scale, theta, [thetaJ]);
    yield { step, theta, value: loss, gradient: byThetaY };
    theta = Math.min(Math.PI, Math.max(0, theta - rate * byThetaY));
  }
}
