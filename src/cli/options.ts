import { dtypes } from "../audit/tolerance.ts";
import { tried, UsageError } from "../data/errors.ts";
import { inputFormats } from "../data/table.ts";
import { formats } from "../render/formats.ts";
import type { ColumnSource } from "../rows/computation.ts";
import { dialectNames } from "../sql/dialects.ts";
import {
  angle,
  arc,
  choice,
  column,
  list,
  margin,
  notNegative,
  number,
  type Parse,
  positive,
  targetFunction,
  text,
  wholeFrom,
} from "./parse.ts";

/** An option of commands: its help and how its text is read. A flag has no value. */
export interface Option<T> {
  /** What its value is called in help. */
  readonly value?: string;
  readonly help: string;
  readonly parse?: Parse<T>;
  /** The allowed words, where there are few. */
  readonly choices?: readonly string[];
  /** Its value is a list, and the option given again adds to it. Of any other option the last counts. */
  readonly repeatable?: boolean;
}

/** Options by name: lambdaMin is typed --lambda-min. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** The read values of options; one that was not given is absent. */
export type ValuesOf<O extends Options> = {
  readonly [P in keyof O]?: O[P] extends Option<infer T> ? T : never;
};

export const option = <T>(value: string, help: string, parse: Parse<T>): Option<T> => ({ value, help, parse });
/** An option whose value is a list of such items. */
export const listOption = <T>(help: string, item: Parse<T>, value = "list"): Option<readonly T[]> => ({
  ...option(value, help, list(item)),
  repeatable: true,
});
/** An option of one file or more, with spaces between. */
export const fileList = (help: string): Option<readonly string[]> => ({
  ...option("file...", help, (given) => [text(given)]),
  repeatable: true,
});
const oneOf = <const T extends string>(value: string, help: string, choices: readonly T[]) => ({
  ...option(value, help, choice(choices)),
  choices,
});
const flag = (help: string): Option<boolean> => ({ help });

/** The option of a single value, from an option whose value is a list. */
export const single = <T>(value: string, help: string, { parse }: Option<readonly T[]>): Option<T> =>
  option(value, help, (given, angles) => {
    const [first, ...more] = parse!(given, angles);
    if (more.length > 0) throw new UsageError("give one value here");
    return first!;
  });

/** The option, which takes @column too. */
export const orColumn = <T>({ help, parse, ...rest }: Option<T>): Option<T | ColumnSource> => ({
  ...rest,
  help: `${help}, or @column`,
  parse(text, angles) {
    if (/^@./.test(text)) return column(text);
    const advised = (error: unknown) =>
      error instanceof Error && COLUMN_NAME.test(text)
        ? new UsageError(`${error.message}; a column is @${text}`)
        : error;
    return tried(() => parse!(text, angles), advised);
  },
});

/** Texts that may be the name of a column without its @. */
const COLUMN_NAME = /^(?!(nan|inf(inity)?|pi)$)[a-z_]\w*\*?$/i;

const quantities = ["value", "slope", "theta_j"] as const;

