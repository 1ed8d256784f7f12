import { boundary } from "../../core/boundary.ts";
import { angle, type Phrase, phrase } from "../../core/phrase.ts";
import { type Target, target as targetNamed } from "../../core/targets.ts";
import type { Chart } from "../../render/chart.ts";
import { resultOf } from "../../render/result.ts";
import { functionChart, type PlotSize } from "../charts.ts";
import { command } from "../command.ts";
import { chosenFunctions, everyFunction, pictureFunctions } from "../functions.ts";
import { STANDARD_ARC } from "../inputs.ts";

export default command({
  examples: [
    ["asoftmax boundary", "every function at its defaults, class vectors pi/2 apart"],
    ["asoftmax boundary --m 4 --lambda 5", "the m that lambda leaves of m = 4"],
    ["asoftmax boundary --functions asoftmax:m=4,arcface:m=0.5 --theta-12 60deg,90deg --degrees", "in degrees"],
  ],
  options: ["functions", "m", "lambda", "theta12", "width", "height"],
  run(values) {
    const targets = chosenFunctions(values) ?? everyFunction();
    const arcs = values.theta12 ?? [STANDARD_ARC];
    const found = targets.flatMap((target) =>
      arcs.map((theta12) => ({ target, theta12, at: boundary(target, theta12) })),
    );
    const columns = [
      { name: "function" },
      { name: "theta_12", kind: "angle" },
      { name: "theta_1", kind: "angle" },
      { name: "theta_2", kind: "angle" },
      { name: "effective_m" },
      { name: "angular_margin", kind: "angle" },
    ] as const;
    const rows = found.map(({ target, theta12, at }) => {
      const cells =
        at === undefined ? [null, null, null, null] : [at.theta1, at.theta2, at.effectiveM, at.angularMargin];
      return [target.spec, theta12, ...cells];
    });
    const notes = found.flatMap(({ target, theta12, at }): Phrase[] => {
      const where = phrase`${target.spec} at theta_12 = ${angle(theta12)}`;
      if (at === undefined) return [phrase`${where}: the target nowhere equals cos(theta_2): no boundary.`];
      return at.count > 1 ? [phrase`${where}: ${at.count} boundaries; the one nearest to the own class is shown.`] : [];
    });
    return resultOf(columns, rows, {
      notes,
      chart: () => arcChart(chosenFunctions(values) ?? pictureFunctions(), arcs[0]!, values),
    });
  },
});

/** Along the first arc: each target, marked where it meets the cosine of the angle to the other class. */
function arcChart(targets: readonly Target[], theta12: number, size: PlotSize): Chart {
  const chart = functionChart(targets, size, { range: { from: 0, to: theta12 } });
  const marked = chart.series.map((series, i) => {
    const at = boundary(targets[i]!, theta12);
    return { ...series, points: at === undefined ? [] : [at.theta1] };
  });
  const cosine = targetNamed("softmax")!;
  const rivals = [...new Set(targets.map(({ competingDivisor }) => competingDivisor))].map((divisor) => ({
    name: divisor === 1 ? "cos(theta_12 - theta_1)" : `cos((theta_12 - theta_1)/${divisor})`,
    at: (theta1: number) => cosine.value((theta12 - theta1) / divisor),
  }));
  return { ...chart, x: { ...chart.x, name: "theta_1" }, series: [...marked, ...rivals] };
}
