import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleLoss } from "../../src/core/loss.ts";
import { makeTarget, type Target, target, targetDefinitions } from "../../src/core/targets.ts";
import { angles, uniform } from "../arbitrary.ts";
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
    byScale: shares.reduce((sum, share, j) => sum.plus(share.times(gaps[j]!)), new Big(0)),
    byThetaJ: shares.map((share, j) => share.times(s).times(sinOf(angles[j]!)).div(exact(f.competingDivisor)).neg()),
  };
}

/** The distance in ulps of the larger of the true value and scale. */
const scaledUlps = (got: number, exactly: Big, scale: number) =>
  exact(got).minus(exactly).abs().toNumber() / ulp(Math.max(Math.abs(exactly.toNumber()), scale));

function holds(f: Target, scale: number, thetaY: number, competing: readonly number[]) {
  const got = sampleLoss(f, scale, thetaY, competing);
  const exactly = truth(f, scale, thetaY, competing);
  const where = `${f.spec}, scale ${scale}, theta_y ${thetaY}, theta_j ${competing.slice(0, 3)}`;
  if (exactly.loss.gt(1e-300)) {
    expect(exact(got.loss).div(exactly.loss).minus(1).abs().toNumber(), where).toBeLessThan(1e-14);
  } else expect(got.loss, where).toBeLessThan(1e-299);
  expect(Math.abs(got.probability - exactly.probability.toNumber()), where).toBeLessThan(1e-13);
  expect(scaledUlps(got.logitY, exactly.logitY, scale), where).toBeLessThanOrEqual(1);
  for (const name of ["byThetaY", "byScale"] as const) {
    expect(scaledUlps(got[name], exactly[name], scale), `${name} of ${where}`).toBeLessThanOrEqual(4);
  }
  if (thetaY > 1e-280)
    expect(scaledUlps(got.byCosY, exactly.byCosY, scale), `byCosY of ${where}`).toBeLessThanOrEqual(4);
  got.byThetaJ.forEach((x, j) => {
    expect(scaledUlps(x, exactly.byThetaJ[j]!, scale), `byThetaJ of ${where}`).toBeLessThanOrEqual(4);
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

  test("near balance: theta_j close to m theta_y, where the exponent is small", () => {
    const property = fc.property(angles, scales, uniform(-1e-6, 1e-6), (thetaJ, scale, off) => {
      fc.pre(thetaJ * (1 + off) <= Math.PI);
      holds(target("asoftmax")!, scale, thetaJ / 4, [thetaJ * (1 + off)]);
    });
    fc.assert(property, { seed: 3, numRuns: 60 });
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
    [0, [1], "scale is 0: it must be above 0 and at most 1e+100"],
    [-1, [1], "scale is -1: it must be above 0 and at most 1e+100"],
    [nan, [1], "scale is NaN: it must be above 0 and at most 1e+100"],
    [Infinity, [1], "scale is Infinity: it must be above 0 and at most 1e+100"],
    [30, [], "competing angles are missing: give at least one"],
  ])("scale %d against %j throws", (scale, competing, message) => {
    expect(() => sampleLoss(asoftmax, scale, 1, competing)).toThrow(
      expect.objectContaining({ name: "ParameterError", message }),
    );
  });
});
