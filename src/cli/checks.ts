import { message } from "../core/message.ts";
import { isDecimal, parseAngle, parseNumber } from "../core/notation.ts";
import { type Target, targetDefinition, targetDefinitions } from "../core/targets.ts";
import { UsageError } from "../data/errors.ts";
import { figureRows } from "../measure/report.ts";
import { CONDITIONS, type Figures, LEVELS, MEASURES } from "../measure/statistics.ts";
import { choice, margin, numberFrom, type Parse, targetFunction } from "./parse.ts";

/** A lower or upper limit for a figure of the report of measure. */
interface FigureCheck {
  readonly text: string;
  readonly atLeast: boolean;
  readonly limit: number;
  /** The figure by its name in csv; of a condition, how many samples meet it. */
  readonly figure: string;
  /** The name of its confidence interval. */
  readonly interval?: string;
  /** The m and the function that the report must have for it. */
  readonly m?: number;
  readonly target?: Target;
}

const FORM = /^(.+?)(>=|<=)(.+)$/s;

/** The means and quantiles by their names, and whether they are angles. */
const AVERAGES = new Map(
  MEASURES.flatMap(({ name, isAngle }) =>
    [`mean.${name}`, ...LEVELS.map((level) => `quantiles.${name}.${level}`)].map(
      (figure) => [figure, isAngle] as const,
    ),
  ),
);

/** Reads accuracy, condition@m or a function (shares of the samples), or a mean or quantile, then >= or <= and the limit. */
export const figureCheck: Parse<FigureCheck> = (given, angles) => {
  const text = given.trim();
  const [, asked = "", order, end = ""] = FORM.exec(text) ?? [];
  if (order === undefined)
    throw new UsageError(
      `"${given}" is not of the form figure>=limit: accuracy>=0.9, angular@4>=0.9, arcface:m=0.5>=0.9`,
    );
  const share = () => ({ text, atLeast: order === ">=", limit: numberFrom(0, 1)(end, angles) });
  const [condition, at] = asked.split("@");
  if (at !== undefined) {
    const m = margin(at, angles);
    const figure = `by_m.${m}.${choice(CONDITIONS)(condition!)}`;
    return { ...share(), figure, interval: `${figure}_interval`, m };
  }
  if (asked.includes(":") || targetDefinition(asked) !== undefined) {
    const target = targetFunction(asked);
    const figure = `by_function.${target.spec}.share`;
    return { ...share(), figure, interval: `${figure}_interval`, target };
  }
  const figure = choice(["accuracy", ...AVERAGES.keys(), ...targetDefinitions.map(({ name }) => name)])(asked);
  if (figure === "accuracy") return { ...share(), figure, interval: "accuracy_interval" };
  // Angles in the unit of the report, so that a limit in degrees is compared as it was written.
  const limit =
    AVERAGES.get(figure) && !isDecimal(end)
      ? parseAngle(end)[angles.degrees ? "degrees" : "radians"]
      : parseNumber(end);
  return { text, atLeast: order === ">=", limit, figure };
};

/** Whether a check holds, and a sentence where it does not, or where its limit lies in the confidence interval of the share. */
export function checked({ text, atLeast, limit, figure, interval, m }: FigureCheck, figures: Figures) {
  const found = new Map([...figureRows("", figures)]);
  const value = found.get(figure)! / (m === undefined ? 1 : figures.samples);
  const holds = atLeast ? value >= limit : value <= limit;
  const [lo, hi] = ["lo", "hi"].map((end) => found.get(`${interval}.${end}`)!) as [number, number];
  const inside = lo <= limit && limit <= hi;
  const is = message`the ${interval === undefined ? "value" : "share"} is ${value}`;
  const but = message`, but only within the 95 % interval, ${+lo.toPrecision(4)} to ${+hi.toPrecision(4)}`;
  const answer = message`${holds ? "holds" : "does not hold"}${inside ? but : []}`;
  const said = message`--check ${text} ${answer}: ${figures.samples === 0 ? "there are no samples" : is}`;
  return { holds, said: holds && !inside ? [] : [said] };
}
