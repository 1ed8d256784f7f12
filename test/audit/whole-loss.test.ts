import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type LossSample, rightProgram, roughLossOf } from "../../src/audit/loss-program.ts";
import type { Dtype } from "../../src/audit/tolerance.ts";
import { auditLoss as auditSamples } from "../../src/audit/whole-loss.ts";
import { sampleLoss } from "../../src/core/loss.ts";
import { messageText } from "../../src/core/message.ts";
import { arcface, arcfaceEasy, asoftmax, cosface, softmax, spherefaceR2 } from "../../src/core/target-functions.ts";
import { type Target, target } from "../../src/core/targets.ts";
import { keptAudits, shortened } from "./diagnoses.ts";

const { audit: auditLoss, compare } = keptAudits(auditSamples);

const folder = new URL("../fixtures/audit-loss/", import.meta.url);
const CLASSES = 6;

/** The samples of a table: label, theta_*, norm, loss, and dcos_* where there are gradients. */
function samplesOf(name: string): LossSample[] {
  const [, ...rows] = readFileSync(new URL(`${name}.csv`, folder), "utf8")
    .trim()
    .split("\n");
  return rows.map((row) => {
    const [place = 0, ...cells] = row.split(",").map(Number);
    const angles = cells.slice(0, CLASSES);
    const by = cells.slice(CLASSES + 2);
    return {
      thetaY: angles[place]!,
      competing: angles.toSpliced(place, 1),
      place,
      scale: cells[CLASSES]!,
      loss: cells[CLASSES + 1]!,
      gradient: by.length > 0 ? [by[place]!, ...by.toSpliced(place, 1)] : undefined,
    };
  });
}

const dtypes: readonly Dtype[] = ["float64", "float32"];
const RIGHT = "every row is right to within rounding";

test("every table of the folder is in one of the tests", () => {
  const names = readdirSync(folder).filter((name) => name.endsWith(".csv"));
  const right = names.filter((name) => name.startsWith("right-"));
  expect([right.length, names.length]).toEqual([24, 2 * (12 + WRONG.length + GRADIENTS.length)]);
});

describe.each(["asoftmax", "cosface", "arcface"])("right losses of %s", (name) => {
  const tables = ["random-1", "trained-30", "random-64", "trained-norm"].flatMap((kind) =>
    dtypes.map((dtype) => [kind, dtype] as const),
  );
  test.each(tables)("%s, %s", (kind, dtype) => {
    const result = auditLoss(target(name)!, samplesOf(`right-${name}-${kind}-${dtype}`), dtype);
    expect([result.passes, result.bad, result.firstBadTheta]).toEqual([true, 0, undefined]);
    expect(messageText(result.diagnosis)).toMatch(RIGHT);
  });
});

// biome-ignore format: a table
const WRONG: [table: string, target: string, diagnosis: string, parameters?: Record<string, number>][] = [
  ["margin-everywhere",      "asoftmax", "the margin is on every class"],
  ["margin-nowhere",         "arcface",  "no margin: a softmax of the same scale"],
  ["margin-next-class",      "cosface",  "the margin is on the class after the target"],
  ["labels-plus-1",          "asoftmax", "the labels are one too large"],
  ["labels-minus-1",         "arcface",  "the labels are one too small"],
  ["scale-missing",          "cosface",  "the scale is missing"],
  ["scale-doubled",          "asoftmax", "the scale is doubled"],
  ["scale-twice",            "arcface",  "the scale is applied twice"],
  ["scale-20",               "cosface",  "another scale", { scale: 20 }],
  ["weights-not-normalised", "asoftmax", "the class vectors are not normalised"],
  ["weights-not-normalised", "arcface",  "the class vectors are not normalised"],
  ["mean-over-classes",      "cosface",  "the mean over the classes, not their sum"],
  ["label-smoothing",        "arcface",  "label smoothing, eps / classes for each class,", { eps: 0.1 }],
  ["no-target-in-sum",       "asoftmax", "the log-sum-exp lacks the target"],
  ["base-2",                 "cosface",  "the logarithm is to base 2, not natural"],
  ["softmax-twice",          "arcface",  "the softmax is taken twice"],
  ["mean-of-batch",          "asoftmax", "each row holds the mean over all samples"],
  ["margin-outside-scale",   "cosface",  "the margin is added without the scale"],
  ["margin-nowhere-base-2",  "arcface",  "no margin: a softmax of the same scale and the logarithm is to base 2, not natural"],
  ["another-m",              "arcface",  "another m", { m: 0.3 }],
  ["eps-in-log",             "cosface",  "eps added to the probability", { eps: 0.001 }],
];
describe.each(WRONG)("%s of %s", (table, name, mistake, parameters) => {
  test.each(dtypes)("%s", (dtype) => {
    const { passes, candidates } = auditLoss(target(name)!, samplesOf(`${table}-${name}-${dtype}`), dtype);
    expect([passes, candidates.map((one) => one.name)]).toEqual([false, [mistake]]);
    if (parameters !== undefined) expect(candidates[0]!.parameters).toEqual(parameters);
  });
});

