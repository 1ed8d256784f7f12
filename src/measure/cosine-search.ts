import type { DoubleDouble } from "../core/double-double.ts";
import { requireWithin } from "../core/errors.ts";
import { Instance } from "../kernels/cosines.ts";
import { QuantizedVectors, segmentOf } from "./quantized-vectors.ts";
import type { Vectors } from "./vectors.ts";

/** Components of a vector, and the most rows of features and the most classes at a time. */
export interface CosineSearchSize {
  readonly dimension: number;
  readonly rows: number;
  readonly classes: number;
  /** Vectors of a class, of which the nearest counts (default 1). */
  readonly centres?: number;
  /** How many limits and sums a feature has (default 0). */
  readonly limits?: number;
  readonly sums?: number;
}

/** Decides whether the cosine of a feature and a class is below a limit, where the rounded cosine is too close to it. */
export type Settle = (limit: number, row: number, place: number) => boolean;

/** A class that may be the nearest, its score, and an upper bound of its cosine. */
export interface NearClass {
  readonly class: number;
  readonly score: number;
  readonly most: number;
}

/** Bounds of the scores of each feature. Three words: the lower one, the upper one, how many scores were below. */
interface ScoreBounds {
  readonly bounds: Float32Array;
  readonly counts: Uint32Array;
}

/** One sum of powers of 2 a feature. Six floats: rate, shift, and two doubles to be added. */
interface Sum {
  readonly rates: Float32Array;
  readonly totals: Float64Array;
  divisor: number;
}

const QUAD = 4;
const PANEL = 8;
/** Less than every cosine. */
const LOWEST = -2;
/** An upper bound of what rounding vectors, sums of segments, scores and limits to float32 adds to an error. */
const FLOAT_ROUNDING = 2 ** -18;

/**
 * Cosines between a block of features and a block of class vectors, and a search for the classes nearest to each
 * feature, which keeps only those that may be the nearest. Uses about 6 dimension (rows + classes) bytes of its own.
 *
 * Unit vectors times a factor are rounded to components of 16 bits, of which a processor multiplies twice as many at a time as of float32. With
 * a and b for the distances of two vectors from their rounded ones, the error of a cosine is bounded: |u v - u' v'| <= a + b + a b by
 * Cauchy-Schwarz, about 1.3e-4 for 512 components.
 *
 * Vectors are normalised; one whose length is 0, infinite or NaN is near to no other.
 * A cosine depends on its two vectors alone, to the bit: results do not depend on the sizes of the blocks.
 */
export class CosineSearch {
  readonly #instance: Instance;
  /** Where the first vectors of all classes begin, the second ones, and so on. */
  readonly #layers: readonly number[];
  /** The bytes of a panel that belong to one segment of its vectors. */
  readonly #segmentBytes: number;
  readonly #rows: QuantizedVectors;
  readonly #classes: QuantizedVectors;
  /** For each row the 8 scores (rounded cosines) of a panel, and the same as cosines of theta / divisor. */
  readonly #scores: Float32Array;
  readonly #dividedScores: Float32Array;
  /** The rows with a score within bounds, written by the kernel. */
  readonly #list: Uint32Array;
  /** The bounds for scores of classes that may be the nearest. */
  readonly #near: ScoreBounds;
  /** For each limit, the bounds of the scores too close to it. */
  readonly #limits: readonly ScoreBounds[];
  readonly #sums: readonly Sum[];
  #cosines: ArrayLike<number>[] = [];
  /** For each row, a lower bound of the cosine of the nearest class. */
  readonly #floors: Float64Array;
  #labels: ArrayLike<number> = [];
  #candidates: NearClass[][] = [];

