import { type Target, target } from "../../core/targets.ts";
import { type Dialect, NAME, VALUE } from "./dialects.ts";
import { angle, competingAt, literal, onPiece, valueAt } from "./expression.ts";

/** Where the angles are: one row a sample and class (sample, label, class, theta), or one column a class. */
export interface Source {
  readonly dialect: Dialect;
  /** The table, or schema.table. */
  readonly table: string;
  readonly label: string;
  /** The column of angles of a long table. */
  readonly theta: string;
  /** What stands before and after the class in the names of a wide table's columns. */
  readonly wide: readonly [before: string, after: string] | undefined;
}

/** A function whose loss is taken at a scale. */
export interface LossOf {
  readonly target: Target;
  readonly scale: number;
}

/** A part of a query: what is selected, and from where. */
type Select = readonly [columns: readonly string[], from: string];
type Parts = Record<string, Select>;
/** SQL by the name that its value is given. */
type Named = Record<string, string>;

const ROW = "asoftmax_row";
const QUANTILES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
const FIGURES = ["theta_y", "min_theta_j", "effective_margin", "angle_gap"];

/** The conditions for every m: for each row of a wide table, with the room left; for each pair of a long one. */
export function marginQuery(source: Source, margins: readonly number[], prefix: string): string {
  if (source.wide === undefined) {
    const columns = margins.map((m) => ({ m: literal(m), ...conditions(m, "theta_j") }));
    return output(source, pairsOf(source), [["sample, label, class, theta_y, theta_j"], "pairs"], columns, prefix);
  }
  const columns = margins.map((m) => {
    const held = conditions(m, "min_theta_j");
    return {
      m: literal(m),
      competitors: "competitors",
      ...held,
      false_pass: `${held.naive} AND NOT ${held.angular}`,
      binding: "binding",
      min_theta_j: "min_theta_j",
      effective_margin: "effective_margin",
      margin_gap: `min_theta_j - ${literal(m)} * theta_y`,
      cosine_gap: `${valueAt(target("asoftmax", { m })!, "theta_y")} - cos(min_theta_j)`,
    };
  });
  const binding = "min(CASE WHEN theta_j = min_theta_j THEN class END) AS binding";
  return output(source, samplesOf(source, [], [binding], []), SAMPLES, columns, prefix);
}

/** Logit, loss and probability of every sample, for every function and scale. */
export function lossQuery(source: Source, losses: readonly LossOf[], prefix: string): string {
  const columns = losses.map(({ target, scale }, i) => ({
    function: source.dialect.string(target.spec),
    scale: literal(scale),
    theta_y: "theta_y",
    competitors: "competitors",
    logit_y: `${literal(scale)} * ${valueAt(target, "theta_y")}`,
    loss: `loss_${i}`,
    probability: exponential(`-loss_${i}`),
  }));
  return output(source, samplesOf(source, [], [], losses), SAMPLES, columns, prefix);
}

/** The report of what margin the samples reached, as rows measure, value. */
export function measureQuery(source: Source, margins: readonly number[], losses: readonly LossOf[]): string {
  const { dialect } = source;
  const held = margins.flatMap((m, i) =>
    Object.entries(conditions(m, "theta_j")).map(([name, sql]) => `${sql} AS ${name}_${i}`),
  );
  const sums = margins.flatMap((_, i) => [
    ...[`naive_${i}`, `angular_${i}`, `psi_${i}`].map((name) => `${counted(name)} AS ${name}`),
    `${counted(`naive_${i} AND NOT angular_${i}`)} AS false_pass_${i}`,
  ]);
  const correct = counted("theta_y < min_theta_j");
  const report: Named = {
    samples: "count(theta_y)",
    classes: "max(competitors) + 1",
    correct,
    accuracy: `${correct} * 1e0 / nullif(count(theta_y), 0)`,
  };
  margins.forEach((m, i) => {
    for (const [name, sql] of Object.entries(marginReport(m, i))) report[`by_m.${m}.${name}`] = sql;
  });
  for (const figure of FIGURES)
    QUANTILES.forEach((q, i) => {
      report[`quantiles.${figure}.${q}`] = dialect.quantile(figure, QUANTILES.map(literal), i);
    });
  for (const figure of FIGURES) report[`mean.${figure}`] = `avg(${figure})`;
  losses.forEach(({ target, scale }, i) => {
    report[`mean_loss.${target.spec}.${scale}`] = `avg(loss_${i})`;
  });
  report.skipped_rows = counted("theta_y IS NULL");
  const columns = Object.values(report).map((sql, i) => `CAST(${sql} AS ${dialect.double}) AS value_${i}`);
  const pairs = Object.keys(report).map((measure, i) => `${dialect.string(measure)}, value_${i}`);
  const parts: Parts = { ...samplesOf(source, held, sums, losses), report: [columns, "figures"] };
  return `${withParts(parts)}\n${dialect.rows("report", pairs)}`;
}

