import { lambdaAt } from "../../core/anneal.ts";
import { sampleLoss } from "../../core/loss.ts";
import { joined, type Message, message, radians } from "../../core/message.ts";
import { minima, type RestPoint } from "../../core/minima.ts";
import { asoftmax } from "../../core/target-functions.ts";
import { type Target, target as targetNamed } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { type Result, rowsResult } from "../../render/result.ts";
import { columnsOf, command } from "../command.ts";
import { descentChart, descentsOf, STANDARD_DESCENT } from "../descents.ts";
import { chosenFunctions, pictureFunctions } from "../functions.ts";
import { drawingOptions, options, pick, refuse, single } from "../options.ts";
import { hasSchedule, scheduleOf, scheduleOptions } from "../schedule.ts";

const STANDARD_LAMBDA = 5;

export default command({
  examples: [
    ["asoftmax descend --start 1.2 --competing 1.5", "psi stops at a knot, cos(4 theta) in a false minimum"],
    ["asoftmax descend --start 2 --competing 1.5 --m 4 --lambda 5", "with lambda it passes the knot"],
    ["asoftmax descend --start 2 --competing 1.5 --m 4 --preset sphereface --steps 2000", "with lambda annealed"],
    ["asoftmax descend --minima --competing 1.5", "every angle at which a descent can rest"],
  ],
  options: {
    ...pick("functions", "m", "lambda", "start"),
    competing: single("angle", "the competing angle theta_j in [0, pi]", options.competing),
    ...pick("rate", "steps"),
    scale: single("number", "scale of the logits (default 1)", options.scale),
    ...pick("minima"),
    ...scheduleOptions,
    ...drawingOptions,
  },
  runsExample: true,
  run(values, { angles }) {
    const schedule = hasSchedule(values) ? scheduleOf(values) : undefined;
    const blended = schedule ? [] : [asoftmax({ lambda: STANDARD_LAMBDA })];
    const targets = chosenFunctions(values) ?? [...pictureFunctions(), ...blended];
    if (schedule && targets.some(({ lambda }) => lambda > 0))
      throw new UsageError("a schedule gives lambda at each step: leave lambda out of the functions");
    const { competing: thetaJ, scale = 1 } = values;
    if (thetaJ === undefined)
      throw new UsageError("the competing angle is missing: give --competing, such as --competing 1.5");
    if (values.minima) {
      const ofPath = ["start", "rate", "steps", ...Object.keys(scheduleOptions)];
      refuse(values, ofPath, (flag) => `--minima lists where any descent can rest: leave out ${flag}`);
      return restsOf(targets, scale, thetaJ);
    }
    if (values.start === undefined) throw new UsageError("the start is missing: give --start, such as --start 2");
    const { start, rate = STANDARD_DESCENT.rate, steps = STANDARD_DESCENT.steps, precision } = values;
    const descent = { start, thetaJ, scale, rate, steps };
    const annealed =
      schedule &&
      (({ name, parameters }: Target, step: number) =>
        targetNamed(name, { ...parameters, lambda: lambdaAt(schedule, step) })!);
    const descents = descentsOf(targets, descent, annealed);
    const rows = descents.flatMap(({ target, path }) =>
      path.map(({ step, theta, value, gradient }) => [target.spec, step, theta, value, gradient]),
    );
    const chart = () => descentChart(descents, descent, { ...angles, precision });
    const notes = descents.map(({ sentence }) => sentence);
    return rowsResult(columnsOf("function step theta:angle value gradient"), rows, {
      notes,
      chart: { chart, shown: "alone" },
    });
  },
});

/** Every angle at which a descent of the loss can rest, and the loss there. */
function restsOf(targets: readonly Target[], scale: number, thetaJ: number): Result {
  const lossAt = (target: Target, theta: number) => sampleLoss(target, scale, theta, [thetaJ]).loss;
  const found = targets.map((target) => ({ target, rests: minima(target, thetaJ) }));
  const rows = found.flatMap(({ target, rests }) =>
    rests.map(({ kind, theta, to }) => [target.spec, kind, theta, to, lossAt(target, theta)]),
  );
  const notes = found.map(({ target, rests }) => message`${target.spec}: a descent can end ${endsOf(rests)}.`);
  return rowsResult(columnsOf("*function *kind *theta:angle to:angle value"), rows, { notes });
}

const HOW_ENDED = [
  ["minimum", "in the minimum at"],
  ["false minimum", "in a false minimum at"],
  ["half-stable", "from above by small steps at"],
  ["flat", "where there is no slope from"],
] as const;

/** The rest points in words, kind by kind. */
const endsOf = (rests: readonly RestPoint[]): Message =>
  joined(
    HOW_ENDED.flatMap(([kind, words]) => {
      const places = rests.filter((rest) => rest.kind === kind).map(({ theta }) => [radians(theta)]);
      return places.length === 0 ? [] : [message`${words} ${joined(places)}`];
    }),
  );
