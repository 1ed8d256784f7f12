import { competingBound } from "../../../core/competing-bound.ts";
import { type Descent, descend, outcome } from "../../../core/descend.ts";
import { type Message, message } from "../../../core/message.ts";
import { wantedMargin } from "../../../core/minima.ts";
import { asoftmax, naive } from "../../../core/target-functions.ts";
import type { Target } from "../../../core/targets.ts";
import type { Chart, Region } from "../../../render/chart.ts";
import { equation, knotsOf, violationChart } from "../../charts.ts";
import { DESCENT, type PageState, STYLE, targetsOf } from "./state.ts";

/** The functions over theta, with their values at theta_y, and the level that they must exceed. */
export function curveChart(state: PageState): Chart {
  const { m, theta, competing } = state;
  const targets = targetsOf(state);
  const chart = violationChart(targets, m, competing, STYLE);
  const series = chart.series.map((one, i) => (i < targets.length ? { ...one, points: [theta] } : one));
  return { ...chart, series, knots: m };
}

/** The angle that theta_j must exceed over theta_y. */
export function planeChart(state: PageState): Chart {
  const { m } = state;
  const targets = targetsOf(state);
  const bounds = targets.map((target) => (thetaY: number) => competingBound(target, thetaY));
  const [first] = bounds;
  const regions: Region[] = [
    ...(first ? [above(first)] : []),
    ...(targets.some(({ name }) => name === "naive") ? [hatched(m)] : []),
  ];
  return {
    x: { from: 0, to: Math.PI, angle: true, name: "theta_y" },
    y: { angle: true, name: "theta_j" },
    series: targets.map((target, i) => ({ name: target.spec, at: bounds[i]! })),
    regions,
    square: true,
    knots: m,
  };
}

/** Where theta_j exceeds a bound. */
const above = (bound: (thetaY: number) => number): Region => ({
  name: "",
  look: "shaded",
  between: (x) => [bound(x), Math.PI],
});

/** Where naive holds and angular does not. */
function hatched(m: number): Region {
  const [plain, psi] = [naive({ m }), asoftmax({ m })];
  const between = (x: number): [number, number] => {
    const wanted = competingBound(psi, x);
    return [competingBound(plain, x), Number.isNaN(wanted) ? Math.PI : wanted];
  };
  return { name: "naive holds, angular does not", look: "hatched", between };
}

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
    series: [...lines, ...goals(targets, thetaJ)],
    knots: knotsOf(targets),
  };
  return { chart, sentences };
}

const goals = (targets: readonly Target[], thetaJ: number) =>
  [...new Set(targets.map(wantedMargin))].map((m) => {
    const at = () => thetaJ / m;
    return { name: equation(`goal: theta_y < theta_j${m === 1 ? "" : `/${m}`}`, at(), STYLE), at };
  });
