import { type Schedule, schedules } from "../core/anneal.ts";
import { pick, type ValuesOf } from "./options.ts";

export const scheduleOptions = pick("preset", "base", "gamma", "power", "lambdaMin");
type ScheduleValues = ValuesOf<typeof scheduleOptions>;

/** A schedule of lambda: the preset (default: the authors' training), with the options given in place of its values. */
export function scheduleOf(values: ScheduleValues): Schedule {
  const { base, gamma, power, lambdaMin } = { ...schedules[values.preset ?? "sphereface"], ...values };
  return { base, gamma, power, lambdaMin };
}

/** Is a schedule asked for at all? */
export const hasSchedule = (values: ScheduleValues) => Object.keys(scheduleOptions).some((name) => name in values);
