import { lengthOf } from "../core/angle.ts";
import { requireWithin } from "../core/errors.ts";
import type { Pair } from "../core/exact.ts";
import { kernel } from "./kernel.ts";

/** Vectors one after another, as a .npy file holds them. */
export type Vectors = Float32Array | Float64Array;

/** Vectors of so many components; at most so many rows of features and so many classes at a time. */
export interface ProductSize {
  readonly dimension: number;
  readonly rows: number;
  readonly classes: number;
  /** How many limits and sums a feature has: 0 unless told. */
  readonly limits?: number;
  readonly sums?: number;
}

/** Decides, for a pair too close for the product to tell, whether the cosine of a feature and a class lies below a limit. */
export type Settle = (limit: number, row: number, place: number) => boolean;

/** A class, and the largest cosine that it may have. */
interface Candidate {
  readonly class: number;
  readonly most: number;
}

/** The features or the classes held, and where in the memory; places are in floats. */
interface Side {
  /** Rounded vectors, in groups of `width`. */
  readonly start: number;
  readonly width: number;
  /** The vectors as float32: as they are, or where they are of float64 as unit vectors. */
  readonly vectors: number;
  readonly lengths: Float64Array;
  /** How far the rounded unit vectors are from the true ones; NaN for one without a direction. */
  readonly errors: Float64Array;
  /** What this side adds to the error of a dot product of `vectors`. */
  fine: number;
}

/** The exports of product.wat; places in the memory are in bytes. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  multiply(features: number, quads: number, panel: number, panelBytes: number, scores: number): void;
  reaching(scores: number, rows: number, thresholds: number, list: number): number;
  below(scores: number, rows: number, limits: number, list: number): number;
  addPowers(scores: number, rows: number, sums: number): void;
  dot(a: number, b: number, bytes: number): number;
}

// The types of Node leave WebAssembly out.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const QUAD = 4;
const PANEL = 8;
const PAGE = 65536;
/** The components of unit vectors are held as multiples of 1 / ONE. */
const ONE = 32767;
/** More than what rounding scores and limits to float32 adds to an error. */
const ROUNDING = 2 ** -21;
// Floats a row: lower limit, upper limit, count; rate, shift, two doubles.
const LIMIT = 3;
const SUM = 6;
/** Below every cosine. */
const LOWEST = -2;

const wholeQuads = (rows: number) => Math.ceil(rows / QUAD) * QUAD;
const wholePairs = (components: number) => 2 * Math.ceil(components / 2);
const wholePanels = (classes: number) => Math.ceil(classes / PANEL) * PANEL;

/**
 * Cosines between a block of features and a block of class vectors, and a search for the classes nearest to each
 * feature that keeps no more than the candidates. Uses about 6 dimension (rows + classes) bytes of its own.
 *
 * Unit vectors are rounded to components of 16 bits, of which a processor multiplies twice as many at a time as of float32, and their
 * products added up exactly. What the rounding of a vector left out is known, so that each cosine has a bound on its error: with a and b
 * for the lengths left out, |u v - u' v'| <= a + b + a b by Cauchy-Schwarz, about 4e-4 for 512 components.
 *
 * Vectors are normalised; one whose length is 0, infinite or NaN has cosine NaN with all others and is near to none.
 * A cosine depends on its two vectors alone, to the bit: what is found does not depend on how the work is cut up.
 */
export class Product {
  readonly #size: ProductSize;
  readonly #kernel: Kernel;
  readonly #floats: Float32Array;
  readonly #words: Uint32Array;
  readonly #shorts: Int16Array;
  readonly #list: Uint32Array;
  readonly #rows: Side;
  readonly #classes: Side;
  #worstClass = 0;
  /** For each row, what the cosine of the nearest class is at least. */
  readonly #floors: Float64Array;
  // Where in #floats the parts begin; the class vectors begin at 0.
  readonly #scores: number;
  readonly #thresholds: number;
  readonly #bent: number;
  readonly #limits: number;
  readonly #sums: number;
  #rowCount = 0;
  #classCount = 0;
  #own = new Map<number, number[]>();
  #candidates: Candidate[][] = [];
  #cosines: ArrayLike<number>[] = [];
  #divisors: number[] = [];

