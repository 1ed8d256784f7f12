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

export type Instance = ReturnType<typeof newInstance>;

/** A kernel with a memory of its own: `bytes` bytes, all 0, from which take allocates arrays. */
export function newInstance(bytes: number) {
  const instance = instantiate<Kernel>(kernel, { cosines: { exp2: (x: number) => 2 ** x } });
  instance.memory.grow(Math.ceil(bytes / PAGE));
  let end = 0;
  return {
    kernel: instance,
    /**
     * Allocates an array of `length` numbers. Arrays of 8-byte numbers must be allocated
     * before those of smaller ones, so that all are aligned.
     */
    take<T>(type: TypedArrayOf<T>, length: number): T {
      const start = end;
      end += length * type.BYTES_PER_ELEMENT;
      return new type(instance.memory.buffer, start, length);
    },
  };
}

interface TypedArrayOf<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}
