import { Command as Commander, CommanderError, Option } from "commander";
import type { Block } from "../data/blocks.ts";
import type { Result } from "../render/result.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./errors.ts";
import { commonOptions, flagOf, type OptionName, type OptionSpec, options, type Values } from "./options.ts";
import { AngleReader, choice } from "./parse.ts";
import { suggestion } from "./suggest.ts";

type Load = () => Promise<{ default: Command }>;
export type Commands = Readonly<Record<string, readonly [group: string, gives: string, load: Load]>>;

/** Every command: its group in the help, what it gives, and where it is. */
const commands: Commands = {
  psi: ["One angle", "k, psi and its slopes, beside cos(m theta) and cos(theta)", () => import("./commands/psi.ts")],
  inverse: ["One angle", "the angle at which psi has a value", () => import("./commands/inverse.ts")],
  margin: [
    "One angle",
    "the three margin conditions against competing angles, and the room left",
    () => import("./commands/margin.ts"),
  ],
  loss: ["One angle", "loss, probability and exact gradients of one sample", () => import("./commands/loss.ts")],
  compare: [
    "One angle",
    "several target functions side by side at given angles",
    () => import("./commands/compare.ts"),
  ],
  plot: ["The function", "target functions over theta, drawn", () => import("./commands/plot.ts")],
  monotonicity: [
    "The function",
    "where a target function falls, rises, is flat or jumps",
    () => import("./commands/monotonicity.ts"),
  ],
  violations: [
    "The function",
    "where cos(m theta_y) > cos(theta_j) holds and m theta_y < theta_j does not",
    () => import("./commands/violations.ts"),
  ],
  boundary: [
    "Training",
    "the decision boundary between two class vectors; the m that lambda leaves",
    () => import("./commands/boundary.ts"),
  ],
  bounds: ["Training", "the paper's Properties 2 and 3 with every term", () => import("./commands/bounds.ts")],
  anneal: ["Training", "the lambda schedule and the effective m along it", () => import("./commands/anneal.ts")],
  descend: [
    "Training",
    "gradient descent on theta_y: where it ends, where it stalls",
    () => import("./commands/descend.ts"),
  ],
  audit: [
    "Your data",
    "a table of your implementation's values against the true ones, and the mistake that explains it",
    () => import("./commands/audit.ts"),
  ],
  claims: ["Training", "every claim about A-Softmax, tested by computation", () => import("./commands/claims.ts")],
  measure: ["Your data", "the margin that a set of embeddings reached", () => import("./commands/measure.ts")],
  sql: ["Elsewhere", "the same formulas as SQL, to run where the data is", () => import("./commands/sql.ts")],
  explore: [
    "Elsewhere",
    "move theta, m and lambda with the keys and watch everything change",
    () => import("./commands/explore.ts"),
  ],
  completion: ["Elsewhere", "shell completion for bash, zsh and fish", () => import("./commands/completion.ts")],
};

/** The word with which the scripts of `completion` ask what can stand where the cursor is. */
export const COMPLETE = "__complete";

/** What was asked for, read and computed. */
export interface Invocation {
  readonly result: Result;
  readonly values: Values<OptionName>;
  readonly angles: AngleReader;
}

/**
 * Runs the command that the arguments name, or gives the text of help or version. In a thread, blocks are its share of the input.
 * Throws UsageError, or commander's own error.
 */
export async function invoke(
  args: readonly string[],
  version: string,
  blocks?: AsyncGenerator<Block>,
): Promise<Invocation | string> {
  if (args[0] === COMPLETE) return (await import("./complete.ts")).complete(args.slice(1), commands);
  const wanted = args[0] === "help" ? args[1] : args[0];
  if (wanted !== undefined && !wanted.startsWith("-") && !Object.hasOwn(commands, wanted))
    throw new UsageError(`there is no command "${wanted}"${suggestion(wanted, Object.keys(commands))}`);
  let invocation: Invocation | undefined;
  let text = "";
  const program = new Commander("asoftmax")
    .description("Explore, check and measure the angular margin of A-Softmax (SphereFace).")
    .version(version, "-V, --version")
    .exitOverride()
    .configureOutput({
      writeOut: (piece) => {
        text += piece;
      },
      writeErr: () => {},
    })
    .addHelpText("beforeAll", "")
    .helpCommand("help [command]", "the help page of a command");
  for (const [name, [group, gives, load]] of Object.entries(commands)) {
    const sub = program.command(name).description(gives).helpGroup(`${group}:`);
    if (name !== wanted) continue;
    const { default: definition } = await load();
    configure(sub, definition, async (values, angles, argument) => {
      const given = blocks === undefined ? values : { ...values, blocks };
      invocation = { result: await definition.run(given, angles, argument), values, angles };
    });
  }
  program.addHelpText("before", `Examples:\n${exampleLines(PROGRAM_EXAMPLES)}\n`);
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
  return invocation ?? text;
}

const PROGRAM_EXAMPLES = [
  ["asoftmax psi --m 4 --theta 1.2", "psi and its slopes at one angle"],
  ["asoftmax margin --m 4 --theta 1.2 --competing 1.5", "which conditions hold, and why"],
  ["asoftmax plot --functions asoftmax:m=4,naive:m=4", "psi beside the plain cosine"],
] as const;

const exampleLines = (examples: readonly (readonly [string, string])[]) => {
  const width = Math.max(...examples.map(([line]) => line.length));
  return examples.map(([line, shows]) => `  ${line.padEnd(width)}  # ${shows}`).join("\n");
};

function configure(
  sub: Commander,
  definition: Command,
  run: (values: Values<OptionName>, angles: AngleReader, argument: string) => Promise<void>,
): void {
  const names: readonly OptionName[] = [...definition.options, ...commonOptions];
  sub.addHelpText("before", `Examples:\n${exampleLines(definition.examples)}\n`);
  sub.allowExcessArguments(false).exitOverride();
  const read = new Map<OptionName, unknown>();
  for (const name of names) {
    const spec: OptionSpec<unknown> = options[name];
    const option = new Option(spec.flags, spec.help);
    if (spec.repeatable)
      option.argParser((text, before?: string) => (before === undefined ? text : `${before},${text}`));
    sub.addOption(option);
  }
  const { argument } = definition;
  if (argument !== undefined) sub.argument(`<${argument.name}>`, argument.choices.join(", "));
  sub.action(async () => {
    const word = argument === undefined ? "" : choice(argument.choices)(sub.args[0]!, new AngleReader(false));
    const angles = new AngleReader(sub.getOptionValue("degrees") === true);
    for (const name of names) {
      const spec: OptionSpec<unknown> = options[name];
      const given = givenValue(sub, spec.flags);
      if (given !== undefined) read.set(name, spec.parse === undefined ? given : parsed(spec, String(given), angles));
    }
    await run(Object.fromEntries(read) as Values<OptionName>, angles, word);
  });
}

/** What was given for an option. Commander keeps --no-color as color: false. */
function givenValue(sub: Commander, flags: string): unknown {
  const option = new Option(flags);
  const value: unknown =
    sub.getOptionValueSource(option.attributeName()) === "cli" ? sub.getOptionValue(option.attributeName()) : undefined;
  if (option.negate) return value === false ? true : undefined;
  return value === false ? undefined : value;
}

function parsed(spec: OptionSpec<unknown>, text: string, angles: AngleReader): unknown {
  try {
    return spec.parse!(text, angles);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`${flagOf(spec)}: ${error.message}`);
  }
}
