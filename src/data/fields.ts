import { doubles, integers, memory, Region, rowKernel } from "../kernels/rows.ts";
import { type Field, fieldKinds } from "./batch.ts";

export { hasKernel } from "../kernels/rows.ts";

const FIELD_WORDS = 6;
/** The bytes that a number takes at most. */
const LONGEST_NUMBER = 32;
/** What the kernel may write beyond the end of what it copies. */
const SLACK = 16;

/** The number in row of a column of numbers. */
export const numberAt = (address: number, row: number): number => doubles[address / 8 + row]!;

/** A place for the numbers of one column. */
export class NumberPlace {
  private readonly region = new Region();

  /** Puts so many numbers there and gives their address. */
  put(count: number, numberOf: (row: number) => number): number {
    const address = this.region.reserve(8 * count);
    for (let row = 0; row < count; row++) doubles[address / 8 + row] = numberOf(row);
    return address;
  }

  /** Puts numbers there as they lie in memory and gives their address. */
  copy(numbers: Float64Array | BigInt64Array): number {
    return this.region.put(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }
}

/** A place for the texts of one column. */
export class TextPlace {
  private readonly bytes = new Region();
  private readonly spans = new Region();

  /** Puts texts there, one character a byte, undefined being the text before, and gives the address of their starts and ends. */
  put(texts: readonly (string | undefined)[]): number {
    const spans = this.spans.reserve(8 * texts.length);
    const all = texts.join("");
    let end = this.bytes.reserve(all.length + SLACK);
    memory.write(all, end, "latin1");
    let start = end;
    for (const [row, text] of texts.entries()) {
      if (text !== undefined) [start, end] = [end, end + text.length];
      integers[spans / 4 + 2 * row] = start;
      integers[spans / 4 + 2 * row + 1] = end;
    }
    return spans;
  }
}

/** A field of rows that are written, with what stands before it. */
interface WrittenField extends Field {
  /** Does it go by rows of the input? */
  readonly bySource: boolean;
  readonly before: string;
}

/** Fields, and what stands for no number and at the end of each row; the delimiter is that of csv. */
interface WrittenRows {
  readonly fields: readonly WrittenField[];
  readonly nothing: string;
  readonly tail: string;
  readonly delimiter: string;
}

const texts = new Region();
const table = new Region();
const sources = new Region();
const out = new Region();
const LEAST_ROOM = 2 ** 19;

/** So many rows as bytes, in pieces, each valid until the next one is asked for; rows has of each its row of the input, where that is another. */
export function* writtenRows(size: number, layout: WrittenRows, rows?: Int32Array): Generator<Uint8Array> {
  const { fields, nothing, tail, delimiter } = layout;
  const literals = [...fields.map(({ before }) => before), nothing, tail];
  const literalBytes = literals.reduce((sum, { length }) => sum + length, 0);
  let at = texts.reserve(literalBytes + SLACK);
  const literal = (text: string) => {
    const start = at;
    at += memory.write(text, at, "latin1");
    return [start, text.length] as const;
  };
  const start = table.reserve(4 * FIELD_WORDS * fields.length);
  for (const [i, { kind, address, stride, bySource, before }] of fields.entries())
    integers.set(
      [fieldKinds.indexOf(kind), address, stride, bySource ? 1 : 0, ...literal(before)],
      start / 4 + FIELD_WORDS * i,
    );
  const fixed = literalBytes + fields.length * LONGEST_NUMBER;
  const sourceRows = rows === undefined ? 0 : sources.reserve(4 * size);
  if (rows !== undefined) integers.set(rows.subarray(0, size), sourceRows / 4);
  out.reserve(LEAST_ROOM);
  const fieldsEnd = start + 4 * FIELD_WORDS * fields.length;
  const format = [start, fieldsEnd, fixed, delimiter.charCodeAt(0), ...literal(nothing), ...literal(tail)];
  for (let row = 0; row < size; ) {
    const limit = out.address + out.size - SLACK;
    const next = rowKernel.writeRows(row, size, sourceRows, ...format, out.address, limit);
    // A row may take more than all the room.
    if (next === row) out.reserve(2 * out.size);
    else yield memory.subarray(out.address, rowKernel.writtenEnd());
    row = next;
  }
}
