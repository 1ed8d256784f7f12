import type { Result } from "../render/result.ts";
import type { commonOptions, OptionName, Values } from "./options.ts";
import type { AngleReader } from "./parse.ts";

/** One command: what its help shows, which options it takes, and what it gives. It neither prints nor formats. */
export interface Command<K extends OptionName = OptionName> {
  /** Command lines that the help page begins with, and what they show; a test runs each. */
  readonly examples: readonly (readonly [line: string, shows: string])[];
  /** One word that must be given, where the command takes one. */
  readonly argument?: { readonly name: string; readonly choices: readonly string[] };
  readonly options: readonly K[];
  readonly run: (
    values: Values<K | (typeof commonOptions)[number]>,
    angles: AngleReader,
    argument: string,
  ) => Result | Promise<Result>;
}

/** A command whose run sees just the options that it takes. */
export const command = <const K extends OptionName>(definition: Command<K>): Command => definition;
