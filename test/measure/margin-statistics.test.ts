import { expect, test } from "vitest";
import { conditions } from "../../src/core/margin.ts";
import { segment } from "../../src/core/psi.ts";
import { isAboveCosine, target } from "../../src/core/targets.ts";
import { toDegrees } from "../../src/core/units.ts";
import { Mean } from "../../src/measure/exact-sum.ts";
import type { Samples } from "../../src/measure/samples.ts";
import { BINS, marginStatistics, wilson } from "../../src/measure/statistics.ts";
import { random } from "../random.js";

const CLASSES = 6;
const questions = { margins: [1, 4], functions: ["arcface:m=0.5"], scales: [1, 30], counted: ["cosface:m=0.35"] };
const next = random(20170426);

/** Samples with an angle to each class; the last class is never taken for another, the first is hard. */
const samples = Array.from({ length: 400 }, (_, i) => {
  const label = i % CLASSES;
  const thetas = Array.from({ length: CLASSES }, (_, j) =>
    j === label ? (label === CLASSES - 1 ? 0.01 : label === 0 ? 2 * next() : next()) : 0.4 + 2.7 * next(),
  );
  const others = thetas.map((theta, j) => (j === label ? Number.POSITIVE_INFINITY : theta));
  const minThetaJ = Math.min(...others);
  const sample = {
    place: i,
    label,
    nearest: others.indexOf(minThetaJ),
    thetaY: thetas[label]!,
    minThetaJ,
    norm: 1 + i,
  };
  return { sample, others: others.filter(Number.isFinite), losses: [3 * next(), 40 * next()] };
});

function counted(components = 0) {
  const statistics = marginStatistics({ questions, classes: CLASSES, components, norms: true });
  const { form } = statistics;
  const records = new Float64Array(form.width * (samples.length + 1));
  for (const [i, { sample, others, losses }] of samples.entries()) {
    const at = form.width * (i + 1);
    const pairs = (m: number) => others.filter((theta) => conditions(m, sample.thetaY, theta).naive).length;
    form.write(records, at, sample, (margin) => pairs(questions.margins[margin]!));
    for (const [k, loss] of losses.entries()) {
      records[at + form.lossesAt + k] = loss;
      records[at + form.roundedAt + 2 * k] = loss + 1e-3;
      records[at + form.roundedAt + 2 * k + 1] = 0.5;
    }
  }
  form.writeBad(records, 0, 7);
  statistics.add(records.subarray(0, 100 * form.width));
  statistics.add(records.subarray(100 * form.width));
  return statistics;
}

const className = (index: number) => `class ${index}`;
const about: Pick<Samples, "className" | "skipped" | "ofFeatures"> = {
  className,
  skipped: () => 1,
  ofFeatures: () => ({}),
};
const count = (test: (one: (typeof samples)[number]) => boolean) => samples.filter(test).length;
const isCorrect = ({ sample }: (typeof samples)[number]) => sample.thetaY < sample.minThetaJ;

/** The quantile of numbers between the two nearest of them. */
function quantile(numbers: readonly number[], p: number): number {
  const sorted = numbers.toSorted((x, y) => x - y);
  const place = p * (sorted.length - 1);
  const [lo, hi] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return lo + (place - Math.floor(place)) * (hi - lo);
}

const measures = {
  theta_y: ({ sample }) => sample.thetaY,
  min_theta_j: ({ sample }) => sample.minThetaJ,
  effective_margin: ({ sample }) => sample.minThetaJ / sample.thetaY,
  angle_gap: ({ sample }) => sample.minThetaJ - sample.thetaY,
  feature_norm: ({ sample }) => sample.norm,
} satisfies Record<string, (one: (typeof samples)[number]) => number>;

