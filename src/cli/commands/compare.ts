import { message } from "../../core/message.ts";
import { wantedMargin } from "../../core/minima.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import type { Row } from "../../render/result.ts";
import type { Input } from "../../rows/computation.ts";
import { columnsOf, command } from "../command.ts";
import { everyFunction, functionInput, functionOptions } from "../functions.ts";
import { noiseOf, roundingOf, rowResult, thetaInput } from "../inputs.ts";
import { gridOptions, inputOptions, options, orColumn } from "../options.ts";

export default command({
  examples: [
    ["asoftmax compare --theta 0.5", "every target function at its defaults"],
    ["asoftmax compare --functions asoftmax:m=4,arcface:m=0.5 --theta 0.5,1", "two of them at two angles"],
    ["asoftmax compare --m 4 --lambda 5 --points 5", "one function over a grid"],
  ],
  options: { ...functionOptions, theta: orColumn(options.theta), ...gridOptions, ...inputOptions },
  run(values, { names, angles }) {
    const theta = thetaInput(values);
    if (theta === undefined) throw new UsageError("angles are missing: give --theta, such as --theta 0.5, or --points");
    const inputs = [functionInput(values, everyFunction), theta] as const;
    const compute = (target: Target, at: number) => [[target.value(at), target.slope(at), target.slopeByCosine(at)]];
    const rounding = roundingOf(values, angles);
    const noise = (_: Row, target: Target, at: number) => noiseOf(wantedMargin(target), at, rounding(at));
    const columns = columnsOf("value dvalue_dtheta dvalue_dcos");
    return rowResult(
      { inputs, columns, compute, noise, end: () => ({ notes: ofCompeting(inputs[0]) }) },
      values,
      names,
    );
  },
});

/** A sentence about each function whose margin its own values do not show. */
const ofCompeting = ({ source }: Input<Target>) =>
  typeof source === "function"
    ? []
    : [...source]
        .filter(({ competingDivisor }) => competingDivisor !== 1)
        .map(
          ({ spec, competingDivisor: m }) => message`${spec} has its margin in the competing angle: cos(theta_j/${m}).`,
        );
