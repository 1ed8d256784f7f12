import { doubleDouble } from "../core/double-double.ts";
import { softmaxOf } from "../core/loss.ts";
import { cosface, softmax } from "../core/target-functions.ts";
import {
  makeTarget,
  type Target,
  type TargetDefinition,
  targetDefinition,
  targetDefinitions,
} from "../core/targets.ts";
import { largestOf, type Searched } from "./fit.ts";
import { angleOf, type LossProgram, type LossSample } from "./loss-program.ts";
import { valueCurve, valueMistakes } from "./mistakes.ts";
import { evaluate } from "./tolerance.ts";

/**
 * A mistake in the loss: what it changes of the right program, given the
 * parameters that are fitted, from one of the starts.
 */
export interface LossMistake {
  readonly name: string;
  /** The names of the two mistakes that it is. */
  readonly parts?: readonly string[];
  readonly searched: readonly Pick<Searched, "name" | "lo" | "hi">[];
  readonly starts: readonly (readonly number[])[];
  readonly change: (...parameters: number[]) => Partial<LossProgram>;
}

/** The number of the class before (shift -1) or after (1) the own one, around the ends. */
function shifted({ place = 0, competing }: LossSample, shift: number): number {
  const classes = competing.length + 1;
  const index = (place + shift + classes) % classes;
  return index < place ? index + 1 : index;
}

/** The index among all classes of class i. */
const indexOf = ({ place = 0 }: LossSample, i: number) => (i === 0 ? place : i <= place ? i - 1 : i);

function nearest(sample: LossSample): number {
  let best = 0;
  for (let i = 1; i <= sample.competing.length; i++) if (angleOf(sample, i) < angleOf(sample, best)) best = i;
  return best;
}

const areScaled = (samples: readonly LossSample[]) => samples.some(({ scale }) => scale !== 1);

/** Mistakes without parameters, the likelier first; mean is that of the right losses. */
export function fixedMistakes({ name }: Target, samples: readonly LossSample[], mean: number): LossMistake[] {
  const only = (classOf: (sample: LossSample) => number): Partial<LossProgram> => ({
    margins: (sample) => {
      const y = classOf(sample);
      return (i) => i === y;
    },
  });
  const labels = (shift: number): Partial<LossProgram> => {
    const classOf = (sample: LossSample) => shifted(sample, shift);
    return { ...only(classOf), labelled: classOf };
  };
  const present = new Set(samples.map(({ place }) => place));
  const isLabelled = !present.has(undefined);
  const isPartial = isLabelled && samples.every(({ competing }) => present.size <= competing.length);
  const ofPresent: LossProgram["margins"] = (sample) => (i) => present.has(indexOf(sample, i));
  const hasMargin = name !== "softmax";
  const isAdded = hasMargin && name !== "sphereface-r2";
  const isScaled = areScaled(samples);
  const known: readonly [name: string, change: Partial<LossProgram>, applies?: boolean][] = [
    ["no margin: a softmax of the same scale", { target: softmax() }, hasMargin],
    ["the margin is on every class", { margins: () => () => true }, hasMargin],
    ["the labels are one too large", labels(1), isLabelled],
    ["the labels are one too small", labels(-1), isLabelled],
    ["the margin is on the class after the target", only((sample) => shifted(sample, 1)), hasMargin && isLabelled],
    ["the margin is on the class before the target", only((sample) => shifted(sample, -1)), hasMargin && isLabelled],
    ["the loss is that of the class after the target", { labelled: (sample) => shifted(sample, 1) }, isLabelled],
    ["the loss is that of the class before the target", { labelled: (sample) => shifted(sample, -1) }, isLabelled],
    ["the margin is on every class that is the target of some sample", { margins: ofPresent }, hasMargin && isPartial],
    ["the margin is on the nearest class, not on the target", only(nearest), hasMargin],
    ["the scale is missing", { scaleOf: () => 1 }, isScaled],
    ["the scale is applied twice", { scaleOf: ({ scale }) => scale ** 2 }, isScaled],
    ["the scale is doubled", { scaleOf: ({ scale }) => 2 * scale }, isScaled],
    ["the logits are divided by the scale", { scaleOf: ({ scale }) => 1 / scale }, isScaled],
    ["the scale is missing from the target's logit", { scaleOf: ({ scale }, i) => (i === 0 ? 1 : scale) }, isScaled],
    ["the scale is missing from the competing logits", { scaleOf: ({ scale }, i) => (i === 0 ? scale : 1) }, isScaled],
    ["the margin is added without the scale", { marginScale: () => 1 }, isAdded && isScaled],
    ["the mean over the classes, not their sum", { loss: ({ loss }, others) => loss / (others.length + 1) }],
    ["the logarithm is to base 2, not natural", { loss: ({ loss }) => loss / Math.LN2 }],
    ["the logarithm is to base 10, not natural", { loss: ({ loss }) => loss / Math.LN10 }],
    ["the largest logit in place of the log-sum-exp", { loss: (_, others) => largestOf([0, ...others]) }],
    ["the log-sum-exp lacks the target", { loss: ({ loss, missed }) => loss + Math.log(missed) }],
    ["the loss has its sign flipped", { loss: ({ loss }) => -loss }],
    ["the softmax is taken twice", { loss: softmaxTwice }],
    ["the probability in place of its logarithm", { loss: ({ probability }) => -probability }],
    ["each row holds the mean over all samples", { loss: () => mean }],
    ["each row holds the sum over all samples", { loss: () => mean * samples.length }],
    ["the loss is divided by the number of samples", { loss: ({ loss }) => loss / samples.length }],
  ];
  return known.flatMap(([name, change, applies = true]) =>
    applies ? [{ name, searched: [], starts: [[]], change: () => change }] : [],
  );
}