test("counts and shares are those of the definitions", () => {
  const figures = counted().figures(about, false, 10);
  const right = count(isCorrect);
  expect(figures).toMatchObject({
    samples: 400,
    classes: CLASSES,
    correct: right,
    accuracy: right / 400,
    skipped_rows: 1,
  });
  expect(figures.accuracy_interval).toEqual(wilson(right, 400));
  const holds = count(({ sample }) => isAboveCosine(target("cosface", { m: 0.35 })!, sample.thetaY, sample.minThetaJ));
  expect(figures.by_function).toEqual([
    { function: "cosface:m=0.35", holds, share: holds / 400, share_interval: wilson(holds, 400) },
  ]);
  expect([right < 400, holds < right, holds > 0]).toEqual([true, true, true]);
});

test.each([...questions.margins.entries()])("at margin %d, m = %d", (i, m) => {
  const of = ({ sample }: (typeof samples)[number]) => conditions(m, sample.thetaY, sample.minThetaJ);
  const pairs = (name: "naive" | "angular") =>
    samples.reduce(
      (sum, { sample, others }) => sum + others.filter((theta) => conditions(m, sample.thetaY, theta)[name]).length,
      0,
    );
  const segments = Array<number>(m === 1 ? 2 : 5).fill(0);
  for (const { sample } of samples) segments[segment(m, sample.thetaY)]!++;
  const [naive, angular, psi] = [count((s) => of(s).naive), count((s) => of(s).angular), count((s) => of(s).psi)];
  expect(counted().figures(about, false, 10).by_m[i]).toEqual({
    m,
    naive,
    angular,
    psi,
    false_pass: naive - angular,
    pairs: 400 * (CLASSES - 1),
    pair_naive: pairs("naive"),
    pair_angular: pairs("angular"),
    pair_false_pass: pairs("naive") - pairs("angular"),
    beyond_first_segment: count(({ sample }) => segment(m, sample.thetaY) > 0),
    segments: segments.slice(0, segment(m, Math.PI) + 1),
    naive_interval: wilson(naive, 400),
    angular_interval: wilson(angular, 400),
    psi_interval: wilson(psi, 400),
    false_pass_interval: wilson(naive - angular, 400),
  });
});

test.each([false, true])("quantiles and means, in degrees: %o", (degrees) => {
  const { quantiles, mean } = counted().figures(about, degrees, 10);
  expect(Object.keys(quantiles)).toEqual(Object.keys(measures));
  for (const [name, of] of Object.entries(measures)) {
    const isAngle = ["theta_y", "min_theta_j", "angle_gap"].includes(name);
    const shown = degrees && isAngle ? toDegrees : (x: number) => x;
    const numbers = samples.map(of);
    for (const [p, value] of quantiles[name]!)
      expect([name, p, value]).toEqual([name, p, expect.closeTo(shown(quantile(numbers, p)), 12)]);
    expect([...quantiles[name]!.keys()]).toEqual([0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]);
    expect(mean[name]).toBeCloseTo(shown(numbers.reduce((sum, x) => sum + x) / 400), 11);
  }
});

test("without features there is no norm", () => {
  const { quantiles } = marginStatistics({ questions, classes: 2, components: 0, norms: false }).figures(
    about,
    false,
    1,
  );
  expect(Object.keys(quantiles)).toEqual(["theta_y", "min_theta_j", "effective_margin", "angle_gap"]);
});

test("histograms, and the shares that reach a margin", () => {
  const { histograms, reached, samples: n } = counted();
  expect(n()).toBe(400);
  for (const name of ["theta_y", "min_theta_j"] as const)
    for (let bin = 0; bin < BINS; bin++) {
      const inside = (theta: number) => theta >= (bin * Math.PI) / BINS && theta < ((bin + 1) * Math.PI) / BINS;
      expect([name, bin, histograms[name][bin]]).toEqual([name, bin, count((one) => inside(measures[name](one)))]);
    }
  const share = (m: number) => count((one) => measures.effective_margin(one) >= m) / 400;
  for (const [i, m] of [1, 1.5, 4].entries()) expect(reached([1, 1.5, 4])[i]).toBeCloseTo(share(m), 3);
});

