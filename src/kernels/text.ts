import { instantiate, type KernelMemory, PAGE } from "./instantiate.ts";
import { kernel } from "./text-kernel.ts";

/** What text.as.ts exports; places are addresses in its memory. */
interface Kernel extends KernelMemory {
  firstFree(): number;
  indexLines(start: number, end: number, delimiter: number, index: number, indexEnd: number): number;
  readColumn(entry: number, cell: number, cells: number, values: number): number;
  writeColumn(entry: number, cells: number, values: number, count: number, delimiter: number, at: number): number;
  countLines(start: number, end: number): number;
  copyBytes(to: number, from: number, size: number): void;
  readDecimal(start: number, end: number): number;
  writeDecimal(x: number, at: number): number;
}

const format = (x: number, at: number) => at + memory.write(String(x), at, "latin1");
const instance = instantiate<Kernel>(kernel, { text: { format } });

export const { indexLines, readColumn, writeColumn, countLines, copyBytes, readDecimal, writeDecimal } = instance;

/** The memory in which delimited text is read and written, as bytes and as numbers; all are new once it has grown. */
export let memory = Buffer.from(instance.memory.buffer);
export let integers = new Int32Array(instance.memory.buffer);
export let doubles = new Float64Array(instance.memory.buffer);

// The kernel reads a chunk beyond what it is given, and the byte before a line, which must be no CR.
const MARGIN = 16;
let free = Math.ceil(instance.firstFree() / MARGIN) * MARGIN + MARGIN;

/** The address of so many bytes that nothing else uses. They are never given back: who needs more takes twice as many. */
export function allocate(size: number): number {
  const address = free;
  free += (Math.ceil(size / MARGIN) + 1) * MARGIN;
  const missing = free + MARGIN - memory.length;
  if (missing > 0) {
    instance.memory.grow(Math.ceil(missing / PAGE));
    memory = Buffer.from(instance.memory.buffer);
    integers = new Int32Array(instance.memory.buffer);
    doubles = new Float64Array(instance.memory.buffer);
  }
  return address;
}

let input = allocate(PAGE);
let inputSize = PAGE;

/** Puts the bytes in the one place for input, which the next bytes take over, and gives its address. A byte behind them is free. */
export function placeInput(bytes: Uint8Array): number {
  if (bytes.length >= inputSize) {
    inputSize = 2 * bytes.length;
    input = allocate(inputSize);
  }
  memory.set(bytes, input);
  return input;
}