/** A sample meets a condition where all its pairs do; then it also meets it at the nearest. */
function marginReport(m: number, i: number): Named {
  const { pieces } = target("asoftmax", { m })!;
  const all = (condition: string) => `${condition}_${i} = competitors`;
  const segments = Array.from({ length: pieces.count }, (_, k) => [
    `segments.${k}`,
    counted(onPiece(pieces, k, "theta_y")),
  ]);
  return {
    naive: counted(all("naive")),
    angular: counted(all("angular")),
    psi: counted(all("psi")),
    false_pass: counted(`${all("naive")} AND NOT ${all("angular")}`),
    pairs: "sum(competitors)",
    pair_naive: `sum(naive_${i})`,
    pair_angular: `sum(angular_${i})`,
    pair_false_pass: `sum(false_pass_${i})`,
    beyond_first_segment: counted(`NOT (${onPiece(pieces, 0, "theta_y")})`),
    ...Object.fromEntries(segments),
  };
}

const conditions = (m: number, thetaJ: string) => ({
  naive: `${valueAt(target("naive", { m })!, "theta_y")} > cos(${thetaJ})`,
  angular: `${literal(m)} * theta_y < ${thetaJ}`,
  psi: `${valueAt(target("asoftmax", { m })!, "theta_y")} > cos(${thetaJ})`,
});

const counted = (condition: string) => `count(*) FILTER (WHERE ${condition})`;

/** The parts that lead to pairs: sample, label, class, theta_y, theta_j, min_theta_j; angles NULL where one of the sample is bad. */
function pairsOf(source: Source): Parts {
  const complete = `count(own) OVER w = 1 AND count(theta_j) OVER w = count(*) OVER w - 1 AND count(*) OVER w > 1
      AND min(label) OVER w = max(label) OVER w`;
  const sides = ["CASE WHEN class = label THEN theta END AS own", "CASE WHEN class <> label THEN theta END AS theta_j"];
  const whole = (sql: string) => `CASE WHEN theta_y IS NOT NULL THEN ${sql} END`;
  const judged = [
    `${whole("theta_j")} AS theta_j`,
    `${whole("min(theta_j) OVER (PARTITION BY sample)")} AS min_theta_j`,
  ];
  return {
    ...anglesOf(source),
    sides: [["sample, label, class", ...sides], "angles"],
    checked: [
      ["sample, label, class, theta_j", `CASE WHEN ${complete} THEN max(own) OVER w END AS theta_y`],
      "sides WINDOW w AS (PARTITION BY sample)",
    ],
    pairs: [["sample, label, class, theta_y", ...judged], "checked"],
  };
}

/** The source as rows sample, label, class, theta; the rows of a wide table are numbered first. */
function anglesOf({ dialect, table, wide, ...columns }: Source): Parts {
  const name = table.split(".").map(dialect.identifier).join(".");
  const label = dialect.identifier(columns.label);
  if (wide === undefined) {
    const theta = angle(dialect.identifier(columns.theta), dialect);
    return { angles: [["sample", `${label} AS label`, "class", `${theta} AS theta`], name] };
  }
  const [before, after] = wide.map((part) => dialect.string(part));
  const picked = (name: string) =>
    `left(${name}, length(${before})) = ${before} AND right(${name}, length(${after})) = ${after} AND length(${name}) > length(${before}) + length(${after})`;
  const long = [
    `${ROW} AS sample`,
    `CAST(${label} AS ${dialect.text}) AS label`,
    `substr(${NAME}, length(${before}) + 1, length(${NAME}) - length(${before}) - length(${after})) AS class`,
    `${angle(`CAST(${VALUE} AS ${dialect.double})`, dialect)} AS theta`,
  ];
  return {
    asoftmax_input: [[`${dialect.rowNumber} AS ${ROW}`, "t.*"], `${name} AS t`],
    angles: [long, dialect.unpivot("asoftmax_input", picked)],
  };
}

