import { lengthOf } from "../core/angle-between.ts";
import type { DoubleDouble } from "../core/double-double.ts";
import { DataError } from "../data/errors.ts";
import type { CosineSearch } from "./cosine-search.ts";
import type { FeatureFiles } from "./feature-files.ts";
import { isKept } from "./quantized-vectors.ts";
import { isDirection, lengthFault, type Vectors, vectorOf } from "./vectors.ts";

interface ClassVector {
  readonly vector: Vectors;
  readonly length: DoubleDouble;
}

/** The class vectors of a file, each class having one or several; a cosine search holds those of some classes at a time. */
export class ClassVectors {
  /** The least and the greatest length of the vectors read by hold. */
  shortest = Number.POSITIVE_INFINITY;
  longest = 0;
  readonly #name: string;
  readonly #files: FeatureFiles;
  readonly #cosines: CosineSearch;
  #first = Number.NaN;
  #held: readonly ClassVector[] = [];

  constructor(name: string, files: FeatureFiles, cosines: CosineSearch) {
    this.#name = name;
    this.#files = files;
    this.#cosines = cosines;
  }

  /** Puts the vectors of classes first to first + count - 1 into the search, unless they are there. Throws DataError for one without a direction. */
  hold(first: number, count: number): void {
    if (this.#first === first) return;
    const { weights, features, centres } = this.#files;
    const vectors = weights.read(first, count);
    const vectorAt = (i: number) => vectorOf(vectors, features.cols, i);
    const lengths = this.#cosines.setClasses(vectors);
    for (const [i, { hi }] of lengths.entries()) {
      const row = first + Math.floor(i / centres);
      if (!isDirection(hi)) throw new DataError(`${this.#name} row ${row}: ${lengthFault(vectorAt(i), hi)}`);
      this.shortest = Math.min(this.shortest, hi);
      this.longest = Math.max(this.longest, hi);
    }
    // What the search keeps as it is needs no second copy.
    this.#held = lengths.map((length, i) => {
      return { vector: isKept(vectors, length.hi) ? this.#cosines.classVector(i) : vectorAt(i), length };
    });
    this.#first = first;
  }

  /** The search holds other vectors from here on. */
  release(): void {
    this.#first = Number.NaN;
    this.#held = [];
  }

  /** The vectors of a class. */
  at(place: number): readonly ClassVector[] {
    const { weights, features, centres } = this.#files;
    const start = (place - this.#first) * centres;
    if (start >= 0 && start < this.#held.length) return this.#held.slice(start, start + centres);
    const vectors = weights.read(place, 1);
    return Array.from({ length: centres }, (_, i) => {
      const vector = vectorOf(vectors, features.cols, i);
      return { vector, length: lengthOf(vector) };
    });
  }
}
