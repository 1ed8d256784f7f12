/** The exponent bits of a double: all are set in what is no finite number. */
const EXPONENT = 0x7ff;
/** The least double is 2^-LEAST_BIT. */
const LEAST_BIT = 1074;
/** So many numbers below 2^32 are added to a bin at most, so that it is exact. */
const ADDITIONS = 2 ** 20;

const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);

/**
 * The sum of any doubles, exact, and rounded once where it is asked for: the same to the bit in whatever order numbers
 * are added, and sums of parts to one another. Source: Neal, Fast exact summation using small and large
 * superaccumulators (arXiv:1505.05571).
 */
export class ExactSum {
  /** For each exponent the sum of the lower 32 bits of the significands, and that of the bits above. */
  readonly #lower = new Float64Array(EXPONENT);
  readonly #upper = new Float64Array(EXPONENT);
  /** The least and the largest exponent so far. */
  #least = EXPONENT;
  #most = 0;
  /** How many numbers the bins sum up, and the sum of those before as a multiple of 2^-1074. */
  #additions = 0;
  #before = 0n;
  /** The sum of what is no finite number: 0, an infinity or NaN. */
  #unbounded = 0;

  add(x: number): void {
    double[0] = x;
    const exponent = (words[1]! >>> 20) & EXPONENT;
    if (exponent === EXPONENT) {
      this.#unbounded += x;
      return;
    }
    // x is sign * (upper * 2^32 + lower) * 2^(max(exponent, 1) - 1 - 1074).
    const sign = x < 0 ? -1 : 1;
    const upper = (words[1]! & 0xfffff) | (exponent === 0 ? 0 : 0x100000);
    this.#lower[exponent]! += sign * words[0]!;
    this.#upper[exponent]! += sign * upper;
    if (exponent < this.#least) this.#least = exponent;
    if (exponent > this.#most) this.#most = exponent;
    if (++this.#additions === ADDITIONS) this.multiple();
  }

  /** The double nearest to the sum; an infinity where it lies beyond all of them. */
  value(): number {
    return this.#unbounded === 0 ? nearest(this.multiple()) : this.#unbounded;
  }

  /** The sum of the finite numbers as a multiple of 2^-1074. */
  multiple(): bigint {
    for (let exponent = this.#least; exponent <= this.#most; exponent++) {
      const significands = (BigInt(this.#upper[exponent]!) << 32n) + BigInt(this.#lower[exponent]!);
      this.#before += significands << BigInt(Math.max(exponent - 1, 0));
    }
    for (const bins of [this.#upper, this.#lower]) bins.fill(0);
    this.#additions = 0;
    return this.#before;
  }

  /** Adds a multiple of 2^-1074. */
  addMultiple(multiple: bigint): void {
    this.#before += multiple;
  }
}

/** The double nearest to a multiple of 2^-1074. */
function nearest(multiple: bigint): number {
  const size = multiple < 0n ? -multiple : multiple;
  const bits = size.toString(2).length;
  // Of a long number the upper 64 bits, and whether there are others, decide; a short one is exact.
  const cut = BigInt(Math.max(0, bits - 64));
  const front = size >> cut;
  const rest = front << cut === size ? 0n : 1n;
  const scaled = Number(front | rest) * 2 ** (Number(cut) - LEAST_BIT);
  return multiple < 0n ? -scaled : scaled;
}

/** A mean of numbers in any order: their exact sum, rounded, over their count. */
export class Mean extends ExactSum {
  count = 0;

  override add(x: number): void {
    super.add(x);
    this.count++;
  }

  /** The mean so far; NaN without numbers. */
  override value(): number {
    return super.value() / this.count;
  }
}
