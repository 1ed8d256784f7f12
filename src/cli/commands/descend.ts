import { lambdaAt } from "../../core/anneal.ts";
import { type Descent, descend, outcome } from "../../core/descend.ts";
import { sampleLoss } from "../../core/loss.ts";
import { joined, type Message, message, radians } from "../../core/message.ts";
import { minima, type RestPoint } from "../../core/minima.ts";
import { asoftmax } from "../../core/target-functions.ts";
import { type Target, target as targetNamed } from "../../core/targets.ts";
import { timesPi } from "../../core/units.ts";
import { UsageError } from "../../data/errors.ts";
import { type Result, rowsResult } from "../../render/result.ts";
import { goalLines, inWords, knotsOf, type Look, lineOf } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions, pictureFunctions } from "../functions.ts";
import { drawingOptions, givenFlag, options, pick, single } from "../options.ts";
import { hasSchedule, scheduleOf, scheduleOptions } from "../schedule.ts";

const STANDARD_RATE = 0.05;
const STANDARD_STEPS = 200;
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
    const blended = hasSchedule(values) ? [] : [asoftmax({ lambda: STANDARD_LAMBDA })];
    const targets = chosenFunctions(values) ?? [...pictureFunctions(), ...blended];
    if (hasSchedule(values) && targets.some(({ lambda }) => lambda > 0))
      throw new UsageError("a schedule gives lambda at each step: leave lambda out of the functions");
    const { competing: thetaJ, scale = 1 } = values;
    if (thetaJ === undefined)
      throw new UsageError("the competing angle is missing: give --competing, such as --competing 1.5");
    const idle = givenFlag(values, ["start", "rate", "steps"]);
    if (values.minima && (idle !== undefined || hasSchedule(values)))
      throw new UsageError(`--minima lists where any descent can rest: leave out ${idle ?? "the schedule"}`);
    if (values.minima) return restsOf(targets, scale, thetaJ);
    if (values.start === undefined) throw new UsageError("the start is missing: give --start, such as --start 2");
    const { start, rate = STANDARD_RATE, steps = STANDARD_STEPS } = values;
    return pathsOf(targets, { start, thetaJ, scale, rate, steps }, { ...values, ...angles });
  },
});

/** The path of each function, drawn as theta over the steps, and how it ended. */
function pathsOf(
  targets: readonly Target[],
  descent: Descent,
  values: Parameters<typeof scheduleOf>[0] & Look,
): Result {
  const { width, height } = values;
  const schedule = hasSchedule(values) ? scheduleOf(values) : undefined;
  const paths = targets.map((target) => {
    const { name, parameters } = target;
    const at = (step: number) =>
      schedule === undefined ? target : targetNamed(name, { ...parameters, lambda: lambdaAt(schedule, step) })!;
    const path = [...descend(at, descent)];
    const { sentence } = outcome(at(descent.steps), descent, path.at(-1)!);
    const { kind, theta } = outcome(at(descent.steps), descent, path.at(-1)!);
    return { target, path, kind, theta, sentence: message`${target.spec}: ${sentence}.` };
  });
  const rows = paths.flatMap(({ target, path }) =>
    path.map(({ step, theta, value, gradient }) => [target.spec, step, theta, value, gradient]),
  );
  const lines = paths.map(({ target, path }) => ({
    ...lineOf(target, targets),
    at: (step: number) => path[Math.round(step)]!.theta,
  }));
  const reached = paths.filter(({ kind }) => kind === "reached");
  const held = [
    ...new Map(
      paths.filter(({ kind }) => kind === "knot" || kind === "false minimum").map((one) => [one.theta.toFixed(4), one]),
    ).values(),
  ];
  const m = knotsOf(targets);
  /** The knot that a descent has come as near as doubles, or its steps, allow. */
  const knotAt = (theta: number) => (m === undefined ? theta : timesPi(Math.round((theta * m) / Math.PI), m));
  const title =
    reached.length === 0
      ? message`Gradient descent from theta_y = ${radians(descent.start)}: no target reaches its goal`
      : message`Gradient descent from theta_y = ${radians(descent.start)}: ${reached.length < paths.length ? "only " : ""}${joined(reached.map(({ target }) => inWords(target)))} ${reached.length === 1 ? "reaches its" : "reach their"} goal`;
  const chart = () => ({
    title,
    subtitle: message`against theta_j = ${radians(descent.thetaJ)}, with learning rate ${descent.rate} and scale ${descent.scale}`,
    marks: held.map(({ theta }) => ({
      x: descent.steps / 2,
      y: theta,
      text: message`held at ${radians(knotAt(theta))}: the slope is 0 here, the goal is not reached`,
    })),
    x: { from: 0, to: descent.steps, angle: false, name: "step of gradient descent" },
    y: { angle: true, name: "target angle theta_y", from: 0 },
    series: [...lines, ...goalLines(targets, descent.thetaJ, values)],
    knots: m,
    size: { width, height },
  });
  return rowsResult(columnsOf("function step theta:angle value gradient"), rows, {
    chart: { chart, shown: "alone" },
    notes: paths.map(({ sentence }) => sentence),
  });
}

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
