import { type Message, message, radians } from "../../core/message.ts";
import { asoftmax, naive } from "../../core/target-functions.ts";
import { violations } from "../../core/violations.ts";
import { UsageError } from "../../data/errors.ts";
import { rowsResult } from "../../render/result.ts";
import { equation, levelOf, planeChart, violationChart } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { STANDARD_MARGIN } from "../inputs.ts";
import { drawingOptions, pick } from "../options.ts";

const INTERVALS = columnsOf("*m *theta_j:angle *index lo:angle hi:angle hi_closed length:angle");
const TOTALS = columnsOf("*m *theta_j:angle count total_length:angle share");

export default command({
  examples: [
    ["asoftmax violations --m 4 --competing 1.5", "where naive holds and angular does not, for one competing angle"],
    ["asoftmax violations --m 2,3,4 --competing pi/2,pi --summary", "how many, how long, which share of [0, pi]"],
    ["asoftmax violations --m 4 --competing 60deg --degrees", "in degrees"],
  ],
  options: { ...pick("m", "competing", "summary", "plot", "plane"), ...drawingOptions },
  runsExample: true,
  run({ m: margins = [STANDARD_MARGIN], competing, summary, plot, plane, precision }, { angles }) {
    if (competing === undefined)
      throw new UsageError("competing angles are missing: give --competing, such as --competing 1.5");
    const found = margins.flatMap((m) => competing.map((thetaJ) => foundFor(m, thetaJ)));
    const rows = summary
      ? found.map(({ m, thetaJ, intervals, total }) => [m, thetaJ, intervals.length, total, total / Math.PI])
      : found.flatMap(({ m, thetaJ, intervals }) =>
          intervals.map(({ lo, hi, hiClosed, length }, i) => [m, thetaJ, i + 1, lo, hi, hiClosed, length]),
        );
    const { m, thetaJ } = found[0]!;
    const style = { ...angles, precision };
    const chart = () => {
      if (!plane) return violationChart([naive({ m })], m, thetaJ, style);
      const level = levelOf(equation("theta_j", thetaJ, style), thetaJ);
      const drawn = planeChart([asoftmax({ m }), naive({ m })]);
      return { ...drawn, series: [...drawn.series, level] };
    };
    const isDrawn = plot || plane || !summary;
    const which = message`The chart is of m = ${m}, theta_j = ${radians(thetaJ)}, the first of ${found.length} pairs.`;
    return rowsResult(summary ? TOTALS : INTERVALS, rows, {
      notes: [...found.map(verdict), ...(isDrawn && found.length > 1 ? [which] : [])],
      chart: isDrawn ? { chart, shown: "below" } : undefined,
    });
  },
});

/** The intervals of one m and theta_j, and the sum of their lengths. */
function foundFor(m: number, thetaJ: number) {
  const intervals = violations(m, thetaJ);
  return { m, thetaJ, intervals, total: intervals.reduce((sum, { length }) => sum + length, 0) };
}

function verdict({ m, thetaJ, intervals, total }: ReturnType<typeof foundFor>): Message {
  const pair = message`m = ${m}, theta_j = ${radians(thetaJ)}`;
  if (intervals.length === 0)
    return message`${pair}: none: wherever cos(m theta_y) > cos(theta_j), m theta_y < theta_j too.`;
  const share = (100 * total) / Math.PI;
  return message`${pair}: on ${intervals.length} ${intervals.length === 1 ? "interval" : "intervals"}, ${share} % of [0, pi], cos(m theta_y) > cos(theta_j) holds and m theta_y < theta_j does not.`;
}
