import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anglesOfLoss } from "../../src/core/choosing.ts";
import { anglesOfValue, inverse } from "../../src/core/inverse.ts";
import { sampleLoss } from "../../src/core/loss.ts";
import { psi, segment } from "../../src/core/psi.ts";
import { arcface } from "../../src/core/target-functions.ts";
import { makeTarget, target, targetDefinitions } from "../../src/core/targets.ts";
import { nudged, uniform } from "../arbitrary.ts";
import { Big, cosOf, exact, nextDown, nextUp, PI, psiOf, truthOf, ulp, ulpsApart, worst } from "../oracle.ts";

const margins = [1, 1.5, 2, 3, 4, 7.3, 100, 12345.678, 2 ** 20];

/** (k pi + acos((-1)^k ((-1)^k (y + 2k)))) / m, the segment found by trying each. */
function trueInverse(m: number, y: number): Big {
  let k = Math.max(0, Math.floor(-y / 2) - 1);
  while (exact(y).lte(-1 - 2 * k)) k++;
  return PI.times(k)
    .plus(Big.acos(exact(y).plus(2 * k)))
    .div(exact(m));
}

/** y at and beside every knot and every middle of a segment, near the ends, and at random. */
function values(m: number): number[] {
  const bottom = psi(m, Math.PI);
  const ks = Array.from({ length: 40 }, (_, i) => Math.round((i * Math.ceil(m)) / 39));
  const special = ks.flatMap((k) => [1 - 2 * k, -2 * k, 0.5 - 2 * k]).flatMap((y) => [nextDown(y), y, nextUp(y)]);
  const random = fc.sample(fc.double({ min: bottom, max: 1, noNaN: true }), { seed: 7, numRuns: 200 });
  const ends = [1e-300, -1e-300, 1e-9, 1 - 1e-9, 1 - 1e-15, bottom, nextUp(bottom)];
  return [...special, ...random, ...ends].filter((y) => y >= bottom && y <= 1);
}

describe.each(margins)("m = %d", (m) => {
  test("theta is within 0.53 ulp of the true angle", () => {
    // At the value of psi at the double pi, pi itself is the answer: the true angle may lie beyond the domain.
    const inside = values(m).filter((y) => y > psi(m, Math.PI));
    expect(worst(inside.map((y) => [inverse(m, y).theta, trueInverse(m, y)] as const))).toBeLessThan(0.53);
  });

  test("k is the segment of theta, and the one whose values hold y except at a knot", () => {
    for (const y of values(m)) {
      const { theta, k } = inverse(m, y);
      expect(k).toBe(segment(m, theta));
      const atKnot = Number.isInteger(y) && y % 2 !== 0;
      const isOwn = y <= 1 - 2 * k && y > -1 - 2 * k;
      if (!atKnot && theta < Math.PI) expect([y, isOwn]).toEqual([y, true]);
    }
  });

  test("psi(inverse(y)) is within 1 ulp of y where an ulp of theta moves psi by less", () => {
    for (const y of values(m)) {
      const { theta } = inverse(m, y);
      const moved = psiOf(m, theta).slope.abs().times(ulp(theta)).toNumber();
      if (moved < ulp(y)) expect(Math.abs(psi(m, theta) - y)).toBeLessThanOrEqual(ulp(y));
    }
  });

  test("inverse(psi(theta)) is within 1 ulp of theta where an ulp of psi moves theta by less", () => {
    for (const theta of fc.sample(fc.double({ min: 0, max: Math.PI, noNaN: true }), { seed: 8, numRuns: 300 })) {
      const slope = psiOf(m, theta).slope.abs().toNumber();
      const back = inverse(m, psi(m, theta)).theta;
      if (ulp(psi(m, theta)) / slope < ulp(theta)) expect(ulpsApart(back, exact(theta))).toBeLessThanOrEqual(1);
    }
  });

  test("the ends of the domain", () => {
    const bottom = psi(m, Math.PI);
    expect(inverse(m, 1)).toEqual({ theta: 0, k: 0 });
    expect(inverse(m, bottom)).toEqual({ theta: Math.PI, k: segment(m, Math.PI) });
    for (const y of [nextUp(1), nextDown(bottom), Number.NaN, -Infinity, Infinity]) {
      expect(inverse(m, y)).toEqual({ theta: Number.NaN, k: Number.NaN });
    }
  });
});

// biome-ignore format: a table
test.each([
  [4, -1,         Math.PI / 4,        0], // the double pi/4 lies below the knot
  [4, -3,         Math.PI / 2,        1],
  [3, -1,         1.0471975511965979, 1], // the double nearest to pi/3 lies above it
  [4, nextUp(-1), 0.785398159672158,  0], // 1 - y rounds to 2 here
  [4, 0,          Math.PI / 8,        0],
])("inverse(%d, %d) = %d in segment %d", (m, y, theta, k) => {
  expect(inverse(m, y)).toEqual({ theta, k });
});

