import { describe, expect, test } from "vitest";
import { type Direction, monotonicity } from "../../src/core/monotonicity.ts";
import { bisect } from "../../src/core/roots.ts";
import { target } from "../../src/core/targets.ts";
import { exact, PI, truthOf, ulp, ulpsApart } from "../oracle.ts";

const pi = Math.PI;
const make = (name: string, parameters: Record<string, number> = {}) => target(name, parameters)!;
const nearest = (numerator: number, denominator = 1) => PI.times(numerator).div(exact(denominator)).toNumber();

type Row = [from: number, to: number, direction: Direction, change: number];

// prettier-ignore
const tables: [name: string, parameters: Record<string, number>, rows: Row[], stationary: number[]][] = [
  ["asoftmax", {}, [[0, pi, "falling", -8]], [0, nearest(1, 4), nearest(1, 2), nearest(3, 4), pi]],
  ["asoftmax", { m: 2.5 }, [[0, pi, "falling", -5]], [0, nearest(1, 2.5), nearest(2, 2.5)]],
  ["asoftmax", { lambda: 5 }, [[0, pi, "falling", -3]], [0, pi]],
  ["softmax", {}, [[0, pi, "falling", -2]], [0, pi]],
  [
    "naive",
    {},
    [
      [0, pi / 4, "falling", -2],
      [pi / 4, pi / 2, "rising", 2],
      [pi / 2, nearest(3, 4), "falling", -2],
      [nearest(3, 4), pi, "rising", 2],
    ],
    [0, pi / 4, pi / 2, nearest(3, 4), pi],
  ],
  [
    "naive",
    { m: 2.5 },
    [
      [0, nearest(1, 2.5), "falling", -2],
      [nearest(1, 2.5), nearest(2, 2.5), "rising", 2],
      [nearest(2, 2.5), pi, "falling", -1],
    ],
    [0, nearest(1, 2.5), nearest(2, 2.5)],
  ],
  ["naive", { m: 0.5 }, [[0, pi, "falling", -1]], [0]],
  [
    "arcface",
    {},
    [
      [0, PI.minus(0.5).toNumber(), "falling", -1 - Math.cos(0.5)],
      [PI.minus(0.5).toNumber(), pi, "rising", 1 - Math.cos(0.5)],
    ],
    [PI.minus(0.5).toNumber()],
  ],
  [
    "arcface-easy",
    {},
    [
      [0, pi / 2, "falling", -Math.sin(0.5) - Math.cos(0.5)],
      [pi / 2, pi / 2, "jump-up", Math.sin(0.5)],
      [pi / 2, pi, "falling", -1],
    ],
    [pi],
  ],
  ["arcface-easy", { m: 0 }, [[0, pi, "falling", -2]], [0, pi]],
  [
    "arcface-hard",
    {},
    [
      [0, PI.minus(0.5).toNumber(), "falling", -1 - Math.cos(0.5)],
      [PI.minus(0.5).toNumber(), PI.minus(0.5).toNumber(), "jump-down", 1 - Math.cos(0.5) - 0.5 * Math.sin(0.5)],
      [PI.minus(0.5).toNumber(), pi, "falling", -1 + Math.cos(0.5)],
    ],
    [PI.minus(0.5).toNumber(), pi],
  ],
  [
    "arcface-hard",
    { m: 2.5 },
    [
      [0, PI.minus(2.5).toNumber(), "falling", -1 - Math.cos(2.5)],
      [PI.minus(2.5).toNumber(), PI.minus(2.5).toNumber(), "jump-up", 1 - Math.cos(2.5) - 2.5 * Math.sin(2.5)],
      [PI.minus(2.5).toNumber(), pi, "falling", -1 + Math.cos(2.5)],
    ],
    [PI.minus(2.5).toNumber(), pi],
  ],
  ...[0.1, 0.5, 1, 2.5].map((m): (typeof tables)[number] => [
    "arcface-shift", // continuous, so no jump
    { m },
    [[0, pi, "falling", Math.cos(m) - 2 - Math.cos(m)]],
    [PI.minus(m).toNumber(), pi],
  ]),
  [
    "sphereface-r1",
    {},
    [
      [0, nearest(1, 1.7), "falling", -2],
      [nearest(1, 1.7), pi, "flat", 0],
    ],
    [0, nearest(1, 1.7)],
  ],
  [
    "naive",
    { lambda: 5 },
    [
      [0, 2.5492894336524867, "falling", -1.8107562110087905],
      [2.5492894336524867, pi, "rising", 0.14408954434212373],
    ],
    [0, 2.5492894336524867, pi],
  ],
  ["naive", { lambda: 20 }, [[0, pi, "falling", -40 / 21]], [0, pi]],
];

