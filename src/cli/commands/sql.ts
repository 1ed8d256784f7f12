import { type Target, target } from "../../core/targets.ts";
import { documentOf, type Result } from "../../render/result.ts";
import { type DialectName, dialects } from "../../render/sql/dialects.ts";
import { angle, explained, inverseOf, valueAt } from "../../render/sql/expression.ts";
import { lossQuery, marginQuery, measureQuery, type Source } from "../../render/sql/queries.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { chosenFunctions } from "../functions.ts";
import { STANDARD_MARGIN } from "../inputs.ts";
import { type OptionName, options, type Values } from "../options.ts";
import { isColumn } from "../parse.ts";
import { version } from "../version.ts";

const TAKEN = [
  "dialect",
  "functionName",
  "table",
  "label",
  "theta",
  "competing",
  "psi",
  "m",
  "functions",
  "lambda",
  "scales",
  "prefix",
] as const;
type SqlValues = Values<(typeof TAKEN)[number]>;

const COLUMNS = ["dialect", "table", "label", "theta", "competing"] as const;
const STANDARD_SCALE = 30;
const REPORTED_MARGINS = [1, 2, 3, 4];
const MOST_SEGMENTS = 100;

/** What is asked for, the options that belong to it, and the functions and SQL that it comes to. */
const statements: Record<string, readonly [options: readonly OptionName[], make: (values: SqlValues) => Statement]> = {
  psi: [
    ["dialect", "functionName", "theta", "m", "functions", "lambda"],
    (values) => {
      const [chosen, ...more] = chosenFunctions(values) ?? [target("asoftmax")!];
      if (more.length > 0) throw new UsageError("sql psi writes one expression: give one function");
      return [
        [chosen!],
        expression(values, columnOf(values.theta, "theta"), (name, dialect) => valueAt(chosen!, angle(name, dialect))),
      ];
    },
  ],
  inverse: [
    ["dialect", "functionName", "psi", "m"],
    (values) => {
      const [m = STANDARD_MARGIN, ...more] = values.m ?? [];
      if (more.length > 0) throw new UsageError("sql inverse writes one expression: give one m");
      const chosen = target("asoftmax", { m })!;
      return [
        [chosen],
        expression(values, columnOf(values.psi, "psi"), (name, dialect) => inverseOf(chosen, name, dialect)),
      ];
    },
  ],
  margin: [
    [...COLUMNS, "m", "prefix"],
    (values) => {
      const margins = values.m ?? [STANDARD_MARGIN];
      return [asoftmax(margins), `${marginQuery(sourceOf(values), margins, values.prefix ?? "")};`];
    },
  ],
  loss: [
    [...COLUMNS, "m", "functions", "lambda", "scales", "prefix"],
    (values) => {
      const functions = chosenFunctions(values) ?? asoftmax([STANDARD_MARGIN]);
      return [functions, `${lossQuery(sourceOf(values), atScales(functions, values), values.prefix ?? "")};`];
    },
  ],
  measure: [
    [...COLUMNS, "m", "functions", "scales"],
    (values) => {
      const { m: margins = REPORTED_MARGINS } = values;
      const large = margins.find((m) => m > MOST_SEGMENTS);
      if (large !== undefined)
        throw new UsageError(
          `--m: sql measure counts every segment, so ${large} is too large: at most ${MOST_SEGMENTS}`,
        );
      const functions = values.functions ?? asoftmax(margins);
      return [functions, `${measureQuery(sourceOf(values), margins, atScales(functions, values))};`];
    },
  ],
};
type Statement = [described: readonly Target[], sql: string];

export default command({
  examples: [
    ["asoftmax sql psi --m 4 --theta @theta_y", "psi as an expression over a column"],
    ["asoftmax sql psi --m 4 --function-name psi4 --dialect postgres", "as a function of the database"],
    [
      "asoftmax sql margin --table digits --label label --competing '@theta_*'",
      "the conditions for every row, one column a class",
    ],
    ["asoftmax sql measure --table angles --dialect spark", "the whole report, from rows sample, label, class, theta"],
  ],
  argument: { name: "what", choices: Object.keys(statements) },
  options: TAKEN,
  run(values, { degrees }, what): Result {
    const [belonging, make] = statements[what]!;
    const stray = TAKEN.find((name) => values[name] !== undefined && !belonging.includes(name));
    if (stray !== undefined) throw new UsageError(`${options[stray].flags.split(" ")[0]} has no part in sql ${what}`);
    if (degrees) throw new UsageError("--degrees: sql takes and gives radians");
    const [described, sql] = make(values);
    const comments = [
      `asoftmax ${version}: sql ${what} for ${values.dialect ?? "duckdb"}; angles in radians, t for theta`,
      ...described.map(explained),
    ];
    return documentOf("sql", `${comments.map((line) => `-- ${line}\n`).join("")}${sql}\n`);
  },
});

const asoftmax = (margins: readonly number[]) => margins.map((m) => target("asoftmax", { m })!);

const atScales = (functions: readonly Target[], { scales = [STANDARD_SCALE] }: SqlValues) =>
  functions.flatMap((target) => scales.map((scale) => ({ target, scale })));

const dialectOf = ({ dialect = "duckdb" }: { dialect?: DialectName }) => dialects[dialect];

/** An expression over a column, or the statement that makes a function of it. */
function expression(
  values: SqlValues,
  column: string,
  write: (name: string, dialect: (typeof dialects)[DialectName]) => string,
): string {
  const dialect = dialectOf(values);
  if (values.functionName === undefined) return write(dialect.identifier(column), dialect);
  return `${dialect.define(dialect.identifier(values.functionName), "x", write("x", dialect))};`;
}

function columnOf(given: unknown, standard: string): string {
  if (given === undefined) return standard;
  if (!isColumn(given)) throw new UsageError(`sql reads a column: write it as @${standard}`);
  return given.column;
}

function sourceOf(values: SqlValues): Source {
  const { table = "angles", label = "label", theta, competing } = values;
  const form = competing === undefined ? undefined : columnOf(competing, "theta_*").split("*");
  if (form !== undefined && form.length !== 2)
    throw new UsageError(
      "--competing: sql takes one column a class, such as '@theta_*', or without it rows sample, label, class, theta",
    );
  if (form !== undefined && theta !== undefined)
    throw new UsageError("--theta and --competing both name the angles: use one");
  const wide = form as [string, string] | undefined;
  return { dialect: dialectOf(values), table, label, theta: columnOf(theta, "theta"), wide };
}
