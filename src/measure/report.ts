import { type Message, message, radians } from "../core/message.ts";
import { fromDegrees, timesPi } from "../core/units.ts";
import { toBytes } from "../data/bytes.ts";
import type { Chart } from "../render/chart.ts";
import type { Ending, ReportResult, Row, TablePart } from "../render/result.ts";
import { reportTerms } from "./report-terms.ts";
import { BINS, binOf, type Figures, LEVELS, type MarginStatistics, wilson } from "./statistics.ts";

/** The figures of a report in every form: rows, one object, tables, sentences, a chart and a page. */
export const marginReport = (
  figures: Figures,
  statistics: Pick<MarginStatistics, "histograms" | "reached">,
  degrees: boolean,
  { notes = [], ...ending }: Pick<Ending, "warnings" | "holds"> & Partial<Pick<Ending, "notes">>,
): ReportResult => ({
  kind: "report",
  columns: [{ name: "measure", kind: "bytes" }, { name: "value" }],
  rows: [...figureRows("", figures)],
  object: figures,
  tables: tablesOf(figures),
  title: "Margin report",
  caption: `Samples by angle, in bins of width pi/${BINS}`,
  headline: headlineOf(figures),
  curve: { caption: "Samples by effective margin", chart: () => curveOf(figures, statistics) },
  terms: reportTerms(figures, degrees),
  chart: {
    chart: () => chartOf(figures, statistics.histograms, degrees ? fromDegrees : (angle) => angle),
    shown: "below",
  },
  end: () => ({ notes: [...notesOf(figures), ...notes], ...ending }),
});

/** Every figure with its dotted name. An item of a list goes by its first value, or by its function and scale. */
export function* figureRows(name: string, value: unknown): Generator<[name: string, value: number]> {
  if (typeof value !== "object" || value === null) return yield [toBytes(name), value as number];
  for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
    const [id, rest] = Array.isArray(value) ? identified(key, item) : [key, item];
    yield* figureRows(name === "" ? id : `${name}.${id}`, rest);
  }
}

function identified(place: string, item: unknown): [id: string, rest: unknown] {
  if (typeof item !== "object" || item === null) return [place, item];
  if ("function" in item && "scale" in item && "value" in item) return [`${item.function}.${item.scale}`, item.value];
  const [[, id], ...rest] = Object.entries(item) as [[string, unknown], ...[string, unknown][]];
  return [`${id}`, Object.fromEntries(rest)];
}

function tablesOf(figures: Figures): TablePart[] {
  const { by_m, by_function, quantiles, mean, class_angles, mean_loss, worst_classes } = figures;
  const measures = Object.keys(mean);
  const ofM = by_m.map(({ m, naive, angular, psi, false_pass, beyond_first_segment, pair_naive, pair_angular }) => {
    return [m, naive, angular, psi, false_pass, beyond_first_segment, pair_naive, pair_angular];
  });
  const ofFunctions = by_function.map(({ holds, share, share_interval: { lo, hi }, ...one }) => {
    return [one.function, holds, share, message`${lo} to ${hi}`];
  });
  const averages = [
    ...LEVELS.map((level) => [`${100 * level} %`, ...measures.map((name) => quantiles[name]!.get(level)!)]),
    ["mean", ...measures.map((name) => mean[name]!)],
  ];
  const measureColumns = ["quantile", ...measures].map((name) => ({ name }));
  const ofClasses = class_angles ? [Object.values(class_angles)] : [];
  const losses = mean_loss.map((loss) => [loss.function, loss.scale, loss.value]);
  const worst = worst_classes.map(({ taken_for, ...one }) => {
    const others = taken_for.flatMap((other, i) => message`${i > 0 ? ", " : ""}${other.class} (${other.samples})`);
    return [one.class, one.samples, one.correct, one.accuracy, others];
  });
  return [
    tableOf(
      "Conditions by m",
      ["m", "naive", "angular", "psi", "false pass", "beyond pi/m", "naive pairs", "angular pairs"],
      ofM,
      { whole: figures.samples, columns: [1, 2, 3, 4, 5] },
    ),
    tableOf("Samples that keep the margin of a function", ["function", "holds", "share", "interval"], ofFunctions),
    { caption: "Angles and effective margin", columns: measureColumns, rows: averages },
    tableOf("Angles of classes", ["w_ec", "w_inter", "intra", "inter", "left out"], ofClasses),
    tableOf("Mean losses", ["function", "scale", "mean loss"], losses),
    tableOf("Worst classes", ["class", "samples", "correct", "accuracy", "taken for"], worst),
  ].filter(({ rows }) => rows.length > 0);
}

