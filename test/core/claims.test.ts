import { describe, expect, test } from "vitest";
import { type Claim, claims } from "../../src/core/claims.ts";
import { messageText } from "../../src/core/message.ts";

const text = ({ evidence }: Claim) => messageText(evidence);

const done = new Map<number, Claim[]>();
/** claims(m), computed once for each m. */
function once(m: number): Claim[] {
  const found = done.get(m) ?? claims(m);
  done.set(m, found);
  return found;
}
const find = (m: number, id: string) => once(m).find((claim) => claim.id === id)!;

// Their order is the order of the output.
const ids = [
  "naive-right-below",
  "naive-wrong-beyond",
  "constraint-needed",
  "psi-continuous",
  "psi-decreasing",
  "psi-is-angular",
  "no-false-minimum",
  "share-angular",
  "share-naive",
  "optimum-beyond",
  "optimum-first",
  "knot-holds",
  "lambda-frees",
];

describe("every claim comes out as expected", () => {
  test.each([1, 1.02, 1.5, 2, 2.5, 3, 4, 7, 16, 1000])("m = %d", (m) => {
    const found = once(m);
    expect(found.map(({ id }) => id)).toEqual(ids);
    for (const claim of found) expect(claim.holds, `${claim.id}: ${text(claim)}`).toBe(claim.expected);
  });
  test("m = 2^20", { timeout: 60_000 }, () => {
    for (const claim of claims(2 ** 20)) expect(claim.holds, `${claim.id}: ${text(claim)}`).toBe(claim.expected);
  });
});

describe("what is expected", () => {
  const expected = (m: number) => once(m).flatMap(({ id, expected }) => (expected ? [] : id));

  test("the note's slip never holds; at m = 1 there is no knot and naive is right", () => {
    expect(expected(4)).toEqual(["optimum-beyond"]);
    expect(expected(1)).toEqual([
      "naive-wrong-beyond",
      "constraint-needed",
      "optimum-beyond",
      "knot-holds",
      "lambda-frees",
    ]);
  });
});

describe("the evidence is a figure of its own", () => {
  // prettier-ignore
  test.each([
    [4, "naive-right-below", /^0 of \d{5,} pairs differ$/],
    [4, "naive-wrong-beyond", /^2 intervals at theta_j = 1.5707963267948966; /],
    [1.5, "naive-wrong-beyond", /^1 interval at theta_j = 3.141592653589793; /],
    [4, "psi-continuous", /^the largest step is 0 at 3 knots$/],
    [4, "psi-decreasing", /^1 stretch, change -8; 0 rises over \d{6} sorted angles$/],
    [4, "psi-is-angular", /^0 of 1\d{5} pairs differ \(comparing rounded cosines would misjudge [1-9]\d+\)$/],
    [4, "share-angular", /^counted 0.125 and 0.125, stated 0.125, on 100000 pairs$/],
    [1.5, "share-naive", /^counted 0.41\d+, integral 0.41666666666666\d+ since m is no integer, on 100000 pairs$/],
    [
      4,
      "optimum-beyond",
      /^psi holds for 0 of [1-9]\d{4,} pairs there: psi is at most -1 there, cos\(theta_j\) at least -1$/,
    ],
  ])("m = %d, %s", (m, id, evidence) => expect(text(find(m, id))).toMatch(evidence));

  test("every figure, to 6 digits", async () => {
    const six = (x: string) => String(Number(Number(x).toPrecision(6)));
    const lines = [1, 1.5, 4].flatMap((m) =>
      once(m).map((one) => {
        const figures = text(one).replace(/\d+\.\d+(e-\d+)?/g, six);
        return `m = ${m}, ${one.id}: ${one.holds ? "holds" : "does not hold"}: ${figures}\n  ${one.claim}`;
      }),
    );
    await expect(lines.join("\n")).toMatchFileSnapshot("../fixtures/claims.txt");
  });

  test("its beginning is the summary, which is short", () => {
    for (const { evidence, summary } of once(4)) {
      expect(evidence.slice(0, summary.length)).toEqual(summary);
      expect(messageText(summary).length).toBeLessThanOrEqual(42);
    }
  });

  test("the claims rest on at least 100,000 pairs", () => {
    const { evidence } = find(4, "psi-is-angular");
    expect(evidence.filter((part) => typeof part === "number")[1]).toBeGreaterThanOrEqual(100_000);
  });
  test("the same figures on every run", () => expect(claims(2.5)).toEqual(once(2.5)));
});

test.each([
  [0.5, "m is 0.5: it must lie from 1 to 2^20"],
  [Number.NaN, "m is NaN: it must lie from 1 to 2^20"],
])("m = %d throws", (m, message) => {
  expect(() => claims(m)).toThrow(expect.objectContaining({ name: "ParameterError", message }));
});
