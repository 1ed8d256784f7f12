import { asoftmax } from "../../core/target-functions.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { documentOf, type Result } from "../../render/result.ts";
import { type ColumnSource, isColumn } from "../../rows/computation.ts";
import { classPattern } from "../../rows/header.ts";
import { type Dialect, dialects, qualified } from "../../sql/dialects.ts";
import { angleSql, explained, inverseSql, valueSql } from "../../sql/expression.ts";
import { lossQuery, marginQuery, measureQuery, type Source } from "../../sql/queries.ts";
import { samplesQuery } from "../../sql/report.ts";
import { command } from "../command.ts";
import { chosenFunctions, pictureFunctions } from "../functions.ts";
import { STANDARD_MARGIN } from "../inputs.ts";
import { listOption, type Option, options, orColumn, pick, refuse, type ValuesOf } from "../options.ts";
import { scaleOrNorm } from "../parse.ts";
import { sampleOptions } from "../samples.ts";
import { version } from "../version.ts";

const sqlOptions = {
  ...pick("dialect", "functionName"),
  theta: orColumn(options.theta),
  psi: orColumn(options.psi),
  ...pick("m", "functions", "lambda", "table", "label"),
  competing: sampleOptions.competing,
  samples: { help: "sql measure: the table holds the rows that measure --per-sample writes" } as Option<boolean>,
  scale: listOption("scales of the logits (default 1; sql measure 30); norm, with --samples", scaleOrNorm),
  prefix: options.prefix,
};
type SqlValues = ValuesOf<typeof sqlOptions>;

/** The options that belong to each statement, beside --dialect and --m. */
const belonging: Record<string, readonly (keyof SqlValues)[]> = {
  psi: ["functionName", "theta", "functions", "lambda"],
  inverse: ["functionName", "psi"],
  margin: ["table", "label", "theta", "competing", "prefix"],
  loss: ["table", "label", "theta", "competing", "prefix", "functions", "lambda", "scale"],
  measure: ["table", "label", "theta", "competing", "samples", "functions", "scale"],
  "measure --samples": ["table", "samples", "functions", "scale"],
};
const statements = Object.keys(belonging).filter((name) => !name.includes(" "));
/** measure counts the samples in every segment. */
const MOST_SEGMENTS = 100;

export default command({
  examples: [
    ["asoftmax sql psi --m 4 --theta @theta_y", "psi as an expression over a column"],
    ["asoftmax sql psi --m 4 --function-name psi4 --dialect postgres", "as a function of the database"],
    ["asoftmax sql margin --table digits --competing '@theta_*'", "the conditions for every row, one column a class"],
    ["asoftmax sql measure --table angles --dialect spark", "the report, from rows sample, label, class, theta"],
    ["asoftmax sql measure --samples --table run", "the report, from the rows of measure --per-sample"],
  ],
  argument: { name: "statement", choices: statements },
  options: sqlOptions,
  without: ["degrees", "columns", "precision", "color", "noColor"],
  run(values, { argument }): Result {
    const what = argument === "measure" && values.samples ? "measure --samples" : argument;
    const taken = ["dialect", "m", ...belonging[what]!];
    const others = Object.keys(sqlOptions).filter((name) => !taken.includes(name));
    refuse(values, others, (flag) => `${flag} has no part in sql ${what}`);
    const { dialect = "duckdb" } = values;
    const { functions, sql } = statement(what, values, dialects[dialect]);
    const title = `asoftmax ${version}: ${what} for ${dialect}; t is theta, in radians`;
    const comments = [title, ...new Set(functions.map(explained))].map((line) => `-- ${line}\n`);
    return documentOf("sql", `${comments.join("")}${sql}\n`);
  },
});

/** The SQL, and the functions that it computes, for the comment above it. */
function statement(what: string, values: SqlValues, dialect: Dialect): { functions: readonly Target[]; sql: string } {
  const isReport = what.startsWith("measure");
  const { prefix = "", m = isReport ? [1, 2, 3, 4] : [STANDARD_MARGIN], scale = [isReport ? 30 : 1] } = values;
  const own = m.map((m) => asoftmax({ m }));
  const functions = isReport ? (values.functions ?? pictureFunctions()) : (chosenFunctions(values) ?? own);
  if (what === "psi" || what === "inverse") {
    const [only, more] = functions;
    if (more !== undefined) throw new UsageError(`sql ${what} writes one expression: give one function, one m`);
    const column = what === "psi" ? columnOf(values.theta, "theta") : columnOf(values.psi, "psi");
    const write = (x: string) =>
      what === "psi" ? valueSql(only!, angleSql(`CAST(${x} AS ${dialect.double})`)) : inverseSql(only!, x, dialect);
    if (values.functionName === undefined) return { functions, sql: write(dialect.identifier(column)) };
    return { functions, sql: `${dialect.define(qualified(values.functionName, dialect), "x", write("x"))};` };
  }
  const large = isReport ? m.find((m) => m > MOST_SEGMENTS) : undefined;
  if (large !== undefined)
    throw new UsageError(`--m ${large}: sql measure counts every segment, so m is at most ${MOST_SEGMENTS}`);
  const lossesAt = <S>(scales: readonly S[]) =>
    functions.flatMap((target) => scales.map((scale) => ({ target, scale })));
  const asked = { margins: m, functions };
  if (what === "measure --samples") {
    const query = samplesQuery(dialect, values.table ?? "samples", { ...asked, losses: lossesAt(scale) });
    return { functions: [...own, ...functions], sql: `${query};` };
  }
  const source = sourceOf(values, dialect);
  if (what === "margin") return { functions, sql: `${marginQuery(source, m, prefix)};` };
  const losses = lossesAt(scale.map(withoutNorm));
  if (what === "loss") return { functions, sql: `${lossQuery(source, losses, prefix)};` };
  return { functions: [...own, ...functions], sql: `${measureQuery(source, { ...asked, losses })};` };
}

function withoutNorm(scale: number | "norm"): number {
  if (scale === "norm") throw new UsageError("--scale norm needs the lengths of features: it goes with --samples");
  return scale;
}

function sourceOf({ table = "angles", label = "label", theta, competing }: SqlValues, dialect: Dialect): Source {
  if (competing !== undefined && theta !== undefined)
    throw new UsageError("--theta and --competing both name the angles: use one");
  const wide = competing && classPattern(columnOf(competing, "theta_*"));
  if (competing !== undefined && wide === undefined)
    throw new UsageError("--competing: sql takes one column a class, such as '@theta_*'; leave it out for long rows");
  return { dialect, table, label, theta: columnOf(theta, "theta"), wide };
}

function columnOf(given: readonly number[] | ColumnSource | undefined, standard: string): string {
  if (given === undefined) return standard;
  if (!isColumn(given)) throw new UsageError(`sql reads a column: name it as @${standard}`);
  return given.column;
}
