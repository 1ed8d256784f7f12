import { Command as Commander, CommanderError, Option } from "commander";
import { UsageError } from "../data/errors.ts";
import { suggestion } from "../data/suggestion.ts";
import type { Result } from "../render/result.ts";
import { isColumn } from "../rows/computation.ts";
import { COMPLETE, type Command } from "./command.ts";
import { commands } from "./commands.ts";
import { flagOf, type OptionName, type Values } from "./options.ts";
import { AngleReader, choice } from "./parse.ts";
import { isOnTerminal } from "./terminal.ts";
import { version } from "./version.ts";

/** The result of a command line and the values of its options. */
export interface Invocation {
  readonly result: Result;
  readonly values: Values<OptionName>;
  readonly angles: AngleReader;
  /** What there is to say of the options, beside the warnings of the result. */
  readonly notes: readonly string[];
}

const EXAMPLES = [
  ["asoftmax psi --m 4 --theta 1.2", "psi and its slopes at one angle"],
  ["asoftmax margin --m 4 --theta 1.2 --competing 1.5", "which conditions hold, and why"],
  ["asoftmax plot --functions asoftmax:m=4,naive:m=4", "psi beside the plain cosine"],
] as const;

/**
 * Runs the command that the arguments name, or gives the text of help or version. names, in a thread: the column names of the input.
 * Throws UsageError, or commander's own error.
 */
export async function invoke(args: readonly string[], names?: readonly string[]): Promise<Invocation | string> {
  if (args[0] === COMPLETE) return (await import("./complete.ts")).complete(args.slice(1));
  if (args[0] === "help" && args[1] === "columns")
    return (await import("./columns.ts")).columnsPage(
      args[2],
      isOnTerminal() ? process.stdout.columns || 80 : undefined,
    );
  const wanted = args[0] === "help" ? args[1] : args[0];
  const pages = args[0] === "help" ? ["columns"] : [];
  const isKnown = wanted !== undefined && Object.hasOwn(commands, wanted);
  if (wanted !== undefined && !wanted.startsWith("-") && !isKnown)
    throw new UsageError(`there is no command "${wanted}"${suggestion(wanted, [...Object.keys(commands), ...pages])}`);
  let text = "";
  let run: (() => Promise<Invocation>) | undefined;
  const writeOut = (piece: string) => {
    text += piece;
  };
  const program = new Commander("asoftmax")
    .description("Explore, check and measure the angular margin of A-Softmax (SphereFace).")
    .version(version, "-V, --version")
    .exitOverride()
    .configureOutput({ writeOut, writeErr: () => {} })
    .helpCommand("help [command]", "the help page of a command; columns [command]: what output columns mean")
    .addHelpText("before", exampleLines(EXAMPLES));
  for (const [name, { group, gives, load }] of Object.entries(commands)) {
    // A known command needs itself only; the help of the program lists all.
    if (isKnown && name !== wanted) continue;
    const sub = program.command(name).description(gives).helpGroup(`${group}:`);
    if (!isKnown) continue;
    const { default: definition } = await load();
    configure(sub, definition).action(() => {
      run = () => runCommand(definition, sub, names);
    });
  }
  try {
    if (args.length === 0) program.outputHelp();
    else program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
  return run?.() ?? text;
}

function exampleLines(examples: Command["examples"]): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, shows]) => `  ${line.padEnd(width)}  # ${shows}\n`);
  return `Examples:\n${lines.join("")}`;
}

/** Tells commander the options and the argument of a command. Texts are parsed later: angles need --degrees. */
function configure(sub: Commander, { examples, options, argument }: Command): Commander {
  for (const [name, { value, help }] of Object.entries(options)) {
    const option = new Option(value === undefined ? flagOf(name) : `${flagOf(name)} <${value}>`, help);
    if (value !== undefined) option.argParser((text, before: readonly string[] = []) => [...before, text]);
    sub.addOption(option);
  }
  if (argument !== undefined) sub.argument(`<${argument.name}>`, argument.choices.join(", "));
  return sub.addHelpText("before", exampleLines(examples)).allowExcessArguments(false).exitOverride();
}

async function runCommand(definition: Command, sub: Commander, names: readonly string[] | undefined) {
  const { options, argument } = definition;
  const word = argument === undefined ? "" : choice(argument.choices)(sub.args[0]!);
  // Commander keeps --no-color as color: false.
  const given: Readonly<Record<string, unknown>> = sub.opts();
  const angles = new AngleReader(given.degrees === true);
  const values: Record<string, unknown> = {};
  const notes: string[] = [];
  for (const [name, { parse, repeatable }] of Object.entries(options)) {
    if (given[name] === undefined) continue;
    if (parse === undefined) {
      values[name] = given[name];
      continue;
    }
    const texts = given[name] as readonly string[];
    const last = texts.at(-1)!;
    const differs = !repeatable && texts.some((text) => text !== last);
    if (differs) notes.push(`${flagOf(name)} is given more than once: the last, ${last}, counts`);
    const counting = repeatable ? texts : [last];
    values[name] = withFlag(name, () => joined(counting.map((text) => parse(text, angles))));
  }
  const result = await definition.run(values, { angles, argument: word, names });
  return { result, values, angles, notes };
}

/** The lists of an option that is given several times, one after the other. */
function joined(values: readonly unknown[]): unknown {
  if (values.length === 1) return values[0];
  if (values.some(isColumn))
    throw new UsageError("a @column stands alone: give the option once, with nothing beside it");
  return values.flat();
}

/** Reads an option; an error names its flag. */
function withFlag<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`${flagOf(name)}: ${error.message}`);
  }
}
