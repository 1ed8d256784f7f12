/** What the property tests draw from. (fc.double spreads over all floats, most of them tiny; these are uniform.) */
import fc from "fast-check";
import { nextDown, nextUp } from "./oracle.ts";

export const uniform = (lo: number, hi: number): fc.Arbitrary<number> =>
  fc.maxSafeNat().map((i) => lo + (hi - lo) * (i / Number.MAX_SAFE_INTEGER));

/** Angles in [0, pi]: uniform ones, and those spread over all floats, subnormal ones too. */
export const angles = uniform(0, Math.PI);
export const anyAngles = fc.double({ min: 0, max: Math.PI, noNaN: true });

/** Margins of A-Softmax, small and large, whole and real. */
export const margins = fc.oneof(
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 2 ** 20 }),
  uniform(1, 8),
  uniform(1, 2 ** 20),
);

/** A float moved by a few: nudged(x, -1) is the one below. */
export function nudged(x: number, by: number): number {
  for (let i = 0; i < Math.abs(by); i++) x = by > 0 ? nextUp(x) : nextDown(x);
  return x;
}
export const nudges = fc.integer({ min: -2, max: 2 });
