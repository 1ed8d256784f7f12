import { lengthOf } from "../core/angle.ts";
import { requireWithin } from "../core/errors.ts";
import type { Pair } from "../core/exact.ts";
import type { Instance } from "./instance.ts";
import { isDirection, rowOf, type Vectors } from "./vectors.ts";

/** The components of unit vectors are held as multiples of 1 / ONE. */
const ONE = 32767;
/** More than what rounding to float32 adds to an error. */
export const ROUNDING = 2 ** -21;

const wholes = (count: number, size: number) => Math.ceil(count / size) * size;

/**
 * Vectors in the memory of a kernel: as float32 (those of float64 as unit vectors), and as unit vectors with components rounded
 * to 16 bits, in groups of `width` and two components of each at a time.
 */
export class Packed {
  /** How many vectors are held. */
  count = 0;
  /** Where the rounded vectors and the float32 ones begin, and the bytes of one. */
  readonly rounded: number;
  readonly roundedBytes: number;
  readonly floats: number;
  readonly floatBytes: number;
  /** The lengths of the float32 vectors. */
  readonly lengths: Float64Array;
  /** How far the rounded vectors are from the true unit vectors; NaN for one without a direction, and where there is none. */
  readonly errors: Float64Array;
  /** The largest of the errors. */
  worst = 0;
  /** What these vectors add to the error of a dot product of float32 vectors. */
  fine = 0;
  readonly #instance: Instance;
  readonly #dimension: number;
  readonly #width: number;

  constructor(instance: Instance, dimension: number, room: number, width: number) {
    this.#instance = instance;
    this.#dimension = dimension;
    this.#width = width;
    this.roundedBytes = 2 * wholes(dimension, 2);
    this.floatBytes = 4 * wholes(dimension, 4);
    this.rounded = instance.take(wholes(room, width) * this.roundedBytes);
    this.floats = instance.take(room * this.floatBytes);
    this.lengths = new Float64Array(room);
    this.errors = new Float64Array(wholes(room, width));
  }

  /** Takes vectors in place of those before; returns their lengths. */
  put(vectors: Vectors): Pair[] {
    this.count = vectors.length / this.#dimension;
    requireWithin("number of vectors", this.count, 0, this.lengths.length);
    const exact = vectors instanceof Float32Array;
    const shorts = new Int16Array(this.#instance.buffer);
    this.fine = exact ? (this.#dimension + 8) * 2 ** -54 : ROUNDING;
    this.worst = 0;
    this.errors.fill(Number.NaN, this.count);
    return Array.from({ length: this.count }, (_, i) => {
      const vector = rowOf(vectors, this.#dimension, i);
      const length = lengthOf(vector);
      const divisor = isDirection(length.hi) ? length.hi : Number.NaN;
      const error = this.#round(vector, divisor, i, shorts);
      if (error > this.worst) this.worst = error;
      this.errors[i] = error;
      this.lengths[i] = exact ? divisor : 1;
      this.vector(i).set(exact ? vector : vector.map((x) => x / divisor));
      return length;
    });
  }

  /** The float32 vector at a place. */
  vector(place: number): Float32Array {
    return new Float32Array(this.#instance.buffer, this.floats + place * this.floatBytes, this.#dimension);
  }

  /** Writes a vector rounded, and gives the length of what rounding left out. */
  #round(vector: Vectors, length: number, place: number, shorts: Int16Array): number {
    const width = this.#width;
    const lane = place % width;
    const start = (this.rounded + (place - lane) * this.roundedBytes) / 2 + 2 * lane;
    let left = 0;
    for (let k = 0; k < vector.length; k++) {
      const unit = (vector[k]! / length) * ONE;
      const whole = Math.round(unit);
      left += (unit - whole) * (unit - whole);
      shorts[start + (k >> 1) * 2 * width + (k & 1)] = whole;
    }
    return Math.sqrt(left) / ONE;
  }
}