test("losses in float32, taken as float64, are called so", () => {
  const table = samplesOf("right-arcface-trained-30-float32");
  expect(messageText(auditLoss(arcface(), table, "float64").diagnosis)).toMatch(
    /right as float32: if the program computed in it, give --dtype float32$/,
  );
});

type Changed = (loss: number, probability: number) => number;
test.each<[name: string, parameters: Record<string, number>, right: Target, wrong: Target, change?: Changed]>([
  ["a lambda blend is left in", { lambda: 5 }, arcface(), arcface({ lambda: 5 })],
  ["another lambda", { lambda: 2 }, arcface({ lambda: 5 }), arcface({ lambda: 2 })],
  ["another function, cosface", { m: 0.35 }, arcface(), cosface({ m: 0.35 })],
  [
    "the probability is clamped to eps ... 1 - eps",
    { eps: 1e-3 },
    arcface(),
    arcface(),
    (_, p) => -Math.log(Math.min(1 - 1e-3, Math.max(1e-3, p))),
  ],
])("losses: %s %j", (name, parameters, right, wrong, change = (loss) => loss) => {
  const samples = samplesOf("right-arcface-trained-30-float64").map((one) => {
    const { loss, probability } = sampleLoss(wrong, one.scale, one.thetaY, one.competing);
    return { ...one, loss: change(loss, probability) };
  });
  const [first] = auditLoss(right, samples, "float64").candidates;
  expect([first?.name, first?.parameters]).toEqual([name, parameters]);
});

test("losses that were printed in 4 decimals are right to these, others are not, or have a mistake", () => {
  const printed = (change: number) =>
    samplesOf("right-arcface-trained-30-float32").map((one) => ({
      ...one,
      loss: Number((one.loss + change).toFixed(4)),
    }));
  const said = (of: Target, change: number) => messageText(auditLoss(of, printed(change), "float64").diagnosis);
  expect(said(arcface(), 0)).toMatch(/right to the 4 decimals that are given: write the values with all their digits$/);
  expect(said(arcface(), 0.0002)).not.toContain("right to");
  expect(said(arcface({ m: 0.3 }), 0)).toMatch(/; to 4 decimals: another m with m = 0.5, to within 0.0000/);
});

test("the lengths of the class vectors are found", () => {
  const table = samplesOf("weights-not-normalised-arcface-float64");
  const { parameters } = auditLoss(arcface(), table, "float64").candidates[0]!;
  const lengths = Object.values(parameters);
  const again = table.map(({ thetaY, competing, scale, place = 0 }) => {
    const z = Array.from(competing, Math.cos);
    z.splice(place, 0, Math.cos(thetaY + 0.5));
    const logits = z.map((x, j) => scale * lengths[j]! * x);
    return Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0)) - logits[place]!;
  });
  for (const [i, loss] of again.entries()) expect(loss).toBeCloseTo(table[i]!.loss, 12);
});

// biome-ignore format: a table
const GRADIENTS: [table: string, target: string, mistake?: string][] = [
  ["right",               "arcface"],
  ["margin-detached",     "asoftmax", "the margin is detached: the gradient by the target is that of its cosine"],
  ["zero",                "asoftmax", "the gradient is 0: detached"],
  ["scale-missing",       "arcface",  "the gradient lacks the scale"],
  ["divided-by-rows",     "cosface",  "the gradient is divided by the number of samples"],
  ["target-detached",     "asoftmax", "the target's logit is detached"],
  ["by-theta",            "arcface",  "the gradient is by theta, not its cosine"],
  ["flipped-and-divided", "cosface",  "the gradient has its sign flipped, and the gradient is divided by the number of samples"],
];
describe.each(GRADIENTS)("gradients: %s of %s", (table, name, mistake) => {
  test.each(dtypes)("%s", (dtype) => {
    const result = auditLoss(target(name)!, samplesOf(`gradient-${table}-${dtype}`), dtype);
    expect([result.bad, result.passes]).toEqual([0, mistake === undefined]);
    expect(result.candidates.map((one) => one.name)).toEqual(mistake === undefined ? [] : [mistake]);
  });
});

test("what is said of each table of the folder, as what it is and as float64", async () => {
  const targets = new Map<string, string>([
    ...WRONG.map(([table, name]) => [`${table}-${name}`, name] as const),
    ...GRADIENTS.map(([table, name]) => [`gradient-${table}`, name] as const),
  ]);
  const said = readdirSync(folder)
    .filter((file) => /\.csv$/.test(file))
    .sort()
    .flatMap((file) => {
      const [, table = "", dtype = ""] = /^(.*)-(float\d\d)\.csv$/.exec(file) ?? [];
      const name = targets.get(table) ?? /^right-([a-z]+)/.exec(table)![1]!;
      return [...new Set([dtype, "float64"] as Dtype[])].map((as) => {
        const { bad, gradient, diagnosis } = auditLoss(target(name)!, samplesOf(`${table}-${dtype}`), as);
        return `${file} as ${name}, ${as}: ${bad} wrong, gradients ${gradient?.bad ?? "not given"}\n  ${shortened(messageText(diagnosis))}`;
      });
    });
  await expect(said.join("\n")).toMatchFileSnapshot("../fixtures/audit-loss/diagnoses.txt");
}, 300_000);

