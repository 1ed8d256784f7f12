import { lengthOf } from "../core/angle-between.ts";
import { doubles, Region, rowKernel } from "../kernels/rows.ts";
import { dividedCosine } from "./cosine-search.ts";
import { type FeatureFiles, inSteps } from "./feature-files.ts";
import type { Losses } from "./losses.ts";
import { type Vectors, vectorOf } from "./vectors.ts";

/** The most doubles of class vectors that are held at a time: 8 MiB. */
const HELD_DOUBLES = 2 ** 20;

/** One feature of a block: its length, the number of its class, and the angle to the nearest other one. */
type MeasuredFeature = Readonly<Record<"norm" | "label" | "minThetaJ", number>>;

/**
 * Sums of powers of e over the cosines of features and all other classes, from
 * dot products in double of unit vectors in double.
 */
export function doublePowers({ weights, features: { cols }, centres }: FeatureFiles, losses: Losses) {
  const { divisors, scales } = losses;
  const [unitFeature, unitClasses, cosines, gaps] = [new Region(), new Region(), new Region(), new Region()];
  const bytes = 16 * Math.ceil(cols / 2);
  let held = Number.NaN;

  /** Writes vectors as unit vectors. */
  function putUnits(region: Region, vectors: Vectors): void {
    const count = vectors.length / cols;
    const start = region.reserve(count * bytes) / 8;
    for (let i = 0; i < count; i++) {
      const vector = vectorOf(vectors, cols, i);
      const length = lengthOf(vector).hi;
      const at = start + (i * bytes) / 8;
      for (let k = 0; k < cols; k++) doubles[at + k] = vector[k]! / length;
      if (cols & 1) doubles[at + cols] = 0;
    }
  }

  /**
   * Adds the powers of the classes from a number on, whose cosines are there; of
   * several vectors of a class the nearest counts.
   */
  function add(found: Float64Array, first: number, count: number, { norm, label, minThetaJ }: MeasuredFeature): void {
    const to = gaps.reserve(8 * (count + 1)) / 8;
    const from = cosines.address / 8;
    for (const [d, divisor] of divisors.entries()) {
      const top = Math.cos(minThetaJ / divisor);
      for (let j = 0; j < count; j++) {
        let cosine = doubles[from + j * centres]!;
        for (let k = 1; k < centres; k++) cosine = Math.max(cosine, doubles[from + j * centres + k]!);
        doubles[to + j] = (divisor === 1 ? cosine : dividedCosine(cosine, divisor)) - top;
      }
      // The kernel adds two at a time: an odd count is filled up with e^-Infinity, which is 0.
      doubles[to + count] = Number.NEGATIVE_INFINITY;
      if (label >= first && label < first + count) doubles[to + label - first] = Number.NEGATIVE_INFINITY;
      const even = count + (count & 1);
      for (const [i, scale] of scales.entries())
        found[d * scales.length + i]! += rowKernel.sumOfPowers(8 * to, even, scale === "norm" ? norm : scale);
    }
  }

  /** For each feature the sums of e^(scale (cosine - that of the nearest class)); 0 where one is undefined. */
  return (vectors: Vectors, features: readonly (MeasuredFeature | undefined)[]): Float64Array[] => {
    const found = features.map(() => new Float64Array(losses.sums.length));
    const step = Math.max(1, Math.floor(HELD_DOUBLES / weights.cols));
    for (const [first, count] of inSteps(weights.rows, step)) {
      if (held !== first) putUnits(unitClasses, weights.read(first, count));
      held = first;
      for (const [row, feature] of features.entries()) {
        if (feature === undefined) continue;
        putUnits(unitFeature, vectorOf(vectors, cols, row));
        const out = cosines.reserve(8 * (count * centres + 1));
        rowKernel.dots(unitFeature.address, unitClasses.address, count * centres, bytes, out);
        add(found[row]!, first, count, feature);
      }
    }
    return found;
  };
}
