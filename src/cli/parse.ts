import { requireArc } from "../core/boundary.ts";
import { LARGEST, rangeWords } from "../core/errors.ts";
import { isDecimal, parseAngle, parseNumber, targetFromSpec } from "../core/notation.ts";
import { requireMargin } from "../core/psi.ts";
import type { Target } from "../core/targets.ts";
import { UsageError } from "../data/errors.ts";
import { suggestion } from "../data/suggestion.ts";
import type { ColumnSource } from "../rows/computation.ts";

/** Reads the text of an option, in the unit of angles that was chosen. */
export type Parse<T> = (text: string, angles: AngleReader) => T;

export const number: Parse<number> = parseNumber;

/** Angles as people write them (1.2, pi/4, 3pi/4, 2*pi/3, 60deg), in radians; keeps how they were given. */
export class AngleReader {
  readonly degrees: boolean;
  /** Degrees as given, by radians. */
  readonly given = new Map<number, number>();
  /** Angles given as decimal numbers of radians, not as a part of pi. */
  readonly decimals = new Set<number>();

  constructor(degrees: boolean) {
    this.degrees = degrees;
  }

  parse(text: string): number {
    const { radians, degrees } = parseAngle(text, this.degrees);
    this.given.set(radians, degrees);
    if (isDecimal(text) && !this.degrees && radians > 0) this.decimals.add(radians);
    return radians;
  }
}

export const angle: Parse<number> = (text, angles) => angles.parse(text);

/** A parser that also runs a check, which throws for a value that is not allowed. */
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

/** A column where nothing else can stand: @name, or its name alone. */
export function column(text: string): ColumnSource {
  const name = text.replace(/^@/, "");
  if (name === "") throw new UsageError(`"${text}" is no column: write @ and its name, such as @psi`);
  return { column: name };
}

export function choice<const T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    if (!choices.includes(text as T)) throw new UsageError(`"${text}" is not known${suggestion(text, choices)}`);
    return text as T;
  };
}

/** A scale, or that of each sample: the length of its feature. */
export const scaleOrNorm: Parse<number | "norm"> = (text, angles) =>
  text.trim() === "norm" ? "norm" : positive(text, angles);

export function text(given: string): string {
  if (given === "") throw new UsageError("the value is empty");
  return given;
}

/**
 * A target function as name:param=value:... Its angles are radians even under
 * --degrees, so that the printed form reads back.
 */
export const targetFunction = (spec: string): Target => targetFromSpec(spec, suggestion);
