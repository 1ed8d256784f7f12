import type { Target } from "../../../core/targets.ts";
import type { Chart } from "../../../render/chart.ts";
import { functionChart, knotsOf, planeChart, violationChart } from "../../charts.ts";
import { remembered } from "../scene.ts";
import { hasOthersOnly, type PageState, STYLE } from "./state.ts";

/** The functions over theta, with their values at theta_y, and the level that they must exceed. */
export function curveOf(state: PageState, targets: readonly Target[]): Chart {
  const { m, theta, competing } = state;
  const chart = violationChart(targets, m, competing, STYLE);
  const series = chart.series.map((one, i) =>
    i < targets.length ? { ...one, at: remembered(one.name, one.at), points: [theta] } : one,
  );
  const drawn = { ...chart, series, knots: m };
  if (chart.highlight !== undefined) return drawn;
  // Without cos(m theta) its violations are not to be seen, and without a function of m the goal of m neither.
  const { title, subtitle } = functionChart(targets);
  if (hasOthersOnly(state)) return { ...drawn, title, subtitle, marks: [], zones: [], knots: knotsOf(targets) };
  return { ...drawn, title, marks: chart.marks!.slice(0, 1) };
}

/** The plane of theta_y and theta_j, with the regions of the functions. */
export function planeOf(targets: readonly Target[]): Chart {
  const chart = planeChart(targets);
  const series = chart.series.map((one) => ({ ...one, at: remembered(`plane ${one.name}`, one.at) }));
  const regions = chart.regions!.map((one) => {
    return { ...one, between: remembered(`${one.look} ${chart.series.map(({ name }) => name)}`, one.between) };
  });
  return { ...chart, series, regions };
}
