import type { Batch } from "../data/batch.ts";
import { RowError } from "../data/errors.ts";

/** What is wrong with the rows of a batch, the first thing of each. */
export class Faults {
  private readonly found = new Map<number, RowError>();
  private readonly batch: Batch;

  constructor(batch: Batch) {
    this.batch = batch;
    for (let row = 0; row < batch.size; row++) {
      const fault = batch.fault(row);
      if (fault !== undefined) this.add(row, fault);
    }
  }

  get(row: number): RowError | undefined {
    return this.found.get(row);
  }

  get isEmpty(): boolean {
    return this.found.size === 0;
  }

  add(row: number, message: string): void {
    this.found.set(row, new RowError(this.batch.line(row), message));
  }
}
