import { expect, test } from "vitest";
import { blendReasons, psiInWords, reasons } from "../../src/core/explanation.ts";
import { marginOf } from "../../src/core/margin.ts";
import { messageText } from "../../src/core/message.ts";
import { asoftmax } from "../../src/core/target-functions.ts";

/** Values to 4 decimals, which a pocket calculator gives. */
const four = (x: number) => Number(x.toFixed(4));

// biome-ignore format: a table
test.each([
  [2, 0.5, [2, 1.5], "all conditions hold: 2 * 0.5 = 1 is below 1.5, and psi 0.5403 > 0.0707."],
  [2, 1,   [1],      "no condition holds: cos(2 theta_y) -0.4161 <= 0.5403, and 2 * 1 = 2 is not below 1."],
  [4, 1.5, [1],      "naive holds (0.9602 > 0.5403) but 4 * 1.5 = 6 is not below 1: 1.5 lies in segment 1, beyond 0.7853981633974483, where cos(4 theta) repeats its values; psi -2.9602 <= 0.5403."],
])("which conditions hold for m = %d, theta_y = %d, theta_j = %j", (m, thetaY, competing, sentence) => {
  expect(messageText(reasons(m, thetaY, marginOf(m, thetaY, competing), four))).toBe(sentence);
});

test("values are shown in full by default", () => {
  expect(messageText(reasons(1, 0, marginOf(1, 0, [1])))).toBe(
    `all conditions hold: 1 * 0 = 0 is below 1, and psi 1 > ${Math.cos(1)}.`,
  );
});

test("a value is shown with the largest slope of its function, and the angle", () => {
  const asked: number[][] = [];
  const shown = (_: number, slope: number, theta: number) => asked.push([slope, theta]);
  reasons(3, 0.25, marginOf(3, 0.25, [0.5]), shown);
  psiInWords(3, 2, shown);
  expect(asked).toEqual([
    [3, 0.25],
    [3, 0.25],
    [1, 0.5],
    [3, 2],
    [3, 2],
  ]);
});

// biome-ignore format: a table
test.each([
  [2,   1,   "1 is in segment k = 0, [0, 1.5707963267948966): psi = cos(2) = -0.4161, the same as cos(2 theta)."],
  [4,   1,   "1 is in segment k = 1, [0.7853981633974483, 1.5707963267948966): psi = -cos(4) - 2 = -1.3464, where cos(4) alone is -0.6536."],
  [4,   2,   "2 is in segment k = 2, [1.5707963267948966, 2.356194490192345): psi = cos(8) - 4 = -4.1455, where cos(8) alone is -0.1455."],
  [4,   3,   "3 is in segment k = 3, [2.356194490192345, 3.141592653589793]: psi = -cos(12) - 6 = -6.8439, where cos(12) alone is 0.8439."],
  [1.5, 3,   "3 is in segment k = 1, [2.0943951023931957, 3.141592653589793]: psi = -cos(4.5) - 2 = -1.7892, where cos(4.5) alone is -0.2108."],
])("psi in words: m = %d, theta = %d", (m, theta, sentence) => {
  expect(messageText(psiInWords(m, theta, four))).toBe(sentence);
});

// (5 cos(theta_y) + psi)/6 beside cos(theta_j); psi is cos(4 theta_y) up to pi/4, -cos(4 theta_y) - 2 then.
// biome-ignore format: a table
test.each([
  [0.25, 1.5, true,  "with lambda = 5 the target 0.8975 > 0.0707, and 4 * 0.25 = 1 is below 1.5; cos(4 theta_y) is 0.5403."],
  [0.5,  1.5, true,  "with lambda = 5 the target 0.662 > 0.0707, but 4 * 0.5 = 2 is not below 1.5; cos(4 theta_y) is -0.4161."],
  [1,    0.5, false, "with lambda = 5 the target 0.2259 <= 0.8776, and 4 * 1 = 4 is not below 0.5; cos(4 theta_y) is -0.6536."],
])("a blend at theta_y = %d, theta_j = %d", (thetaY, thetaJ, holds, sentence) => {
  const blend = asoftmax({ m: 4, lambda: 5 });
  const found = blendReasons(blend, thetaY, marginOf(4, thetaY, [thetaJ]), four);
  expect(found.holds).toBe(holds);
  expect(messageText(found.why).replace(/(?<=target )-?[\d.]+/, (x) => String(four(Number(x))))).toBe(sentence);
});
