import { memory, rowKernel } from "../kernels/rows.ts";
import { type Batch, type Field, IndexedBatch, placeLines, type RowTarget, strideOf } from "./batch.ts";
import { type Block, CR, type CsvDialect, LF } from "./blocks.ts";
import { DataError } from "./errors.ts";
import { remaining, type Table } from "./table.ts";

/**
 * A table from blocks of delimited text, whose first record is the header (names has it where it was read before). Throws DataError
 * where there is none.
 */
export async function delimitedTable(
  source: AsyncIterator<Block>,
  dialect: CsvDialect,
  file: string,
  known?: readonly string[],
): Promise<Table> {
  const { names, rest } = known ? { names: known } : await readHeader(source, dialect, file);
  return {
    names,
    separator: dialect.separator,
    parts: remaining(source, rest),
    batches: (part) => batchesOf(part as Block, names, dialect, file),
  };
}

/** The names in the first record that is not blank, and what follows it in its block. */
async function readHeader(
  blocks: AsyncIterator<Block>,
  dialect: CsvDialect,
  file: string,
): Promise<{ names: readonly string[]; rest: Block }> {
  for await (const block of remaining(blocks)) {
    const { cells } = firstRecord(block, 0, dialect, file);
    if (cells === 0) continue;
    const { batch, end, line } = firstRecord(block, cells, dialect, file);
    const isCrLf = block.bytes[end] === LF && block.bytes[end - 1] === CR;
    const bytes = block.bytes.subarray(isCrLf ? end + 1 : end);
    return { names: Array.from({ length: cells }, (_, i) => batch.text(0, i)), rest: { bytes, line } };
  }
  throw new DataError(`${file} is empty: it needs at least a header line`);
}

/** The first row of a block as a batch of so many columns, how many cells it has, and where the next line begins. */
function firstRecord({ bytes, line }: Block, columns: number, dialect: CsvDialect, file: string) {
  const lines = placeLines(bytes, columns);
  const room = { ...lines, indexEnd: lines.index + strideOf(columns) };
  const { rows, next, number, fault } = indexed(room, line, columns, dialect, file);
  if (rows === 0 && fault !== undefined) throw fault;
  const batch = new DelimitedBatch(lines.index, rows, Array<string>(columns).fill(""), dialect, false);
  return { batch, cells: rows && batch.cells(0), end: Math.min(next - lines.start, bytes.length), line: number };
}

/** Finds the rows of lines, as many as there is room for; gives where the next line begins and its number, or what is wrong with it. */
function indexed(
  { start, end, index, indexEnd }: ReturnType<typeof placeLines>,
  line: number,
  columns: number,
  dialect: CsvDialect,
  file: string,
) {
  const [delimiter, comment] = [dialect.separator.charCodeAt(0), dialect.comment?.charCodeAt(0) ?? 0];
  const rows = rowKernel.indexLines(start, end, line, delimiter, comment, columns, index, indexEnd);
  const isPlain = rowKernel.irregularRows() === 0;
  return {
    rows,
    next: rowKernel.resumePlace(),
    number: rowKernel.resumeNumber(),
    isPlain,
    fault: stray(dialect, file),
  };
}

/** What is wrong where the last index ended behind a closing quote that ends no cell. */
function stray({ separator }: CsvDialect, file: string): DataError | undefined {
  const place = rowKernel.strayPlace();
  if (place === 0) return undefined;
  const where = `${file} line ${rowKernel.resumeNumber()}`;
  const other = otherDelimiter(String.fromCharCode(memory[place]!), separator);
  if (other !== undefined) return new DataError(`${where}: ${other} follows a quoted cell: give --delimiter ${other}`);
  return new DataError(`${where}: a cell goes on behind its closing quote: write quotes inside a quoted cell twice`);
}

/** The first delimiter but this one that a text holds, as it is typed. */
export function otherDelimiter(text: string, separator: string): string | undefined {
  const other = [";", "\t", "|", ","].find((char) => char !== separator && text.includes(char));
  return other && (other === "\t" ? "'\\t'" : `'${other}'`);
}

/** The rows of a block. */
async function* batchesOf(
  { bytes, line }: Block,
  names: readonly string[],
  dialect: CsvDialect,
  file: string,
): AsyncGenerator<Batch> {
  const lines = placeLines(bytes, names.length);
  for (let [start, number] = [lines.start, line]; start < lines.end; ) {
    const { rows, next, fault, isPlain, ...after } = indexed({ ...lines, start }, number, names.length, dialect, file);
    [start, number] = [next, after.number];
    if (rows > 0) yield new DelimitedBatch(lines.index, rows, names, dialect, isPlain);
    if (fault !== undefined) throw fault;
  }
}

class DelimitedBatch extends IndexedBatch {
  private readonly names: readonly string[];
  private readonly dialect: CsvDialect;
  /** Are its rows in the file just as they are written with its separator? */
  private readonly isPlain: boolean;

  constructor(place: number, size: number, names: readonly string[], dialect: CsvDialect, isPlain: boolean) {
    super(place, size, names.length, dialect.decimalComma);
    this.names = names;
    this.dialect = dialect;
    this.isPlain = isPlain;
  }

  fault(row: number): string | undefined {
    const size = this.isPlain ? this.columns : this.cells(row);
    if (size === this.columns) return undefined;
    return `the row has ${size} ${size === 1 ? "cell" : "cells"}, the header ${this.columns}${this.advice(row, size)}`;
  }

  /** What may explain a row of another size. */
  private advice(row: number, size: number): string {
    const { separator, comment } = this.dialect;
    if (comment === undefined && memory[this.word(row, 0)] === HASH) return " (a comment? give --comment '#')";
    if (separator !== "," || size < this.columns) return "";
    return " (decimal commas? quote such cells or take another delimiter, and give --decimal-comma)";
  }

  /** Between files of one delimiter cells that stand there without quotes are passed on as they are. */
  fields({ json, delimiter }: RowTarget): Field[] {
    const isSame = !json && delimiter === this.dialect.separator;
    if (isSame && this.isPlain) return [{ kind: "bytes", address: this.index, stride: this.stride }];
    return this.columnFields(json ? "json" : isSame ? "cell" : "quoted", this.names);
  }
}

const HASH = 0x23;
