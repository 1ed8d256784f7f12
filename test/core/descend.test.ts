import { describe, expect, test } from "vitest";
import { lambdaAt, schedules } from "../../src/core/anneal.ts";
import { type Descent, type DescentStep, descend, type Outcome, outcome } from "../../src/core/descend.ts";
import type { Message } from "../../src/core/message.ts";
import { isWanted, minima } from "../../src/core/minima.ts";
import { type Target, target } from "../../src/core/targets.ts";

const standard: Descent = { start: 2, thetaJ: 1.5, scale: 1, rate: 0.05, steps: 600 };

function run(targetAt: (step: number) => Target, given: Partial<Descent>): Outcome {
  const descent = { ...standard, ...given };
  const path: DescentStep[] = [...descend(targetAt, descent)];
  const last = path.at(-1)!;
  return outcome(targetAt(last.step), descent, last);
}

const text = (words: Message) => words.map((word) => (typeof word === "object" ? word.angle : word)).join("");

/** 100 starts over [0, pi], both ends among them, none at a knot of m = 4 inside. */
const starts = Array.from({ length: 100 }, (_, i) => (i / 99) * Math.PI);

/**
 * What the list says: downhill from the start, the first angle that holds
 * from that side; the wanted region comes before.
 */
function predicted(own: Target, start: number): [kind: Outcome["kind"], theta: number | undefined] {
  const list = minima(own, standard.thetaJ);
  const held =
    own.slope(start) > 0
      ? list.find(({ theta, holds }) => theta >= start && holds.includes("below"))
      : list.findLast(({ theta, holds }) => theta <= start && holds.includes("above"));
  if (held!.kind === "minimum") return ["reached", undefined];
  return [held!.kind === "half-stable" ? "knot" : "false minimum", held!.theta];
}

describe("100 starts over [0, pi], m = 4, theta_j = 1.5, scale 1", () => {
  const naive = target("naive", { m: 4 })!;
  const soft = target("asoftmax", { m: 4 })!;
  const annealed = target("asoftmax", { m: 4, lambda: 5 })!;

  // The double pi is a top of the loss, and so close to it that 0.05 times the slope there is no step.
  const isTop = (own: Target, start: number) => start === Math.PI && own !== naive;

  // biome-ignore format: a table
  test.each([
    ["naive",                naive,    { reached: 25, "false minimum": 75 }],
    ["asoftmax",             soft,     { reached: 25, knot: 74, end: 1 }],
    ["asoftmax, lambda = 5", annealed, { reached: 99, end: 1 }],
  ] as const)("%s at rate 0.05 ends where the list says", (_, own, counts) => {
    const counted: Record<string, number> = {};
    for (const start of starts) {
      const { kind, theta } = run(() => own, { start });
      const [expected, at] = isTop(own, start) ? ["end", Math.PI] : predicted(own, start);
      expect([start, kind]).toEqual([start, expected]);
      if (kind === "reached") expect(isWanted(own, theta, 1.5)).toBe(true);
      else expect(Math.abs(theta - at!)).toBeLessThan(1e-6);
      counted[kind] = (counted[kind] ?? 0) + 1;
    }
    expect(counted).toEqual(counts);
  });

  test("at a rate with c > 1 at every knot no start is held", () => {
    const kinds = new Set(starts.map((start) => run(() => soft, { start, rate: 0.2 }).kind));
    expect([...kinds]).toEqual(["reached"]);
  });

  test("c and the rate that jumps are what descent does: held just below it, not just above", () => {
    const { c, jumpRate } = run(() => soft, { start: 1 });
    const missed = 1 / (1 + Math.exp(-1 - Math.cos(1.5)));
    expect(c).toBeCloseTo(0.05 * 16 * missed, 6);
    expect(jumpRate).toBeCloseTo(1 / (16 * missed), 6);
    // From close by, so that no jump comes from further up, where 1 - p is larger.
    const start = Math.PI / 4 + 1e-3;
    expect(run(() => soft, { start, rate: 0.99 * jumpRate! }).kind).toBe("knot");
    expect(run(() => soft, { start, rate: 1.01 * jumpRate! }).kind).toBe("reached");
  });

  test("scale counts as rate does: c is that of their product, and 1 - p that of the scale", () => {
    const { kind, c, jumpRate } = run(() => soft, { start: 1, scale: 2, rate: 0.02 });
    const missed = 1 / (1 + Math.exp(2 * (-1 - Math.cos(1.5))));
    expect(kind).toBe("knot");
    expect(c).toBeCloseTo(2 * 0.02 * 16 * missed, 6);
    expect(jumpRate).toBeCloseTo(1 / (2 * 16 * missed), 6);
  });

  test("a step beyond 0 or pi ends there", () => {
    const path = (start: number, thetaJ: number, rate: number) =>
      [...descend(() => naive, { ...standard, start, thetaJ, rate, steps: 1 })].map(({ theta }) => theta);
    expect(path(0.1, 0.2, 50)).toEqual([0.1, 0]);
    expect(path(3, 0.2, 50)).toEqual([3, Math.PI]);
  });

  test("a lambda schedule frees a start that is held without", () => {
    const scheduled = (step: number) => target("asoftmax", { m: 4, lambda: lambdaAt(schedules.sphereface, step) })!;
    expect(run(scheduled, { start: 2 }).kind).toBe("reached");
  });
});

