import { describe, expect, test } from "vitest";
import {
  both,
  fixedMistakes,
  type LossMistake,
  searchedMistakes,
  weightMistakes,
} from "../../src/audit/loss-mistakes.ts";
import { type LossSample, lossOf, rightProgram } from "../../src/audit/loss-program.ts";
import { arcface, asoftmax, softmax, spherefaceR2 } from "../../src/core/target-functions.ts";
import { type Target, target } from "../../src/core/targets.ts";

/** A sample as a program has it: the angles to all classes, in their order, the class y, the scale s. */
interface Sample {
  readonly angles: readonly number[];
  readonly y: number;
  readonly s: number;
}

/** Four classes, of which 2 is the target of no sample; in one of them the nearest class is the last. */
const SAMPLES: readonly Sample[] = [
  { angles: [1.1, 0.9, 0.6, 1.4], y: 1, s: 3 },
  { angles: [0.5, 1.2, 0.9, 0.4], y: 0, s: 3 },
  { angles: [2, 1.3, 1.7, 0.7], y: 3, s: 1 },
];
const MEAN = 2.5;

const asLossSample = ({ angles, y, s }: Sample): LossSample => ({
  thetaY: angles[y]!,
  competing: angles.toSpliced(y, 1),
  place: y,
  scale: s,
  loss: 0,
});
const samples = SAMPLES.map(asLossSample);

const sum = (x: readonly number[]) => x.reduce((total, one) => total + one, 0);
const crossEntropy = (z: readonly number[], y: number) => Math.log(sum(z.map((x) => Math.exp(x - z[y]!))));
const probabilities = (z: readonly number[]) => z.map((x) => Math.exp(x) / sum(z.map(Math.exp)));

/** The logits, with cos(theta + 0.5) for the classes that have the margin. */
const logits = ({ angles, y, s }: Sample, has = (j: number) => j === y, m = 0.5) =>
  angles.map((t, j) => s * Math.cos(has(j) ? t + m : t));
const right = (sample: Sample) => crossEntropy(logits(sample), sample.y);
const rightProbability = (sample: Sample) => Math.exp(-right(sample));
/** The target's logit, and each of the others, changed. */
const changed = (sample: Sample, own: (z: number, t: number) => number, other = (z: number) => z) =>
  crossEntropy(
    logits(sample).map((z, j) => (j === sample.y ? own(z, sample.angles[j]!) : other(z))),
    sample.y,
  );
const nearest = ({ angles }: Sample) => angles.indexOf(Math.min(...angles));
const after = ({ y }: Sample) => (y + 1) % 4;
const before = ({ y }: Sample) => (y + 3) % 4;

type Loss = (sample: Sample) => number;

