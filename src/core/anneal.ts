import { LARGEST, requireWithin } from "./errors.ts";

/**
 * How lambda, the weight of cos(theta), falls during training: max(lambdaMin, base (1
 * + gamma iteration)^(-power)). All lie in [0, 1e100].
 */
export interface Schedule {
  base: number;
  gamma: number;
  power: number;
  lambdaMin: number;
}

/**
 * The schedules of the authors' training (wy1iu/sphereface) and of the PyTorch port clcarwin/sphereface_pytorch.
 * @example
 * schedules.sphereface.lambdaMin; // 5
 */
export const schedules = {
  sphereface: { base: 1000, gamma: 0.12, power: 1, lambdaMin: 5 },
  clcarwin: { base: 1500, gamma: 0.1, power: 1, lambdaMin: 5 },
} as const satisfies Record<string, Schedule>;

/**
 * lambda at an iteration, which is any number in [0, 1e100]. Within 2 ulp for power 1. Throws ParameterError for an
 * iteration or a number of the schedule outside [0, 1e100].
 * @example
 * lambdaAt(schedules.sphereface, 0); // 1000
 */
export function lambdaAt(schedule: Schedule, iteration: number): number {
  const { base, gamma, power, lambdaMin } = schedule;
  for (const [name, value] of Object.entries({ base, gamma, power, "lambda-min": lambdaMin, iteration }))
    requireWithin(name, value, 0, LARGEST);
  return Math.max(lambdaMin, base / (1 + gamma * iteration) ** power);
}

/**
 * The weight of psi in the annealed target, 1 / (1 + lambda), for lambda >= 0. Within 1 ulp.
 * @example
 * psiWeight(3); // 0.25
 */
export const psiWeight = (lambda: number) => 1 / (1 + lambda);

/**
 * The first whole iteration at which lambda is lambdaMin: ((base / lambdaMin)^(1/power) - 1) / gamma rounded up, found
 * by bisection on lambdaAt, so that it is exact. Infinity if there is none below 2^53. Errors as lambdaAt.
 * @example
 * floorIteration(schedules.sphereface); // 1659
 */
export function floorIteration(schedule: Schedule): number {
  let [lo, hi] = [-1, 2 ** 53];
  while (hi - lo > 1) {
    const mid = lo + Math.floor((hi - lo) / 2);
    if (lambdaAt(schedule, mid) > schedule.lambdaMin) lo = mid;
    else hi = mid;
  }
  return hi < 2 ** 53 ? hi : Number.POSITIVE_INFINITY;
}
