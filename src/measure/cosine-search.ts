import type { DoubleDouble } from "../core/double-double.ts";
import { requireWithin } from "../core/errors.ts";
import { newInstance } from "../kernels/cosines.ts";
import { quantizedVectors, segmentOf, vectorBytes } from "./quantized-vectors.ts";
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

/**
 * Decides whether the cosine of a feature and a class is below a limit, where the rounded cosine is too close to it.
 */
export type Settle = (limit: number, row: number, place: number) => boolean;

/** A class that may be the nearest, its score, and an upper bound of its cosine. */
interface NearClass {
  readonly class: number;
  readonly score: number;
  readonly most: number;
}

const QUAD = 4;
const PANEL = 8;
/** Less than every cosine. */
const LOWEST = -2;
/** An upper bound of what rounding vectors, sums of segments, scores and limits to float32 adds to an error. */
const FLOAT_ROUNDING = 2 ** -18;

export type CosineSearch = ReturnType<typeof cosineSearch>;

/**
 * Cosines between a block of features and a block of class vectors, and a search for the classes nearest to each
 * feature, which keeps only those that may be the nearest. Uses about 6 dimension (rows + classes) bytes of its own.
 *
 * Unit vectors times a factor are rounded to components of 16 bits, of which a processor multiplies twice as many at a
 * time as of float32. With a and b for the distances of two vectors from their rounded ones, the error of a cosine is
 * bounded: |u v - u' v'| <= a + b + a b by Cauchy-Schwarz, about 1.3e-4 for 512 components.
 *
 * Vectors are normalised; one whose length is 0, infinite or NaN is near to no other. A cosine depends on its two
 * vectors alone, to the bit: results do not depend on the sizes of the blocks. Throws ParameterError for a dimension
 * outside [1, 2^20] and a size beyond the 4 GiB of WebAssembly.
 */
