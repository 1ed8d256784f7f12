import { sampleLoss } from "../../core/loss.ts";
import { type Target, target } from "../../core/targets.ts";
import { command } from "../command.ts";
import { functionInput } from "../functions.ts";
import { scaleInput } from "../inputs.ts";
import { inputOptions } from "../options.ts";
import { computeRows } from "../rows.ts";
import { type Competitors, sampleInputs } from "../samples.ts";

const COLUMNS = [
  "competitors",
  "logit_y",
  "loss",
  "probability",
  "dloss_dtheta_y",
  "dloss_dcos_y",
  "dloss_dscale",
  "dloss_dtheta_j",
];

export default command({
  examples: [
    ["asoftmax loss --m 4 --theta 0.3 --competing 1.5,1.2 --scale 30", "one sample"],
    [
      "asoftmax loss --functions asoftmax:m=4,arcface:m=0.5 --theta 0.3 --competing 1.5 --scale 30,64",
      "functions and scales",
    ],
    ["asoftmax loss --m 4 --lambda 5 --theta 2 --competing 1.5", "with the plain cosine blended in"],
  ],
  options: ["functions", "mOrColumn", "lambdaOrColumn", "scale", "thetaY", "competing", "label", ...inputOptions],
  run(values, { degrees }) {
    const inputs = [
      functionInput(values, () => [target("asoftmax")!]),
      scaleInput(values.scale),
      ...sampleInputs(values, degrees),
    ] as const;
    const compute = (chosen: Target, scale: number, thetaY: number, { angles }: Competitors) => {
      const at = sampleLoss(chosen, scale, thetaY, angles);
      return [[angles.length, at.logitY, at.loss, at.probability, at.byThetaY, at.byCosY, at.byScale, at.byThetaJ]];
    };
    return computeRows({ inputs, columns: COLUMNS.map((name) => ({ name })), compute }, values);
  },
});