test("a margin outside its domain throws", () => {
  expect(() => inverse(0.5, 0)).toThrow("m is 0.5: it must lie from 1 to 2^20");
});

describe("angles of any function", () => {
  const functions = fc
    .tuple(fc.constantFrom(...targetDefinitions), fc.constantFrom(0, 0, 0, 0.5, 5))
    .map(([d, lambda]) => makeTarget(d, { lambda }));

  test("5,000 values at random angles: every angle found is within 2 ulp, and as many are found as a scan finds", () => {
    let count = 0;
    const property = fc.property(functions, uniform(0, Math.PI), (f, theta) => {
      const y = f.value(theta);
      const gap = (t: Big) => truthOf(f.name, Object.values(f.parameters), f.lambda, t).value.minus(exact(y));
      const found = anglesOfValue(f, y);
      // Away from where the function turns or jumps, in the middle of cells of a grid.
      const isUp = Array.from({ length: 400 }, (_, i) => f.value(((i + 0.37) * Math.PI) / 400) > y);
      const jump =
        { "arcface-easy": Math.PI / 2, "arcface-hard": Math.PI - 0.5, "arcface-plain": Math.PI - 0.5 }[f.name] ?? 9;
      const crossed = isUp.flatMap((up, i) => (i > 0 && up !== isUp[i - 1] ? [((i - 0.13) * Math.PI) / 400] : []));
      const steady = found.filter(({ theta: t }) => Math.abs(f.slope(t)) > 0.05);
      const meant = crossed.filter((t) => Math.abs(t - jump) > 0.01 && Math.abs(f.slope(t)) > 0.1);
      for (const t of meant)
        expect(
          found.some((at) => Math.abs(at.theta - t) < 0.02),
          `${f.spec} ${y} ${t}`,
        ).toBe(true);
      for (const { theta: t } of steady.slice(0, 2)) {
        if (t < 1e-3 || t > Math.PI - 1e-3 || Math.abs(t - jump) < 1e-9) continue;
        count++;
        const [below, above] = [-2, 2].map((by) => gap(exact(nudged(t, by))));
        expect(below!.isPositive(), `${f.spec} ${y}: ${t}`).not.toBe(above!.isPositive());
      }
    });
    fc.assert(property, { seed: 1, numRuns: 5000 });
    expect(count).toBeGreaterThan(4000);
  }, 60_000);

  const at = (name: string, y: number, parameters?: Record<string, number>) =>
    anglesOfValue(target(name, parameters)!, y).map(({ theta, to }) => (theta === to ? theta : [theta, to]));

  // biome-ignore format: a table
  test.each<[name: string, parameters: Record<string, number>, y: number, found: unknown[]]>([
    ["softmax",       {},                 1,            [0]],
    ["softmax",       {},                 -1,           [Math.PI]],
    ["softmax",       {},                 1.1,          []],
    ["softmax",       {},                 Number.NaN,   []],
    ["cosface",       { m: 0.1 },         0.9,          [0]],                // 0.9 + 0.1 is above 1 in exact arithmetic
    ["asoftmax",      {},                 -3,           [Math.PI / 2]],      // a knot, once
    ["naive",         { m: 2 },           1,            [0, Math.PI]],
    ["naive",         { m: 0.5 },         0,            [Math.PI]],          // the value at the number pi
    ["naive",         { m: 0.5 },         -1e-15,       []],
    ["asoftmax",      { m: 1.5 },         -2,           [Math.PI]],
    ["arcface",       { m: 0.5 },         -1,           [Math.PI - 0.5]],
    ["arcface-hard",  { m: 0.5 },         -1.05,        []],                 // a jump across it
    ["arcface-hard",  { m: 0.6 },         -1,           []],                 // the limit before the jump
    ["sphereface-r1", { m: 2 },           -1,           [[Math.PI / 2, Math.PI]]],
    ["asoftmax",      { lambda: 5 },      1,            [0]],
    ["asoftmax",      { lambda: 5 },      -2,           [Math.PI]],
  ])("%s %o has the value %d at %o", (name, parameters, y, found) => {
    expect(at(name, y, parameters)).toEqual(found);
  });

  test.each([1.5, 2, 4, 7.3])("asoftmax, m = %d, beside every knot: as inverse says", (m) => {
    const steps = Array.from({ length: 51 }, (_, e) => 2 ** -(e + 2)).flatMap((step) => [step, -step]);
    const knots = Array.from({ length: Math.ceil(m) + 1 }, (_, k) => 1 - 2 * k);
    const inside = knots.flatMap((y) => steps.map((step) => y + step)).filter((y) => y > psi(m, Math.PI) && y < 1);
    for (const y of inside) expect(at("asoftmax", y, { m })).toEqual([inverse(m, y).theta]);
  });

  test("cosface beside pi, where value + m lies between two doubles: within 0.53 ulp", () => {
    const cases = [0.1, 0.2, 0.35, 0.7].flatMap((m) =>
      Array.from({ length: 6 }, (_, i) => [m, nudged(-1 - m, i + 1)] as const),
    );
    const found = cases.map(([m, y]) => [at("cosface", y, { m })[0], Big.acos(exact(y).plus(exact(m)))] as const);
    expect(worst(found as [number, Big][])).toBeLessThan(0.53);
  });

  test("asoftmax without lambda: as inverse says", () => {
    for (const m of margins.slice(0, 6))
      for (const y of values(m).filter((y) => Math.abs(y % 1) > 1e-9))
        expect(at("asoftmax", y, { m })).toEqual([inverse(m, y).theta]);
  });
});

