import type { Block } from "../../src/data/blocks.ts";
import { cellsOf, visitRecords } from "../../src/data/records.ts";

/** What a test can keep of a record. */
export interface Kept {
  line: number;
  cells: string[];
}

/** The records of a block, kept. */
export function recordsOf(block: Block, delimiter: string, file: string): Kept[] {
  const kept: Kept[] = [];
  visitRecords(block, delimiter, file, (record) => kept.push({ line: record.line, cells: cellsOf(record) }));
  return kept;
}
