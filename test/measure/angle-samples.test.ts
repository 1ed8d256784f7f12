import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sampleLoss } from "../../src/core/loss.ts";
import { conditions } from "../../src/core/margin.ts";
import { targetFromSpec } from "../../src/core/notation.ts";
import { segment } from "../../src/core/psi.ts";
import { isAboveCosine } from "../../src/core/targets.ts";
import { doubles, Region, rowKernel } from "../../src/kernels/rows.ts";
import { angleMeter } from "../../src/measure/angle-samples.ts";
import { asoftmax } from "../cli/run.ts";
import { Big, cosOf, exact, nextDown, nextUp } from "../oracle.ts";
import { random } from "../random.js";

const folder = mkdtempSync(join(tmpdir(), "asoftmax-angles-"));
afterAll(() => rmSync(folder, { recursive: true }));

const next = random(2121);
const region = new Region();
const out = new Region();

/** Puts angles where the kernel reads them. */
function put(angles: readonly number[]): number {
  const address = region.reserve(8 * angles.length);
  out.reserve(8 * angles.length + 16);
  doubles.set(angles, address / 8);
  return address;
}

/** Angles of every kind: 0, pi, knots and doubles beside them, tiny ones, crowded and spread ones. */
function angle(): number {
  const kind = Math.floor(next() * 8);
  if (kind === 0) return [0, Number.MIN_VALUE, 1e-300, 1e-9, Math.PI, nextDown(Math.PI)][Math.floor(next() * 6)]!;
  const knot = (Math.floor(next() * 5) * Math.PI) / 4;
  if (kind === 1)
    return Math.min(Math.PI, next() < 0.5 ? knot : next() < 0.5 ? nextUp(knot) : Math.abs(nextDown(knot)));
  return kind < 4 ? 1.4 + 0.3 * next() : next() * Math.PI;
}

describe("the kernel", () => {
  test.each([1, 1.7])("gaps of cosines of theta / %d are good to 1e-15, all that are within the limit", (divisor) => {
    let worst = 0;
    for (let i = 0; i < 300; i++) {
      const angles = Array.from({ length: 1 + Math.floor(next() * 9) }, angle);
      const least = Math.min(...angles);
      const limit = next() < 0.5 ? Math.PI : next() * Math.PI;
      const withOwn = angles.toSpliced(Math.floor(next() * angles.length), 0, Number.NaN);
      const address = put(withOwn);
      const kept = rowKernel.cosineGaps(address, withOwn.length, least, 1 / divisor, limit, out.address);
      const within = angles.filter((theta) => theta <= limit);
      expect(kept).toBe(within.length + (within.length & 1));
      if (kept > within.length) expect(doubles[out.address / 8 + within.length]).toBe(Number.NEGATIVE_INFINITY);
      for (const [j, theta] of within.entries()) {
        const at = (x: number) => cosOf(exact(x).div(new Big(divisor)));
        const truth = at(theta).minus(at(least));
        const found = exact(doubles[out.address / 8 + j]!);
        // Beside pi the angle itself has no more digits, and products of tiny angles underflow.
        const error = found.minus(truth).abs().minus(1e-300);
        worst = Math.max(worst, error.div(truth.abs().plus(2 ** -53 * Math.sin(least / divisor))).toNumber() || 0);
      }
    }
    expect(worst).toBeLessThan(1.5e-15);
  });

  test("sums of powers are good to 1e-14", () => {
    for (let i = 0; i < 300; i++) {
      const gaps = [0, ...Array.from({ length: 2 * Math.floor(next() * 9) + 1 }, () => -2 * next() ** 3)];
      const scale = [0, 1, 30, 64, 1e4][i % 5]!;
      const found = rowKernel.sumOfPowers(put(gaps), gaps.length, scale);
      const truth = gaps.reduce((sum, gap) => sum.plus(exact(gap).times(scale).exp()), new Big(0));
      expect(exact(found).minus(truth).abs().div(truth).toNumber()).toBeLessThan(1e-14);
    }
    expect(rowKernel.sumOfPowers(put([0, Number.NEGATIVE_INFINITY]), 2, 30)).toBe(1);
  });

  test("the least angle is the first of equals; angles within the doubt of a bound are not counted", () => {
    expect(rowKernel.leastAngle(put([Number.NaN, 2, 1, 3, 1]), 5)).toBe(2);
    expect(rowKernel.leastAngle(put([Number.NaN]), 1)).toBe(-1);
    const angles = [0, 1, Number.NaN, 2, 3];
    for (let count = 0; count <= angles.length; count++)
      expect(rowKernel.countAbove(put(angles), count, 1.5, 0.1)).toBe(
        angles.slice(0, count).filter((x) => x > 1.5).length,
      );
    for (const bound of [0, 1.05, 0.9, 3.1]) expect(rowKernel.countAbove(put(angles), 5, bound, 0.1)).toBe(-1);
  });
});

