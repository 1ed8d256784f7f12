import { Decimal } from "decimal.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { angleBetween, lengthOf } from "../../src/core/angle-between.ts";

const D = Decimal.clone({ precision: 130, toExpNeg: -9e15, toExpPos: 9e15 });
const exactly = (x: number) => new D(x.toPrecision(100));
const sum = (terms: Decimal[]) => terms.reduce((s, t) => s.plus(t), new D(0));
const trueLength = (v: number[]) => sum(v.map((x) => exactly(x).pow(2))).sqrt();

/** atan2 of the half vectors at 130 digits; decimal.js has atan2 as a static method. */
function trueAngle(a: number[], b: number[]): Decimal {
  const [A, B] = [trueLength(a), trueLength(b)];
  const half = (sign: number) =>
    sum(a.map((x, i) => exactly(x).times(B).plus(exactly(b[i]!).times(A).times(sign)).pow(2))).sqrt();
  return D.atan2(half(-1), half(1)).times(2);
}

/** Fails unless actual lies within 4 ulp + 1e-28 of expected. */
function expectNear(actual: number, expected: Decimal): void {
  const ulp = 2 ** Math.floor(Math.log2(Math.abs(expected.toNumber()) || 1e-300)) * 2 ** -52;
  expect(exactly(actual).minus(expected).abs().toNumber()).toBeLessThan(4 * ulp + 1e-28);
}

describe("angleBetween", () => {
  // biome-ignore format: aligned by eye
  test.each<[string, number[], number[], number]>([
    ["equal",                     [1, 2, 3],            [1, 2, 3],                    0],
    ["twice as long",             [1, 2, 3],            [2, 4, 6],                    0],
    ["opposite",                  [1, 2, 3],            [-1, -2, -3],                 Math.PI],
    ["a right angle",             [1, 0],               [0, 1],                       Math.PI / 2],
    ["45 degrees",                [1, 0],               [1, 1],                       Math.PI / 4],
    ["one dimension",             [3],                  [-0.5],                       Math.PI],
    ["tiny",                      [1, 0],               [1, 1e-150],                  1e-150],
    ["too small to square",       [1, 0],               [1, 1e-300],                  0],
    ["huge components",           [1e308, 0],           [1e308, 1e308],               Math.PI / 4],
    ["small components",          [1e-290, 0],          [1e-290, 1e-290],             Math.PI / 4],
    ["huge against subnormal",    [1e308, 0],           [0, 5e-324],                  Math.PI / 2],
    ["zero",                      [0, 0],               [1, 2],                       Number.NaN],
    ["NaN",                       [1, Number.NaN],      [1, 2],                       Number.NaN],
    ["infinite",                  [1, 2],               [Number.POSITIVE_INFINITY, 2], Number.NaN],
    ["a length beyond doubles",   [1.7e308, 1.7e308],   [1, 2],                       Number.NaN],
    ["no components",             [],                   [],                           Number.NaN],
  ])("%s", (_, a, b, expected) => {
    const angle = angleBetween(a, b);
    if (Number.isNaN(expected)) expect(angle).toBeNaN();
    else expect(Math.abs(angle - expected)).toBeLessThanOrEqual(2 ** -52 * expected);
    expect(angleBetween(b, a)).toEqual(angle);
  });

  test("parallel vectors whose lengths round give less than 1e-28", () => {
    expect(
      angleBetween(
        [0.1, 0.3, 0.7],
        [1, 3, 7].map((x) => x * 0.1),
      ),
    ).toBeLessThan(1e-15);
    expect(angleBetween([1, 1, 1], [3, 3, 3])).toBeLessThan(1e-28);
    expect(angleBetween([1, 1, 1], [-3, -3, -3])).toBe(Math.PI);
  });

  const component = fc.double({ min: -1, max: 1, noNaN: true }).map((x) => (Math.abs(x) < 1e-30 ? 0 : x));
  const single = component.map(Math.fround);

  /** b = side * a + turn * noise, so that angles come near 0 and near pi. */
  const near = (from: fc.Arbitrary<number>, round: (x: number) => number) =>
    fc
      .tuple(
        fc.array(fc.tuple(from, from), { minLength: 2, maxLength: 12 }),
        fc.integer({ min: -40, max: 3 }),
        fc.constantFrom(1, -1, 3, -0.7),
      )
      .map(([both, e, side]) => [both.map(([x]) => x), both.map(([x, y]) => round(side * x + 2 ** e * y))])
      .filter((pair) => pair.every((v) => v.some((x) => x !== 0)));

  test.each([
    ["float32", near(single, Math.fround)],
    ["float64", near(component, (x) => x)],
  ])("%s vectors at any angle, near 0 and pi too: 4 ulp of 130 digits", (_, vectors) => {
    fc.assert(
      fc.property(vectors, ([a, b]) => {
        expectNear(angleBetween(a!, b!), trueAngle(a!, b!));
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  test("512 dimensions: 4 ulp", () => {
    const wave = (p: number) => Array.from({ length: 512 }, (_, i) => Math.fround(Math.sin(p * (i + 1) ** 2)));
    const a = wave(0.7);
    for (const turn of [1, 1e-3, 1e-6, -1e-6]) {
      const b = wave(0.3).map((x, i) => Math.fround(Math.sign(turn) * a[i]! + Math.abs(turn) * x));
      expectNear(angleBetween(a, b), trueAngle(a, b));
    }
  });
});

test("lengthOf is a pair good to 1e-28", () => {
  for (const v of [
    [3, 4],
    [1, 1, 1],
    [0.1, -0.2, 0.7, 1e-9],
    [1e200, 1e200],
    [1e-200, 3e-200],
    Array(1000).fill(0.1),
  ]) {
    const { hi, lo } = lengthOf(v);
    const expected = trueLength(v);
    expect(hi).toBe(expected.toNumber());
    expect(exactly(hi).plus(exactly(lo)).minus(expected).div(expected).abs().toNumber()).toBeLessThan(1e-28);
  }
  expect(lengthOf([]).hi).toBe(0);
});

test("vectors of different dimensions", () => {
  expect(() => angleBetween([1, 2], [0, 1, 2])).toThrow("the vectors have 2 and 3 components: they must have as many");
});
