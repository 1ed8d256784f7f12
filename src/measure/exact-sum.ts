// Limb i counts multiples of 2^(32 i - 1074): 65 hold a double of any size, three more what sums of them grow to.
const LIMBS = 68;
const LIMB = 2 ** 32;
const LEAST_BIT = 1074;
/** So many numbers of 2^33 at most may be added to a limb, which began below 2^32, before it is no longer exact. */
const ADDITIONS = 2 ** 19;

const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);

/**
 * The sum of any doubles, up to 2^80 of them, exact, and rounded once where it is asked for: the same to the bit in
 * whatever order numbers are added, and sums of parts to one another. Source: Neal, Fast exact summation using small
 * and large superaccumulators (arXiv:1505.05571).
 */
export class ExactSum {
  readonly #limbs = new Float64Array(LIMBS);
  #additions = 0;
  /** The sum of what is no finite number: 0, an infinity or NaN. */
  #unbounded = 0;

  add(x: number): void {
    if (x === 0) return;
    double[0] = x;
    const high = words[1]!;
    const exponent = (high >>> 20) & 0x7ff;
    if (exponent === 0x7ff) {
      this.#unbounded += x;
      return;
    }
    if (++this.#additions === ADDITIONS) this.#carry();
    // x is sign * (upper * 2^32 + lower) * 2^(place - 1074).
    const sign = high >>> 31 === 0 ? 1 : -1;
    const upper = (high & 0xfffff) | (exponent === 0 ? 0 : 0x100000);
    const lower = words[0]!;
    const place = Math.max(exponent - 1, 0);
    const factor = sign * ((1 << (place & 31)) >>> 0);
    const limb = place >>> 5;
    addParts(this.#limbs, limb, lower * factor);
    addParts(this.#limbs, limb + 1, upper * factor);
  }

  /** The double nearest to the sum; an infinity where it lies beyond all of them. */
  value(): number {
    return this.#unbounded === 0 ? nearest(this.multiple()) : this.#unbounded;
  }

  /** The sum of the finite numbers as a multiple of 2^-1074. */
  multiple(): bigint {
    this.#carry();
    let sum = 0n;
    for (let i = LIMBS - 1; i >= 0; i--) sum = (sum << 32n) + BigInt(this.#limbs[i]!);
    return sum;
  }

  /** Adds a multiple of 2^-1074. */
  addMultiple(multiple: bigint): void {
    this.#carry();
    let rest = multiple;
    for (let i = 0; i < LIMBS - 1; i++, rest >>= 32n) this.#limbs[i]! += Number(BigInt.asUintN(32, rest));
    this.#limbs[LIMBS - 1]! += Number(rest);
    this.#additions++;
  }

  /** Makes every limb but the last a whole number in [0, 2^32). */
  #carry(): void {
    const limbs = this.#limbs;
    for (let i = 0; i < LIMBS - 1; i++) {
      const over = Math.floor(limbs[i]! / LIMB);
      limbs[i]! -= over * LIMB;
      limbs[i + 1]! += over;
    }
    this.#additions = 0;
  }
}

/** Adds a whole number below 2^64 of at most 53 bits to a limb and the next. */
function addParts(limbs: Float64Array, limb: number, x: number): void {
  const over = Math.trunc(x / LIMB);
  limbs[limb]! += x - over * LIMB;
  limbs[limb + 1]! += over;
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
