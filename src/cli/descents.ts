import { type Descent, descend, type Outcome, outcome } from "../core/descend.ts";
import { joined, type Message, message, radians } from "../core/message.ts";
import { wantedMargin } from "../core/minima.ts";
import type { Target } from "../core/targets.ts";
import { timesPi } from "../core/units.ts";
import type { Chart } from "../render/chart.ts";
import type { NumberStyle } from "../render/number.ts";
import { goalLines, inWords, knotsOf, lineOf } from "./charts.ts";

/** The rate and the steps of a descent unless they are given. */
export const STANDARD_DESCENT = { rate: 0.05, steps: 200 };

/**
 * The descent of each function, which `annealed` may give another lambda at each
 * step: its points, how it ended, and that as a sentence.
 */
export function descentsOf(
  targets: readonly Target[],
  descent: Descent,
  annealed?: ((target: Target, step: number) => Target) | undefined,
) {
  return targets.map((target) => {
    const at = (step: number) => annealed?.(target, step) ?? target;
    const path = [...descend(at, descent)];
    const { kind, theta, sentence } = outcome(at(descent.steps), descent, path.at(-1)!);
    const name = annealed ? message`${target.spec} with lambda annealed` : [target.spec];
    return { target, path, kind, theta, isAnnealed: annealed !== undefined, sentence: message`${name}: ${sentence}.` };
  });
}

type Descended = ReturnType<typeof descentsOf>;
const HELD: readonly Outcome["kind"][] = ["knot", "false minimum"];

/** theta_y over the steps of descents, with their goals. */
export function descentChart(descents: Descended, descent: Descent, style: NumberStyle): Chart {
  const { start, thetaJ, steps, rate, scale } = descent;
  const targets = descents.map(({ target }) => target);
  const m = knotsOf(targets);
  /** The knot that a descent has come as near as doubles, or its steps, allow. */
  const knotAt = (theta: number) => (m === undefined ? theta : timesPi(Math.round((theta * m) / Math.PI), m));
  const reached = descents.filter(({ kind }) => kind === "reached");
  const held = descents.filter(({ kind }) => HELD.includes(kind)).map(({ theta }) => theta);
  return {
    title: titleOf(reached, descents, start),
    subtitle: message`loss: softmax of two classes, against theta_j = ${radians(thetaJ)}, with learning rate ${rate} and scale ${scale}${descents[0]?.isAnnealed ? "; lambda annealed" : ""}`,
    marks: [
      ...[...new Map(held.map((theta) => [theta.toFixed(4), theta])).values()].map((theta) => ({
        x: steps / 2,
        y: theta,
        text: message`held at ${radians(knotAt(theta))}: ${theta === Math.PI ? "" : "the slope is 0 here, "}the goal is not reached`,
      })),
      ...reached
        .map(({ target, path }) => path.find((one) => wantedMargin(target) * one.theta < thetaJ)!)
        .map(({ step, theta }) => ({ x: step, y: theta, text: message`goal reached at step ${step}` })),
    ],
    x: { from: 0, to: steps, angle: false, name: "step of gradient descent" },
    y: { angle: true, name: "target angle theta_y", from: 0 },
    series: [
      ...descents.map(({ target, path, kind }, i) => ({
        ...lineOf(target, targets),
        look: kind === "reached" ? 0 : i + 1,
        at: (step: number) => path[Math.round(step)]!.theta,
      })),
      ...goalLines(targets, thetaJ, style),
    ],
    knots: m,
  };
}

function titleOf(reached: Descended, descents: Descended, start: number): Message {
  if (reached.length === 0)
    return message`Gradient descent from theta_y = ${radians(start)}: no target reaches its goal`;
  const only = reached.length < descents.length ? "only " : "";
  const verb = reached.length === 1 ? "reaches its" : "reach their";
  return message`Gradient descent from theta_y = ${radians(start)}: ${only}${joined(reached.map(({ target }) => inWords(target)))} ${verb} goal`;
}
