import { randomUUID } from "node:crypto";
import { existsSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArrayBytes, StoredArray } from "./arrays.ts";
import { DataError, systemReason, tried } from "./errors.ts";

/** Where a file may be large: /tmp is often held in memory. */
const temporaryFolder = () => process.env.TMPDIR ?? (existsSync("/var/tmp") ? "/var/tmp" : tmpdir());

/** A file without a name, gone when the program ends, however that is. Throws DataError where it cannot be written. */
export class TemporaryFile {
  readonly fd: number;
  #size = 0;
  readonly #folder = temporaryFolder();

  constructor() {
    const path = join(this.#folder, `asoftmax-${randomUUID()}`);
    this.fd = tried(() => openSync(path, "wx+", 0o600), this.#fault);
    unlinkSync(path);
  }

  append({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): void {
    tried(() => writeFileSync(this.fd, new Uint8Array(buffer, byteOffset, byteLength)), this.#fault);
    this.#size += byteLength;
  }

  /** What was written, as an array of `cols` columns. */
  array(named: Pick<ArrayBytes, "name" | "python">, dtype: string, cols: number): StoredArray {
    const rows = this.#size / cols / Number(dtype.at(-1));
    return { ...named, fd: this.fd, start: 0, end: this.#size, dtype, shape: [rows, cols], fortran: false };
  }

  #fault = (error: unknown) =>
    new DataError(
      `cannot write a temporary file in ${this.#folder}: ${systemReason(error)}: set TMPDIR to another folder`,
    );
}
