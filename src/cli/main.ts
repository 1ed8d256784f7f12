import { ParameterError } from "../core/errors.ts";
import { DataError, UsageError } from "../data/errors.ts";
import { leaveStandardInput } from "../data/file.ts";
import { isPicture, PICTURE_DIGITS } from "../render/formats.ts";
import { formatMessage, forPeople } from "../render/number.ts";
import { helpFor } from "./guesses.ts";
import { say, writeToFile, writeToStandardOutput } from "./output.ts";
import { isFile, piecesOf, presentation } from "./presentation.ts";
import { type Invocation, invoke } from "./program.ts";

/** Exit status: done; done and the answer is no; wrong usage or input. */
const YES = 0;
const NO = 1;
const WRONG = 2;

/**
 * Seconds of work in which no code is compiled in the background: on a busy
 * machine it was, in 0.06 (see collectGarbage).
 */
const SHORT = 0.02;

/**
 * Runs the program: the one place that prints and sets the exit status. beforeEnd is called when everything is written,
 * before a flag of V8 is changed: what it compiled is kept then.
 */
export async function main(args: readonly string[], beforeEnd = () => {}): Promise<void> {
  const start = process.uptime();
  // Node's event loop never runs out of what it waits for: where only WebAssembly is being compiled, Node
  // would run what comes after that in the middle of its wait for the compiler's threads, and wait for
  // ever where one of those asks for a collection of garbage.
  const timer = setInterval(() => {}, 2 ** 30);
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
    await say(messageOf(error, args));
  } finally {
    clearInterval(timer);
  }
  leaveStandardInput();
  beforeEnd();
  if (process.uptime() - start > SHORT) (await import("../rows/ending.ts")).collectGarbage();
}

/** Writes the result to --output or standard output, and warnings to standard error; returns the exit status. */
async function print(invocation: Invocation, args: readonly string[]): Promise<number> {
  const { output } = invocation.values;
  const presented = presentation(invocation);
  const { result, format, style } = presented;
  const pieces = piecesOf(invocation, presented, args);
  if (isFile(output)) await writeToFile(pieces, output);
  else if (!(await writeToStandardOutput(pieces))) return YES;
  const { warnings, holds } = result.end();
  const title = isPicture(format) ? result.chart?.title : undefined;
  if (title !== undefined) await say(formatMessage(title, forPeople(style, PICTURE_DIGITS)));
  for (const warning of warnings) await say(formatMessage(warning, forPeople(style, PICTURE_DIGITS)));
  return holds ? YES : NO;
}

/** The one line that an error prints. */
function messageOf(error: unknown, args: readonly string[]): string {
  if (error instanceof DataError) return error.message;
  if (error instanceof UsageError || error instanceof ParameterError) return `${error.message} (${helpFor(args)})`;
  const limit = limits.find(([words]) => words.test(String(error)));
  if (limit !== undefined) return limit[1];
  const place = error instanceof Error ? error.stack?.split("\n", 2).join("") : error;
  return `this is a bug in asoftmax, please report it: ${place}`;
}

/** Errors of the system: the words by which they are recognized, and the message. */
const limits: readonly (readonly [RegExp, string])[] = [
  [/\bE[MN]FILE\b/, "there are too few file handles: raise their limit (ulimit -n), or give --threads 1"],
  [
    /allocation failed|out of memory|memory size/i,
    "there is too little memory: give fewer --threads, or a smaller file",
  ],
  [
    /WebAssembly|wasm/i,
    "files are read by WebAssembly with SIMD, which this Node lacks: run another, without --jitless",
  ],
];
