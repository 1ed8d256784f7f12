import { fromBytes, toBytes } from "../data/bytes.ts";
import { UsageError } from "../data/errors.ts";
import { repeated } from "../data/repeated.ts";
import { suggestion } from "../data/suggestion.ts";
import { formatOf, isParquet, pictures, type Written } from "../render/formats.ts";
import type { NumberStyle } from "../render/number.ts";
import { render, written } from "../render/render.ts";
import type { Result, RowsResult } from "../render/result.ts";
import type { RowWriter } from "../render/rows.ts";
import { commandLine } from "./lines.ts";
import type { Invocation } from "./program.ts";
import { isOnTerminal, screenFor, visiblePieces } from "./terminal.ts";
import { version } from "./version.ts";

/** Is it a file that --output names? */
export const isFile = (output: string | undefined): output is string => output !== undefined && output !== "-";

/** The result in the columns, the format and the style that were asked for. */
export function presentation({ result: whole, values, angles }: Invocation) {
  const { output, precision } = values;
  const standard = !isFile(output) && isOnTerminal() ? "table" : "csv";
  const format = askedFormat(whole, values) ?? standard;
  const style: NumberStyle = { precision, degrees: angles.degrees, given: angles.given };
  return { result: chosenColumns(whole, values), format, style };
}

/** The result as text or bytes, piece by piece; the rows of large files are shared out to threads. */
export function piecesOf(
  { values }: Invocation,
  { result, format, style }: ReturnType<typeof presentation>,
  args: readonly string[],
) {
  const { output, threads } = values;
  async function* shared(rows: RowsResult, writer: RowWriter) {
    const { source } = rows;
    if (source === undefined || threads === 1) return yield* written(rows, writer);
    const { sharedRows } = await import("../rows/threads.ts");
    yield* sharedRows(rows, source, writer, args, threads);
  }
  const pieces = render(
    result,
    format,
    style,
    () => screenFor(values, isFile(output)),
    `Made by asoftmax ${version}: ${commandLine(args)}`,
    shared,
  );
  // A table holds colours, and shows its cells as a terminal may have them already.
  const isRaw = format !== "table" || result.kind === "document";
  return isRaw && !isFile(output) && isOnTerminal() ? visiblePieces(pieces) : pieces;
}

const PICTURE = /\.(svg|html?|vl\.json|png|jpe?g|gif|webp|bmp|tiff?|pdf|e?ps)$/i;
/** Endings of formats that are not written: a file with such a name would be taken for one. */
const UNWRITTEN = /\.(gz|zst|bz2|xz|zip|xlsx?|feather|arrow|npy|npz|h5)$/i;

/** The format that --format or the ending of --output asks for, if one does. */
function askedFormat({ kind, chart, page }: Result, values: Invocation["values"]): Written | undefined {
  const { output = "", format } = values;
  const refused = (why: string) => new UsageError(`--output ${output}${why}`);
  const ending = page ? undefined : PICTURE.exec(output)?.[1]?.toLowerCase();
  if (ending !== undefined) {
    const picture = pictures.find((known) => known === ending);
    if (picture === undefined) throw refused(`: there are no .${ending} pictures: use .svg, .html or .vl.json`);
    if (format !== undefined) throw refused(` is a picture, --format ${format} is not: leave one out`);
    if (chart === undefined) throw refused(": there is no picture of this result: name a file such as rows.csv");
    return picture;
  }
  if (isParquet(output)) {
    if (format !== undefined) throw refused(` is Parquet, --format ${format} is not: leave one out`);
    if (kind !== "rows") throw refused(": Parquet is for rows alone: name a file such as report.csv");
    return "parquet";
  }
  if (kind === "document") return format;
  const [unwritten] = UNWRITTEN.exec(output) ?? [];
  const known = `.csv, .tsv, .json${kind === "rows" ? ", .jsonl or .parquet" : " or .jsonl"}`;
  if (unwritten !== undefined) throw refused(`: ${unwritten} is not written: use ${known}`);
  return format ?? formatOf(output);
}

/** The result with the columns of --columns (as they are without the prefix), each name used once. */
function chosenColumns(result: Result, { columns, prefix = "" }: Invocation["values"]): Result {
  const inputColumns = result.kind === "rows" ? result.inputColumns : 0;
  const names = result.columns.map(({ name }) => name);
  const own = names.slice(inputColumns).map((name) => name.slice(toBytes(prefix).length));
  const placeOf = new Map(own.map((name, place) => [name, place]));
  const twice = columns && repeated(columns);
  if (twice !== undefined) throw new UsageError(`--columns: "${twice}" stands there twice`);
  const unknown = columns?.find((name) => !placeOf.has(name));
  const inputs = new Set(names.slice(0, inputColumns));
  if (unknown !== undefined && inputs.has(toBytes(unknown)))
    throw new UsageError(`--columns: "${unknown}" is a column of the input, all of which stay: name computed ones`);
  if (unknown !== undefined)
    throw new UsageError(`--columns: there is no column "${unknown}"${suggestion(unknown, own)}`);
  const places = columns?.map((name) => placeOf.get(name)!) ?? [...own.keys()];
  const taken = places.map((place) => names[inputColumns + place]!).find((name) => inputs.has(name));
  if (taken !== undefined)
    throw new UsageError(`the input has a column "${fromBytes(taken)}" already: give --prefix, such as --prefix new_`);
  if (columns === undefined) return result;
  const picked = places.map((place) => {
    const { kind, ...column } = result.columns[inputColumns + place]!;
    return { ...column, kind: kind === "data" ? undefined : kind, place };
  });
  return { ...result, columns: [...result.columns.slice(0, inputColumns), ...picked] };
}
