import { doubleDouble } from "../core/double-double.ts";
import { softmaxOf } from "../core/loss.ts";
import { softmax } from "../core/target-functions.ts";
import {
  makeTarget,
  type Target,
  type TargetDefinition,
  targetDefinition,
  targetDefinitions,
} from "../core/targets.ts";
import type { Searched } from "./fit.ts";
import { angleOf, type LossProgram, type LossSample } from "./loss-program.ts";

/** A mistake in the loss: what it changes of the right program, given the parameters that are fitted, from one of the starts. */
export interface LossMistake {
  readonly name: string;
  readonly searched: readonly Pick<Searched, "name" | "lo" | "hi">[];
  readonly starts: readonly (readonly number[])[];
  readonly change: (...parameters: number[]) => Partial<LossProgram>;
}

type NamedChange = readonly [name: string, change: Partial<LossProgram>];

const fixed = ([name, change]: NamedChange): LossMistake => ({
  name,
  searched: [],
  starts: [[]],
  change: () => change,
});

/** The number of the class whose index is that of the own class plus shift, after the last the first. */
function shifted({ place = 0, competing }: LossSample, shift: number): number {
  const classes = competing.length + 1;
  const index = (place + shift + classes) % classes;
  return index === place ? 0 : index < place ? index + 1 : index;
}

/** The index among all classes of class i. */
const indexOf = ({ place = 0 }: LossSample, i: number) => (i === 0 ? place : i <= place ? i - 1 : i);

function nearest(sample: LossSample): number {
  let best = 0;
  for (let i = 1; i <= sample.competing.length; i++) if (angleOf(sample, i) < angleOf(sample, best)) best = i;
  return best;
}

/** Mistakes without parameters, the likelier first; mean is that of the right losses. */
export function fixedMistakes(samples: readonly LossSample[], mean: number): LossMistake[] {
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
  const isEvery = samples.some(({ competing }) => present.size > competing.length);
  const someTargets: NamedChange = [
    "the margin is on every class that is the target of some sample",
    { margins: (sample) => (i) => present.has(indexOf(sample, i)) },
  ];
  const byPlace: NamedChange[] = [
    ["the labels are one too large", labels(1)],
    ["the labels are one too small", labels(-1)],
    ["the margin is on the class after the target", only((sample) => shifted(sample, 1))],
    ["the margin is on the class before the target", only((sample) => shifted(sample, -1))],
    ...(isEvery ? [] : [someTargets]),
  ];
  const scales: readonly [string, LossProgram["scaleOf"]][] = [
    ["the scale is missing", () => 1],
    ["the scale is applied twice", ({ scale }) => scale ** 2],
    ["the scale is doubled", ({ scale }) => 2 * scale],
    ["the logits are divided by the scale", ({ scale }) => 1 / scale],
    ["the scale is missing from the target's logit", ({ scale }, i) => (i === 0 ? 1 : scale)],
    ["the scale is missing from the competing logits", ({ scale }, i) => (i === 0 ? scale : 1)],
  ];
  const losses: readonly [string, LossProgram["loss"]][] = [
    ["the mean over the classes, not their sum", ({ loss }, others) => loss / (others.length + 1)],
    ["the logarithm is to base 2, not natural", ({ loss }) => loss / Math.LN2],
    ["the logarithm is to base 10, not natural", ({ loss }) => loss / Math.LN10],
    ["the log-sum-exp lacks the target", ({ loss, missed }) => loss + Math.log(missed)],
    ["the loss has its sign flipped", ({ loss }) => -loss],
    ["the softmax is taken twice", (of) => softmaxOf(of.shares.map((p) => doubleDouble(p - of.probability))).loss],
    ["the probability in place of its logarithm", ({ probability }) => -probability],
    ["each row holds the mean over all samples", () => mean],
  ];
  const outside: NamedChange = ["the margin is added without the scale", { marginScale: () => 1 }];
  const isScaled = samples.some(({ scale }) => scale !== 1);
  return (
    [
      ["no margin: a softmax of the same scale", { target: softmax() }],
      ["the margin is on every class", { margins: () => () => true }],
      ...(present.has(undefined) ? [] : byPlace),
      ["the margin is on the nearest class, not on the target", only(nearest)],
      ...(isScaled ? scales.map(([name, scaleOf]): NamedChange => [name, { scaleOf }]) : []),
      ...(isScaled ? [outside] : []),
      ...losses.map(([name, loss]): NamedChange => [name, { loss }]),
    ] satisfies NamedChange[]
  ).map(fixed);
}

const oneOf = (name: string, [lo, hi]: [number, number], starts: number[]) => ({
  searched: [{ name, lo, hi }],
  starts: starts.map((start) => [start]),
});
const SCALES = Array.from({ length: 10 }, (_, i) => 2 ** (i - 1));
const POWERS = Array.from({ length: 10 }, (_, i) => 10 ** -(i + 1));

