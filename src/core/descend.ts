import { LARGEST, requireWithin } from "./errors.ts";
import { sampleLoss } from "./loss.ts";
import { type Message, message, radians } from "./message.ts";
import { isWanted, minima, type RestPoint, wantedMargin } from "./minima.ts";
import type { Target } from "./targets.ts";

/** One point of a descent: the target angle theta_y in radians, the loss there and its derivative by theta_y. */
export interface DescentStep {
  step: number;
  theta: number;
  value: number;
  gradient: number;
}

/** Where a descent starts and how it steps; angles in radians, in [0, pi]. */
export interface Descent {
  /** The target angle to start from. */
  start: number;
  /** The one competing angle, fixed. */
  thetaJ: number;
  scale: number;
  rate: number;
  steps: number;
}

/**
 * Plain gradient descent of the one-sample loss on theta_y, clamped to [0, pi]: theta - rate * gradient, steps + 1
 * points. targetAt gives the target function of each step, so that lambda can follow a schedule. Loss and gradient as
 * exact as sampleLoss. Throws ParameterError for angles outside [0, pi] and for a scale or rate outside (0, 1e100].
 * @example
 * const settings = { start: 1, thetaJ: 2, scale: 1, rate: 0.1, steps: 100 };
 * [...descend(() => naive({ m: 1 }), settings)].length; // 101
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

/** How a descent ended. */
export interface Outcome {
  /**
   * reached: theta_y < theta_j / m; false minimum; knot: it converges from above to a half-stable angle; flat: on a
   * stretch of slope 0; saturated: the slope would move it, but 1 - p is too small; end: at 0 or pi; stalled: the step
   * is below the spacing of doubles; moving: none of these.
   */
  kind: "reached" | "false minimum" | "knot" | "flat" | "saturated" | "end" | "stalled" | "moving";
  theta: number;
  /** At a knot: a step multiplies the distance above it by 1 - c. */
  c?: number;
  /** At a knot that it has come to: the rate above which c exceeds 1 and descent passes the knot. */
  jumpRate?: number;
  sentence: Message;
}

// A descent closer than this to a rest point is taken to have ended there.
const AT_REST = 1e-6;
const NEARBY = 1e-5;

/**
 * How a descent with the last step end ended, under the target function of that step. The wanted region and the rest
 * points (see minima) are exact; a descent within 1e-6 of a rest point counts as ended there. Errors as descend.
 * @example
 * const descent = { start: 2, thetaJ: 1.5, scale: 1, rate: 0.05, steps: 600 };
 * const run = (target) => outcome(target, descent, [...descend(() => target, descent)].at(-1)).kind;
 * run(asoftmax({ m: 4 })); // "knot"
 * run(asoftmax({ m: 4, lambda: 5 })); // "reached"
 */
export function outcome(target: Target, descent: Descent, end: DescentStep): Outcome {
  const { start, thetaJ, scale, rate } = descent;
  const { theta, value, gradient } = end;
  const m = wantedMargin(target);
  const turned = (t: number) => message`${m === 1 ? [] : message`${m} `}theta_y = ${radians(m * t)}`;
  const ended = (kind: Outcome["kind"], words: Message) => {
    return { kind, theta, sentence: message`from ${radians(start)} it ${words}` };
  };
  if (isWanted(target, theta, thetaJ))
    return ended("reached", message`reaches ${radians(theta)}, where ${turned(theta)} < theta_j = ${radians(thetaJ)}`);
  const missed = -Math.expm1(-value);
  const pull = rate * scale * missed;
  const c = rate * scale * target.pieces.a ** 2 * missed;
  const rests = minima(target, thetaJ);
  const isAt = (angle: number) => theta === start && Math.abs(theta - angle) <= 2 ** -50 * angle;
  const knot = rests.find((rest) => rest.kind === "half-stable" && isAt(rest.theta));
  if (knot) {
    const words = message`stays at the knot ${radians(knot.theta)}, where the slope is 0: with lambda > 0 it escapes`;
    return { ...ended("knot", words), c };
  }
  const rest = rests.find((r) => isHeldAt(r, theta, c) && attracts(target, r, pull));
  if (rest?.kind === "false minimum") {
    const yet = message`yet ${turned(rest.theta)} >= theta_j = ${radians(thetaJ)}`;
    const why = message`where ${target.spec} is ${target.value(rest.theta)}, ${yet}: a false minimum`;
    return ended("false minimum", message`stops at ${radians(rest.theta)}, ${why}`);
  }
  if (rest?.kind === "half-stable") {
    const why = message`each step leaves a fixed part of the distance to this flat point, so it never passes`;
    const remedy = message`a rate above ${rate / c} jumps over it, with lambda > 0 it escapes`;
    const words = message`is held at the knot ${radians(rest.theta)}: ${why} (1 - c, c = ${c} < 1); ${remedy}`;
    return { ...ended("knot", words), c, jumpRate: rate / c };
  }
  if (rest?.kind === "flat") {
    const stretch = message`from ${radians(rest.theta)} to ${radians(rest.to)}`;
    return ended("flat", message`stays at ${radians(theta)}: no slope ${stretch}`);
  }
  const moved = Math.min(Math.PI, Math.max(0, theta - rate * gradient));
  const stays = moved === theta;
  if ((stays && (theta === 0 || theta === Math.PI)) || (rest?.kind === "minimum" && thetaJ === 0))
    return ended(
      "end",
      message`stops at ${radians(rest?.theta ?? theta)}, the end of the domain, not in the wanted region`,
    );
  if (!stays) return ended("moving", message`is still moving at ${radians(theta)}: the next step is ${moved - theta}`);
  const unsaturated = rate * scale * Math.abs(target.slope(theta));
  return theta + unsaturated !== theta
    ? ended("saturated", message`stops at ${radians(theta)}: the loss has saturated, 1 - p = ${missed}`)
    : ended("stalled", message`stalls at ${radians(theta)}: a step of ${unsaturated} is below the spacing of doubles`);
}

/**
 * Does descent converge to this rest point? Near a minimum a step multiplies the
 * distance by 1 - pull * bend, so pull * bend must be below 2.
 */
function attracts(target: Target, { kind, theta }: RestPoint, pull: number): boolean {
  if (kind !== "false minimum" || theta === Math.PI) return true;
  const bend = Math.abs(target.slope(theta + NEARBY) - target.slope(theta - NEARBY)) / (2 * NEARBY);
  return pull * bend < 2;
}

/** Is a descent at theta at that rest point? At a knot only from above, and only while c < 1. */
function isHeldAt({ theta: from, to, kind }: RestPoint, theta: number, c: number): boolean {
  if (kind === "flat") return theta >= from && theta <= to;
  if (kind === "half-stable") return c < 1 && theta >= from && theta - from <= AT_REST;
  return Math.abs(theta - from) <= AT_REST;
}
