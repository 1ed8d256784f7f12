import type { ChalkInstance } from "chalk";

/** Size, characters and colours of the terminal or the file that text is written to. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly unicode: boolean;
  /** chalk, at level 0 where no colour is wanted. */
  readonly colors: ChalkInstance;
}
