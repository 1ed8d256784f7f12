import { floorIteration, lambdaAt, psiWeight, type Schedule } from "../../core/anneal.ts";
import { boundary } from "../../core/boundary.ts";
import { type Message, message, radians } from "../../core/message.ts";
import { asoftmax } from "../../core/target-functions.ts";
import { rowsResult } from "../../render/result.ts";
import { columnsOf, command } from "../command.ts";
import { STANDARD_ARC, STANDARD_MARGIN } from "../inputs.ts";
import { drawingOptions, options, pick, single } from "../options.ts";
import { scheduleOf, scheduleOptions } from "../schedule.ts";

export default command({
  examples: [
    ["asoftmax anneal", "the authors' training"],
    ["asoftmax anneal --preset clcarwin --m 3 --iterations 0,100,10000", "another schedule, at given iterations"],
    ["asoftmax anneal --base 100 --gamma 0.01 --lambda-min 0 --theta-12 60deg", "a schedule of your own"],
  ],
  options: {
    m: single("number", "the margin m (default 4)", options.m),
    theta12: single("angle", "the angle between two class vectors (default pi/2)", options.theta12),
    ...pick("iterations"),
    ...scheduleOptions,
    ...drawingOptions,
  },
  run(values) {
    const { m = STANDARD_MARGIN, theta12 = STANDARD_ARC } = values;
    const schedule = scheduleOf(values);
    const effectiveM = (lambda: number) => boundary(asoftmax({ m, lambda }), theta12)!.effectiveM;
    const floor = floorIteration(schedule);
    const iterations = values.iterations ?? roundIterations(floor);
    const rows = iterations.map((iteration) => {
      const lambda = lambdaAt(schedule, iteration);
      return [iteration, lambda, psiWeight(lambda), effectiveM(lambda)];
    });
    const along = (figure: (lambda: number) => number) => (iteration: number) => figure(lambdaAt(schedule, iteration));
    return rowsResult(columnsOf("iteration lambda psi_weight effective_m"), rows, {
      notes: [verdict(schedule, floor, effectiveM, theta12)],
      chart: {
        shown: "below",
        chart: () => ({
          title: verdict(schedule, floor, effectiveM, theta12).slice(0, -1),
          x: { from: 0, to: Math.max(1, ...iterations), angle: false, name: "iteration of training" },
          y: { name: "effective m, and the weight of psi" },
          marks: [
            { y: m, text: message`m = ${m}, with lambda = 0` },
            ...(Number.isFinite(floor)
              ? [{ x: floor, text: message`floor: lambda = ${schedule.lambdaMin} from ${floor} on` }]
              : []),
          ],
          series: [
            { name: "effective m", hue: 0, at: along(effectiveM) },
            { name: "weight of psi, 1/(1 + lambda)", at: along(psiWeight) },
          ],
        }),
      },
    });
  },
});

function verdict(schedule: Schedule, floor: number, effectiveM: (lambda: number) => number, theta12: number): Message {
  const { base, gamma, power, lambdaMin } = schedule;
  const left = (lambda: number) =>
    message`effective m is ${effectiveM(lambda)} there at theta_12 = ${radians(theta12)}`;
  if (Number.isFinite(floor))
    return message`lambda is at its floor ${lambdaMin} from iteration ${floor} on; ${left(lambdaMin)}.`;
  if (gamma === 0 || power === 0) return message`lambda stays at ${base}; ${left(base)}.`;
  return message`lambda approaches ${lambdaMin} and never reaches it; ${left(lambdaMin)}.`;
}

const FARTHEST = 1e6;

/** 0, then 1, 2, 5, 10, 20, 50, ... up to the floor, and the floor. */
function roundIterations(floor: number): number[] {
  const end = Math.min(floor, FARTHEST);
  const iterations = [0];
  for (let power = 1; power < end; power *= 10)
    iterations.push(...[1, 2, 5].map((n) => n * power).filter((n) => n < end));
  return end > 0 ? [...iterations, end] : iterations;
}
