import type { Message } from "../core/message.ts";
import type { Target } from "../core/targets.ts";
import type { FeatureFigures, Sample } from "./statistics.ts";

/** What to compute for every sample: the conditions at each m, the loss of each function at each scale. */
export interface Questions {
  readonly margins: readonly number[];
  readonly functions: readonly Target[];
  readonly scales: readonly (number | "norm")[];
}

/** One row of the data with its line or row number; no sample where the row is bad and kept. */
export interface MeasuredRow {
  readonly place: number;
  readonly sample: Sample | undefined;
}

/** Samples in the order of the rows, read as they are asked for. skipped, warnings and ofFeatures are final after the last block. */
export interface Samples {
  readonly classes: number;
  readonly className: (index: number) => string | number;
  readonly blocks: AsyncIterable<readonly MeasuredRow[]>;
  /** How much there is to read (0: unknown), and how much has been read, in the same unit. */
  readonly total: number;
  readonly done: () => number;
  readonly skipped: () => number;
  /** What the report says of where the angles come from. */
  readonly notes?: readonly Message[];
  readonly warnings: () => readonly Message[];
  /** inUnit gives an angle in the unit of the report. */
  readonly ofFeatures?: (inUnit: (theta: number) => number) => FeatureFigures;
}
