import { lengthOf } from "../core/angle-between.ts";
import type { ArrayRows } from "../data/arrays.ts";
import { BLOCK_ROWS, type FeatureFiles, inSteps, readSamples } from "./feature-files.ts";
import { isDirection, vectorOf } from "./vectors.ts";

/** Of some classes the sums of their unit features, high + low, row after row, and how many features each sums up. */
export type ClassSums = ReturnType<typeof classSums>;
/** Sums over the unit features of some classes, of which the Fisher score is made. */
export type ClassScatter = ReturnType<typeof classScatter>;

/** The numbers of class sums that are held at a time, each as high and low part: 16 MiB. */
const SCATTER_DOUBLES = 2 ** 20;
/** The classes whose sums are held at a time. */
export const scatterClasses = ({ cols }: Pick<ArrayRows, "cols">): number => Math.ceil(SCATTER_DOUBLES / cols);
/** A sum of n unit vectors of at most n times this length has no direction: rounding alone can make it that long. */
export const LEAST_MEAN = 2 ** -40;

// Adding the first to x in [-1, 1] and taking it off again leaves a multiple of 2^-26, the second one of 2^-53.
const TO_HIGH = 1.5 * 2 ** 26;
const TO_LOW = 1.5 * 2 ** -1;

/**
 * The sums of the unit features of the classes numbered first to first + classes - 1, and how many they are. Samples
 * without a direction are left out. A sum is high + low, whose terms are multiples of 2^-26 and of 2^-53: up to 2^27
 * samples of a class both are exact, in any order.
 */
export function classSums(files: FeatureFiles, first: number, classes: number) {
  const { cols, rows } = files.features;
  const [high, low] = [new Float64Array(classes * cols), new Float64Array(classes * cols)];
  const counts = new Float64Array(classes);
  for (const [start] of inSteps(rows, BLOCK_ROWS)) {
    const { vectors, label } = readSamples(files, start);
    for (const [row, place] of label.entries()) {
      if (!(place >= first && place < first + classes)) continue;
      const vector = vectorOf(vectors, cols, row);
      const length = lengthOf(vector).hi;
      if (!isDirection(length)) continue;
      for (let k = 0, at = (place - first) * cols; k < cols; k++, at++) {
        const unit = vector[k]! / length;
        const front = unit + TO_HIGH - TO_HIGH;
        high[at]! += front;
        low[at]! += unit - front + TO_LOW - TO_LOW;
      }
      counts[place - first]!++;
    }
  }
  return { high, low, counts };
}

/** high + low of each sum, rounded once. */
export const addedUp = ({ high, low }: ClassSums): Float64Array => high.map((x, i) => x + low[i]!);

/**
 * The scatter of some classes from their sums, of `cols` components each. Writes the direction
 * of the mean of each class into means, one after another.
 */
export function classScatter(parts: ClassSums, cols: number, means?: Float64Array) {
  const { counts } = parts;
  const sums = addedUp(parts);
  /** The sum of the unit features, and the sum over the samples of the unit mean of their class. */
  const [total, directions] = [new Float64Array(cols), new Float64Array(cols)];
  /** The sum over the samples of 1 - cos(angle to the mean of their class). */
  let within = 0;
  for (const [i, count] of counts.entries()) {
    const sum = vectorOf(sums, cols, i);
    const length = lengthOf(sum).hi;
    within += count - length;
    if (length > LEAST_MEAN * count) means?.set(sum, i * cols);
    for (let k = 0; k < cols; k++) {
      total[k]! += sum[k]!;
      if (length > 0) directions[k]! += (count * sum[k]!) / length;
    }
  }
  return { count: counts.reduce((sum, count) => sum + count, 0), within, total, directions };
}

/**
 * The angular Fisher score: sum over samples of 1 - cos(x, mean of its class), over sum of n_i (1 - cos(class mean,
 * mean of all)), means being those of unit features. Small where classes are tight and far apart; NaN where class means
 * do not differ. Numerator and denominator have an error of about 2^-50 times the number of samples. Source: SphereFace
 * (arXiv:1704.08063), appendix on the angular Fisher score.
 */
export function fisherScore(parts: readonly ClassScatter[]): number {
  const sum = (of: (part: ClassScatter) => number) => parts.reduce((total, part) => total + of(part), 0);
  const total = parts[0]!.total.map((_, k) => sum((part) => part.total[k]!));
  const along = total.reduce((along, x, k) => along + x * sum((part) => part.directions[k]!), 0);
  const within = sum((part) => part.within);
  const between = sum(({ count }) => count) - along / lengthOf(total).hi;
  // Without any scatter rounding can give a tiny number of either sign.
  return between > 0 ? Math.max(0, within) / between : Number.NaN;
}
