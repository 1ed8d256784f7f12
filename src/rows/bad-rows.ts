import { type Message, message } from "../core/message.ts";
import { DataError } from "../data/errors.ts";

export type BadRowPolicy = "stop" | "skip" | "keep";

const SHOWN_LINES = 5;

/** Keeps count of the rows that could not be computed, and stops at the first unless told otherwise. */
export class BadRows {
  private readonly file: string;
  private readonly policy: BadRowPolicy;
  private readonly unit: "line" | "row";
  count = 0;
  /** Lines of the first few. */
  lines: number[] = [];

  constructor(file: string, policy: BadRowPolicy = "stop", unit: "line" | "row" = "line") {
    this.file = file;
    this.policy = policy;
    this.unit = unit;
  }

  /** Is the row kept? Throws where the program must stop: by policy, or for a row too long to keep in its columns. */
  take(line: number, fault: string, tooLong = false): boolean {
    const place = `${this.file} ${this.unit} ${line}: ${fault}`;
    if (this.policy === "stop") throw new DataError(place);
    if (this.policy === "keep" && tooLong) throw new DataError(`${place}: such a row cannot be kept, only skipped`);
    this.add(1, [line]);
    return this.policy === "keep";
  }

  /** Counts rows that were met elsewhere. */
  add(count: number, lines: readonly number[]): void {
    this.count += count;
    this.lines = [...this.lines, ...lines].sort((a, b) => a - b).slice(0, SHOWN_LINES);
  }

  clear(): void {
    this.count = 0;
    this.lines = [];
  }

  /** How many of them are kept without values. */
  get kept(): number {
    return this.policy === "keep" ? this.count : 0;
  }

  warnings(): Message[] {
    if (this.count === 0) return [];
    const what = this.policy === "keep" ? "kept without values" : "left out";
    const lines = this.lines.join(", ") + (this.count > this.lines.length ? ", ..." : "");
    return [
      message`${this.file}: ${this.count} bad ${this.count === 1 ? "row" : "rows"} ${what}: ${this.unit} ${lines}`,
    ];
  }
}
