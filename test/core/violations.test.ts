import { describe, expect, test } from "vitest";
import { conditions } from "../../src/core/margin.ts";
import { violations } from "../../src/core/violations.ts";
import { type Big, exact, folded, nextDown, nextUp, PI, ulpsApart } from "../oracle.ts";

const END = exact(Math.PI);

/** Where naive holds and angular does not, from scratch: scan, then halve between neighbours that differ. */
function scan(m: number, thetaJ: number): { lo: Big; hi: Big }[] {
  const inside = (y: Big) => {
    const product = y.times(exact(m));
    return folded(product).lt(exact(thetaJ)) && !product.lt(exact(thetaJ));
  };
  const edge = (from: Big, to: Big) => {
    for (let i = 0; i < 68; i++) {
      const mid = from.plus(to).div(2);
      if (inside(mid) === inside(from)) from = mid;
      else to = mid;
    }
    return to;
  };
  const found: { lo: Big; hi: Big }[] = [];
  const parts = Math.ceil(10 * m);
  let before = exact(0);
  for (let i = 1; i <= parts; i++) {
    const here = i === parts ? END : END.times(i).div(parts);
    if (inside(here) && !inside(before)) found.push({ lo: edge(before, here), hi: END });
    if (!inside(here) && inside(before)) found.at(-1)!.hi = edge(before, here);
    before = here;
  }
  return found;
}