let seed = 1;
function random(): number {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
}

/** Samples with the losses of a target, in either type of number. */
const made = (of: Target, scale: number, count = 40): LossSample[] =>
  Array.from({ length: count }, (_, i) => {
    const [thetaY, ...competing] = Array.from({ length: 5 }, () => 0.2 + 2.6 * random());
    const { loss } = sampleLoss(of, scale, thetaY!, competing);
    return { thetaY: thetaY!, competing, place: i % 5, scale, loss };
  });

test("competitors of sphereface-r2 have the angle divided", () => {
  expect(auditLoss(spherefaceR2(), made(spherefaceR2(), 30), "float64").passes).toBe(true);
  expect(auditLoss(spherefaceR2(), made(softmax(), 30), "float64").candidates[0]!.name).toMatch(/^no margin/);
});

test("and their gradients by the cosine are those of the divided angle", () => {
  const [m, scale, thetaY] = [1.5, 4, 0.4];
  const samplesWith = (slopeOf: (thetaJ: number) => number) =>
    [0, 1.2, 2].map((thetaJ): LossSample => {
      const competing = [thetaJ, 2.5];
      const powers = [Math.cos(thetaY), ...competing.map((t) => Math.cos(t / m))].map((x) => Math.exp(scale * x));
      const shares = powers.map((x) => x / powers.reduce((sum, y) => sum + y));
      const slopes = competing.map((t, j) => scale * shares[j + 1]! * slopeOf(t));
      return {
        thetaY,
        competing,
        scale,
        place: 0,
        loss: -Math.log(shares[0]!),
        gradient: [scale * (shares[0]! - 1), ...slopes],
      };
    });
  const right = (t: number) => (t === 0 ? 1 / m ** 2 : Math.sin(t / m) / (m * Math.sin(t)));
  expect(auditLoss(spherefaceR2({ m }), samplesWith(right), "float64").passes).toBe(true);
  for (const wrong of [() => 1, (t: number) => (t === 0 ? 1 : right(t)), (t: number) => right(t) * m])
    expect(auditLoss(spherefaceR2({ m }), samplesWith(wrong), "float64").passes).toBe(false);
});

test("beside a jump both losses are right, elsewhere one", () => {
  const at = (thetaY: number, loss: number) => [{ thetaY, competing: [1.2, 2], scale: 30, loss }];
  const losses = [Math.cos(Math.PI / 2 + 0.5), 0].map((own) =>
    Math.log1p(Math.exp(30 * (Math.cos(1.2) - own)) + Math.exp(30 * (Math.cos(2) - own))),
  );
  for (const loss of losses) expect(auditLoss(arcfaceEasy(), at(Math.PI / 2, loss), "float64").passes).toBe(true);
  expect(auditLoss(arcfaceEasy(), at(1.5, losses[1]!), "float64").passes).toBe(false);
});

test("a loss wrong by more than rounding fails, in the type it is said to have", () => {
  const [sample] = made(arcface(), 30, 1);
  const off = (by: number) => [{ ...sample!, loss: sample!.loss * (1 + by) }];
  expect(auditLoss(arcface(), off(1e-7), "float64").passes).toBe(false);
  expect(auditLoss(arcface(), off(1e-7), "float32").passes).toBe(true);
  expect(auditLoss(arcface(), off(1e-3), "float32").passes).toBe(false);
});

test("NaN and infinite losses fail and are located; the rest is explained", () => {
  const samples = made(softmax(), 30).map((one, i) => (i === 3 ? { ...one, loss: Number.NaN } : one));
  const { notFinite, firstBadTheta, diagnosis } = auditLoss(arcface(), samples, "float64");
  expect([notFinite, firstBadTheta]).toEqual([1, samples[0]!.thetaY]);
  expect(messageText(diagnosis)).toMatch(
    `loss: 1 not finite, first at ${samples[3]!.thetaY}; loss: no margin: a softmax of the same scale, to within`,
  );
});

test("an infinite loss is the logarithm of a probability that underflowed", () => {
  const samples = made(arcface(), 30).map((one, i) => (i === 3 ? { ...one, loss: Number.POSITIVE_INFINITY } : one));
  expect(messageText(auditLoss(arcface(), samples, "float64").diagnosis)).toBe(
    `loss: 1 not finite, first at ${samples[3]!.thetaY}; -log of a probability that has become 0 is infinite: take log_softmax, not the logarithm of softmax`,
  );
});

