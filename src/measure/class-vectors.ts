import { angleBetween, lengthOf } from "../core/angle-between.ts";
import type { DoubleDouble } from "../core/double-double.ts";
import type { ArrayRows } from "../data/arrays.ts";
import { DataError } from "../data/errors.ts";
import type { CosineSearch } from "./cosine-search.ts";
import { BLOCK_ROWS, type FeatureFiles, inSteps } from "./feature-files.ts";
import { isKept } from "./quantized-vectors.ts";
import { isDirection, lengthFault, type Vectors, vectorOf } from "./vectors.ts";

export interface ClassVector {
  readonly vector: Vectors;
  readonly length: DoubleDouble;
}

/**
 * The class vectors of a file, each class having one or several; a cosine search holds those of some classes at a time.
 */
export function classVectors(name: string, { weights, features, centres }: FeatureFiles, cosines: CosineSearch) {
  let [shortest, longest, held] = [Number.POSITIVE_INFINITY, 0, Number.NaN];
  let heldVectors: readonly ClassVector[] = [];
  return {
    /** The least and the greatest length of the vectors read by hold. */
    lengths: () => ({ shortest, longest }),
    /**
     * Puts the vectors of classes first to first + count - 1 into the search, unless they are
     * there. Throws DataError for one without a direction.
     */
    hold(first: number, count: number): void {
      if (held === first) return;
      const vectors = weights.read(first, count);
      const vectorAt = (i: number) => vectorOf(vectors, features.cols, i);
      heldVectors = cosines.setClasses(vectors).map((length, i) => {
        const { hi } = length;
        const row = first + Math.floor(i / centres);
        if (!isDirection(hi)) throw new DataError(`${name} row ${row}: ${lengthFault(vectorAt(i), hi)}`);
        shortest = Math.min(shortest, hi);
        longest = Math.max(longest, hi);
        // What the search keeps as it is needs no second copy.
        return { vector: isKept(vectors, hi) ? cosines.classVector(i) : vectorAt(i), length };
      });
      held = first;
    },
    /** The search holds other vectors from here on. */
    release(): void {
      [held, heldVectors] = [Number.NaN, []];
    },
    /** The vectors of a class. */
    at(place: number): readonly ClassVector[] {
      const start = (place - held) * centres;
      if (start >= 0 && start < heldVectors.length) return heldVectors.slice(start, start + centres);
      const vectors = weights.read(place, 1);
      return Array.from({ length: centres }, (_, i) => {
        const vector = vectorOf(vectors, features.cols, i);
        return { vector, length: lengthOf(vector) };
      });
    },
  };
}

/**
 * Gives, for the block of classes that starts at a row, the angle of each to the nearest other one; Infinity where it
 * or every other has no direction. A row has one vector of its class or several, of which the nearest counts. The
 * search holds `held` rows at a time, and must not be used for anything else meanwhile.
 */
export function nearestOther(search: CosineSearch, vectors: ArrayRows, dimension: number, held: number) {
  const { rows, cols } = vectors;
  const centres = cols / dimension;
  let searched = Number.NaN;
  return (start: number) => {
    const count = Math.min(BLOCK_ROWS, rows - start);
    const own = vectors.read(start, count);
    const classOf = Array.from({ length: count * centres }, (_, i) => start + Math.floor(i / centres));
    search.setFeatures(own, classOf);
    for (const [first, count] of inSteps(rows, held)) {
      if (first !== searched) search.setClasses(vectors.read(first, count));
      searched = first;
      search.search(first);
    }
    const nearest = Array<number>(count).fill(Number.POSITIVE_INFINITY);
    for (const [i, places] of search.nearest().entries()) {
      const row = Math.floor(i / centres);
      const angle = (place: number) => leastAngle(vectorOf(own, dimension, i), vectors.read(place, 1));
      for (const { class: place } of places) nearest[row] = Math.min(nearest[row]!, angle(place));
    }
    return nearest;
  };
}

/** The smallest angle between a vector and several others, which are stored one after another. */
export function leastAngle(vector: Vectors, others: Vectors): number {
  const count = others.length / vector.length;
  return Math.min(...Array.from({ length: count }, (_, k) => angleBetween(vector, vectorOf(others, vector.length, k))));
}
