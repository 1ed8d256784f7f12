import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { ParameterError } from "../core/errors.ts";
import { DataError } from "../data/errors.ts";
import { formatPhrase, type NumberStyle } from "../render/number.ts";
import { type Picture, pictures, render } from "../render/render.ts";
import { pickColumns, type Result } from "../render/result.ts";
import { UsageError } from "./errors.ts";
import { writeToFile, writeToStandardOutput } from "./output.ts";
import { type Invocation, invoke } from "./program.ts";
import { suggestion } from "./suggest.ts";
import { screenFor } from "./terminal.ts";

/** Exit status: done; done and the answer is no; wrong usage or input. */
const YES = 0;
const NO = 1;
const WRONG = 2;

/** Runs the program: the one place that prints and sets the exit status. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    const invocation = await invoke(args, version);
    process.exitCode = invocation === undefined ? YES : await print(invocation);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Writes the result where it belongs, and what there is to say to standard error. */
async function print({ result, values, angles }: Invocation): Promise<number> {
  const { output, precision } = values;
  const toFile = output !== undefined && output !== "-";
  const format = pictureOf(result, values) ?? values.format ?? (process.stdout.isTTY && !toFile ? "table" : "csv");
  const style: NumberStyle = { precision, degrees: angles.degrees, given: angles.given };
  const pieces = render(chosenColumns(result, values), format, style, () => screenFor(values, toFile));
  const encoding = format === "csv" || format === "tsv" ? "latin1" : "utf8";
  if (toFile) await writeToFile(pieces, encoding, output);
  else if (!(await writeToStandardOutput(pieces, encoding))) return YES;
  const { warnings, holds } = result.end();
  for (const warning of warnings) say(formatPhrase(warning, style));
  return holds ? YES : NO;
}

const PICTURE = /\.(svg|html?|vl\.json|png|jpe?g|gif|webp|bmp|tiff?|pdf|e?ps)$/i;

/** The kind of picture that the ending of --output asks for, if it is one of a picture. */
function pictureOf({ chart }: Result, { output = "", format }: Invocation["values"]): Picture | undefined {
  const ending = PICTURE.exec(output)?.[1]?.toLowerCase();
  if (ending === undefined) return undefined;
  const picture = pictures.find((known) => known === ending);
  if (picture === undefined)
    throw new UsageError(`--output: no picture ends in .${ending}: use .${pictures.join(", .")}`);
  if (format !== undefined)
    throw new UsageError(`--format ${format} makes no .${picture}: leave it out, or name another --output`);
  if (chart === undefined)
    throw new UsageError(`--output ${output}: there is no picture of this: name a file such as rows.csv`);
  return picture;
}

/** The result with the columns of --columns, each name used once. */
function chosenColumns(result: Result, { columns, prefix = "" }: Invocation["values"]): Result {
  const { inputColumns = 0 } = result;
  const names = result.columns.map(({ name }) => name);
  const own = names.slice(inputColumns);
  const places = columns?.map((name) => {
    const place = own.indexOf(prefix + name);
    if (place < 0) throw new UsageError(`--columns: there is no column "${name}"${suggestion(name, own)}`);
    return inputColumns + place;
  });
  const picked = places === undefined ? result : pickColumns(result, [...Array(inputColumns).keys(), ...places]);
  const taken = picked.columns.slice(inputColumns).find(({ name }) => names.slice(0, inputColumns).includes(name));
  if (taken !== undefined)
    throw new UsageError(`the input has a column "${taken.name}" already: give --prefix, such as --prefix new_`);
  return picked;
}

/** One line for whatever went wrong, and the status it gives. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return YES;
    say(error.message.replace(/^error: /, "").replace(/\n\(Did you mean (.*)\?\)/s, ": did you mean $1?"));
  } else if (error instanceof UsageError || error instanceof DataError || error instanceof ParameterError) {
    say(error.message);
  } else {
    say(
      `this is a fault of asoftmax, please report it: ${error instanceof Error ? error.stack?.split("\n", 2).join("") : error}`,
    );
  }
  return WRONG;
}

function say(text: string): void {
  process.stderr.write(`asoftmax: ${text}\n`);
}