describe("angles of a loss", () => {
  const functions = fc.constantFrom(...targetDefinitions).map((d) => makeTarget(d));
  const scales = uniform(0, 7).map((x) => 2 ** x);
  const counts = fc.oneof(
    fc.integer({ min: 2, max: 10 }),
    uniform(1, 53).map((x) => Math.floor(2 ** x)),
  );

  test("5,000 losses of random samples: each angle is within 2 ulp of one whose log odds are within 2 ulp, or 2^-51", () => {
    let count = 0;
    const property = fc.property(
      functions,
      scales,
      counts,
      uniform(0.01, 3.1),
      uniform(0.3, 3.1),
      (f, s, c, thetaY, thetaJ) => {
        const { loss } = sampleLoss(f, s, thetaY, [thetaJ], c);
        if (!(loss > 1e-300)) return;
        const cosine = cosOf(exact(thetaJ).div(exact(f.competingDivisor)));
        const x = exact(loss);
        // e^x - 1, for small x by its series, so that no digits are lost.
        const grown = loss < 1e-15 ? x.times(x.div(2).times(x.div(3).plus(1)).plus(1)) : x.exp().minus(1);
        const odds = grown.div(exact(c).minus(1)).ln();
        const rounding = 2 * ulp(Math.max(1, Math.abs(odds.toNumber())));
        const levels = [rounding, -rounding].map((by) => cosine.minus(odds.plus(by).div(exact(s))));
        for (const { theta } of anglesOfLoss(f, s, c, thetaJ, loss)) {
          if (Math.abs(f.slope(theta)) < 0.05 || theta < 0.01 || theta > 3.1) continue;
          count++;
          const ends = [-2, 2].map(
            (by) => truthOf(f.name, Object.values(f.parameters), 0, exact(nudged(theta, by))).value,
          );
          const [least, most] = [Big.min(...ends), Big.max(...ends)];
          const where = `${f.spec} ${s} ${c} ${thetaJ} ${loss}: ${theta}`;
          expect(least.lte(levels[1]!) && most.gte(levels[0]!), where).toBe(true);
        }
      },
    );
    fc.assert(property, { seed: 2, numRuns: 5000 });
    expect(count).toBeGreaterThan(3000);
  }, 60_000);

  test("losses too large for e^loss", () => {
    const f = target("asoftmax", { m: 8 })!;
    const { loss } = sampleLoss(f, 200, 2.5, [1], 100);
    expect(loss).toBeGreaterThan(2000);
    expect(Math.abs(anglesOfLoss(f, 200, 100, 1, loss)[0]!.theta - 2.5)).toBeLessThan(1e-15);
  });

  // biome-ignore format: a table
  test.each([
    [1, 1,   1,  "the number of classes is 1: it must be a whole number from 2 to 2^53"],
    [1, 2.5, 1,  "the number of classes is 2.5: it must be a whole number from 2 to 2^53"],
    [0, 2,   1,  "scale is 0: it must be above 0 and at most 1e+100"],
    [1, 2,   0,  "loss is 0: it must be above 0 and at most 1e+100"],
  ])("scale %d, %d classes, loss %d throws", (scale, count, loss, message) => {
    expect(() => anglesOfLoss(target("softmax")!, scale, count, 1, loss)).toThrow(message);
  });
});

test("what is no number is refused", () => {
  for (const y of ["0", undefined, null, {}])
    expect(() => anglesOfValue(arcface(), y as never)).toThrow("it must be a number or a double-double");
});
