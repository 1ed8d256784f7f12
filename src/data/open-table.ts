import { type Block, type CsvDialect, recordBlocks } from "./blocks.ts";
import { delimitedText } from "./delimited.ts";
import { UsageError } from "./errors.ts";
import { bytesOf, nameOf } from "./file.ts";
import { type FilePart, inputFormats, type OpenTable, passedOn, remaining } from "./table.ts";

type InputFormat = (typeof inputFormats)[number];

export interface TableOptions {
  /** Given, it is taken whatever the ending of the file's name says. */
  readonly inputFormat?: InputFormat;
  readonly delimiter?: string;
  readonly comment?: string;
  readonly decimalComma?: boolean;
  /** Are the rows written to a Parquet file? */
  readonly toParquet?: boolean;
}

/** The format that the ending of a path tells; Parquet within compression cannot be read by position. */
function formatOf(path: string): InputFormat {
  const inner = path.replace(/\.(gz|zst)$/i, "");
  const ending = inner.slice(inner.lastIndexOf(".") + 1).toLowerCase();
  const format = inputFormats.find((name) => name === ending.replace(/^(nd)?json$/, "jsonl")) ?? "csv";
  return format === "parquet" && inner !== path ? "csv" : format;
}

async function* none(): AsyncGenerator<never> {}

/**
 * A file in the format that is given, or that its first bytes or its ending tell. Where the names of its columns are
 * known, the parts are left to another thread, and the format is given.
 */
export async function openTable(path: string, options: TableOptions, known?: readonly string[]): Promise<OpenTable> {
  const { inputFormat } = options;
  const file = nameOf(path);
  let format = inputFormat ?? formatOf(path);
  if (format === "parquet") {
    requireNoDialect(options, file, format);
    if (path === "-") throw new UsageError("--input -: Parquet is read by position, name a file");
    return (await import("./parquet.ts")).parquetTable(path, options.toParquet);
  }
  let bytesRead = 0;
  const counted = passedOn(bytesOf(path), ({ length }) => {
    bytesRead += length;
  });
  let bytes: AsyncIterable<Buffer> = none();
  if (known === undefined) {
    const isText = inputFormat === "csv" || inputFormat === "tsv";
    const text = await (await import("./content.ts")).textOf(counted, file, isText);
    bytes = text.bytes;
    if (text.isJson) format = "jsonl";
  }
  if (format === "jsonl") requireNoDialect(options, file, format);
  const dialect = format === "jsonl" ? undefined : dialectOf(options, format);
  const blocks = recordBlocks(bytes, file, dialect);
  const reader = dialect ? delimitedText(dialect, file) : (await import("./jsonl.ts")).jsonLines(file);
  const { names, rest } = known ? { names: known } : await reader.readHeader(blocks);
  const batches = (part: FilePart) => reader.batches(part as Block, names);
  const { separator } = reader;
  return { format, names, separator, parts: remaining(blocks, rest), batches, bytesRead: () => bytesRead };
}

function requireNoDialect({ delimiter, comment, decimalComma }: TableOptions, file: string, format: InputFormat): void {
  const given = { "--delimiter": delimiter, "--comment": comment, "--decimal-comma": decimalComma };
  for (const [flag, value] of Object.entries(given))
    if (value !== undefined) throw new UsageError(`${flag}: ${file} is ${format}, which has none`);
}

function dialectOf({ delimiter, comment, decimalComma }: TableOptions, format: "csv" | "tsv"): CsvDialect {
  const usual = format === "tsv" ? "\t" : ",";
  const separator = delimiter === undefined ? usual : character("--delimiter", delimiter, ";");
  if (comment !== undefined && character("--comment", comment, "#") === separator)
    throw new UsageError(`--comment: "${comment}" stands between cells: write another, such as '#'`);
  return { separator, comment, decimalComma };
}

function character(flag: string, given: string, example: string): string {
  if (given === "\\t") return "\t";
  if (!/^[^"\r\n\u0080-\uffff]$/.test(given))
    throw new UsageError(
      `${flag}: "${given}" is not one ASCII character (nor a quote): write one such as '${example}'`,
    );
  return given;
}
