import { allocate, copyBytes, memory, writeDecimal } from "../kernels/text.ts";

/** Text whose characters are bytes, read as UTF-8. */
export const fromBytes = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** The UTF-8 bytes of a text, one character each. */
export const toBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** The bytes that a number needs at most, with what stands around it. */
export const LONGEST_NUMBER = 32;

/** Bytes that grow as they are written, in the memory of the text kernel. Text is taken one character a byte. */
export class ByteWriter {
  private size = 2 ** 16;
  private start = allocate(this.size);
  private end = this.start;

  text(text: string): void {
    this.makeRoom(text.length);
    if (text.length > 40) this.end += memory.write(text, this.end, "latin1");
    else for (let i = 0; i < text.length; i++) memory[this.end++] = text.charCodeAt(i);
  }

  number(x: number): void {
    this.makeRoom(LONGEST_NUMBER);
    this.end = writeDecimal(x, this.end);
  }

  /** Copies bytes of the same memory. */
  copy(start: number, end: number): void {
    this.makeRoom(end - start);
    copyBytes(this.end, start, end - start);
    this.end += end - start;
  }

  /** Lets write put up to so many bytes at the address that it is given; it gives the one after them. */
  put(size: number, write: (at: number) => number): void {
    this.makeRoom(size);
    this.end = write(this.end);
  }

  /** How many bytes were written since the last time. */
  get length(): number {
    return this.end - this.start;
  }

  /** What was written since the last time, where it lies: valid until more is written. */
  take(): Buffer {
    const taken = memory.subarray(this.start, this.end);
    this.end = this.start;
    return taken;
  }

  private makeRoom(size: number): void {
    const used = this.end - this.start;
    if (used + size <= this.size) return;
    const { start } = this;
    this.size = 2 * (used + size);
    this.start = allocate(this.size);
    memory.copyWithin(this.start, start, start + used);
    this.end = this.start + used;
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
