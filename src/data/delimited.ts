import { type Block, QUOTE } from "./blocks.ts";
import { ByteWriter } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { visitLines } from "./lines.ts";
import { CellRecord, cellsOf } from "./record.ts";
import type { Table, TableBlock } from "./table.ts";

/** Before threads are worth their start. */
const FIRST_BYTES = 2 ** 22;

/** A table from blocks of delimited text, whose first record is the header. Throws DataError where there is none. */
export async function delimitedTable(source: AsyncIterator<Block>, separator: string, file: string): Promise<Table> {
  const { names, rest, header } = await readHeader(source, separator, file);
  let read = 0;
  async function* blocksUpTo(limit: number): AsyncGenerator<TableBlock> {
    yield (visit) => {
      for (const record of rest) visit(record);
    };
    for (let taken = 0; taken < limit; ) {
      const next = await source.next();
      if (next.done) return;
      taken += next.value.bytes.length;
      read += next.value.bytes.length;
      yield await recordsIn(next.value, separator, file);
    }
  }
  return {
    names,
    separator,
    bytesRead: () => read,
    blocks: () => blocksUpTo(Number.POSITIVE_INFINITY),
    shared: { header, firstBlocks: () => blocksUpTo(FIRST_BYTES), otherBlocks: source },
  };
}

/** The records of a block: lines, or with a quote character in it what csv-parse makes of it, which takes a while to load. */
async function recordsIn(block: Block, separator: string, file: string): Promise<TableBlock> {
  if (!block.bytes.includes(QUOTE)) return (visit, take) => visitLines(block, separator, visit, take);
  const { quotedRecords } = await import("./quoted.ts");
  return (visit) => {
    for (const record of quotedRecords(block, separator, file)) visit(record);
  };
}

/** The names in the header, the header as bytes, and the records that came in one block with it. */
async function readHeader(blocks: AsyncIterator<Block>, separator: string, file: string) {
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    const records: CellRecord[] = [];
    const block = await recordsIn(next.value, separator, file);
    block((record) => records.push(new CellRecord(cellsOf(record), record.line)));
    const [first, ...rest] = records;
    if (first === undefined) continue;
    const out = new ByteWriter();
    // A blank line would be passed over.
    if (first.size === 1 && first.text(0) === "") out.text('""');
    else first.writeTo(out, separator);
    out.text("\n");
    return { names: first.cells, rest, header: Buffer.from(out.take()) };
  }
  throw new DataError(`${file} is empty: it needs at least a header line`);
}
