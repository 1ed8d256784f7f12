import { type Schedule, schedules } from "../core/anneal.ts";
import type { Values } from "./options.ts";

type ScheduleOptions = Values<"preset" | "base" | "gamma" | "power" | "lambdaMin">;

/** A schedule of lambda from a preset (the authors' training if none is named) and what is given beside it. */
export function scheduleOf({ preset = "sphereface", base, gamma, power, lambdaMin }: ScheduleOptions): Schedule {
  const standard = schedules[preset];
  return {
    base: base ?? standard.base,
    gamma: gamma ?? standard.gamma,
    power: power ?? standard.power,
    lambdaMin: lambdaMin ?? standard.lambdaMin,
  };
}

/** Is a schedule asked for at all? */
export const hasSchedule = ({ preset, base, gamma, power, lambdaMin }: ScheduleOptions): boolean =>
  [preset, base, gamma, power, lambdaMin].some((given) => given !== undefined);
