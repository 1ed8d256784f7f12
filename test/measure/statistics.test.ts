import { expect, test } from "vitest";
import { rightDigits } from "../../src/measure/statistics.ts";

// biome-ignore format: aligned by eye
test.each([
  // number             error     its digits
  [0.1,                 0,        0.1],
  [0.3333333333333333,  0,        0.3333333333333333],
  [0,                   0,        0],
  [Infinity,            0,        Infinity],
  [1.23234567,          0.001,    1.23],
  [1.2349,              0.0002,   1.235],
  [9.9996,              0.0007,   10],
  [0.00012345,          1e-7,     0.00012],
  [123.4,               7,        100],
  [0.1547,              0.002,    0.2],
  [0.45,                0.01,     0.5],
  [0.45,                0.44,     0.5],
  [0.45,                0.45,     NaN],
  [0,                   1,        NaN],
  [NaN,                 0,        NaN],
  [1,                   NaN,      NaN],
  [Infinity,            Infinity, NaN],
])("%d, off by at most %d: %d", (x, error, digits) => {
  expect(rightDigits(x, error)).toBe(digits);
});
