import { describe, expect, test } from "vitest";
import { asoftmax, words } from "../run.ts";
import { expectWidth, shown } from "../table.ts";

const IDS = [
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

interface Claim {
  id: string;
  claim: string;
  expected: boolean;
  holds: boolean;
  evidence: string;
}

async function run(m: string): Promise<Map<string, Claim>> {
  const { status, stdout } = await asoftmax(words(`claims --m ${m} --format json`));
  expect(status).toBe(0);
  return new Map(JSON.parse(stdout).map((claim: Claim) => [claim.id, claim]));
}

const ran = new Map(["4", "1.5", "1"].map((m) => [m, run(m)]));
const claims = (m: string) => ran.get(m)!;

test("columns", async () => {
  const [first] = (await claims("4")).values();
  expect(Object.keys(first!).join()).toBe("id,claim,expected,holds,evidence");
});

describe("every claim comes out as expected", () => {
  // The second column: what cannot hold for that m, since it has no knot inside (0, pi), beside the slip.
  test.concurrent.each<[string, string[]]>([
    ["4", []],
    ["1.5", []],
    ["1", ["naive-wrong-beyond", "constraint-needed", "knot-holds", "lambda-frees"]],
  ])("m = %s", async (m, unlikely) => {
    const found = await claims(m);
    expect([...found.keys()]).toEqual(IDS);
    for (const { id, expected, holds, evidence } of found.values()) {
      expect([id, holds]).toEqual([id, expected]);
      expect([id, expected]).toEqual([id, id !== "optimum-beyond" && !unlikely.includes(id)]);
      expect(evidence).toMatch(/\d|no knot/);
    }
  });
});

test("the evidence has the numbers", async () => {
  const found = await claims("4");
  const evidence = (id: string) => found.get(id)!.evidence;
  const pairs = (id: string) => Number(/ of (\d+) pairs/.exec(evidence(id))![1]);
  expect(pairs("psi-is-angular")).toBeGreaterThanOrEqual(100_000);
  expect(evidence("psi-is-angular")).toMatch(/^0 of /);
  expect(evidence("share-angular")).toContain("stated 0.125");
  expect(evidence("share-naive")).toContain("integral 0.5,");
  expect(evidence("psi-decreasing")).toContain("change -8");
  expect(evidence("optimum-beyond")).toContain("psi is at most -1 there, cos(theta_j) at least -1");
  expect(evidence("optimum-first")).toMatch(/^(\d+) of \1 lie there \(pairs that meet the psi condition\)$/);
});

test("real m has a share of its own: 0.4167 at 1.5", async () => {
  const { evidence } = (await claims("1.5")).get("share-naive")!;
  expect(Number(/integral ([\d.]+) since m is no integer,/.exec(evidence)![1])).toBeCloseTo(5 / 12, 12);
});

test.concurrent.each(["4", "1.5", "1"])("m = %s: the table has at most 25 lines of 80 columns", async (m) => {
  const text = await shown(`claims --m ${m}`);
  expect(text).toMatch(/^claim +holds +evidence\n/);
  expect(text).toMatch(/\n\nAll 13 claims came out as expected\.\n$/);
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
  expectWidth(text, 80);
});

test("of what was stated elsewhere it says where, and that it is false", async () => {
  expect((await claims("4")).get("optimum-beyond")!.claim).toBe(
    "the optimal theta_y lies in [pi/m, pi] (stated in a public note on the loss; false)",
  );
});
