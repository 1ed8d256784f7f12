import { type Message, message } from "../core/message.ts";
import { DataError } from "../data/errors.ts";

/**
 * What becomes of a bad row: it ends the program (fail where nobody can choose
 * another policy), is left out, or kept without values.
 */
export type BadRowPolicy = "stop" | "fail" | "skip" | "keep";

export type BadRows = ReturnType<typeof badRows>;

const SHOWN_LINES = 5;

/**
 * Counts the rows of a file that could not be computed. By default (policy stop) the first of them ends the program.
 */
export function badRows(file: string, policy: BadRowPolicy = "stop", unit: "line" | "row" = "line") {
  let count = 0;
  /** Lines of the first few. */
  let lines: readonly number[] = [];
  /** Counts rows, met here or elsewhere. */
  function add(more: number, theirs: readonly number[]): void {
    count += more;
    lines = [...lines, ...theirs].sort((a, b) => a - b).slice(0, SHOWN_LINES);
  }
  return {
    add,
    /** Is the row kept? Throws where the program must stop: by policy, or for a row too long to keep in its columns. */
    take(line: number, fault: string, tooLong = false): boolean {
      const place = `${file} ${unit} ${line}: ${fault}`;
      if (policy === "fail") throw new DataError(place);
      if (policy === "stop") throw new DataError(`${place} (--bad-rows skip leaves such rows out)`);
      if (policy === "keep" && tooLong) throw new DataError(`${place}: such a row cannot be kept, only skipped`);
      add(1, [line]);
      return policy === "keep";
    },
    /** The counts since the last call; they start from 0 again. */
    taken(): { readonly bad: number; readonly badLines: readonly number[] } {
      const taken = { bad: count, badLines: lines };
      [count, lines] = [0, []];
      return taken;
    },
    count: () => count,
    /** How many of them are kept without values. */
    kept: () => (policy === "keep" ? count : 0),
    warnings(): Message[] {
      if (count === 0) return [];
      const what = policy === "keep" ? "kept without values" : "left out";
      const shown = lines.join(", ") + (count > lines.length ? ", ..." : "");
      return [message`${file}: ${count} bad ${count === 1 ? "row" : "rows"} ${what}: ${unit} ${shown}`];
    },
  };
}