describe("tables", () => {
  test.each(tables)("%s with %j", (name, parameters, rows, stationary) => {
    const found = monotonicity(make(name, parameters));
    const exactly = rows.map(([from, to, direction, change]) => ({
      from,
      to,
      direction,
      change: expect.closeTo(change, 14),
    }));
    expect(found.stretches).toEqual(exactly);
    expect(found.stationary).toEqual(stationary);
  });
  test("the turning point of naive with lambda = 5 is a zero of its exact slope", () => {
    const [, turn] = monotonicity(make("naive", { lambda: 5 })).stationary;
    const slope = (theta: number) => truthOf("naive", [4], 5, exact(theta)).slope.toNumber();
    expect(slope(turn! - 4 * ulp(turn!))).toBeLessThan(0);
    expect(slope(turn! + 4 * ulp(turn!))).toBeGreaterThan(0);
  });
});

describe("against values at many angles", () => {
  // prettier-ignore
  const functions: [string, Record<string, number>?][] = [
    ["asoftmax"],
    ["asoftmax", { m: 7.3 }],
    ["asoftmax", { m: 16, lambda: 1 }],
    ["asoftmax", { m: 1 }],
    ["naive"],
    ["naive", { m: 0.7 }],
    ["naive", { m: 11.2 }],
    ["naive", { lambda: 1 }],
    ["naive", { m: 9.1, lambda: 30 }],
    ["naive", { m: 3, lambda: 9 }],
    ["softmax"],
    ["softmax", { lambda: 3 }],
    ["cosface"],
    ["cosface", { m: 2, lambda: 2 }],
    ["arcface"],
    ["arcface", { m: pi }],
    ["arcface", { m: 0 }],
    ["arcface", { m: 2, lambda: 1 }],
    ["arcface-easy"],
    ["arcface-easy", { m: 3 }],
    ["arcface-easy", { m: 2, lambda: 0.5 }],
    ["arcface-hard"],
    ["arcface-hard", { m: 1.2 }],
    ["arcface-hard", { m: 2.5, lambda: 0.5 }],
    ["combined"],
    ["combined", { m1: 5, m2: 2, m3: 1 }],
    ["combined", { m1: 3, lambda: 2 }],
    ["combined", { m1: 6.5, m2: 1, lambda: 8 }],
    ["sphereface-r1"],
    ["sphereface-r1", { m: 4 }],
    ["sphereface-r1", { m: 1 }],
    ["sphereface-r1", { lambda: 1 }],
    ["sphereface-r2"],
    ["arcface-clip"],
    ["arcface-plain"],
    ["arcface-plain", { lambda: 0.5 }],
    ["arcface-shift"],
    ["arcface-shift", { m: 2.8 }],
    ["arcface-reflect"],
    ["arcface-reflect", { m: 1.3, lambda: 0.5 }],
  ];

  test.each(functions)("%s with %j", (name, parameters) => {
    const f = make(name, parameters);
    const { stretches, stationary } = monotonicity(f);
    const points = 500;
    let reached = 0;
    let total = 0;
    for (const { from, to, direction, change } of stretches) {
      expect(from).toBe(reached);
      reached = to;
      total += change;
      if (from === to) {
        expect([direction, change > 0]).toEqual([change > 0 ? "jump-up" : "jump-down", change > 0]);
        expect(f.value(to + 1e-9) - f.value(from - 1e-9)).toBeCloseTo(change, 7);
        continue;
      }
      // At turning points neighbouring values agree to their last bits.
      const noise = 8 * ulp(Math.max(1, Math.abs(f.value(from)), Math.abs(f.value(to))));
      const inside = Array.from({ length: points }, (_, i) => from + ((to - from) * (i + 0.5)) / points).filter(
        (t) => t > from && t < to,
      );
      const values = inside.map((t) => f.value(t));
      const steps = values.slice(1).map((value, i) => value - values[i]!);
      const sign = { falling: -1, rising: 1, flat: 0 }[direction as "falling" | "rising" | "flat"];
      for (const step of steps) {
        if (sign === 0) expect(step).toBe(0);
        else expect(sign * step).toBeGreaterThanOrEqual(-noise);
      }
      if (inside.length === points)
        expect(Math.abs(values.at(-1)! - values[0]! - change)).toBeLessThan(0.01 + 0.01 * Math.abs(change));
      expect(Math.sign(Math.abs(change) < noise ? 0 : change) + 0).toBe(Math.abs(change) < noise ? 0 : sign);
    }
    expect(reached).toBe(pi);
    expect(total).toBeCloseTo(f.value(pi) - f.value(0), 12);
    const directions = stretches.map(({ direction }) => direction);
    expect(directions.some((direction, i) => direction === directions[i + 1])).toBe(false);
    expect(stationary).toEqual([...new Set(stationary)].sort((a, b) => a - b));
    for (const theta of stationary) {
      // One side at least, for a stationary angle can be where one formula ends.
      const slopes = [theta - 1e-9, theta, theta + 1e-9]
        .filter((t) => t >= 0 && t <= pi)
        .map((t) => Math.abs(f.slope(t)));
      expect(Math.min(...slopes)).toBeLessThan(1e-6);
    }
  });

  test("every place where the values turn is the end of a stretch", () => {
    for (const [name, parameters] of functions) {
      const f = make(name, parameters);
      const ends = monotonicity(f).stretches.map(({ to }) => to);
      const step = pi / 2000;
      for (let i = 1; i < 2000; i++) {
        const [before, here, after] = [-1, 0, 1].map((d) => f.value((i + d) * step));
        const turn = (here! - before!) * (after! - here!);
        if (turn < -1e-20)
          expect(
            ends.some((t) => Math.abs(t - i * step) < 1.001 * step),
            `${f.spec} at ${i * step}`,
          ).toBe(true);
      }
    }
  });
});

