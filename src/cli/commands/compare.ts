import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { columnsOf, command } from "../command.ts";
import { everyFunction, functionInput, functionOptions } from "../functions.ts";
import { rowResult, thetaInput } from "../inputs.ts";
import { gridOptions, inputOptions, options, orColumn } from "../options.ts";

export default command({
  examples: [
    ["asoftmax compare --theta 1.2", "every target function at its defaults"],
    ["asoftmax compare --functions asoftmax:m=4,arcface:m=0.5 --theta 0.5,1", "two of them at two angles"],
    ["asoftmax compare --m 4 --lambda 5 --points 5", "one function over a grid"],
  ],
  options: { ...functionOptions, theta: orColumn(options.theta), ...gridOptions, ...inputOptions },
  runsExample: true,
  run(values, { names }) {
    const theta = thetaInput(values);
    if (theta === undefined) throw new UsageError("angles are missing: give --theta, such as --theta 0.5, or --points");
    const inputs = [functionInput(values, everyFunction), theta] as const;
    const compute = (target: Target, at: number) => [[target.value(at), target.slope(at), target.slopeByCosine(at)]];
    return rowResult({ inputs, columns: columnsOf("value dvalue_dtheta dvalue_dcos"), compute }, values, names);
  },
});
