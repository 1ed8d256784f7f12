import type { Column, Result } from "../render/result.ts";
import { type Options, pick, type ValuesOf } from "./options.ts";
import type { AngleReader } from "./parse.ts";

const commonOptions = pick("degrees", "columns", "format", "precision", "output", "color", "noColor");

/** The hidden command by which the scripts of `completion` ask for the words that fit at the cursor. */
export const COMPLETE = "__complete";

/** One command: its help, its options and its computation. It neither prints nor formats. */
export interface Command<O extends Options = Options> {
  /** The command lines at the top of the help page, and what each shows; a test runs them. */
  readonly examples: readonly (readonly [line: string, shows: string])[];
  /** One word that must be given, where the command takes one. */
  readonly argument?: { readonly name: string; readonly choices: readonly string[] };
  readonly options: O;
  /** The options that every command has, but this one has no use for. */
  readonly without?: readonly (keyof typeof commonOptions)[];
  /** Without any option, on a terminal, the first of its examples is run. */
  readonly runsExample?: boolean;
  /** Computes the result from the values of its options. */
  run(values: ValuesOf<O & typeof commonOptions>, context: RunContext): Result | Promise<Result>;
}

/** The arguments of run beside the values of the options. */
export interface RunContext {
  readonly angles: AngleReader;
  /** The word of a command that takes one, else "". */
  readonly argument: string;
  /** In a worker thread, the column names of the input: the main thread has read the header. */
  readonly names?: readonly string[] | undefined;
}

/** A command with its own options and those that every command has. */
export const command = <O extends Options>(definition: Command<O>): Command => ({
  ...definition,
  options: Object.fromEntries(
    Object.entries({ ...definition.options, ...commonOptions, ...definition.options }).filter(
      ([name]) => !definition.without?.some((unused) => unused === name),
    ),
  ) as Options,
});

/**
 * Columns from their names, with a star before one that names the row, and a colon and its
 * kind after one that has any: columnsOf("*theta:angle psi").
 */
export const columnsOf = (names: string): Column[] =>
  names.split(" ").map((word) => {
    const [name, kind] = word.replace("*", "").split(":") as [string, Column["kind"]];
    return { name, kind, key: word.startsWith("*") };
  });
