import { type Descent, descend, outcome } from "../../../core/descend.ts";
import { type Message, message } from "../../../core/message.ts";
import type { Chart } from "../../../render/chart.ts";
import { goalLines, knotsOf, planeChart, violationChart } from "../../charts.ts";
import { DESCENT, type PageState, STYLE, targetsOf } from "./state.ts";

/** The functions over theta, with their values at theta_y, and the level that they must exceed. */
export function curveChart(state: PageState): Chart {
  const { m, theta, competing } = state;
  const targets = targetsOf(state);
  const chart = violationChart(targets, m, competing, STYLE);
  const series = chart.series.map((one, i) => (i < targets.length ? { ...one, points: [theta] } : one));
  return { ...chart, series, knots: m };
}

/** The plane of theta_y and theta_j, with the regions of the functions. */
export const planeOf = (state: PageState): Chart => planeChart(targetsOf(state), {});

/** The descent of each function from theta_y against theta_j, as a chart and in words. */
export function descents(state: PageState): { chart: Chart; sentences: Message[] } {
  const { theta: start, competing: thetaJ, scale } = state;
  const settings: Descent = { start, thetaJ, scale, ...DESCENT };
  const targets = targetsOf(state);
  const paths = targets.map((target) => [...descend(() => target, settings)]);
  const sentences = targets.map((target, i) => {
    return message`${target.spec}: ${outcome(target, settings, paths[i]!.at(-1)!).sentence}.`;
  });
  const lines = targets.map(({ spec }, i) => ({
    name: spec,
    at: (step: number) => paths[i]![Math.round(step)]!.theta,
  }));
  const chart: Chart = {
    x: { from: 0, to: DESCENT.steps, angle: false, name: "step" },
    y: { angle: true, name: "theta_y" },
    series: [...lines, ...goalLines(targets, thetaJ, STYLE)],
    knots: knotsOf(targets),
  };
  return { chart, sentences };
}
