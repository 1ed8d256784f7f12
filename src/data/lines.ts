import {
  allocate,
  doubles,
  indexLines,
  integers,
  memory,
  placeInput,
  readColumn,
  readDecimal,
  writeColumn,
} from "../kernels/text.ts";
import { type Block, LF } from "./blocks.ts";
import { type ByteWriter, LONGEST_NUMBER } from "./bytes.ts";
import { type Lines, type RawRecord, writeCells } from "./record.ts";

const newIndex = (size: number) => ({ size, index: allocate(size), values: allocate(size) });

// An index of lines, and as many numbers as it can have lines.
let { size, index, values } = newIndex(2 ** 20);

/**
 * Visits the lines of a block without quote characters, each cut at the delimiter, blank ones left out; they are offered to take
 * first.
 */
export function visitLines(
  { bytes, line }: Block,
  delimiter: string,
  visit: (record: RawRecord) => void,
  take: (lines: Lines) => void = () => {},
): void {
  const record = new LineRecord(delimiter, line);
  let start = placeInput(bytes);
  // A line end behind the last line does no harm where it has one.
  const end = start + bytes.length + 1;
  memory[end - 1] = LF;
  while (start < end) {
    const next = indexLines(start, end, delimiter.charCodeAt(0), index, index + size);
    if (next === start) ({ size, index, values } = newIndex(2 * size));
    else readIndex();
    start = next;
  }
  function readIndex() {
    record.moveTo(index / 4);
    for (take(record); record.start >= 0; take(record)) {
      if (!record.isBlank()) visit(record);
      record.next();
    }
  }
}

/** A line without quotes, known by its entry in the index of lines: one object serves all lines in turn. */
class LineRecord implements RawRecord, Lines {
  line: number;
  private entry = 0;
  private readonly delimiter: string;
  /** Where the number of this line lies among the values, and how many follow from there. */
  private value = 0;
  private ahead = 0;

  constructor(delimiter: string, line: number) {
    this.delimiter = delimiter;
    this.line = line;
  }

  get start(): number {
    return integers[this.entry]!;
  }

  get size(): number {
    return integers[this.entry + 1]!;
  }

  moveTo(entry: number): void {
    this.entry = entry;
    this.ahead = 0;
  }

  next(): void {
    this.skip(1);
  }

  isBlank(): boolean {
    return this.size === 1 && this.cellEnd(0) === this.start;
  }

  text(i: number): string {
    return memory.toString("latin1", this.cellStart(i), this.cellEnd(i));
  }

  number(i: number): number | undefined {
    const value = readDecimal(this.cellStart(i), this.cellEnd(i));
    return Number.isNaN(value) ? undefined : value;
  }

  writeTo(out: ByteWriter, delimiter: string): void {
    if (delimiter === this.delimiter) out.copy(this.start, this.cellEnd(this.size - 1));
    else writeCells(this, out, delimiter);
  }

  numbers(cell: number, cells: number): Float64Array {
    if (this.ahead <= 0) {
      this.value = values / 8;
      this.ahead = readColumn(4 * this.entry, cell, cells, values);
    }
    return doubles.subarray(this.value, this.value + this.ahead);
  }

  writeNumbers(out: ByteWriter, delimiter: string, count: number): void {
    if (delimiter === this.delimiter) {
      const { entry, size, value } = this;
      const lineBytes = integers[entry + count * (2 + size) - 1]! - this.start;
      out.put(lineBytes + count * LONGEST_NUMBER, (at) =>
        writeColumn(4 * entry, size, 8 * value, count, delimiter.charCodeAt(0), at),
      );
      this.skip(count);
    } else
      for (let i = 0; i < count; i++, this.next()) {
        this.writeTo(out, delimiter);
        out.text(delimiter);
        out.number(doubles[this.value]!);
        out.text("\n");
      }
  }

  /** Goes beyond so many lines, all of the size of this one. */
  private skip(count: number): void {
    this.entry += count * (2 + this.size);
    this.line += count;
    this.value += count;
    this.ahead -= count;
  }

  private cellStart(i: number): number {
    return i === 0 ? this.start : this.cellEnd(i - 1) + 1;
  }

  private cellEnd(i: number): number {
    return integers[this.entry + 2 + i]!;
  }
}
