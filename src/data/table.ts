import type { Block } from "./blocks.ts";
import type { Lines, RawRecord } from "./record.ts";

/** Formats of files with one row a sample. */
export const inputFormats = ["csv", "tsv", "jsonl", "parquet"] as const;

/** Shows records one by one; each is valid only then. Plain lines are offered to take first. */
export type TableBlock = (visit: (record: RawRecord) => void, take?: (lines: Lines) => void) => void;

/** A file of records, read once, from its start. */
export interface Table {
  /** What its cells are called, as bytes. */
  readonly names: readonly string[];
  /** The delimiter between its cells, "" where it has none. */
  readonly separator: string;
  readonly blocks: () => AsyncIterable<TableBlock>;
  /** About how many bytes of the file have been read. */
  readonly bytesRead: () => number;
  /** What threads need to share it: its header as bytes, the first of its blocks, and the rest as they are. */
  readonly shared?: {
    readonly header: Buffer;
    readonly firstBlocks: () => AsyncIterable<TableBlock>;
    readonly otherBlocks: AsyncIterator<Block>;
  };
}
