import { twoSum } from "./exact.ts";

/** Up to this many numbers a distribution keeps them all. */
const EXACT = 1e6;
const PLACES_CUT = 7;

const bits = new DataView(new ArrayBuffer(8));

/** A mean by a compensated sum in the order of the numbers. */
export class Mean {
  count = 0;
  #sum = 0;
  #low = 0;

  add(x: number): void {
    const { hi, lo } = twoSum(this.#sum, x);
    this.#sum = hi;
    this.#low += lo;
    this.count++;
  }

  /** The mean so far; NaN where there is nothing. */
  value(): number {
    return (Number.isFinite(this.#sum) ? this.#sum + this.#low : this.#sum) / this.count;
  }
}

/**
 * The mean and the quantiles of numbers that come one by one. Up to a million numbers quantiles are exact. Above that the numbers
 * are counted in buckets of equal sign, exponent and first 13 binary places: a quantile then stands between the
 * right two numbers by rank, each of them taken with a relative error of at most 2^-14, and memory no longer grows.
 * NaN counts as larger than all others.
 */
export class Distribution extends Mean {
  #values = new Float64Array(1024);
  #buckets: Map<number, number> | undefined;
  #sorted = false;
  #order: [key: number, count: number][] | undefined;

  override add(x: number): void {
    if (this.count === EXACT) this.#intoBuckets();
    if (this.#buckets !== undefined) {
      tally(this.#buckets, x);
      this.#order = undefined;
    } else {
      if (this.count === this.#values.length) this.#values = enlarged(this.#values);
      this.#values[this.count] = x;
      this.#sorted = false;
    }
    super.add(x);
  }

  /** The number below which a share p in [0, 1] of all lies, linear between neighbours (numpy's default); NaN where there is nothing. */
  quantile(p: number): number {
    if (this.count === 0) return Number.NaN;
    const place = p * (this.count - 1);
    const [lo, hi] = [this.#at(Math.floor(place)), this.#at(Math.ceil(place))];
    return lo === hi ? lo : lo + (hi - lo) * (place - Math.floor(place));
  }

  /** The number at a place in rising order. */
  #at(place: number): number {
    if (this.#buckets !== undefined) {
      this.#order ??= [...this.#buckets].sort(([a], [b]) => a - b);
      return numberAt(this.#order, place);
    }
    if (!this.#sorted) this.#values.subarray(0, this.count).sort();
    this.#sorted = true;
    return this.#values[place]!;
  }

  #intoBuckets(): void {
    this.#buckets = new Map();
    for (const x of this.#values) tally(this.#buckets, x);
    this.#values = new Float64Array();
  }
}

function enlarged(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.min(EXACT, 2 * values.length));
  larger.set(values);
  return larger;
}

function tally(buckets: Map<number, number>, x: number): void {
  bits.setFloat64(0, Math.abs(x));
  const size = bits.getUint32(0) >>> PLACES_CUT;
  const key = x < 0 ? -size : size;
  buckets.set(key, (buckets.get(key) ?? 0) + 1);
}

function numberAt(buckets: readonly [key: number, count: number][], place: number): number {
  let before = 0;
  for (const [key, n] of buckets) {
    before += n;
    if (before > place) return Math.sign(key) * middleOf(Math.abs(key));
  }
  return Number.NaN;
}

/** The middle of a bucket; that of 0 and of infinity is itself. */
function middleOf(key: number): number {
  const start = numberOf(key << PLACES_CUT);
  return key > 0 && Number.isFinite(start) ? numberOf((key << PLACES_CUT) | (1 << (PLACES_CUT - 1))) : start;
}

function numberOf(highWord: number): number {
  bits.setUint32(0, highWord);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