  /** Throws ParameterError for a dimension outside [1, 2^20] and a size beyond the 4 GiB of WebAssembly. */
  constructor({ dimension, rows, classes, centres = 1, limits = 0, sums = 0 }: CosineSearchSize) {
    requireWithin("dimension", dimension, 1, 2 ** 20);
    const layer = Math.ceil(classes / PANEL) * PANEL;
    this.#segmentBytes = 2 * PANEL * segmentOf(dimension);
    this.#layers = Array.from({ length: centres }, (_, k) => k * layer);
    const room = centres * layer;
    const scores = Math.ceil(rows / QUAD) * QUAD * PANEL;
    const vectorBytes = QuantizedVectors.bytes(dimension, room, PANEL) + QuantizedVectors.bytes(dimension, rows, QUAD);
    const bytes = vectorBytes + 8 * scores + rows * (24 * sums + 12 * (1 + limits) + 4);
    requireWithin("memory of the cosine search", bytes, 0, 2 ** 32 - 2 ** 17);
    const instance = new Instance(bytes);
    this.#instance = instance;
    this.#classes = new QuantizedVectors(instance, dimension, room, PANEL);
    this.#rows = new QuantizedVectors(instance, dimension, rows, QUAD);
    this.#scores = instance.take(Float32Array, scores);
    this.#dividedScores = instance.take(Float32Array, scores);
    this.#sums = Array.from({ length: sums }, () => {
      const totals = instance.take(Float64Array, 3 * rows);
      const rates = new Float32Array(totals.buffer, totals.byteOffset, 6 * rows);
      return { rates, totals, divisor: 1 };
    });
    const [near, ...others] = Array.from({ length: 1 + limits }, () => {
      const bounds = instance.take(Float32Array, 3 * rows);
      return { bounds, counts: new Uint32Array(bounds.buffer, bounds.byteOffset, 3 * rows) };
    });
    this.#near = near!;
    this.#limits = others;
    this.#list = instance.take(Uint32Array, rows);
    this.#floors = new Float64Array(rows);
  }

  /** Takes class vectors, those of a class behind one another, in place of those before; returns their lengths. */
  setClasses(vectors: Vectors): DoubleDouble[] {
    return this.#classes.put(vectors, (i) => this.#placeOf(i));
  }

  #placeOf(i: number): number {
    const centres = this.#layers.length;
    return this.#layers[i % centres]! + Math.floor(i / centres);
  }

  /** Takes features and the class of each in place of those before, without limits or sums; returns the lengths. */
  setFeatures(vectors: Vectors, labels: ArrayLike<number>): DoubleDouble[] {
    const lengths = this.#rows.put(vectors);
    this.#labels = labels;
    this.#candidates = lengths.map(() => []);
    this.#floors.fill(LOWEST);
    return lengths;
  }

  /** Sets one limit a feature: the search counts the other classes of smaller cosine; none for NaN. */
  setLimit(limit: number, cosines: ArrayLike<number>): void {
    this.#cosines[limit] = cosines;
    this.#limits[limit]!.counts.fill(0);
  }

  /** Sets one scale a feature: the search adds up exp(scale * cos(theta / divisor)) over the other classes. */
  setSum(sum: number, scales: ArrayLike<number>, divisor: number): void {
    const { rates, totals } = this.#sums[sum]!;
    this.#sums[sum]!.divisor = divisor;
    totals.fill(0);
    for (let row = 0; row < this.#rows.count; row++) {
      rates[6 * row] = scales[row]! * Math.LOG2E;
      rates[6 * row + 1] = LOWEST;
    }
  }

  /** The class vector of that number, of all of them, as float32; that of a float64 file as a unit vector. */
  classVector(i: number): Float32Array {
    return this.#classes.vector(this.#placeOf(i));
  }

  /** The score of a feature and the class at a place is no further than this from their cosine; NaN where one has no direction. */
  error(row: number, place: number): number {
    let error = 0;
    for (const layer of this.#layers) error = Math.max(error, this.#classes.errors[layer + place]!);
    return combined(this.#rows.errors[row]!, error);
  }

  /** The score of a feature and a class of the panel that panels() last gave. */
  score(row: number, lane: number): number {
    return this.#scores[row * PANEL + lane]!;
  }

  /** Computes the scores of 8 classes at a time and gives the place of the first of them. A class that is missing or has no direction has NaN. */
  *panels(): Generator<number> {
    const count = this.#classes.count / this.#layers.length;
    const [best, others] = [this.#scores, this.#dividedScores];
    for (let place = 0; place < count && this.#rows.count > 0; place += PANEL) {
      this.#multiply(place, best);
      for (const layer of this.#layers.slice(1)) {
        this.#multiply(layer + place, others);
        for (let i = 0; i < PANEL * this.#rows.count; i++) best[i] = Math.max(best[i]!, others[i]!);
      }
      yield place;
    }
  }

  /** The scores of 8 vectors from a place on. */
  #multiply(place: number, scores: Float32Array): void {
    const { kernel } = this.#instance;
    const { count, rounded } = this.#rows;
    const bytes = this.#classes.roundedBytes;
    const panel = this.#classes.rounded.byteOffset + place * bytes;
    const quads = Math.ceil(count / QUAD);
    kernel.multiply(
      rounded.byteOffset,
      quads,
      panel,
      PANEL * bytes,
      scores.byteOffset,
      this.#segmentBytes,
      this.#rows.scales.byteOffset,
      this.#rows.shares.byteOffset,
      this.#classes.scales.byteOffset + 4 * place,
      this.#classes.sharesLeft.byteOffset + 4 * place,
    );
  }

  /**
   * Searches the classes held for the nearest ones, the class at place 0 having the number `first`. With `settle`, which decides where a dot product
   * in double is too close to a limit, counts those below each limit and adds to each sum.
   */
  search(first: number, settle?: Settle): void {
    const { kernel } = this.#instance;
    const { count } = this.#rows;
    const own = this.#ownScores(first);
    const [limits, sums] = settle === undefined ? [[], []] : [this.#limits, this.#sums];
    this.#allowErrors(limits);
    for (const place of this.panels()) {
      for (const at of own.get(place) ?? []) this.#scores[at] = Number.NaN;
      this.#within(this.#near, (row, lane) => this.#keep(row, lane, place, first));
      for (const [i, limit] of limits.entries()) {
        this.#within(limit, (row, lane) => {
          const above = this.#cosine(row, place + lane) - this.#cosines[i]![row]!;
          const isBelow = Math.abs(above) > FLOAT_ROUNDING ? above < 0 : settle!(i, row, first + place + lane);
          if (isBelow) limit.counts[3 * row + 2]!++;
        });
      }
      for (const sum of sums) {
        if (sum.divisor !== 1) this.#divideAngles(sum);
        kernel.addPowers(
          (sum.divisor === 1 ? this.#scores : this.#dividedScores).byteOffset,
          count,
          sum.totals.byteOffset,
        );
      }
    }
  }

  /** By the place of a panel: the indices in its scores of features with their own class. */
  #ownScores(first: number): Map<number, number[]> {
    const own = new Map<number, number[]>();
    for (let row = 0; row < this.#labels.length; row++) {
      const at = this.#labels[row]! - first;
      const place = Math.floor(at / PANEL) * PANEL;
      own.set(place, [...(own.get(place) ?? []), row * PANEL + at - place]);
    }
    return own;
  }

  /** Widens the bounds by the largest error that a score of the classes held can have. */
  #allowErrors(limits: readonly ScoreBounds[]): void {
    for (let row = 0; row < this.#rows.count; row++) {
      const error = this.#errorOfAll(row);
      this.#near.bounds[3 * row] = this.#floors[row]! - error;
      this.#near.bounds[3 * row + 1] = Number.POSITIVE_INFINITY;
      for (const [i, { bounds }] of limits.entries()) {
        bounds[3 * row] = this.#cosines[i]![row]! - error;
        bounds[3 * row + 1] = this.#cosines[i]![row]! + error;
      }
    }
  }

  /** Visits the scores of the panel that lie within bounds; the kernel counts those below. */
  #within({ bounds }: ScoreBounds, visit: (row: number, lane: number) => void): void {
    const [scores, list] = [this.#scores.byteOffset, this.#list.byteOffset];
    const found = this.#instance.kernel.below(scores, this.#rows.count, bounds.byteOffset, list);
    for (let i = 0; i < found; i++) {
      const row = this.#list[i]!;
      for (let lane = 0; lane < PANEL; lane++) {
        const score = this.score(row, lane);
        if (score >= bounds[3 * row]! && score <= bounds[3 * row + 1]!) visit(row, lane);
      }
    }
  }

  /** Adds a class of the panel to those that may be the nearest to a row, and raises the lower bound of the row. */
  #keep(row: number, lane: number, place: number, first: number): void {
    const score = this.score(row, lane);
    const error = this.error(row, place + lane);
    this.#candidates[row]!.push({ class: first + place + lane, score, most: score + error });
    this.#floors[row] = Math.max(this.#floors[row]!, score - error);
    this.#near.bounds[3 * row] = this.#floors[row]! - this.#errorOfAll(row);
  }

  #errorOfAll = (row: number) => combined(this.#rows.errors[row]!, this.#classes.worst);

  /** A cosine in double, from the vectors as float32. */
  #cosine(row: number, place: number): number {
    const [rows, classes] = [this.#rows, this.#classes];
    const bytes = rows.floatBytes;
    const a = rows.floats.byteOffset + row * bytes;
    let most = LOWEST;
    for (const layer of this.#layers) {
      const dot = this.#instance.kernel.dot(a, classes.floats.byteOffset + (layer + place) * bytes, bytes);
      most = Math.max(most, dot / (rows.lengths[row]! * classes.lengths[layer + place]!));
    }
    return most;
  }

  /** From scores cos(theta) makes cos(theta / divisor). */
  #divideAngles({ divisor }: Sum): void {
    for (let i = 0; i < this.#rows.count * PANEL; i++)
      this.#dividedScores[i] = dividedCosine(this.#scores[i]!, divisor);
  }

  /** How many of the other classes searched have a cosine below the limit of each feature. */
  below(limit: number): number[] {
    const { counts } = this.#limits[limit]!;
    return this.#candidates.map((_, row) => counts[3 * row + 2]!);
  }

  /** log sum exp(scale * cos(theta / divisor)) over the other classes searched, for each feature; rounded cosines put it off by less than scale * `error`. */
  logSum(sum: number): number[] {
    const { rates, totals } = this.#sums[sum]!;
    return this.#candidates.map(
      (_, row) =>
        (rates[6 * row]! / Math.LOG2E) * rates[6 * row + 1]! + Math.log(totals[3 * row + 1]! + totals[3 * row + 2]!),
    );
  }

  /** For each feature, the classes searched that may be the nearest of all but its own, in the order of the search. */
  nearest(): NearClass[][] {
    return this.#candidates.map((candidates, row) => candidates.filter(({ most }) => most >= this.#floors[row]!));
  }
}

/** cos(theta / divisor) from cos(theta); cosines beyond 1 and -1 count as these. */
export const dividedCosine = (cosine: number, divisor: number) =>
  Math.cos(Math.acos(Math.min(1, Math.max(-1, cosine))) / divisor);

/** The error of a score from the errors of its two unit vectors. */
const combined = (rowError: number, classError: number) => (1 + rowError) * (1 + classError) - 1 + FLOAT_ROUNDING;
