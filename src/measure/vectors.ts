import type { Numbers } from "../data/arrays.ts";

/** The components of vectors, one vector after another, as a file holds them. */
export type Vectors = Numbers;

/** The vector of a row, in the same memory. */
export const vectorOf = <T extends Vectors>(vectors: T, dimension: number, row: number): T =>
  vectors.subarray(row * dimension, (row + 1) * dimension) as T;

/** Has a vector of this length a direction? */
export const isDirection = (length: number) => length > 0 && length < Number.POSITIVE_INFINITY;

/** What is wrong with a vector that has no direction. */
export function lengthFault(vector: Vectors, length: number): string {
  if (length === 0) return "the vector has length 0 and so no direction";
  const at = vector.findIndex((x: number) => !Number.isFinite(x));
  return at < 0 ? "the vector is too long for a double" : `component ${at} is ${vector[at]}`;
}
