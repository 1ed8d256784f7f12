import { CsvError, parse } from "csv-parse/sync";
import type { Block } from "./blocks.ts";
import { DataError } from "./errors.ts";

/** One record: its cells as text, one character a byte, and its line in the file. */
export interface RawRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/**
 * The records of a block, blank lines left out. Without a quote character a record is a line split at the delimiter;
 * with one csv-parse reads the block, strictly. Throws DataError for a stray quote.
 */
export function recordsOf(block: Block, delimiter: string, file: string): RawRecord[] {
  return block.text.includes('"') ? quotedRecords(block, delimiter, file) : plainRecords(block, delimiter);
}

const LINE_END = /\r\n|\n|\r/;

function plainRecords({ text, line }: Block, delimiter: string): RawRecord[] {
  const lines = text.includes("\r") ? text.split(LINE_END) : text.split("\n");
  const records: RawRecord[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] !== "") records.push({ cells: lines[i]!.split(delimiter), line: line + i });
  }
  return records;
}

function quotedRecords({ text, line }: Block, delimiter: string, file: string): RawRecord[] {
  try {
    const parsed = parse(text, {
      delimiter,
      info: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return parsed.map(({ record, info }) => ({ cells: record, line: line + info.lines - 1 - linesInside(record) }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const at = typeof error.lines === "number" ? line + error.lines - 1 : line;
    throw new DataError(
      `${file} line ${at}: a quote stands where none may: quote the whole cell and write quotes inside it twice`,
    );
  }
}

const linesInside = (record: readonly string[]) =>
  record.reduce((count, cell) => count + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
