import { createHash } from "node:crypto";

/** The SHA-256 of pieces one after another, in hexadecimal. */
export class Fingerprint {
  readonly #hash = createHash("sha256");

  add(piece: string | NodeJS.ArrayBufferView): this {
    this.#hash.update(piece);
    return this;
  }

  /** Passes pieces on. */
  async *of<T extends NodeJS.ArrayBufferView>(pieces: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const piece of pieces) {
      this.add(piece);
      yield piece;
    }
  }

  /** To be asked for once, after the last piece. */
  text(): string {
    return this.#hash.digest("hex");
  }
}
