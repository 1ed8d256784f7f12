import type { Command as Commander, CommanderError } from "commander";
import { parseAngle } from "../core/notation.ts";
import { UsageError } from "../data/errors.ts";
import type { Command } from "./command.ts";
import { commands } from "./commands.ts";
import { commandLine } from "./lines.ts";
import { flagOf, type Option, type Options, shortFlags } from "./options.ts";

/** A command line that was not understood. */
interface Typed {
  readonly args: readonly string[];
  /** The option that is not known, or the words that no option takes. */
  readonly word: string;
  readonly more: readonly string[];
  /** The options of its command; undefined where it names none. */
  readonly options: Options | undefined;
}

type Guess = (typed: Typed) => string | undefined | Promise<string | undefined>;

/**
 * By an example of a wrong command line: returns what was probably meant, or undefined
 * where the guess does not apply. The first result counts.
 */
const guesses: Readonly<Record<string, Guess>> = {
  "--json": ({ word }) => /^--(table|csv|tsv|jsonl?)$/.exec(word)?.[1]?.replace(/^/, "--format "),
  async "--m 4 --theta 1.2"({ args, options }) {
    if (options !== undefined) return undefined;
    const typed = args.findIndex((arg) => Object.hasOwn(commands, arg));
    const rest = typed < 0 ? args : args.toSpliced(typed, 1);
    for (const [name, { load }] of Object.entries(commands))
      if ((typed < 0 || name === args[typed]) && takesAll((await load()).default.options, rest))
        return commandLine([name, ...rest]);
    return undefined;
  },
  "psi --theta 45 deg": ({ args, word }) => {
    const at = args.indexOf(word);
    return /^(deg|rad)$/.test(word) && isAngle(`${args[at - 1]}${word}`) && args.length > 2
      ? `${args[at - 2]} ${args[at - 1]}${word}`
      : undefined;
  },
  "psi --theta 1.2 1.3"({ args, word, more, options = {} }) {
    if (isFlag(word) || /[./][a-z]\w*$/i.test(word)) return undefined;
    const at = args.findIndex((one, i) => one === word && optionAt(options, args[i - 2])?.[1].repeatable);
    const behind = more.filter((one, i) => args[at + 1 + i] === one);
    const list = [args[at - 1], word, ...behind].map((one) => one?.replace(/,$/, ""));
    return at < 0 ? undefined : `${args[at - 2]} ${list}, a list has commas`;
  },
  "psi 4 1.2"({ word, more, options = {} }) {
    const words = [word, ...more];
    const names = ["m", "theta", "competing"].filter((name) => Object.hasOwn(options, name));
    // A lone number is no m, where there is anything else that it can be.
    const asked = more.length === 0 && names.length > 1 ? names.slice(1) : names;
    if (!words.every(isAngle) || words.length > asked.length) return undefined;
    return words.map((one, i) => `${flagOf(asked[i]!)} ${one}`).join(" ");
  },
  "measure digits.csv": ({ args, word, more, options = {} }) =>
    options.input &&
    more.length === 0 &&
    /^[^-].*[./]|^-$/.test(word) &&
    !args.some((arg) => /^(-i|--input)\b/.test(arg))
      ? `--input ${word}`
      : undefined,
};

const isFlag = (word: string): boolean => /^--?[a-z]/.test(word);

function isAngle(word: string): boolean {
  try {
    return parseAngle(word, true).radians >= 0;
  } catch {
    return false;
  }
}

/** The name and the option that is typed so; undefined for any other word. */
export const optionAt = (options: Options, flag = ""): [name: string, Option<unknown>] | undefined =>
  Object.entries(options).find(([name]) => flag === flagOf(name) || flag === shortFlags[name]);

/** Are all the options that were typed those of a command? */
const takesAll = (options: Options, args: readonly string[]): boolean =>
  args.filter(isFlag).every((arg) => optionAt(options, arg.split("=")[0]));

/**
 * Commander's error in words of ours, with what was probably meant; sub and
 * definition: the command, where the line names one.
 */
export async function wrongUsage(
  { code, message }: CommanderError,
  args: readonly string[],
  sub?: Commander,
  { argument, options }: Partial<Command> = {},
): Promise<UsageError> {
  if (code === "commander.missingArgument")
    return new UsageError(`the ${argument!.name} is missing: choose from ${argument!.choices.join(", ")}`);
  const isExcess = code === "commander.excessArguments";
  const unknown = /unknown option '([^']*)'/.exec(message) ?? [];
  const [word, ...more] = isExcess ? sub!.args.slice(argument ? 1 : 0) : unknown.slice(1);
  const what = isExcess
    ? `"${[word, ...more].join(" ")}" belongs to no option`
    : message.replace(/^error: |\n.*$/gs, "");
  if (word !== undefined)
    for (const guess of Object.values(guesses)) {
      const meant = await guess({ args, word, more, options });
      if (meant !== undefined) return new UsageError(`${what}: write ${meant}`);
    }
  const [, similar] = /\n\(Did you mean (?:one of )?(.*)\?\)$/.exec(message) ?? [];
  const near =
    similar ??
    Object.keys(options ?? {})
      .map(flagOf)
      .find((flag) => isFlag(word ?? "") && flag.startsWith(word!.replace(/^-(?!-)/, "--")));
  return new UsageError(near === undefined ? what : `${what}: did you mean ${near}?`);
}

/** Where the options are listed that a wrong command line could have. */
export function helpFor([first = "", second = ""]: readonly string[]): string {
  const name = first === "help" ? second : first;
  return `see asoftmax ${Object.hasOwn(commands, name) ? `${name} ` : ""}--help`;
}
