import type { ChalkInstance } from "chalk";

/** What the terminal (or whatever text goes to) can show. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly unicode: boolean;
  /** chalk at the level of colour that was decided on. */
  readonly colors: ChalkInstance;
}