test("a short rising stretch under lambda, where the slope barely passes 0", () => {
  const f = make("naive", { m: 8.894387245178223, lambda: 17.874330460146282 });
  const rising = monotonicity(f).stretches.filter(({ direction }) => direction === "rising");
  expect(rising.map(({ from, to }) => [from.toFixed(6), to.toFixed(6)])).toEqual([
    ["0.497600", "0.517277"],
    ["2.629453", "2.715471"],
  ]);
});

// biome-ignore format: a table
test.each<[string, Record<string, number>, number, [from: string, to: string][]]>([
  ["naive",    { m: 10.196817637838803, lambda: 54.312545752300224 },                           3, [["2.979267", "2.980788"]]],
  ["combined", { m1: 7.078185608400118, m2: 0.3040215243840838, m3: 0, lambda: 10.572161865687074 }, 6, [["0.518677", "0.674779"], ["2.412962", "2.428393"], ["3.077479", "3.141593"]]],
  ["combined", { m1: 5.7929146505253915, m2: 2.459192072571605, m3: 0, lambda: 5.814194206993186 },  7, [["0.142487", "0.562597"], ["1.461972", "1.479222"], ["2.413345", "2.763937"]]],
])("%s %o: %d stretches, the short ones that rise too", (name, parameters, count, expected) => {
  const f = make(name, parameters);
  const { stretches } = monotonicity(f);
  const rising = stretches.filter(({ direction }) => direction === "rising");
  expect(rising.map(({ from, to }) => [from.toFixed(6), to.toFixed(6)])).toEqual(expected);
  expect(stretches.length).toBe(count);
  for (const { from, to } of rising) expect(f.value(to)).toBeGreaterThan(f.value(from));
});

test.each([
  [0.7393779532640532, "rising"],
  [1.2927020999103327, "falling"],
])("where the slope is 0 at both ends but for rounding there is one stretch: lambda = %d", (lambda, direction) => {
  const { stretches, stationary } = monotonicity(make("arcface", { m: pi, lambda }));
  expect(stretches.map((stretch) => [stretch.direction, stretch.from, stretch.to])).toEqual([[direction, 0, pi]]);
  expect(stationary).toEqual([0, pi]);
});

describe("large and extreme parameters", () => {
  test("m = 1000: naive has 1000 stretches, each a half turn", () => {
    const { stretches, stationary } = monotonicity(make("naive", { m: 1000 }));
    expect([stretches.length, stationary.length]).toEqual([1000, 1001]);
    for (const [i, { to }] of stretches.entries()) {
      expect(ulpsApart(to, PI.times(i + 1).div(1000))).toBeLessThanOrEqual(i < 999 ? 0.5 : 1);
    }
  });
  test("an m so small that pi/m overflows ends", () => {
    expect(monotonicity(make("naive", { m: 1e-300 })).stationary).toEqual([0]);
  });
});

test("bisect finds a sign change to the last bit", () => {
  expect(
    ulpsApart(
      bisect((t) => t * t - 2, 1, 2),
      exact(2).sqrt(),
    ),
  ).toBeLessThanOrEqual(1);
  expect(
    ulpsApart(
      bisect((t) => 2 - t * t, 1, 2),
      exact(2).sqrt(),
    ),
  ).toBeLessThanOrEqual(1);
});
