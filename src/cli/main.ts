import { CommanderError } from "commander";
import { ParameterError } from "../core/errors.ts";
import { DataError, UsageError } from "../data/errors.ts";
import { leaveStandardInput } from "../data/file.ts";
import { isPicture, PICTURE_DIGITS } from "../render/formats.ts";
import { formatMessage, forPeople } from "../render/number.ts";
import { writeToFile, writeToStandardError, writeToStandardOutput } from "./output.ts";
import { isFile, piecesOf, presentation } from "./presentation.ts";
import { type Invocation, invoke } from "./program.ts";

/** Exit status: done; done and the answer is no; wrong usage or input. */
const YES = 0;
const NO = 1;
const WRONG = 2;

/** Runs the program: the one place that prints and sets the exit status. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const invocation = await invoke(args);
    // The status of a program that ends before everything is written.
    process.exitCode = WRONG;
    if (typeof invocation !== "string") process.exitCode = await print(invocation, args);
    else {
      await writeToStandardOutput([invocation]);
      process.exitCode = YES;
    }
  } catch (error) {
    process.exitCode = WRONG;
    await say(messageOf(error));
  }
  leaveStandardInput();
}

/** Writes the result to --output or standard output, and warnings to standard error; returns the exit status. */
async function print(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { output } = invocation.values;
  for (const note of invocation.notes) await say(note);
  const presented = presentation(invocation);
  const { result, format, style } = presented;
  const pieces = piecesOf(invocation, presented, args);
  if (isFile(output)) await writeToFile(pieces, output);
  else if (!(await writeToStandardOutput(pieces))) return YES;
  const { warnings, holds } = result.end();
  const title = isPicture(format) ? result.chart?.title : undefined;
  if (title !== undefined) await say(formatMessage(title, forPeople(style, PICTURE_DIGITS)));
  for (const warning of warnings) await say(formatMessage(warning, style));
  return holds ? YES : NO;
}

/** The one line that an error prints. */
function messageOf(error: unknown): string {
  if (error instanceof CommanderError)
    return error.message.replace(/^error: /, "").replace(/\n\(Did you mean ([^\n]*)\?\)$/, ": did you mean $1?");
  if (error instanceof UsageError || error instanceof DataError || error instanceof ParameterError)
    return error.message;
  const place = error instanceof Error ? error.stack?.split("\n", 2).join("") : error;
  return `this is a bug in asoftmax, please report it: ${place}`;
}

const say = (text: string) => writeToStandardError(`asoftmax: ${text}\n`);
