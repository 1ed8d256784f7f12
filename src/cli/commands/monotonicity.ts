import { joined, type Message, message, radians } from "../../core/message.ts";
import { type Direction, type Monotonicity, monotonicity, type Stretch } from "../../core/monotonicity.ts";
import type { Target } from "../../core/targets.ts";
import { rowsResult } from "../../render/result.ts";
import { functionChart } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions, pictureFunctions } from "../functions.ts";
import { drawingOptions, pick } from "../options.ts";

const COLUMNS = columnsOf("*function *from:angle *to:angle direction change");

export default command({
  examples: [
    ["asoftmax monotonicity", "psi falls everywhere, cos(4 theta) does not"],
    ["asoftmax monotonicity --functions arcface-easy:m=0.5", "a jump counts too"],
    ["asoftmax monotonicity --functions naive:m=4:lambda=20 --format json", "with lambda = 20 it falls everywhere"],
  ],
  options: { ...pick("functions", "m", "lambda"), ...drawingOptions },
  run(values) {
    const targets = chosenFunctions(values) ?? pictureFunctions();
    const found = targets.map((target) => ({ target, ...monotonicity(target) }));
    const rows = found.flatMap(({ target, stretches }) =>
      stretches.map(({ from, to, direction, change }) => [target.spec, from, to, direction, change]),
    );
    const rising = (target: Target) => going(found.find((one) => one.target === target)!, "rising");
    const chart = () => functionChart(targets, { highlight: "rising", stretchesOf: rising });
    return rowsResult(COLUMNS, rows, { notes: found.map(verdict), chart: { chart, shown: "below" } });
  },
});

const going = ({ stretches }: Monotonicity, wanted: Direction) =>
  stretches.filter(({ direction }) => direction === wanted);

/** Whether the function falls everywhere, and where it does not. */
function verdict({ target, ...found }: Monotonicity & { target: Target }): Message {
  const rising = going(found, "rising");
  const jumping = going(found, "jump-up");
  if (rising.length + jumping.length > 0) {
    const first = Math.min(rising[0]?.from ?? Math.PI, jumping[0]?.from ?? Math.PI);
    const breaches = [
      ...(rising.length > 0 ? [message`rises on ${joined(rising.map(interval))}`] : []),
      ...(jumping.length > 0 ? [message`jumps up at ${joined(jumping.map(start))}`] : []),
    ];
    return message`${target.spec} ${joined(breaches)}: not monotone; the first offending angle is ${radians(first)}.`;
  }
  const flat = going(found, "flat");
  const jumps = going(found, "jump-down");
  const drops = jumps.length === 0 ? [] : message`, dropping by a jump at ${joined(jumps.map(start))}`;
  if (flat.length > 0)
    return message`${target.spec} never rises, but is flat on ${joined(flat.map(interval))}${drops}.`;
  return message`${target.spec} falls on all of [0, pi]${drops}${stationaryAngles(target, found.stationary)}.`;
}

const interval = ({ from, to }: Stretch): Message => message`(${radians(from)}, ${radians(to)})`;
const start = ({ from }: Stretch): Message => [radians(from)];

function stationaryAngles({ name, lambda, parameters: { m } }: Target, stationary: readonly number[]): Message {
  if (stationary.length === 0) return [];
  if (name === "asoftmax" && lambda === 0 && m! > 1)
    return message`; its slope is 0 only at the single angles k pi/${m!}`;
  const angles = joined(stationary.map((theta) => [radians(theta)]));
  return message`; its slope is 0 only at the single ${stationary.length === 1 ? "angle" : "angles"} ${angles}`;
}