// biome-ignore format: a table
const FIXED: readonly [name: string, loss: Loss][] = [
  ["no margin: a softmax of the same scale",          (x) => crossEntropy(logits(x, () => false), x.y)],
  ["the margin is on every class",                    (x) => crossEntropy(logits(x, () => true), x.y)],
  ["the labels are one too large",                    (x) => crossEntropy(logits(x, (j) => j === after(x)), after(x))],
  ["the labels are one too small",                    (x) => crossEntropy(logits(x, (j) => j === before(x)), before(x))],
  ["the margin is on the class after the target",     (x) => crossEntropy(logits(x, (j) => j === after(x)), x.y)],
  ["the margin is on the class before the target",    (x) => crossEntropy(logits(x, (j) => j === before(x)), x.y)],
  ["the loss is that of the class after the target",  (x) => crossEntropy(logits(x), after(x))],
  ["the loss is that of the class before the target", (x) => crossEntropy(logits(x), before(x))],
  ["the margin is on every class that is the target of some sample", (x) => crossEntropy(logits(x, (j) => j !== 2), x.y)],
  ["the margin is on the nearest class, not on the target", (x) => crossEntropy(logits(x, (j) => j === nearest(x)), x.y)],
  ["the scale is missing",                            (x) => right({ ...x, s: 1 })],
  ["the scale is applied twice",                      (x) => right({ ...x, s: x.s ** 2 })],
  ["the scale is doubled",                            (x) => right({ ...x, s: 2 * x.s })],
  ["the logits are divided by the scale",             (x) => right({ ...x, s: 1 / x.s })],
  ["the scale is missing from the target's logit",    (x) => changed(x, (z) => z / x.s)],
  ["the scale is missing from the competing logits",  (x) => changed(x, (z) => z, (z) => z / x.s)],
  ["the margin is added without the scale",           (x) => changed(x, (_, t) => (x.s - 1) * Math.cos(t) + Math.cos(t + 0.5))],
  ["the mean over the classes, not their sum",        (x) => right(x) / 4],
  ["the logarithm is to base 2, not natural",         (x) => -Math.log2(rightProbability(x))],
  ["the logarithm is to base 10, not natural",        (x) => -Math.log10(rightProbability(x))],
  ["the largest logit in place of the log-sum-exp",   (x) => Math.max(...logits(x)) - logits(x)[x.y]!],
  ["the log-sum-exp lacks the target",                (x) => crossEntropy(logits(x), x.y) + Math.log(1 - rightProbability(x))],
  ["the loss has its sign flipped",                   (x) => -right(x)],
  ["the softmax is taken twice",                      (x) => crossEntropy(probabilities(logits(x)), x.y)],
  ["the probability in place of its logarithm",       (x) => -rightProbability(x)],
  ["each row holds the mean over all samples",        () => MEAN],
  ["each row holds the sum over all samples",         () => 3 * MEAN],
  ["the loss is divided by the number of samples",    (x) => right(x) / 3],
];

/** What the program with a mistake gives for each of the samples. */
const lossesWith = ({ change }: LossMistake, parameters: readonly number[], of: Target = arcface()) =>
  samples.map((sample) => lossOf({ ...rightProgram(of), ...change(...parameters) }, sample));

const closeTo = (losses: readonly number[]) => losses.map((x) => expect.closeTo(x, 12));
const names = (mistakes: readonly LossMistake[]) => mistakes.map(({ name }) => name);

describe("mistakes without numbers", () => {
  const known = fixedMistakes(arcface(), samples, MEAN);

  test("there are no others", () => {
    expect(names(known).sort()).toEqual(FIXED.map(([name]) => name).sort());
  });

  test.each(FIXED)("%s", (name, loss) => {
    const mistake = known.find((one) => one.name === name)!;
    expect([mistake.searched, mistake.starts]).toEqual([[], [[]]]);
    expect(lossesWith(mistake, [])).toEqual(closeTo(SAMPLES.map(loss)));
  });

  const unscaled = samples.map((sample) => ({ ...sample, scale: 1 }));
  const unlabelled = samples.map((sample) => ({ ...sample, place: undefined }));
  const all = [...samples, { ...samples[0]!, place: 2 }];
  // biome-ignore format: a table
  const LACKING: readonly [title: string, of: Target, table: readonly LossSample[], lacks: RegExp, lacking: number][] = [
    ["a function without a margin",            softmax(),      samples,    /margin/, 7],
    ["a margin that is not in the target",     spherefaceR2(), samples,    /added without/, 1],
    ["no scale",                               arcface(),      unscaled,   /scale (is|from)|by the scale|without the scale/, 7],
    ["no labels",                              arcface(),      unlabelled, /labels|class (after|before)|some sample/, 7],
    ["targets of which every class is one",    arcface(),      all,        /some sample/, 1],
  ];
  test.each(LACKING)("%s: those that cannot be are left out", (_, of, table, lacks, lacking) => {
    const all = FIXED.map(([name]) => name);
    const left = names(fixedMistakes(of, table, MEAN));
    const out = all.filter((name) => !left.includes(name));
    expect([out.length, out.filter((name) => !lacks.test(name))]).toEqual([lacking, []]);
  });
});

const blended = (t: number, lambda: number) => (lambda * Math.cos(t) + Math.cos(t + 0.5)) / (1 + lambda);
const others = (sample: Sample) => sum(logits(sample)) - 4 * logits(sample)[sample.y]!;

