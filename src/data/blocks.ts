import { Region, rowKernel } from "../kernels/rows.ts";
import { DataError } from "./errors.ts";

/** Whole records of a delimited file, and the line on which they begin. */
export interface Block {
  readonly bytes: Buffer;
  readonly line: number;
}

/** An open quote may keep a record going this far and no further. */
const LONGEST_RECORD = 2 ** 26;
/**
 * A pending record above this size, in bytes, is searched for its end only where it can have one, not with each chunk.
 */
const LONG_RECORD = 2 ** 20;
const QUOTE = 0x22;
export const LF = 0x0a;
export const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** How delimited text is written. */
export interface CsvDialect {
  /** The character between cells. */
  readonly separator: string;
  /** The character that begins lines to leave out. */
  readonly comment?: string | undefined;
  readonly decimalComma?: boolean | undefined;
}

/**
 * Cuts a stream of bytes into blocks of whole records: a block ends at a line end, in delimited text at a line end
 * outside quotes. A byte order mark at the start is dropped. Throws DataError for a quote that is never closed.
 */
export async function* recordBlocks(source: AsyncIterable<Buffer>, file: string, dialect?: CsvDialect) {
  let chunks: Buffer[] = [];
  let size = 0;
  let enough = 0;
  let line = 1;
  let atStart = true;
  for await (const chunk of source) {
    chunks.push(chunk);
    size += chunk.length;
    // A long record is looked at again only where it can have ended: at a line end, with quotes when it has doubled.
    if (size > LONG_RECORD && size <= LONGEST_RECORD && (size < enough || !hasLineEnd(chunk))) continue;
    let pending = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    if (atStart) {
      if (size < 3 && BYTE_ORDER_MARK.subarray(0, size).equals(pending)) continue;
      if (pending.subarray(0, 3).equals(BYTE_ORDER_MARK)) pending = pending.subarray(3);
      atStart = false;
    }
    const hasQuotes = dialect !== undefined && pending.includes(QUOTE);
    const { end: cut, open } = hasQuotes ? lastRecordEnd(pending, dialect) : { end: lastLineEnd(pending), open: false };
    if (cut > 0) {
      const bytes = pending.subarray(0, cut);
      yield { bytes, line };
      line += lineEnds(bytes);
    } else if (size > LONGEST_RECORD) {
      if (open) throw neverClosed(file, line);
      throw new DataError(`${file} line ${line}: the line is longer than ${LONGEST_RECORD} bytes`);
    }
    chunks = [pending.subarray(cut)];
    size = pending.length - cut;
    enough = hasQuotes ? 2 * size : 0;
  }
  if (size === 0) return;
  const bytes = Buffer.concat(chunks);
  if (dialect !== undefined && lastRecordEnd(bytes, dialect).open) throw neverClosed(file, line);
  yield { bytes, line };
}

const hasLineEnd = (bytes: Buffer) => bytes.includes(LF) || bytes.includes(CR);

const neverClosed = (file: string, line: number) =>
  new DataError(`${file}: a quote opened on line ${line} or later is never closed: write quotes inside a cell twice`);

/** The place after the last line end; a CR at the very end may still be followed by its LF. */
const lastLineEnd = (bytes: Buffer) => bytes.lastIndexOf(LF) + 1 || bytes.lastIndexOf(CR, -2) + 1;

/**
 * The place after the last line end outside quoted cells (cells that begin with a
 * quote); open: the last cell has no closing quote yet.
 */
function lastRecordEnd(bytes: Buffer, { separator, comment }: CsvDialect): { end: number; open: boolean } {
  const [delimiter, hash] = [separator.charCodeAt(0), comment?.charCodeAt(0)];
  let end = 0;
  let cell = 0;
  let closed = -1;
  let open = false;
  let skipped = bytes[0] === hash;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (open) {
      if (byte !== QUOTE) continue;
      open = false;
      closed = i;
    } else if (byte === QUOTE) {
      open = !skipped && (i === cell || i === closed + 1);
    } else if (byte === LF || (byte === CR && i + 1 < bytes.length && bytes[i + 1] !== LF)) {
      end = cell = i + 1;
      skipped = bytes[end] === hash;
    } else if (byte === delimiter) {
      cell = i + 1;
    }
  }
  return { end, open };
}

const counted = new Region();

/** How many line ends there are, a CRLF being one. */
function lineEnds(bytes: Uint8Array): number {
  const start = counted.put(bytes);
  return rowKernel.countLines(start, start + bytes.length);
}
