import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleLoss } from "../../src/core/loss.ts";
import { makeTarget, type Target, target, targetDefinitions } from "../../src/core/targets.ts";
import { angles, margins, uniform } from "../arbitrary.ts";
import { Big, cosOf, exact, nextUp, sinOf, truthOf, ulp } from "../oracle.ts";

const nan = Number.NaN;

/** The loss and its gradients as they are written, at 60 digits. */
function truth(f: Target, scale: number, thetaY: number, competing: readonly number[]) {
  const s = exact(scale);
  const { value, slope } = truthOf(f.name, Object.values(f.parameters), f.lambda, exact(thetaY));
  const angles = competing.map((theta) => exact(theta).div(exact(f.competingDivisor)));
  const gaps = angles.map((theta) => cosOf(theta).minus(value));
  const odds = gaps.map((gap) => gap.times(s).exp());
  const others = odds.reduce((sum, x) => sum.plus(x), new Big(0));
  const total = others.plus(1);
  const shares = odds.map((x) => x.div(total));
  const pull = others.div(total).times(s).neg();
  return {
    logitY: value.times(s),
    loss: others.lt(1e-25) ? others.minus(others.times(others).div(2)) : total.ln(),
    probability: total.pow(-1),
    byThetaY: pull.times(slope),
    byCosY: pull.times(slope.neg().div(sinOf(exact(thetaY)))),
    largestGap: Math.max(...gaps.map((gap) => Math.abs(gap.toNumber()))),
    byScale: shares.reduce((sum, share, j) => sum.plus(share.times(gaps[j]!)), new Big(0)),
    byThetaJ: shares.map((share, j) => share.times(s).times(sinOf(angles[j]!)).div(exact(f.competingDivisor)).neg()),
  };
}

/** The distance in ulps of the larger of the true value and least. */
const ulpsOf = (got: number, exactly: Big, least: number) =>
  exact(got).minus(exactly).abs().toNumber() / ulp(Math.max(Math.abs(exactly.toNumber()), least));

function holds(f: Target, scale: number, thetaY: number, competing: readonly number[]) {
  const got = sampleLoss(f, scale, thetaY, competing);
  const exactly = truth(f, scale, thetaY, competing);
  const where = `${f.spec}, scale ${scale}, theta_y ${thetaY}, theta_j ${competing.slice(0, 3)}`;
  if (exactly.loss.gt(1e-300)) {
    expect(exact(got.loss).div(exactly.loss).minus(1).abs().toNumber(), where).toBeLessThan(1e-14);
  } else expect(got.loss, where).toBeLessThan(1e-299);
  expect(Math.abs(got.probability - exactly.probability.toNumber()), where).toBeLessThan(1e-13);
  expect(ulpsOf(got.logitY, exactly.logitY, scale), where).toBeLessThanOrEqual(1);
  expect(ulpsOf(got.byThetaY, exactly.byThetaY, scale), `byThetaY of ${where}`).toBeLessThanOrEqual(4);
  const least = Math.max(exactly.largestGap, 1e-4);
  expect(ulpsOf(got.byScale, exactly.byScale, least), `byScale of ${where}`).toBeLessThanOrEqual(4);
  if (thetaY > 1e-280) expect(ulpsOf(got.byCosY, exactly.byCosY, scale), `byCosY of ${where}`).toBeLessThanOrEqual(4);
  got.byThetaJ.forEach((x, j) => {
    expect(ulpsOf(x, exactly.byThetaJ[j]!, scale), `byThetaJ of ${where}`).toBeLessThanOrEqual(4);
  });
}

