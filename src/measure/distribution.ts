import { Mean } from "./exact-sum.ts";

/** Up to this many numbers a distribution keeps all of them. */
const EXACT = 1e6;
/** A bucket is the sign and the upper 32 bits of |x| without the last 7. */
const PLACES_CUT = 7;
const INFINITE = 0x7ff00000 >>> PLACES_CUT;

const bits = new DataView(new ArrayBuffer(8));

/**
 * The mean and the quantiles of numbers added one by one. Up to a million numbers quantiles are exact. Above that the numbers
 * are counted in buckets of equal sign, exponent and first 13 binary places: a quantile then comes from
 * the right two ranks, whose numbers have a relative error of at most 2^-14, and memory no longer grows.
 * NaN counts as larger than all others.
 */
export class Distribution extends Mean {
  #values = new Float64Array(1024);
  #buckets: Map<number, number> | undefined;

  override add(x: number): void {
    if (this.count === EXACT) {
      this.#buckets = new Map();
      for (const value of this.#values) tally(this.#buckets, value);
      this.#values = new Float64Array();
    }
    if (this.#buckets !== undefined) tally(this.#buckets, x);
    else {
      if (this.count === this.#values.length) this.#values = enlarged(this.#values);
      this.#values[this.count] = x;
    }
    super.add(x);
  }

  /** The numbers below which these shares in [0, 1] of all lie, linear between neighbours (numpy's default); NaN without numbers. */
  quantiles(shares: readonly number[]): number[] {
    if (this.count === 0) return shares.map(() => Number.NaN);
    const at = this.#inOrder();
    return shares.map((share) => {
      const place = share * (this.count - 1);
      const [lo, hi] = [at(Math.floor(place)), at(Math.ceil(place))];
      return lo === hi ? lo : lo + (hi - lo) * (place - Math.floor(place));
    });
  }

  /** The shares of the numbers that are at least so large; NaN without numbers. */
  sharesFrom(limits: readonly number[]): number[] {
    const at = this.#inOrder();
    return limits.map((limit) => {
      let [from, to] = [0, this.count];
      while (from < to) {
        const middle = (from + to) >>> 1;
        if (at(middle) < limit) from = middle + 1;
        else to = middle;
      }
      return (this.count - from) / this.count;
    });
  }

  /** Gives the number at a place in rising order. */
  #inOrder(): (place: number) => number {
    if (this.#buckets === undefined) {
      const sorted = this.#values.subarray(0, this.count).sort();
      return (place) => sorted[place]!;
    }
    const buckets = [...this.#buckets].sort(([a], [b]) => a - b);
    return (place) => {
      let before = 0;
      const [bucket] = buckets.find(([, count]) => {
        before += count;
        return before > place;
      })!;
      return middleOf(bucket);
    };
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
  const bucket = x < 0 ? -size : size;
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
}

/** The middle of a bucket; 0, infinity and NaN for theirs. */
function middleOf(bucket: number): number {
  const size = Math.abs(bucket);
  const half = size === 0 || size >= INFINITE ? 0 : 1 << (PLACES_CUT - 1);
  bits.setUint32(0, (size << PLACES_CUT) | half);
  bits.setUint32(4, 0);
  return Math.sign(bucket) * bits.getFloat64(0);
}
