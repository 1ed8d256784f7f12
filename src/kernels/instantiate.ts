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
 * What a kernel exports, from the base64 text that `npm run build:kernel` made of its source. Where WebAssembly with SIMD is missing, the
 * first memory that is asked for throws what is wrong, so that who needs no kernel can do without.
 */
export function instantiate<Exports extends KernelMemory>(kernel: string, imports: object): Exports {
  try {
    const module = new WebAssembly.Module(Buffer.from(kernel, "base64"));
    return new WebAssembly.Instance(module, imports).exports as Exports;
  } catch (error) {
    const grow = () => {
      throw error;
    };
    return { memory: { buffer: new ArrayBuffer(0), grow }, firstFree: () => 0 } as unknown as Exports;
  }
}
