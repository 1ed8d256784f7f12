import { asoftmax } from "../core/target-functions.ts";
import type { Target } from "../core/targets.ts";
import { HOLDS, LOSS } from "../measure/per-sample.ts";
import { MEASURES } from "../measure/samples.ts";
import { CONDITIONS, LEVELS, TAKEN_FOR, WORST, Z } from "../measure/statistics.ts";
import { type Dialect, qualified } from "./dialects.ts";
import { literal } from "./expression.ts";
import { classSql, countWhere, type Named, named, part } from "./subqueries.ts";

/** A loss: a target function and a scale; norm is that of each feature. */
export interface LossOf<Scale = number | "norm"> {
  readonly target: Target;
  readonly scale: Scale;
}

/** The questions of a report. */
export interface Asked<Scale = number | "norm"> {
  readonly margins: readonly number[];
  readonly functions: readonly Target[];
  readonly losses: readonly LossOf<Scale>[];
}

/** More than any report has rows of figures: the place of the worst classes, of which each has up to 10 rows. */
const AFTER = 1_000_000;

/** The margin report as rows measure, value, from the rows of measure --per-sample. */
export function samplesQuery(dialect: Dialect, table: string, asked: Asked): string {
  const column = dialect.identifier;
  const columns: Named = { label: column("label"), nearest: column("nearest"), competitors: column("competitors") };
  for (const { name } of MEASURES) columns[name] = `CAST(${column(name)} AS ${dialect.double})`;
  for (const [i, m] of asked.margins.entries())
    for (const name of ["naive", "angular", "psi", "segment", "naive_pairs"])
      columns[`${name}_${i}`] = column(`${name}_${m}`);
  for (const [i, { spec }] of asked.functions.entries()) columns[`holds_${i}`] = column(`${HOLDS}${spec}`);
  for (const [i, { target, scale }] of asked.losses.entries())
    columns[`loss_${i}`] = `CAST(${column(`${LOSS}${target.spec}_${scale}`)} AS ${dialect.double})`;
  return reportQuery(dialect, [part("samples", named(columns), qualified(table, dialect))], asked, true);
}

/**
 * The report from subqueries, the last of which is asoftmax_samples: one row a sample with label, nearest,
 * competitors, the measures, and by the place of each m, function and loss naive_0, angular_0, psi_0,
 * segment_0, naive_pairs_0, holds_0, loss_0. hasNorms says whether feature_norm is one of the measures, which
 * may be empty; last are aggregates that follow at the end.
 */