describe("against the oracle", () => {
  const scales = fc.oneof(fc.constantFrom(1, 30, 64, 1e4), uniform(1e-3, 100));
  const lambdas = fc.oneof(fc.constant(0), fc.constant(0), uniform(0, 1000));

  test.each(targetDefinitions)("$name: random samples", (definition) => {
    const several = fc.array(angles, { minLength: 1, maxLength: 5 });
    const property = fc.property(lambdas, scales, angles, several, (lambda, scale, thetaY, competing) =>
      holds(makeTarget(definition, { lambda }), scale, thetaY, competing),
    );
    fc.assert(property, { seed: 1, numRuns: 60 });
  });

  test("asoftmax and naive with other m, theta_y inside [0, pi/m]", () => {
    const property = fc.property(uniform(1, 64), scales, angles, angles, (m, scale, share, thetaJ) => {
      for (const name of ["asoftmax", "naive"]) holds(target(name, { m })!, scale, share / m, [thetaJ]);
    });
    fc.assert(property, { seed: 2, numRuns: 60 });
  });

  // theta_j is solved for, so that the odds of all competitors together are about e^off: off = 0 is p = 1/2.
  const tieScales = fc.oneof(
    fc.constantFrom(1e4, 9999, 8192.5),
    fc.constantFrom(1e4, 1e3, 64, 1, 1e-100),
    uniform(-100, 4).map((power) => 10 ** power),
  );
  const offs = fc.array(fc.oneof(uniform(-1, 1), uniform(-8, 8)), { minLength: 1, maxLength: 3 });
  const inUnit = (x: number) => Math.min(1, Math.max(-1, x));
  function holdsNearTie(f: Target, scale: number, thetaY: number, off: readonly number[]) {
    const cosines = off.map((x) => inUnit(f.value(thetaY) + (x - Math.log(off.length)) / scale));
    const thetaJ = cosines.map((cosine) => Math.min(Math.PI, f.competingDivisor * Math.acos(cosine)));
    holds(f, scale, thetaY, thetaJ);
  }

  test.each([1, 1.5, 2, 3, 4, 5, 6, 7, 8, 64, 2 ** 20])("near ties: asoftmax, m = %d", (m) => {
    const property = fc.property(lambdas, tieScales, uniform(0, 1), offs, (lambda, scale, share, off) =>
      holdsNearTie(target("asoftmax", { m, lambda })!, scale, (share * Math.PI) / m, off),
    );
    fc.assert(property, { seed: 3, numRuns: 150 });
  });
  test.each(targetDefinitions)("near ties: $name", (definition) => {
    const property = fc.property(lambdas, tieScales, angles, offs, (lambda, scale, thetaY, off) =>
      holdsNearTie(makeTarget(definition, { lambda }), scale, thetaY, off),
    );
    fc.assert(property, { seed: 4, numRuns: 60 });
  });
  test("near ties: a thousand competitors", () => {
    const off = Array.from({ length: 1000 }, (_, j) => (j % 7) - 3);
    holdsNearTie(target("asoftmax", { m: 8 })!, 1e4, 0.0982, off);
  });

  // prettier-ignore
  test.each([
    [8, 1e4, 0.09573793390192391, [0.7665184096658443]],
    [4, 1e4, 0.18167080737119365, [0.7269031180133365]],
    [4, 1e-9, Math.PI / 12, [0.6435011087932844, 1.369438406004566]],
  ])("m = %d, scale %d, theta_y = %d against %j", (m, scale, thetaY, competing) => {
    holds(target("asoftmax", { m })!, scale, thetaY, competing);
  });

  test("scale 0: the same probability for every class, gradients 0 but the one by scale", () => {
    const property = fc.property(
      margins,
      angles,
      fc.array(angles, { minLength: 1, maxLength: 9 }),
      (m, thetaY, thetaJ) => {
        const f = target("asoftmax", { m })!;
        holds(f, 0, thetaY, thetaJ);
        const { byThetaY, byCosY, byThetaJ, loss, probability, logitY } = sampleLoss(f, 0, thetaY, thetaJ);
        expect([logitY, byThetaY, byCosY, ...byThetaJ].every((x) => x === 0)).toBe(true);
        expect([loss, probability]).toEqual([Math.log1p(thetaJ.length), 1 / (1 + thetaJ.length)]);
      },
    );
    fc.assert(property, { seed: 5, numRuns: 60 });
    expect(Math.abs(sampleLoss(target("arcface")!, 0, 0, [1]).byCosY)).toBe(0);
  });

  // prettier-ignore
  test.each([
    ["asoftmax", {}, 1e4, 0.1, 1000],
    ["asoftmax", {}, 1e4, 3.1, 300],
    ["asoftmax", { lambda: 5 }, 64, 0.5, 300],
    ["asoftmax", { m: 1000 }, 1e4, 2.5, 10],
    ["cosface", {}, 64, 1.5, 300],
    ["arcface-hard", { m: 2.5 }, 1e4, 1, 10],
    ["sphereface-r2", {}, 64, 0.2, 300],
    ["softmax", {}, 1e-3, 1e-9, 10],
  ])("%s with %j, scale %d, theta_y = %d, %d competitors", (name, parameters, scale, thetaY, count) => {
    const competing = Array.from({ length: count }, (_, j) => Math.PI * ((j * 0.6180339887) % 1));
    holds(target(name, parameters)!, scale, thetaY, competing);
  });
});