test("what nothing explains says where it is worst", () => {
  const samples = made(arcface(), 30).map((one, i) => (i === 7 ? { ...one, loss: one.loss + 0.25 } : one));
  const { candidates, diagnosis } = auditLoss(arcface(), samples, "float64");
  expect(candidates).toEqual([]);
  expect(messageText(diagnosis)).toMatch(
    `loss: 1 of 40 rows wrong, and no known mistake explains it; worst at ${samples[7]!.thetaY}: ${samples[7]!.loss} in place of `,
  );
});

test("a table that cannot tell says so", () => {
  const far = made(arcface(), 30).map((one) => ({ ...one, thetaY: 0.01, competing: [3, 3.1], place: 0, loss: 0 }));
  expect(messageText(auditLoss(arcface(), far, "float32").diagnosis)).toMatch(
    /^every row is right to within rounding; the table cannot tell it from: no margin: a softmax of the same scale; or /,
  );
});

test("a slip of the target function itself is named, in the loss too", () => {
  const samples = made(softmax(), 4);
  const withLoss = (value: (t: number) => number, factor = 1) =>
    samples.map((one) => {
      const own = 4 * value(one.thetaY);
      const others = Array.from(one.competing, (t) => Math.exp(4 * Math.cos(t) - own));
      return { ...one, loss: factor * Math.log1p(others.reduce((sum, x) => sum + x, 0)) };
    });
  const names = (table: LossSample[]) => auditLoss(arcface(), table, "float64").candidates.map(({ name }) => name);
  expect(names(withLoss((t) => Math.cos(t - 0.5)))).toEqual(["the sign of m is wrong"]);
  expect(names(withLoss((t) => Math.cos(t + 0.5), 0.5))).toEqual(["a factor on the loss"]);
  expect(names(withLoss((t) => Math.cos(t + 0.5), 1 / 40))).toEqual(["the loss is divided by the number of samples"]);
});

test("no samples", () => {
  expect(() => auditLoss(arcface(), [], "float64")).toThrow("the table has no rows: nothing to audit");
  expect(() => auditLoss(arcface(), [], "float" as never)).toThrow("dtype is float: it must be one of float64");
});

test("the own probability may be e^(logit - log-sum-exp), whose rounding grows with the logits", () => {
  const f = Math.fround;
  const samples = Array.from({ length: 200 }, (_, i): LossSample => {
    const thetaY = 0.15 + 0.002 * i;
    const competing = [1.12 + 0.003 * i, 1.4, 1.6];
    const z = [Math.cos(thetaY) - 0.35, ...competing.map(Math.cos)].map((x) => f(64 * f(x)));
    const sum = f(f(Math.log(z.reduce((total, x) => total + Math.exp(x - z[0]!), 0))) + z[0]!);
    const p = z.map((x) => f(Math.exp(f(x - sum))));
    const gradient = p.map((share, j) => f(64 * f(j === 0 ? share - 1 : share)));
    return { thetaY, competing, place: 0, scale: 64, loss: f(sum - z[0]!), gradient };
  });
  const result = (of: readonly LossSample[]) => auditLoss(cosface(), of, "float32");
  expect(result(samples).passes).toBe(true);
  const off = samples.map((one) => ({ ...one, gradient: Array.from(one.gradient!, (x) => x + 0.02) }));
  expect(result(off).gradient!.bad).toBe(200);
});

test("losses that no mistake explains are not explained by one that allows any", () => {
  const wild = made(arcface(), 64).map((one) => ({ ...one, loss: Math.abs(Math.log(random())) }));
  for (const dtype of ["float64", "float16"] as const)
    expect(messageText(auditLoss(arcface(), wild, dtype).diagnosis)).toContain("no known mistake explains it");
  const hits = wild.slice(0, 20).map((one, i) => ({ ...one, loss: i % 2 }));
  expect(messageText(auditLoss(arcface(), hits, "float64").diagnosis)).toContain("no known mistake explains it");
});

test("labels that are off in the loss alone; a softmax has no margin to be wrong", () => {
  const shifted = (by: number) =>
    made(arcface(), 30).map((one) => {
      const logits = [Math.cos(one.thetaY + 0.5), ...Array.from(one.competing, Math.cos)].map((x) => 30 * x);
      const order = Array.from(one.competing, (_, j) => j + 1).toSpliced(one.place!, 0, 0);
      const own = logits[order.at((one.place! + by) % order.length)!]!;
      return { ...one, loss: Math.log(logits.reduce((sum, x) => sum + Math.exp(x - own), 0)) };
    });
  const first = (by: number) => auditLoss(arcface(), shifted(by), "float64").candidates[0]!.name;
  expect(first(1)).toBe("the loss is that of the class after the target");
  expect(first(-1)).toBe("the loss is that of the class before the target");
  const plain = messageText(auditLoss(softmax(), made(softmax(), 30), "float64").diagnosis);
  expect(plain).toBe("every row is right to within rounding");
});

test("a margin that is subtracted without the scale is found for any function", () => {
  const samples = made(cosface({ m: 0.5 / 64 }), 64, 60);
  for (const of of [arcface(), cosface()]) {
    const [first] = auditLoss(of, samples, "float64").candidates;
    expect([first!.name, first!.parameters]).toEqual(["a margin that is subtracted without the scale", { m: 0.5 }]);
  }
});

