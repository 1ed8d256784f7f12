import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { angleBetween } from "../../src/core/angle-between.ts";
import { type CosineSearch, cosineSearch } from "../../src/measure/cosine-search.ts";

const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

test("cosines-kernel.ts holds what cosines.as.ts compiles to", () => {
  const built = execFileSync(process.execPath, [source("build/kernel.js"), source("kernels/cosines.as.ts")]);
  expect(built.equals(readFileSync(source("kernels/cosines-kernel.ts")))).toBe(true);
});

/** Seeded noise in (-1, 1) (Park and Miller). */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

const row = (vectors: Float32Array | Float64Array, d: number, i: number) => vectors.subarray(i * d, (i + 1) * d);

/** The plain double loop. */
function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    dot += a[k]! * b[k]!;
    aa += a[k]! ** 2;
    bb += b[k]! ** 2;
  }
  return dot / Math.sqrt(aa) / Math.sqrt(bb);
}

/** The cosines of n features and c classes, as the panels give them. */
function cosinesOf(search: CosineSearch, n: number, c: number): Float32Array {
  const cosines = new Float32Array(n * c);
  for (const place of search.panels()) {
    for (let i = 0; i < n; i++) {
      for (let j = place; j < Math.min(c, place + 8); j++) cosines[i * c + j] = search.score(i, j - place);
    }
  }
  return cosines;
}

/** The largest error of a cosine. */
const errorOf = (search: CosineSearch, n: number, c: number) =>
  Math.max(...Array.from({ length: n * c }, (_, i) => search.error(Math.floor(i / c), i % c)));

const never = () => false;

/** The classes that may be the nearest, of each feature. */
const classesOf = (search: CosineSearch) => search.nearest().map((near) => near.map((one) => one.class));

describe("cosines", () => {
  // biome-ignore format: aligned by eye
  test.each([
    //  d    n   c
    [   1,   1,  1],
    [   1,   5,  9],
    [   2,   4,  8],
    [   3,   1, 17],
    [   4,   6,  1],
    [   7,   3,  8],
    [  13,   8, 16],
    [  64,  33, 31],
    [ 129,   2, 70],
    [ 512,  12, 40],
  ])("d = %d, %d features, %d classes: each cosine within the bound", (d, n, c) => {
    const search = cosineSearch({ dimension: d, rows: n, classes: c });
    const [features, classes] = [noise(n * d, 1 + d), noise(c * d, 2 + d)];
    search.setFeatures(features, []);
    search.setClasses(classes);
    const cosines = cosinesOf(search, n, c);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < c; j++) {
        const expected = cosine(row(features, d, i), row(classes, d, j));
        expect(Math.abs(cosines[i * c + j]! - expected)).toBeLessThanOrEqual(search.error(i, j));
      }
    }
  });

  test("the bound is about 1.3e-4 for 512 components", () => {
    const search = cosineSearch({ dimension: 512, rows: 1, classes: 1 });
    search.setFeatures(noise(512, 3), []);
    search.setClasses(noise(512, 4));
    expect(search.error(0, 0)).toBeGreaterThan(0.8e-4);
    expect(search.error(0, 0)).toBeLessThan(1.6e-4);
  });

  test("errors are as often of one sign as of the other, for vectors of one sign too", () => {
    const [d, n, c] = [128, 40, 400];
    const search = cosineSearch({ dimension: d, rows: n, classes: c });
    const [features, classes] = [noise(n * d, 3).map(Math.abs), noise(c * d, 4)];
    search.setFeatures(features, []);
    search.setClasses(classes);
    const cosines = cosinesOf(search, n, c);
    // Over all features the errors of a class would add up, without their part along (1, 1, ...).
    const ofClass = Array.from({ length: c }, (_, j) => {
      const errors = Array.from({ length: n }, (_, i) => {
        return cosines[i * c + j]! - cosine(row(features, d, i), row(classes, d, j));
      });
      return errors.reduce((sum, x) => sum + x, 0) / n;
    });
    expect(Math.sqrt(ofClass.reduce((sum, x) => sum + x * x, 0) / c)).toBeLessThan(1.5e-6);
  });

  test.each([2, 64, 4096])("the largest sums fit: the same vectors of %d components, or opposite ones", (d) => {
    const search = cosineSearch({ dimension: d, rows: 3, classes: 2 });
    const [one, other] = [new Float32Array(d).fill(0.1), Float32Array.from({ length: d }, (_, k) => +(k === d - 1))];
    search.setFeatures(Float32Array.from([...one, ...other, ...one.map((x) => 1e30 * x)]), []);
    search.setClasses(Float32Array.from([...one, ...other.map((x) => -1e-30 * x)]));
    const across = Math.sqrt(1 / d);
    const cosines = cosinesOf(search, 3, 2);
    for (const [i, expected] of [1, -across, across, -1, 1, -across].entries())
      expect(Math.abs(cosines[i]! - expected)).toBeLessThanOrEqual(search.error(i >> 1, i & 1));
  });

  test("float64 vectors, of any size", () => {
    const search = cosineSearch({ dimension: 3, rows: 2, classes: 2 });
    search.setFeatures(Float64Array.of(1e200, 2e200, 2e200, 1e-200, 0, 0), []);
    search.setClasses(Float64Array.of(3e-150, 0, 0, 0, -1e300, 0));
    for (const [i, expected] of [1 / 3, -2 / 3, 1, 0].entries()) {
      expect(Math.abs(cosinesOf(search, 2, 2)[i]! - expected)).toBeLessThan(search.error(i >> 1, i & 1));
    }
  });

  test("a vector without a direction has no cosine", () => {
    const search = cosineSearch({ dimension: 2, rows: 5, classes: 1 });
    const lengths = search.setFeatures(Float64Array.of(0, 0, NaN, 1, Infinity, 1, 1.5e308, 1.5e308, 3, 4), []);
    expect(lengths.map(({ hi }) => hi)).toEqual([0, NaN, NaN, Infinity, 5]);
    search.setClasses(Float64Array.of(2, 0));
    expect(lengths.map((_, i) => search.error(i, 0))).toEqual([NaN, NaN, NaN, NaN, expect.closeTo(0, 4)]);
    expect(cosinesOf(search, 5, 1)[4]).toBeCloseTo(0.6, 4);
    search.search(0, never);
    expect(classesOf(search)).toEqual([[], [], [], [], [0]]);
  });

  test("nothing held", () => {
    const search = cosineSearch({ dimension: 2, rows: 2, classes: 2 });
    search.search(0, never);
    expect([[...search.panels()], search.nearest()]).toEqual([[], []]);
  });
});

