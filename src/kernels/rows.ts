import { instantiate, type KernelMemory, PAGE } from "./instantiate.ts";
import { kernel } from "./rows-kernel.ts";

/** What text.as.ts, objects.as.ts, psi.as.ts and samples.as.ts export; places are addresses in their one memory. */
interface RowKernel extends KernelMemory {
  firstFree(): number;
  indexLines(start: number, end: number, line: number, delimiter: number, ...rest: number[]): number;
  resumePlace(): number;
  resumeNumber(): number;
  irregularRows(): number;
  strayPlace(): number;
  indexObjects(start: number, end: number, keys: number, columns: number, index: number, indexEnd: number): number;
  objectsEnd(): number;
  readNumbers(index: number, stride: number, rows: number, cells: number, ...rest: number[]): void;
  writeRows(row: number, end: number, ...rest: number[]): number;
  writtenEnd(): number;
  psiColumns(m: number, thetas: number, count: number, ...columns: number[]): void;
  marginColumns(m: number, angles: number, classes: number, places: number, count: number, out: number): void;
  leastAngle(angles: number, count: number): number;
  countAbove(angles: number, count: number, bound: number, doubt: number): number;
  cosineGaps(angles: number, count: number, least: number, factor: number, limit: number, out: number): number;
  sumOfPowers(gaps: number, count: number, scale: number): number;
  dots(vector: number, others: number, count: number, bytes: number, out: number): void;
  countLines(start: number, end: number): number;
  copyBytes(to: number, from: number, size: number): void;
  readDecimal(start: number, end: number, mark: number): number;
  writeDecimal(x: number, at: number): number;
  writeInteger(n: bigint, at: number): number;
}

const format = (x: number, at: number) => at + memory.write(String(x), at, "latin1");
const escaped = (start: number, end: number, at: number) =>
  at + memory.write(JSON.stringify(memory.toString("utf8", start, end)), at, "utf8");

/**
 * Compiled when its memory is first asked for: commands that never need it
 * start sooner, and run without WebAssembly too.
 */
export let rowKernel: RowKernel;

/**
 * The memory of the kernel as bytes and as numbers; all are new once it has grown, and views of the old ones are empty.
 */
export let memory = Buffer.alloc(0);
export let integers = new Int32Array(0);
export let doubles = new Float64Array(0);

function view({ memory: { buffer } }: RowKernel): void {
  memory = Buffer.from(buffer);
  integers = new Int32Array(buffer);
  doubles = new Float64Array(buffer);
}

// The kernel reads a chunk beyond what it is given, and the byte before a line, which must be no CR.
const MARGIN = 16;
/** The bytes of the smallest region: a file can have many thousand columns, each with its own. */
const LEAST = 256;
let free = 0;

function load(): void {
  rowKernel = instantiate<RowKernel>(kernel, { text: { format, escape: escaped } });
  view(rowKernel);
  free = Math.ceil(rowKernel.firstFree() / MARGIN) * MARGIN + MARGIN;
}

/** Is there a kernel? Where WebAssembly with SIMD is missing, there is none. */
export function hasKernel(): boolean {
  try {
    if (free === 0) load();
    return true;
  } catch {
    return false;
  }
}

/**
 * Allocates `size` bytes for good and returns their address. There is no free: a
 * Region that must grow allocates twice its old size.
 */
export function allocate(size: number): number {
  if (free === 0) load();
  const address = free;
  free += (Math.ceil(size / MARGIN) + 1) * MARGIN;
  const missing = free + MARGIN - memory.length;
  if (missing > 0) {
    // By no less than an eighth: each time is costly, and pages that are never touched are not.
    rowKernel.memory.grow(Math.ceil(Math.max(missing, memory.length / 8) / PAGE));
    view(rowKernel);
  }
  return address;
}

/** Memory of the kernel that is reused for one purpose; it moves when it must grow. */
export class Region {
  address = 0;
  size = 0;

  /** Makes room for `size` bytes and returns their address. Where the region must move, its old content is lost. */
  reserve(size: number): number {
    if (size > this.size) {
      this.size = Math.max(LEAST, 2 * size);
      this.address = allocate(this.size);
    }
    return this.address;
  }

  /** Copies bytes into the region, with MARGIN spare bytes after them, and returns their address. */
  put(bytes: Uint8Array): number {
    const address = this.reserve(bytes.length + MARGIN);
    memory.set(bytes, address);
    return address;
  }
}
