import { type Block, QUOTE } from "../../src/data/blocks.ts";
import { visitLines } from "../../src/data/lines.ts";
import { quotedRecords } from "../../src/data/quoted.ts";
import { cellsOf, type RawRecord } from "../../src/data/record.ts";

/** What a test can keep of a record. */
export interface Kept {
  line: number;
  cells: string[];
}

/** The records of a block, kept. */
export function recordsOf(block: Block, delimiter: string, file: string): Kept[] {
  const kept: Kept[] = [];
  const keep = (record: RawRecord) => kept.push({ line: record.line, cells: cellsOf(record) });
  if (block.bytes.includes(QUOTE)) quotedRecords(block, delimiter, file).forEach(keep);
  else visitLines(block, delimiter, keep);
  return kept;
}
