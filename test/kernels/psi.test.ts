import { expect, test } from "vitest";
import { psiValues } from "../../src/core/psi.ts";
import { instantiate, type KernelMemory } from "../../src/kernels/instantiate.ts";
import { kernel } from "../../src/kernels/rows-kernel.ts";

interface PsiKernel extends KernelMemory {
  psiColumns(m: number, thetas: number, count: number, ...columns: number[]): void;
  cosines(thetas: number, count: number, out: number): void;
}

const { psiColumns, cosines, memory } = instantiate<PsiKernel>(kernel, { text: { format: () => 0, escape: () => 0 } });
const names = ["k", "psi", "dpsiDtheta", "dpsiDcos", "cosMTheta", "cosTheta"] as const;

// Seven columns from START on: the angles, and the results in the order of names. MARK is what no result is.
const START = 65536;
const MOST = 32_000;
const MARK = -12345;
const columns = Array.from({ length: 7 }, (_, i) => START + 8 * i * MOST);
const results = columns.slice(1);
const doubles = new Float64Array(memory.buffer);
const column = (address: number, length: number) => doubles.slice(address / 8, address / 8 + length);

function load(thetas: readonly number[]): void {
  doubles.fill(MARK, START / 8);
  doubles.set(thetas, columns[0]! / 8);
}

/** Every column has the bits of core's psiValues, and ends where it should. */
function expectCore(m: number, thetas: readonly number[]): void {
  expect(thetas.length).toBeLessThan(MOST);
  load(thetas);
  psiColumns(m, columns[0]!, thetas.length, ...results);
  const expected = thetas.map((theta) => psiValues(m, theta));
  const wrong = names.flatMap((name, i) => {
    const got = column(results[i]!, thetas.length + 1);
    if (got[thetas.length] !== MARK) return [`${name} goes on`];
    return thetas.flatMap((theta, row) =>
      Object.is(got[row], expected[row]![name])
        ? []
        : [`${name} at ${theta}: ${got[row]}, not ${expected[row]![name]}`],
    );
  });
  expect(wrong.slice(0, 5)).toEqual([]);
}

/** Seeded numbers in (0, 1) (Park and Miller). */
let state = 7;
function random(): number {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
}

const bits = new DataView(new ArrayBuffer(8));
/** x and the two doubles on either side of it. */
function neighbours(x: number): number[] {
  bits.setFloat64(0, x);
  const own = bits.getBigInt64(0);
  return [-2n, -1n, 0n, 1n, 2n].map((step) => {
    bits.setBigInt64(0, own + step);
    return bits.getFloat64(0);
  });
}

const many = (count: number, make: () => number) => Array.from({ length: count }, make);
const margins = [1, 1.5, 2, 3, Math.PI, 4, 7.25, 100, 1000.1, 2 ** 20 - 0.5, 2 ** 20];

test.each(margins)("the bits of core: random angles, m = %d", (m) => {
  expectCore(
    m,
    many(12_001, () => random() * Math.PI),
  );
});

test.each(margins)("the bits of core: multiples of pi/(4m) and their neighbours, m = %d", (m) => {
  const last = Math.floor(4 * m);
  const all =
    last <= 4000 ? Array.from({ length: last }, (_, i) => i + 1) : many(2000, () => Math.ceil(random() * last));
  expectCore(
    m,
    all.flatMap((n) => neighbours((n * Math.PI) / m / 4)),
  );
});

test.each(margins)("the bits of core: tiny angles, the ends, and what is no angle, m = %d", (m) => {
  const ends = [
    0,
    -0,
    5e-324,
    1e-323,
    ...neighbours(Math.PI),
    ...neighbours(2 ** -300),
    ...neighbours(Math.PI / 4 / m),
  ];
  const outside = [Number.NaN, -5e-324, -1, 4, 1e308, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const tiny = many(2000, () => 10 ** -(300 + 20 * random()));
  const small = many(3000, () => 10 ** (-320 * random()));
  expectCore(m, [...ends, ...outside, ...tiny, ...small]);
});

test("the bits of core: random margins", () => {
  for (let i = 0; i < 300; i++) {
    expectCore(
      2 ** (20 * random()),
      many(301, () => random() * Math.PI),
    );
  }
});

test.each([0, 1, 2, 3])("%d rows", (count) => {
  expectCore(
    3,
    many(count, () => random() * Math.PI),
  );
});

test("any columns may be left out, and others stay the same", () => {
  const thetas = [...many(20, () => random() * Math.PI), Number.NaN];
  load(thetas);
  psiColumns(3.5, columns[0]!, thetas.length, ...results);
  const full = results.map((address) => column(address, thetas.length + 1));
  const untouched = new Float64Array(thetas.length + 1).fill(MARK);
  for (let wanted = 0; wanted < 64; wanted++) {
    load(thetas);
    const some = results.map((address, i) => ((wanted >> i) & 1 ? address : 0));
    psiColumns(3.5, columns[0]!, thetas.length, ...some);
    expect(results.map((address) => column(address, thetas.length + 1))).toEqual(
      full.map((values, i) => (some[i] ? values : untouched)),
    );
  }
});

test("cosines gives cos_theta", () => {
  const thetas = [0, Math.PI, 5e-324, 4, Number.NaN, ...many(1000, () => random() * Math.PI)];
  load(thetas);
  cosines(columns[0]!, thetas.length, results[0]!);
  expect([...column(results[0]!, thetas.length)]).toEqual(thetas.map((theta) => psiValues(1, theta).cosTheta));
});
