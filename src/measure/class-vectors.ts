import { lengthOf } from "../core/angle-between.ts";
import type { DoubleDouble } from "../core/double-double.ts";
import { DataError } from "../data/errors.ts";
import type { Npy } from "../data/npy.ts";
import type { CosineSearch } from "./cosine-search.ts";
import { isDirection, lengthFault, type Vectors, vectorOf } from "./vectors.ts";

interface ClassVector {
  readonly vector: Vectors;
  readonly length: DoubleDouble;
}

/** The class vectors of a file; a cosine search holds some of them at a time. */
export class ClassVectors {
  /** The least and the greatest length of the vectors read by hold. */
  shortest = Number.POSITIVE_INFINITY;
  longest = 0;
  readonly #path: string;
  readonly #file: Npy;
  readonly #cosines: CosineSearch;
  #first = Number.NaN;
  #held: readonly ClassVector[] = [];

  constructor(path: string, file: Npy, cosines: CosineSearch) {
    this.#path = path;
    this.#file = file;
    this.#cosines = cosines;
  }

  /** Puts class vectors first to first + count - 1 into the search, unless they are there. Throws DataError for one without a direction. */
  hold(first: number, count: number): void {
    if (this.#first === first) return;
    const vectors = this.#file.read(first, count);
    const vectorAt = (i: number) => vectorOf(vectors, this.#file.cols, i);
    const lengths = this.#cosines.setClasses(vectors);
    for (const [i, { hi }] of lengths.entries()) {
      if (!isDirection(hi)) throw new DataError(`${this.#path} row ${first + i}: ${lengthFault(vectorAt(i), hi)}`);
      this.shortest = Math.min(this.shortest, hi);
      this.longest = Math.max(this.longest, hi);
    }
    // The search keeps float32 vectors as they are: no second copy is needed.
    const own = vectors instanceof Float32Array ? (i: number) => this.#cosines.classVector(i) : vectorAt;
    this.#held = lengths.map((length, i) => ({ vector: own(i), length }));
    this.#first = first;
  }

  at(place: number): ClassVector {
    const held = this.#held[place - this.#first];
    if (held !== undefined) return held;
    const vector = this.#file.read(place, 1);
    return { vector, length: lengthOf(vector) };
  }
}
