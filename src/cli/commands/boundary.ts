import { boundary } from "../../core/boundary.ts";
import { joined, type Message, message, radians } from "../../core/message.ts";
import { softmax } from "../../core/target-functions.ts";
import type { Target } from "../../core/targets.ts";
import { timesPi } from "../../core/units.ts";
import type { Chart } from "../../render/chart.ts";
import { rowsResult } from "../../render/result.ts";
import { functionChart, inWords } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions, everyFunction, pictureFunctions } from "../functions.ts";
import { STANDARD_ARC } from "../inputs.ts";
import { drawingOptions, pick } from "../options.ts";

const COLUMNS = columnsOf(
  "*function *theta_12:angle theta_1:angle theta_2:angle effective_m angular_margin:angle count:data",
);

export default command({
  examples: [
    ["asoftmax boundary", "every function at its defaults, class vectors pi/2 apart"],
    ["asoftmax boundary --m 4 --lambda 5", "the effective m of m = 4 under lambda = 5"],
    ["asoftmax boundary --functions asoftmax:m=4,arcface:m=0.5 --theta-12 60deg,90deg --degrees", "in degrees"],
  ],
  options: { ...pick("functions", "m", "lambda", "theta12"), ...drawingOptions },
  run(values) {
    const chosen = chosenFunctions(values);
    const arcs = values.theta12 ?? [STANDARD_ARC];
    const rows: (string | number | null)[][] = [];
    const notes: Message[] = [];
    for (const target of chosen ?? everyFunction()) {
      const { spec, name, lambda, parameters } = target;
      if (name === "naive" && lambda === 0 && parameters.m! > 1)
        notes.push(message`${spec}: only up to ${radians(timesPi(1, parameters.m!))}: beyond it naive rises again.`);
      for (const theta12 of arcs) {
        const at = boundary(target, theta12);
        const { theta1 = null, theta2 = null, effectiveM = null, angularMargin = null, count = 0 } = at ?? {};
        rows.push([spec, theta12, theta1, theta2, effectiveM, angularMargin, count]);
        const where = message`${spec} at theta_12 = ${radians(theta12)}`;
        if (count === 0) notes.push(message`${where}: the target nowhere equals cos(theta_2): no boundary.`);
        if (count > 1) notes.push(message`${where}: ${count} boundaries; the one nearest to the own class is shown.`);
      }
    }
    if (arcs.length > 1)
      notes.push(message`The chart is of theta_12 = ${radians(arcs[0]!)}, the first of ${arcs.length}.`);
    if (chosen === undefined)
      notes.push(
        message`The chart is of ${joined(pictureFunctions().map(({ spec }) => [spec]))}: give --functions for others.`,
      );
    return rowsResult(COLUMNS, rows, {
      notes,
      chart: { shown: "below", chart: () => arcChart(chosen ?? pictureFunctions(), arcs[0]!) },
    });
  },
});

/** Labels of more boundaries name no functions: they would cover one another. */
const MOST_NAMED = 3;

/**
 * Over theta_1 from 0 to theta_12: each target, with a dot at its boundary,
 * and the cosine of the angle to the other class.
 */
function arcChart(targets: readonly Target[], theta12: number): Chart {
  const chart = functionChart(targets, { range: { from: 0, to: theta12 } });
  const found = targets.map((one) => boundary(one, theta12));
  const marked = chart.series.map((series, i) => ({ ...series, points: found[i] ? [found[i].theta1] : [] }));
  // Functions that part the classes at one angle share its label.
  const parted = targets.flatMap((target, i) =>
    found[i] ? [{ target, ...found[i], place: found[i].theta1.toFixed(6) }] : [],
  );
  const places = [...new Set(parted.map(({ place }) => place))];
  const isNamed = places.length > 1 && places.length <= MOST_NAMED;
  const marks = places.map((place) => {
    const those = parted.filter((one) => one.place === place);
    const { target, theta1, effectiveM } = those[0]!;
    const names = isNamed ? message`${joined(those.map(({ target }) => inWords(target, targets)))}: ` : [];
    const text = message`${names}theta_1 = ${radians(theta1)}, effective m ${Number(effectiveM.toPrecision(4))}`;
    return { x: theta1, y: target.value(theta1), of: targets.indexOf(target), text };
  });
  const title = message`Where the target meets the cosine of the angle to the other class, the classes part: effective m = theta_2 / theta_1`;
  const cosine = softmax();
  const rivals = [...new Set(targets.map(({ competingDivisor }) => competingDivisor))].map((divisor) => ({
    name: divisor === 1 ? "cos(theta_12 - theta_1)" : `cos((theta_12 - theta_1)/${divisor})`,
    at: (theta1: number) => cosine.value((theta12 - theta1) / divisor),
  }));
  return {
    ...chart,
    title,
    marks,
    x: { ...chart.x, name: "theta_1, angle to the own class vector" },
    series: [...marked, ...rivals],
  };
}
