import { kernel } from "./cosines-kernel.ts";
import { instantiate, type KernelMemory, PAGE } from "./instantiate.ts";

/** The exports of the kernel; places in the memory are in bytes. */
interface Kernel extends KernelMemory {
  largest(vector: number, bytes: number): number;
  quantize(vector: number, bytes: number, factor: number, out: number, stride: number): number;
  componentSum(): number;
  leftSum(): number;
  multiply(features: number, quads: number, panel: number, panelBytes: number, scores: number, ...rest: number[]): void;
  below(scores: number, rows: number, bounds: number, list: number): number;
  addPowers(scores: number, rows: number, sums: number): void;
  dot(a: number, b: number, bytes: number): number;
}

/** A kernel with a memory of its own: `bytes` bytes, all 0, from which take allocates arrays. */
export class Instance {
  readonly kernel: Kernel;
  #end = 0;

  constructor(bytes: number) {
    const pages = Math.ceil(bytes / PAGE);
    this.kernel = instantiate<Kernel>(kernel, { cosines: { exp2: (x: number) => 2 ** x } });
    this.kernel.memory.grow(pages);
  }

  /** Allocates an array of `length` numbers. Arrays of 8-byte numbers must be allocated before those of smaller ones, so that all are aligned. */
  take<T>(type: TypedArrayOf<T>, length: number): T {
    const start = this.#end;
    this.#end += length * type.BYTES_PER_ELEMENT;
    return new type(this.kernel.memory.buffer, start, length);
  }
}

interface TypedArrayOf<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}
