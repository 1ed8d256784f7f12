import { Command as Commander, CommanderError, Option } from "commander";
import { UsageError } from "../data/errors.ts";
import { suggestion } from "../data/suggestion.ts";
import type { Result } from "../render/result.ts";
import type { Command } from "./command.ts";
import { COMPLETE, commands } from "./commands.ts";
import { flagOf, type OptionName, type Values } from "./options.ts";
import { AngleReader, choice } from "./parse.ts";
import { version } from "./version.ts";

/** What was asked for, read and computed. */
export interface Invocation {
  readonly result: Result;
  readonly values: Values<OptionName>;
  readonly angles: AngleReader;
}

const EXAMPLES = [
  ["asoftmax psi --m 4 --theta 1.2", "psi and its slopes at one angle"],
  ["asoftmax margin --m 4 --theta 1.2 --competing 1.5", "which conditions hold, and why"],
  ["asoftmax plot --functions asoftmax:m=4,naive:m=4", "psi beside the plain cosine"],
] as const;

/**
 * Runs the command that the arguments name, or gives the text of help or version. In a thread, names are those of the columns of the input, whose parts
 * it will be sent.
 * Throws UsageError, or commander's own error.
 */
export async function invoke(args: readonly string[], names?: readonly string[]): Promise<Invocation | string> {
  if (args[0] === COMPLETE) return (await import("./complete.ts")).complete(args.slice(1));
  if (args[0] === "help" && args[1] === "columns") return (await import("./columns.ts")).columnsPage(args[2]);
  const wanted = args[0] === "help" ? args[1] : args[0];
  const isKnown = wanted !== undefined && Object.hasOwn(commands, wanted);
  if (wanted !== undefined && !wanted.startsWith("-") && !isKnown)
    throw new UsageError(`there is no command "${wanted}"${suggestion(wanted, Object.keys(commands))}`);
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
  for (const [name, [group, gives, load]] of Object.entries(commands)) {
    // All of them are only for the program's own help.
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

/** Tells commander which options and which word a command takes. Their texts are read once all of them are known. */
function configure(sub: Commander, { examples, options, argument }: Command): Commander {
  for (const [name, { value, help, repeatable }] of Object.entries(options)) {
    const option = new Option(value === undefined ? flagOf(name) : `${flagOf(name)} <${value}>`, help);
    if (repeatable) option.argParser((text, before?: string) => (before === undefined ? text : `${before},${text}`));
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
  for (const [name, { parse }] of Object.entries(options)) {
    if (given[name] === undefined) continue;
    values[name] = parse === undefined ? given[name] : named(name, () => parse(String(given[name]), angles));
  }
  const result = await definition.run(values, angles, word, names);
  return { result, values, angles };
}

/** What is read for an option; an error says which. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`${flagOf(name)}: ${error.message}`);
  }
}