/** Mistakes with one parameter, and other target functions. */
export function searchedMistakes({ name, parameters, lambda }: Target, samples: readonly LossSample[]) {
  const definition = targetDefinition(name)!;
  const { scale } = samples[0]!;
  const varies = samples.some((sample) => sample.scale !== scale);
  const margin = (of: TargetDefinition, title: string, parameter: string, others: object): LossMistake => {
    const { lo, hi } = of.parameters.find((p) => p.name === parameter)!;
    const starts = Array.from({ length: 17 }, (_, i) => Math.max(lo, (Math.min(hi, 8) * i) / 16));
    const change = (x?: number) => ({ target: makeTarget(of, { ...others, lambda, [parameter]: x }) });
    return { name: title, ...oneOf(parameter, [lo, hi], starts), change };
  };
  const margins = definition.parameters.map((p) => margin(definition, `another ${p.name}`, p.name, parameters));
  const functions = targetDefinitions
    .filter((d) => d !== definition && d.parameters.length === 1 && d.competingDivisor === undefined)
    .map((d) => margin(d, d.name, d.parameters[0]!.name, {}));
  const factor = (x?: number): Partial<LossProgram> => ({ scaleOf: (sample) => x! * sample.scale });
  const own: LossMistake[] = [
    { name: "another scale", ...oneOf("scale", [1e-3, 1e4], SCALES), change: (x) => ({ scaleOf: () => x! }) },
    ...(varies ? [{ name: "a factor on the scale", ...oneOf("factor", [1e-3, 1e4], SCALES), change: factor }] : []),
    ...margins,
    {
      name: lambda === 0 ? "a lambda blend is left in" : "another lambda",
      ...oneOf("lambda", [0, 1e5], [0, 1, 5, 30, 300, 3000]),
      change: (x) => ({ target: makeTarget(definition, { ...parameters, lambda: x! }) }),
    },
    {
      name: "label smoothing, eps / classes for each class,",
      ...oneOf("eps", [0, 1], [0.1]),
      change: (eps) => ({
        loss: ({ loss }, others) => loss - (eps! / (others.length + 1)) * others.reduce((sum, x) => sum + x, 0),
      }),
    },
    {
      name: "a focal loss, (1 - p)^gamma times the loss,",
      ...oneOf("gamma", [0, 16], [2]),
      change: (gamma) => ({ loss: ({ loss, missed }) => missed ** gamma! * loss }),
    },
    {
      name: "eps added to the probability",
      ...oneOf("eps", [1e-12, 1], POWERS),
      change: (eps) => ({ loss: ({ probability }) => -Math.log(probability + eps!) }),
    },
    {
      name: "the probability is clamped to eps ... 1 - eps",
      ...oneOf("eps", [1e-12, 0.5], POWERS),
      change: (eps) => ({ loss: ({ probability: p }) => -Math.log(Math.min(1 - eps!, Math.max(eps!, p))) }),
    },
  ];
  return { own, functions };
}

const LENGTHS = [0.3, 0.5, 0.7, 1, 1.4, 2, 3];

/** Class vectors that are not normalised: each logit with the length of its class vector as a factor, the margin in the product or not. */
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
    searched: [...x.searched, ...y.searched],
    starts: x.starts.flatMap((start) => y.starts.map((more) => [...start, ...more])),
    change: (...p) => ({ ...x.change(...p.slice(0, split)), ...y.change(...p.slice(split)) }),
  };
}

/** A mistake in the gradients of a loss: what it changes of the program, and factors on the gradients of that by each cosine. */
export interface GradientMistake {
  readonly name: string;
  readonly change: Partial<LossProgram>;
  readonly factors: readonly ((sample: LossSample, i: number) => number)[];
}

/** Mistakes in the gradients, of one kind and then of two, for a table of so many samples. */
export function gradientMistakes(samples: number): GradientMistake[] {
  const changed = (name: string, change: Partial<LossProgram>) => ({ name, change, factors: [] });
  const times = (name: string, factor: GradientMistake["factors"][number]) => ({ name, change: {}, factors: [factor] });
  const programs: GradientMistake[] = [
    changed("the margin is detached: the gradient by the target is that of its cosine", { detached: true }),
    changed("the gradient is that of the loss without margin", { target: softmax() }),
  ];
  const factors: GradientMistake[] = [
    times("the gradient is 0: detached", () => 0),
    times("the gradient has its sign flipped", () => -1),
    times("the gradient lacks the scale", ({ scale }) => 1 / scale),
    times("the gradient is divided by the number of samples", () => 1 / samples),
    times("the gradient is by theta, not its cosine", (sample, i) => -Math.sin(angleOf(sample, i))),
    times("the target's logit is detached", (_, i) => (i === 0 ? 0 : 1)),
    times("the competing logits are detached", (_, i) => (i === 0 ? 1 : 0)),
  ];
  const singles = [...programs, ...factors];
  const pairs = singles.flatMap((x, i) =>
    factors.slice(Math.max(0, i - programs.length + 1)).map((y) => ({
      name: `${x.name}, and ${y.name}`,
      change: x.change,
      factors: [...x.factors, ...y.factors],
    })),
  );
  return [...singles, ...pairs];
}