  /** Throws ParameterError for a dimension outside [1, 2^20] and a size beyond the 4 GiB of WebAssembly. */
  constructor(size: ProductSize) {
    const { dimension, rows, classes, limits = 0, sums = 0 } = size;
    requireWithin("dimension", dimension, 1, 2 ** 20);
    this.#size = size;
    const pairs = wholePairs(dimension) / 2;
    const features = wholePanels(classes) * pairs;
    this.#scores = features + wholeQuads(rows) * pairs;
    this.#thresholds = this.#scores + wholeQuads(rows) * PANEL;
    const list = this.#thresholds + rows;
    this.#bent = list + rows;
    // Even, for the doubles in it.
    this.#sums = 2 * Math.ceil((this.#bent + wholeQuads(rows) * PANEL) / 2);
    this.#limits = this.#sums + sums * rows * SUM;
    const vectors = this.#limits + limits * rows * LIMIT;
    this.#rows = newSide(rows, features, QUAD, vectors);
    this.#classes = newSide(classes, 0, PANEL, vectors + rows * wholeQuads(dimension));
    const pages = Math.ceil((4 * (this.#classes.vectors + classes * wholeQuads(dimension))) / PAGE);
    requireWithin("memory of the product", pages * PAGE, 0, 2 ** 32 - PAGE);
    const bytes = Buffer.from(kernel, "base64");
    const imports = { js: { exp2: (x: number) => 2 ** x } };
    this.#kernel = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Kernel;
    this.#kernel.memory.grow(pages);
    this.#floats = new Float32Array(this.#kernel.memory.buffer);
    this.#words = new Uint32Array(this.#kernel.memory.buffer);
    this.#shorts = new Int16Array(this.#kernel.memory.buffer);
    this.#floors = new Float64Array(rows);
    this.#list = new Uint32Array(this.#kernel.memory.buffer, 4 * list, rows);
  }

  /** Puts class vectors at the places from `at` on, where the list of classes then ends; returns their lengths. */
  setClasses(vectors: Vectors, at = 0): Pair[] {
    this.#classCount = at + vectors.length / this.#size.dimension;
    requireWithin("number of classes", this.#classCount, 0, this.#size.classes);
    const lengths = this.#pack(vectors, this.#classes, at);
    this.#worstClass = worstOf(this.#classes.errors.subarray(0, this.#classCount));
    return lengths;
  }

  /** Takes features and the class that each belongs to, and forgets those before with their limits and sums; returns their lengths. */
  setFeatures(vectors: Vectors, labels: ArrayLike<number>): Pair[] {
    this.#rowCount = vectors.length / this.#size.dimension;
    requireWithin("number of features", this.#rowCount, 0, this.#size.rows);
    this.#own = rowsByLabel(labels);
    this.#cosines = [];
    this.#divisors = [];
    this.#candidates = Array.from({ length: this.#rowCount }, () => []);
    this.#floors.fill(LOWEST);
    return this.#pack(vectors, this.#rows, 0);
  }

  /** Puts vectors into a side at the places from `at` on: as they are, and rounded in groups of `width`, two components at a time. */
  #pack(vectors: Vectors, side: Side, at: number): Pair[] {
    const { dimension } = this.#size;
    const { start, width, errors } = side;
    const [shorts, floats] = [this.#shorts, this.#floats];
    const exact = vectors instanceof Float32Array;
    side.fine = exact ? (dimension + 8) * 2 ** -54 : ROUNDING;
    return Array.from({ length: vectors.length / dimension }, (_, i) => {
      const vector = vectors.subarray(i * dimension, (i + 1) * dimension);
      const length = lengthOf(vector);
      const divisor = length.hi < Number.POSITIVE_INFINITY ? length.hi : Number.NaN;
      const lane = (at + i) % width;
      const to = 2 * start + (at + i - lane) * wholePairs(dimension) + 2 * lane;
      const copy = side.vectors + (at + i) * wholeQuads(dimension);
      let left = 0;
      for (let k = 0; k < dimension; k++) {
        const unit = vector[k]! / divisor;
        const whole = Math.round(unit * ONE);
        const rest = unit * ONE - whole;
        left += rest * rest;
        shorts[to + (k >> 1) * 2 * width + (k & 1)] = whole;
        floats[copy + k] = exact ? vector[k]! : unit;
      }
      errors[at + i] = Math.sqrt(left) / ONE;
      side.lengths[at + i] = exact ? divisor : 1;
      return length;
    });
  }

  /** The float32 class vector put at a place, in the memory of the product. */
  classVector(place: number): Float32Array {
    const { dimension } = this.#size;
    const start = this.#classes.vectors + place * wholeQuads(dimension);
    return this.#floats.subarray(start, start + dimension);
  }

  /** The cosine of a feature and a class is no further than this from the true one. */
  #error(row: number, classError: number): number {
    return combined(this.#rows.errors[row]!, classError);
  }

  /** No cosine of the vectors held is further than this from the true one. */
  get error(): number {
    return combined(worstOf(this.#rows.errors.subarray(0, this.#rowCount)), this.#worstClass);
  }

  /** The places at which panels of 8 classes begin; at each the scores are ready, 8 a row. */
  *#panels(): Generator<number> {
    const bytes = 2 * wholePairs(this.#size.dimension);
    const quads = wholeQuads(this.#rowCount) / QUAD;
    const [features, scores] = [4 * this.#rows.start, this.#scores];
    const lostRows = [...this.#rows.errors.subarray(0, this.#rowCount).entries()].filter(([, error]) =>
      Number.isNaN(error),
    );
    for (let place = 0; place < this.#classCount && quads > 0; place += PANEL) {
      this.#kernel.multiply(features, quads, place * bytes, PANEL * bytes, 4 * scores);
      for (const [row] of lostRows) this.#floats.fill(Number.NaN, scores + row * PANEL, scores + (row + 1) * PANEL);
      for (let lane = 0; lane < PANEL; lane++) if (Number.isNaN(this.#classes.errors[place + lane])) this.#strike(lane);
      yield place;
    }
  }

  /** Takes the scores of one class of the panel away. */
  #strike(lane: number): void {
    for (let row = 0; row < this.#rowCount; row++) this.#floats[this.#scores + row * PANEL + lane] = Number.NaN;
  }

  /** The cosines, features by classes. */
  multiply(): Float32Array {
    const cosines = new Float32Array(this.#rowCount * this.#classCount);
    const floats = this.#floats;
    for (const place of this.#panels()) {
      const width = Math.min(PANEL, this.#classCount - place);
      for (let row = 0; row < this.#rowCount; row++) {
        const from = this.#scores + row * PANEL;
        const to = row * this.#classCount + place;
        for (let lane = 0; lane < width; lane++) cosines[to + lane] = floats[from + lane]!;
      }
    }
    return cosines;
  }

  /** Sets one limit a feature: the search counts the other classes of smaller cosine. NaN: none is. */
  setLimit(limit: number, cosines: ArrayLike<number>): void {
    this.#cosines[limit] = cosines;
    for (let row = 0; row < this.#rowCount; row++) this.#words[this.#limitAt(limit, row) + 2] = 0;
  }

  /** Sets one scale a feature: the search adds up exp(scale * cos(theta / divisor)) over the other classes. */
  setSum(sum: number, scales: ArrayLike<number>, divisor: number): void {
    this.#divisors[sum] = divisor;
    for (let row = 0; row < this.#rowCount; row++) {
      const at = this.#sumAt(sum, row);
      this.#floats.fill(0, at, at + SUM);
      this.#floats[at] = scales[row]! * Math.LOG2E;
      this.#floats[at + 1] = LOWEST;
    }
  }

  /**
   * Searches the classes held for those nearest to the features, counts and adds up; the class at place 0 has the number `first`.
   * Classes too close to a limit for a dot product in double are left to `settle`.
   */
  search(first = 0, settle: Settle = () => false): void {
    const [scores, thresholds, list] = [4 * this.#scores, 4 * this.#thresholds, this.#list];
    const { limits = 0 } = this.#size;
    this.#allowErrors();
    for (const place of this.#panels()) {
      this.#mask(place, first);
      const found = this.#kernel.reaching(scores, this.#rowCount, thresholds, list.byteOffset);
      for (let i = 0; i < found; i++) this.#keep(list[i]!, place, first);
      for (let limit = 0; limit < limits; limit++) {
        const doubtful = this.#kernel.below(scores, this.#rowCount, 4 * this.#limitAt(limit, 0), list.byteOffset);
        for (let i = 0; i < doubtful; i++) this.#settle(limit, list[i]!, place, first, settle);
      }
      for (const [sum, divisor] of this.#divisors.entries()) {
        if (divisor !== 1) this.#bend(divisor);
        this.#kernel.addPowers(
          4 * (divisor === 1 ? this.#scores : this.#bent),
          this.#rowCount,
          4 * this.#sumAt(sum, 0),
        );
      }
    }
  }

  /** Sets the thresholds and limits of the kernel so far off that no error of the classes held can mislead. */
  #allowErrors(): void {
    for (let row = 0; row < this.#rowCount; row++) {
      const error = this.#error(row, this.#worstClass);
      this.#floats[this.#thresholds + row] = this.#floors[row]! - error;
      for (const [limit, cosines] of this.#cosines.entries()) {
        const at = this.#limitAt(limit, row);
        this.#floats[at] = cosines[row]! - error;
        this.#floats[at + 1] = cosines[row]! + error;
      }
    }
  }

  #limitAt = (limit: number, row: number) => this.#limits + (limit * this.#size.rows + row) * LIMIT;
  #sumAt = (sum: number, row: number) => this.#sums + (sum * this.#size.rows + row) * SUM;

  /** Takes a panel's scores against a feature's own class, and those of places without a class, out of the search. */
  #mask(place: number, first: number): void {
    const floats = this.#floats;
    for (let lane = 0; lane < PANEL; lane++) {
      const scores = this.#scores + lane;
      if (place + lane >= this.#classCount) this.#strike(lane);
      else for (const row of this.#own.get(first + place + lane) ?? []) floats[scores + row * PANEL] = Number.NaN;
    }
  }

  /** Keeps the classes of a panel that may still be the nearest to a row. */
  #keep(row: number, place: number, first: number): void {
    const floats = this.#floats;
    const threshold = this.#thresholds + row;
    for (let lane = 0; lane < PANEL; lane++) {
      const cosine = floats[this.#scores + row * PANEL + lane]!;
      if (!(cosine >= floats[threshold]!)) continue;
      const error = this.#error(row, this.#classes.errors[place + lane]!);
      this.#candidates[row]!.push({ class: first + place + lane, most: cosine + error });
      this.#floors[row] = Math.max(this.#floors[row]!, cosine - error);
      floats[threshold] = this.#floors[row]! - this.#error(row, this.#worstClass);
    }
  }

  /** Counts those classes of a panel of which the cosine to a row is too close to its limit for the kernel. */
  #settle(limit: number, row: number, place: number, first: number, settle: Settle): void {
    const floats = this.#floats;
    const at = this.#limitAt(limit, row);
    for (let lane = 0; lane < PANEL; lane++) {
      const score = floats[this.#scores + row * PANEL + lane]!;
      if (!(score >= floats[at]! && score <= floats[at + 1]!)) continue;
      const above = this.#cosine(row, place + lane) - this.#cosines[limit]![row]!;
      const below =
        Math.abs(above) > this.#rows.fine + this.#classes.fine ? above < 0 : settle(limit, row, first + place + lane);
      if (below) this.#words[at + 2]!++;
    }
  }

  /** A cosine in double; no further from the true one than both sides are fine. */
  #cosine(row: number, place: number): number {
    const bytes = 4 * wholeQuads(this.#size.dimension);
    const [rows, classes] = [this.#rows, this.#classes];
    const dot = this.#kernel.dot(4 * rows.vectors + row * bytes, 4 * classes.vectors + place * bytes, bytes);
    return dot / (rows.lengths[row]! * classes.lengths[place]!);
  }

  /** The scores as cosines of a part of their angles. */
  #bend(divisor: number): void {
    const floats = this.#floats;
    for (let i = 0; i < this.#rowCount * PANEL; i++) {
      const cosine = Math.min(1, Math.max(-1, floats[this.#scores + i]!));
      floats[this.#bent + i] = Math.cos(Math.acos(cosine) / divisor);
    }
  }

  /** How many of the other classes searched have a cosine below the limit of each feature. */
  below(limit: number): number[] {
    return Array.from({ length: this.#rowCount }, (_, row) => this.#words[this.#limitAt(limit, row) + 2]!);
  }

  /**
   * log sum exp(scale * cos(theta / divisor)) over the other classes searched, for each feature. Rounded cosines put it off by
   * at most scale * error (in practice by scale * 1e-5) and the powers by 1e-6; larger where divisor > 1 and the nearest class lies beside pi.
   */
  logSum(sum: number): number[] {
    return Array.from({ length: this.#rowCount }, (_, row) => {
      const at = this.#sumAt(sum, row);
      const [even, odd] = new Float64Array(this.#floats.buffer, 4 * (at + 2), 2);
      return (this.#floats[at]! / Math.LOG2E) * this.#floats[at + 1]! + Math.log(even! + odd!);
    });
  }

  /** For each feature, the classes searched that may be the nearest of all but its own, in the order of the search. */
  nearest(): number[][] {
    return this.#candidates.map((candidates, row) =>
      candidates.filter(({ most }) => most >= this.#floors[row]!).map((candidate) => candidate.class),
    );
  }
}

const combined = (rowError: number, classError: number) => (1 + rowError) * (1 + classError) - 1 + ROUNDING;

/** The largest of the errors of vectors that have a direction. */
function worstOf(errors: Float64Array): number {
  let worst = 0;
  for (const error of errors) if (error > worst) worst = error;
  return worst;
}

const newSide = (count: number, start: number, width: number, vectors: number): Side => ({
  start,
  width,
  vectors,
  lengths: new Float64Array(count),
  errors: new Float64Array(count),
  fine: 0,
});

function rowsByLabel(labels: ArrayLike<number>): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const own = rows.get(labels[row]!);
    if (own === undefined) rows.set(labels[row]!, [row]);
    else own.push(row);
  }
  return rows;
}
