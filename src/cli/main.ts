import { CommanderError } from "commander";
import { ParameterError } from "../core/errors.ts";
import { DataError } from "../data/errors.ts";
import { leaveStandardInput } from "../data/file.ts";
import { formatPhrase } from "../render/number.ts";
import { UsageError } from "./errors.ts";
import { writeToFile, writeToStandardOutput } from "./output.ts";
import { isFile, presentation } from "./presentation.ts";
import { type Invocation, invoke } from "./program.ts";

/** Exit status: done; done and the answer is no; wrong usage or input. */
const YES = 0;
const NO = 1;
const WRONG = 2;

/** Runs the program: the one place that prints and sets the exit status. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const invocation = await invoke(args);
    // Should the program end before all is written, it has gone wrong.
    process.exitCode = WRONG;
    if (typeof invocation !== "string") process.exitCode = await print(invocation, args);
    else {
      await writeToStandardOutput([invocation]);
      process.exitCode = YES;
    }
  } catch (error) {
    process.exitCode = WRONG;
    say(messageOf(error));
  }
  leaveStandardInput();
}

/** Writes the result where it belongs, and what there is to say to standard error. */
async function print(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { output } = invocation.values;
  const { pieces, result, style } = presentation(invocation, args);
  if (isFile(output)) await writeToFile(pieces, output);
  else if (!(await writeToStandardOutput(pieces))) return YES;
  const { warnings, holds } = result.end();
  for (const warning of warnings) say(formatPhrase(warning, style));
  return holds ? YES : NO;
}

/** One line for whatever went wrong. */
function messageOf(error: unknown): string {
  if (error instanceof CommanderError)
    return error.message.replace(/^error: /, "").replace(/\n\(Did you mean ([^\n]*)\?\)$/, ": did you mean $1?");
  if (error instanceof UsageError || error instanceof DataError || error instanceof ParameterError)
    return error.message;
  const place = error instanceof Error ? error.stack?.split("\n", 2).join("") : error;
  return `this is a fault of asoftmax, please report it: ${place}`;
}

function say(text: string): void {
  process.stderr.write(`asoftmax: ${text}\n`);
}