/** Every option; commands pick theirs by name. */
export const options = {
  m: listOption("margins m, real, from 1 to 2^20", margin),
  theta: listOption("angles in [0, pi]", angle),
  competing: listOption("competing angles theta_j in [0, pi]", angle),
  label: option("@column", "the column that names the target class", (given) => column(given).column),
  psi: listOption("values of psi", number),
  functions: listOption("target functions, such as asoftmax:m=4,naive:m=4", targetFunction),
  lambda: listOption("weights lambda of cos(theta), blended with the target", notNegative),
  scale: listOption("scales of the logits (default 1)", positive),
  classes: listOption("numbers of classes, the own one among them", number),
  theta12: listOption("angles between two class vectors (default pi/2)", arc),
  points: option("n", "n evenly spaced angles", wholeFrom(2, 1e8)),
  from: option("angle", "first angle of --points (default 0)", angle),
  to: option("angle", "last angle of --points (default pi)", angle),
  each: flag("one row for each competing angle"),
  check: flag("exit with status 1 unless the psi condition holds"),
  preset: oneOf("name", "lambda schedule: sphereface (default) or clcarwin", ["sphereface", "clcarwin"]),
  base: option("number", "lambda at iteration 0", notNegative),
  gamma: option("number", "how fast lambda falls", notNegative),
  power: option("number", "power of the fall", notNegative),
  lambdaMin: option("number", "floor of lambda", notNegative),
  iterations: listOption("iterations to show", wholeFrom(0, 1e15)),
  start: option("angle", "theta_y to start from", angle),
  rate: option("number", "learning rate (default 0.05)", positive),
  steps: option("n", "steps of descent (default 200)", wholeFrom(1, 1e6)),
  minima: flag("list every angle at which a descent can rest, instead"),
  value: option("@column", "the column of values to check (default @value)", column),
  gradient: option("@column", "the column of slopes by theta to check", column),
  dtype: oneOf("type", `the type they were computed in: ${dtypes.join(", ")} (default float64)`, dtypes),
  features: option("file", "features, one a row: .npy, .npz, .safetensors or Parquet, its part behind a colon", text),
  weights: option("file", "class vectors, one a row, or several (default: the class means of unit features)", text),
  labels: option("file", "the target classes, whole numbers; a text file with one a line too", text),
  transposed: flag("the class vectors are the columns of their file"),
  firstLabel: option("n", "the label of the first class vector (default 0)", wholeFrom(0, 1e6)),
  worst: option("n", "how many of the worst classes to show (default 10)", wholeFrom(0, 1e6)),
  perSample: option("file", "write one row a sample to this file: csv, or .parquet", text),
  summary: flag("one row for each m and theta_j: count, total length, share of [0, pi]"),
  plane: flag("draw the plane of theta_y and theta_j instead"),
  plot: flag("draw the plot beside the summary too"),
  quantity: oneOf("name", "value, slope, or theta_j: the angle that theta_j must exceed (default value)", quantities),
  width: option("n", "columns of the plot (default: the terminal's)", wholeFrom(30, 1000)),
  height: option("n", "rows of the plot", wholeFrom(4, 500)),
  dialect: oneOf("name", `${dialectNames.join(", ")} (default duckdb)`, dialectNames),
  table: option("name", "the table, or schema.table (default angles; samples with --samples)", text),
  functionName: option("name", "write the statement that makes it a function of this name", text),
  input: option("file", "a data file, - for standard input", text),
  inputFormat: oneOf("format", "csv, tsv, jsonl or parquet (default: by the ending and the first bytes)", inputFormats),
  delimiter: option("char", "the character between cells of the input", text),
  comment: option("char", "leave out the lines of the input that begin with this character", text),
  decimalComma: flag("numbers of the input have a comma before their decimals"),
  badRows: oneOf("what", "stop, skip or keep (default stop)", ["stop", "skip", "keep"]),
  prefix: option("text", "put before the name of each column that is appended to the rows", text),
  threads: option("n", "threads for large inputs (default: the cores)", wholeFrom(1, 256)),
  degrees: flag("bare angles in, and angles out, are degrees"),
  columns: listOption("only these computed columns", text),
  format: oneOf(
    "format",
    `${formats.join(", ")} (default: by the ending of --output, else table on a terminal and csv elsewhere)`,
    formats,
  ),
  precision: option("n", "round numbers that are not whole to n significant digits", wholeFrom(1, 17)),
  output: option("file", "write to this file", text),
  color: flag("use colour even where it is not a terminal"),
  noColor: flag("use no colour"),
} as const;

export type OptionName = keyof typeof options;
export type Values<K extends OptionName> = ValuesOf<Pick<typeof options, K>>;

/** The options of these names. */
export const pick = <K extends OptionName>(...names: readonly K[]) =>
  Object.fromEntries(names.map((name) => [name, options[name]])) as Pick<typeof options, K>;

/** Options of commands that read a file. */
export const fileOptions = pick("input", "inputFormat", "delimiter", "comment", "decimalComma", "badRows");

/** Options of commands that append to the rows of a file. */
export const inputOptions = { ...fileOptions, ...pick("prefix", "threads") };

/** Evenly spaced angles. */
export const gridOptions = pick("points", "from", "to");

/** Options of commands that draw. */
export const drawingOptions = {
  ...pick("width", "height"),
  output: { ...options.output, help: "write to this file; .svg, .html and .vl.json: the chart as a picture" },
};

/** The one letter of an option, as it is typed. */
export const shortFlags: Readonly<Record<string, string>> = {
  m: "-m",
  theta: "-t",
  competing: "-c",
  functions: "-f",
  input: "-i",
  output: "-o",
};

/** --name, as it is typed. */
export const flagOf = (name: string): string => `--${name.replace(/[A-Z]|\d+/g, "-$&").toLowerCase()}`;

/**
 * Throws UsageError where one of these options was given although it has no effect
 * here; why makes the message from the flag as typed.
 */
export function refuse(values: object, names: readonly string[], why: (flag: string) => string): void {
  const given = names.find((name) => values[name as keyof typeof values] !== undefined);
  if (given !== undefined) throw new UsageError(why(flagOf(given)));
}
