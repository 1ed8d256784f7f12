import { monotonicity } from "../core/monotonicity.ts";
import { psiValues } from "../core/psi.ts";
import type { Target } from "../core/targets.ts";
import { violations } from "../core/violations.ts";
import type { Chart, Interval } from "../render/chart.ts";
import { formatAngle, type NumberStyle } from "../render/number.ts";
import type { Values } from "./options.ts";

export type PlotSize = Values<"width" | "height">;
/** The size of a chart and the unit of the angles in its names. */
export type Look = PlotSize & Pick<NumberStyle, "degrees" | "given">;

interface FunctionChart {
  readonly range?: Interval;
  readonly quantity?: "value" | "slope";
  /** The legend's name of the highlighted stretches, and the stretches of a function. */
  readonly highlight?: string | undefined;
  readonly stretchesOf?: (target: Target) => readonly Interval[];
}

/** Target functions over theta, with rules at the knots of the first asoftmax or naive function. */
export function functionChart(
  targets: readonly Target[],
  { width, height }: PlotSize,
  { range = { from: 0, to: Math.PI }, quantity = "value", highlight, stretchesOf = () => [] }: FunctionChart = {},
): Chart {
  return {
    x: { ...range, angle: true, name: "theta" },
    y: { name: quantity === "value" ? "target function" : "slope by theta" },
    series: targets.map((target) => ({
      name: target.spec,
      at: (theta: number) => target[quantity](theta),
      jumps: quantity === "value" ? jumpsOf(target) : [],
      highlight: stretchesOf(target),
    })),
    highlight,
    knots: knotsOf(targets),
    size: { width, height },
  };
}

/** The margin of the first function that has knots. */
export const knotsOf = (targets: readonly Target[]) =>
  targets.find(({ name }) => name === "asoftmax" || name === "naive")?.parameters.m;

/** name = theta, as a legend has it. */
export const equation = (name: string, theta: number, look: Look) =>
  `${name} = ${formatAngle(theta, { precision: 6, ...look })}`;

/** Target functions and the level cos(theta_j); the naive function of that m is highlighted where it lies above and angular does not hold. */
export function violationChart(targets: readonly Target[], m: number, thetaJ: number, look: Look): Chart {
  const isNaive = ({ name, parameters }: Target) => name === "naive" && parameters.m === m;
  const found = violations(m, thetaJ).map(({ lo, hi }) => ({ from: lo, to: hi }));
  const chart = functionChart(targets, look, {
    highlight: targets.some(isNaive) ? "naive holds, angular does not" : undefined,
    stretchesOf: (target) => (isNaive(target) ? found : []),
  });
  const level = psiValues(1, thetaJ).cosTheta;
  const name = `cos(${equation("theta_j", thetaJ, look)})`;
  return { ...chart, series: [...chart.series, { name, at: () => level }] };
}

const jumpsOf = (target: Target): number[] =>
  monotonicity(target).stretches.flatMap(({ from, to }) => (from === to ? [from] : []));