/** A table whose columns may be narrowed to fit. */
const tableOf = (
  caption: string,
  names: readonly string[],
  rows: readonly Row[],
  bars?: TablePart["bars"],
): TablePart => ({ caption, bars, columns: names.map((name) => ({ name, kind: "message" })), rows });

/** The figures that are read first: shares in per cent with their intervals, and the median. */
function headlineOf(figures: Figures): ReportResult["headline"] {
  const { samples, correct } = figures;
  if (samples === 0) return [];
  const { m, angular } = largest(figures);
  const share = (count: number, meaning: Message) => {
    const [found, lo, hi] = percentages(count, samples);
    return { value: message`${found!} %`, meaning: message`${meaning} (${lo!} to ${hi!} %)` };
  };
  return [
    share(correct, message`right`),
    share(angular, message`keep the margin m = ${m}`),
    { value: message`${medianOf(figures, "effective_margin")}`, meaning: message`median effective margin` },
  ];
}

const medianOf = ({ quantiles }: Figures, name: string) => Number(quantiles[name]!.get(0.5)!.toPrecision(3));

function chartOf(
  figures: Figures,
  { theta_y, min_theta_j }: MarginStatistics["histograms"],
  fromFigure: (angle: number) => number,
): Chart {
  const { m, angular, beyond_first_segment } = largest(figures);
  const { samples } = figures;
  const used = theta_y.findLastIndex((own, i) => own + min_theta_j[i]! > 0) + 1 || BINS;
  const to = timesPi(Math.min(4, Math.max(2, Math.ceil((4 * used) / BINS))), 4);
  const edges = Array.from({ length: BINS + 1 }, (_, i) => timesPi(i, BINS)).filter((edge) => edge <= to);
  const own = fromFigure(medianOf(figures, "theta_y"));
  const nearest = fromFigure(medianOf(figures, "min_theta_j"));
  const perCent = (count: number) => percentages(count, samples)[0]!;
  const marks = [
    { x: own, of: 0, text: message`median theta_y = ${radians(own)}` },
    { x: nearest, of: 1, text: message`median min theta_j = ${radians(nearest)}` },
    {
      x: timesPi(1, m),
      text: message`beyond ${radians(timesPi(1, m))}: ${perCent(beyond_first_segment)} % of theta_y`,
    },
  ];
  return {
    title:
      samples === 0
        ? NO_SAMPLES
        : message`Half of ${samples} samples have theta_y below ${radians(own)}, half min theta_j above ${radians(nearest)}; ${perCent(angular)} % keep the margin m = ${m}`,
    subtitle: message`theta_y: angle to the own class; min theta_j: to the nearest other class; margin kept: ${m} theta_y < min theta_j`,
    x: { from: 0, to, angle: true, name: "angle" },
    y: { name: `samples in each bin of width pi/${BINS}` },
    series: [
      { name: "samples by theta_y", at: (theta) => theta_y[binOf(theta)]!, bars: edges },
      { name: "by min theta_j", at: (theta) => min_theta_j[binOf(theta)]!, bars: edges },
    ],
    marks: samples > 0 ? marks.filter(({ x }) => x < to) : [],
    knots: m,
  };
}

const NO_SAMPLES = message`There are no samples`;
const CURVE_STEPS = 240;

