import { lambdaAt } from "../../core/anneal.ts";
import { type Descent, descend, type DescentStep } from "../../core/descend.ts";
import { sampleLoss } from "../../core/loss.ts";
import { minima } from "../../core/minima.ts";
import { outcome } from "../../core/outcome.ts";
import { type Phrase, phrase } from "../../core/phrase.ts";
import { target, type Target } from "../../core/targets.ts";
import { type Result, resultOf } from "../../render/result.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { chosenFunctions, pictureFunctions } from "../functions.ts";
import { only } from "../inputs.ts";
import { scheduleOptions } from "../options.ts";
import { hasSchedule, scheduleOf } from "../schedule.ts";

const STANDARD_RATE = 0.05;
const STANDARD_STEPS = 200;

export default command({
  examples: [
    ["asoftmax descend --start 2 --competing 1.5", "psi beside the plain cosine: a knot and a false minimum"],
    ["asoftmax descend --start 2 --competing 1.5 --m 4 --lambda 5", "lambda frees what a knot holds"],
    ["asoftmax descend --start 2 --competing 1.5 --m 4 --preset sphereface --steps 2000", "with lambda annealed"],
    ["asoftmax descend --minima --competing 1.5", "every angle at which a descent can rest"],
  ],
  options: [
    "functions",
    "m",
    "lambda",
    "start",
    "competingAngles",
    "rate",
    "steps",
    "scale",
    "minima",
    ...scheduleOptions,
    "width",
    "height",
  ],
  run(values) {
    const targets = chosenFunctions(values) ?? pictureFunctions();
    const thetaJ = only("--competing", values.competingAngles);
    if (thetaJ === undefined) throw new UsageError("the competing angle is missing: give --competing, such as --competing 1.5");
    const scale = only("--scale", values.scaleNumbers) ?? 1;
    if (values.minima) return restsOf(targets, scale, thetaJ);
    if (values.start === undefined) throw new UsageError("the start is missing: give --start, such as --start 2");
    const { start, rate = STANDARD_RATE, steps = STANDARD_STEPS } = values;
    const descent = { start, thetaJ, scale, rate, steps };
    return pathsOf(targets, descent, values);
  },
});