describe("nearest", () => {
  const [d, n, c] = [24, 40, 203];
  const classes = noise(c * d, 7);
  const features = noise(n * d, 8);
  const labels = Array.from({ length: n }, (_, i) => (i * 37) % c);
  // Features close to a class of their own, two classes that are almost one, and one that is another made longer.
  for (let i = 0; i < n; i += 2) row(features, d, i).set(row(classes, d, labels[i]!));
  row(classes, d, 150).set(row(classes, d, 5));
  classes[150 * d]! += 1e-7;
  row(classes, d, 151).set(row(classes, d, 6).map((x) => 2 * x));
  row(features, d, 1).set(row(classes, d, 5));
  row(features, d, 3).set(row(classes, d, 6));
  // Fifty classes that turn away from class 7 until they are further than the bound.
  for (let k = 0; k < 50; k++) {
    row(classes, d, 152 + k).set(row(classes, d, 7));
    classes[(152 + k) * d]! += Math.sqrt(k) * 9e-3;
  }
  row(features, d, 5).set(row(classes, d, 7));

  /** What the search finds, features taken `rows` and classes `block` at a time. */
  function found(rows: number, block: number): number[][] {
    const search = cosineSearch({ dimension: d, rows, classes: block });
    const lists: number[][] = [];
    for (let i = 0; i < n; i += rows) {
      search.setFeatures(features.subarray(i * d, (i + rows) * d), labels.slice(i, i + rows));
      for (let j = 0; j < c; j += block) {
        search.setClasses(classes.subarray(j * d, (j + block) * d));
        search.search(j, never);
      }
      lists.push(...classesOf(search));
    }
    return lists;
  }

  const lists = found(n, c);

  test("holds every class whose angle is the smallest, never the own", () => {
    for (let i = 0; i < n; i++) {
      const angles = Array.from({ length: c }, (_, j) =>
        j === labels[i] ? 4 : angleBetween(row(features, d, i), row(classes, d, j)),
      );
      const smallest = Math.min(...angles);
      const nearest = angles.flatMap((angle, j) => (angle === smallest ? [j] : []));
      expect(lists[i]).toEqual(expect.arrayContaining(nearest));
      expect(lists[i]).not.toContain(labels[i]);
    }
  });

  test("holds no class that is further than twice the bound from the best", () => {
    const search = cosineSearch({ dimension: d, rows: n, classes: c });
    search.setFeatures(features, labels);
    search.setClasses(classes);
    const cosines = cosinesOf(search, n, c);
    for (let i = 0; i < n; i++) {
      const others = Array.from({ length: c }, (_, j) => j).filter((j) => j !== labels[i]);
      const best = Math.max(...others.map((j) => cosines[i * c + j]!));
      const bound = errorOf(search, n, c);
      for (const j of lists[i]!) expect(cosines[i * c + j]!).toBeGreaterThanOrEqual(best - 2 * bound);
      expect(lists[i]).toEqual(lists[i]!.toSorted((a, b) => a - b));
      expect(lists[i]).not.toContain(labels[i]);
    }
    expect(lists[1]).toEqual([5, 150]);
    expect(lists[3]).toEqual([6, 151]);
    expect(lists[5]!.length).toBeGreaterThan(20);
    expect(lists[5]!.length).toBeLessThan(50);
  });

  test.each([
    [1, c],
    [4, c],
    [7, 50],
    [n, 1],
    [13, 8],
    [n, 77],
  ])("does not depend on the blocks: %d features and %d classes at a time", (rows, block) => {
    expect(found(rows, block)).toEqual(lists);
  });

  test("equal classes are all found", () => {
    const search = cosineSearch({ dimension: 3, rows: 1, classes: 20 });
    search.setFeatures(Float32Array.of(1, 2, 3), [4]);
    search.setClasses(Float32Array.from({ length: 60 }, (_, i) => (i % 3) + 0.5));
    search.search(0, never);
    expect(classesOf(search)).toEqual([Array.from({ length: 20 }, (_, j) => j).filter((j) => j !== 4)]);
  });
});

