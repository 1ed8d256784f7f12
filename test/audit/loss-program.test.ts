import { describe, expect, test } from "vitest";
import {
  gradientRanges,
  type LossProgram,
  type LossSample,
  lossOf,
  lossRange,
  rightProgram,
  roughLossOf,
} from "../../src/audit/loss-program.ts";
import type { Softmax } from "../../src/core/loss.ts";
import { arcface, softmax, spherefaceR2 } from "../../src/core/target-functions.ts";

const sampleOf = (scale: number, thetaY: number, ...competing: number[]): LossSample => ({
  ...{ scale, thetaY, competing },
  loss: 0,
});

describe("the loss of a program, in double-doubles and in doubles", () => {
  // log(1 + sum of e^(logit_j - logit_y)), where that does not overflow, and where it is the largest of these.
  // biome-ignore format: a table
  const cases: readonly [title: string, sample: LossSample, loss: number][] = [
    ["of moderate logits",          sampleOf(4, 1, 0.7, 2),      Math.log(1 + Math.exp(4 * (Math.cos(0.7) - Math.cos(1.5))) + Math.exp(4 * (Math.cos(2) - Math.cos(1.5))))],
    ["that is tiny",                sampleOf(64, 0.1, 1.5, 1.4), Math.exp(64 * (Math.cos(1.5) - Math.cos(0.6))) + Math.exp(64 * (Math.cos(1.4) - Math.cos(0.6)))],
    ["of logits that overflow",     sampleOf(1e4, 1, 0.7, 2),    1e4 * (Math.cos(0.7) - Math.cos(1.5))],
  ];
  test.each(cases)("%s", (_, sample, loss) => {
    for (const of of [lossOf, roughLossOf]) expect(of(rightProgram(arcface()), sample) / loss).toBeCloseTo(1, 11);
  });

  test.each([0.1, 30])("is one of the softmax and of the logits less the target's, at scale %d", (scale) => {
    const sample = sampleOf(scale, 1.3, 1.2, 0.9);
    const exponents = [1.2, 0.9].map((t) => scale * (Math.cos(t) - Math.cos(1.8)));
    const total = 1 + exponents.reduce((sum, x) => sum + Math.exp(x), 0);
    const shares = exponents.map((x) => Math.exp(x) / total);
    // biome-ignore format: a table
    const parts: readonly [part: (softmax: Softmax, exponents: readonly number[]) => number, value: number][] = [
      [({ probability }) => probability, 1 / total],
      [({ missed }) => missed,           shares[0]! + shares[1]!],
      [({ shares }) => shares.length,    2],
      [({ shares }) => shares[0]!,       shares[0]!],
      [({ shares }) => shares[1]!,       shares[1]!],
      [(_, given) => given.length,       2],
      [(_, given) => given[1]!,          exponents[1]!],
    ];
    for (const [loss, value] of parts)
      for (const of of [lossOf, roughLossOf])
        expect(of({ ...rightProgram(arcface()), loss }, sample)).toBeCloseTo(value, 12);
  });
});

const U = 2 ** -24;
const { sin, cos, exp, abs, log, sqrt } = Math;

/** By how much arcface's value at theta, or cos(theta / d), may be off: 16 u of cos(theta), and 16 ulp = 32 u. */
const ofArcface = (theta: number) => ((16 * sin(theta + 0.5)) / sin(theta) + 32) * U;
const ofCosine = (theta: number, d = 1) => ((16 * sin(theta / d)) / (d * sin(theta)) + 32) * U;

describe("the least and the greatest loss that is right (docs/audit.md)", () => {
  const right = rightProgram(arcface());
  const many = Array.from({ length: 100 }, () => 1.4);
  const half = { ...right, marginScale: ({ scale }: LossSample) => scale / 2 };
  // The error of the target's logit, of the others, the largest of 1, the loss and the logits, and the loss.
  // biome-ignore format: a table
  const cases: readonly [title: string, program: LossProgram, sample: LossSample, own: number, other: number, size: number][] = [
    ["small logits",                 right,                        sampleOf(0.1, 1, 1.2),     0.1 * ofArcface(1),   0.1 * ofCosine(1.2), 1],
    ["a large loss",                 right,                        sampleOf(30, 2, 0.5),      30 * ofArcface(2),    30 * ofCosine(0.5),  30 * (cos(0.5) - cos(2.5))],
    ["large logits",                 right,                        sampleOf(30, 0.2, 0.6),    30 * ofArcface(0.2),  30 * ofCosine(0.6),  30 * cos(0.6)],
    ["a negative logit",             right,                        sampleOf(30, 2.3, 2.7),    30 * ofArcface(2.3),  30 * ofCosine(2.7),  30 * abs(cos(2.8))],
    ["many classes",                 right,                        sampleOf(0.01, 1, ...many), 0.01 * ofArcface(1),  0.01 * ofCosine(1.4), log(101)],
    ["the angle divided",            rightProgram(spherefaceR2()), sampleOf(4, 1, 1.2),       4 * ofCosine(1),      4 * ofCosine(1.2, 1.7), 4 * cos(1.2 / 1.7)],
    ["half of the scale for the margin", half,                     sampleOf(30, 1, 0.9),      30 * ofCosine(1) + 15 * ofArcface(1), 30 * ofCosine(0.9), 30 * cos(0.9)],
  ];
  test.each(cases)("%s", (_, program, sample, own, other, size) => {
    const { value, low, high } = lossRange(program, sample, "float32");
    const missed = -Math.expm1(-value);
    const width = missed * (own + other) + U * (16 * size + sqrt(sample.competing.length + 1));
    expect([(value - low) / width, (high - value) / width]).toEqual([expect.closeTo(1, 2), expect.closeTo(1, 2)]);
  });

  test("a loss that rises with the target's logit", () => {
    const program = { ...right, loss: ({ probability }: Softmax) => probability };
    const { value, low, high } = lossRange(program, sampleOf(4, 1, 1.2), "float32");
    expect([low < value, value < high]).toEqual([true, true]);
  });
});

