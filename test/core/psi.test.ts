import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_MARGIN, psi, psiArray, psiValues, segment } from "../../src/core/psi.ts";
import { angles, anyAngles, margins, nudged, nudges, uniform } from "../arbitrary.ts";
import { cosOf, exact, nextDown, nextUp, PI, psiOf, segmentOf, sinOf, ulp, ulpsApart } from "../oracle.ts";

const { NaN: nan, MIN_VALUE: smallest } = Number;

describe("against the reference table", () => {
  const [, ...lines] = readFileSync(new URL("../fixtures/psi-reference.csv", import.meta.url), "utf8")
    .trim()
    .split("\n");
  const rows = lines.map(
    (line) => line.split(",").map(Number) as [number, number, number, number, number, number, number],
  );
  const ulps = (a: number, b: number) => Math.abs(a - b) / ulp(b);

  test("it has 200 rows", () => expect(rows.length).toBe(200));
  test.each(rows)("m = %d, theta = %d", (m, theta, k, value, slope, cosTheta, cosMTheta) => {
    const got = psiValues(m, theta);
    expect(got.k).toBe(k);
    expect(ulps(got.psi, value)).toBeLessThanOrEqual(1);
    expect(ulps(got.dpsiDtheta, slope)).toBeLessThanOrEqual(1);
    expect(ulps(got.cosTheta, cosTheta)).toBeLessThanOrEqual(1);
    expect(ulps(got.cosMTheta, cosMTheta)).toBeLessThanOrEqual(1);
  });
});

describe("against the oracle", () => {
  const BOUND = 0.51;

  /** k is exact, every value within its bound; subnormal results left out. */
  function holdsAt(m: number, theta: number): void {
    const got = psiValues(m, theta);
    const { value, slope } = psiOf(m, theta);
    const phase = exact(m).times(exact(theta));
    const sin = sinOf(exact(theta));
    const truths = {
      psi: value,
      dpsiDtheta: slope,
      dpsiDcos: theta === 0 ? exact(m).times(exact(m)) : slope.neg().div(sin),
      cosMTheta: cosOf(phase),
      cosTheta: cosOf(exact(theta)),
    };
    expect([got.k, segment(m, theta)]).toEqual([segmentOf(m, theta), segmentOf(m, theta)]);
    for (const name of Object.keys(truths) as (keyof typeof truths)[]) {
      if (Math.abs(got[name]) < 2 ** -1022) continue;
      expect(ulpsApart(got[name], truths[name]), `${name} at m = ${m}, theta = ${theta}`).toBeLessThanOrEqual(BOUND);
    }
    expect(psi(m, theta)).toBe(got.psi);
  }

  const shares = uniform(0, 1);

  /** The angle turns pi/m for a multiple of 1/2 below m, rounded and moved by a few floats; kept in [0, pi]. */
  function near(m: number, turns: number, nudge: number): number {
    const theta = PI.times(turns).div(exact(m)).toNumber();
    return Math.min(Math.PI, Math.max(0, nudged(theta, nudge)));
  }

  test("random doubles, from subnormal to pi", () => {
    fc.assert(fc.property(margins, anyAngles, holdsAt), { seed: 1, numRuns: 700 });
  });
  test("uniform angles", () => {
    fc.assert(fc.property(margins, angles, holdsAt), { seed: 2, numRuns: 700 });
  });
  test("at and beside knots k pi/m", () => {
    const property = fc.property(margins, shares, nudges, (m, share, nudge) =>
      holdsAt(m, near(m, Math.round(share * m), nudge)),
    );
    fc.assert(property, { seed: 3, numRuns: 700 });
  });
  test("at and beside zeros (k + 1/2) pi/m of the cosine", () => {
    const property = fc.property(margins, shares, nudges, (m, share, nudge) =>
      holdsAt(m, near(m, Math.floor(share * m) + 0.5, nudge)),
    );
    fc.assert(property, { seed: 4, numRuns: 700 });
  });
  test("one float either side of every knot and zero, m = 1 ... 5", () => {
    for (const m of [1, 2, 2.5, 3, 4, 5]) {
      for (let half = 0; half <= 2 * m; half++) for (const nudge of [-1, 0, 1]) holdsAt(m, near(m, half / 2, nudge));
    }
  });
  test("margins beside whole numbers, at the double pi", () => {
    for (const m of [1, 2, 3, 4, 1000, MAX_MARGIN]) {
      for (const beside of [Math.max(1, nextDown(m)), m, Math.min(MAX_MARGIN, nextUp(m))]) holdsAt(beside, Math.PI);
    }
  });
});

