import type { Block as FileBlock } from "../data/blocks.ts";
import { toBytes } from "../data/bytes.ts";
import { nameOf, sizeOf } from "../data/file.ts";
import type { TableBlock } from "../data/table.ts";
import type { Block, Result } from "../render/result.ts";
import { BadRows } from "./bad-rows.ts";
import { Header } from "./header.ts";
import { openTable } from "./open-table.ts";
import { numberTaker, readersOf, rowVisitor } from "./record-rows.ts";
import { endOf, type RowOptions, shownColumns, type Work } from "./rows.ts";

/** What a share of the rows came to, added up over all of them at the end. */
export interface RowTally {
  readonly bad: number;
  readonly badLines: readonly number[];
  readonly clamped: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** What may be shared out: the first of the blocks as rows, and the rest as they are. */
export interface SharedRows {
  readonly header: Buffer;
  /** Is it known to have blocks enough for threads? */
  readonly isLong: () => boolean;
  readonly firstBlocks: () => AsyncIterable<Block>;
  readonly otherBlocks: AsyncIterator<FileBlock>;
}

/** The rows of a file. */
export interface FileResult extends Result {
  readonly file: {
    readonly bytesRead: () => number;
    readonly tally: () => RowTally;
    readonly add: (tally: RowTally) => void;
    readonly shared?: SharedRows;
  };
}

/** Of a file beyond this size a good part is left when the threads have started. */
const LONG = 2 ** 24;

/** The rows of a computation for each record of a file, after the record's own cells, as they are read. */
export async function fileRows(work: Work, options: RowOptions, path: string): Promise<FileResult> {
  const { prefix = "", badRows = "stop", degrees } = options;
  const file = nameOf(path);
  const { names, separator, bytesRead, blocks, shared } = await openTable(path, options);
  const header = new Header(names, separator, file, degrees);
  const bad = new BadRows(file, badRows);
  const readers = readersOf(work, header);
  const visitRows = rowVisitor(work, readers, header, bad);
  const takeNumbers = numberTaker(work, readers, header);
  async function* rowsOf(tableBlocks: AsyncIterable<TableBlock>): AsyncGenerator<Block> {
    for await (const block of tableBlocks)
      yield (visit, write) => block((record) => visitRows(record, visit), write && takeNumbers?.(write));
  }
  const added = [...shownColumns(work), ...work.columns];
  return {
    columns: [...header.columns(), ...added.map((column) => ({ ...column, name: toBytes(prefix) + column.name }))],
    inputColumns: header.names.length,
    blocks: { [Symbol.asyncIterator]: () => rowsOf(blocks()) },
    end: () => endOf(work, [...bad.warnings(), ...header.warnings()], bad.kept),
    file: {
      bytesRead,
      tally: () => ({ bad: bad.count, badLines: bad.lines, clamped: header.clampedRows, counts: work.counts ?? {} }),
      add: (tally) => {
        bad.add(tally.bad, tally.badLines);
        header.clampedRows += tally.clamped;
        for (const [name, count] of Object.entries(tally.counts)) work.counts![name]! += count;
      },
      ...(shared && {
        shared: { ...shared, isLong: () => sizeOf(path) > LONG, firstBlocks: () => rowsOf(shared.firstBlocks()) },
      }),
    },
  };
}