export function cosineSearch(size: CosineSearchSize) {
  const { dimension, rows: mostRows, centres = 1, limits: limitCount = 0, sums: sumCount = 0 } = size;
  requireWithin("dimension", dimension, 1, 2 ** 20);
  const layer = Math.ceil(size.classes / PANEL) * PANEL;
  /** Where the first vectors of all classes begin, the second ones, and so on. */
  const layers = Array.from({ length: centres }, (_, k) => k * layer);
  /** The bytes of a panel that belong to one segment of its vectors. */
  const segmentBytes = 2 * PANEL * segmentOf(dimension);
  const room = centres * layer;
  const scoreCount = Math.ceil(mostRows / QUAD) * QUAD * PANEL;
  const ofVectors = vectorBytes(dimension, room, PANEL) + vectorBytes(dimension, mostRows, QUAD);
  const bytes = ofVectors + 8 * scoreCount + mostRows * (24 * sumCount + 12 * (1 + limitCount) + 4);
  requireWithin("memory of the cosine search", bytes, 0, 2 ** 32 - 2 ** 17);
  const instance = newInstance(bytes);
  const { kernel, take } = instance;
  const classes = quantizedVectors(instance, dimension, room, PANEL);
  const rows = quantizedVectors(instance, dimension, mostRows, QUAD);
  /** For each row the 8 scores (rounded cosines) of a panel, and the same as cosines of theta / divisor. */
  const scores = take(Float32Array, scoreCount);
  const dividedScores = take(Float32Array, scoreCount);
  /** Each sum of powers of 2. A feature has six floats: rate, shift, and two doubles to be added. */
  const sums = Array.from({ length: sumCount }, () => {
    const totals = take(Float64Array, 3 * mostRows);
    return { rates: new Float32Array(totals.buffer, totals.byteOffset, 6 * mostRows), totals, divisor: 1 };
  });
  /** Bounds of the scores of each feature. Three words: the lower one, the upper one, how many scores were below. */
  const newBounds = () => {
    const bounds = take(Float32Array, 3 * mostRows);
    return { bounds, counts: new Uint32Array(bounds.buffer, bounds.byteOffset, 3 * mostRows) };
  };
  type ScoreBounds = ReturnType<typeof newBounds>;
  /** The bounds for scores of classes that may be the nearest. */
  const near = newBounds();
  /** For each limit, the bounds of the scores too close to it. */
  const allLimits = Array.from({ length: limitCount }, newBounds);
  /** The rows with a score within bounds, written by the kernel. */
  const list = take(Uint32Array, mostRows);
  const limitCosines: ArrayLike<number>[] = [];
  /** For each row, a lower bound of the cosine of the nearest class. */
  const floors = new Float64Array(mostRows);
  let ownClasses: ArrayLike<number> = [];
  let candidates: NearClass[][] = [];

  /** Where the vector of that number, of all vectors of all classes, is put. */
  const placeOf = (i: number) => layers[i % centres]! + Math.floor(i / centres);

  /**
   * The score of a feature and the class at a place is no further than this
   * from their cosine; NaN where one has no direction.
   */
  function error(row: number, place: number): number {
    return combined(rows.errors[row]!, Math.max(...layers.map((layer) => classes.errors[layer + place]!)));
  }

  /** The score of a feature and a class of the panel that panels() last gave. */
  const score = (row: number, lane: number) => scores[row * PANEL + lane]!;

  /**
   * Computes the scores of 8 classes at a time and gives the place of the first of them.
   * A class that is missing or has no direction has NaN.
   */
  function* panels(): Generator<number> {
    const count = classes.held.count / centres;
    const [best, others] = [scores, dividedScores];
    for (let place = 0; place < count && rows.held.count > 0; place += PANEL) {
      multiply(place, best);
      for (const layer of layers.slice(1)) {
        multiply(layer + place, others);
        for (let i = 0; i < PANEL * rows.held.count; i++) best[i] = Math.max(best[i]!, others[i]!);
      }
      yield place;
    }
  }

  /** The scores of 8 vectors from a place on. */
  function multiply(place: number, out: Float32Array): void {
    const bytes = classes.roundedBytes;
    const panel = classes.rounded.byteOffset + place * bytes;
    const quads = Math.ceil(rows.held.count / QUAD);
    kernel.multiply(
      rows.rounded.byteOffset,
      quads,
      panel,
      PANEL * bytes,
      out.byteOffset,
      segmentBytes,
      rows.scales.byteOffset,
      rows.shares.byteOffset,
      classes.scales.byteOffset + 4 * place,
      classes.sharesLeft.byteOffset + 4 * place,
    );
  }

  /**
   * Searches the classes held for the nearest ones, the class at place 0 having the number
   * `first`. With `settle`, which decides where a dot product in double is too close to a
   * limit, counts those below each limit and adds to each sum.
   */
  function search(first: number, settle?: Settle): void {
    const own = ownScores(first);
    const limits = settle === undefined ? [] : allLimits;
    allowErrors(limits);
    for (const place of panels()) {
      for (const at of own.get(place) ?? []) scores[at] = Number.NaN;
      within(near, (row, lane) => keep(row, lane, place, first));
      for (const [i, limit] of limits.entries()) {
        within(limit, (row, lane) => {
          const above = cosine(row, place + lane) - limitCosines[i]![row]!;
          const isBelow = Math.abs(above) > FLOAT_ROUNDING ? above < 0 : settle!(i, row, first + place + lane);
          if (isBelow) limit.counts[3 * row + 2]!++;
        });
      }
      for (const sum of settle === undefined ? [] : sums) {
        if (sum.divisor !== 1) divideAngles(sum);
        const powers = sum.divisor === 1 ? scores : dividedScores;
        kernel.addPowers(powers.byteOffset, rows.held.count, sum.totals.byteOffset);
      }
    }
  }

  /** By the place of a panel: the indices in its scores of features with their own class. */
  function ownScores(first: number): Map<number, number[]> {
    const own = new Map<number, number[]>();
    for (let row = 0; row < ownClasses.length; row++) {
      const at = ownClasses[row]! - first;
      const place = Math.floor(at / PANEL) * PANEL;
      own.set(place, [...(own.get(place) ?? []), row * PANEL + at - place]);
    }
    return own;
  }

  /** Widens the bounds by the largest error that a score of the classes held can have. */
  function allowErrors(limits: readonly ScoreBounds[]): void {
    for (let row = 0; row < rows.held.count; row++) {
      const error = errorOfAll(row);
      near.bounds[3 * row] = floors[row]! - error;
      near.bounds[3 * row + 1] = Number.POSITIVE_INFINITY;
      for (const [i, { bounds }] of limits.entries()) {
        bounds[3 * row] = limitCosines[i]![row]! - error;
        bounds[3 * row + 1] = limitCosines[i]![row]! + error;
      }
    }
  }

  /** Visits the scores of the panel that lie within bounds; the kernel counts those below. */
  function within({ bounds }: ScoreBounds, visit: (row: number, lane: number) => void): void {
    const found = kernel.below(scores.byteOffset, rows.held.count, bounds.byteOffset, list.byteOffset);
    for (let i = 0; i < found; i++) {
      const row = list[i]!;
      for (let lane = 0; lane < PANEL; lane++) {
        const x = score(row, lane);
        if (x >= bounds[3 * row]! && x <= bounds[3 * row + 1]!) visit(row, lane);
      }
    }
  }

  /** Adds a class of the panel to those that may be the nearest to a row, and raises the lower bound of the row. */
  function keep(row: number, lane: number, place: number, first: number): void {
    const [found, off] = [score(row, lane), error(row, place + lane)];
    candidates[row]!.push({ class: first + place + lane, score: found, most: found + off });
    floors[row] = Math.max(floors[row]!, found - off);
    near.bounds[3 * row] = floors[row]! - errorOfAll(row);
  }

  const errorOfAll = (row: number) => combined(rows.errors[row]!, classes.held.worst);

  /** A cosine in double, from the vectors as float32. */
  function cosine(row: number, place: number): number {
    const bytes = rows.floatBytes;
    const a = rows.floats.byteOffset + row * bytes;
    const cosines = layers.map((layer) => {
      const dot = kernel.dot(a, classes.floats.byteOffset + (layer + place) * bytes, bytes);
      return dot / (rows.lengths[row]! * classes.lengths[layer + place]!);
    });
    return Math.max(...cosines);
  }

  /** From scores cos(theta) makes cos(theta / divisor). */
  function divideAngles({ divisor }: (typeof sums)[number]): void {
    for (let i = 0; i < rows.held.count * PANEL; i++) dividedScores[i] = dividedCosine(scores[i]!, divisor);
  }

  return {
    error,
    score,
    panels,
    search,
    /** Takes class vectors, those of a class behind one another, in place of those before; returns their lengths. */
    setClasses: (vectors: Vectors) => classes.put(vectors, placeOf),
    /** Takes features and the class of each in place of those before, without limits or sums; returns the lengths. */
    setFeatures(vectors: Vectors, labels: ArrayLike<number>): DoubleDouble[] {
      const lengths = rows.put(vectors);
      ownClasses = labels;
      candidates = lengths.map(() => []);
      floors.fill(LOWEST);
      return lengths;
    },
    /** Sets one limit a feature: the search counts the other classes of smaller cosine; none for NaN. */
    setLimit(limit: number, cosines: ArrayLike<number>): void {
      limitCosines[limit] = cosines;
      allLimits[limit]!.counts.fill(0);
    },
    /** Sets one scale a feature: the search adds up exp(scale * cos(theta / divisor)) over the other classes. */
    setSum(sum: number, scales: ArrayLike<number>, divisor: number): void {
      const { rates, totals } = sums[sum]!;
      sums[sum]!.divisor = divisor;
      totals.fill(0);
      for (let row = 0; row < rows.held.count; row++) {
        rates[6 * row] = scales[row]! * Math.LOG2E;
        rates[6 * row + 1] = LOWEST;
      }
    },
    /** The class vector of that number, of all of them, as float32; that of a float64 file as a unit vector. */
    classVector: (i: number) => classes.vector(placeOf(i)),
    /** How many of the other classes searched have a cosine below the limit of each feature. */
    below(limit: number): number[] {
      const { counts } = allLimits[limit]!;
      return candidates.map((_, row) => counts[3 * row + 2]!);
    },
    /**
     * log sum exp(scale * cos(theta / divisor)) over the other classes searched, for each feature;
     * rounded cosines put it off by less than scale * `error`.
     */
    logSum(sum: number): number[] {
      const { rates, totals } = sums[sum]!;
      return candidates.map((_, row) => {
        const rest = Math.log(totals[3 * row + 1]! + totals[3 * row + 2]!);
        return (rates[6 * row]! / Math.LOG2E) * rates[6 * row + 1]! + rest;
      });
    },
    /**
     * For each feature, the classes searched that may be the nearest of all but its own, in the order of the search.
     */
    nearest: () => candidates.map((some, row) => some.filter(({ most }) => most >= floors[row]!)),
  };
}

/** cos(theta / divisor) from cos(theta); cosines beyond 1 and -1 count as these. */
export const dividedCosine = (cosine: number, divisor: number) =>
  Math.cos(Math.acos(Math.min(1, Math.max(-1, cosine))) / divisor);

/** The error of a score from the errors of its two unit vectors. */
const combined = (rowError: number, classError: number) => (1 + rowError) * (1 + classError) - 1 + FLOAT_ROUNDING;
