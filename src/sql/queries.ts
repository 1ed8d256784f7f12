import { asoftmax, naive } from "../core/target-functions.ts";
import { type Dialect, LABEL, NAME, qualified, ROW, ROW_OF } from "./dialects.ts";
import { angleSql, competingSql, literal, PI, pieceSql, valueSql } from "./expression.ts";
import { type Asked, type LossOf, reportQuery } from "./report.ts";
import { classSql, countWhere, type Named, named, part, select } from "./subqueries.ts";

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

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

const conditionsAt = (m: number, thetaJ: string) => ({
  naive: `${valueSql(naive({ m }), "theta_y")} > cos(${thetaJ})`,
  angular: `${literal(m)} * theta_y < ${thetaJ}`,
  psi: `${valueSql(asoftmax({ m }), "theta_y")} > cos(${thetaJ})`,
});

/**
 * The conditions for every m: for each row of a wide table, with the gaps to its
 * nearest competitor; for each pair of a long one.
 */
export function marginQuery(source: Source, margins: readonly number[], prefix: string): string {
  if (source.wide === undefined) {
    const columns = margins.map((m) => ({ m: literal(m), ...conditionsAt(m, "theta_j") }));
    const lead = "sample, label, class, theta_y, theta_j";
    return `WITH ${pairsOf(source).join(", ")}\n${variants(source, columns, lead, "asoftmax_pairs", prefix)}`;
  }
  const columns = margins.map((m) => {
    const held = conditionsAt(m, "min_theta_j");
    return {
      m: literal(m),
      competitors: "competitors",
      ...held,
      false_pass: `${held.naive} AND NOT ${held.angular}`,
      binding: "nearest",
      min_theta_j: "min_theta_j",
      effective_margin: "effective_margin",
      margin_gap: `min_theta_j - ${literal(m)} * theta_y`,
      cosine_gap: `${valueSql(asoftmax({ m }), "theta_y")} - cos(min_theta_j)`,
    };
  });
  return bySample(source, figuresOf(source), columns, prefix);
}

/** Logit, loss and probability of every sample, for every function and scale. */
export function lossQuery(source: Source, losses: readonly LossOf<number>[], prefix: string): string {
  const columns = losses.map(({ target, scale }, i) => ({
    function: source.dialect.string(target.spec),
    scale: literal(scale),
    theta_y: "theta_y",
    competitors: "competitors",
    logit_y: `${literal(scale)} * ${valueSql(target, "theta_y")}`,
    loss: `loss_${i}`,
    probability: exponential(`-loss_${i}`),
  }));
  return bySample(source, figuresOf(source, [], losses), columns, prefix);
}

/** The margin report as rows measure, value. */
export function measureQuery(source: Source, { margins, functions, losses }: Asked<number>): string {
  const columns: Named = {};
  margins.forEach((m, i) => {
    for (const [name, sql] of Object.entries(conditionsAt(m, "min_theta_j"))) columns[`${name}_${i}`] = sql;
    columns[`segment_${i}`] = pieceSql(asoftmax({ m }).pieces, "theta_y");
  });
  for (const [i, target] of functions.entries())
    columns[`holds_${i}`] = `${valueSql(target, "theta_y")} > ${competingSql(target, "min_theta_j")}`;
  const figures = figuresOf(source, margins, losses);
  const clamped = countWhere("theta_y IS NOT NULL AND above = 1");
  const samples = [...figures, part("samples", ["*", ...named(columns)], "asoftmax_figures")];
  return reportQuery(source.dialect, samples, { margins, functions, losses }, false, { clamped_rows: clamped });
}

/**
 * Subqueries, the last of which is asoftmax_angles: sample, label, class, theta, above (counted as pi). The rows of a
 * wide table are numbered first. Its class is NULL for theta_y and theta_j, which are no classes unless all of the
 * classes are single letters, and where the row has no class at all.
 */
function anglesOf({ dialect, table, wide, ...columns }: Source): string[] {
  const name = qualified(table, dialect);
  const label = dialect.identifier(columns.label);
  const angles = part(
    "angles",
    ["sample, label, class", `${angleSql("x")} AS theta, x > ${PI} AS above`],
    "asoftmax_numbers",
  );
  if (wide === undefined) {
    const x = dialect.number(dialect.identifier(columns.theta));
    return [part("numbers", ["sample", `${label} AS label`, "class", `${x} AS x`], name), angles];
  }
  const [before, after] = wide.map((text) => dialect.string(text));
  const picked = (name: string) =>
    `left(${name}, length(${before})) = ${before} AND right(${name}, length(${after})) = ${after} AND length(${name}) > length(${before}) + length(${after}) AND left(${name}, 9) <> 'asoftmax_'`;
  const className = `substr(${NAME}, length(${before}) + 1, length(${NAME}) - length(${before}) - length(${after}))`;
  const isLetter = `length(class) = 1 AND position(lower(class) IN '${LETTERS}') > 0`;
  const allLetters = `(SELECT count(*) FROM asoftmax_classes WHERE NOT (${isLetter})) = 0`;
  const long = {
    sample: ROW,
    label: LABEL,
    class: `CASE WHEN ${NAME} NOT IN ('theta_y', 'theta_j') OR ${allLetters} THEN ${classSql(className, dialect)} END`,
    x: dialect.cell(name),
  };
  const input = [`${dialect.rowNumber} AS ${ROW}`, `${classSql(label, dialect)} AS ${LABEL}`, dialect.whole];
  return [
    part("input", input, `${name} AS ${ROW_OF}`),
    part("classes", [`${className} AS class`], dialect.unpivot("(SELECT * FROM asoftmax_input LIMIT 1)", picked)),
    part("numbers", named(long), dialect.unpivot("asoftmax_input", picked)),
    angles,
  ];
}

