/** A parameter outside its domain. The message says which, what it was and what is allowed. */
export class ParameterError extends RangeError {
  override readonly name = "ParameterError";
}

/** Throws ParameterError unless lo <= value <= hi; NaN fails. */
export function requireWithin(name: string, value: number, lo: number, hi: number): void {
  if (!(value >= lo && value <= hi)) {
    throw new ParameterError(`${name} is ${value}: it must ${range(lo, hi)}`);
  }
}

function range(lo: number, hi: number): string {
  if (lo === Number.MIN_VALUE)
    return hi === Number.MAX_VALUE ? "be finite and above 0" : `be above 0 and at most ${rangeEnd(hi)}`;
  if (hi === Number.MAX_VALUE) return `be finite and at least ${lo}`;
  return `lie from ${rangeEnd(lo)} to ${rangeEnd(hi)}`;
}

const rangeEnd = (x: number) => (x === 2 ** 20 ? "2^20" : x === Math.PI ? "pi" : `${x}`);
