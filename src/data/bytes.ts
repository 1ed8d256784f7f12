import { writeAscii, writeDecimal } from "./decimal.ts";

/** Text whose characters are bytes, read as UTF-8. */
export const fromBytes = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** The UTF-8 bytes of a text, one character each. */
export const toBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

const LONGEST_NUMBER = 32;

/** Bytes that grow as they are written. Text is taken one character a byte. */
export class ByteWriter {
  private bytes = Buffer.allocUnsafeSlow(2 ** 16);
  private length = 0;

  text(text: string): void {
    this.makeRoom(text.length);
    if (text.length > 40) this.length += this.bytes.write(text, this.length, "latin1");
    else this.length = writeAscii(text, this.bytes, this.length);
  }

  number(x: number): void {
    this.makeRoom(LONGEST_NUMBER);
    this.length = writeDecimal(x, this.bytes, this.length);
  }

  copy(source: Uint8Array, start: number, end: number): void {
    this.makeRoom(end - start);
    const { bytes } = this;
    let at = this.length;
    for (let i = start; i < end; i++) bytes[at++] = source[i]!;
    this.length = at;
  }

  /** What was written since the last time. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    // The next block is about as long: with a little room it need not grow.
    this.bytes = Buffer.allocUnsafeSlow(Math.max(2 ** 16, Math.ceil(1.2 * this.length)));
    this.length = 0;
    return taken;
  }

  private makeRoom(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * (this.length + size));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

const quoters = new Map<string, (field: string) => string>();

/** Quotes a field that holds the delimiter, a quote or a line end. */
export function quoter(delimiter: string): (field: string) => string {
  let quote = quoters.get(delimiter);
  if (quote === undefined) {
    const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, "\\$&")}]`);
    quote = (field) => (special.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
    quoters.set(delimiter, quote);
  }
  return quote;
}