describe("a sample", () => {
  const margins = [1, 1.5, 4, 7.3];
  const functions = [
    "asoftmax:m=4",
    "naive:m=4",
    "softmax",
    "arcface:m=0.5",
    "sphereface-r2:m=1.7",
    "sphereface-r2:m=3",
  ];
  // biome-ignore format: aligned by eye
  test.each([
    [2,   [1, 30, 64, 1e4]],
    [3,   [64]],
    [10,  [30]],
    [101, [64, 1e4]],
    [101, [1]],
  ])("of %d classes has the conditions of conditions() and the losses of sampleLoss, scales %j", (classes, scales) => {
      const meter = angleMeter({ margins, functions, scales, counted: functions }, classes);
      const { form } = meter;
      const records = new Float64Array(form.width);
      let worst = 0;
      for (let i = 0; i < 200; i++) {
        const angles = Array.from({ length: classes }, angle);
        const label = Math.floor(next() * classes);
        const thetaY = angles[label]!;
        const others = angles.toSpliced(label, 1);
        // Now and then an angle at which the naive condition just changes.
        if (i % 3 === 0 && 4 * thetaY <= Math.PI)
          others[0] = [nextDown, nextUp, (x: number) => x][(i % 9) / 3]!(4 * thetaY);
        const all = others.toSpliced(label, 0, thetaY).map((x) => Math.min(Math.PI, Math.abs(x)));
        const competing = all.toSpliced(label, 1);
        meter.measure(put(all), label, i, records, 0);
        const least = Math.min(...competing);
        const nearest = all.findIndex((x, j) => j !== label && x === least);
        expect(form.sample(records, 0)).toEqual({ place: i, label, nearest, thetaY, minThetaJ: least, norm: Number.NaN });
        for (const [k, m] of margins.entries()) {
          const { naive, angular, psi } = conditions(m, thetaY, least);
          const naivePairs = competing.filter((theta) => conditions(m, thetaY, theta).naive).length;
          const start = form.placeOf(k, "naive");
          const expected = [+naive, +angular, +psi, segment(m, thetaY), naivePairs];
          expect([...records.subarray(start, start + expected.length)]).toEqual(expected);
        }
        for (const [f, spec] of functions.entries()) {
          const target = targetFromSpec(spec);
          expect(records[form.holdsAt + f]).toBe(+isAboveCosine(target, thetaY, least));
          for (const [s, scale] of scales.entries()) {
            const { loss } = sampleLoss(target, scale, thetaY, competing);
            const found = records[form.lossesAt + f * scales.length + s]!;
            // Losses below that are subnormal.
            worst = Math.max(worst, Math.abs(found - loss) / Math.max(loss, 1e-290));
          }
        }
      }
      expect(worst).toBeLessThan(1e-13);
    },
  );
});

describe("a table that is long enough for threads", () => {
  const classes = 9;
  const rows = Array.from({ length: 40_000 }, () => {
    const angles = Array.from({ length: classes }, () => next() * Math.PI);
    return `${Math.floor(next() * classes)},${angles.join()}\n`;
  });
  const header = `label,${Array.from({ length: classes }, (_, j) => `theta_${j}`).join()}\n`;
  const shuffled = rows.map((row) => ({ row, at: next() })).sort((a, b) => a.at - b.at);
  writeFileSync(join(folder, "rows.csv"), header + rows.join(""));
  writeFileSync(join(folder, "shuffled.csv"), header + shuffled.map(({ row }) => row).join(""));
  // Bad rows of which the last lies in a part that threads read.
  const bad = rows
    .with(5, "0,1\n")
    .with(39_990, "0,nan,1,1,1,1,1,1,1,1\n")
    .with(39_980, `0,${Array(9).fill(3.1415927410125732)}\n`);
  writeFileSync(join(folder, "bad.csv"), header + bad.join(""));
  const report = (...args: string[]) => asoftmax(["measure", "--format", "json", ...args], { cwd: folder });

  test("the report and the rows of --per-sample do not depend on how many there are", async () => {
    const runs = await Promise.all(
      ["1", "2", "3"].map((threads) =>
        report("--input", "rows.csv", "--scale", "1,30", "--threads", threads, "--per-sample", `${threads}.csv`),
      ),
    );
    expect(runs[0]).toMatchObject({ status: 0, stderr: "" });
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
    const samples = ["1", "2", "3"].map((threads) => readFileSync(join(folder, `${threads}.csv`), "utf8"));
    expect(samples[0]!.split("\n").length).toBe(rows.length + 2);
    expect(samples[1]).toBe(samples[0]);
    expect(samples[2]).toBe(samples[0]);
  });

  test("nor does the report depend on the order of the rows", async () => {
    const [one, other] = await Promise.all(
      ["rows.csv", "shuffled.csv"].map((file) => report("--input", file, "--threads", "2")),
    );
    expect(other!.stdout).toBe(one!.stdout);
  });

  test.each(["1", "2"])("bad rows are counted, or stop the program, on %s threads", async (threads) => {
    const args = ["--input", "bad.csv", "--threads", threads];
    const skipped = await report(...args, "--bad-rows", "skip");
    expect(JSON.parse(skipped.stdout)).toMatchObject({ samples: rows.length - 2, skipped_rows: 2 });
    expect(skipped.stderr).toBe(
      "asoftmax: bad.csv: 2 bad rows left out: line 7, 39992\nasoftmax: bad.csv: 1 row has an angle above pi by at most 1e-6, which counts as pi\n",
    );
    expect(await report(...args)).toMatchObject({ status: 2, stdout: "" });
  });
});
