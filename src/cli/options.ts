import { formats } from "../render/render.ts";
import { dialectNames } from "../render/sql/dialects.ts";
import {
  angle,
  arc,
  choice,
  column,
  list,
  margin,
  number,
  numberFrom,
  orColumn,
  type Parse,
  scaleOrNorm,
  shareCheck,
  targetFunction,
  text,
  wholeFrom,
} from "./parse.ts";

/** An option as it is typed and explained, and how its text is read. One without a value has no parse. */
export interface OptionSpec<T> {
  readonly flags: string;
  readonly help: string;
  readonly parse?: Parse<T>;
  /** The words that it can be, where they are few. */
  readonly choices?: readonly string[];
  /** Given again, it adds to its list. */
  readonly repeatable?: boolean;
}

const option = <T>(flags: string, help: string, parse: Parse<T>): OptionSpec<T> & { parse: Parse<T> } => ({
  flags,
  help,
  parse,
});
const oneOf = <const T extends string>(flags: string, help: string, choices: readonly T[]) => ({
  ...option(flags, help, choice(choices)),
  choices,
});
const flag = (flags: string, help: string): OptionSpec<boolean> => ({ flags, help });

/** Every option of every command, defined once; commands pick from here by name. */
export const options = {
  m: option("--m <list>", "margins m, real, from 1 to 2^20", list(margin)),
  mOrColumn: option("--m <list>", "margins m, real, from 1 to 2^20, or @column", orColumn(list(margin))),
  theta: option("--theta <list>", "angles in [0, pi], or @column", orColumn(list(angle))),
  thetaY: option("--theta <list>", "target angles theta_y in [0, pi], or @column", orColumn(list(angle))),
  thetaStart: option("--theta <angle>", "the angle theta_y to begin at (default 1.2)", angle),
  competing: option(
    "--competing <list>",
    "competing angles theta_j, @column (; between) or '@theta_*'",
    orColumn(list(angle)),
  ),
  competingAngles: option("--competing <list>", "competing angles theta_j in [0, pi]", list(angle)),
  psi: option("--psi <list>", "values of psi, or @column", orColumn(list(number))),
  functions: option("--functions <list>", "target functions, such as asoftmax:m=4,naive:m=4", list(targetFunction)),
  lambda: option("--lambda <number>", "lambda, the weight of the plain cosine blended in", numberFrom(0)),
  lambdaOrColumn: option(
    "--lambda <number>",
    "lambda, the weight of the plain cosine blended in, or @column",
    orColumn(numberFrom(0)),
  ),
  scale: option(
    "--scale <list>",
    "scales of the logits (default 1), or @column",
    orColumn(list(numberFrom(Number.MIN_VALUE))),
  ),
  scaleNumbers: option("--scale <number>", "scale of the logits (default 1)", list(numberFrom(Number.MIN_VALUE))),
  theta12: option("--theta-12 <list>", "angles between two class vectors (default pi/2)", list(arc)),
  preset: oneOf("--preset <name>", "lambda schedule: sphereface (default) or clcarwin", ["sphereface", "clcarwin"]),
  base: option("--base <number>", "lambda at iteration 0", numberFrom(0)),
  gamma: option("--gamma <number>", "how fast lambda falls", numberFrom(0)),
  power: option("--power <number>", "power of the fall", numberFrom(0)),
  lambdaMin: option("--lambda-min <number>", "floor of lambda", numberFrom(0)),
  iterations: option("--iterations <list>", "iterations to show", list(wholeFrom(0, 1e15))),
  start: option("--start <angle>", "theta_y to start from", angle),
  rate: option("--rate <number>", "learning rate (default 0.05)", numberFrom(Number.MIN_VALUE)),
  steps: option("--steps <n>", "steps of descent (default 200)", wholeFrom(1, 1e6)),
  minima: flag("--minima", "list every angle at which a descent can rest, instead"),
  angleColumn: option("--theta <@column>", "the column of angles (default @theta)", column),
  value: option("--value <@column>", "the column of values to check (default @value)", column),
  gradient: option("--gradient <@column>", "the column of slopes by theta to check", column),
  dtype: oneOf("--dtype <type>", "what they were computed in: float64 (default) or float32", ["float64", "float32"]),
  points: option("--points <n>", "n evenly spaced angles", wholeFrom(2, 1e8)),
  from: option("--from <angle>", "first angle of --points (default 0)", angle),
  to: option("--to <angle>", "last angle of --points (default pi)", angle),
  label: option("--label <column>", "the column that names the target class", text),
  each: flag("--each", "one row for each competing angle"),
  check: flag("--check", "exit with status 1 unless the psi condition holds"),
  checks: {
    ...option(
      "--check <condition@m>=share>",
      "exit with status 1 unless naive, angular, psi or false_pass@m is >= or <= a share of the samples (repeatable)",
      list(shareCheck),
    ),
    repeatable: true,
  },
  losses: option(
    "--functions <list>",
    "functions of which the mean loss is given (default asoftmax:m=4,naive:m=4)",
    list(targetFunction),
  ),
  lossScale: option(
    "--scale <list>",
    "scales of the losses; norm: the length of each feature (default with features, else 30)",
    list(scaleOrNorm),
  ),
  features: option("--features <file>", "a .npy file of features, one a row", text),
  weights: option("--weights <file>", "a .npy file of class vectors, one a row", text),
  labels: option("--labels <file>", "a .npy file of the target classes, numbered from 0", text),
  worst: option("--worst <n>", "how many of the worst classes to show (default 10)", wholeFrom(0, 1e6)),
  perSample: option("--per-sample <file>", "write one row a sample to this csv file", text),
  summary: flag("--summary", "one row for each m and theta_j: count, total length, share of [0, pi]"),
  plot: flag("--plot", "draw the plot beside the summary too"),
  quantity: oneOf("--quantity <name>", "value or slope (default value)", ["value", "slope"]),
  width: option("--width <n>", "columns of the plot (default: the terminal's)", wholeFrom(30, 1000)),
  height: option("--height <n>", "rows of the plot", wholeFrom(4, 500)),
  input: option("--input <file>", "a data file, - for standard input", text),
  inputFormat: oneOf("--input-format <format>", "csv, tsv, jsonl or parquet (default: by the ending)", [
    "csv",
    "tsv",
    "jsonl",
    "parquet",
  ]),
  delimiter: option("--delimiter <char>", "the character between cells of the input", text),
  prefix: option("--prefix <text>", "put before the name of each column that is appended to the rows", text),
  badRows: oneOf("--bad-rows <what>", "stop, skip or keep (default stop)", ["stop", "skip", "keep"]),
  scales: option(
    "--scale <list>",
    "scales of the logits (default 1; sql measure 30)",
    list(numberFrom(Number.MIN_VALUE)),
  ),
  dialect: oneOf("--dialect <name>", `${dialectNames.join(", ")} (default duckdb)`, dialectNames),
  table: option("--table <name>", "the table, or schema.table (default angles)", text),
  functionName: option("--function-name <name>", "write the statement that makes it a function of this name", text),
  threads: option("--threads <n>", "threads for large inputs (default: the cores)", wholeFrom(1, 256)),
  degrees: flag("--degrees", "bare angles in, and angles out, are degrees"),
  columns: option("--columns <list>", "only these computed columns", list(text)),
  format: oneOf("--format <format>", `${formats.join(", ")} (default: table on a terminal, else csv)`, formats),
  precision: option("--precision <n>", "round numbers to n significant digits", wholeFrom(1, 17)),
  output: option("--output <file>", "write to this file; .svg, .html and .vl.json: the chart as a picture", text),
  color: flag("--color", "use colour even where it is not a terminal"),
  noColor: flag("--no-color", "use no colour"),
} as const;

export type OptionName = keyof typeof options;

/** The read values of the named options; one that was not given is absent. */
export type Values<K extends OptionName> = {
  readonly [P in K]?: (typeof options)[P] extends OptionSpec<infer T> ? T : never;
};

/** --name, as it is typed. */
export const flagOf = ({ flags }: Pick<OptionSpec<unknown>, "flags">): string => flags.split(" ")[0]!;

/** The first of these options that was given, as it is typed: for those that would have no part in what is asked. */
export function givenFlag(values: Values<OptionName>, names: readonly OptionName[]): string | undefined {
  const given = names.find((name) => values[name] !== undefined);
  return given && flagOf(options[given]);
}

/** Options of every command. */
export const commonOptions = ["degrees", "columns", "format", "precision", "output", "color", "noColor"] as const;

/** Options of commands that read a file. */
export const fileOptions = ["input", "inputFormat", "delimiter", "badRows"] as const;

/** Options of commands that append to the rows of a file. */
export const inputOptions = [...fileOptions, "prefix", "threads"] as const;

/** A schedule of lambda. */
export const scheduleOptions = ["preset", "base", "gamma", "power", "lambdaMin"] as const;

export const gridOptions = ["points", "from", "to"] as const;
