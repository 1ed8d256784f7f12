import { rowKernel } from "../kernels/rows.ts";
import {
  type Batch,
  type CellRecord,
  type Field,
  IndexedBatch,
  indexRecords,
  placeLines,
  type RowTarget,
} from "./batch.ts";
import { type Block, firstRecordEnd, lineEnds, QUOTE } from "./blocks.ts";
import { DataError } from "./errors.ts";
import { remaining, type Table } from "./table.ts";

/**
 * A table from blocks of delimited text, whose first record is the header (names has it where it was read before). Throws DataError
 * where there is none.
 */
export async function delimitedTable(
  source: AsyncIterator<Block>,
  separator: string,
  file: string,
  known?: readonly string[],
): Promise<Table> {
  const { names, rest } = known ? { names: known } : await readHeader(source, separator, file);
  return {
    names,
    separator,
    parts: remaining(source, rest),
    batches: (part) => batchesOf(part as Block, names, separator, file),
  };
}

/** The names in the first record that is not blank, and what follows it in its block. */
async function readHeader(
  blocks: AsyncIterator<Block>,
  separator: string,
  file: string,
): Promise<{ names: readonly string[]; rest?: Block }> {
  for await (let { bytes, line } of remaining(blocks)) {
    while (bytes.length > 0) {
      const end = firstRecordEnd(bytes);
      const header = { bytes: bytes.subarray(0, end), line };
      const [first] = await recordsOf(header, separator, file);
      bytes = bytes.subarray(end);
      line += lineEnds(header.bytes);
      if (first !== undefined) return { names: first.cells, rest: { bytes, line } };
    }
  }
  throw new DataError(`${file} is empty: it needs at least a header line`);
}

/** The records of a small block. */
async function recordsOf(block: Block, separator: string, file: string): Promise<readonly CellRecord[]> {
  if (block.bytes.includes(QUOTE)) return (await import("./quoted.ts")).quotedRecords(block, separator, file);
  const text = block.bytes.toString("latin1").replace(/[\r\n]+$/, "");
  return text === "" ? [] : [{ line: block.line, cells: text.split(separator) }];
}

/** The rows of a block: lines, or with a quote character in it what csv-parse makes of it, which takes a while to load. */
async function* batchesOf(
  { bytes, line }: Block,
  names: readonly string[],
  separator: string,
  file: string,
): AsyncGenerator<Batch> {
  if (bytes.includes(QUOTE)) {
    const { quotedRecords } = await import("./quoted.ts");
    const records = quotedRecords(
      { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), line },
      separator,
      file,
    );
    const place = indexRecords(records, names.length);
    return yield new DelimitedBatch(place, records.length, names, separator, false);
  }
  const { start, end, index, indexEnd } = placeLines(bytes, names.length);
  for (let [at, number] = [start, line]; at < end; ) {
    const rows = rowKernel.indexLines(at, end, number, separator.charCodeAt(0), names.length, index, indexEnd);
    [at, number] = [rowKernel.resumePlace(), rowKernel.resumeNumber()];
    if (rows > 0) yield new DelimitedBatch(index, rows, names, separator, rowKernel.irregularRows() === 0);
  }
}

class DelimitedBatch extends IndexedBatch {
  private readonly names: readonly string[];
  private readonly separator: string;
  /** Are its rows in the file just as they are written with its separator? */
  private readonly isPlain: boolean;

  constructor(place: number, size: number, names: readonly string[], separator: string, isPlain: boolean) {
    super(place, size, names.length);
    this.names = names;
    this.separator = separator;
    this.isPlain = isPlain;
  }

  fault(row: number): string | undefined {
    const size = this.isPlain ? this.columns : this.cells(row);
    if (size === this.columns) return undefined;
    const decimals = this.separator === "," && size > this.columns ? " (decimal commas? quote such cells)" : "";
    return `the row has ${size} ${size === 1 ? "cell" : "cells"}, the header ${this.columns}${decimals}`;
  }

  fields({ json, delimiter }: RowTarget): Field[] {
    if (this.isPlain && !json && delimiter === this.separator)
      return [{ kind: "bytes", address: this.index, stride: this.stride }];
    return this.columnFields(json ? "json" : "quoted", this.names);
  }
}