test("another m comes before a lambda that is the same function", () => {
  const { candidates } = auditLoss(cosface(), made(cosface({ m: 0.25 }), 30, 60), "float64");
  expect(candidates.map(({ name }) => name)).toEqual(["another m", "a lambda blend is left in"]);
});

test("cosface with the scale missing from its logit is said once", () => {
  const samples = made(cosface(), 64, 40).map((one) => {
    const logits = [Math.cos(one.thetaY) - 0.35, ...Array.from(one.competing, (t) => 64 * Math.cos(t))];
    const top = Math.max(...logits);
    const sum = logits.reduce((s, x) => s + Math.exp(x - top), 0);
    return { ...one, loss: Math.log(sum) + top - logits[0]! };
  });
  const names = auditLoss(arcface(), samples, "float64").candidates.map(({ name }) => name);
  expect(names).toContain("the scale is missing from the target's logit and another function, cosface");
  expect(names.filter((name) => name.includes("subtracted"))).toEqual([]);
});

test("no margin is found where the samples are sure of their class, in half precision too", () => {
  const near = made(softmax(), 64).map((one) => ({
    ...one,
    place: 0,
    thetaY: 1.15 + one.thetaY / 30,
    competing: [1.4, 1.5, 1.6],
  }));
  const samples = near.map((one) => ({ ...one, loss: sampleLoss(softmax(), 64, one.thetaY, one.competing).loss }));
  for (const dtype of ["float16", "float32", "float64"] as const)
    expect(auditLoss(arcface(), samples, dtype).candidates[0]?.name).toBe("no margin: a softmax of the same scale");
});

test("cosines given for angles are noticed", () => {
  const near = (angles: number) => 0.3 + angles / 10;
  const samples = made(arcface(), 30).map((one) => {
    const [thetaY, competing] = [near(one.thetaY), Array.from(one.competing, near)];
    const { loss } = sampleLoss(arcface(), 30, thetaY, competing);
    return { ...one, thetaY: Math.cos(thetaY), competing: competing.map(Math.cos), loss };
  });
  expect(messageText(auditLoss(arcface(), samples, "float64").diagnosis)).toMatch(
    /no known mistake explains it; worst at .*; no angle is above 1: if these are cosines, give their arccosines$/,
  );
});

test("a sample of very many classes is explained too", () => {
  const competing = new Float64Array(200_000).fill(1.5);
  const sample = { thetaY: 0.5, competing, scale: 64, loss: 0 };
  expect(roughLossOf(rightProgram(softmax()), sample)).toBeCloseTo(sampleLoss(softmax(), 64, 0.5, competing).loss, 12);
});

test("two numbers that are wrong at once are found: a scale, a parameter, another function, label smoothing", () => {
  const smoothed = (of: Target, scale: number, eps: number) =>
    made(of, scale).map((one) => {
      const logits = [scale * of.value(one.thetaY), ...Array.from(one.competing, (t) => scale * Math.cos(t))];
      const mean = logits.reduce((sum, z) => sum + z, 0) / logits.length;
      return { ...one, loss: one.loss + eps * (logits[0]! - mean) };
    });
  const found = (samples: readonly LossSample[], dtype: Dtype = "float64") => {
    const given = samples.map((one) => ({
      ...one,
      scale: 64,
      loss: dtype === "float32" ? Math.fround(one.loss) : one.loss,
    }));
    const [first, ...more] = auditLoss(arcface({ m: 0.5 }), given, dtype).candidates;
    return [first?.name, first?.parameters, more.length];
  };
  const scaled = ["another scale and another m", { scale: 30, m: 0.4 }, 0];
  expect(found(made(arcface({ m: 0.4 }), 30))).toEqual(scaled);
  expect(found(made(arcface({ m: 0.4 }), 30), "float32")).toEqual(scaled);
  const other = ["another scale and another function, cosface", { scale: 30, m: 0.35 }, 0];
  expect(found(made(cosface({ m: 0.35 }), 30))).toEqual(other);
  const blurred = "label smoothing, eps / classes for each class,";
  expect(found(smoothed(arcface({ m: 0.5 }), 16, 0.1))).toEqual([
    `another scale and ${blurred}`,
    { scale: 16, eps: 0.1 },
    0,
  ]);
  expect(found(smoothed(arcface({ m: 0.3 }), 64, 0.1))).toEqual([`another m and ${blurred}`, { m: 0.3, eps: 0.1 }, 0]);
});