/** Park and Miller's generator, for cases that repeat. */
function seeded(state: number) {
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

describe("against a dense scan in exact arithmetic", () => {
  const random = seeded(20170408);
  const cases = Array.from({ length: 220 }, (_, i) => {
    const m = i % 3 === 0 ? 1 + Math.floor(8 * random()) : 1 + 7 * random();
    return [m, 0.25 + (Math.PI - 0.5) * random()] as const;
  });

  test("220 random (m, theta_j): count, ends within an ulp, which end is closed", { timeout: 60_000 }, () => {
    let total = 0;
    for (const [m, thetaJ] of cases) {
      const found = violations(m, thetaJ);
      const truth = scan(m, thetaJ);
      const where = `m = ${m}, theta_j = ${thetaJ}`;
      expect(found.length, where).toBe(truth.length);
      total += found.length;
      found.forEach(({ lo, hi, hiClosed, length }, i) => {
        expect(ulpsApart(lo, truth[i]!.lo), where).toBeLessThanOrEqual(0.51);
        expect(ulpsApart(hi, truth[i]!.hi), where).toBeLessThanOrEqual(0.51);
        expect(hiClosed, where).toBe(truth[i]!.hi.eq(END));
        expect(ulpsApart(length, truth[i]!.hi.minus(truth[i]!.lo)), where).toBeLessThanOrEqual(0.51);
      });
    }
    expect(total).toBeGreaterThan(300);
  });
});

describe("the doubles at the ends", () => {
  const isViolation = (m: number, thetaY: number, thetaJ: number) => {
    const { naive, angular } = conditions(m, thetaY, thetaJ);
    return naive && !angular;
  };

  test("naive holds and angular does not just inside, and not so just outside", () => {
    const random = seeded(7);
    for (let i = 0; i < 2000; i++) {
      const m = i % 2 === 0 ? 1 + Math.floor(1000 * random()) : 1 + 1000 * random();
      const thetaJ = 0.01 + (Math.PI - 0.02) * random();
      const found = violations(m, thetaJ);
      if (found.length === 0) continue;
      const { lo, hi, hiClosed } = found[Math.floor(found.length * random())]!;
      const where = `m = ${m}, theta_j = ${thetaJ}`;
      expect(
        [nextDown(lo), nextUp(lo)].map((y) => isViolation(m, y, thetaJ)),
        where,
      ).toEqual([false, true]);
      expect(isViolation(m, lo + (hi - lo) / 2, thetaJ), where).toBe(true);
      if (hiClosed) expect([hi, isViolation(m, hi, thetaJ)], where).toEqual([Math.PI, true]);
      else if (hi < Math.PI) {
        expect(
          [nextDown(hi), nextUp(hi)].map((y) => isViolation(m, y, thetaJ)),
          where,
        ).toEqual([true, false]);
      }
    }
  });

  test("exactly at an end the double decides by the side on which it lies", () => {
    const random = seeded(8);
    for (let i = 0; i < 500; i++) {
      const [m, thetaJ] = [2 + 6 * random(), 0.1 + 3 * random()];
      for (const [n, { lo, hi, hiClosed }] of violations(m, thetaJ).entries()) {
        const turns = PI.times(2 * (n + 1));
        const product = (y: number) => exact(m).times(exact(y));
        expect(isViolation(m, lo, thetaJ)).toBe(product(lo).gt(turns.minus(exact(thetaJ))));
        if (!hiClosed) expect(isViolation(m, hi, thetaJ)).toBe(product(hi).lt(turns.plus(exact(thetaJ))));
      }
    }
  });
});

describe("by hand", () => {
  const pi = Math.PI;
  const near = (x: number) => expect.closeTo(x, 14);

  test("m = 4, theta_j = 1.5: one interval inside and one that ends at pi", () => {
    expect(violations(4, 1.5)).toEqual([
      { lo: near((2 * pi - 1.5) / 4), hi: near((2 * pi + 1.5) / 4), hiClosed: false, length: 0.75 },
      { lo: near((4 * pi - 1.5) / 4), hi: pi, hiClosed: true, length: near(1.5 / 4) },
    ]);
  });
  // prettier-ignore
  test.each([
    // m, theta_j, how many, how long together
    [1, 1.5, 0, 0], // cos(theta) tells no lie
    [1, pi, 0, 0],
    [1.2, 1.5, 0, 0], // (2 pi - 1.5)/1.2 is beyond pi
    [1.5, pi, 1, pi / 3],
    [2, 1, 1, 0.5],
    [3, 1, 1, 2 / 3],
    [4, 0, 0, 0], // no angle has a cosine above 1
    [4, pi, 2, (3 * pi) / 4],
    [16, 1, 8, 15 / 16],
    [1e3, 2, 500, 999 / 500],
  ])("m = %d, theta_j = %d: %d, in all %d", (m, thetaJ, count, total) => {
    const found = violations(m, thetaJ);
    expect(found.length).toBe(count);
    expect(found.reduce((sum, { length }) => sum + length, 0)).toBeCloseTo(total, 12);
  });
  test("an end a float or so from pi: 2 pi + theta_j against 3 times the double pi", () => {
    expect(violations(3, pi)).toMatchObject([{ hi: pi, hiClosed: true }]);
    expect(violations(3, nextDown(pi))).toMatchObject([{ hi: pi, hiClosed: false }]);
    expect(conditions(3, pi, pi).naive).toBe(true);
    expect(conditions(3, pi, nextDown(pi)).naive).toBe(false);
  });
  test("the share over all theta_j is what naive has beyond angular: 1/2 - 1/(2m)", () => {
    const parts = 400;
    for (const m of [2, 3, 4, 7]) {
      let area = 0;
      for (let i = 0; i < parts; i++)
        for (const { length } of violations(m, (pi * (i + 0.5)) / parts)) area += length / parts;
      expect(area / pi).toBeCloseTo(0.5 - 1 / (2 * m), 5);
    }
  });
  test.each([Number.NaN, -0.1, nextUp(pi), Infinity])("theta_j = %d: none", (thetaJ) =>
    expect(violations(4, thetaJ)).toEqual([]),
  );
  test.each([
    [0.9, "m is 0.9: it must lie from 1 to 2^20"],
    [Number.NaN, "m is NaN: it must lie from 1 to 2^20"],
  ])("m = %d throws", (m, message) => {
    expect(() => violations(m, 1)).toThrow(expect.objectContaining({ name: "ParameterError", message }));
  });
});
