import { angle, type Phrase, phrase } from "../../core/phrase.ts";
import { target } from "../../core/targets.ts";
import { type Violation, violations } from "../../core/violations.ts";
import { type Column, resultOf } from "../../render/result.ts";
import { functionChart } from "../charts.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { STANDARD_MARGIN } from "../inputs.ts";

interface Found {
  m: number;
  thetaJ: number;
  intervals: readonly Violation[];
}

const PAIR: readonly Column[] = [{ name: "m" }, { name: "theta_j", kind: "angle" }];
const INTERVAL: readonly Column[] = [
  { name: "index" },
  { name: "lo", kind: "angle" },
  { name: "hi", kind: "angle" },
  { name: "hi_closed" },
  { name: "length", kind: "angle" },
];
const TOTAL: readonly Column[] = [{ name: "count" }, { name: "total_length", kind: "angle" }, { name: "share" }];

export default command({
  examples: [
    ["asoftmax violations --m 4 --competing 1.5", "where the plain cosine lies, for one competing angle"],
    ["asoftmax violations --m 2,3,4 --competing pi/2,pi --summary", "how many, how long, which share of [0, pi]"],
    ["asoftmax violations --m 4 --competing 60deg --degrees", "in degrees"],
  ],
  options: ["m", "competingAngles", "summary", "plot", "width", "height"],
  run({ m: margins = [STANDARD_MARGIN], competingAngles, summary, plot, ...size }) {
    if (competingAngles === undefined)
      throw new UsageError("competing angles are missing: give --competing, such as --competing 1.5");
    const found = margins.flatMap((m) =>
      competingAngles.map((thetaJ) => ({ m, thetaJ, intervals: violations(m, thetaJ) })),
    );
    const columns = [...PAIR, ...(summary ? TOTAL : INTERVAL)];
    const rows = found.flatMap(summary ? totalRow : intervalRows);
    const drawn = summary && !plot ? {} : { chart: () => chartOf(found[0]!, size) };
    return resultOf(columns, rows, { notes: found.map(verdict), ...drawn });
  },
});

const intervalRows = ({ m, thetaJ, intervals }: Found) =>
  intervals.map(({ lo, hi, hiClosed, length }, i) => [m, thetaJ, i + 1, lo, hi, hiClosed, length]);

const totalLength = ({ intervals }: Found) => intervals.reduce((sum, { length }) => sum + length, 0);

const totalRow = (found: Found) => [
  [found.m, found.thetaJ, found.intervals.length, totalLength(found), totalLength(found) / Math.PI],
];

/** cos(m theta) and the level cos(theta_j), with the violating stretches lit. */
function chartOf({ m, thetaJ, intervals }: Found, size: Parameters<typeof functionChart>[1]) {
  const naive = target("naive", { m })!;
  const lit = intervals.map(({ lo, hi }) => ({ from: lo, to: hi }));
  const level = target("softmax")!.value(thetaJ);
  const chart = functionChart([naive], size, {
    highlight: { name: "naive holds, angular does not", intervals: () => lit },
  });
  return { ...chart, series: [...chart.series, { name: "cos(theta_j)", at: () => level }] };
}

function verdict(found: Found): Phrase {
  const { m, thetaJ, intervals } = found;
  const pair = phrase`m = ${m}, theta_j = ${angle(thetaJ)}`;
  if (intervals.length === 0)
    return phrase`${pair}: none: wherever cos(m theta_y) > cos(theta_j), m theta_y < theta_j too.`;
  const share = (100 * totalLength(found)) / Math.PI;
  return phrase`${pair}: on ${intervals.length} ${intervals.length === 1 ? "interval" : "intervals"}, ${share} % of [0, pi], cos(m theta_y) > cos(theta_j) holds and m theta_y < theta_j does not.`;
}
