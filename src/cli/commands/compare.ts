import type { Target } from "../../core/targets.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { everyFunction, functionInput } from "../functions.ts";
import { angleInput, anglesOrGrid } from "../inputs.ts";
import { gridOptions, inputOptions } from "../options.ts";
import { computeRows } from "../rows.ts";

export default command({
  examples: [
    ["asoftmax compare --theta 0.5", "every target function at its defaults"],
    ["asoftmax compare --functions asoftmax:m=4,arcface:m=0.5 --theta 0.5,1", "two of them at two angles"],
    ["asoftmax compare --m 4 --lambda 5 --points 5", "one function over a grid"],
  ],
  options: ["functions", "mOrColumn", "lambdaOrColumn", "theta", ...gridOptions, ...inputOptions],
  run(values, { degrees }) {
    const angles =
      anglesOrGrid(values.theta, values, degrees) ?? (values.input === undefined ? undefined : { column: "theta" });
    if (angles === undefined)
      throw new UsageError("angles are missing: give --theta, such as --theta 0.5, or --points");
    const inputs = [
      functionInput(values, everyFunction),
      angleInput({ name: "theta", kind: "angle" }, angles, degrees),
    ] as const;
    const columns = [{ name: "value" }, { name: "dvalue_dtheta" }, { name: "dvalue_dcos" }];
    const compute = (target: Target, theta: number) => [
      [target.value(theta), target.slope(theta), target.slopeByCosine(theta)],
    ];
    return computeRows({ inputs, columns, compute }, values);
  },
});