describe("limits and sums", () => {
  const [d, n, c] = [10, 9, 61];
  const [features, classes] = [noise(n * d, 21), noise(c * d, 22)];
  const labels = Array.from({ length: n }, (_, i) => (i * 7) % c);
  // One class lies upon the limit of row 2.
  row(classes, d, 40).set(row(features, d, 2));
  // And one lies opposite row 3, where a part of the angle changes most with the cosine.
  row(classes, d, 41).set(row(features, d, 3).map((x) => -x));
  const cosines = Array.from({ length: n }, (_, i) =>
    Array.from({ length: c }, (_, j) => cosine(row(features, d, i), row(classes, d, j))),
  );
  const limits = cosines.map((all, i) => (i === 2 ? 1 : all[(i * 11) % c]!));
  const scales = labels.map((label) => 0.5 + 10 * label);
  const others = (i: number) => cosines[i]!.filter((_, j) => j !== labels[i]);

  test.each([
    [Float32Array, c],
    [Float32Array, 16],
    [Float64Array, 61],
    [Float64Array, 7],
  ])("%o, %d classes at a time", (type, block) => {
    const search = cosineSearch({ dimension: d, rows: n, classes: block, limits: 2, sums: 2 });
    search.setFeatures(new type(features), labels);
    search.setLimit(0, limits);
    search.setLimit(1, Array(n).fill(Number.NaN));
    search.setSum(0, scales, 1);
    search.setSum(1, scales, 2);
    for (let j = 0; j < c; j += block) {
      search.setClasses(new type(classes.subarray(j * d, (j + block) * d)));
      search.search(j, (_, i, place) => cosines[i]![place]! < limits[i]!);
    }
    expect(search.below(0)).toEqual(limits.map((limit, i) => others(i).filter((x) => x < limit).length));
    expect(search.below(1)).toEqual(Array(n).fill(0));
    const bound = errorOf(search, n, c % block || block);
    for (let i = 0; i < n; i++) {
      const sum = (of: (x: number) => number) =>
        Math.log(others(i).reduce((all, x) => all + Math.exp(scales[i]! * of(x)), 0));
      expect(Math.abs(search.logSum(0)[i]! - sum((x) => x))).toBeLessThan(scales[i]! * bound + 2e-6);
      const bent = sum((x) => Math.cos(Math.acos(Math.min(1, Math.max(-1, x))) / 2));
      expect(Math.abs(search.logSum(1)[i]! - bent)).toBeLessThan(scales[i]! * bound + 2e-6);
    }
  });
});

test.each([
  [{ dimension: 0, rows: 1, classes: 1 }, "dimension is 0: it must lie from 1 to 2^20"],
  [{ dimension: NaN, rows: 1, classes: 1 }, "dimension is NaN: it must lie from 1 to 2^20"],
  [{ dimension: 2 ** 20, rows: 1, classes: 4000 }, "memory of the cosine search is"],
])("refused: %o", (size, message) => {
  expect(() => cosineSearch(size)).toThrow(message);
});
