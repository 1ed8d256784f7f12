import type { Column, Result } from "../render/result.ts";
import { type Options, pick, type ValuesOf } from "./options.ts";
import type { AngleReader } from "./parse.ts";

const commonOptions = pick("degrees", "columns", "format", "precision", "output", "color", "noColor");

/** The hidden command by which the scripts of `completion` ask for the words that fit at the cursor. */
export const COMPLETE = "__complete";

/** One command: what its help shows, which options it takes, and what it gives. It neither prints nor formats. */
export interface Command<O extends Options = Options> {
  /** Command lines that the help page begins with, and what they show; a test runs each. */
  readonly examples: readonly (readonly [line: string, shows: string])[];
  /** One word that must be given, where the command takes one. */
  readonly argument?: { readonly name: string; readonly choices: readonly string[] };
  readonly options: O;
  /** Gives the result. In a thread, names are those of the columns of a file that another thread reads. */
  run(
    values: ValuesOf<O & typeof commonOptions>,
    angles: AngleReader,
    argument: string,
    names?: readonly string[],
  ): Result | Promise<Result>;
}

/** A command whose run sees just the options that it takes: its own, and those of every command. */
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
