import { type Target, target } from "../core/targets.ts";
import { type Dialect, NAME, VALUE } from "./dialects.ts";
import { angleSql, competingSql, literal, onPiece, valueSql } from "./expression.ts";

/** The table of angles: one row a sample and class (sample, label, class, theta), or one column a class. */
export interface Source {
  readonly dialect: Dialect;
  /** The table, or schema.table. */
  readonly table: string;
  readonly label: string;
  /** The column of angles of a long table. */
  readonly theta: string;
  /** The text before and after the class in the column names of a wide table. */
  readonly wide: readonly [before: string, after: string] | undefined;
}

/** A loss: a target function and a scale. */
export interface LossOf {
  readonly target: Target;
  readonly scale: number;
}

/** SQL expressions by the name of their column. */
type Named = Record<string, string>;

const ROW = "asoftmax_row";
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const QUANTILES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
const FIGURES = ["theta_y", "min_theta_j", "effective_margin", "angle_gap"];

const select = (columns: readonly string[], from: string) => `  SELECT\n    ${columns.join(",\n    ")}\n  FROM ${from}`;

/** A named subquery of WITH. */
const part = (name: string, columns: readonly string[], from: string) => `${name} AS (\n${select(columns, from)}\n)`;

const named = (columns: Named, written = (name: string) => name) =>
  Object.entries(columns).map(([name, sql]) => `${sql} AS ${written(name)}`);

const countWhere = (condition: string) => `count(*) FILTER (WHERE ${condition})`;

const conditionsAt = (m: number, thetaJ: string) => ({
  naive: `${valueSql(target("naive", { m })!, "theta_y")} > cos(${thetaJ})`,
  angular: `${literal(m)} * theta_y < ${thetaJ}`,
  psi: `${valueSql(target("asoftmax", { m })!, "theta_y")} > cos(${thetaJ})`,
});

/** The conditions for every m: for each row of a wide table, with the gaps to its nearest competitor; for each pair of a long one. */
export function marginQuery(source: Source, margins: readonly number[], prefix: string): string {
  if (source.wide === undefined) {
    const columns = margins.map((m) => ({ m: literal(m), ...conditionsAt(m, "theta_j") }));
    const lead = "sample, label, class, theta_y, theta_j";
    return `WITH ${pairsOf(source).join(", ")}\n${variants(source, columns, lead, "pairs", prefix)}`;
  }
  const columns = margins.map((m) => {
    const held = conditionsAt(m, "min_theta_j");
    return {
      m: literal(m),
      competitors: "competitors",
      ...held,
      false_pass: `${held.naive} AND NOT ${held.angular}`,
      binding: "binding",
      min_theta_j: "min_theta_j",
      effective_margin: "effective_margin",
      margin_gap: `min_theta_j - ${literal(m)} * theta_y`,
      cosine_gap: `${valueSql(target("asoftmax", { m })!, "theta_y")} - cos(min_theta_j)`,
    };
  });
  const sums = { binding: "min(CASE WHEN theta_j = min_theta_j THEN class END)" };
  return bySample(source, figuresOf(source, { sums }), columns, prefix);
}

/** Logit, loss and probability of every sample, for every function and scale. */
export function lossQuery(source: Source, losses: readonly LossOf[], prefix: string): string {
  const columns = losses.map(({ target, scale }, i) => ({
    function: source.dialect.string(target.spec),
    scale: literal(scale),
    theta_y: "theta_y",
    competitors: "competitors",
    logit_y: `${literal(scale)} * ${valueSql(target, "theta_y")}`,
    loss: `loss_${i}`,
    probability: exponential(`-loss_${i}`),
  }));
  return bySample(source, figuresOf(source, { losses }), columns, prefix);
}

