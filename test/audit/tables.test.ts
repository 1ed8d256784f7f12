import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { asoftmax } from "../cli/run.ts";

const TELL = "the table cannot tell them apart";
const RIGHT = "every row is right to within rounding";
const arcfaces = "arcface, arcface-hard, arcface-clip, arcface-plain, arcface-shift and arcface-reflect";

// What programs give: the file (fixtures/audit/README.md), its audit, the verdict, what the diagnosis begins with.
// biome-ignore format: a table
const cases: [file: string, options: string, passes: boolean, diagnosis: string][] = [
  ["arcface-slope-0-at-0", "arcface:m=0.5 --gradient @slope", true, `${RIGHT}; the gradient 0 at 0 is right: autograd reaches theta through its cosine; up to 2.641592653589793 ${arcfaces} are the same: ${TELL}`],
  ["arcface-slope-nan", "arcface:m=0.5 --gradient @slope", false, "gradient: 1 not finite, first at 0; the derivative of acos, and of sqrt(1 - c^2), is infinite where the cosine is 1 or -1: clamp the cosine in training, and leave these angles out of the table"],
  ["arcface-float32-with-slope", "arcface:m=0.5 --gradient @slope", false, "value: 25 of 26 rows wrong; right as float32: if the program computed in it, give --dtype float32; gradient: 25 of 26 rows wrong; right as float32: if the program computed in it, give --dtype float32; the gradient 0 at 0 is right"],
  ["arcface-float32-with-slope", "arcface:m=0.5 --gradient @slope --dtype float32", true, `${RIGHT}; the gradient 0 at 0 is right`],
  ["arcface-below-half-pi", "arcface:m=0.5", true, `${RIGHT}; up to pi/2 arcface and arcface-easy are the same: ${TELL}; up to 2.641592653589793 ${arcfaces} are`],
  ["arcface-below-half-pi", "arcface-easy:m=0.5", true, `${RIGHT}; up to pi/2 arcface-easy, arcface, arcface-hard, arcface-clip, arcface-plain, arcface-shift and arcface-reflect are the same`],
  ["arcface-below-half-pi", "arcface-hard:m=0.5", true, `${RIGHT}; up to pi/2 arcface-hard and arcface-easy are the same`],
  ["arcface-other-m-scale-64", "arcface:m=0.5", false, "value: a scale factor is left in, and another m with m = 0.4, scale = 64, to"],
  ["cosface-sign-of-m", "cosface:m=0.35", false, "value: the sign of m is wrong, to"],
  ["naive-scale-30", "asoftmax:m=4", false, "value: a scale factor is left in, and cos(m theta) without psi with scale = 30, to"],
  ["naive-scale-30", "naive:m=4 --scale 30", true, RIGHT],
  ["cosface-clamped-scale-64", "cosface:m=0.4", false, "value: a scale factor is left in, and the cosine is clamped at 1 - eps with eps = 0.0001, scale = 64, to"],
  ["arcface-eps-under-root", "arcface:m=0.5", false, "value: the sine is sqrt(1 - cos^2 + eps) with eps = 1e-8, to"],
  ["arcface-eps-under-root", "arcface:m=0.5 --dtype float32", true, RIGHT],
  ["cosine-as-theta", "arcface:m=0.5", false, "value: the column of angles holds cosines: give it as --cosine, to"],
  ["cosine-as-theta", "arcface:m=0.5 --cosine @theta", true, RIGHT],
  ["cosface-float16", "cosface:m=0.35", false, "value: 31 of 31 rows wrong; right as float16: if the program computed in it, give --dtype float16"],
  ["cosface-float16", "cosface:m=0.35 --dtype float16", true, `${RIGHT}; in float16 errors below 0.015625 cannot be seen`],
  ["cosface-float16", "cosface:m=0.35 --dtype bfloat16", true, `${RIGHT}; in bfloat16 errors below 0.125 cannot be seen`],
  ["asoftmax-lambda-1e6", "asoftmax:m=4", false, "value: a lambda blend is left in with lambda = 1000000, to"],
  ["asoftmax-norm-per-row", "asoftmax:m=4", false, "value: each row has a scale of its own, such as a feature norm: if a column holds it, give --scale @column with smallest = 5, largest = "],
  ["arcface-tail-cos-minus-1-plus-cos-m", "arcface-hard:m=0.2", false, "value: another function, arcface-shift with m = 0.2, to"],
  ["arcface-tail-minus-2-minus-cos", "arcface-hard:m=0.5", false, "value: another function, arcface-reflect with m = 0.5, to"],
  ["arcface-tail-cos-minus-m", "arcface-hard:m=0.5", false, "value: beyond pi - m: cos(theta) - m in place of cos(theta) - m sin(m), to"],
  ["asoftmax-slope-scale-64", "asoftmax:m=4 --gradient slope", false, "gradient: a scale factor is left in with scale = 64, to"],
  ["asoftmax-slope-detached", "asoftmax:m=4 --gradient slope", false, "gradient: the gradient is 0: it is detached, to"],
  ["asoftmax-pi-3.14", "asoftmax:m=4", false, "value: pi is cut to 3.14 where k is found, to"],
];

test.concurrent.each(cases)("%s as %s: %s", async (file, options, passes, diagnosis) => {
  const path = fileURLToPath(new URL(`../fixtures/audit/${file}.csv`, import.meta.url));
  const line = `audit --input ${path} --format json --functions ${options}`;
  const { status, stdout } = await asoftmax(line.split(" "));
  const [row] = JSON.parse(stdout);
  expect([status, row.passes]).toEqual([passes ? 0 : 1, passes]);
  expect(row.diagnosis.slice(0, diagnosis.length)).toBe(diagnosis);
  // The right explanation stands alone.
  expect(row.diagnosis).not.toContain(" or a");
});
