// @types/node does not declare WebAssembly.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** The memory of a kernel. */
export interface KernelMemory {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
}

/** Bytes of a page, the unit in which memory grows. */
export const PAGE = 2 ** 16;

/**
 * What a kernel exports, from the base64 text that `npm run build:kernel` made of its source.
 * Throws what WebAssembly throws where it, or its SIMD, is missing.
 */
export function instantiate<Exports extends KernelMemory>(kernel: string, imports: object): Exports {
  const module = new WebAssembly.Module(Buffer.from(kernel, "base64"));
  return new WebAssembly.Instance(module, imports).exports as Exports;
}