describe("k at knots, by hand", () => {
  // prettier-ignore
  test.each([
    // m, theta, k: whether the double lies below its knot or above it
    [4, Math.PI / 4, 0],
    [4, nextUp(Math.PI / 4), 1],
    [4, nextDown(Math.PI / 4), 0],
    [3, Math.PI / 3, 0],
    [3, nextUp(Math.PI / 3), 1],
    [1, Math.PI, 0],
    [4, Math.PI, 3],
    [2.5, Math.PI, 2],
    [1.5, 2.0943951023931957, 1],
    [1.5, 2.0943951023931953, 0],
  ])("m = %d, theta = %d: k = %d", (m, theta, k) => expect(segment(m, theta)).toBe(k));
});

describe("edges of the domain", () => {
  test("values by hand", () => {
    expect(psi(4, 0)).toBe(1);
    expect(psi(4, Math.PI)).toBe(-7);
    expect(psi(1, Math.PI)).toBe(-1);
    expect(psi(4, Math.PI / 4)).toBe(-1);
    expect(psi(MAX_MARGIN, Math.PI)).toBe(1 - 2 * MAX_MARGIN);
    expect(psiValues(4, 0)).toEqual({ k: 0, psi: 1, dpsiDtheta: -0, dpsiDcos: 16, cosMTheta: 1, cosTheta: 1 });
  });
  test("-0 is 0", () => {
    expect(psiValues(4, -0)).toEqual(psiValues(4, 0));
    expect(segment(4, -0)).toBe(0);
  });
  test("a subnormal angle: the slope by cosine is m^2 still, the slope by theta rounds to a double", () => {
    expect(psiValues(4, smallest)).toEqual({
      k: 0,
      psi: 1,
      dpsiDtheta: -16 * smallest,
      dpsiDcos: 16,
      cosMTheta: 1,
      cosTheta: 1,
    });
    expect(psiValues(4, 1e-310).dpsiDcos).toBeCloseTo(16, 8);
  });
  test.each([nan, -smallest, -0.1, nextUp(Math.PI), 4, Infinity, -Infinity])("theta = %d gives NaN", (theta) => {
    expect(psi(4, theta)).toBeNaN();
    expect(segment(4, theta)).toBeNaN();
    expect(Object.values(psiValues(4, theta))).toEqual([nan, nan, nan, nan, nan, nan]);
  });
  // prettier-ignore
  test.each([
    [0, "m is 0: it must lie from 1 to 2^20"],
    [nextDown(1), "m is 0.9999999999999999: it must lie from 1 to 2^20"],
    [-4, "m is -4: it must lie from 1 to 2^20"],
    [nextUp(MAX_MARGIN), "m is 1048576.0000000002: it must lie from 1 to 2^20"],
    [Infinity, "m is Infinity: it must lie from 1 to 2^20"],
    [nan, "m is NaN: it must lie from 1 to 2^20"],
  ])("m = %d throws", (m, message) => {
    for (const f of [psi, segment, psiValues]) {
      expect(() => f(m, 1)).toThrow(expect.objectContaining({ name: "ParameterError", message }));
    }
  });
});

describe("psiArray", () => {
  const thetas = [0, 0.3, Math.PI / 4, 1.2, 3, Math.PI, 4, -1, Number.NaN];

  test("gives the values of psi", () => {
    for (const m of [1, 1.5, 4, MAX_MARGIN])
      expect(psiArray(m, thetas)).toEqual(Float64Array.from(thetas, (theta) => psi(m, theta)));
  });

  test("fills the array that it is given, the angles' own too", () => {
    const out = Float64Array.from(thetas);
    expect(psiArray(4, out, out)).toBe(out);
    expect(out).toEqual(psiArray(4, thetas));
  });

  test("refuses a wrong m, without angles too, and an array of another length", () => {
    expect(() => psiArray(0, [])).toThrow("m is 0: it must lie from 1 to 2^20");
    expect(() => psiArray(4, [1], new Float64Array(2))).toThrow("out has 2 places for 1 angles: give as many");
  });
});

test("what is no number is no angle", () => {
  for (const theta of ["2", null, [], true]) expect(psi(4, theta as never)).toBeNaN();
});
