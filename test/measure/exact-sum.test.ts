import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ExactSum, Mean } from "../../src/measure/exact-sum.ts";

function sumOf(numbers: readonly number[]): ExactSum {
  const sum = new ExactSum();
  for (const x of numbers) sum.add(x);
  return sum;
}

const bits = new DataView(new ArrayBuffer(8));

/** x as a multiple of 2^-1074. */
function multipleOf(x: number): bigint {
  bits.setFloat64(0, x);
  const exponent = (bits.getUint16(0) >> 4) & 0x7ff;
  const fraction = bits.getBigUint64(0) & 0xfffffffffffffn;
  const size = exponent === 0 ? fraction : (fraction | 0x10000000000000n) << BigInt(exponent - 1);
  return x < 0 ? -size : size;
}

/** Is x the double nearest to a multiple of 2^-1074, ties to even? Tried against its neighbours. */
function isNearest(x: number, multiple: bigint): boolean {
  const gap = (y: number) => {
    const distance = multiple - multipleOf(y);
    return distance < 0n ? -distance : distance;
  };
  bits.setFloat64(0, x);
  const pattern = bits.getBigInt64(0);
  const isEven = (pattern & 1n) === 0n;
  return [pattern - 1n, pattern + 1n].every((beside) => {
    bits.setBigInt64(0, beside);
    const neighbour = bits.getFloat64(0);
    if (!Number.isFinite(neighbour)) return true;
    const [own, other] = [gap(x), gap(neighbour)];
    return x === 0 || own < other || (own === other && isEven);
  });
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const anyScale = fc.oneof(
  finite,
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.constantFrom(0, -0, Number.MIN_VALUE, 2 ** -1022, -(2 ** -1022), 1, -1, 2 ** 53, Number.MAX_VALUE / 4),
);
const numbers = fc.array(
  anyScale.map((x) => (Math.abs(x) > 1e307 ? x / 1e3 : x)),
  { maxLength: 60 },
);

test("the sum is that of whole numbers of any length, rounded once", () => {
  fc.assert(
    fc.property(numbers, (all) => {
      const exact = all.reduce((sum, x) => sum + multipleOf(x), 0n);
      const value = sumOf(all).value();
      expect(isNearest(value, exact)).toBe(true);
    }),
    { seed: 1, numRuns: 3000 },
  );
});

test("neither the order nor how the numbers are parted changes a bit", () => {
  fc.assert(
    fc.property(numbers, fc.nat(60), fc.nat(60), (all, turn, cut) => {
      const turned = [...all.slice(turn), ...all.slice(0, turn)].reverse();
      const merged = sumOf(turned.slice(0, cut));
      merged.addMultiple(sumOf(turned.slice(cut)).multiple());
      expect(merged.value()).toBe(sumOf(all).value());
    }),
    { seed: 2, numRuns: 1000 },
  );
});

test("after a million additions bins are still exact; a sum can be asked for in between", () => {
  const sum = new ExactSum();
  for (let i = 0; i < 1_200_000; i++) {
    sum.add(Number.MAX_SAFE_INTEGER);
    if (i % 400_000 === 7) sum.value();
  }
  expect(sum.value()).toBe(Number(BigInt(Number.MAX_SAFE_INTEGER) * 1_200_000n));
  for (let i = 0; i < 1_200_000; i++) sum.add(-Number.MAX_SAFE_INTEGER);
  expect(sum.value()).toBe(0);
});

test("after millions of additions without a look at the sum bins are still exact", () => {
  const [sum, count] = [new ExactSum(), 5_000_000];
  for (let i = 0; i < count; i++) sum.add(2 ** 53 - 1);
  expect(sum.multiple() >> 1074n).toBe((2n ** 53n - 1n) * BigInt(count));
});

// biome-ignore format: aligned by eye
test.each([
  [[],                                          0],
  [[1e16, 1, -1e16, 1],                         2],
  [[2 ** 53, 1],                                2 ** 53],
  [[2 ** 53, 1, 2 ** -1074],                    2 ** 53 + 2],
  [[2 ** 53, 3],                                2 ** 53 + 4],
  [[Number.MAX_VALUE, Number.MAX_VALUE],        Infinity],
  [[Number.MAX_VALUE, 1e308, -1e308],           Number.MAX_VALUE],
  [[-Number.MAX_VALUE, -(2 ** 970)],            -Infinity],
  [[Number.MIN_VALUE, Number.MIN_VALUE],        2 ** -1073],
  [[1, Infinity, 1],                            Infinity],
  [[Infinity, -Infinity],                       NaN],
  [[1, NaN],                                    NaN],
])("%j: %d", (all, expected) => {
  expect(sumOf(all).value()).toBe(expected);
});

test("a mean of nothing is NaN; a sum is added as a multiple of 2^-1074", () => {
  const mean = new Mean();
  expect(mean.value()).toBe(Number.NaN);
  for (const x of [1e16, 1]) mean.add(x);
  mean.addMultiple(sumOf([-1e16, 1]).multiple());
  mean.count += 2;
  expect([mean.value(), mean.multiple()]).toEqual([0.5, 2n * multipleOf(1)]);
  mean.addMultiple(-mean.multiple());
  expect(mean.value()).toBe(0);
});
