import { type Message, message } from "../../core/message.ts";
import { wantedMargin } from "../../core/minima.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { columnsOf, command } from "../command.ts";
import { everyFunction, functionInput, functionOptions } from "../functions.ts";
import { rowResult, thetaInput } from "../inputs.ts";
import { gridOptions, inputOptions, options, orColumn } from "../options.ts";
import { shownOf, shownSlopes } from "../zeros.ts";

export default command({
  examples: [
    ["asoftmax compare --theta 1.2", "every target function at its defaults"],
    ["asoftmax compare --functions asoftmax:m=4,arcface:m=0.5 --theta 0.5,1", "two of them at two angles"],
    ["asoftmax compare --m 4 --lambda 5 --points 5", "one function over a grid"],
  ],
  options: { ...functionOptions, theta: orColumn(options.theta), ...gridOptions, ...inputOptions },
  runsExample: true,
  run(values, { names, angles }) {
    const theta = thetaInput(values);
    if (theta === undefined) throw new UsageError("angles are missing: give --theta, such as --theta 0.5, or --points");
    const inputs = [functionInput(values, everyFunction), theta] as const;
    const notes = new Map<string, Message>();
    const compute = (target: Target, at: number) => {
      const { spec, competingDivisor: m } = target;
      if (m !== 1) notes.set(spec, message`${spec} has its margin in the competing angle: cos(theta_j/${m}).`);
      return [[target.value(at), target.slope(at), target.slopeByCosine(at)]];
    };
    const exact = shownOf(values, angles);
    const shown = (cells: readonly number[], target: Target, at: number) =>
      shownSlopes(exact, wantedMargin(target), at, cells);
    const columns = columnsOf("value dvalue_dtheta dvalue_dcos");
    return rowResult({ inputs, columns, compute, shown, end: () => ({ notes: [...notes.values()] }) }, values, names);
  },
});
