import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conditions, marginOf } from "../../src/core/margin.ts";
import { angles, margins, nudged, nudges } from "../arbitrary.ts";
import { cosOf, exact, folded, nextUp, PI, psiOf, signOfGap, ulpsApart } from "../oracle.ts";

const nan = Number.NaN;
const held = (naive: boolean, angular: boolean, psi: boolean) => ({ naive, angular, psi });

const tinyAngles = fc.double({ min: 0, max: 1e-280, noNaN: true });
const isAngle = (x: number) => x >= 0 && x <= Math.PI;

/** The three conditions as they are written: cosines at 60 digits, or the angles where those tell nothing. */
function truth(m: number, thetaY: number, thetaJ: number) {
  const product = exact(m).times(exact(thetaY));
  const competing = cosOf(exact(thetaJ));
  const angular = signOfGap(m, thetaY, thetaJ);
  const [naive, psi] = [cosOf(product), psiOf(m, thetaY).value].map((x) => {
    const gap = x.minus(competing);
    if (gap.abs().gt(1e-50)) return gap.gt(0);
    return product.lt(PI) ? angular > 0 : folded(product).lt(exact(thetaJ));
  });
  return held(naive!, angular > 0, psi!);
}

describe("conditions against the oracle", () => {
  const agrees = (m: number, thetaY: number, thetaJ: number) => {
    fc.pre(isAngle(thetaY) && isAngle(thetaJ));
    const got = conditions(m, thetaY, thetaJ);
    expect(got, `m = ${m}, theta_y = ${thetaY}, theta_j = ${thetaJ}`).toEqual(truth(m, thetaY, thetaJ));
    expect(got.psi).toBe(got.angular);
  };

  test("random angles", () => {
    fc.assert(fc.property(margins, angles, angles, agrees), { seed: 1, numRuns: 400 });
  });
  test("small target angles, where angular can hold", () => {
    const property = fc.property(margins, angles, angles, (m, share, thetaJ) => agrees(m, share / m, thetaJ));
    fc.assert(property, { seed: 2, numRuns: 400 });
  });
  test("ties m theta_y = theta_j, and off by an ulp", () => {
    const property = fc.property(margins, angles, nudges, (m, share, nudge) => {
      agrees(m, share / m, nudged(m * (share / m), nudge));
    });
    fc.assert(property, { seed: 3, numRuns: 600 });
  });
  test("the same with tiny angles, subnormal ones too", () => {
    const property = fc.property(margins, tinyAngles, nudges, (m, thetaY, nudge) =>
      agrees(m, thetaY, nudged(m * thetaY, nudge)),
    );
    fc.assert(property, { seed: 4, numRuns: 600 });
  });
  test("naive at its boundary in later segments: m theta_y = 2 pi n +- theta_j", () => {
    const property = fc.property(
      margins,
      fc.nat(1000),
      fc.constantFrom(1, -1),
      angles,
      nudges,
      (m, n, side, thetaJ, nudge) => {
        const turns = PI.times(2 * (1 + (n % Math.ceil(m / 2))));
        agrees(
          m,
          nudged(
            turns
              .plus(exact(side * thetaJ))
              .div(exact(m))
              .toNumber(),
            nudge,
          ),
          thetaJ,
        );
      },
    );
    fc.assert(property, { seed: 5, numRuns: 800 });
  });
  test("theta_j = the double pi, theta_y beside every odd knot", () => {
    for (const m of [2, 3, 4, 2.5]) {
      for (let k = 1; k < m; k += 2) {
        for (const nudge of [-1, 0, 1]) agrees(m, nudged(PI.times(k).div(m).toNumber(), nudge), Math.PI);
      }
    }
  });
});

test("a gap of half the smallest double keeps its sign as the smallest double", () => {
  const smallest = Number.MIN_VALUE;
  expect(marginOf(1.75, 2 * smallest, [4 * smallest]).marginGap).toBe(smallest);
  expect(marginOf(1.25, 2 * smallest, [2 * smallest]).marginGap).toBe(-smallest);
});

describe("conditions by hand", () => {
  const smallest = Number.MIN_VALUE;
  const pi = Math.PI;
  // prettier-ignore
  test.each([
    // m, theta_y,          theta_j,       naive, angular, psi
    [4, 1.2, 1.5, true, false, false],
    [4, 0.3, 1.5, true, true, true],
    [4, 0.3, 1.2, false, false, false], // a tie: 4 * 0.3 is the double 1.2
    [4, 0.3, nextUp(1.2), true, true, true],
    [3, 0, 1e-20, true, true, true], // both cosines round to 1
    [3, 0, smallest, true, true, true],
    [3, 0, 0, false, false, false],
    [3, 1e-300, 3e-300, true, true, true], // 3 * the double 1e-300 is below the double 3e-300
    [1.75, 2 * smallest, 4 * smallest, true, true, true], // 3.5 < 4, though 3.5 rounds to 4
    [4, pi / 4, pi, false, false, false],
    [4, nextUp(pi / 4), pi, true, false, false],
    [1, pi, pi, false, false, false],
    [4, pi / 2, smallest, false, false, false], // 4 * the double pi/2 misses 2 pi by 2.4e-16
    [4, pi / 2, 3e-16, true, false, false],
    [4, -0, 0.1, true, true, true],
  ])("m = %d, theta_y = %d, theta_j = %d", (m, thetaY, thetaJ, naive, angular, psi) => {
    expect(conditions(m, thetaY, thetaJ)).toEqual(held(naive, angular, psi));
  });

  test.each([
    [nan, 1],
    [1, nan],
    [-0.1, 1],
    [0.1, nextUp(Math.PI)],
    [nextUp(Math.PI), 1],
  ])("theta_y = %d, theta_j = %d: no condition holds", (thetaY, thetaJ) => {
    expect(conditions(4, thetaY, thetaJ)).toEqual(held(false, false, false));
  });

  test.each([
    [0.5, "m is 0.5: it must lie from 1 to 2^20"],
    [nan, "m is NaN: it must lie from 1 to 2^20"],
  ])("m = %d throws", (m, message) => {
    const error = expect.objectContaining({ name: "ParameterError", message });
    expect(() => conditions(m, 1, 1)).toThrow(error);
    expect(() => marginOf(m, 1, [1])).toThrow(error);
  });
});

