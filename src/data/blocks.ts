import { Region, rowKernel } from "../kernels/rows.ts";
import { DataError } from "./errors.ts";

/** Whole records of a delimited file, and the line on which they begin. */
export interface Block {
  readonly bytes: Buffer;
  readonly line: number;
}

/** An open quote may keep a record going this far and no further. */
const LONGEST_RECORD = 2 ** 26;
/** From here on a record is not looked through with each piece of it. */
const LONG_RECORD = 2 ** 20;
export const QUOTE = 0x22;
export const LF = 0x0a;
export const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts a stream of bytes into blocks of whole records, as they come: a block ends at a line end, with quotes at one outside them.
 * A byte order mark at the start is dropped. Throws DataError for a quote that is never closed.
 */
export async function* recordBlocks(source: AsyncIterable<Buffer>, file: string, quotes = true): AsyncGenerator<Block> {
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
    const hasQuotes = quotes && pending.includes(QUOTE);
    const cut = hasQuotes ? lastRecordEnd(pending) : lastLineEnd(pending);
    if (cut > 0) {
      const bytes = pending.subarray(0, cut);
      yield { bytes, line };
      line += lineEnds(bytes);
    } else if (size > LONGEST_RECORD) throw quotes ? neverClosed(file, line) : tooLong(file, line);
    chunks = [pending.subarray(cut)];
    size = pending.length - cut;
    enough = hasQuotes ? 2 * size : 0;
  }
  const bytes = Buffer.concat(chunks);
  if (size === 0) return;
  if (quotes && countQuotes(bytes) % 2 === 1) throw neverClosed(file, line);
  yield { bytes, line };
}

const hasLineEnd = (bytes: Buffer) => bytes.includes(LF) || bytes.includes(CR);

const neverClosed = (file: string, line: number) =>
  new DataError(`${file}: a quote opened on line ${line} or later is never closed: write quotes inside a cell twice`);

const tooLong = (file: string, line: number) =>
  new DataError(`${file} line ${line}: the line is longer than ${LONGEST_RECORD} bytes`);

/** The place after the last line end; a CR at the very end may still be followed by its LF. */
const lastLineEnd = (bytes: Buffer) => bytes.lastIndexOf(LF) + 1 || bytes.lastIndexOf(CR, -2) + 1;

/** The same for the last line end that no quote holds. */
function lastRecordEnd(bytes: Buffer): number {
  let end = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) quoted = !quoted;
    else if (!quoted && (byte === LF || (byte === CR && i + 1 < bytes.length && bytes[i + 1] !== LF))) end = i + 1;
  }
  return end;
}

/** The place after the first line end that no quote holds; the end where there is none. */
export function firstRecordEnd(bytes: Uint8Array): number {
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) quoted = !quoted;
    else if (!quoted && byte === LF) return i + 1;
    else if (!quoted && byte === CR) return bytes[i + 1] === LF ? i + 2 : i + 1;
  }
  return bytes.length;
}

const counted = new Region();

/** How many line ends there are, a CRLF being one. */
export function lineEnds(bytes: Uint8Array): number {
  const start = counted.put(bytes);
  return rowKernel.countLines(start, start + bytes.length);
}

function countQuotes(bytes: Buffer): number {
  let quotes = 0;
  for (let i = bytes.indexOf(QUOTE); i >= 0; i = bytes.indexOf(QUOTE, i + 1)) quotes++;
  return quotes;
}