export function reportQuery(
  dialect: Dialect,
  samples: readonly string[],
  { margins, functions, losses }: Asked,
  hasNorms: boolean,
  last: Named = {},
): string {
  const totals = new Map<string, string>();
  /** The column that holds an aggregate over all samples. */
  const total = (sql: string) => {
    const name = totals.get(sql) ?? `value_${totals.size}`;
    totals.set(sql, name);
    return name;
  };
  const count = (condition: string) => total(countWhere(condition));
  const all = total("count(theta_y)");
  const share = (counted: string) => `${counted} / nullif(${all}, 0)`;
  const report: Named = {};
  /** Wilson's interval, as in statistics. */
  const addInterval = (name: string, counted: string) => {
    const half = `(${counted} + ${literal((Z * Z) / 2)}`;
    const end = `${half} + ${literal(Z)} * sqrt(${counted} * (1 - ${share(counted)}) + ${literal((Z * Z) / 4)}))`;
    report[`${name}_interval.lo`] = `${counted} * ${share(counted)} / ${end}`;
    report[`${name}_interval.hi`] =
      `CASE WHEN ${counted} < ${all} THEN ${end} / (${all} + ${literal(Z * Z)}) ELSE ${share(counted)} END`;
  };
  const correct = count("theta_y < min_theta_j");
  report.samples = all;
  report.classes = total("max(competitors) + 1");
  report.correct = correct;
  report.accuracy = share(correct);
  addInterval("accuracy", correct);
  margins.forEach((m, i) => {
    const pairs = (segment: string) =>
      total(`sum(CASE WHEN segment_${i} ${segment} 0 THEN naive_pairs_${i} ELSE 0 END)`);
    const counts: Named = {
      naive: count(`naive_${i}`),
      angular: count(`angular_${i}`),
      psi: count(`psi_${i}`),
      false_pass: count(`naive_${i} AND NOT angular_${i}`),
      pairs: total("sum(competitors)"),
      pair_naive: total(`sum(naive_pairs_${i})`),
      // In segment 0 naive and angular are the same; in the others angular never holds.
      pair_angular: pairs("="),
      pair_false_pass: pairs(">"),
      beyond_first_segment: count(`segment_${i} > 0`),
    };
    for (let k = 0; k < asoftmax({ m }).pieces.count; k++) counts[`segments.${k}`] = count(`segment_${i} = ${k}`);
    for (const [name, sql] of Object.entries(counts)) report[`by_m.${m}.${name}`] = sql;
    for (const name of CONDITIONS) addInterval(`by_m.${m}.${name}`, counts[name]!);
  });
  functions.forEach(({ spec }, i) => {
    const holds = count(`holds_${i}`);
    report[`by_function.${spec}.holds`] = holds;
    report[`by_function.${spec}.share`] = share(holds);
    addInterval(`by_function.${spec}.share`, holds);
  });
  const measures = MEASURES.map(({ name }) => name).filter((name) => hasNorms || name !== "feature_norm");
  for (const name of measures)
    for (const [i, level] of LEVELS.entries())
      report[`quantiles.${name}.${level}`] = total(dialect.quantile(name, LEVELS.map(literal), i));
  for (const name of measures) report[`mean.${name}`] = total(`avg(${name})`);
  for (const [i, { target, scale }] of losses.entries())
    report[`mean_loss.${target.spec}.${scale}`] = total(`avg(loss_${i})`);
  const rows = Object.entries(report).map(([measure, sql], i) => [i, measure, sql] as const);
  const end = Object.entries({ skipped_rows: countWhere("theta_y IS NULL"), ...last });
  const endRows = end.map(([measure, sql], i) => [2 * AFTER + i, measure, total(sql)] as const);
  const triples = [...rows, ...endRows].map(([place, measure, sql]) => `${place}, ${dialect.string(measure)}, ${sql}`);
  const columns = [...totals].map(([sql, name]) => `CAST(${sql} AS ${dialect.double}) AS ${name}`);
  const parts = [...samples, part("report", columns, "asoftmax_samples"), ...worstClasses(dialect)];
  const together = [dialect.rows("asoftmax_report", triples), ...worstRows(dialect)].join("\nUNION ALL\n");
  const shown = hasNorms ? "WHERE value IS NOT NULL OR measure NOT LIKE '%.feature_norm%'\n" : "";
  return `WITH ${parts.join(", ")}
SELECT measure, value FROM (
${together}
) AS asoftmax_rows
${shown}ORDER BY place`;
}

/**
 * Subqueries asoftmax_worst (class, samples, failed) and asoftmax_taken (class,
 * other, samples), each with the place of its row from 1.
 */
function worstClasses(dialect: Dialect): string[] {
  const first = (order: string, of = "") => `row_number() OVER (${of}ORDER BY ${order}) AS place`;
  const failed = "NOT theta_y < min_theta_j";
  return [
    part(
      "nearest",
      [
        `${classSql("label", dialect)} AS class, ${classSql("nearest", dialect)} AS other`,
        `${failed} AS failed, count(*) AS samples`,
      ],
      `asoftmax_samples WHERE theta_y IS NOT NULL GROUP BY label, nearest, ${failed}`,
    ),
    part(
      "tallies",
      [
        `class, CAST(sum(samples) AS ${dialect.double}) AS samples`,
        `CAST(sum(CASE WHEN failed THEN samples ELSE 0 END) AS ${dialect.double}) AS failed`,
      ],
      "asoftmax_nearest GROUP BY class",
    ),
    part(
      "worst",
      ["*", first("failed / samples DESC, failed DESC, length(class), class")],
      "asoftmax_tallies WHERE failed > 0",
    ),
    part(
      "taken",
      ["*", first("samples DESC, length(other), other", "PARTITION BY class ")],
      "asoftmax_nearest WHERE failed",
    ),
  ];
}

/** Queries for their rows place, measure, value. */
function worstRows({ double }: Dialect): string[] {
  const place = `${AFTER} + 10 * w.place`;
  const own = { samples: "w.samples", correct: "w.samples - w.failed", accuracy: "(w.samples - w.failed) / w.samples" };
  const name = "'worst_classes.' || w.class || '.";
  return [
    ...Object.entries(own).map(
      ([figure, sql], i) =>
        `SELECT ${place} + ${i}, ${name}${figure}', ${sql} FROM asoftmax_worst AS w WHERE w.place <= ${WORST}`,
    ),
    `SELECT ${place} + 2 + t.place, ${name}taken_for.' || t.other || '.samples', CAST(t.samples AS ${double})
FROM asoftmax_worst AS w JOIN asoftmax_taken AS t ON t.class = w.class WHERE w.place <= ${WORST} AND t.place <= ${TAKEN_FOR}`,
  ];
}
