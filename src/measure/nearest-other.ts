import { angleBetween } from "../core/angle-between.ts";
import { CosineSearch } from "./cosine-search.ts";
import { BLOCK_ROWS } from "./feature-files.ts";
import { type VectorRows, vectorOf } from "./vectors.ts";

/** Finds the nearest other of some vectors, of which a search holds so many at a time. */
export class NearestOther {
  readonly vectors: VectorRows;
  readonly #held: number;
  readonly #search: CosineSearch;
  #first = Number.NaN;

  constructor(vectors: VectorRows, held: number) {
    this.vectors = vectors;
    this.#held = held;
    this.#search = new CosineSearch({ dimension: vectors.cols, rows: BLOCK_ROWS, classes: held });
  }

  /** The angle from each vector of the block that starts at a row to the nearest other; Infinity where it or every other has no direction. */
  angles(start: number): number[] {
    const { rows, cols } = this.vectors;
    const count = Math.min(BLOCK_ROWS, rows - start);
    const own = this.vectors.read(start, count);
    this.#search.setFeatures(
      own,
      Float64Array.from({ length: count }, (_, i) => start + i),
    );
    for (let first = 0; first < rows; first += this.#held) {
      if (this.#first !== first) this.#search.setClasses(this.vectors.read(first, Math.min(this.#held, rows - first)));
      this.#first = first;
      this.#search.search(first, () => false);
    }
    const angle = (row: number, place: number) => angleBetween(vectorOf(own, cols, row), this.vectors.read(place, 1));
    return this.#search
      .nearest()
      .map((places, row) =>
        places.reduce((least, place) => Math.min(least, angle(row, place)), Number.POSITIVE_INFINITY),
      );
  }
}
