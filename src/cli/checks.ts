import { message } from "../core/message.ts";
import { parseAngle, parseNumber } from "../core/notation.ts";
import { targetDefinition, targetDefinitions } from "../core/targets.ts";
import { UsageError } from "../data/errors.ts";
import { figureRows } from "../measure/report.ts";
import { MEASURES } from "../measure/samples.ts";
import { CONDITIONS, type Figures, LEVELS } from "../measure/statistics.ts";
import { type AngleReader, choice, margin, numberFrom, targetFunction } from "./parse.ts";

const FORM = /^(.+?)(>=|<=)(.+)$/s;

/** The means and quantiles by their names, and whether they are angles. */
const AVERAGES = new Map(
  MEASURES.flatMap(({ name, isAngle }) =>
    ["mean.NAME", ...LEVELS.map((level) => `quantiles.NAME.${level}`)].map((of) => [of.replace("NAME", name), isAngle]),
  ),
);
const NAMES = ["accuracy", ...AVERAGES.keys(), ...targetDefinitions.map(({ name }) => name)];

/**
 * Reads accuracy, condition@m or a function (shares of the samples), or a mean or quantile, then >= or <= and the
 * limit. figure is its name in csv; m and target are what the report must have for it.
 */
export function figureCheck(given: string, angles: AngleReader) {
  const text = given.trim();
  const [, asked = "", order, end = ""] = FORM.exec(text) ?? [];
  if (order === undefined)
    throw new UsageError(
      `"${given}" is not of the form figure>=limit: accuracy>=0.9, angular@4>=0.9, arcface:m=0.5>=0.9`,
    );
  if (/^(mean_loss|fisher_score)\b/.test(asked))
    throw new UsageError(
      `${asked} cannot be checked: shares, means of angles and quantiles can, such as accuracy>=0.9`,
    );
  const [condition, at] = asked.split("@");
  const m = at === undefined ? undefined : margin(at, angles);
  const target = asked.includes(":") || targetDefinition(asked) !== undefined ? targetFunction(asked) : undefined;
  const share = target && `by_function.${target.spec}.share`;
  const figure = m === undefined ? (share ?? choice(NAMES)(asked)) : `by_m.${m}.${choice(CONDITIONS)(condition!)}`;
  return { text, atLeast: order === ">=", limit: limitOf(figure, end, angles), figure, m, target };
}

/** Angles in the unit of the report, so that a limit in degrees is compared as it was written. */
function limitOf(figure: string, text: string, angles: AngleReader): number {
  const isAngle = AVERAGES.get(figure);
  if (isAngle === undefined) return numberFrom(0, 1)(text, angles);
  if (!isAngle) return parseNumber(text);
  const [, minus, size = ""] = /^(-?)(.*)$/s.exec(text.trim())!;
  const { radians, degrees } = parseAngle(size, angles.degrees);
  return (minus ? -1 : 1) * (angles.degrees ? degrees : radians);
}

/**
 * Whether a check holds, and a sentence where it does not, or where its
 * limit lies in the confidence interval of the share.
 */
export function checked({ text, atLeast, limit, figure, m }: ReturnType<typeof figureCheck>, figures: Figures) {
  const found = new Map(figureRows("", figures));
  const value = found.get(figure)! / (m === undefined ? 1 : figures.samples);
  const holds = atLeast ? value >= limit : value <= limit;
  const [lo, hi] = ["lo", "hi"].map((end) => found.get(`${figure}_interval.${end}`)!) as [number, number];
  // No share lies beyond 0 or 1.
  const isSure = atLeast ? limit <= 0 : limit >= 1;
  const inside = lo <= limit && limit <= hi && !isSure;
  const but = inside
    ? message`, but only within the 95 % interval, ${+lo.toPrecision(4)} to ${+hi.toPrecision(4)}`
    : [];
  const is = message`the ${AVERAGES.has(figure) ? "value" : "share"} is ${String(value)}`;
  const because = figures.samples === 0 ? "there are no samples" : is;
  const said = message`--check ${text} ${holds ? "holds" : "does not hold"}${but}: ${because}`;
  return { holds, said: holds && !inside ? [] : [said] };
}