/** The margin report as rows measure, value. */
export function measureQuery(source: Source, margins: readonly number[], losses: readonly LossOf[]): string {
  const { dialect } = source;
  const held: Named = {};
  const sums: Named = {};
  const correct = countWhere("theta_y < min_theta_j");
  const report: Named = {
    samples: "count(theta_y)",
    classes: "max(competitors) + 1",
    correct,
    accuracy: `${correct} * 1e0 / nullif(count(theta_y), 0)`,
  };
  margins.forEach((m, i) => {
    for (const [name, sql] of Object.entries(conditionsAt(m, "theta_j"))) {
      held[`${name}_${i}`] = sql;
      sums[`${name}_${i}`] = countWhere(`${name}_${i}`);
    }
    sums[`false_pass_${i}`] = countWhere(`naive_${i} AND NOT angular_${i}`);
    for (const [name, sql] of Object.entries(marginFigures(m, i))) report[`by_m.${m}.${name}`] = sql;
  });
  for (const figure of FIGURES)
    QUANTILES.forEach((q, i) => {
      report[`quantiles.${figure}.${q}`] = dialect.quantile(figure, QUANTILES.map(literal), i);
    });
  for (const figure of FIGURES) report[`mean.${figure}`] = `avg(${figure})`;
  losses.forEach(({ target, scale }, i) => {
    report[`mean_loss.${target.spec}.${scale}`] = `avg(loss_${i})`;
  });
  report.skipped_rows = countWhere("theta_y IS NULL");
  const columns = Object.values(report).map((sql, i) => `CAST(${sql} AS ${dialect.double}) AS value_${i}`);
  const pairs = Object.keys(report).map((measure, i) => `${dialect.string(measure)}, value_${i}`);
  const parts = [...figuresOf(source, { held, sums, losses }), part("report", columns, "figures")];
  return `WITH ${parts.join(", ")}\n${dialect.rows("report", pairs)}`;
}

/** A sample meets a condition where all its pairs do; then it also meets it at the nearest. */
function marginFigures(m: number, i: number): Named {
  const { pieces } = target("asoftmax", { m })!;
  const all = (condition: string) => `${condition}_${i} = competitors`;
  const report: Named = {
    naive: countWhere(all("naive")),
    angular: countWhere(all("angular")),
    psi: countWhere(all("psi")),
    false_pass: countWhere(`${all("naive")} AND NOT ${all("angular")}`),
    pairs: "sum(competitors)",
    pair_naive: `sum(naive_${i})`,
    pair_angular: `sum(angular_${i})`,
    pair_false_pass: `sum(false_pass_${i})`,
    beyond_first_segment: countWhere(`NOT (${onPiece(pieces, 0, "theta_y")})`),
  };
  for (let k = 0; k < pieces.count; k++) report[`segments.${k}`] = countWhere(onPiece(pieces, k, "theta_y"));
  return report;
}

/**
 * Subqueries, the last of which is angles: sample, label, class, theta. The rows of a wide table are numbered first. Its class is NULL for
 * theta_y and theta_j, which are no classes unless all of the classes are single letters, and where the row has no class at all.
 */
function anglesOf({ dialect, table, wide, ...columns }: Source): string[] {
  const name = table.split(".").map(dialect.identifier).join(".");
  const label = dialect.identifier(columns.label);
  if (wide === undefined) {
    const theta = angleSql(dialect.identifier(columns.theta), dialect);
    return [part("angles", ["sample", `${label} AS label`, "class", `${theta} AS theta`], name)];
  }
  const [before, after] = wide.map((text) => dialect.string(text));
  const picked = (name: string) =>
    `left(${name}, length(${before})) = ${before} AND right(${name}, length(${after})) = ${after} AND length(${name}) > length(${before}) + length(${after})`;
  const className = `substr(${NAME}, length(${before}) + 1, length(${NAME}) - length(${before}) - length(${after}))`;
  const isLetter = `length(class) = 1 AND position(lower(class) IN '${LETTERS}') > 0`;
  const allLetters = `(SELECT count(*) FROM asoftmax_classes WHERE NOT (${isLetter})) = 0`;
  const long = {
    sample: ROW,
    label: `CAST(${label} AS ${dialect.text})`,
    class: `CASE WHEN ${NAME} NOT IN ('theta_y', 'theta_j') OR ${allLetters} THEN ${className} END`,
    theta: angleSql(`CAST(${VALUE} AS ${dialect.double})`, dialect),
  };
  return [
    part("asoftmax_input", [`${dialect.rowNumber} AS ${ROW}`, "t.*"], `${name} AS t`),
    part("asoftmax_classes", [`${className} AS class`], dialect.unpivot(`(SELECT * FROM ${name} LIMIT 1)`, picked)),
    part("angles", named(long), dialect.unpivot("asoftmax_input", picked)),
  ];
}

/**
 * Subqueries, the last of which is pairs: sample, label, class, theta_y, theta_j, min_theta_j; angles NULL where one of the sample is bad,
 * or in a long table where it has a class twice or is NULL.
 */