const softmaxTwice: LossProgram["loss"] = ({ shares, probability }) =>
  softmaxOf(shares.map((p) => doubleDouble(p - probability))).loss;

const SCALES = Array.from({ length: 10 }, (_, i) => 2 ** (i - 1));
const POWERS = Array.from({ length: 10 }, (_, i) => 10 ** -(i + 1));

/** A mistake with one parameter. */
const oneOf = (
  name: string,
  parameter: string,
  [lo, hi]: readonly [number, number],
  starts: readonly number[],
  change: (x: number) => Partial<LossProgram>,
): LossMistake => ({
  name,
  searched: [{ name: parameter, lo, hi }],
  starts: starts.map((start) => [start]),
  change: (x) => change(x!),
});

/** Mistakes with one parameter, and other target functions. */
export function searchedMistakes(target: Target, samples: readonly LossSample[]) {
  const { name, parameters, lambda } = target;
  const definition = targetDefinition(name)!;
  const varies = samples.some(({ scale }) => scale !== samples[0]!.scale);
  /** A function with other parameters than it should have, all but those that are given. */
  const refitted = (of: TargetDefinition, title: string, given: Readonly<Record<string, number>> = {}): LossMistake => {
    const searched = of.parameters.filter((p) => !(p.name in given));
    const [steps, most] = searched.length === 1 ? [16, 8] : [4, 2];
    const startsOf = ({ lo, hi }: (typeof searched)[number]) =>
      Array.from({ length: steps + 1 }, (_, i) => Math.max(lo, (Math.min(hi, most) * i) / steps));
    const starts = searched
      .map(startsOf)
      .reduce((all, one) => all.flatMap((some) => one.map((x) => [...some, x])), [[]] as number[][]);
    const change = (...x: number[]) => {
      const found = Object.fromEntries(searched.map((p, i) => [p.name, x[i]!]));
      return { target: makeTarget(of, { ...given, ...found, lambda }) };
    };
    return { name: title, searched, starts, change };
  };
  const functions = targetDefinitions
    .filter((d) => d !== definition && d.parameters.length === 1)
    .map((d) => refitted(d, `another function, ${d.name}`));
  const several = targetDefinitions
    .filter(({ parameters }) => parameters.length > 1)
    .map((d) => refitted(d, d === definition ? "other parameters" : `another function, ${d.name}`));
  const weightedFocal: LossMistake = {
    name: "a focal loss with a weight, alpha (1 - p)^gamma times the loss,",
    searched: [
      { name: "gamma", lo: 0, hi: 16 },
      { name: "alpha", lo: 1e-3, hi: 1e3 },
    ],
    starts: [[2, 0.25]],
    change: (gamma, alpha) => ({ loss: ({ loss, missed }) => alpha! * missed ** gamma! * loss }),
  };
  const onTarget = oneOf("a factor on the target's logit", "factor", [1e-3, 1e3], [0.5, 2, 6], (x) => ({
    scaleOf: ({ scale }, i) => (i === 0 ? x * scale : scale),
  }));
  const unscaled = oneOf("a margin that is subtracted without the scale", "m", [0, 2], [0.35], (m) => {
    return { target: cosface({ m }), marginScale: () => 1 };
  });
  const ofFactor = (x: number): Partial<LossProgram> => ({ scaleOf: ({ scale }) => x * scale });
  const blended = (x: number) => ({ target: makeTarget(definition, { ...parameters, lambda: x }) });
  const smoothed = (eps: number): Partial<LossProgram> => ({
    loss: ({ loss }, others) => loss - (eps / (others.length + 1)) * others.reduce((sum, x) => sum + x, 0),
  });
  const focal = (gamma: number): Partial<LossProgram> => ({ loss: ({ loss, missed }) => missed ** gamma * loss });
  const ofProbability = (change: (p: number) => number): Partial<LossProgram> => ({
    loss: ({ probability }) => -Math.log(change(probability)),
  });
  const blend = lambda === 0 ? "a lambda blend is left in" : "another lambda";
  const clamped = "the probability is clamped to eps ... 1 - eps";
  // Those of a target's values that are cosines of the angle, without a number to be found.
  const curves = valueMistakes(target).filter(({ searched }) => searched.length === 0);
  const slips = curves.flatMap(({ name, curve }): LossMistake[] => {
    const { pieces, isCosine, warp } = curve();
    if (!isCosine || warp !== undefined) return [];
    const slipped: Target = { ...target, pieces, value: (theta) => evaluate(valueCurve({ pieces, lambda }), theta) };
    return [{ name, searched: [], starts: [[]], change: () => ({ target: slipped }) }];
  });
  const own = [
    oneOf("another scale", "scale", [1e-3, 1e4], SCALES, (x) => ({ scaleOf: () => x })),
    ...(varies ? [oneOf("a factor on the scale", "factor", [1e-3, 1e4], SCALES, ofFactor)] : []),
    ...definition.parameters.map((p) => {
      const others = Object.entries(parameters).filter(([name]) => name !== p.name);
      return refitted(definition, `another ${p.name}`, Object.fromEntries(others));
    }),
    oneOf(blend, "lambda", [0, 1e5], [0, 1, 5, 30, 300, 3000], blended),
    oneOf("label smoothing, eps / classes for each class,", "eps", [0, 1], [0.1], smoothed),
    oneOf("a focal loss, (1 - p)^gamma times the loss,", "gamma", [0, 16], [2], focal),
    oneOf("a factor on the loss", "factor", [1e-3, 1e3], [1], (x) => ({ loss: ({ loss }) => x * loss })),
    oneOf("eps added to the probability", "eps", [1e-12, 1], POWERS, (eps) => ofProbability((p) => p + eps)),
    oneOf(clamped, "eps", [1e-12, 0.5], POWERS, (eps) => ofProbability((p) => Math.min(1 - eps, Math.max(eps, p)))),
  ];
  return {
    slips,
    own,
    functions,
    // What few programs do, or what has several numbers to be found.
    rare: [...several, weightedFocal, onTarget],
    unscaled: areScaled(samples) ? [unscaled] : [],
  };
}