test.each([
  ["its own losses where few samples make them exact", 1, 0],
  ["the rounded ones beyond 10^9 products", 2 ** 40, 1e-3],
])("mean losses are %s", (_, components, more) => {
  const wide = marginStatistics({ questions, classes: 200, components, norms: false });
  const { form } = wide;
  const records = new Float64Array(form.width * samples.length);
  for (const [i, { sample, losses }] of samples.entries()) {
    const at = form.width * i;
    form.write(records, at, sample, () => 0);
    for (const [k, loss] of losses.entries()) {
      records[at + form.lossesAt + k] = loss;
      records[at + form.roundedAt + 2 * k] = loss + 1e-3;
      records[at + form.roundedAt + 2 * k + 1] = 1e-9;
    }
  }
  wide.add(records);
  const means = wide.figures(about, false, 1).mean_loss;
  expect(means.map(({ function: spec, scale }) => [spec, scale])).toEqual([
    ["arcface:m=0.5", 1],
    ["arcface:m=0.5", 30],
  ]);
  for (const [k, { value }] of means.entries())
    expect(value).toBeCloseTo(samples.reduce((sum, { losses }) => sum + losses[k]!, 0) / 400 + more, 6);
});

test("worst classes: the lowest accuracy first, what they are taken for, ties by their order, as many as asked", () => {
  const of = (label: number) => samples.filter(({ sample }) => sample.label === label);
  const failed = (label: number) => of(label).filter((one) => !isCorrect(one));
  const accuracy = (label: number) => 1 - failed(label).length / of(label).length;
  const labels = [0, 1, 2, 3, 4, 5].filter((label) => failed(label).length > 0);
  labels.sort((i, j) => accuracy(i) - accuracy(j) || failed(j).length - failed(i).length || i - j);
  const listed = counted().figures(about, false, 10).worst_classes;
  expect(listed.map((one) => one.class)).toEqual(labels.map(className));
  expect(labels).not.toContain(CLASSES - 1);
  for (const [i, label] of labels.entries()) {
    const times = (j: number) => failed(label).filter(({ sample }) => sample.nearest === j).length;
    const taken = [0, 1, 2, 3, 4, 5].filter((j) => times(j) > 0).sort((i, j) => times(j) - times(i) || i - j);
    expect(listed[i]).toEqual({
      class: className(label),
      samples: of(label).length,
      correct: of(label).length - failed(label).length,
      accuracy: expect.closeTo(accuracy(label), 15),
      taken_for: taken.slice(0, 3).map((j) => ({ class: className(j), samples: times(j) })),
    });
  }
  expect(counted().figures(about, false, 2).worst_classes).toEqual(listed.slice(0, 2));
});

test("classes of the same figures come in the order that is given", () => {
  const statistics = marginStatistics({ questions, classes: 3, components: 0, norms: false });
  const { form } = statistics;
  const records = new Float64Array(6 * form.width);
  for (let i = 0; i < 6; i++)
    form.write(
      records,
      form.width * i,
      { place: i, label: i % 3, nearest: (i + 1 + (i >> 2)) % 3, thetaY: 1, minThetaJ: 0.5, norm: Number.NaN },
      () => 0,
    );
  statistics.add(records);
  const order = (i: number, j: number) => j - i;
  const names = (figures: ReturnType<typeof statistics.figures>) => figures.worst_classes.map((one) => one.class);
  expect(names(statistics.figures(about, false, 9))).toEqual(["class 0", "class 1", "class 2"]);
  expect(names(statistics.figures({ ...about, order }, false, 9))).toEqual(["class 2", "class 1", "class 0"]);
});

test("figures of features are shown as they are, their angles in the unit", () => {
  const intra = new Mean();
  intra.add(0.5);
  const class_angles = { w_ec: 0.1, w_inter: 1, inter: 1.5, left_out: 3, intra };
  const ofFeatures = () => ({ fisher_score: 0.25, class_angles });
  const figures = counted().figures({ ...about, ofFeatures }, true, 1);
  expect(figures.fisher_score).toBe(0.25);
  const [w_ec, w_inter, inter, within] = [0.1, 1, 1.5, 0.5].map(toDegrees);
  expect(figures.class_angles).toEqual({ w_ec, w_inter, intra: within, inter, left_out: 3 });
  expect(counted().figures(about, true, 1)).not.toHaveProperty("class_angles");
});
