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
  const records: RawRecord[] = [];
  // csv-parse counts a CRLF inside quotes as two lines.
  let miscounted = 0;
  try {
    parse(text, {
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells, { lines }) => {
        miscounted += countIn(cells, /\r\n/g);
        records.push({ cells, line: line + lines - 1 - miscounted - countIn(cells, /\r\n|\n|\r/g) });
        return null;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const at = typeof error.lines === "number" ? line + error.lines - 1 - miscounted : line;
    throw new DataError(
      `${file} line ${at}: a quote stands where none may: quote the whole cell and write quotes inside it twice`,
    );
  }
}

const countIn = (cells: readonly string[], pattern: RegExp) =>
  cells.reduce((count, cell) => count + (cell.match(pattern)?.length ?? 0), 0);
