import { expect, test } from "vitest";
import { floorIteration, lambdaAt, psiWeight, type Schedule, schedules } from "../../src/core/anneal.ts";

const { sphereface, clcarwin } = schedules;
const of = (base: number, gamma: number, power: number, lambdaMin: number): Schedule => ({
  base,
  gamma,
  power,
  lambdaMin,
});

// biome-ignore format: a table
test.each([
  [sphereface, 0,    1000],
  [sphereface, 1,    1000 / 1.12],
  [sphereface, 100,  1000 / 13],
  [sphereface, 1658, 1000 / (1 + 0.12 * 1658)],
  [sphereface, 1659, 5],
  [sphereface, 1e9,  5],
  [clcarwin,   2989, 1500 / (1 + 0.1 * 2989)],
  [clcarwin,   2990, 5],
] as const)("lambdaAt(%o, %d) = %d", (schedule, iteration, lambda) => {
  expect(lambdaAt(schedule, iteration)).toBe(lambda);
});

// biome-ignore format: a table
test.each([
  [sphereface,           1659], // 199 / 0.12 = 1658.3
  [clcarwin,             2990], // 299 / 0.1, exactly
  [of(1000, 1, 2, 10),   9],
  [of(8, 1, 3, 1),       1],
  [of(5, 1, 1, 5),       0],
  [of(4, 1, 1, 5),       0],
  [of(10, 1e-9, 0.5, 1), 99e9],
  [of(10, 0, 1, 5),      Infinity],
  [of(10, 1, 0, 5),      Infinity],
  [of(10, 1, 1, 0),      Infinity],
  [of(10, 1, 1, 1e-20),  Infinity],
] as const)("%o is at its floor from %d on", (schedule, iteration) => {
  expect(floorIteration(schedule)).toBe(iteration);
});

test("the floor is where the closed form says, and lambda is above it one iteration before", () => {
  for (let i = 1; i < 200; i++) {
    const schedule = of(100 + 13 * i, 0.01 * i, 0.5 + (i % 7) / 4, 1 + (i % 11));
    const closed = ((schedule.base / schedule.lambdaMin) ** (1 / schedule.power) - 1) / schedule.gamma;
    const first = floorIteration(schedule);
    expect(first).toBe(Math.ceil(closed * (1 - 1e-12)));
    expect(lambdaAt(schedule, first)).toBe(schedule.lambdaMin);
    expect(lambdaAt(schedule, first - 1)).toBeGreaterThan(schedule.lambdaMin);
  }
});

test("the weight of psi", () => {
  expect([0, 5, 1000].map(psiWeight)).toEqual([1, 1 / 6, 1 / 1001]);
});

// biome-ignore format: a table
test.each([
  [of(-1, 1, 1, 1),         0,          "base is -1: it must lie from 0 to 1e+100"],
  [of(1, Number.NaN, 1, 1), 0,          "gamma is NaN: it must lie from 0 to 1e+100"],
  [of(1, 1, Infinity, 1),   0,          "power is Infinity: it must lie from 0 to 1e+100"],
  [of(1, 1, 1, -5),         0,          "lambda-min is -5: it must lie from 0 to 1e+100"],
  [sphereface,              -1,         "iteration is -1: it must lie from 0 to 1e+100"],
  [sphereface,              Number.NaN, "iteration is NaN: it must lie from 0 to 1e+100"],
] as const)("lambdaAt(%o, %d) throws", (schedule, iteration, message) => {
  expect(() => lambdaAt(schedule, iteration)).toThrow(message);
});
