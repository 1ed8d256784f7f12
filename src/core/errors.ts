/**
 * A parameter outside its domain. The message says which, its value and the domain.
 * @example
 * const caught = (() => { try { return psi(0, 1); } catch (error) { return error; } })();
 * caught instanceof ParameterError; // true
 * caught.message; // "m is 0: it must lie from 1 to 2^20"
 */
export class ParameterError extends RangeError {
  override readonly name = "ParameterError";
}

/** The value. Throws ParameterError unless it is a number and lo <= value <= hi; NaN fails. */
export function requireWithin(name: string, value: number, lo: number, hi: number): number {
  if (typeof value !== "number") throw new ParameterError(`${name} is a ${typeof value}: it must be a number`);
  if (value >= lo && value <= hi) return value;
  throw new ParameterError(`${name} is ${value}: it must ${rangeWords(lo, hi)}`);
}

/** The largest scale, lambda, rate and number of a schedule: with larger ones products may overflow. */
export const LARGEST = 1e100;

/**
 * The range lo to hi after the word "must": "lie from 1 to 2^20"; with
 * Number.MIN_VALUE for lo "be above 0 and at most 1e+100".
 */
export function rangeWords(lo: number, hi: number): string {
  return lo === Number.MIN_VALUE
    ? `be above 0 and at most ${rangeEnd(hi)}`
    : `lie from ${rangeEnd(lo)} to ${rangeEnd(hi)}`;
}

const rangeEnd = (x: number) => (x === 2 ** 20 ? "2^20" : x === Math.PI ? "pi" : `${x}`);
