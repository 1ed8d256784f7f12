import { lengthOf } from "../core/angle-between.ts";
import type { DoubleDouble } from "../core/double-double.ts";
import { requireWithin } from "../core/errors.ts";
import type { Instance } from "../kernels/cosines.ts";
import { isDirection, type Vectors, vectorOf } from "./vectors.ts";

/**
 * The largest component, and the greatest length of the part of a vector in a
 * segment: half an ulp less than what 32 bits hold squared.
 */
const LARGEST = 32767;
const LONGEST = 46_340;
/** A segment has at least SEGMENT components; there are at most SEGMENTS of them. */
const SEGMENT = 64;
const SEGMENTS = 32;
/** An upper bound of what arithmetic in float32 adds to the error of a component times its factor. */
const COMPONENT_ROUNDING = 2 ** -8;

const wholes = (count: number, size: number) => Math.ceil(count / size) * size;

/**
 * Is a vector kept as it is, as its components and their squares are well
 * within float32? Others are kept as unit vectors.
 */
export const isKept = (vector: Vectors, length: number): boolean =>
  vector instanceof Float32Array && length > 2 ** -60 && length < 2 ** 60;

/** How many components a segment has. */
export const segmentOf = (dimension: number): number => Math.max(SEGMENT, wholes(Math.ceil(dimension / SEGMENTS), 4));

/** The bytes that `room` vectors take in the memory of a kernel. */
export const vectorBytes = (dimension: number, room: number, width: number): number =>
  (2 * wholes(dimension, 4) + 12) * wholes(room, width) + 4 * room * wholes(dimension, 4);

/**
 * Vectors in the memory of a kernel: as float32 (those of float64 as unit vectors), and with components times a factor
 * rounded to 16 bits, in groups of `width` vectors and two components of each at a time.
 */
export function quantizedVectors({ kernel, take }: Instance, dimension: number, room: number, width: number) {
  const [roundedBytes, floatBytes] = [2 * wholes(dimension, 4), 4 * wholes(dimension, 4)];
  const places = wholes(room, width);
  const floats = take(Float32Array, (room * floatBytes) / 4);
  /**
   * The factor that makes components of unit vectors of the rounded ones; NaN for a
   * vector without a direction and for an empty place.
   */
  const scales = take(Float32Array, places);
  /**
   * The component of each unit vector along (1, 1, ...), and that of what rounding left out of it. A product
   * of the two makes up for rounding where all components are of one sign, as behind a ReLU: else rounded
   * cosines of one class would all be off in the same direction.
   */
  const shares = take(Float32Array, places);
  const sharesLeft = take(Float32Array, places);
  const rounded = take(Int16Array, (places * roundedBytes) / 2);
  /** The lengths of the float32 vectors. */
  const lengths = new Float64Array(room);
  /** The distance of each rounded vector from the true unit vector is no larger; NaN as in scales. */
  const errors = new Float64Array(places);
  /** How many vectors are held, and the largest of their errors. */
  const held = { count: 0, worst: 0 };

  /** The float32 vector at a place. */
  function vector(place: number): Float32Array {
    const start = (place * floatBytes) / 4;
    return floats.subarray(start, start + dimension);
  }

  /** Writes the rounded vector of a place; returns how far it is at most from the unit vector. */
  function round(place: number): number {
    const length = lengths[place]!;
    const start = floats.byteOffset + place * floatBytes;
    const segment = segmentOf(dimension);
    let longest = 0;
    for (let at = 0; at < floatBytes; at += 4 * segment) {
      const bytes = Math.min(4 * segment, floatBytes - at);
      longest = Math.max(longest, kernel.dot(start + at, start + at, bytes));
    }
    // Rounding makes a segment longer by half the root of its size at most.
    const mostFactor = (LONGEST - Math.sqrt(segment)) / Math.sqrt(longest);
    const factor = Math.min(LARGEST / kernel.largest(start, floatBytes), mostFactor);
    const lane = place % width;
    const out = rounded.byteOffset + (place - lane) * roundedBytes + 4 * lane;
    const left = kernel.quantize(start, floatBytes, factor, out, 4 * width);
    const root = Math.sqrt(dimension);
    scales[place] = 1 / (factor * length);
    shares[place] = kernel.componentSum() / (factor * length * root);
    sharesLeft[place] = kernel.leftSum() / (factor * length * root);
    return (Math.sqrt(left) + COMPONENT_ROUNDING * root) / (factor * length);
  }

  return {
    ...{ held, roundedBytes, floatBytes, floats, scales, shares, sharesLeft, rounded, lengths, errors, vector },
    /** Replaces the vectors, each at its place; returns the lengths of the new ones. */
    put(vectors: Vectors, placeOf = (i: number) => i): DoubleDouble[] {
      held.count = vectors.length / dimension;
      requireWithin("number of vectors", held.count, 0, room);
      held.worst = 0;
      errors.fill(Number.NaN);
      scales.fill(Number.NaN);
      return Array.from({ length: held.count }, (_, i) => {
        const given = vectorOf(vectors, dimension, i);
        const length = lengthOf(given);
        const isExact = isKept(given, length.hi);
        const place = placeOf(i);
        if (!isDirection(length.hi)) return length;
        vector(place).set(isExact ? given : given.map((x) => x / length.hi));
        lengths[place] = isExact ? length.hi : 1;
        errors[place] = round(place) + (isExact ? 0 : 2 ** -24);
        held.worst = Math.max(held.worst, errors[place]!);
        return length;
      });
    },
  };
}
