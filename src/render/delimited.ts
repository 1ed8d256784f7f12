import { ByteWriter, quoter } from "../data/bytes.ts";
import { formatCell, type NumberStyle } from "./number.ts";
import type { Cell, Column, Result } from "./result.ts";

/**
 * CSV (RFC 4180) or TSV, a block at a time: a header, LF line ends, quotes only where they are needed.
 * A row of one empty cell is written "" since readers pass over a blank line.
 */
export async function* delimited(result: Result, style: NumberStyle, delimiter: string): AsyncGenerator<Uint8Array> {
  const quote = quoter(delimiter);
  const { columns, inputColumns = 0 } = result;
  const own = columns.slice(inputColumns);
  const out = new ByteWriter();
  const write = (cell: Cell, column: Column) => {
    const isAngle = column.kind === "angle" && style.degrees;
    if (typeof cell === "number" && style.precision === undefined && !isAngle) out.number(cell);
    else out.text(quote(formatCell(cell, column, style)));
  };
  // The header goes out with the first rows: what is wrong with those leaves nothing written.
  out.text(`${columns.map(({ name }) => quote(name)).join(delimiter)}\n`);
  for await (const block of result.blocks) {
    block((row, record) => {
      record?.writeTo(out, delimiter);
      for (let i = 0; i < row.length; i++) {
        if (i > 0 || record !== undefined) out.text(delimiter);
        write(row[i]!, own[i]!);
      }
      out.text(columns.length === 1 && row[0] === null ? '""\n' : "\n");
    });
    yield out.take();
  }
}
