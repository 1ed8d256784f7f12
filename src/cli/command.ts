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
  /** Computes the result. names, in a thread: the column names of the input, which the main thread reads. */
  run(
    values: ValuesOf<O & typeof commonOptions>,
    angles: AngleReader,
    argument: string,
    names?: readonly string[],
  ): Result | Promise<Result>;
}

/** A command with its own options and those that every command has. */
export const command = <O extends Options>(definition: Command<O>): Command => ({
  ...definition,
  options: { ...definition.options, ...commonOptions },
});

/** Columns from their names, with a colon and its kind after a name that has one: columnsOf("m theta:angle psi"). */
export const columnsOf = (names: string): Column[] =>
  names.split(" ").map((word) => {
    const [name, kind] = word.split(":") as [string, Column["kind"]];
    return kind === undefined ? { name } : { name, kind };
  });
