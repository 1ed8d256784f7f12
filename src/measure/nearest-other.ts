import { angleBetween } from "../core/angle-between.ts";
import type { ArrayRows } from "../data/arrays.ts";
import type { CosineSearch } from "./cosine-search.ts";
import { BLOCK_ROWS, inSteps } from "./feature-files.ts";
import { type Vectors, vectorOf } from "./vectors.ts";

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
    search.setFeatures(
      own,
      Array.from({ length: count * centres }, (_, i) => start + Math.floor(i / centres)),
    );
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
