import { type Message, message, radians } from "../core/message.ts";
import { timesPi } from "../core/units.ts";
import { toBytes } from "../data/bytes.ts";
import type { Chart } from "../render/chart.ts";
import type { Ending, ReportResult, Row, TablePart } from "../render/result.ts";
import { BINS, binOf, type Figures, LEVELS, type MarginStatistics } from "./statistics.ts";

/** The figures of a report in every form: rows, one object, tables, sentences, a chart and a page. */
export const marginReport = (
  figures: Figures,
  histograms: MarginStatistics["histograms"],
  degrees: boolean,
  ending: Pick<Ending, "warnings" | "holds">,
): ReportResult => ({
  kind: "report",
  columns: [{ name: "measure", kind: "bytes" }, { name: "value" }],
  rows: [...figureRows("", figures)],
  object: figures,
  tables: tablesOf(figures),
  title: "Margin report",
  caption: `Samples by angle, in ${BINS} bins over [0, pi]`,
  terms: reportTerms(figures, degrees),
  chart: { chart: () => chartOf(histograms, suspect(figures).m), shown: "below" },
  end: () => ({ notes: notesOf(figures), ...ending }),
});

/** Every figure with its dotted name. An item of a list goes by its first value, or by its function and scale. */
function* figureRows(name: string, value: unknown): Generator<Row> {
  if (typeof value !== "object" || value === null) return yield [toBytes(name), value as number];
  const entries = Object.entries(value);
  // JavaScript puts the keys 0 and 1 before 0.05: quantiles go by their level.
  if (entries.every(([key]) => key !== "" && Number.isFinite(Number(key))))
    entries.sort(([a], [b]) => Number(a) - Number(b));
  for (const [key, item] of entries) {
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

function tablesOf({ by_m, quantiles, mean, mean_loss, worst_classes }: Figures): TablePart[] {
  const measures = Object.keys(mean);
  return [
    tableOf(
      "Conditions by m",
      ["m", "naive", "angular", "psi", "false pass", "beyond pi/m", "naive pairs", "angular pairs"],
      by_m.map(({ m, naive, angular, psi, false_pass, beyond_first_segment, pair_naive, pair_angular }) => {
        return [m, naive, angular, psi, false_pass, beyond_first_segment, pair_naive, pair_angular];
      }),
    ),
    {
      caption: "Angles and effective margin",
      columns: ["quantile", ...measures].map((name) => ({ name })),
      rows: [
        ...LEVELS.map((level) => [`${100 * level} %`, ...measures.map((name) => quantiles[name]![level]!)]),
        ["mean", ...measures.map((name) => mean[name]!)],
      ],
    },
    tableOf(
      "Mean losses",
      ["function", "scale", "mean loss"],
      mean_loss.map((loss) => [loss.function, loss.scale, loss.value]),
    ),
    tableOf(
      "Worst classes",
      ["class", "samples", "correct", "accuracy", "taken for"],
      worst_classes.map(({ taken_for, ...one }) => {
        const others = taken_for.flatMap((other, i) => message`${i > 0 ? ", " : ""}${other.class} (${other.samples})`);
        return [one.class, one.samples, one.correct, one.accuracy, others];
      }),
    ),
  ].filter(({ rows }) => rows.length > 0);
}

/** A table whose columns may be narrowed to fit. */
const tableOf = (caption: string, names: readonly string[], rows: readonly Row[]): TablePart => ({
  caption,
  columns: names.map((name) => ({ name, kind: "message" })),
  rows,
});

function chartOf({ theta_y, min_theta_j }: MarginStatistics["histograms"], m: number): Chart {
  return {
    x: { from: 0, to: Math.PI, angle: true, name: "angle" },
    series: [
      { name: "samples by theta_y", at: (theta) => theta_y[binOf(theta)]! },
      { name: "by min theta_j", at: (theta) => min_theta_j[binOf(theta)]! },
    ],
    knots: m,
  };
}

/** The m at which naive most often holds without angular; where none does, the largest. */
const suspect = ({ by_m }: Figures) =>
  by_m.toSorted((one, other) => other.false_pass - one.false_pass || other.m - one.m)[0]!;

function notesOf(figures: Figures): Message[] {
  const { samples, classes, correct, accuracy, fisher_score } = figures;
  if (samples === 0) return [message`There are no samples.`];
  const right = message`${samples} samples of ${classes} classes; the smallest angle is the right class on ${correct} (${100 * accuracy} %).`;
  if (fisher_score === undefined) return [right, verdict(figures)];
  const fisher = message`Angular Fisher score ${fisher_score}: scatter within classes over scatter between them, small is good.`;
  return [right, fisher, verdict(figures)];
}

function verdict(figures: Figures): Message {
  const { samples, accuracy } = figures;
  const { m, naive, angular, false_pass } = suspect(figures);
  const counts = message`At m = ${m}, ${naive} of ${samples} samples meet the naive condition, ${angular} meet the angular one`;
  if (false_pass === 0) return message`${counts}: no sample passes by the naive condition alone.`;
  if (2 * false_pass <= samples)
    return message`${counts}; false passes: ${false_pass}, with theta_y beyond ${radians(timesPi(1, m))}.`;
  // Random vectors of many dimensions lie near pi/2, where cos(4 theta) is near 1.
  const untrained = accuracy < 0.5 ? message` With ${100 * accuracy} % right perhaps nothing was learned.` : [];
  return message`${counts}: the naive target was trained, or should be suspected.${untrained}`;
}

type Term = readonly [term: string, meaning: string];

/** How each figure of a margin report is defined, for a reader who does not have the program. */
function reportTerms({ mean, fisher_score, worst_classes }: Figures, degrees: boolean): Term[] {
  const unit = degrees ? "degrees" : "radians";
  const given = (isGiven: boolean, term: string, meaning: string): Term[] => (isGiven ? [[term, meaning]] : []);
  return [
    ["theta_y", `the angle between a sample and the vector of its own class, in ${unit}.`],
    ["min_theta_j", `the smallest angle between a sample and the vector of any other class, in ${unit}.`],
    ["right class, correct", "theta_y is smaller than min_theta_j; accuracy is the share of such samples."],
    ["naive", "samples with cos(m theta_y) > cos(theta_j) for every other class j."],
    ["angular", "samples with m theta_y < theta_j for every other class j: what the margin asks for."],
    [
      "psi",
      "samples with psi(theta_y) > cos(theta_j) for every other class j, where psi(theta) = (-1)^k cos(m theta) - 2k for theta in [k pi/m, (k+1) pi/m]: the same samples as angular.",
    ],
    ["false pass", "samples that meet the naive condition and not the angular one."],
    ["beyond pi/m", "samples with theta_y beyond pi/m, where cos(m theta) rises again."],
    ["naive pairs, angular pairs", "the same conditions, counted over all pairs of a sample and another class."],
    [
      "effective_margin",
      "min_theta_j / theta_y: the sample meets the angular condition for every m below it; correct means above 1.",
    ],
    ["angle_gap", `min_theta_j - theta_y, in ${unit}.`],
    ...given(mean.feature_norm !== undefined, "feature_norm", "the length of the feature vector."),
    [
      "quantile",
      "this share of the samples lies at or below, linear between neighbours; above a million samples to within 2^-14 of the value.",
    ],
    [
      "mean loss",
      "the mean over samples of -log softmax with the function's value at theta_y for the own class and cos(theta_j) for the others (sphereface-r2: cos(theta_j/m)), all times the scale (norm: the length of the feature).",
    ],
    ...given(
      fisher_score !== undefined,
      "angular Fisher score",
      "the sum over samples of 1 - cos(angle to the mean of their class), over the sum over samples of 1 - cos(angle between that mean and the mean of all), means being of features of length 1; small where classes are tight and far apart.",
    ),
    ...given(
      worst_classes.length > 0,
      "worst classes",
      "those of the lowest accuracy; taken for: the classes nearest to the samples that are not correct, with how many.",
    ),
  ];
}