/** The share of samples by the effective margin that they reach at least. */
function curveOf(figures: Figures, { reached }: Pick<MarginStatistics, "reached">): Chart {
  const { m } = largest(figures);
  const to = Math.max(6, 1.5 * m);
  const shares = reached(Array.from({ length: CURVE_STEPS + 1 }, (_, i) => (i * to) / CURVE_STEPS));
  const shareAt = (x: number) => shares[Math.round((x * CURVE_STEPS) / to)]!;
  const perCent = (share: number) => Number((100 * share).toPrecision(3));
  const margins = figures.by_m.map((one) => one.m);
  return {
    title:
      figures.samples === 0
        ? NO_SAMPLES
        : message`${perCent(reached([m])[0]!)} % of the samples have an effective margin of at least ${m}`,
    x: { from: 0, to, angle: false, continuous: true, name: "effective margin, min theta_j / theta_y" },
    y: { name: "share of the samples that reach it", from: 0 },
    series: [{ name: "share of samples", at: shareAt }],
    marks: margins.map((x) => ({ x, y: shareAt(x), text: message`m = ${x}: ${perCent(reached([x])[0]!)} %` })),
  };
}

/** The margin asked for: the largest m. */
const largest = ({ by_m }: Figures) => by_m.toSorted((one, other) => other.m - one.m)[0]!;

/** What was reached, then what is wrong, then the scatter of the classes. */
function notesOf(figures: Figures): Message[] {
  const { samples, correct, fisher_score } = figures;
  if (samples === 0) return [message`${NO_SAMPLES}.`];
  const { m, angular } = largest(figures);
  const [kept, lo, hi] = percentages(angular, samples);
  const reached = message`${angular} of ${samples} samples (${kept!} %; ${lo!} to ${hi!}) keep the margin m = ${m}`;
  const right = message`${correct} (${percentages(correct, samples)[0]!} %) are right.`;
  const headline = message`${reached}; the median effective margin is ${medianOf(figures, "effective_margin")}; ${right}`;
  const fisher = message`Angular Fisher score ${fisher_score ?? ""}: scatter within classes over scatter between them, small is good.`;
  return [
    headline,
    ...cosinesSuspected(figures),
    ...falsePasses(figures),
    ...(fisher_score === undefined ? [] : [fisher]),
  ];
}

/**
 * A share in per cent and the ends of its interval. The ends have as many decimals as make the last
 * one at most a third of the interval; the share has one more.
 */
function percentages(count: number, samples: number): number[] {
  const { lo, hi } = wilson(count, samples);
  const digits = Math.max(0, Math.ceil(-Math.log10((100 / 3) * (hi - lo))));
  return [count / samples, lo, hi].map((share, i) => Number((100 * share).toFixed(i > 0 ? digits : digits + 1)));
}

/** A sentence where the angles may be cosines; else none. */
const cosinesSuspected = ({ accuracy, quantiles }: Figures): Message[] =>
  accuracy < 0.5 && quantiles.theta_y!.get(1)! <= 1 && quantiles.min_theta_j!.get(1)! <= 1
    ? [message`No angle is above 1: if these are cosines, give their arccosines.`]
    : [];

/** A sentence about the m at which naive most often holds without angular; none where that is nowhere. */
function falsePasses({ samples, correct, accuracy, by_m }: Figures): Message[] {
  const { m, naive, angular, false_pass } = by_m.toSorted((a, b) => b.false_pass - a.false_pass || b.m - a.m)[0]!;
  if (false_pass === 0) return [];
  const counts = message`At m = ${m}, ${naive} of ${samples} samples meet the naive condition, ${angular} meet the angular one`;
  if (2 * false_pass <= samples)
    return [message`${counts}; false passes: ${false_pass}, with theta_y beyond ${radians(timesPi(1, m))}.`];
  // Random vectors of many dimensions lie near pi/2, where cos(4 theta) is near 1.
  const share = percentages(correct, samples)[0]!;
  const others = message` With ${share} % right it may also have learned nothing, or labels or class vectors belong to other samples.`;
  const why = message`theta_y lies beyond ${radians(timesPi(1, m))}, where cos(${m} theta_y) rises again. Training with the naive target ends so, and so may training without a margin.`;
  return [message`${counts}: ${why}${accuracy < 0.5 ? others : []}`];
}
