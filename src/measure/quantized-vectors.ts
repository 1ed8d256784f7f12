import { lengthOf } from "../core/angle-between.ts";
import type { DoubleDouble } from "../core/double-double.ts";
import { requireWithin } from "../core/errors.ts";
import type { Instance } from "../kernels/cosines.ts";
import { isDirection, type Vectors, vectorOf } from "./vectors.ts";

/** The largest component, and the greatest length of the part of a vector in a segment: half an ulp less than what 32 bits hold squared. */
const LARGEST = 32767;
const LONGEST = 46_340;
/** A segment has at least SEGMENT components; there are at most SEGMENTS of them. */
const SEGMENT = 64;
const SEGMENTS = 32;
/** An upper bound of what arithmetic in float32 adds to the error of a component times its factor. */
const COMPONENT_ROUNDING = 2 ** -8;

const wholes = (count: number, size: number) => Math.ceil(count / size) * size;

/** Is a vector kept as it is, as its components and their squares are well within float32? Others are kept as unit vectors. */
export const isKept = (vector: Vectors, length: number): boolean =>
  vector instanceof Float32Array && length > 2 ** -60 && length < 2 ** 60;

/** How many components a segment has. */
export const segmentOf = (dimension: number): number => Math.max(SEGMENT, wholes(Math.ceil(dimension / SEGMENTS), 4));

/**
 * Vectors in the memory of a kernel: as float32 (those of float64 as unit vectors), and with components times a factor rounded
 * to 16 bits, in groups of `width` vectors and two components of each at a time.
 */
export class QuantizedVectors {
  /** How many vectors are held. */
  count = 0;
  readonly rounded: Int16Array;
  readonly roundedBytes: number;
  readonly floats: Float32Array;
  readonly floatBytes: number;
  /** What makes components of unit vectors of the rounded ones; NaN for a vector without a direction and for an empty place. */
  readonly scales: Float32Array;
  /**
   * The component of each unit vector along (1, 1, ...), and that of what rounding left out of it. A product of the two makes up for rounding where
   * all components are of one sign, as behind a ReLU: else rounded cosines of one class would all be off in the same direction.
   */
  readonly shares: Float32Array;
  readonly sharesLeft: Float32Array;
  /** The lengths of the float32 vectors. */
  readonly lengths: Float64Array;
  /** The distance of each rounded vector from the true unit vector is no larger; NaN as in scales. */
  readonly errors: Float64Array;
  /** The largest of the errors. */
  worst = 0;
  readonly #instance: Instance;
  readonly #dimension: number;
  readonly #width: number;

  /** The bytes that `room` vectors take. */
  static bytes = (dimension: number, room: number, width: number) =>
    (2 * wholes(dimension, 4) + 12) * wholes(room, width) + 4 * room * wholes(dimension, 4);

  constructor(instance: Instance, dimension: number, room: number, width: number) {
    this.#instance = instance;
    this.#dimension = dimension;
    this.#width = width;
    this.roundedBytes = 2 * wholes(dimension, 4);
    this.floatBytes = 4 * wholes(dimension, 4);
    this.floats = instance.take(Float32Array, (room * this.floatBytes) / 4);
    this.scales = instance.take(Float32Array, wholes(room, width));
    this.shares = instance.take(Float32Array, wholes(room, width));
    this.sharesLeft = instance.take(Float32Array, wholes(room, width));
    this.rounded = instance.take(Int16Array, (wholes(room, width) * this.roundedBytes) / 2);
    this.lengths = new Float64Array(room);
    this.errors = new Float64Array(wholes(room, width));
  }

  /** Replaces the vectors, each at its place; returns the lengths of the new ones. */
  put(vectors: Vectors, placeOf = (i: number) => i): DoubleDouble[] {
    this.count = vectors.length / this.#dimension;
    requireWithin("number of vectors", this.count, 0, this.lengths.length);
    this.worst = 0;
    this.errors.fill(Number.NaN);
    this.scales.fill(Number.NaN);
    return Array.from({ length: this.count }, (_, i) => {
      const vector = vectorOf(vectors, this.#dimension, i);
      const length = lengthOf(vector);
      const isExact = isKept(vector, length.hi);
      const place = placeOf(i);
      if (!isDirection(length.hi)) return length;
      this.vector(place).set(isExact ? vector : vector.map((x) => x / length.hi));
      this.lengths[place] = isExact ? length.hi : 1;
      this.errors[place] = this.#round(place) + (isExact ? 0 : 2 ** -24);
      this.worst = Math.max(this.worst, this.errors[place]!);
      return length;
    });
  }

  /** The float32 vector at a place. */
  vector(place: number): Float32Array {
    const start = (place * this.floatBytes) / 4;
    return this.floats.subarray(start, start + this.#dimension);
  }

  /** Writes the rounded vector of a place; returns how far it is at most from the unit vector. */
  #round(place: number): number {
    const { kernel } = this.#instance;
    const { floatBytes } = this;
    const length = this.lengths[place]!;
    const start = this.floats.byteOffset + place * floatBytes;
    const segment = segmentOf(this.#dimension);
    let longest = 0;
    for (let at = 0; at < floatBytes; at += 4 * segment) {
      const bytes = Math.min(4 * segment, floatBytes - at);
      longest = Math.max(longest, kernel.dot(start + at, start + at, bytes));
    }
    // Rounding makes a segment longer by half the root of its size at most.
    const factor = Math.min(
      LARGEST / kernel.largest(start, floatBytes),
      (LONGEST - Math.sqrt(segment)) / Math.sqrt(longest),
    );
    const lane = place % this.#width;
    const out = this.rounded.byteOffset + (place - lane) * this.roundedBytes + 4 * lane;
    const left = kernel.quantize(start, floatBytes, factor, out, 4 * this.#width);
    const root = Math.sqrt(this.#dimension);
    this.scales[place] = 1 / (factor * length);
    this.shares[place] = kernel.componentSum() / (factor * length * root);
    this.sharesLeft[place] = kernel.leftSum() / (factor * length * root);
    return (Math.sqrt(left) + COMPONENT_ROUNDING * root) / (factor * length);
  }
}
