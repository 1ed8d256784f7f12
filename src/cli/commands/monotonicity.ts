import { type Monotonicity, monotonicity, type Stretch } from "../../core/monotonicity.ts";
import { angle, type Phrase, phrase } from "../../core/phrase.ts";
import type { Target } from "../../core/targets.ts";
import { resultOf } from "../../render/result.ts";
import { functionChart } from "../charts.ts";
import { command } from "../command.ts";
import { chosenFunctions, pictureFunctions } from "../functions.ts";

const SHOWN = 8;

export default command({
  examples: [
    ["asoftmax monotonicity", "psi falls everywhere, cos(4 theta) does not"],
    ["asoftmax monotonicity --functions arcface-easy:m=0.5", "a jump counts too"],
    ["asoftmax monotonicity --functions naive:m=4:lambda=20 --format json", "what lambda mends"],
  ],
  options: ["functions", "m", "lambda", "width", "height"],
  run(values) {
    const targets = chosenFunctions(values) ?? pictureFunctions();
    const found = targets.map((target) => ({ target, ...monotonicity(target) }));
    const columns = [
      { name: "function" },
      { name: "from", kind: "angle" },
      { name: "to", kind: "angle" },
      { name: "direction" },
      { name: "change" },
    ] as const;
    const rows = found.flatMap(({ target, stretches }) =>
      stretches.map(({ from, to, direction, change }) => [target.spec, from, to, direction, change]),
    );
    const rising = (target: Target) =>
      found.find((f) => f.target === target)!.stretches.filter((s) => s.direction === "rising");
    const chart = () => functionChart(targets, values, { highlight: { name: "rising", intervals: rising } });
    return resultOf(columns, rows, { notes: found.map(verdict), chart });
  },
});

/** Where the function breaks its fall, or that it does not. */
function verdict({ target, stretches, level }: Monotonicity & { target: Target }): Phrase {
  const rising = stretches.filter(({ direction }) => direction === "rising");
  const jumping = stretches.filter(({ direction }) => direction === "jump-up");
  if (rising.length + jumping.length > 0) {
    const first = Math.min(rising[0]?.from ?? Math.PI, jumping[0]?.from ?? Math.PI);
    const breaches = [
      ...(rising.length > 0 ? [phrase`rises on ${joined(rising.map(interval))}`] : []),
      ...(jumping.length > 0 ? [phrase`jumps up at ${joined(jumping.map(({ from }) => phrase`${angle(from)}`))}`] : []),
    ];
    return phrase`${target.spec} ${joined(breaches)}: not monotone; the first offending angle is ${angle(first)}.`;
  }
  const flat = stretches.filter(({ direction }) => direction === "flat");
  const jumps = stretches.filter(({ direction }) => direction === "jump-down");
  const drops =
    jumps.length === 0
      ? []
      : phrase`, dropping by a jump at ${joined(jumps.map(({ from }) => phrase`${angle(from)}`))}`;
  if (flat.length > 0) return phrase`${target.spec} never rises, but is flat on ${joined(flat.map(interval))}${drops}.`;
  return phrase`${target.spec} falls on all of [0, pi]${drops}${levelAngles(target, level)}.`;
}

const interval = ({ from, to }: Stretch): Phrase => phrase`(${angle(from)}, ${angle(to)})`;

function levelAngles(target: Target, level: readonly number[]): Phrase {
  if (level.length === 0) return [];
  const m = target.parameters.m;
  if (target.name === "asoftmax" && target.lambda === 0 && m! > 1)
    return phrase`; its slope is 0 only at the single angles k pi/${m!}`;
  return phrase`; its slope is 0 only at the single ${level.length === 1 ? "angle" : "angles"} ${joined(level.map((theta) => phrase`${angle(theta)}`))}`;
}

/** a, b and c; the rest of a long list by its number. */
function joined(parts: readonly Phrase[]): Phrase {
  const shown = parts.slice(0, SHOWN);
  const rest = parts.length - shown.length;
  if (rest > 0) shown.push(phrase`${rest} more`);
  return shown.flatMap((part, i) => (i === 0 ? part : [i === shown.length - 1 ? " and " : ", ", ...part]));
}
