import { lengthOf } from "../core/angle-between.ts";
import type { DoubleDouble } from "../core/double-double.ts";
import { requireWithin } from "../core/errors.ts";
import type { Instance } from "../kernels/cosines.ts";
import { isDirection, type Vectors, vectorOf } from "./vectors.ts";

/** The components of unit vectors are held as multiples of 1 / ONE. */
const ONE = 32767;

const wholes = (count: number, size: number) => Math.ceil(count / size) * size;

/**
 * Vectors in the memory of a kernel: as float32 (those of float64 as unit vectors), and as unit vectors with components rounded
 * to 16 bits, in groups of `width` vectors and two components of each at a time.
 */
export class QuantizedVectors {
  /** How many vectors are held. */
  count = 0;
  readonly rounded: Int16Array;
  readonly roundedBytes: number;
  readonly floats: Float32Array;
  readonly floatBytes: number;
  /** The lengths of the float32 vectors. */
  readonly lengths: Float64Array;
  /** The distance of each rounded vector from the true unit vector; NaN for a vector without a direction and for an empty place. */
  readonly errors: Float64Array;
  /** The largest of the errors. */
  worst = 0;
  readonly #dimension: number;
  readonly #width: number;

  /** The bytes that room vectors take. */
  static bytes = (dimension: number, room: number, width: number) =>
    2 * wholes(room, width) * wholes(dimension, 2) + 4 * room * wholes(dimension, 4);

  constructor(instance: Instance, dimension: number, room: number, width: number) {
    this.#dimension = dimension;
    this.#width = width;
    this.roundedBytes = 2 * wholes(dimension, 2);
    this.floatBytes = 4 * wholes(dimension, 4);
    this.rounded = instance.take(Int16Array, (wholes(room, width) * this.roundedBytes) / 2);
    this.floats = instance.take(Float32Array, (room * this.floatBytes) / 4);
    this.lengths = new Float64Array(room);
    this.errors = new Float64Array(wholes(room, width));
  }

  /** Replaces the vectors, each at its place; returns the lengths of the new ones. */
  put(vectors: Vectors, placeOf = (i: number) => i): DoubleDouble[] {
    this.count = vectors.length / this.#dimension;
    requireWithin("number of vectors", this.count, 0, this.lengths.length);
    this.worst = 0;
    this.errors.fill(Number.NaN);
    return Array.from({ length: this.count }, (_, i) => {
      const vector = vectorOf(vectors, this.#dimension, i);
      const length = lengthOf(vector);
      const divisor = isDirection(length.hi) ? length.hi : Number.NaN;
      const isExact = vector instanceof Float32Array;
      const place = placeOf(i);
      this.vector(place).set(isExact ? vector : vector.map((x) => x / divisor));
      this.lengths[place] = isExact ? divisor : 1;
      const error = this.#round(vector, divisor, place);
      this.errors[place] = error;
      if (error > this.worst) this.worst = error;
      return length;
    });
  }

  /** The float32 vector at a place. */
  vector(place: number): Float32Array {
    const start = (place * this.floatBytes) / 4;
    return this.floats.subarray(start, start + this.#dimension);
  }

  /** Writes the rounded unit vector; returns its distance from the exact one. */
  #round(vector: Vectors, length: number, place: number): number {
    const { rounded } = this;
    const width = this.#width;
    const lane = place % width;
    const start = ((place - lane) * this.roundedBytes) / 2 + 2 * lane;
    let left = 0;
    for (let k = 0; k < vector.length; k++) {
      const unit = (vector[k]! / length) * ONE;
      const whole = Math.round(unit);
      left += (unit - whole) * (unit - whole);
      rounded[start + (k >> 1) * 2 * width + (k & 1)] = whole;
    }
    return Math.sqrt(left) / ONE;
  }
}
