import { scaleLinear } from "d3-scale";
import { timesPi } from "../core/units.ts";
import { type Chart, divisorsFor, type Interval, multiplesOfPi, rulesOf, type Series } from "./chart.ts";
import { formatAngle, formatNumber, inUnit, type NumberStyle } from "./number.ts";

/**
 * Samples of a line in a picture: FINENESS of them, and at least SAMPLES_A_KNOT between two knots, up to MOST_SAMPLES.
 */
const FINENESS = 480;
const SAMPLES_A_KNOT = 24;
const MOST_SAMPLES = 2000;

/**
 * Where the lines are sampled: evenly, at knots, at the ends of stretches,
 * at points, and on and close beside each jump.
 */
export function samplesOf(chart: Chart): number[] {
  const { from, to, angle, continuous } = chart.x;
  const { series, knots = 0 } = chart;
  const fine = angle ? Math.min(MOST_SAMPLES, Math.max(FINENESS, SAMPLES_A_KNOT * Math.ceil(knots))) : FINENESS;
  const steps = angle || continuous ? fine : Math.min(fine, to - from);
  const even = Array.from({ length: steps + 1 }, (_, i) => (i === steps ? to : from + ((to - from) * i) / steps));
  const beside = (to - from) * 1e-9;
  const special = series.flatMap(({ jumps = [], highlight = [], points = [] }) => [
    ...jumps.flatMap((jump) => [jump - beside, jump, jump + beside]),
    ...highlight.flatMap((stretch) => [stretch.from, stretch.to]),
    ...points,
  ]);
  const all = angle ? [...even, ...rulesOf(chart, chart.x), ...special] : continuous ? even : even.map(Math.round);
  return [...new Set(all)].filter((x) => x >= from && x <= to).sort((a, b) => a - b);
}

/** The value of a line as a picture has it: none on a jump, where the line is broken. */
export const valueAt = ({ at, jumps = [] }: Series, x: number) => (jumps.includes(x) ? Number.NaN : at(x));

/** A place on an axis and what is written there. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/**
 * The ticks of an axis: of an angle at the multiples of pi/q (or of 180/q degrees), q the first that gives a few of
 * them; else, and where none does, at round numbers. every: the step of multiples of pi.
 */
export function ticksOf(range: Interval, angle: boolean, knots: number | undefined, style: NumberStyle) {
  const divisors = angle ? divisorsFor(knots, [4, 6, 8, 12]) : [];
  const giving = (least: number) =>
    divisors.find((q) => multiplesOfPi(range, q).length >= least && multiplesOfPi(range, q).length <= 13);
  const q = giving(3) ?? giving(2);
  if (q !== undefined) {
    const ticks = multiplesOfPi(range, q).map((at): Tick => ({ at, label: formatAngle(at, style, "π") }));
    return { ticks, every: timesPi(1, q) };
  }
  const unit = angle ? inUnit(1, { degrees: style.degrees, given: new Map() }) : 1;
  const round = scaleLinear([range.from * unit, range.to * unit], [0, 1]).ticks(6);
  return { ticks: round.map((at): Tick => ({ at: at / unit, label: formatNumber(at) })), every: undefined };
}