test("the losses of SphereFace, whose scales are the lengths of the features, ask for these", () => {
  const scales = Array.from({ length: 40 }, (_, i) => 0.5 + 0.07 * i);
  const samples = scales.flatMap((scale) => made(asoftmax({ m: 4 }), scale, 1));
  expect(auditLoss(asoftmax({ m: 4 }), samples, "float64").passes).toBe(true);
  const alone = (of: Target, scale: number) =>
    messageText(
      auditLoss(
        of,
        samples.map((one) => ({ ...one, scale })),
        "float64",
      ).diagnosis,
    );
  const hint = /, give these as the scale: --scale @norm$/;
  expect(alone(asoftmax({ m: 4 }), 1)).toMatch(hint);
  expect(alone(asoftmax({ m: 4 }), 30)).not.toMatch(hint);
  expect(alone(arcface(), 1)).not.toMatch(hint);
});

test("a mistake that explains alone is not named beside another that changes nothing", () => {
  const f = Math.fround;
  // Rounded cosines leave errors so large that all kinds of mistakes are tried.
  const samples = made(softmax(), 64, 200).map((given, i) => {
    const one = i % 3 ? given : { ...given, thetaY: 0.001 * (1 + i), competing: [0.2, 2] };
    const c = f(Math.cos(one.thetaY));
    const theta = f(Math.acos(c));
    const own = theta < Math.PI - 0.5 ? f(Math.cos(f(theta + 0.5))) : f(c - f(0.5 * Math.sin(0.5)));
    const others = Array.from(one.competing, (t) => Math.exp(64 * (f(Math.cos(t)) - own)));
    return { ...one, loss: f(Math.log1p(others.reduce((sum, x) => sum + x, 0))) };
  });
  const names = auditLoss(arcface({ m: 0.5 }), samples, "float32").candidates.map(({ name }) => name);
  expect(names).toEqual(["another function, arcface-hard"]);
});

describe("losses with a mistake in one place", () => {
  const exponentials = ({ competing }: LossSample, scale: number) =>
    Array.from(competing, (t) => Math.exp(scale * Math.cos(t))).reduce((sum, x) => sum + x, 0);
  const withLogit = (logit: (t: number) => number, scale: number) =>
    made(softmax(), scale).map((one) => {
      return { ...one, loss: Math.log1p(exponentials(one, scale) / Math.exp(logit(one.thetaY))) };
    });
  const found = (of: Target, samples: readonly LossSample[]) =>
    auditLoss(of, samples, "float64").candidates.map(({ name, parameters }) => [name, parameters]);
  const degrees = 180 / Math.PI;

  test("degrees taken for radians", () => {
    const named = [["degrees taken for radians", {}]];
    expect(
      found(
        arcface(),
        withLogit((t) => 16 * Math.cos(degrees * t + 0.5), 16),
      ),
    ).toEqual(named);
    const psi = target("asoftmax", { m: 4 * degrees })!;
    expect(
      found(
        asoftmax({ m: 4 }),
        withLogit((t) => 0.05 * psi.value(t), 0.05),
      ),
    ).toEqual(named);
  });
  test("another function with several parameters, or with the angle of the competitors divided", () => {
    const combined = target("combined", { m1: 1, m2: 0.3, m3: 0.2 })!;
    expect(found(arcface(), made(combined, 16))).toEqual([["another function, combined", { m1: 1, m2: 0.3, m3: 0.2 }]]);
    expect(found(arcface(), made(spherefaceR2({ m: 1.7 }), 16))).toEqual([
      ["another function, sphereface-r2", { m: 1.7 }],
    ]);
    expect(found(combined, made(target("combined", { m1: 0.9, m2: 0.4, m3: 0.1 })!, 16))).toEqual([
      ["other parameters", { m1: 0.9, m2: 0.4, m3: 0.1 }],
    ]);
  });
  test("a focal loss with a weight", () => {
    const samples = made(arcface(), 16).map((one) => {
      const missed = -Math.expm1(-one.loss);
      return { ...one, loss: 0.25 * missed ** 2 * one.loss };
    });
    const name = "a focal loss with a weight, alpha (1 - p)^gamma times the loss,";
    expect(found(arcface(), samples)).toEqual([[name, { gamma: 2, alpha: 0.25 }]]);
  });
  test("a blend that is not divided by 1 + lambda", () => {
    const blend = asoftmax({ m: 4, lambda: 5 });
    const samples = withLogit((t) => 4 * 6 * blend.value(t), 4);
    expect(found(blend, samples)).toEqual([["a factor on the target's logit", { factor: 6 }]]);
  });
  test("right losses of sphereface-r2 say nothing of a margin without the scale", () => {
    const { diagnosis } = auditLoss(spherefaceR2(), made(spherefaceR2(), 64), "float64");
    expect(messageText(diagnosis)).toBe("every row is right to within rounding");
  });
});

