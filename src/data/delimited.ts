import { memory, rowKernel } from "../kernels/rows.ts";
import { type Field, indexedRows, placeLines, type RowTarget, strideOf } from "./batch.ts";
import { type Block, CR, type CsvDialect, LF } from "./blocks.ts";
import { DataError } from "./errors.ts";
import { remaining } from "./table.ts";

/** How blocks of delimited text are read, whose first record is the header. */
export function delimitedText({ separator, comment, decimalComma }: CsvDialect, file: string) {
  /**
   * The rows of a block in batches of as many as there is room for, or `most`; `after` says
   * where the line behind the batch begins, and its number.
   */
  function* batches({ bytes, line }: Block, names: readonly string[], most?: number) {
    const lines = placeLines(bytes, names.length);
    const [delimiter, hash] = [separator.charCodeAt(0), comment?.charCodeAt(0) ?? 0];
    const indexEnd = most === undefined ? lines.indexEnd : lines.index + most * strideOf(names.length);
    const index = [names.length, lines.index, indexEnd];
    for (let [start, number] = [lines.start, line]; start < lines.end; ) {
      const size = rowKernel.indexLines(start, lines.end, number, delimiter, hash, ...index);
      const isPlain = rowKernel.irregularRows() === 0;
      [start, number] = [rowKernel.resumePlace(), rowKernel.resumeNumber()];
      const fault = strayQuote();
      const rows = indexedRows(lines.index, size, names, decimalComma);
      if (size > 0)
        yield {
          ...rows,
          after: { end: Math.min(start - lines.start, bytes.length), line: number },
          faults: isPlain ? undefined : faultsOf(rows, names),
          /** Between files of one delimiter cells that stand there without quotes are passed on as they are. */
          fields({ json, delimiter }: RowTarget): Field[] {
            const isSame = !json && delimiter === separator;
            return isSame && isPlain ? rows.wholeRows() : rows.eachColumn(json ? "json" : isSame ? "cell" : "quoted");
          },
        };
      if (fault !== undefined) throw fault;
    }
  }

  /**
   * The error where the kernel stopped at a closing quote that is not followed
   * by a delimiter or a line end; else undefined.
   */
  function strayQuote(): DataError | undefined {
    const place = rowKernel.strayPlace();
    if (place === 0) return undefined;
    const where = `${file} line ${rowKernel.resumeNumber()}`;
    const other = otherDelimiter(String.fromCharCode(memory[place]!), separator);
    if (other !== undefined)
      return new DataError(`${where}: ${other} follows a quoted cell: give --delimiter ${other}`);
    return new DataError(`${where}: a cell goes on behind its closing quote: write quotes inside a quoted cell twice`);
  }

  /** The rows with too few or too many cells. */
  function faultsOf({ size, cells, span }: ReturnType<typeof indexedRows>, names: readonly string[]) {
    const faults = new Map<number, string>();
    /** What may have been meant. */
    function advice(row: number): string {
      if (comment === undefined && memory[span(row)[0]] === HASH) return " (a comment? give --comment '#')";
      if (names[0] === "#" && cells(row) === names.length - 1) return ": take the # out that stands before the names";
      if (separator !== "," || cells(row) < names.length) return "";
      return " (decimal commas? quote such cells or take another delimiter, and give --decimal-comma)";
    }
    for (let row = 0; row < size; row++) {
      const count = cells(row);
      const counted = `${count} ${count === 1 ? "cell" : "cells"}`;
      if (count !== names.length) faults.set(row, `the row has ${counted}, the header ${names.length}${advice(row)}`);
    }
    return faults;
  }

  return {
    separator,
    batches,
    /** The names in the first record that is not blank, and what follows it. Throws DataError where there is none. */
    async readHeader(blocks: AsyncIterator<Block>) {
      for await (const block of remaining(blocks)) {
        const columns = batches(block, [], 1).next().value?.cells(0);
        if (columns === undefined) continue;
        const batch = batches(block, Array<string>(columns).fill(""), 1).next().value!;
        const { end, line } = batch.after;
        const isCrLf = block.bytes[end] === LF && block.bytes[end - 1] === CR;
        const bytes = block.bytes.subarray(isCrLf ? end + 1 : end);
        return { names: Array.from({ length: columns }, (_, i) => batch.text(0, i)), rest: { bytes, line } };
      }
      throw new DataError(`${file} is empty: it needs at least a header line`);
    },
  };
}

/** The first delimiter but this one that a text holds, as it is typed. */
export function otherDelimiter(text: string, separator: string): string | undefined {
  const other = [";", "\t", "|", ","].find((char) => char !== separator && text.includes(char));
  return other && (other === "\t" ? "'\\t'" : `'${other}'`);
}

const HASH = 0x23;