/**
 * The parts that lead to figures, one row a sample: held is added to each pair, sums over the pairs of a sample. A loss is
 * log(1 + sum of exp(gaps)) with the largest exponent, top, taken out, and log(1 + rest) good for a tiny rest.
 */
function samplesOf(source: Source, held: readonly string[], sums: readonly string[], losses: readonly LossOf[]): Parts {
  const gaps = losses.flatMap(({ target, scale }, i) => {
    const gap = (thetaJ: string) =>
      `${literal(scale)} * (${competingAt(target, thetaJ)} - ${valueAt(target, "theta_y")})`;
    return [`${gap("theta_j")} AS gap_${i}`, `greatest(0, ${gap("min_theta_j")}) AS top_${i}`];
  });
  const rests = losses.flatMap((_, i) => [
    `max(top_${i}) AS top_${i}`,
    `sum(${exponential(`gap_${i} - top_${i}`)}) + (max(${exponential(`-top_${i}`)}) - 1) AS rest_${i}`,
  ]);
  const log = (x: string) => `CASE WHEN 1 + ${x} = 1 THEN ${x} ELSE ln(1 + ${x}) * ${x} / ((1 + ${x}) - 1) END`;
  // 0 competitors: an angle is bad. A quotient too large for a double is an error in PostgreSQL.
  const nearest = [
    "sample, min(label) AS label, theta_y",
    "nullif(count(theta_j), 0) AS competitors, min(theta_j) AS min_theta_j",
  ];
  const ratio = `CASE WHEN theta_y = min_theta_j THEN 1 WHEN theta_y > 1e-300 THEN min_theta_j / theta_y
      WHEN min_theta_j > 0 THEN CAST('Infinity' AS ${source.dialect.double}) END AS effective_margin`;
  return {
    ...pairsOf(source),
    terms: [["*", ...held, ...gaps], "pairs"],
    samples: [[...nearest, ...sums, ...rests], "terms GROUP BY sample, theta_y"],
    figures: [
      [
        "*",
        ratio,
        "min_theta_j - theta_y AS angle_gap",
        ...losses.map((_, i) => `top_${i} + ${log(`rest_${i}`)} AS loss_${i}`),
      ],
      "samples",
    ],
  };
}

/** exp(x); a result too small for a double is an error in PostgreSQL. */
const exponential = (x: string) => `CASE WHEN ${x} < -700 THEN 0 ELSE exp(${x}) END`;

const SAMPLES: Select = [["sample, label"], "figures"];

/** The query that ends in rows with columns added, all variants of them together; a wide table's rows are whole. */
function output(
  { dialect, wide }: Source,
  parts: Parts,
  [lead, from]: Select,
  variants: readonly Named[],
  prefix: string,
) {
  const naming = (columns: Named) => Object.entries(columns).map(([name, sql]) => `${sql} AS ${identifier(name)}`);
  const identifier = (name: string) => dialect.identifier(prefix + name);
  const selects = variants.map((columns) => written([[...(wide ? ["sample"] : lead), ...naming(columns)], from]));
  const together = selects.join("\nUNION ALL\n");
  if (wide === undefined) return `${withParts(parts)}\n${together}`;
  const added = Object.keys(variants[0]!).map((name) => `added.${identifier(name)}`);
  const rows = written([["input.*", ...added], `asoftmax_input AS input JOIN added ON added.sample = input.${ROW}`]);
  return `${withParts(parts)}, added AS (\n${together}\n)\n${rows}`;
}

const withParts = (parts: Parts): string =>
  `WITH ${Object.entries(parts)
    .map(([name, select]) => `${name} AS (\n${written(select)}\n)`)
    .join(", ")}`;

const written = ([columns, from]: Select): string => `  SELECT\n    ${columns.join(",\n    ")}\n  FROM ${from}`;
