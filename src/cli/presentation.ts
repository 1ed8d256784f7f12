import { fromBytes, toBytes } from "../data/bytes.ts";
import { DataError } from "../data/errors.ts";
import type { NumberStyle } from "../render/number.ts";
import { type Picture, pictures, render } from "../render/render.ts";
import { pickColumns, type Result } from "../render/result.ts";
import { UsageError } from "./errors.ts";
import type { FileResult } from "./file-rows.ts";
import type { Invocation } from "./program.ts";
import { repeated } from "./repeated.ts";
import { suggestion } from "./suggest.ts";
import { isOnTerminal, screenFor } from "./terminal.ts";
import { version } from "./version.ts";

/** Is it a file that --output names? */
export const isFile = (output: string | undefined): output is string => output !== undefined && output !== "-";

/** The result in the columns, the format and the style that were asked for. With args, large files are shared out to threads. */
export function presentation({ result: whole, values, angles }: Invocation, args?: readonly string[]) {
  const { output, precision, threads } = values;
  const standard = !isFile(output) && isOnTerminal() ? "table" : "csv";
  const format = pictureOf(whole, values) ?? values.format ?? standard;
  const style: NumberStyle = { precision, degrees: angles.degrees, given: angles.given };
  const result = chosenColumns(whole, values);
  const rendered = (part: Result) => render(part, format, style, () => screenFor(values, isFile(output)), madeBy(args));
  if (args === undefined) return { result, style, pieces: rendered(result) };
  const { shared, add } = (whole as Partial<FileResult>).file ?? {};
  async function* pieces() {
    if (shared === undefined || threads === 1 || (format !== "csv" && format !== "tsv")) return yield* rendered(result);
    const { sharedRows } = await import("./threads.ts");
    const first = rendered(chosenColumns({ ...whole, blocks: shared.firstBlocks() }, values));
    yield* sharedRows(first, shared, add!, args!, threads);
  }
  return { result, style, pieces: withWritten(pieces()) };
}

/** The version, and the command line as a shell reads it. */
function madeBy(args: readonly string[] = []): string {
  const quoted = args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`));
  return `Made by asoftmax ${version}: ${["asoftmax", ...quoted].join(" ")}`;
}

const PICTURE = /\.(svg|html?|vl\.json|png|jpe?g|gif|webp|bmp|tiff?|pdf|e?ps)$/i;

/** The kind of picture that the ending of --output asks for, if it is one of a picture. */
function pictureOf({ chart }: Result, { output = "", format }: Invocation["values"]): Picture | undefined {
  const ending = PICTURE.exec(output)?.[1]?.toLowerCase();
  if (ending === undefined) return undefined;
  const picture = pictures.find((known) => known === ending);
  if (picture === undefined)
    throw new UsageError(`--output ${output}: there are no .${ending} pictures: use .svg, .html or .vl.json`);
  if (format !== undefined)
    throw new UsageError(`--output ${output} is a picture, --format ${format} is not: leave one out`);
  if (chart === undefined)
    throw new UsageError(`--output ${output}: there is no picture of this result: name a file such as rows.csv`);
  return picture;
}

/** The pieces, and where a bad row stops them the rows before it. */
async function* withWritten(pieces: AsyncGenerator<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    if (error instanceof DataError && error.written !== undefined) yield error.written;
    throw error;
  }
}

/** The result with the columns of --columns (as they are without the prefix), each name used once. */
function chosenColumns(result: Result, { columns, prefix = "" }: Invocation["values"]): Result {
  const { inputColumns = 0 } = result;
  const names = result.columns.map(({ name }) => name);
  const own = names.slice(inputColumns).map((name) => name.slice(toBytes(prefix).length));
  const twice = columns && repeated(columns);
  if (twice !== undefined) throw new UsageError(`--columns: "${twice}" stands there twice`);
  const unknown = columns?.find((name) => !own.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--columns: there is no column "${unknown}"${suggestion(unknown, own)}`);
  const places = columns?.map((name) => own.indexOf(name)) ?? [...own.keys()];
  const inInput = new Set(names.slice(0, inputColumns));
  const taken = places.map((place) => names[inputColumns + place]!).find((name) => inInput.has(name));
  if (taken !== undefined)
    throw new UsageError(`the input has a column "${fromBytes(taken)}" already: give --prefix, such as --prefix new_`);
  return columns === undefined ? result : pickColumns(result, places);
}
