import { Command as Commander, CommanderError, Option } from "commander";
import { tried, UsageError } from "../data/errors.ts";
import { suggestion } from "../data/suggestion.ts";
import type { Result } from "../render/result.ts";
import { isColumn } from "../rows/computation.ts";
import { COMPLETE, type Command } from "./command.ts";
import { commands, pages } from "./commands.ts";
import { optionAt, wrongUsage } from "./guesses.ts";
import { item, items, wordWrapped } from "./lines.ts";
import { flagOf, type OptionName, shortFlags, type Values } from "./options.ts";
import { say } from "./output.ts";
import { AngleReader, choice } from "./parse.ts";
import { isFed, isOnTerminal, STANDARD_WIDTH, terminalWidth } from "./terminal.ts";
import { version } from "./version.ts";

/** The result of a command line and the values of its options. */
export interface Invocation {
  readonly result: Result;
  readonly values: Values<OptionName>;
  readonly angles: AngleReader;
}

const EXAMPLES = [
  ["asoftmax psi --m 4 --theta 1.2", "psi at one angle"],
  ["asoftmax margin --m 4 --theta 1.2 --competing 1.5", "which conditions hold"],
  ["asoftmax plot --functions asoftmax:m=4,naive:m=4", "psi beside cos(4 theta)"],
] as const;

/**
 * Runs the command that the arguments name, or gives the text of help or version. names, in a thread: the column names
 * of the input. Throws UsageError, or commander's own error.
 */
export async function invoke(args: readonly string[], names?: readonly string[]): Promise<Invocation | string> {
  if (args[0] === COMPLETE) return (await import("./complete.ts")).complete(args.slice(1));
  const isHelp = args[0] === "help";
  const wanted = isHelp ? args[1] : args[0];
  if (isHelp && isPage(wanted)) return (await import("./pages.ts")).pageTexts[wanted](args[2], terminalWidth(1));
  const isKnown = wanted !== undefined && Object.hasOwn(commands, wanted);
  if (wanted !== undefined && !wanted.startsWith("-") && !isKnown)
    throw new UsageError(
      `there is no command "${wanted}"${suggestion(wanted, Object.keys(isHelp ? { ...commands, ...pages } : commands))}`,
    );
  let text = "";
  const width = () => terminalWidth(1) ?? STANDARD_WIDTH;
  const program = new Commander("asoftmax")
    .description("Explore, check and measure the angular margin of A-Softmax (SphereFace).")
    .version(version, "-V, --version")
    .exitOverride()
    .configureOutput({
      writeOut: (piece) => {
        text += piece;
      },
      writeErr: () => {},
      getOutHelpWidth: width,
    })
    .configureHelp({
      minWidthToWrap: 1,
      formatItem: (term, termWidth, text) => item(term, text, termWidth + 4, width()),
    })
    .helpCommand("help [command]", `the help page of a command, or of ${Object.keys(pages).join(", or of ")}`)
    .addHelpText("before", () => exampleLines(EXAMPLES, width()));
  // A known command needs itself only; the help of the program lists all.
  const [sub] = (isKnown ? [wanted] : Object.keys(commands)).map((name) => {
    const { group, gives } = commands[name]!;
    return program.command(name).description(gives).helpGroup(`${group}:`);
  });
  const definition = isKnown ? (await commands[wanted]!.load()).default : undefined;
  let typed = args[0] === "-v" ? ["--version"] : args;
  let invocation: Invocation | undefined;
  if (definition !== undefined)
    configure(sub!, definition, args, width).action(async () => {
      invocation = await runCommand(definition, sub!, names);
    });
  if (definition?.runsExample && args.length === 1 && isOnTerminal()) {
    const [line] = definition.examples[0]!;
    await say(`without options this is ${line}`);
    typed = line.split(" ").slice(1);
  }
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(typed, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw await wrongUsage(error, args, sub, definition);
  }
  return invocation ?? text;
}

const isPage = (name: string | undefined): name is keyof typeof pages =>
  name !== undefined && Object.hasOwn(pages, name);

function exampleLines(examples: Command["examples"], width: number): string {
  const broken = (line: string) => wordWrapped(line, width - 4).join(" \\\n      ");
  const rows = examples.map(([line, shows]) => [broken(line), `# ${shows}`] as const);
  return `Examples:\n${items(rows, width)}`;
}

/** Tells commander the options and the argument of a command. Texts are parsed later: angles need --degrees. */
function configure(sub: Commander, definition: Command, args: readonly string[], width: () => number): Commander {
  const { examples, options, argument } = definition;
  for (const [name, { value, help }] of Object.entries(options)) {
    const flags = [shortFlags[name] ?? [], flagOf(name)].flat().join(", ");
    const option = new Option(value === undefined ? flags : `${flags} <${value}>`, help);
    if (value !== undefined)
      option.argParser((text, before: readonly string[] = []) => {
        if (optionAt(options, text) && !args.some((arg) => arg.endsWith(`=${text}`)))
          throw new UsageError(`option '${option.flags}' argument missing: ${text} stands in its place`);
        return [...before, text];
      });
    sub.addOption(option);
  }
  if (argument !== undefined) sub.argument(`<${argument.name}>`, argument.choices.join(", "));
  return sub
    .addHelpText("before", () => exampleLines(examples, width()))
    .allowExcessArguments(false)
    .exitOverride();
}

async function runCommand(definition: Command, sub: Commander, names: readonly string[] | undefined) {
  const { options, argument } = definition;
  const word = argument === undefined ? "" : choice(argument.choices)(sub.args[0]!);
  // Commander keeps --no-color as color: false.
  const given: Readonly<Record<string, unknown>> = sub.opts();
  const angles = new AngleReader(given.degrees === true);
  const values = { ...given };
  // In a thread it has been said already.
  const note = (text: string) => (names === undefined ? say(text) : undefined);
  for (const [name, { parse, repeatable }] of Object.entries(options)) {
    if (given[name] === undefined || parse === undefined) continue;
    const texts = given[name] as readonly string[];
    const last = texts.at(-1)!;
    const differs = !repeatable && texts.some((text) => text !== last);
    if (differs) await note(`${flagOf(name)} is given more than once: the last, ${last}, counts`);
    const advice =
      name === "m" && given.functions ? ": of another function m is written with it, as arcface:m=0.5" : "";
    const counting = repeatable ? texts : [last];
    values[name] = tried(
      () => joined(counting.map((text) => parse(text, angles))),
      (error) => (error instanceof Error ? new UsageError(`${flagOf(name)}: ${error.message}${advice}`) : error),
    );
  }
  if (given.input === undefined && "input" in options && !SOURCES.some((name) => name in given) && isFed())
    await note("standard input is not read: give --input -");
  if (values.input === "-" && isOnTerminal(0)) await note("reading from the terminal, end with Ctrl-D");
  const result = await definition.run(values, { angles, argument: word, names });
  return { result, values, angles };
}

/**
 * The options that replace input from a file: without all of them, data on
 * standard input was probably meant to be read.
 */
const SOURCES = ["theta", "points", "psi", "value", "loss", "competing", "features", "samples", "classSums"];

/** The lists of an option that is given several times, one after the other. */
function joined(values: readonly unknown[]): unknown {
  if (values.length === 1) return values[0];
  if (values.some(isColumn))
    throw new UsageError("a @column stands alone: give the option once, with nothing beside it");
  return values.flat();
}
