import type { Phrase } from "../core/phrase.ts";
import type { Sample } from "../core/report.ts";

/** One row of the data: a sample, or a bad row that is kept without values. */
export interface Measured {
  /** The line or the row that it came from. */
  readonly place: number;
  readonly sample?: Sample;
}

/** Samples as they are read, in the order of the rows, and what there is to say of them afterwards. */
export interface Samples {
  readonly classes: number;
  readonly className: (index: number) => string | number;
  readonly blocks: AsyncIterable<readonly Measured[]>;
  readonly skipped: () => number;
  readonly warnings: () => readonly Phrase[];
  readonly fisherScore?: () => number;
}
