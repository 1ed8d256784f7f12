import { memory, rowKernel } from "../kernels/rows.ts";
import { type Field, indexedRows, placeLines, type RowTarget, strideOf } from "./batch.ts";
import { type Block, CR, type CsvDialect, LF } from "./blocks.ts";
import { DataError } from "./errors.ts";
import { remaining, type Table } from "./table.ts";

/**
 * A table from blocks of delimited text, whose first record is the header (names has it where
 * it was read before). Throws DataError where there is none.
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
    batches: (part) => indexed(part as Block, names, dialect, file),
  };
}

/** The names in the first record that is not blank, and what follows it in its block. */
async function readHeader(blocks: AsyncIterator<Block>, dialect: CsvDialect, file: string) {
  for await (const block of remaining(blocks)) {
    const columns = indexed(block, [], dialect, file, 1).next().value?.cells(0);
    if (columns === undefined) continue;
    const batch = indexed(block, Array<string>(columns).fill(""), dialect, file, 1).next().value!;
    const { end, line } = batch.after;
    const isCrLf = block.bytes[end] === LF && block.bytes[end - 1] === CR;
    const bytes = block.bytes.subarray(isCrLf ? end + 1 : end);
    return { names: Array.from({ length: columns }, (_, i) => batch.text(0, i)), rest: { bytes, line } };
  }
  throw new DataError(`${file} is empty: it needs at least a header line`);
}

/**
 * The rows of a block in batches of as many as there is room for, or `most`; `after` says
 * where the line behind the batch begins, and its number.
 */
function* indexed({ bytes, line }: Block, names: readonly string[], dialect: CsvDialect, file: string, most?: number) {
  const [delimiter, comment] = [dialect.separator.charCodeAt(0), dialect.comment?.charCodeAt(0) ?? 0];
  const lines = placeLines(bytes, names.length);
  const { index } = lines;
  const indexEnd = most === undefined ? lines.indexEnd : index + most * strideOf(names.length);
  for (let [start, number] = [lines.start, line]; start < lines.end; ) {
    const size = rowKernel.indexLines(start, lines.end, number, delimiter, comment, names.length, index, indexEnd);
    const isPlain = rowKernel.irregularRows() === 0;
    [start, number] = [rowKernel.resumePlace(), rowKernel.resumeNumber()];
    const fault = stray(dialect, file);
    const after = { end: Math.min(start - lines.start, bytes.length), line: number };
    if (size > 0) yield { ...delimitedBatch(index, size, names, dialect, isPlain), after };
    if (fault !== undefined) throw fault;
  }
}

/**
 * The error where the kernel stopped at a closing quote that is not followed
 * by a delimiter or a line end; else undefined.
 */
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

/** Rows of a block; isPlain says that they are in the file just as they are written with its separator. */
function delimitedBatch(
  index: number,
  size: number,
  names: readonly string[],
  { separator, comment, decimalComma }: CsvDialect,
  isPlain: boolean,
) {
  const rows = indexedRows(index, size, names, decimalComma);
  /** Advice for a row with too few or too many cells: what may have been meant. */
  function advice(row: number, cells: number): string {
    if (comment === undefined && memory[rows.span(row)[0]] === HASH) return " (a comment? give --comment '#')";
    if (names[0] === "#" && cells === names.length - 1) return ": take the # out that stands before the names";
    if (separator !== "," || cells < names.length) return "";
    return " (decimal commas? quote such cells or take another delimiter, and give --decimal-comma)";
  }
  function faultOf(row: number): string | undefined {
    const cells = rows.cells(row);
    if (cells === names.length) return undefined;
    return `the row has ${cells} ${cells === 1 ? "cell" : "cells"}, the header ${names.length}${advice(row, cells)}`;
  }
  return {
    ...rows,
    fault: isPlain ? undefined : faultOf,
    /** Between files of one delimiter cells that stand there without quotes are passed on as they are. */
    fields({ json, delimiter }: RowTarget): Field[] {
      const isSame = !json && delimiter === separator;
      if (isSame && isPlain) return rows.wholeRows();
      return rows.eachColumn(json ? "json" : isSame ? "cell" : "quoted");
    },
  };
}

const HASH = 0x23;
