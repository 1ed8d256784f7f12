/** A twice differentiable function with its derivative, and bounds on the sizes of its first and second derivatives. */
export interface DifferentiableFunction {
  at(t: number): number;
  derivative(t: number): number;
  bound: number;
  secondBound: number;
}

/**
 * Intervals [lo, hi], in order, that hold one change of sign each: all of those between from and to,
 * but that two closer than smallest may be missed. An interval is halved until the bound on the
 * derivative excludes a root, or that on the second a turning point.
 */
export function crossings(f: DifferentiableFunction, from: number, to: number, smallest: number) {
  const { at, derivative, bound, secondBound } = f;
  return between(from, to, at(from), at(to));

  function between(lo: number, hi: number, atLo: number, atHi: number): [lo: number, hi: number][] {
    const half = (hi - lo) / 2;
    const mid = lo + half;
    const atMid = at(mid);
    if (Math.abs(atMid) > bound * half) return [];
    if (half < smallest || Math.abs(derivative(mid)) > secondBound * half) {
      return atLo > 0 !== atHi > 0 ? [[lo, hi]] : [];
    }
    return [...between(lo, mid, atLo, atMid), ...between(mid, hi, atMid, atHi)];
  }
}

/**
 * The root of g between lo and hi, where its signs differ, by bisection: of the
 * two doubles beside it the one with the smaller |g|.
 */
export function bisect(g: (t: number) => number, lo: number, hi: number): number {
  const positiveAtLo = g(lo) > 0;
  for (;;) {
    const mid = lo + (hi - lo) / 2;
    if (mid <= lo || mid >= hi) return Math.abs(g(lo)) < Math.abs(g(hi)) ? lo : hi;
    if (g(mid) > 0 === positiveAtLo) lo = mid;
    else hi = mid;
  }
}
