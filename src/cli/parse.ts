import { requireArc } from "../core/boundary.ts";
import { LARGEST, rangeWords } from "../core/errors.ts";
import { requireMargin } from "../core/psi.ts";
import { makeTarget, type Target, targetDefinition, targetDefinitions } from "../core/targets.ts";
import { fromDegrees, timesPi, toDegrees } from "../core/units.ts";
import { isDecimal } from "../data/cells.ts";
import { UsageError } from "./errors.ts";
import { suggestion } from "./suggest.ts";

/** Reads the text of an option, in the unit of angles that was chosen. */
export type Parse<T> = (text: string, angles: AngleReader) => T;

/** Values that come from a column of the input, one a row: @name. */
export interface ColumnSource {
  readonly column: string;
}

/** A decimal number, finite: nothing that parseFloat would make of half a word. */
export function number(given: string): number {
  const text = given.trim();
  if (!isDecimal(text)) throw new UsageError(`"${text}" is not a number: write a decimal number such as 4 or 1.5`);
  const value = Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`${text} is too large for a double`);
  return value;
}

/** No multiple of pi beyond it need be computed to be refused. */
const MOST_TURNS = 1e6;
const PI_MULTIPLE = /^(?:([\d.]+(?:e[+-]?\d+)?)\*?)?(?:pi|π)(?:\/([\d.]+))?$/i;

/** Angles as people write them (1.2, pi/4, 3pi/4, 2*pi/3, 60deg), in radians; remembers how they were given. */
export class AngleReader {
  readonly degrees: boolean;
  /** Degrees as given, by radians. */
  readonly given = new Map<number, number>();

  constructor(degrees: boolean) {
    this.degrees = degrees;
  }

  parse(given: string): number {
    const text = given.trim();
    const { radians, degrees } = this.read(text);
    if (!(radians >= 0)) throw new UsageError(`${text} lies below 0: an angle lies in [0, pi]`);
    if (!(radians <= Math.PI))
      throw new UsageError(
        `${text} lies above pi (${this.degrees ? "180" : Math.PI}): ${advice(radians, this.degrees)}`,
      );
    this.given.set(radians, degrees);
    return radians;
  }

  private read(text: string): { radians: number; degrees: number } {
    const [multiple, coefficient = "1", divisor = "1"] = PI_MULTIPLE.exec(text) ?? [];
    if (multiple !== undefined) return ofPi(text, number(coefficient), number(divisor));
    if (text.endsWith("deg")) return ofDegrees(number(text.slice(0, -3)));
    if (!isDecimal(text)) throw new UsageError(`"${text}" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg`);
    const value = number(text);
    return this.degrees ? ofDegrees(value) : { radians: value, degrees: toDegrees(value) };
  }
}

function ofPi(text: string, coefficient: number, divisor: number) {
  if (divisor === 0) throw new UsageError(`${text} divides by 0`);
  if (!(coefficient <= MOST_TURNS * divisor)) throw new UsageError(`${text} lies above pi: an angle lies in [0, pi]`);
  return { radians: timesPi(coefficient, divisor), degrees: (coefficient * 180) / divisor };
}

const ofDegrees = (degrees: number) => ({ radians: fromDegrees(degrees), degrees });

function advice(radians: number, degrees: boolean): string {
  if (radians < Math.PI + 1e-3) return "write pi";
  return degrees ? "an angle lies in [0, 180]" : "an angle lies in [0, pi]; for degrees write 60deg or use --degrees";
}

export const angle: Parse<number> = (text, angles) => angles.parse(text);

/** A value that passes a check, which throws for one that does not. */
const checked =
  <T>(parse: Parse<T>, check: (value: T, text: string) => void): Parse<T> =>
  (text, angles) => {
    const value = parse(text, angles);
    check(value, text);
    return value;
  };

export const margin = checked(number, requireMargin);

/** An angle between two class vectors. */
export const arc = checked(angle, requireArc);

/** A number within bounds. */
export const numberFrom = (lo: number, hi = LARGEST) =>
  checked(number, (value, text) => {
    if (!(value >= lo && value <= hi)) throw new UsageError(`${text} is out of range: it must ${rangeWords(lo, hi)}`);
  });