describe("edges", () => {
  const asoftmax = target("asoftmax")!;

  test("one competitor that is level with the target: log 2", () => {
    expect(sampleLoss(target("softmax")!, 30, 1, [1])).toMatchObject({ loss: Math.LN2, probability: 0.5, byScale: 0 });
  });
  test("a loss that underflows is 0, with gradients 0", () => {
    const { loss, probability, byThetaY, byCosY } = sampleLoss(asoftmax, 1e4, 0, [Math.PI]);
    expect([loss, probability, Math.abs(byThetaY), Math.abs(byCosY)]).toEqual([0, 1, 0, 0]);
    const { byCosY: steep } = sampleLoss(target("arcface")!, 1e4, 0, [Math.PI]);
    expect(Math.abs(steep)).toBe(0);
  });
  test("a probability that underflows leaves the loss exact", () => {
    const { loss, probability } = sampleLoss(asoftmax, 1000, Math.PI, [0]);
    expect([loss, probability]).toEqual([8000, 0]);
  });
  test("an infinite slope by cosine at 0", () => {
    expect(sampleLoss(target("arcface")!, 30, 0, [1]).byCosY).toBe(-Infinity);
  });
  test.each([
    [nan, [1]],
    [1, [nan]],
    [1, [1, nan, 2]],
    [-0.1, [1]],
    [1, [nextUp(Math.PI)]],
  ])("theta_y = %d against %j: NaN throughout", (thetaY, competing) => {
    const { byThetaJ, logitY, ...rest } = sampleLoss(asoftmax, 30, thetaY, competing);
    expect(Object.values(rest)).toEqual([nan, nan, nan, nan, nan]);
    expect(byThetaJ.every(Number.isNaN)).toBe(true);
    expect(logitY).toEqual(thetaY === 1 ? asoftmax.value(1) * 30 : nan);
  });
  // prettier-ignore
  test.each([
    [-1, [1], "scale is -1: it must lie from 0 to 1e+100"],
    [nan, [1], "scale is NaN: it must lie from 0 to 1e+100"],
    [Infinity, [1], "scale is Infinity: it must lie from 0 to 1e+100"],
    [30, [], "competing angles are missing: give at least one"],
  ])("scale %d against %j throws", (scale, competing, message) => {
    expect(() => sampleLoss(asoftmax, scale, 1, competing)).toThrow(
      expect.objectContaining({ name: "ParameterError", message }),
    );
  });
});

describe("many classes at one angle", () => {
  const counts = fc.oneof(
    fc.integer({ min: 2, max: 9 }),
    uniform(1, 53).map((x) => Math.floor(2 ** x)),
  );
  test("against the oracle: count - 1 times the odds of one", () => {
    const property = fc.property(counts, uniform(0.01, 100), angles, angles, (count, scale, thetaY, thetaJ) => {
      const f = target("arcface")!;
      const { value } = truthOf("arcface", [0.5], 0, exact(thetaY));
      const gap = cosOf(exact(thetaJ)).minus(value);
      const odds = gap.times(exact(scale)).exp().times(exact(count).minus(1));
      const got = sampleLoss(f, scale, thetaY, [thetaJ], count);
      const loss = odds.plus(1).ln();
      if (loss.gt(1e-30)) expect(exact(got.loss).div(loss).minus(1).abs().toNumber()).toBeLessThan(1e-14);
      const share = odds.div(odds.plus(1));
      expect(ulpsOf(got.byScale, share.times(gap), 1)).toBeLessThanOrEqual(4);
      const one = share
        .div(exact(count).minus(1))
        .times(exact(scale))
        .times(sinOf(exact(thetaJ)))
        .neg();
      expect(ulpsOf(got.byThetaJ[0]!, one, scale / count)).toBeLessThanOrEqual(4);
    });
    fc.assert(property, { seed: 6, numRuns: 300 });
  });

  // prettier-ignore
  test.each([
    [0, [1], "the number of classes is 0: it must be a whole number from 1 to 2^53"],
    [2 ** 53 + 2, [1], "the number of classes is 9007199254740994: it must be a whole number from 1 to 2^53"],
    [4, [1, 2], "4 classes do not go with 2 competing angles: give one for all"],
  ])("%d classes, angles %j throw", (count, others, message) => {
    expect(() => sampleLoss(target("softmax")!, 1, 1, others, count)).toThrow(message);
  });

  test("one class alone has no competitor", () => {
    const { loss, probability, byThetaJ, byScale } = sampleLoss(target("softmax")!, 30, 1, [0.5], 1);
    expect([loss, probability, byThetaJ, byScale]).toEqual([0, 1, [], 0]);
  });

  test("a count that the list has anyway", () => {
    const f = target("softmax")!;
    expect(sampleLoss(f, 1, 1, [1, 2], 3)).toEqual(sampleLoss(f, 1, 1, [1, 2]));
  });
});
