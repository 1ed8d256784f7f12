import type { Batch } from "../../src/data/batch.ts";
import type { Block, CsvDialect } from "../../src/data/blocks.ts";
import { delimitedText } from "../../src/data/delimited.ts";

/** What a test can keep of a row. */
export interface Kept {
  line: number;
  cells: string[];
}

/** More cells than the rows of a test have. */
const COLUMNS = Array.from({ length: 64 }, (_, i) => `c${i}`);

/** The rows of a block with all their cells, kept. */
export async function rowsOf(
  block: Block,
  delimiter: string,
  file: string,
  columns = COLUMNS,
  more: Partial<CsvDialect> = {},
): Promise<Kept[]> {
  const reader = delimitedText({ separator: delimiter, ...more }, file);
  const kept: Kept[] = [];
  for await (const batch of reader.batches(block, columns))
    for (let row = 0; row < batch.size; row++) kept.push(keep(batch, row));
  return kept;
}

function keep(batch: Batch, row: number): Kept {
  const [, size] = /has (\d+) cells?/.exec(batch.faults!.get(row)!)!;
  return { line: batch.line(row), cells: Array.from({ length: Number(size) }, (_, i) => batch.text(row, i)) };
}
