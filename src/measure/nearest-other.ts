import { angleBetween } from "../core/angle-between.ts";
import { CosineSearch } from "./cosine-search.ts";
import { BLOCK_ROWS } from "./feature-files.ts";
import { type VectorRows, vectorOf } from "./vectors.ts";

/**
 * Gives, for the block of vectors that starts at a row, the angle of each to the nearest other one; Infinity where it or every other has no
 * direction. A search holds so many of the vectors at a time.
 */
export function nearestOther(vectors: VectorRows, held: number): (start: number) => number[] {
  const { rows, cols } = vectors;
  const search = new CosineSearch({ dimension: cols, rows: BLOCK_ROWS, classes: held });
  let searched = Number.NaN;
  return (start) => {
    const count = Math.min(BLOCK_ROWS, rows - start);
    const own = vectors.read(start, count);
    search.setFeatures(
      own,
      Array.from({ length: count }, (_, i) => start + i),
    );
    for (let first = 0; first < rows; first += held) {
      if (first !== searched) search.setClasses(vectors.read(first, Math.min(held, rows - first)));
      searched = first;
      search.search(first, () => false);
    }
    const angle = (row: number, place: number) => angleBetween(vectorOf(own, cols, row), vectors.read(place, 1));
    const least = (row: number, places: readonly number[]) =>
      places.reduce((theta, place) => Math.min(theta, angle(row, place)), Number.POSITIVE_INFINITY);
    return search.nearest().map((places, row) => least(row, places));
  };
}
