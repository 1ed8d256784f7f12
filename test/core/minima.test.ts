import { expect, test } from "vitest";
import { isWanted, minima, wantedMargin } from "../../src/core/minima.ts";
import { pieceEnd, target } from "../../src/core/targets.ts";
import { nextDown } from "../oracle.ts";

const listed = (name: string, parameters = {}, thetaJ = 1.5) =>
  minima(target(name, parameters)!, thetaJ).map(({ theta, kind, holds }) => [theta, kind, holds.join("+")]);

const [pi, best] = [Math.PI, [0, "minimum", "above"]];

// biome-ignore format: a table
test.each([
  ["softmax",       {},               [best]],
  ["cosface",       {},               [best]],
  ["sphereface-r2", {},               [best]],
  ["arcface",       {},               [best, [pi, "false minimum", "below"]]],
  ["arcface-easy",  {},               [best]], // its jump is upwards: descent from above crosses it
  ["arcface-hard",  {},               [best]], // its jump is downwards
  ["arcface-hard",  { m: 3 },         [best]], // and here upwards
  ["arcface-clip",  {},               [best, [pi - 0.5, "flat", "below+above"]]],
  ["arcface-plain", {},               [best]],
  ["arcface-shift", {},               [best]], // a kink at pi - m
  ["arcface-reflect", {},             [best, [pi - 0.5, "half-stable", "above"]]],
  ["combined",      {},               [best, [pi, "false minimum", "below"]]],
  ["arcface",       { m: pi, lambda: 0.5 }, [[pi, "false minimum", "below"]]], // rises from 0 on
  ["sphereface-r1", { m: 2 },         [best, [pi / 2, "flat", "below+above"]]],
  ["naive",         {},               [best, [pi / 2, "false minimum", "below+above"], [pi, "false minimum", "below"]]],
  ["naive",         { m: 3 },         [best, [2.0943951023931957, "false minimum", "below+above"]]],
  ["naive",         { m: 1 },         [best]],
  ["asoftmax",      { m: 1 },         [best]],
  ["asoftmax",      { m: 1.5 },       [best, [2.0943951023931957, "half-stable", "above"]]],
  ["asoftmax",      {},               [best, ...[1, 2, 3].map((k) => [(k * pi) / 4, "half-stable", "above"])]],
  ["asoftmax",      { lambda: 5 },    [best]],
  ["asoftmax",      { lambda: 1e-9 }, [best]],
] as const)("%s %o", (name, parameters, expected) => {
  expect(listed(name, parameters)).toEqual(expected);
});

test("0 is no false minimum, though no angle is below a theta_j of 0", () => {
  expect(listed("naive", { m: 3 }, 0)).toEqual([best, [2.0943951023931957, "false minimum", "below+above"]]);
});

test("lambda moves a false minimum of naive, and enough of it removes it", () => {
  const [, moved] = minima(target("naive", { m: 3, lambda: 1 })!, 1.5);
  expect(moved!.theta).toBeLessThan((2 * Math.PI) / 3);
  expect(target("naive", { m: 3, lambda: 1 })!.slope(moved!.theta)).toBeCloseTo(0, 14);
  expect(listed("naive", { m: 3, lambda: 20 })).toEqual([best]);
});

test("asoftmax lists the knots inside (0, pi), as many as there are", () => {
  const fine = target("asoftmax", { m: 1000.5 })!;
  const knots = Array.from({ length: 1000 }, (_, k) => pieceEnd(fine.pieces, k));
  expect(minima(fine, 1).map(({ theta }) => theta)).toEqual([0, ...knots]);
});

// biome-ignore format: a table
test.each([
  ["asoftmax",      { m: 4 },    4],
  ["naive",         { m: 4 },    4],
  ["naive",         { m: 0.5 },  1],
  ["combined",      { m1: 2 },   2],
  ["sphereface-r1", { m: 1.7 },  1.7],
  ["sphereface-r2", { m: 1.7 },  1.7],
  ["arcface",       { m: 0.5 },  1],
  ["cosface",       { m: 0.35 }, 1],
  ["softmax",       {},          1],
] as const)("%s %o wants theta_y < theta_j / m with m = %d", (name, parameters, m) => {
  expect(wantedMargin(target(name, parameters)!)).toBe(m);
});

test("the wanted region is decided exactly", () => {
  const soft = target("asoftmax")!;
  expect(isWanted(soft, 0.25, 1)).toBe(false);
  expect(isWanted(soft, nextDown(0.25), 1)).toBe(true);
});
