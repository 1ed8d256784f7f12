import type { Block } from "./blocks.ts";
import { ByteWriter } from "./bytes.ts";
import { DataError } from "./errors.ts";
import { CellRecord, cellsOf, visitRecords } from "./records.ts";
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
      yield (visit, take) => visitRecords(next.value, separator, file, visit, take);
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

/** The names in the header, the header as bytes, and the records that came in one block with it. */
async function readHeader(blocks: AsyncIterator<Block>, separator: string, file: string) {
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    const records: CellRecord[] = [];
    visitRecords(next.value, separator, file, (record) => records.push(new CellRecord(cellsOf(record), record.line)));
    const [first, ...rest] = records;
    if (first === undefined) continue;
    const out = new ByteWriter();
    first.writeTo(out, separator);
    out.text("\n");
    return { names: first.cells, rest, header: out.take() };
  }
  throw new DataError(`${file} is empty: it needs at least a header line`);
}
