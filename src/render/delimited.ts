import { ByteWriter, quoter } from "../data/bytes.ts";
import { DataError } from "../data/errors.ts";
import type { Lines, RawRecord } from "../data/record.ts";
import { formatCell, type NumberStyle } from "./number.ts";
import { type Cell, type Column, computedColumns, type Result, type Row } from "./result.ts";

/** A block of wide records can give gigabytes, more than the writer can hold at a time. */
const MOST_BYTES = 2 ** 26;

/**
 * CSV (RFC 4180) or TSV, a block at a time: a header, LF line ends, quotes only where they are needed.
 * A row of one empty cell is written "" since readers pass over a blank line.
 */
export async function* delimited(result: Result, style: NumberStyle, delimiter: string): AsyncGenerator<Uint8Array> {
  const quote = quoter(delimiter);
  const { columns } = result;
  const computed = computedColumns(result);
  const places = computed.map(({ place }) => place);
  const out = new ByteWriter();
  const isAsItIs = ({ kind }: Column) => style.precision === undefined && !(kind === "angle" && style.degrees);
  const writeCell = (cell: Cell, column: Column) => {
    if (typeof cell === "number" && isAsItIs(column)) out.number(cell);
    else out.text(quote(formatCell(cell, column, style)));
  };
  const isOneNumber = computed.length === 1 && isAsItIs(computed[0]!);
  const isEmptyLine = (row: Row) => columns.length === 1 && computed.length === 1 && row[computed[0]!.place] === null;
  // The header goes out with the first rows: what is wrong with those leaves nothing written.
  out.text(`${columns.map(({ name }) => quote(name)).join(delimiter)}\n`);
  for await (const block of result.blocks) {
    let rows = 0;
    const parts: Uint8Array[] = [];
    const write = (row: Row, record?: RawRecord) => {
      rows++;
      record?.writeTo(out, delimiter);
      for (let i = 0; i < places.length; i++) {
        if (i > 0 || record !== undefined) out.text(delimiter);
        writeCell(row[places[i]!]!, computed[i]!);
      }
      out.text(isEmptyLine(row) ? '""\n' : "\n");
      if (out.length > MOST_BYTES) parts.push(Buffer.from(out.take()));
    };
    const writeLines = (lines: Lines, count: number) => {
      rows += count;
      lines.writeNumbers(out, delimiter, count);
    };
    try {
      block(write, isOneNumber ? writeLines : undefined);
    } catch (error) {
      // The rows before a bad one are not lost with it.
      if (error instanceof DataError && rows > 0) error.written = Buffer.concat([...parts, out.take()]);
      throw error;
    }
    yield* parts;
    yield out.take();
  }
}
