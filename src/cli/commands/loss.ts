import { sampleLoss } from "../../core/loss.ts";
import { wantedMargin } from "../../core/minima.ts";
import type { Target } from "../../core/targets.ts";
import type { Competitors } from "../../rows/sample-columns.ts";
import { columnsOf, command } from "../command.ts";
import { functionInput, functionOptions } from "../functions.ts";
import { numberInput, rowResult, STANDARD_ARC, scaleInput } from "../inputs.ts";
import { inputOptions, options, orColumn } from "../options.ts";
import { list, notNegative } from "../parse.ts";
import { sampleInputs, sampleOptions } from "../samples.ts";
import { shownOf } from "../zeros.ts";

const COLUMNS = columnsOf(
  "competitors:integer logit_y loss probability dloss_dtheta_y dloss_dcos_y dloss_dscale dloss_dtheta_j:bytes",
);

export default command({
  examples: [
    ["asoftmax loss --m 4 --theta 1.2 --competing 1.5", "one sample"],
    ["asoftmax loss --m 4 --theta 0.3 --competing 1.5,1.2 --scale 30", "several competitors, another scale"],
    [
      "asoftmax loss --functions asoftmax:m=4,arcface --theta 0.3 --competing 1.5 --scale 30,64",
      "two functions, scales",
    ],
    ["asoftmax loss --m 4 --lambda 5 --theta 2 --competing 1.5", "psi blended with cos(theta)"],
    ["asoftmax loss --functions softmax --classes 10574 --theta pi/2", "at the start of training, every angle pi/2"],
  ],
  options: {
    ...functionOptions,
    scale: orColumn({ ...options.scale, parse: list(notNegative) }),
    ...sampleOptions,
    classes: orColumn({ ...options.classes, help: "numbers of classes, all others at one angle (default pi/2)" }),
    ...inputOptions,
  },
  runsExample: true,
  run(values, { names, angles }) {
    const samples = sampleInputs(values.classes === undefined ? values : { competing: [STANDARD_ARC], ...values });
    const counts = { source: values.classes ? numberInput("", values.classes).source : [undefined] };
    const inputs = [functionInput(values), scaleInput(values.scale), ...samples, counts] as const;
    const compute = (target: Target, scale: number, thetaY: number, { angles }: Competitors, count?: number) => {
      const at = sampleLoss(target, scale, thetaY, angles, count);
      const competitors = count === undefined ? angles.length : count - 1;
      return [[competitors, at.logitY, at.loss, at.probability, at.byThetaY, at.byCosY, at.byScale, at.byThetaJ]];
    };
    const exact = shownOf({}, angles);
    const shown = ([n, logit, ...rest]: readonly number[], target: Target, scale: number, thetaY: number) => [
      n!,
      exact(logit!, scale * wantedMargin(target), thetaY),
      ...rest,
    ];
    return rowResult({ inputs, columns: COLUMNS, compute, shown }, values, names);
  },
});