export const notNegative = numberFrom(0);
export const positive = numberFrom(Number.MIN_VALUE);

export const wholeFrom = (lo: number, hi: number) =>
  checked(numberFrom(lo, hi), (value, text) => {
    if (!Number.isInteger(value)) throw new UsageError(`${text} is not a whole number`);
  });

/** A list with commas between. */
export function list<T>(item: Parse<T>): Parse<readonly T[]> {
  return (text, angles) =>
    text.split(",").map((part) => {
      if (part.trim() === "") throw new UsageError(`"${text}" has an empty place: write a list as 1,2,3`);
      return item(part, angles);
    });
}

/** @name and nothing else. */
export function column(text: string): ColumnSource {
  if (!/^@./.test(text)) throw new UsageError(`"${text}" is no column: write @ and its name, such as @psi`);
  return { column: text.slice(1) };
}

/** What stands before and after the one * of a pattern such as theta_*; undefined for any other text. */
export function classPattern(pattern: string): readonly [before: string, after: string] | undefined {
  const [before = "", after, ...more] = pattern.split("*");
  return after === undefined || more.length > 0 ? undefined : [before, after];
}

export const isColumn = (source: unknown): source is ColumnSource =>
  typeof source === "object" && source !== null && "column" in source;

export function choice<const T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    if (!choices.includes(text as T)) throw new UsageError(`"${text}" is not known${suggestion(text, choices)}`);
    return text as T;
  };
}

/** A scale, or that of each sample: the length of its feature. */
export const scaleOrNorm: Parse<number | "norm"> = (text, angles) =>
  text.trim() === "norm" ? "norm" : positive(text, angles);

/** What must hold for a share of the samples: condition@m>=share. */
export interface ShareCheck {
  readonly text: string;
  readonly condition: "naive" | "angular" | "psi" | "false_pass";
  readonly m: number;
  readonly atLeast: boolean;
  readonly share: number;
}

const SHARE_CHECK = /^(\w+)@(.+?)(>=|<=)(.+)$/s;

export const shareCheck: Parse<ShareCheck> = (given, angles) => {
  const [, condition = "", m = "", order, share = ""] = SHARE_CHECK.exec(given.trim()) ?? [];
  if (order === undefined) throw new UsageError(`"${given}" is not of the form condition@m>=share: angular@4>=0.9`);
  return {
    text: given.trim(),
    condition: choice(["naive", "angular", "psi", "false_pass"])(condition),
    m: margin(m, angles),
    atLeast: order === ">=",
    share: numberFrom(0, 1)(share, angles),
  };
};

export function text(given: string): string {
  if (given === "") throw new UsageError("the value is empty");
  return given;
}

/**
 * A target function as name:param=value:... Its angles are radians (or 30deg, pi/6) even under --degrees, so that the
 * printed form reads back.
 */
export function targetFunction(spec: string): Target {
  const [name = "", ...settings] = spec.trim().split(":");
  const definition = targetDefinition(name);
  if (definition === undefined) {
    const names = targetDefinitions.map((known) => known.name);
    throw new UsageError(`there is no target function "${name}"${suggestion(name, names)}`);
  }
  const known = [...definition.parameters.map((parameter) => parameter.name), "lambda"];
  const parameters: Record<string, number> = {};
  for (const setting of settings) {
    const [key = "", value, ...rest] = setting.split("=");
    if (value === undefined || rest.length > 0)
      throw new UsageError(`"${setting}" in ${spec} is not of the form parameter=value`);
    if (!known.includes(key)) throw new UsageError(`${name} has no parameter "${key}"${suggestion(key, known)}`);
    if (key in parameters) throw new UsageError(`${spec} gives ${key} twice`);
    const isAngle = definition.parameters.some((parameter) => parameter.name === key && parameter.hi === Math.PI);
    parameters[key] = isAngle ? new AngleReader(false).parse(value) : number(value);
  }
  return makeTarget(definition, parameters);
}
