import fc from "fast-check";
import { expect, test } from "vitest";
import { marginOf } from "../../src/core/margin.ts";
import { instantiate, type KernelMemory } from "../../src/kernels/instantiate.ts";
import { kernel } from "../../src/kernels/rows-kernel.ts";
import { angles, margins, nudged, nudges } from "../arbitrary.ts";

interface MarginKernel extends KernelMemory {
  marginColumns(m: number, angles: number, classes: number, places: number, count: number, out: number): void;
}

const { marginColumns, memory } = instantiate<MarginKernel>(kernel, { text: { format: () => 0, escape: () => 0 } });
const doubles = new Float64Array(memory.buffer);
const integers = new Int32Array(memory.buffer);

const PLACES = 65536;
const ANGLES = 131072;
const OUT = 1048576;
const COLUMNS = 6;
const MARK = -12345;

/** The columns for samples of angles to every class with the place of the own class. */
function columnsFor(m: number, samples: readonly { readonly place: number; readonly thetas: readonly number[] }[]) {
  const [{ thetas: first }] = samples as [(typeof samples)[number]];
  doubles.fill(MARK, OUT / 8, OUT / 8 + COLUMNS * samples.length + 1);
  for (const [i, { place, thetas }] of samples.entries()) {
    integers[PLACES / 4 + i] = place;
    doubles.set(thetas, ANGLES / 8 + i * first.length);
  }
  marginColumns(m, ANGLES, first.length, PLACES, samples.length, OUT);
  expect(doubles[OUT / 8 + COLUMNS * samples.length]).toBe(MARK);
  for (const [i, { thetas }] of samples.entries())
    expect(doubles.slice(ANGLES / 8 + i * first.length).subarray(0, first.length)).toEqual(Float64Array.from(thetas));
  return samples.map((_, i) => Array.from({ length: COLUMNS }, (_, c) => doubles[OUT / 8 + c * samples.length + i]!));
}

/** The same by core. */
function expected(m: number, place: number, thetas: readonly number[]): number[] {
  const others = thetas.filter((_, j) => j !== place);
  const { naive, angular, psi, binding, minThetaJ, effectiveMargin, marginGap, cosineGap } = marginOf(
    m,
    thetas[place]!,
    others,
  );
  const holds = (naive ? 1 : 0) + (angular ? 2 : 0) + (psi ? 4 : 0);
  return [holds, binding < place ? binding : binding + 1, minThetaJ, effectiveMargin, marginGap, cosineGap];
}

function agrees(m: number, thetaY: number, thetaJ: number): void {
  fc.pre([thetaY, thetaJ].every((x) => x >= 0 && x <= Math.PI));
  const samples = [
    { place: 0, thetas: [thetaY, thetaJ] },
    { place: 1, thetas: [thetaJ, thetaY] },
  ];
  const got = columnsFor(m, samples);
  for (const [i, { place, thetas }] of samples.entries()) expect(got[i]).toEqual(expected(m, place, thetas));
}

const tiny = fc.double({ min: 0, max: 1e-170, noNaN: true });
const runs = { numRuns: 500 };

test("the bits of core: random angles, and small ones where angular can hold", () => {
  fc.assert(fc.property(margins, angles, angles, agrees), { ...runs, seed: 1 });
  fc.assert(
    fc.property(margins, angles, angles, (m, share, thetaJ) => agrees(m, share / m, thetaJ)),
    { ...runs, seed: 2 },
  );
});

test("the bits of core: ties, multiples of pi/2 and their neighbours, tiny angles", () => {
  fc.assert(
    fc.property(margins, angles, nudges, (m, share, nudge) => agrees(m, share / m, nudged(m * (share / m), nudge))),
    { ...runs, seed: 3 },
  );
  fc.assert(
    fc.property(margins, fc.nat(4000), nudges, angles, (m, n, nudge, thetaJ) =>
      agrees(m, nudged((n * Math.PI) / 2 / m, nudge), thetaJ),
    ),
    { ...runs, seed: 4 },
  );
  fc.assert(
    fc.property(margins, tiny, nudges, (m, thetaY, nudge) => agrees(m, thetaY, nudged(m * thetaY, nudge))),
    { ...runs, seed: 5 },
  );
  for (const m of [1, 2, 3.5, 4, 2 ** 20])
    for (const a of [0, -0, 5e-324, 2 ** -600, 1e-160, Math.PI / 2, Math.PI])
      for (const b of [0, -0, 5e-324, 2 ** -600, 1e-160, Math.PI / 2, Math.PI]) agrees(m, a, b);
});

test("the nearest other class is the first of equals", () => {
  const sample = fc.record({ thetas: fc.array(angles, { minLength: 7, maxLength: 7 }), place: fc.nat(6) });
  const equal = { thetas: [1, 0.5, 0.5, 1, 0.5, 2, 0.25], place: 6 };
  fc.assert(
    fc.property(margins, fc.array(sample, { minLength: 1, maxLength: 9 }), (m, samples) => {
      const all = [...samples, equal, { ...equal, place: 1 }];
      expect(columnsFor(m, all)).toEqual(all.map(({ place, thetas }) => expected(m, place, thetas)));
    }),
    { numRuns: 500, seed: 6 },
  );
});
