import type { Message } from "../core/message.ts";
import { timesPi } from "../core/units.ts";

export interface Interval {
  readonly from: number;
  readonly to: number;
}

export interface Series {
  readonly name: string;
  /** What a picture writes beside the line, where that is not its name. */
  readonly label?: Message | undefined;
  /** Its colour, a place in the palette of pictures; without one, the first that is free. */
  readonly hue?: number | undefined;
  /** The value at x; NaN where there is none. */
  readonly at: (x: number) => number;
  /** The x at which the line jumps and is not joined. */
  readonly jumps?: readonly number[];
  /** Stretches drawn in the colour of the chart's highlight. */
  readonly highlight?: readonly Interval[];
  /** The x at which the line is marked with a dot. */
  readonly points?: readonly number[];
  /** The edges of bars from 0 to the values between them; without any it is a line. */
  readonly bars?: readonly number[];
  /**
   * Its place among the looks of lines in pictures, of which the first is solid
   * and thick; without one, its place in the chart.
   */
  readonly look?: number;
}

/**
 * An area between two values at each x, where they are numbers: shaded in the colour of
 * the first line, or hatched in that of the highlight.
 */
export interface Area<Look = "shaded" | "hatched"> {
  readonly name: string;
  readonly look: Look;
  readonly between: (x: number) => readonly [low: number, high: number];
}

/** A note in a picture: at a point, or along a rule at an x or at a y alone. */
export interface Mark {
  readonly x?: number;
  readonly y?: number;
  /** The index of the series that the note is about. */
  readonly of?: number;
  readonly text: Message;
}

/** Points beside the lines, such as the rows of a table. */
export interface Dots {
  readonly name: string;
  readonly hue?: number | undefined;
  readonly at: readonly { readonly x: number; readonly y: number }[];
}

/** Lines over an angle or a count, to be drawn by a terminal or as a picture, which choose where to sample them. */
export interface Chart {
  /** The finding, as a sentence without a full stop. */
  readonly title?: Message | undefined;
  /** What the words in the title and in the labels mean. */
  readonly subtitle?: Message | undefined;
  /** Counts have whole numbers alone, unless they are continuous. */
  readonly x: Interval & { readonly angle: boolean; readonly continuous?: boolean; readonly name?: string };
  /** from: what the axis shows at least. */
  readonly y?: { readonly angle?: boolean; readonly name?: string; readonly from?: number };
  readonly series: readonly Series[];
  readonly dots?: readonly Dots[];
  readonly regions?: readonly Area[];
  /** Areas that pictures alone show: tinted in the colour of psi, with the name in the key, or only named. */
  readonly zones?: readonly Area<"tinted" | "named">[];
  readonly marks?: readonly Mark[];
  /** x and y have one scale. */
  readonly square?: boolean;
  /** The legend's name of the highlighted stretches, or the name of the dots that are highlighted. */
  readonly highlight?: string | undefined;
  /**
   * Light rules at the multiples of pi / knots (a margin) inside the range of x, or of y where only that is an angle.
   */
  readonly knots?: number | undefined;
  /** A vertical rule behind the lines, on a terminal. */
  readonly cursor?: number;
}

/** Is y an angle too? */
export const isAngleY = ({ square, y }: Chart): boolean => square === true || y?.angle === true;

/** The dots on a line. */
export const pointsOf = ({ name, at, points = [] }: Series): Dots => ({
  name,
  at: points.map((x) => ({ x, y: at(x) })),
});

/** The bars of a line, each with its height. */
export const barsOf = ({ at, bars = [] }: Series) =>
  bars.slice(1).map((to, i) => ({ from: bars[i]!, to, y: at((bars[i]! + to) / 2) }));

/** More rules than this cannot be told apart. */
const MOST_RULES = 64;

/** From the smallest to the largest value of the lines at these x and of the dots; 0 to 1 where there are no values. */
export function reachOf({ series, dots = [] }: Pick<Chart, "series" | "dots">, xs: readonly number[]): Interval {
  const values = [...series.map(({ at }) => xs.map(at)), ...dots.map(({ at }) => at.map(({ y }) => y))].flat();
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { from: 0, to: 1 };
  const extreme = (of: (x: number, y: number) => number) => finite.reduce((x, y) => of(x, y));
  return { from: extreme(Math.min), to: extreme(Math.max) };
}

/**
 * The knots that get a rule: those inside the range of x or, where only y is an angle, inside
 * `reach`, the range of y. None where there are more than MOST_RULES.
 */
export function rulesOf({ x, y, knots = 0 }: Chart, reach: Interval): number[] {
  if (!(x.angle || y?.angle) || !(knots > 1 && knots <= MOST_RULES)) return [];
  const range = x.angle ? x : reach;
  return multiplesOfPi(range, knots).filter((at) => at > range.from && at < range.to);
}

/** The q for labels at multiples of pi/q: the margin first, where it is whole and its knots can be told apart. */
export const divisorsFor = (knots: number | undefined, others: readonly number[]): readonly number[] =>
  knots !== undefined && Number.isInteger(knots) && knots <= MOST_RULES ? [knots, ...others] : others;

/** The multiples of pi/q in the range. */
export function multiplesOfPi({ from, to }: Interval, q: number): number[] {
  const found: number[] = [];
  for (let k = 0; timesPi(k, q) <= to; k++) if (timesPi(k, q) >= from) found.push(timesPi(k, q));
  return found;
}
