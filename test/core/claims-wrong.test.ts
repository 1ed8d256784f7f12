import { afterEach, expect, test, vi } from "vitest";
import { claims } from "../../src/core/claims.ts";
import type { Conditions } from "../../src/core/margin.ts";
import { targetFromSpec } from "../../src/core/notation.ts";
import type { Target } from "../../src/core/targets.ts";

/** What stands in place of the right mathematics, if anything. */
const wrong = vi.hoisted(() => ({
  psi: undefined as Target | undefined,
  conditions: undefined as ((right: Conditions, y: number, j: number) => Partial<Conditions>) | undefined,
}));
vi.mock("../../src/core/target-functions.ts", async (original) => {
  const right = await original<typeof import("../../src/core/target-functions.ts")>();
  return { ...right, asoftmax: (given: { m: number }) => wrong.psi ?? right.asoftmax(given) };
});
vi.mock("../../src/core/margin.ts", async (original) => {
  const right = await original<typeof import("../../src/core/margin.ts")>();
  const conditions = (m: number, y: number, j: number) => {
    const found = right.conditions(m, y, j);
    return { ...found, ...wrong.conditions?.(found, y, j) };
  };
  return { ...right, conditions };
});

afterEach(() => {
  wrong.psi = undefined;
  wrong.conditions = undefined;
});

const outcomes = () => new Map(claims(4).map(({ id, holds }) => [id, holds]));
const right = outcomes();
/** The claims at m = 4 that come out otherwise than with the right mathematics. */
const changed = () => [...outcomes()].flatMap(([id, holds]) => (holds === right.get(id) ? [] : id));

// A function in place of psi, and the claims that notice.
// biome-ignore format: a table
test.each([
  ["sphereface-r1:m=4", ["psi-decreasing", "no-false-minimum", "knot-holds", "lambda-frees"]],
  ["arcface-plain:m=1", ["psi-continuous", "psi-decreasing", "no-false-minimum", "knot-holds", "lambda-frees"]],
  ["arcface-hard:m=1", ["psi-continuous", "psi-decreasing", "no-false-minimum", "knot-holds", "lambda-frees"]],
])("%s in place of psi", (spec, ids) => {
  wrong.psi = targetFromSpec(spec);
  expect(changed()).toEqual(ids);
});

// Wrong conditions, and the claims that notice.
// biome-ignore format: a table
test.each<[what: string, conditions: NonNullable<typeof wrong.conditions>, ids: string[]]>([
  ["psi is naive", ({ naive }) => ({ psi: naive }), ["psi-is-angular", "share-angular", "optimum-beyond", "optimum-first"]],
  ["psi never holds", () => ({ psi: false }), ["psi-is-angular", "share-angular"]],
  ["naive is angular", ({ angular }) => ({ naive: angular }), ["naive-wrong-beyond", "share-naive"]],
  ["naive never holds", () => ({ naive: false }), ["naive-right-below", "naive-wrong-beyond", "share-naive"]],
  ["angular is naive", ({ naive }) => ({ angular: naive }), ["naive-wrong-beyond", "psi-is-angular", "share-angular"]],
  ["all hold where theta_y < theta_j", (_, y, j) => ({ naive: y < j, angular: y < j, psi: y < j }), ["naive-wrong-beyond", "share-angular", "optimum-beyond", "optimum-first"]],
])("%s", (_, conditions, ids) => {
  wrong.conditions = conditions;
  expect(changed()).toEqual(ids);
});