describe("marginOf", () => {
  test("the example of the program: naive is a false pass", () => {
    const { cosineGap, marginGap, ...rest } = marginOf(4, 1.2, [1.5]);
    expect(rest).toEqual({
      ...held(true, false, false),
      falsePass: true,
      binding: 0,
      minThetaJ: 1.5,
      effectiveMargin: 1.25,
    });
    expect(ulpsApart(marginGap, exact(1.5).minus(exact(1.2).times(4)))).toBeLessThanOrEqual(0.5);
    expect(cosineGap).toBeLessThan(-2);
  });
  // prettier-ignore
  test.each([
    [[1.5], 0, 1.5],
    [[1.5, 0.8, 2], 1, 0.8],
    [[0.8, 1.5, 0.8], 0, 0.8], // the first of equals
    [[3, 2, 1], 2, 1],
  ])("competing %j: the binding one is %d", (competing, binding, minThetaJ) => {
    const got = marginOf(4, 0.1, competing);
    expect(got).toMatchObject({
      binding,
      minThetaJ,
      effectiveMargin: minThetaJ / 0.1,
      ...conditions(4, 0.1, minThetaJ),
    });
    for (const thetaJ of competing) expect(conditions(4, 0.1, thetaJ).angular).toBe(true);
  });
  test("theta_y = 0 has an infinite effective margin; 0 against 0 is a tie, 1", () => {
    expect(marginOf(4, 0, [0.5]).effectiveMargin).toBe(Infinity);
    expect(marginOf(4, 0, [0])).toMatchObject({
      effectiveMargin: 1,
      marginGap: 0,
      cosineGap: 0,
      ...held(false, false, false),
    });
  });
  // prettier-ignore
  test.each([
    [nan, [1]],
    [1, [nan]],
    [1, [nan, 1]],
    [1, [1, nan]],
    [1, [2, 1, nan, 0.5]],
    [-1, [1]],
    [1, [1, 4]],
    [1, [-1, 1]],
  ])("theta_y = %d against %j: NaN and false", (thetaY, competing) => {
    const none = { effectiveMargin: nan, marginGap: nan, cosineGap: nan };
    expect(marginOf(4, thetaY, competing)).toMatchObject({ ...held(false, false, false), falsePass: false, ...none });
  });
  test("needs a competing angle", () => {
    expect(() => marginOf(4, 1, [])).toThrow("competing angles are missing: give at least one");
  });
});

describe("gaps", () => {
  const worst = { margin: 0, cosine: 0 };

  const measured = (m: number, thetaY: number, thetaJ: number) => {
    fc.pre(isAngle(thetaY) && isAngle(thetaJ));
    const { marginGap, cosineGap, angular, psi } = marginOf(m, thetaY, [thetaJ]);
    const where = `m = ${m}, theta_y = ${thetaY}, theta_j = ${thetaJ}`;
    const sign = signOfGap(m, thetaY, thetaJ);
    expect(Math.sign(marginGap) + 0, where).toBe(sign + 0);
    expect([angular, psi], where).toEqual([marginGap > 0, cosineGap > 0]);
    const gap = exact(thetaJ).minus(exact(m).times(exact(thetaY)));
    if (Math.abs(marginGap) > 2 ** -1022) worst.margin = Math.max(worst.margin, ulpsApart(marginGap, gap));
    const cosines = psiOf(m, thetaY).value.minus(cosOf(exact(thetaJ)));
    // Below this the oracle's own difference of cosines has lost its digits.
    if (cosines.abs().gt(1e-38)) worst.cosine = Math.max(worst.cosine, ulpsApart(cosineGap, cosines));
  };

  test("the margin gap is rounded once, the cosine gap within 2 ulp, signs exact", { timeout: 60_000 }, () => {
    const wide = fc.property(margins, angles, angles, measured);
    const close = fc.property(margins, angles, nudges, (m, share, nudge) =>
      measured(m, share / m, nudged(m * (share / m), nudge)),
    );
    const knots = fc.property(margins, fc.nat(1000), angles, nudges, (m, k, thetaJ, nudge) =>
      measured(
        m,
        nudged(
          PI.times(1 + (k % Math.ceil(m)))
            .div(exact(m))
            .toNumber(),
          nudge,
        ),
        thetaJ,
      ),
    );
    // At the first knot against the double pi both terms of the gap beyond it are small.
    const atPi = fc.property(margins, nudges, (m, nudge) =>
      measured(m, nudged(PI.div(exact(m)).toNumber(), nudge), Math.PI),
    );
    const small = fc.property(margins, fc.double({ min: 0, max: 1e-8, noNaN: true }), nudges, (m, thetaY, nudge) =>
      measured(m, thetaY, nudged(m * thetaY, nudge)),
    );
    for (const [seed, property] of [wide, close, knots, atPi, small].entries())
      fc.assert(property as never, { seed, numRuns: 400 });
    expect(worst.margin).toBeLessThanOrEqual(0.51);
    expect(worst.cosine).toBeLessThanOrEqual(2);
  });
});
