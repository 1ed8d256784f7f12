import { type Message, message, radians } from "../core/message.ts";
import { timesPi } from "../core/units.ts";
import { toBytes } from "../data/bytes.ts";
import type { Chart } from "../render/chart.ts";
import type { Ending, ReportResult, Row, TablePart } from "../render/result.ts";
import { reportTerms } from "./report-terms.ts";
import { BINS, binOf, type Figures, LEVELS, type MarginStatistics } from "./statistics.ts";

/** The figures of a report in every form: rows, one object, tables, sentences, a chart and a page. */
export const marginReport = (
  figures: Figures,
  histograms: MarginStatistics["histograms"],
  degrees: boolean,
  { notes = [], ...ending }: Pick<Ending, "warnings" | "holds"> & Partial<Pick<Ending, "notes">>,
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
  end: () => ({ notes: [...notes, ...notesOf(figures)], ...ending }),
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
