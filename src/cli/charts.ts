import { monotonicity } from "../core/monotonicity.ts";
import type { Target } from "../core/targets.ts";
import type { Chart, Interval, Series } from "../render/chart.ts";
import type { Values } from "./options.ts";

export type PlotSize = Values<"width" | "height">;

/** Target functions over theta, with the knots of the first that has a margin. */
export function functionChart(
  targets: readonly Target[],
  { width, height }: PlotSize,
  { range = { from: 0, to: Math.PI }, quantity = "value", highlight }: FunctionChart = {},
): Chart {
  const knots = targets.find(({ name }) => name === "asoftmax" || name === "naive")?.parameters.m;
  return {
    x: { ...range, angle: true, name: "theta" },
    y: { name: quantity === "value" ? "target function" : "slope by theta" },
    series: targets.map((target) => seriesOf(target, quantity, highlight)),
    ...(highlight === undefined ? {} : { highlight: highlight.name }),
    ...(knots === undefined ? {} : { knots }),
    size: { width, height },
  };
}

interface FunctionChart {
  readonly range?: Interval;
  readonly quantity?: "value" | "slope";
  readonly highlight?: { readonly name: string; readonly intervals: (target: Target) => readonly Interval[] };
}

function seriesOf(target: Target, quantity: "value" | "slope", highlight: FunctionChart["highlight"]): Series {
  const jumps =
    quantity === "slope"
      ? []
      : monotonicity(target)
          .stretches.filter(({ from, to }) => from === to)
          .map(({ from }) => from);
  return {
    name: target.spec,
    at: (theta) => target[quantity](theta),
    jumps,
    ...(highlight === undefined ? {} : { highlight: highlight.intervals(target) }),
  };
}