describe("the least and the greatest gradient that is right (docs/audit.md)", () => {
  /** What the rounding of cos(theta) makes of sin(theta), relative. */
  const ofSine = (theta: number) => (16 * U * abs(cos(theta))) / sin(theta) ** 2;
  /** And of the slope of arcface by theta, sin(theta + 0.5), with 16 ulp. */
  const ofSlope = (theta: number) => ((16 * abs(cos(theta + 0.5))) / sin(theta) + 32) * (U / sin(theta + 0.5));

  // biome-ignore format: a table
  const cases: readonly [title: string, sample: LossSample, error: number, size: number][] = [
    ["small logits",           sampleOf(0.01, 1, 1.2),  0.01 * ofArcface(1),   1],
    ["an angle near 0",        sampleOf(0.01, 0.1, 0.2), 0.01 * ofArcface(0.1), 1],
    ["an angle near pi",       sampleOf(0.01, 2.5, 3),  0.01 * ofCosine(3),    1],
    ["large logits",           sampleOf(30, 1, 1.2),    30 * ofArcface(1),     30 * cos(1.2)],
    ["a sure sample",          sampleOf(30, 0.4, 1),    30 * ofArcface(0.4),   30 * cos(0.9)],
  ];
  test.each(cases)("%s", (_, sample, error, size) => {
    const { scale, thetaY, competing } = sample;
    const thetaJ = competing[0]!;
    const missed = 1 / (1 + exp(scale * (cos(thetaY + 0.5) - cos(thetaJ))));
    const rounding = U * (16 * size + sqrt(2));
    const relative = 2 * (error + rounding);
    const slope = sin(thetaY + 0.5) / sin(thetaY);
    const own = relative + (16 * U + (1 - missed) * rounding) / missed + ofSlope(thetaY) + ofSine(thetaY);
    const other = relative + (16 * U) / missed + ofSine(thetaJ);
    const ranges = gradientRanges(rightProgram(arcface()), sample, "float32", 2);
    const truths = [-missed * scale * slope, missed * scale];
    for (const [i, { value, low, high }] of ranges.entries()) {
      expect(value / truths[i]!).toBeCloseTo(1, 12);
      const width = [own, other][i]! * abs(value);
      // To half of a percent: the errors are small, not infinitely so.
      expect([(value - low) / width, (high - value) / width]).toEqual([expect.closeTo(1, 2), expect.closeTo(1, 2)]);
    }
  });

  test("the target's gradient alone; that of the cosine where the margin is detached", () => {
    const sample = sampleOf(4, 1, 1.2, 2);
    expect(gradientRanges(rightProgram(arcface()), sample, "float64", 1)).toHaveLength(1);
    const [own] = gradientRanges({ ...rightProgram(arcface()), detached: true }, sample, "float64", 3);
    const odds = exp(4 * (cos(1.2) - cos(1.5))) + exp(4 * (cos(2) - cos(1.5)));
    expect(own!.value).toBeCloseTo((-4 * odds) / (1 + odds), 12);
  });

  test("at 0 the slope by the cosine is infinite, and as large as it may be by rounding alone beside it", () => {
    const [own] = gradientRanges(rightProgram(arcface()), sampleOf(4, 0, 1.2), "float64", 1);
    expect([own!.value, own!.low]).toEqual([-Infinity, -Infinity]);
    expect(own!.high).toBeLessThan(-1e6);
    const [plain] = gradientRanges(rightProgram(softmax()), sampleOf(4, 0, 1.2), "float64", 1);
    expect(plain!.value).toBeCloseTo(-4 / (1 + exp(4 * (1 - cos(1.2)))), 12);
  });
});
