/** A parameter outside its domain. The message says which, what it was and what is allowed. */
export class ParameterError extends RangeError {
  override readonly name = "ParameterError";
}

/** Throws ParameterError unless lo <= value <= hi; NaN fails. */
export function requireWithin(name: string, value: number, lo: number, hi: number): void {
  if (!(value >= lo && value <= hi)) {
    throw new ParameterError(`${name} is ${value}: it must lie from ${rangeEnd(lo)} to ${rangeEnd(hi)}`);
  }
}

const rangeEnd = (x: number) => (x === 2 ** 20 ? "2^20" : x === Math.PI ? "pi" : `${x}`);
