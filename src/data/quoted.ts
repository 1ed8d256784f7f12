import { CsvError, parse } from "csv-parse/sync";
import type { CellRecord } from "./batch.ts";
import type { Block } from "./blocks.ts";
import { DataError } from "./errors.ts";

/** The records of a block that has quotes, as csv-parse reads it strictly, blank lines left out. Throws DataError for a stray quote. */
export function quotedRecords({ bytes, line }: Block, delimiter: string, file: string): CellRecord[] {
  const records: CellRecord[] = [];
  // csv-parse counts a CRLF inside quotes as two lines.
  let miscounted = 0;
  try {
    parse(bytes.toString("latin1"), {
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
