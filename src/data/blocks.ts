import { DataError } from "./errors.ts";

/** Whole records of a delimited file as text, one character a byte, and the line on which they begin. */
export interface Block {
  readonly text: string;
  readonly line: number;
}

/** An open quote may keep a record going this far and no further. */
const LONGEST_RECORD = 2 ** 26;
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a stream of bytes into blocks of whole records, as they come: a block ends at a line end outside quotes.
 * A byte order mark at the start is dropped. Throws DataError for a quote that is never closed.
 */
export async function* recordBlocks(source: AsyncIterable<Buffer>, file: string): AsyncGenerator<Block> {
  let pending = "";
  let line = 1;
  let start = true;
  for await (const chunk of source) {
    pending += chunk.toString("latin1");
    if (start) {
      if (pending.length < 3 && "\xef\xbb\xbf".startsWith(pending)) continue;
      if (pending.startsWith("\xef\xbb\xbf")) pending = pending.slice(3);
      start = false;
    }
    const cut = lastRecordEnd(pending);
    if (cut === 0) {
      if (pending.length > LONGEST_RECORD) throw neverClosed(file, line);
      continue;
    }
    const text = pending.slice(0, cut);
    yield { text, line };
    line += countLines(text);
    pending = pending.slice(cut);
  }
  if (pending === "") return;
  if (countQuotes(pending) % 2 === 1) throw neverClosed(file, line);
  yield { text: pending, line };
}

const neverClosed = (file: string, line: number) =>
  new DataError(`${file}: a quote opened on line ${line} or later is never closed: write quotes inside a cell twice`);

/** The place after the last line end that no quote holds; a CR at the very end may still be followed by its LF. */
function lastRecordEnd(text: string): number {
  if (!text.includes('"')) return lineEndBefore(text, text.length);
  let end = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) quoted = !quoted;
    else if (!quoted && (code === LF || (code === CR && i + 1 < text.length && text.charCodeAt(i + 1) !== LF)))
      end = i + 1;
  }
  return end;
}

function lineEndBefore(text: string, length: number): number {
  const lf = text.lastIndexOf("\n", length - 1);
  if (lf >= 0) return lf + 1;
  const cr = text.lastIndexOf("\r", length - 2);
  return length >= 2 && cr >= 0 ? cr + 1 : 0;
}

function countLines(text: string): number {
  let lines = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === LF || (code === CR && text.charCodeAt(i + 1) !== LF)) lines++;
  }
  return lines;
}

function countQuotes(text: string): number {
  let quotes = 0;
  for (let i = text.indexOf('"'); i >= 0; i = text.indexOf('"', i + 1)) quotes++;
  return quotes;
}
