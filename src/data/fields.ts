import { doubles, integers, memory, Region, rowKernel } from "../kernels/rows.ts";
import { type Field, fieldKinds } from "./batch.ts";

export { hasKernel } from "../kernels/rows.ts";

/** The bytes that a number takes at most. */
const LONGEST_NUMBER = 32;
/** Bytes that the kernel may write beyond the end of what it copies. */
const SLACK = 16;

/** The number in row of a column of numbers. */
export const numberAt = (address: number, row: number): number => doubles[address / 8 + row]!;

/** A view of `count` numbers at an address; valid until the memory grows. */
export const numbersAt = (address: number, count: number): Float64Array =>
  doubles.subarray(address / 8, address / 8 + count);

/** A place for the values of one column that are written. */
export class FieldPlace {
  private readonly values = new Region();
  private readonly spans = new Region();

  /** Writes `count` numbers and returns their address. */
  putNumbers(count: number, numberOf: (row: number) => number): number {
    const address = this.values.reserve(8 * count);
    for (let row = 0; row < count; row++) doubles[address / 8 + row] = numberOf(row);
    return address;
  }

  /** Copies numbers as they lie in memory and returns their address. */
  copyNumbers(numbers: Float64Array | BigInt64Array): number {
    return this.values.put(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }

  /**
   * Writes texts, one character a byte (undefined: the same as the text before),
   * and returns the address of their starts and ends.
   */
  putTexts(texts: readonly (string | undefined)[]): number {
    const spans = this.spans.reserve(8 * texts.length);
    const all = texts.join("");
    let end = this.values.reserve(all.length + SLACK);
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

/** A field of the rows, and the text to write before it. */
interface WrittenField extends Field {
  /** Does it go by rows of the input? */
  readonly bySource: boolean;
  readonly before: string;
}

/**
 * The fields of a row; `nothing` is written for a missing number, `tail` after each row; the delimiter is that of csv.
 */
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

/**
 * `size` rows as bytes, in pieces, each valid until the next one is asked for.
 * rows: the input row of each row, where the two differ.
 */
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
  const words = fields.flatMap(({ kind, address, stride, bySource, before }) => {
    return [fieldKinds.indexOf(kind), address, stride, bySource ? 1 : 0, ...literal(before)];
  });
  const start = table.reserve(4 * words.length);
  integers.set(words, start / 4);
  const fixed = literalBytes + fields.length * LONGEST_NUMBER;
  const sourceRows = rows === undefined ? 0 : sources.reserve(4 * size);
  if (rows !== undefined) integers.set(rows.subarray(0, size), sourceRows / 4);
  out.reserve(LEAST_ROOM);
  const end = start + 4 * words.length;
  const format = [start, end, fixed, delimiter.charCodeAt(0), ...literal(nothing), ...literal(tail)];
  for (let row = 0; row < size; ) {
    const limit = out.address + out.size - SLACK;
    const next = rowKernel.writeRows(row, size, sourceRows, ...format, out.address, limit);
    // A row may take more than all the room.
    if (next === row) out.reserve(2 * out.size);
    else yield memory.subarray(out.address, rowKernel.writtenEnd());
    row = next;
  }
}
