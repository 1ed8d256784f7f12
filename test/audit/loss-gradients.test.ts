import { describe, expect, test } from "vitest";
import { isWrong } from "../../src/audit/check.ts";
import { checkedGradients } from "../../src/audit/loss-gradients.ts";
import { type LossSample, rightProgram } from "../../src/audit/loss-program.ts";
import type { Dtype } from "../../src/audit/tolerance.ts";
import { messageText } from "../../src/core/message.ts";
import { arcface, softmax } from "../../src/core/target-functions.ts";

const { sin, cos, exp } = Math;

/** Angles to the own class and the others, and the scale of the logits. */
const TABLE = [
  { thetaY: 1, competing: [0.9, 1.4], scale: 3 },
  { thetaY: 0.4, competing: [1.2, 0.7], scale: 5 },
  { thetaY: 2, competing: [2.2, 1.8], scale: 2 },
] as const;
type Row = Omit<LossSample, "loss">;

/** The gradients of a loss by the cosine to each class, for a target logit cos(theta + m). */
function gradients({ thetaY, competing, scale }: Row, m = 0.5): number[] {
  const powers = [cos(thetaY + m), ...Array.from(competing, cos)].map((x) => exp(scale * x));
  const shares = powers.map((x) => x / powers.reduce((sum, y) => sum + y));
  return shares.map((p, i) => (i === 0 ? (scale * (p - 1) * sin(thetaY + m)) / sin(thetaY) : scale * p));
}

/** The gradients with a factor on the target's, and on the others. */
const multiplied = (row: Row, own: number, other = own) =>
  gradients(row).map((slope, i) => (i === 0 ? own : other) * slope);

const audited = (gradientsOf: (row: Row) => number[], dtype: Dtype = "float64", table: readonly Row[] = TABLE) =>
  checkedGradients(
    rightProgram(arcface()),
    table.map((row) => ({ ...row, loss: 0, gradient: gradientsOf(row) })),
    dtype,
    false,
  );

test("right gradients, in either type of number", () => {
  const rounded = (row: Row) => gradients(row).map(Math.fround);
  expect([audited(gradients), audited(rounded, "float32")].map(({ check }) => check.bad)).toEqual([0, 0]);
  const { name, check, candidates } = audited(rounded);
  expect([name, check.failing, candidates]).toEqual(["gradient", [0, 1, 2], []]);
});

// biome-ignore format: a table
const MISTAKES: readonly [name: string, gradients: (row: Row) => number[]][] = [
  ["the margin is detached: the gradient by the target is that of its cosine", (x) => multiplied(x, sin(x.thetaY) / sin(x.thetaY + 0.5), 1)],
  ["the gradient is that of the loss without margin", (x) => gradients(x, 0)],
  ["the gradient is 0: detached",                  (x) => multiplied(x, 0)],
  ["the gradient has its sign flipped",            (x) => multiplied(x, -1)],
  ["the gradient lacks the scale",                 (x) => multiplied(x, 1 / x.scale)],
  ["the gradient is divided by the number of samples", (x) => multiplied(x, 1 / 3)],
  ["the gradient is by theta, not its cosine",     (x) => gradients(x).map((slope, i) => -sin([x.thetaY, ...Array.from(x.competing)][i]!) * slope)],
  ["the target's logit is detached",               (x) => multiplied(x, 0, 1)],
  ["the competing logits are detached",            (x) => multiplied(x, 1, 0)],
  ["the margin is detached: the gradient by the target is that of its cosine, and the gradient lacks the scale", (x) => multiplied(x, sin(x.thetaY) / sin(x.thetaY + 0.5) / x.scale, 1 / x.scale)],
  ["the gradient is that of the loss without margin, and the gradient is divided by the number of samples", (x) => gradients(x, 0).map((slope) => slope / 3)],
  ["the gradient has its sign flipped, and the competing logits are detached", (x) => multiplied(x, -1, 0)],
  ["the gradient lacks the scale, and the target's logit is detached", (x) => multiplied(x, 0, 1 / x.scale)],
];
test.each(MISTAKES)("%s", (name, of) => {
  const { check, candidates } = audited(of);
  expect(check.bad).toBe(3);
  expect(candidates).toEqual([{ column: "gradient", name, parameters: {}, residual: expect.closeTo(0, 12) }]);
});

describe("a factor on all gradients", () => {
  const rounded = (factor: number) => (row: Row) => multiplied(row, factor).map(Math.fround);
  test("is found, with as many digits as the type has", () => {
    expect(audited((row) => multiplied(row, -1.23456789)).candidates).toMatchObject([
      { name: "a factor on the gradient", parameters: { factor: -1.23456789 } },
    ]);
    expect(audited(rounded(0.1), "float32").candidates).toMatchObject([{ parameters: { factor: 0.1 } }]);
  });
  test("is that of the largest: a gradient that is 0, or infinite, tells none", () => {
    const sure = { thetaY: 0.1, competing: [3, 3.1], scale: 700 };
    const at0 = { thetaY: 0, competing: [0.9, 1.4], scale: 3 };
    for (const table of [
      [...TABLE, sure],
      [...TABLE, at0],
    ])
      expect(audited((row) => multiplied(row, 7), "float64", table).candidates).toMatchObject([
        { parameters: { factor: 7 } },
      ]);
  });
});

test("gradients that are not finite are counted; the others are explained", () => {
  const { check, candidates } = audited((row) => (row === TABLE[1] ? [Number.NaN, 0, 0] : multiplied(row, -1)));
  expect([check.bad, check.notFinite, check.firstNotFinite]).toEqual([3, 1, 1]);
  expect(candidates).toMatchObject([{ name: "the gradient has its sign flipped" }]);
});

test("where the right gradient is infinite a finite one has no error, and does not hide those of the others", () => {
  const at0 = { thetaY: 0, competing: [0.4, 1.4], scale: 6 };
  const table = [at0, { ...at0, thetaY: 1 }];
  const off = (row: Row) =>
    gradients(row).map((slope, i) => (Number.isFinite(slope) ? slope + (i === 1 ? 1e-3 : 0) : -1e9));
  const { check } = audited(off, "float64", table);
  expect([check.bad, check.notFinite, check.maxAbsError]).toEqual([2, 0, expect.closeTo(1e-3, 12)]);
  const largest = Math.max(...gradients(at0).filter(Number.isFinite).map(Math.abs));
  expect(largest > 2 && largest < 4).toBe(true);
  const alone = audited(off, "float64", [at0]).check;
  expect(alone.maxUlpError / (1e-3 / 2 ** -51)).toBeCloseTo(1, 6);
});

test("the figures are the gradient furthest from the true one, and that", () => {
  const { figures, check } = audited((row) =>
    gradients(row).map((slope, i) => (row === TABLE[1] && i === 2 ? 10 : slope)),
  );
  expect([check.worst, isWrong(check)]).toEqual([1, true]);
  expect(messageText(figures!)).toMatch(/^: 10 in place of [\d.]+$/);
  expect(Number(messageText(figures!).slice(": 10 in place of ".length))).toBeCloseTo(gradients(TABLE[1])[2]!, 12);
});

test("wrong losses explain wrong gradients", () => {
  const samples = TABLE.map((row) => ({ ...row, loss: 0, gradient: gradients(row, 0) }));
  expect(checkedGradients(rightProgram(arcface()), samples, "float64", true).candidates).toEqual([]);
  expect(checkedGradients(rightProgram(softmax()), samples, "float64", false).check.bad).toBe(0);
});
