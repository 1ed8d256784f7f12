import { lengthOf } from "../core/angle-between.ts";
import { doubles, Region, rowKernel } from "../kernels/rows.ts";
import { dividedCosine } from "./cosine-search.ts";
import type { FeatureFiles } from "./feature-files.ts";
import type { Losses } from "./losses.ts";
import { type Vectors, vectorOf } from "./vectors.ts";

/** Class vectors are held up to so many doubles: 8 MiB. */
const HELD_DOUBLES = 2 ** 20;

/** One feature of a block: its length, the number of its class, and the angle to the nearest other one. */
interface MeasuredFeature {
  readonly norm: number;
  readonly label: number;
  readonly minThetaJ: number;
}

/** Sums of powers of e over the cosines of features and all other classes, from dot products in double of unit vectors in double. */
export class DoublePowers {
  readonly #files: FeatureFiles;
  readonly #losses: Losses;
  readonly #feature = new Region();
  readonly #classes = new Region();
  readonly #cosines = new Region();
  readonly #gaps = new Region();
  #held = Number.NaN;

  constructor(files: FeatureFiles, losses: Losses) {
    this.#files = files;
    this.#losses = losses;
  }

  /** For each feature the sums of e^(scale (cosine - that of the nearest class)); 0 where one is undefined. */
  of(vectors: Vectors, features: readonly (MeasuredFeature | undefined)[]): Float64Array[] {
    const { weights, features: rows, centres } = this.#files;
    const found = features.map(() => new Float64Array(this.#losses.sums.length));
    const step = Math.max(1, Math.floor(HELD_DOUBLES / weights.cols));
    for (let first = 0; first < weights.rows; first += step) {
      const count = Math.min(step, weights.rows - first);
      if (this.#held !== first) this.#putUnits(this.#classes, weights.read(first, count));
      this.#held = first;
      for (const [row, feature] of features.entries()) {
        if (feature === undefined) continue;
        this.#putUnits(this.#feature, vectorOf(vectors, rows.cols, row));
        const out = this.#cosines.reserve(8 * (count * centres + 1));
        rowKernel.dots(this.#feature.address, this.#classes.address, count * centres, this.#bytes, out);
        this.#add(found[row]!, first, count, feature);
      }
    }
    return found;
  }

  get #bytes(): number {
    return 16 * Math.ceil(this.#files.features.cols / 2);
  }

  /** Writes vectors as unit vectors. */
  #putUnits(region: Region, vectors: Vectors): void {
    const { cols } = this.#files.features;
    const count = vectors.length / cols;
    const start = region.reserve(count * this.#bytes) / 8;
    for (let i = 0; i < count; i++) {
      const vector = vectorOf(vectors, cols, i);
      const length = lengthOf(vector).hi;
      const at = start + (i * this.#bytes) / 8;
      for (let k = 0; k < cols; k++) doubles[at + k] = vector[k]! / length;
      if (cols & 1) doubles[at + cols] = 0;
    }
  }

  /** Adds the powers of the classes from a number on, whose cosines are there; of several vectors of a class the nearest counts. */
  #add(found: Float64Array, first: number, count: number, { norm, label, minThetaJ }: MeasuredFeature): void {
    const { centres } = this.#files;
    const to = this.#gaps.reserve(8 * (count + 1)) / 8;
    const from = this.#cosines.address / 8;
    const { divisors, scales } = this.#losses;
    for (const [d, divisor] of divisors.entries()) {
      const top = Math.cos(minThetaJ / divisor);
      for (let j = 0; j < count; j++) {
        let cosine = doubles[from + j * centres]!;
        for (let k = 1; k < centres; k++) cosine = Math.max(cosine, doubles[from + j * centres + k]!);
        doubles[to + j] = (divisor === 1 ? cosine : dividedCosine(cosine, divisor)) - top;
      }
      // A place for an odd one too many.
      doubles[to + count] = Number.NEGATIVE_INFINITY;
      if (label >= first && label < first + count) doubles[to + label - first] = Number.NEGATIVE_INFINITY;
      for (const [i, scale] of scales.entries())
        found[d * scales.length + i]! += rowKernel.sumOfPowers(
          8 * to,
          count + (count & 1),
          scale === "norm" ? norm : scale,
        );
    }
  }
}
