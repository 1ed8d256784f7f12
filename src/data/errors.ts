import { getSystemErrorMap } from "node:util";

/** Something wrong in a data file: the message names the file and the place. */
export class DataError extends Error {
  override readonly name: string = "DataError";
}

/** Parts of a file that contradict one another; a caller that knows the name of the file makes a DataError of it. */
export class DamageError extends Error {}

/** What the action gives. An error that it throws becomes another, which says what was tried. */
export function tried<T>(action: () => T, reworded: (error: unknown) => unknown): T {
  try {
    return action();
  } catch (error) {
    throw reworded(error);
  }
}

/** What the operating system says is wrong, in its own words. */
export function systemReason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message;
}

/** Wrong usage: one line that says what is wrong, where, and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