const LENGTHS = [0.3, 0.5, 0.7, 1, 1.4, 2, 3];

/**
 * Class vectors that are not normalised: each logit with the length of its class
 * vector as a factor, the margin in the product or not.
 */
export function weightMistakes({ competing: { length } }: LossSample): LossMistake[] {
  const searched = Array.from({ length: length + 1 }, (_, i) => ({ name: `length_${i}`, lo: 1e-3, hi: 1e3 }));
  const lengths = (name: string, more: Partial<LossProgram>): LossMistake => ({
    name,
    searched,
    starts: LENGTHS.map((x) => searched.map(() => x)),
    change: (...x) => ({ scaleOf: (sample, i) => sample.scale * x[indexOf(sample, i)]!, ...more }),
  });
  return [
    lengths("the class vectors are not normalised", {}),
    lengths("the class vectors are not normalised, the margin is without their length", {
      marginScale: ({ scale }) => scale,
    }),
  ];
}

/** Two mistakes at once; undefined where they change the same. */
export function both(x: LossMistake, y: LossMistake): LossMistake | undefined {
  const at = (mistake: LossMistake) => Object.keys(mistake.change(...mistake.starts[0]!));
  if (at(x).some((key) => at(y).includes(key))) return undefined;
  const split = x.searched.length;
  return {
    name: `${x.name} and ${y.name}`,
    parts: [x.name, y.name],
    searched: [...x.searched, ...y.searched],
    starts: x.starts.flatMap((start) => y.starts.map((more) => [...start, ...more])),
    change: (...p) => ({ ...x.change(...p.slice(0, split)), ...y.change(...p.slice(split)) }),
  };
}
