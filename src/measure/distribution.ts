import { Mean } from "./exact-sum.ts";

/** Up to so many numbers a distribution keeps all of them. */
const EXACT = 1e6;
/** A bucket is the sign and the upper 32 bits of |x| without the last 7; a page has those of one sign and exponent. */
const PLACES_CUT = 7;
const PAGE_PLACES = 13;
/** The first page of negative numbers. */
const NEGATIVE = 1 << 11;
const INFINITE = 0x7ff00000 >>> PLACES_CUT;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/**
 * The mean and the quantiles of numbers added one by one. Up to a million numbers quantiles are exact.
 * Above that the numbers are counted in buckets of equal sign, exponent and first 13 binary places: a
 * quantile then comes from the right two ranks, whose numbers have a relative error of at most 2^-14, and
 * memory no longer grows. NaN counts as larger than all others.
 */
export class Distribution extends Mean {
  #numbers = new Float64Array(EXACT);
  /** How many numbers each bucket of a page has, once they are counted; pages of positive numbers first. */
  #pages: (Float64Array | undefined)[] | undefined;

  override add(x: number): void {
    if (this.count === EXACT) {
      this.#pages = Array(2 * NEGATIVE).fill(undefined);
      for (const y of this.#numbers) this.#tally(y);
      this.#numbers = new Float64Array();
    }
    if (this.#pages === undefined) this.#numbers[this.count] = x;
    else this.#tally(x);
    super.add(x);
  }

  #tally(x: number): void {
    double[0] = Math.abs(x);
    const bucket = (words[1]! & 0x7fffffff) >>> PLACES_CUT;
    const page = (bucket >>> PAGE_PLACES) + (x < 0 ? NEGATIVE : 0);
    this.#pages![page] ??= new Float64Array(1 << PAGE_PLACES);
    this.#pages![page][bucket & ((1 << PAGE_PLACES) - 1)]!++;
  }

  /**
   * The numbers below which these shares in [0, 1] of all lie, linear between
   * neighbours (numpy's default); NaN without numbers.
   */
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
    if (this.#pages === undefined) {
      const sorted = this.#numbers.subarray(0, this.count).sort();
      return (place) => sorted[place]!;
    }
    const buckets: [bucket: number, count: number][] = [];
    this.#pages.forEach((page, i) => {
      const [sign, first] = i < NEGATIVE ? [1, i << PAGE_PLACES] : [-1, (i - NEGATIVE) << PAGE_PLACES];
      page?.forEach((count, k) => {
        if (count > 0) buckets.push([sign * (first + k), count]);
      });
    });
    buckets.sort(([a], [b]) => a - b);
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

/** The middle of a bucket; 0, infinity and NaN for theirs. */
function middleOf(bucket: number): number {
  const size = Math.abs(bucket);
  const half = size === 0 || size >= INFINITE ? 0 : 1 << (PLACES_CUT - 1);
  words[1] = (size << PLACES_CUT) | half;
  words[0] = 0;
  return Math.sign(bucket) * double[0]!;
}
