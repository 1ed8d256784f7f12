import type { Message } from "../core/message.ts";
import type { Target } from "../core/targets.ts";
import type { Sample } from "./statistics.ts";

/** What is asked of every sample: the conditions at each m, the losses of each function at each scale. */
export interface Questions {
  readonly margins: readonly number[];
  readonly functions: readonly Target[];
  readonly scales: readonly (number | "norm")[];
}

/** One row of the data, by the line or the row that it came from: a sample, or a bad row that is kept without values. */
export interface MeasuredRow {
  readonly place: number;
  readonly sample: Sample | undefined;
}

/** Samples as they are read, in the order of the rows, and what there is to say of them afterwards. */
export interface Samples {
  readonly classes: number;
  readonly className: (index: number) => string | number;
  readonly blocks: AsyncIterable<readonly MeasuredRow[]>;
  /** How much there is to read, and how much of it has been read, in one unit; 0 where the total is not known. */
  readonly total: number;
  readonly done: () => number;
  readonly skipped: () => number;
  readonly warnings: () => readonly Message[];
  readonly fisherScore?: () => number;
}