/**
 * Subqueries, the last of which is asoftmax_pairs: sample, label, class, above, theta_y, theta_j, min_theta_j; angles
 * NULL where one of the sample is bad, or in a long table where it has a class twice or is NULL.
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
    part("sides", ["sample, label, class, above", ...named(sides)], "asoftmax_angles"),
    part(
      "checked",
      ["sample, label, class, above, theta_j", ...named(checked)],
      "asoftmax_sides WINDOW w AS (PARTITION BY sample)",
    ),
    part("pairs", ["sample, label, class, above, theta_y", ...named(pairs)], "asoftmax_checked"),
  ];
}

/**
 * Subqueries, the last of which is asoftmax_figures, one row a sample; naive_pairs_0 counts the competitors that meet
 * the naive condition at the first m, loss_0 is the first loss: log(1 + sum of exp(gaps)) with the largest exponent,
 * top, subtracted before exp, and log(1 + rest) accurate for a tiny rest.
 */
function figuresOf(source: Source, margins: readonly number[] = [], losses: readonly LossOf<number>[] = []): string[] {
  const log = (x: string) => `CASE WHEN 1 + ${x} = 1 THEN ${x} ELSE ln(1 + ${x}) * ${x} / ((1 + ${x}) - 1) END`;
  const held: Named = {};
  const sums: Named = {};
  margins.forEach((m, i) => {
    held[`held_${i}`] = conditionsAt(m, "theta_j").naive;
    sums[`naive_pairs_${i}`] = countWhere(`held_${i}`);
  });
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
  const nearest = `nullif(count(theta_j), 0) AS competitors, min(theta_j) AS min_theta_j,
    min(CASE WHEN theta_j = min_theta_j THEN class END) AS nearest, max(CASE WHEN above THEN 1 ELSE 0 END) AS above`;
  const ratio = `CASE WHEN theta_y = min_theta_j THEN 1 WHEN theta_y > 1e-300 THEN min_theta_j / theta_y
      WHEN min_theta_j > 0 THEN CAST('Infinity' AS ${source.dialect.double}) END`;
  const figures = { effective_margin: ratio, angle_gap: "min_theta_j - theta_y", ...results };
  return [
    ...pairsOf(source),
    part("terms", ["*", ...named({ ...held, ...gaps })], "asoftmax_pairs"),
    part(
      "sums",
      ["sample, min(label) AS label, theta_y", nearest, ...named({ ...sums, ...rests })],
      "asoftmax_terms GROUP BY sample, theta_y",
    ),
    part("figures", ["*", ...named(figures)], "asoftmax_sums"),
  ];
}

/** exp(x); a result too small for a double is an error in PostgreSQL. */
const exponential = (x: string) => `CASE WHEN ${x} < -700 THEN 0 ELSE exp(${x}) END`;

/** The query for one row a sample and variant with these columns; a wide table keeps its own columns before them. */
function bySample(source: Source, parts: readonly string[], columns: readonly Named[], prefix: string): string {
  const { dialect, wide } = source;
  const lead = wide ? "sample" : "sample, label";
  const together = variants(source, columns, lead, "asoftmax_figures", prefix);
  if (wide === undefined) return `WITH ${parts.join(", ")}\n${together}`;
  const added = Object.keys(columns[0]!).map((name) => `asoftmax_added.${dialect.identifier(prefix + name)}`);
  const joined = `asoftmax_input JOIN asoftmax_added ON asoftmax_added.sample = asoftmax_input.${ROW}`;
  const rows = select([dialect.kept("asoftmax_input"), ...added], joined);
  return `WITH ${[...parts, `asoftmax_added AS (\n${together}\n)`].join(", ")}\n${rows}`;
}

/** A query that gives the rows of `from` once for each of several lists of columns. */
const variants = ({ dialect }: Source, columns: readonly Named[], lead: string, from: string, prefix: string) =>
  columns
    .map((one) => select([lead, ...named(one, (name) => dialect.identifier(prefix + name))], from))
    .join("\nUNION ALL\n");
