import { type Schedule, schedules } from "../core/anneal.ts";
import { givenFlag, scheduleOptions, type Values } from "./options.ts";

type ScheduleOptions = Values<(typeof scheduleOptions)[number]>;

/** A schedule of lambda from a preset (the authors' training if none is named) and what is given beside it. */
export function scheduleOf(values: ScheduleOptions): Schedule {
  const { base, gamma, power, lambdaMin } = { ...schedules[values.preset ?? "sphereface"], ...values };
  return { base, gamma, power, lambdaMin };
}

/** Is a schedule asked for at all? */
export const hasSchedule = (values: ScheduleOptions): boolean => givenFlag(values, scheduleOptions) !== undefined;