// biome-ignore format: a table
const SEARCHED: readonly [name: string, parameters: Record<string, number>, loss: Loss][] = [
  ["another scale",                         { scale: 7 },    (x) => right({ ...x, s: 7 })],
  ["a factor on the scale",                 { factor: 7 },   (x) => right({ ...x, s: 7 * x.s })],
  ["another m",                             { m: 0.3 },      (x) => crossEntropy(logits(x, undefined, 0.3), x.y)],
  ["a lambda blend is left in",             { lambda: 2 },   (x) => changed(x, (_, t) => x.s * blended(t, 2))],
  ["label smoothing, eps / classes for each class,", { eps: 0.1 }, (x) => right(x) - (0.1 / 4) * others(x)],
  ["a focal loss, (1 - p)^gamma times the loss,", { gamma: 3 }, (x) => (1 - rightProbability(x)) ** 3 * right(x)],
  ["a focal loss with a weight, alpha (1 - p)^gamma times the loss,", { gamma: 3, alpha: 0.25 }, (x) => 0.25 * (1 - rightProbability(x)) ** 3 * right(x)],
  ["a factor on the loss",                  { factor: 7 },   (x) => 7 * right(x)],
  ["eps added to the probability",          { eps: 0.01 },   (x) => -Math.log(rightProbability(x) + 0.01)],
  ["the probability is clamped to eps ... 1 - eps", { eps: 0.3 }, (x) => -Math.log(Math.min(0.7, Math.max(0.3, rightProbability(x))))],
  ["a factor on the target's logit",        { factor: 7 },   (x) => changed(x, (z) => 7 * z)],
  ["a margin that is subtracted without the scale", { m: 0.3 }, (x) => changed(x, (_, t) => x.s * Math.cos(t) - 0.3)],
  ["another function, cosface",             { m: 0.3 },      (x) => changed(x, (_, t) => x.s * (Math.cos(t) - 0.3))],
  ["another function, combined",            { m1: 0.9, m2: 0.2, m3: 0.1 }, (x) => changed(x, (_, t) => x.s * (Math.cos(0.9 * t + 0.2) - 0.1))],
];

describe("mistakes with numbers", () => {
  const kinds = searchedMistakes(arcface(), samples);
  const { slips, own, functions, rare, unscaled } = kinds;

  test.each(SEARCHED)("%s %j", (name, parameters, loss) => {
    const mistake = [own, functions, rare, unscaled].flat().find((one) => one.name === name)!;
    const numbers = Object.values(parameters);
    expect(mistake.searched.map((p) => p.name)).toEqual(Object.keys(parameters));
    for (const u of [numbers, ...mistake.starts])
      expect(u.every((x, i) => x >= mistake.searched[i]!.lo && x <= mistake.searched[i]!.hi)).toBe(true);
    expect(lossesWith(mistake, numbers)).toEqual(closeTo(SAMPLES.map(loss)));
  });

  test("the functions that are others, and those of several parameters", () => {
    const titles = ["asoftmax", "naive", "cosface", "sphereface-r2"].map((name) => `another function, ${name}`);
    expect(names(functions)).toEqual(expect.arrayContaining(titles));
    expect(names(functions)).not.toContain("another function, arcface");
    expect(names(rare).filter((name) => /another|other/.test(name))).toEqual(["another function, combined"]);
    const combined = searchedMistakes(target("combined")!, samples);
    expect(names(combined.rare)).toContain("other parameters");
    expect(names(combined.own)).toEqual(expect.arrayContaining(["another m1", "another m2", "another m3"]));
    const [m1] = combined.own.filter(({ name }) => name === "another m1");
    const losses = SAMPLES.map((x) => changed(x, (_, t) => x.s * (Math.cos(0.9 * t + 0.3) - 0.2)));
    expect(lossesWith(m1!, [0.9])).toEqual(closeTo(losses));
  });

  test("the blend of a function that has one is another, and stays beside another m", () => {
    const of = searchedMistakes(arcface({ lambda: 2 }), samples);
    expect(names(of.own)).toContain("another lambda");
    const m = of.own.find(({ name }) => name === "another m")!;
    const own = (t: number) => (2 * Math.cos(t) + Math.cos(t + 0.3)) / 3;
    expect(lossesWith(m, [0.3])).toEqual(closeTo(SAMPLES.map((x) => changed(x, (_, t) => x.s * own(t)))));
  });

  test("one scale for all, or none", () => {
    const scaled = (scale: number) =>
      searchedMistakes(
        arcface(),
        samples.map((sample) => ({ ...sample, scale })),
      );
    expect([names(own), names(scaled(3).own)].map((of) => of.includes("a factor on the scale"))).toEqual([true, false]);
    expect([unscaled.length, scaled(3).unscaled.length, scaled(1).unscaled.length]).toEqual([1, 1, 0]);
  });

  test("slips of the target function: those that are cosines of theta, without numbers", () => {
    const sign = slips.find(({ name }) => name === "the sign of m is wrong")!;
    const losses = SAMPLES.map((x) => changed(x, (_, t) => x.s * Math.cos(t - 0.5)));
    expect(lossesWith(sign, [])).toEqual(closeTo(losses));
    const ofPsi = names(searchedMistakes(asoftmax(), samples).slips);
    expect(ofPsi).toEqual(expect.arrayContaining(["the sign (-1)^k is missing", "degrees taken for radians"]));
    expect(ofPsi.filter((name) => /Taylor|clamped|eps|another m$/.test(name))).toEqual([]);
  });
});

