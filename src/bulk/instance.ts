import { requireWithin } from "../core/errors.ts";
import { kernel } from "./kernel.ts";

/** The exports of the kernel; places in the memory are in bytes. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  multiply(features: number, quads: number, panel: number, panelBytes: number, scores: number): void;
  reaching(scores: number, rows: number, thresholds: number, list: number): number;
  below(scores: number, rows: number, limits: number, list: number): number;
  addPowers(scores: number, rows: number, sums: number): void;
  dot(a: number, b: number, bytes: number): number;
}

// The types of Node leave WebAssembly out.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const PAGE = 65536;
const ALIGNED = 64;

/** A kernel of its own, and its memory. */
export class Instance {
  readonly kernel: Kernel;
  #end = 0;

  constructor() {
    const imports = { js: { exp2: (x: number) => 2 ** x } };
    const module = new WebAssembly.Module(Buffer.from(kernel, "base64"));
    this.kernel = new WebAssembly.Instance(module, imports).exports as Kernel;
  }

  /** All of the memory, until more of it is taken. */
  get buffer(): ArrayBuffer {
    return this.kernel.memory.buffer;
  }

  /** Takes so many bytes of memory, all 0, and gives their place. Throws ParameterError beyond the 4 GiB of WebAssembly. */
  take(bytes: number): number {
    const place = this.#end;
    this.#end += Math.ceil(bytes / ALIGNED) * ALIGNED;
    requireWithin("memory of the product", this.#end, 0, 2 ** 32 - PAGE);
    const missing = this.#end - this.buffer.byteLength;
    if (missing > 0) this.kernel.memory.grow(Math.ceil(missing / PAGE));
    return place;
  }
}
