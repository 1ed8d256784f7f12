import { describe, expect, test } from "vitest";
import { nameAt } from "../../../src/cli/explore/scene.ts";
import { functionsOf, type State } from "../../../src/cli/explore/state.ts";
import { target } from "../../../src/core/targets.ts";
import { timesPi } from "../../../src/core/units.ts";
import { after, start } from "./start.ts";

const { PI } = Math;

// biome-ignore format: a table
test.each<[given: Partial<State>, keys: string, note: string | undefined]>([
  [{ theta: 0 },      "left",        "theta ends at 0"],
  [{ theta: PI },     "shift+right", "theta ends at pi"],
  [{ theta: PI },     "pageup",      "theta ends at pi"],
  [{ m: 1 },          "m",           "m ends at 1"],
  [{ m: 64 },         "M",           "m ends at 64"],
  [{},                "l",           "lambda ends at 0"],
  [{ lambda: 1000 },  "L",           "lambda ends at 1000"],
  [{ competing: 0 },     "j",           "theta_j ends at 0"],
  [{ competing: PI },    "J",           "theta_j ends at pi"],
  [{ m: 1, theta: PI }, "n",         "there is no other knot"],
  [{ m: 1 },          "v",           "there is no other violation"],
  [{ m: 1 },          "m M",         undefined],
  [{ m: 1 },          "m d",         undefined],
  [{},                "right",       undefined],
])("from %o by %s: %s", (given, keys, note) => {
  expect(after(keys.split(" "), given).note).toBe(note);
});

describe("keys change what they should and nothing else", () => {
  // biome-ignore format: a table
  const cases: [given: Partial<State>, keys: string, expected: Partial<State>][] = [
    [{ theta: PI / 4 },             "right",                { theta: timesPi(91, 360) }],
    [{ theta: PI / 4 },             "left",                 { theta: timesPi(89, 360) }],
    [{ theta: 1.2 },                "right",                { theta: timesPi(138, 360) }],
    [{ theta: 1.2 },                "left",                 { theta: timesPi(137, 360) }],
    [{ theta: 0 },                  "left",                 { theta: 0 }],
    [{ theta: PI },                 "right",                { theta: PI }],
    [{ theta: PI },                 "left right",           { theta: PI }],
    [{ theta: PI / 4 },             "shift+right",          { theta: timesPi(7, 24) }],
    [{ theta: PI / 4 },             "pageup pageup",        { theta: timesPi(8, 24) }],
    [{ theta: 1.2 },                "shift+left",           { theta: timesPi(9, 24) }],
    [{ theta: 0.01 },               "pagedown pagedown",    { theta: 0 }],
    [{ competing: 1.5 },               "j",                    { competing: timesPi(11, 24) }],
    [{ competing: 1.5 },               "J",                    { competing: PI / 2 }],
    [{ m: 4 },                      "m",                    { m: 3 }],
    [{ m: 1.5 },                    "m m",                  { m: 1 }],
    [{ m: 63.5 },                   "M M",                  { m: 64 }],
    [{ lambda: 0 },                 "l",                    { lambda: 0 }],
    [{ lambda: 0 },                 "L L",                  { lambda: 0.2 }],
    [{ lambda: 3 },                 "L",                    { lambda: 5 }],
    [{ lambda: 3 },                 "l",                    { lambda: 2 }],
    [{ lambda: 1000 },              "L",                    { lambda: 1000 }],
    [{ lambda: 2500 },              "L",                    { lambda: 2500 }],
    [{ lambda: 2500 },              "l",                    { lambda: 1000 }],
    [{ theta: 0 },                  "n",                    { theta: PI / 4 }],
    [{ theta: 0 },                  "n n n n",              { theta: PI }],
    [{ theta: 0 },                  "n n n n n",            { theta: PI / 4 }],
    [{ theta: 3, m: 1 },            "n n",                  { theta: PI }],
    [{ theta: 2.8, m: 2.5 },        "n",                    { theta: timesPi(1, 2.5) }],
    [{ theta: 0 },                  "v",                    { theta: PI / 2 }],
    [{ theta: PI / 2 },             "v",                    { theta: PI - 1.5 / 8 }],
    [{ theta: 1.2, competing: 0 },     "v",                    { theta: 1.2 }],
    [{ theta: 1.2, m: 1 },          "v",                    { theta: 1.2 }],
    [{},                            "d",                    { degrees: true }],
    [{},                            "d d ?",                { help: true }],
    [{},                            "? x up 0 4", { help: true }],
  ];
  test.each(cases)("from %o by %s", (given, keys, expected) => {
    const end = after(keys.split(" "), given);
    for (const name of ["theta", "competing"] as const)
      expect(end[name], name).toBeCloseTo(expected[name] ?? start(given)[name], 12);
    const { names, theta, competing, ...rest } = { ...start(given), ...expected };
    expect(end).toMatchObject(rest);
  });

  test("every knot in turn, for many m", () => {
    for (const m of [1, 2, 3, 4, 5.5, 7, 12, 49, 64]) {
      const knots = Array.from({ length: Math.floor(m) }, (_, k) => timesPi(k + 1, m));
      const seen = knots.map((_, i) => after(Array(i + 1).fill("n"), { m, theta: 0 }).theta);
      expect(seen).toEqual(knots);
    }
  });
});

const shown = (state: State) => functionsOf(state).flatMap(({ target, on }) => (on ? [target.spec] : []));

test("digits turn functions on and off", () => {
  expect(shown(after(["3"]))).toEqual(["asoftmax:m=4", "naive:m=4", "softmax"]);
  expect(shown(after(["1", "2"]))).toEqual([]);
  expect(shown(after(["1", "1"]))).toEqual(["asoftmax:m=4", "naive:m=4"]);
});

test("functions with the margin of the screen follow it, others stay, also when they meet", () => {
  const functions = [target("asoftmax", { m: 3 })!, target("asoftmax")!, target("naive")!, target("arcface")!];
  const names = functions.map(({ spec }) => nameAt({ m: 4, lambda: 0 }, spec));
  expect(shown(after(["m", "m", "L"], { names, functions: names }))).toEqual([
    "asoftmax:m=3",
    "asoftmax:m=2:lambda=0.1",
    "naive:m=2",
    "arcface:m=0.5",
  ]);
  expect(shown(after(["m", "M"], { names, functions: names }))).toEqual(functions.map(({ spec }) => spec));
});
