import type { Block } from "../../src/data/blocks.ts";
import { cellsOf, visitRecords } from "../../src/data/records.ts";

/** The records of a block, kept: each its line and its cells as text, one character a byte. */
export function recordsOf(block: Block, delimiter: string, file: string): { line: number; cells: string[] }[] {
  const records: { line: number; cells: string[] }[] = [];
  visitRecords(block, delimiter, file, (record) => records.push({ line: record.line, cells: cellsOf(record) }));
  return records;
}
