import { formatCell, type NumberStyle } from "./number.ts";
import type { Result } from "./result.ts";

/**
 * CSV (RFC 4180) or TSV, a block at a time: a header, LF line ends, quotes only where they are needed.
 * A row of one empty cell is written "" since readers pass over a blank line.
 */
export async function* delimited(result: Result, style: NumberStyle, delimiter: string): AsyncGenerator<string> {
  const quote = quoter(delimiter);
  // The header goes out with the first rows: what is wrong with those leaves nothing written.
  let header = `${result.columns.map(({ name }) => quote(name)).join(delimiter)}\n`;
  for await (const block of result.blocks) {
    let text = header;
    header = "";
    for (const row of block) {
      for (let i = 0; i < row.length; i++) {
        if (i > 0) text += delimiter;
        const cell = row[i]!;
        text += typeof cell === "string" ? quote(cell) : quote(formatCell(cell, result.columns[i]!, style));
      }
      text += row.length === 1 && row[0] === null ? '""\n' : "\n";
    }
    yield text;
  }
}

/** Quotes a field that holds the delimiter, a quote or a line end. */
export function quoter(delimiter: string): (field: string) => string {
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, "\\$&")}]`);
  return (field) => (special.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
}