test("a factor on every gradient is found, and one that is not explained is located", () => {
  const samples = made(arcface(), 16).map((one) => {
    const { byCosY, probability } = sampleLoss(arcface(), 16, one.thetaY, one.competing);
    const powers = Array.from(one.competing, (t) => Math.exp(16 * Math.cos(t)));
    const others = powers.reduce((sum, x) => sum + x, 0);
    return { ...one, gradient: [byCosY, ...powers.map((x) => (16 * (1 - probability) * x) / others)] };
  });
  const changed = (change: (slope: number, i: number) => number, dtype: Dtype = "float64") =>
    auditLoss(
      arcface(),
      samples.map((one) => ({ ...one, gradient: one.gradient.map(change) })),
      dtype,
    );
  expect(changed((slope) => slope).passes).toBe(true);
  for (const factor of [0.5, -3, 1.01])
    expect(changed((slope) => factor * slope).candidates).toMatchObject([
      { name: "a factor on the gradient", parameters: { factor } },
    ]);
  const { candidates, diagnosis } = changed((slope, i) => (i === 2 ? slope + 0.25 : slope));
  expect(candidates).toEqual([]);
  expect(messageText(diagnosis)).toMatch(
    /^gradient: 40 of 40 rows wrong, .*; worst at .*: [\d.e-]+ in place of [\d.e-]+$/,
  );
  expect(changed(() => 0).candidates).toMatchObject([{ name: "the gradient is 0: detached" }]);
});

describe("a maximum, and one loss for all", () => {
  const next = (i: number) => (i * 0.6180339887498949) % 1;
  const samplesWith = (lossOf: (sample: Omit<LossSample, "loss">) => number): LossSample[] =>
    Array.from({ length: 60 }, (_, i) => {
      const competing = Array.from({ length: 7 }, (_, j) => 0.3 + 2.5 * next(7 * i + j + 1));
      const sample = { thetaY: 0.2 + 2.6 * next(i * 11 + 5), competing, place: i % 8, scale: 30 };
      return { ...sample, loss: lossOf(sample) };
    });
  const said = (samples: readonly LossSample[]) => messageText(auditLoss(arcface(), samples, "float64").diagnosis);

  test("a hinge has the largest logit", () => {
    const hinge = samplesWith(({ thetaY, competing, scale }) => {
      const top = Math.max(...Array.from(competing, (t) => Math.cos(t)));
      return Math.max(0, scale * (top - arcface().value(thetaY)));
    });
    expect(said(hinge)).toMatch(/^loss: the largest logit in place of the log-sum-exp, to within \S+$/);
  });

  test("one loss for all does not depend on the angles", () => {
    expect(said(samplesWith(() => 0))).toContain("loss: every loss is 0: it does not depend on the angles");
  });
});

test("gradients of 150,000 classes", () => {
  const competing = Array.from({ length: 149_999 }, (_, j) => 1 + (2 * j) / 150_000);
  const { loss, byCosY } = sampleLoss(arcface(), 30, 0.7, competing);
  const gradient = [byCosY, ...competing.map(() => 0)];
  const result = auditLoss(arcface(), [{ thetaY: 0.7, competing, place: 0, scale: 30, loss, gradient }], "float64");
  expect(result.gradient?.bad).toBe(1);
});