// biome-ignore format: a table
test.each<[string, Record<string, number>, Partial<Descent>, Outcome["kind"], string]>([
  ["naive",         {},            { start: 2 },                                       "false minimum", "from 2 it stops at 1.5707963267948966, where naive:m=4 is 1, yet 4 theta_y = 6.283185307179586 >= theta_j = 1.5: a false minimum"],
  ["arcface",       {},            { start: 3 },                                       "false minimum", "where arcface:m=0.5 is -0.8775825618903728, yet theta_y = 3.14"],
  ["asoftmax",      {},            { start: 1 },                                       "knot",          "from 1 it is held at the knot 0.7853981633974483: each step leaves a fixed part"],
  ["asoftmax",      {},            { start: Math.PI / 4 },                             "knot",          "stays at the knot"],
  ["asoftmax",      {},            { start: 0.5, steps: 0 },                           "moving",        "from 0.5 it is still moving at 0.5: the next step is -0.11"],
  ["asoftmax",      {},            { start: Math.PI / 4 + 1e-8, rate: 0.2, steps: 0 }, "moving",        "still moving"], // c > 1: about to jump
  ["asoftmax",      {},            { start: 0.1 },                                     "reached",       "where 4 theta_y = "],
  ["asoftmax",      {},            { start: 0.7, thetaJ: 0 },                          "end",           "the end of the domain"],
  ["asoftmax",      { m: 3 },      { start: 0.1, thetaJ: 1e-20, steps: 0 },            "moving",        "still moving at 0.1"],
  ["asoftmax",      { lambda: 5 }, { start: 0.5, scale: 1e4, steps: 9 },               "saturated",     "the loss has saturated, 1 - p = "],
  ["naive",         {},            { start: 1.3, scale: 1000 },                        "saturated",     "stops at 1.3"],
  ["naive",         {},            { start: Math.PI / 4 },                             "stalled",       "is below the spacing of doubles"],
  ["naive",         {},            { start: Math.PI / 2, rate: 0.5, steps: 3 },        "moving",        "still moving"], // rate * loss'' is above 2: it swings away
  ["naive",         {},            { start: 2, rate: 0.4, steps: 501 },                "moving",        "still moving"],
  ["naive",         {},            { start: Math.PI / 2 + 1e-9, thetaJ: 0.1, scale: 10, steps: 0 },             "moving",        "still moving"], // scale counts there too
  ["naive",         {},            { start: Math.PI / 2 + 1e-9, scale: 0.1, rate: 0.5, steps: 0 },              "false minimum", "it stops at 1.57"],
  ["softmax",       {},            { start: 1, thetaJ: 0, steps: 3 },                  "moving",        "still moving"],
  ["softmax",       {},            { start: 5e-7, thetaJ: 1e-8, steps: 0 },            "moving",        "still moving"],
  ["combined",      { m1: 1, m2: Math.PI, m3: 0 }, { start: 0, thetaJ: 0, steps: 0 },  "end",           "from 0 it stops at 0"],
  ["softmax",       {},            { start: 2, rate: 1e-18 },                          "stalled",       "is below the spacing of doubles"],
  ["softmax",       {},            { start: 2, rate: 1e-18, scale: 3 },                "stalled",       "a step of 2.72"],
  ["softmax",       {},            { start: Math.PI },                                 "end",           "from 3.141592653589793 it stops at 3.141592653589793"],
  ["arcface-easy",  {},            { start: 2 },                                       "reached",       "from 2 it reaches"], // its minimum at a jump holds nothing
  ["sphereface-r1", {},            { start: 2 },                                       "flat",          "no slope from 1.8479956785822313 to 3.141592653589793"],
  ["sphereface-r1", { m: 2 },      { start: Math.PI / 2, steps: 0 },                   "flat",          "no slope from 1.5707963267948966"],
  ["sphereface-r1", { m: 2 },      { start: Math.PI, steps: 0 },                       "flat",          "no slope from 1.5707963267948966"],
  ["sphereface-r1", { m: 2 },      { start: 1.2, thetaJ: 0.1, steps: 1 },              "moving",        "still moving"],
])("%s %o %o: %s", (name, parameters, given, kind, words) => {
  const own = target(name, parameters)!;
  const ended = run(() => own, given);
  expect([ended.kind, text(ended.sentence)]).toEqual([kind, expect.stringContaining(words)]);
});

// biome-ignore format: a table
test.each([
  [{ start: 3.2 },       "start is 3.2: it must lie from 0 to pi"],
  [{ thetaJ: -1 },       "theta_j is -1: it must lie from 0 to pi"],
  [{ rate: 0 },          "rate is 0: it must be above 0 and at most 1e+100"],
  [{ rate: Number.NaN }, "rate is NaN"],
  [{ scale: -1 },        "scale is -1"],
  [{ scale: 0 },         "scale is 0"],
] as const)("descend with %o throws", (given, message) => {
  expect(() => run(() => target("softmax")!, given)).toThrow(message);
});
