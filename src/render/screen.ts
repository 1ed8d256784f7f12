import type { ChalkInstance } from "chalk";

/** Size, characters and colours of the terminal or the file that text is written to. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  /** The size of charts, where it is not what suits the screen. */
  readonly chartWidth?: number | undefined;
  readonly chartHeight?: number | undefined;
  readonly unicode: boolean;
  /** chalk, at level 0 where no colour is wanted. */
  readonly colors: ChalkInstance;
}