function pairsOf(source: Source): string[] {
  const classes = source.wide ? "count(class)" : "count(*)";
  const once = source.wide ? "" : " AND count(again) OVER w = 0 AND sample IS NOT NULL";
  const complete = `count(own) OVER w = 1 AND count(theta_j) OVER w = ${classes} OVER w - 1 AND ${classes} OVER w > 1
      AND min(label) OVER w = max(label) OVER w${once}`;
  const sides: Named = {
    own: "CASE WHEN class = label THEN theta END",
    theta_j: "CASE WHEN class <> label THEN theta END",
  };
  if (!source.wide) sides.again = "CASE WHEN class = lag(class) OVER (PARTITION BY sample ORDER BY class) THEN 1 END";
  const checked = { theta_y: `CASE WHEN ${complete} THEN max(own) OVER w END` };
  const whole = (sql: string) => `CASE WHEN theta_y IS NOT NULL THEN ${sql} END`;
  const pairs = { theta_j: whole("theta_j"), min_theta_j: whole("min(theta_j) OVER (PARTITION BY sample)") };
  return [
    ...anglesOf(source),
    part("sides", ["sample, label, class", ...named(sides)], "angles"),
    part("checked", ["sample, label, class, theta_j", ...named(checked)], "sides WINDOW w AS (PARTITION BY sample)"),
    part("pairs", ["sample, label, class, theta_y", ...named(pairs)], "checked"),
  ];
}

interface Extra {
  readonly held?: Named;
  readonly sums?: Named;
  readonly losses?: readonly LossOf[];
}

/**
 * Subqueries, the last of which is figures, one row a sample. held are columns of each pair, sums aggregates over the pairs of a sample. A loss is
 * log(1 + sum of exp(gaps)) with the largest exponent, top, subtracted before exp, and log(1 + rest) accurate for a tiny rest.
 */
function figuresOf(source: Source, { held = {}, sums = {}, losses = [] }: Extra): string[] {
  const log = (x: string) => `CASE WHEN 1 + ${x} = 1 THEN ${x} ELSE ln(1 + ${x}) * ${x} / ((1 + ${x}) - 1) END`;
  const gaps: Named = {};
  const rests: Named = {};
  const results: Named = {};
  losses.forEach(({ target, scale }, i) => {
    const gap = (thetaJ: string) =>
      `${literal(scale)} * (${competingSql(target, thetaJ)} - ${valueSql(target, "theta_y")})`;
    gaps[`gap_${i}`] = gap("theta_j");
    gaps[`top_${i}`] = `greatest(0, ${gap("min_theta_j")})`;
    rests[`top_${i}`] = `max(top_${i})`;
    rests[`rest_${i}`] = `sum(${exponential(`gap_${i} - top_${i}`)}) + (max(${exponential(`-top_${i}`)}) - 1)`;
    results[`loss_${i}`] = `top_${i} + ${log(`rest_${i}`)}`;
  });
  // 0 competitors: an angle is bad. A quotient too large for a double is an error in PostgreSQL.
  const nearest = "nullif(count(theta_j), 0) AS competitors, min(theta_j) AS min_theta_j";
  const ratio = `CASE WHEN theta_y = min_theta_j THEN 1 WHEN theta_y > 1e-300 THEN min_theta_j / theta_y
      WHEN min_theta_j > 0 THEN CAST('Infinity' AS ${source.dialect.double}) END`;
  const figures = { effective_margin: ratio, angle_gap: "min_theta_j - theta_y", ...results };
  return [
    ...pairsOf(source),
    part("terms", ["*", ...named({ ...held, ...gaps })], "pairs"),
    part(
      "samples",
      ["sample, min(label) AS label, theta_y", nearest, ...named({ ...sums, ...rests })],
      "terms GROUP BY sample, theta_y",
    ),
    part("figures", ["*", ...named(figures)], "samples"),
  ];
}

/** exp(x); a result too small for a double is an error in PostgreSQL. */
const exponential = (x: string) => `CASE WHEN ${x} < -700 THEN 0 ELSE exp(${x}) END`;

/** The query for one row a sample and variant with these columns; a wide table keeps its own columns before them. */
function bySample(source: Source, parts: readonly string[], columns: readonly Named[], prefix: string): string {
  const { dialect, wide } = source;
  const lead = wide ? "sample" : "sample, label";
  const together = variants(source, columns, lead, "figures", prefix);
  if (wide === undefined) return `WITH ${parts.join(", ")}\n${together}`;
  const added = Object.keys(columns[0]!).map((name) => `added.${dialect.identifier(prefix + name)}`);
  const rows = select(["input.*", ...added], `asoftmax_input AS input JOIN added ON added.sample = input.${ROW}`);
  return `WITH ${[...parts, `added AS (\n${together}\n)`].join(", ")}\n${rows}`;
}

/** The same rows once for each variant of the columns. */
const variants = ({ dialect }: Source, columns: readonly Named[], lead: string, from: string, prefix: string) =>
  columns
    .map((one) => select([lead, ...named(one, (name) => dialect.identifier(prefix + name))], from))
    .join("\nUNION ALL\n");