describe("tables of few samples, or of samples that are alike", () => {
  const at = (thetaY: number, competing: readonly number[], scale = 1, off = 0.25, of = arcface()): LossSample => {
    return { thetaY, competing, scale, loss: sampleLoss(of, scale, thetaY, competing).loss + off };
  };
  const said = (of: Target, samples: readonly LossSample[]) =>
    messageText(auditSamples(of, samples, "float64").diagnosis);
  const cosines = "; no angle is above 1: if these are cosines, give their arccosines";
  const norms = "; if the logits hold the lengths of the features, give these as the scale: --scale @norm";

  // biome-ignore format: a table
  test.each<[title: string, of: Target, samples: readonly LossSample[], hint: string]>([
    ["the target angle is above 1",               arcface(),  [at(1.1, [0.5, 0.2])],                   ""],
    ["the last competing angle is above 1",       arcface(),  [at(0.7, [0.5, 1.1])],                   ""],
    ["no angle is above 1",                       arcface(),  [at(0.7, [0.5, 1])],                     cosines],
    ["the target angle is 1",                     asoftmax(), [at(1, [0.5, 0.2])],                     cosines],
    ["an angle of another sample is above 1",     arcface(),  [at(0.7, [0.5, 1]), at(1.1, [0.5, 0.2])], ""],
    ["psi at scale 1",                            asoftmax(), [at(1.1, [0.5, 0.2])],                   norms],
    ["psi at scale 1 and another",                asoftmax(), [at(1.1, [0.5, 0.2]), at(1.1, [0.5, 0.2], 2)], ""],
    ["psi at another scale",                      asoftmax(), [at(1.1, [0.5, 0.2], 2)],                ""],
    ["psi of m = 1, which multiplies nothing",    asoftmax({ m: 1 }), [at(1.1, [0.5, 0.2])],           ""],
  ])("what may be wrong where no mistake explains it: %s", (_, of, samples, hint) => {
    const { length } = samples;
    const [text, rest = ""] = said(of, samples).split(/(?= in place of )/);
    expect(text).toMatch(`loss: ${length} of ${length} rows wrong, and no known mistake explains it; worst at `);
    expect(rest.replace(/^ in place of [\d.]+/, "")).toBe(hint);
  });

  test("no hint where a mistake explains it", () => {
    expect(said(asoftmax(), [at(1.1, [1.5], 1, 0, softmax())])).toMatch(/^loss: no margin: .*, to within [\d.e-]+$/);
    expect(said(arcface(), [at(0.8, [0.9], 1, 0, softmax())])).not.toContain(cosines);
  });

  test("losses that were printed in 2 decimals are right to these, and need no hint", () => {
    const samples = Array.from({ length: 8 }, (_, i) => at(0.3 + i / 13, [0.5, 0.4], 1, 0)).map((one) => {
      return { ...one, loss: Number(one.loss.toFixed(2)) };
    });
    const { bad } = auditSamples(arcface(), samples, "float64");
    expect(bad).toBe(8);
    expect(said(arcface(), samples)).toBe(
      "loss: 8 of 8 rows wrong; right to the 2 decimals that are given: write the values with all their digits",
    );
  });

  test.each([
    [3, "3 of 3 rows wrong, and no known mistake explains it", []],
    [4, "every loss is 2: it does not depend on the angles", ["loss"]],
  ])("one loss in %d rows", (count, text, columns) => {
    const samples = [1.1, 1.2, 1.3, 1.4].slice(0, count).map((t) => ({ ...at(t, [0.5, 2]), loss: 2 }));
    expect(said(arcface(), samples)).toContain(text);
    expect(auditSamples(arcface(), samples, "float64").candidates.map(({ column }) => column)).toEqual(columns);
  });

  test("where no loss is finite there is nothing to explain", () => {
    const samples = [at(1.1, [0.5]), at(1.2, [0.5])].map((one) => ({ ...one, loss: Number.NaN }));
    expect(said(arcface(), samples)).toBe("loss: 2 not finite, first at 1.1");
    const others = [1.2, 1.3].map((t) => at(t, [0.5], 1, 0, softmax()));
    expect(said(arcface(), [samples[0]!, ...others])).toContain("not finite, first at 1.1; loss: no margin: ");
  });

  test("a mistake that a table cannot show is named, three of them and how many more", () => {
    const three = ["each row holds the mean over all samples", "each row holds the sum over all samples"];
    const named = `${three.join("; or ")}; or the loss is divided by the number of samples`;
    expect(said(softmax(), [at(1.1, [0.5], 1, 0, softmax())])).toBe(
      `${RIGHT}; the table cannot tell it from: ${named}`,
    );
    expect(said(arcface(), [at(1.1, [0.5], 1, 0)])).toContain(named);
    expect(said(arcface(), [{ ...at(1.1, [0.5, 0.7], 1, 0), place: 0 }])).toMatch(
      /cannot tell it from: [^;]*; or [^;]*; or [^;]*; or 1 more;/,
    );
  });

  test("a mistake explains every sample, those too that it was not fitted to", () => {
    const samples = Array.from({ length: 1000 }, () => at(1.1, [0.5, 2], 4, 0, softmax()));
    expect(said(arcface(), samples)).toMatch(/^loss: no margin: /);
    const spoilt = samples.with(1, { ...samples[1]!, loss: samples[1]!.loss + 1e-3 });
    expect(said(arcface(), spoilt)).toContain("no known mistake explains it");
  });

  test("a mistake that shows in one sample of many", () => {
    const angles = Array.from({ length: 300 }, (_, i) => 0.3 + i / 3e3);
    const samples = [
      ...angles.map((t) => at(t, [1.3, 1.2], 8, 0)),
      { ...at(1.4, [0.3, 1.2], 8), loss: -Math.log(2e-3) },
    ];
    const { bad, maxAbsError, candidates } = auditSamples(arcface(), samples, "float64");
    const { loss } = at(1.4, [0.3, 1.2], 8, 0);
    expect(maxAbsError).toBeCloseTo(loss + Math.log(2e-3), 12);
    expect([bad, candidates[0]?.name, candidates[0]?.parameters]).toEqual([
      1,
      "the probability is clamped to eps ... 1 - eps",
      { eps: 2e-3 },
    ]);
  });

  test("no numbers are found from as many losses, and no two mistakes from one", () => {
    const ofScale = (count: number) =>
      [1.1, 1.2, 1.3].slice(0, count).map((t) => ({ ...at(t, [0.5, 2], 7, 0), scale: 4 }));
    expect(said(arcface(), ofScale(1))).toContain("no known mistake explains it");
    expect(said(arcface(), ofScale(3))).toContain("loss: another scale with scale = 7");
    const both = [1.1, 1.2].map((t) => {
      const { loss } = at(t, [0.5, 2], 4, 0, softmax());
      return { ...at(t, [0.5, 2], 4), loss: loss / Math.LN2 };
    });
    const name = "no margin: a softmax of the same scale and the logarithm is to base 2, not natural";
    expect(said(arcface(), both)).toContain(name);
    expect(said(arcface(), both.slice(0, 1))).toContain("no known mistake explains it");
  });
});

compare("audit-loss/loss-diagnoses.txt");