describe("class vectors that are not normalised", () => {
  const lengths = [0.5, 2, 3, 0.7];
  const bare = "the class vectors are not normalised";
  const marginScale = "the class vectors are not normalised, the margin is without their length";
  const margin = ({ s }: Sample, t: number) => s * (Math.cos(t + 0.5) - Math.cos(t));
  // biome-ignore format: a table
  const cases: readonly [name: string, loss: Loss][] = [
    [bare,        (x) => crossEntropy(logits(x).map((z, j) => lengths[j]! * z), x.y)],
    [marginScale, (x) => crossEntropy(x.angles.map((t, j) => lengths[j]! * x.s * Math.cos(t) + (j === x.y ? margin(x, t) : 0)), x.y)],
  ];
  test.each(cases)("%s", (name, loss) => {
    const mistakes = weightMistakes(samples[0]!);
    expect(names(mistakes)).toEqual([bare, marginScale]);
    const mistake = mistakes.find((one) => one.name === name)!;
    expect(mistake.searched.map((p) => p.name)).toEqual(["length_0", "length_1", "length_2", "length_3"]);
    for (const u of [lengths, ...mistake.starts])
      expect(u.map((x, i) => x > mistake.searched[i]!.lo && x < mistake.searched[i]!.hi)).toEqual([
        true,
        true,
        true,
        true,
      ]);
    expect(lossesWith(mistake, lengths)).toEqual(closeTo(SAMPLES.map(loss)));
  });
});

describe("two mistakes at once", () => {
  const { own, unscaled } = searchedMistakes(arcface(), samples);
  const byName = (name: string) =>
    [...own, ...unscaled, ...fixedMistakes(arcface(), samples, MEAN)].find((one) => one.name === name)!;

  test("each has its own numbers", () => {
    const pair = both(byName("another scale"), byName("another m"))!;
    expect([pair.name, pair.parts]).toEqual(["another scale and another m", ["another scale", "another m"]]);
    expect(pair.searched.map(({ name }) => name)).toEqual(["scale", "m"]);
    expect(pair.starts).toContainEqual([byName("another scale").starts[0]![0], byName("another m").starts[1]![0]]);
    const losses = SAMPLES.map((x) => crossEntropy(logits({ ...x, s: 7 }, undefined, 0.3), x.y));
    expect(lossesWith(pair, [7, 0.3])).toEqual(closeTo(losses));
  });

  test("those that change the same are none", () => {
    expect(both(byName("another m"), byName("no margin: a softmax of the same scale"))).toBeUndefined();
    expect(both(byName("a margin that is subtracted without the scale"), byName("another m"))).toBeUndefined();
    expect(both(byName("the scale is missing"), byName("the loss has its sign flipped"))?.searched).toEqual([]);
  });
});
