/** A parameter outside its domain. The message says which, what it was and what is allowed. */
export class ParameterError extends RangeError {
  override readonly name = "ParameterError";
}

/** Throws ParameterError unless lo <= value <= hi; NaN fails. */
export function requireWithin(name: string, value: number, lo: number, hi: number): void {
  if (!(value >= lo && value <= hi)) {
    throw new ParameterError(`${name} is ${value}: it must ${rangeWords(lo, hi)}`);
  }
}

/** The largest scale, lambda, rate and the like: beyond it products of their cosines come near to overflow. */
export const LARGEST = 1e100;

/** What a number from lo to hi must do: "lie from 1 to 2^20", "be above 0 and at most 1e+100". */
export function rangeWords(lo: number, hi: number): string {
  return lo === Number.MIN_VALUE
    ? `be above 0 and at most ${rangeEnd(hi)}`
    : `lie from ${rangeEnd(lo)} to ${rangeEnd(hi)}`;
}

const rangeEnd = (x: number) => (x === 2 ** 20 ? "2^20" : x === Math.PI ? "pi" : `${x}`);
