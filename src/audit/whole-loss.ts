import { ParameterError } from "../core/errors.ts";
import { sampleLoss } from "../core/loss.ts";
import { type Message, message, radians } from "../core/message.ts";
import type { Target } from "../core/targets.ts";
import { type AuditResult, type Check, count, described, join, noRows } from "./audit.ts";
import { type KnownMistake, sampled } from "./explain.ts";
import { fewestDigits, refine, sumOfSizes } from "./fit.ts";
import {
  both,
  fixedMistakes,
  type GradientMistake,
  gradientMistakes,
  type LossMistake,
  searchedMistakes,
  weightMistakes,
} from "./loss-mistakes.ts";
import {
  exactly,
  gradientRanges,
  type LossProgram,
  type LossSample,
  lossOf,
  lossRange,
  rightProgram,
  times,
} from "./loss-program.ts";
import { type Dtype, ROUNDINGS, ulp } from "./tolerance.ts";

/** Samples that a mistake is tried on before all, those of them that it is fitted to, and classes up to which much is fitted. */
const TRIED = 64;
const FITTED = 16;
const MOST_CLASSES = 64;
const TRIED_STARTS = 3;
const MOST_NAMED = 3;

/**
 * Are the losses that a program gave for samples right, and if not, which known mistakes explain them? A loss is right when it lies
 * between those that the logits allow with their rounding errors (see lossRange), a gradient by a cosine likewise (see gradientRanges).
 * The fields of Check are those of the losses. Throws ParameterError without samples.
 * @example
 * const samples = [0.1, 0.5, 1, 1.5].map((thetaY) => {
 *   return { thetaY, competing: [1.2, 2], scale: 4, loss: sampleLoss(softmax(), 4, thetaY, [1.2, 2]).loss };
 * });
 * auditLoss(arcface(), samples, "float64").candidates[0].name; // "no margin: a softmax of the same scale"
 */
export function auditLoss(target: Target, samples: readonly LossSample[], dtype: Dtype): AuditResult {
  const [first] = samples;
  if (first === undefined) throw new ParameterError("the table has no rows: nothing to audit");
  const right = rightProgram(target);
  const { check, truths } = checkLosses(target, samples, dtype);
  const gradient = first.gradient && checkGradients(right, samples, dtype);
  const finite = samples.filter(({ loss }) => Number.isFinite(loss));
  const context = { target, samples: finite, dtype, mean: truths.reduce((sum, x) => sum + x, 0) / truths.length };
  const losses =
    check.bad > check.notFinite
      ? lossCandidates(
          context,
          check.failing.map((i) => samples[i]!),
        )
      : [];
  const gradients =
    gradient && gradient.bad > gradient.notFinite && check.bad === check.notFinite
      ? gradientCandidates(right, samples, dtype)
      : [];
  const candidates = [...losses, ...gradients];
  const firstBad = [check, gradient].flatMap((one) => (one && one.bad > 0 ? [one.firstBad] : []));
  const passes = firstBad.length === 0;
  const said = passes ? [message`every row is right to within rounding`, ...alsoPass(context)] : [];
  for (const [name, one] of [
    ["loss", check],
    ["gradient", gradient],
  ] as const)
    if (one !== undefined) said.push(...findings(name, one, candidates, samples, truths, check));
  return {
    ...check,
    rows: samples.length,
    passes,
    firstBadTheta: passes ? undefined : samples[Math.min(...firstBad)]!.thetaY,
    gradient,
    candidates,
    diagnosis: join(said, "; "),
  };
}

function checkLosses(target: Target, samples: readonly LossSample[], dtype: Dtype) {
  const check = noRows();
  const right = rightProgram(target);
  const truths = samples.map((sample, i) => {
    const { thetaY, competing, scale, loss } = sample;
    const truth = sampleLoss(target, scale, thetaY, competing);
    const error = Math.abs(loss - truth.loss);
    // What the rule allows at least; most rows are decided by it alone.
    const least = ulp(1, dtype) * (8 * Math.max(1, truth.loss) + 16 * Math.min(scale, 1e3) * (1 - truth.probability));
    count(check, i, error, ulp(truth.loss, dtype), error <= least || allows(right, sample, dtype));
    return truth.loss;
  });
  return { check, truths };
}

function allows(program: LossProgram, sample: LossSample, dtype: Dtype): boolean {
  const { low, high } = lossRange(program, sample, dtype);
  return sample.loss >= low && sample.loss <= high;
}

function checkGradients(program: LossProgram, samples: readonly LossSample[], dtype: Dtype): Check {
  const check = noRows();
  samples.forEach((sample, i) => {
    const ranges = gradientRanges(program, sample, dtype, sample.gradient!.length);
    const unit = ulp(Math.max(...ranges.map(({ value }) => Math.abs(value)).filter(Number.isFinite)), dtype);
    count(check, i, errorOf(sample.gradient!, ranges), unit, areWithin(sample.gradient!, ranges));
  });
  return check;
}

interface Context {
  readonly target: Target;
  readonly samples: readonly LossSample[];
  readonly dtype: Dtype;
  /** The mean of the right losses. */
  readonly mean: number;
}

/** The mistakes that explain every loss, from the first kind that has one: fixed, fitted, another function, two fixed ... */
function lossCandidates({ target, samples, dtype, mean }: Context, bad: readonly LossSample[]): KnownMistake[] {
  const failing = bad.filter(({ loss }) => Number.isFinite(loss));
  const few = [...sampled(failing, TRIED / 2), ...sampled(samples, TRIED / 2)];
  const fixed = fixedMistakes(samples, mean);
  const { own, functions } = searchedMistakes(target, samples);
  const paired = (others: readonly LossMistake[]) => fixed.flatMap((x) => others.flatMap((y) => both(x, y) ?? []));
  const classes = samples[0]!.competing.length + 1;
  const hasLengths =
    classes <= MOST_CLASSES &&
    new Set(failing).size > classes &&
    samples.every(({ place, competing }) => place !== undefined && competing.length === classes - 1);
  const kinds = [
    () => fixed,
    () => own,
    () => functions,
    () => fixed.flatMap((x, i) => fixed.slice(i + 1).flatMap((y) => both(x, y) ?? [])),
    () => (hasLengths ? weightMistakes(samples[0]!) : []),
    () => (classes <= MOST_CLASSES ? paired([...own, ...functions]) : []),
  ];
  // With large logits much is within rounding: what fits to within that of the right logits is sought among the others too.
  const sizeOf = ({ thetaY, scale, loss }: LossSample) =>
    Math.max(1, Math.abs(loss), scale, scale * Math.abs(target.value(thetaY)));
  const size = samples.reduce((most, sample) => Math.max(most, sizeOf(sample)), 1);
  const close = ROUNDINGS * ulp(size, dtype);
  const all: KnownMistake[] = [];
  for (const kind of kinds) {
    all.push(...kind().flatMap((mistake) => explanation(mistake, target, few, samples, dtype)));
    if (all.some(({ residual }) => residual <= close)) break;
  }
  const least = all.reduce((found, { residual }) => Math.min(found, residual), Number.POSITIVE_INFINITY);
  return all.filter(({ residual }) => residual <= Math.max(close, ROUNDINGS * least));
}

/** The mistake, with its parameters, where it explains every sample. */
function explanation(
  { name, searched, starts, change }: LossMistake,
  target: Target,
  few: readonly LossSample[],
  samples: readonly LossSample[],
  dtype: Dtype,
): KnownMistake[] {
  const right = rightProgram(target);
  const some = sampled(searched.length > FITTED / 2 ? samples : few, Math.max(FITTED, 8 * searched.length));
  const within = (u: readonly number[]) => u.map((x, j) => Math.min(searched[j]!.hi, Math.max(searched[j]!.lo, x)));
  const programOf = (u: readonly number[]): LossProgram => ({ ...right, ...change(...within(u)) });
  const at = (u: readonly number[]) => {
    const program = programOf(u);
    return some.map((sample) => lossOf(program, sample) - sample.loss);
  };
  const explains = (parameters: readonly number[], of: readonly LossSample[]) => {
    const program = programOf(parameters);
    return of.every((sample) => allows(program, sample, dtype));
  };
  const tries =
    searched.length === 0
      ? starts
      : best(starts, at, Math.max(TRIED_STARTS, searched.length)).map((start) => refine(searched, start, at));
  const close = tries.find((parameters) => explains(parameters, some) && explains(parameters, few));
  if (close === undefined || (searched.length > 0 && some.length <= searched.length)) return [];
  const found = fewestDigits([...close], (p) => sumOfSizes(at(p)), some.length * ulp(1, dtype));
  if (!explains(found, samples)) return [];
  const program = programOf(found);
  const residual = samples.reduce((most, one) => Math.max(most, Math.abs(lossOf(program, one) - one.loss)), 0);
  const parameters = Object.fromEntries(searched.map((p, j) => [p.name, found[j]!]));
  return [{ column: "loss", name, parameters, residual }];
}

const best = (starts: LossMistake["starts"], at: (u: readonly number[]) => number[], count: number) =>
  starts
    .map((start) => ({ start, cost: sumOfSizes(at(start)) }))
    .sort((x, y) => x.cost - y.cost)
    .slice(0, count)
    .map(({ start }) => start);

/** The first mistake that explains every gradient. */
function gradientCandidates(right: LossProgram, samples: readonly LossSample[], dtype: Dtype): KnownMistake[] {
  const finite = samples.filter(({ gradient }) => Array.prototype.every.call(gradient!, Number.isFinite));
  const rangesOf = ({ change, factors }: GradientMistake, sample: LossSample) =>
    gradientRanges({ ...right, ...change }, sample, dtype, sample.gradient!.length).map((range, i) =>
      factors.reduce((x, factor) => times(x, exactly(factor(sample, i))), range),
    );
  const found = gradientMistakes(samples.length).find((mistake) =>
    finite.every((sample) => areWithin(sample.gradient!, rangesOf(mistake, sample))),
  );
  if (found === undefined) return [];
  const residuals = finite.map((sample) => errorOf(sample.gradient!, rangesOf(found, sample)));
  return [
    { column: "gradient", name: found.name, parameters: {}, residual: residuals.reduce((x, y) => Math.max(x, y), 0) },
  ];
}

const areWithin = (given: ArrayLike<number>, ranges: ReturnType<typeof gradientRanges>) =>
  ranges.every(({ low, high }, i) => given[i]! >= low && given[i]! <= high);

/** The largest error of the gradients of a sample; at an angle where the true one is infinite there is none. */
function errorOf(given: ArrayLike<number>, ranges: ReturnType<typeof gradientRanges>): number {
  const errors = ranges.map(({ value }, i) => (Number.isFinite(value) ? Math.abs(given[i]! - value) : given[i]! * 0));
  return errors.reduce((most, x) => Math.max(most, x), 0);
}

/** The fixed mistakes that a table of right losses does not show. */
function alsoPass({ target, samples, dtype, mean }: Context): Message[] {
  const right = rightProgram(target);
  const same = fixedMistakes(samples, mean).filter(({ change }) =>
    samples.every((sample) => allows({ ...right, ...change() }, sample, dtype)),
  );
  if (same.length === 0) return [];
  const named = same.slice(0, MOST_NAMED).map(({ name }) => [name]);
  if (same.length > MOST_NAMED) named.push([`${same.length - MOST_NAMED} more`]);
  return [message`the table cannot tell it from: ${join(named, "; or ")}`];
}

function findings(
  name: "loss" | "gradient",
  { notFinite, firstNotFinite, bad, worst }: Check,
  candidates: readonly KnownMistake[],
  samples: readonly LossSample[],
  truths: readonly number[],
  losses: Check,
): Message[] {
  const said: Message[] = [];
  if (notFinite > 0)
    said.push(message`${name}: ${notFinite} not finite, first at ${radians(samples[firstNotFinite]!.thetaY)}`);
  const found = candidates.filter(({ column }) => column === name).map(described);
  if (found.length > 0) said.push(message`${name}: ${join(found, " or ")}`);
  // Where the losses are wrong the gradients follow from that mistake: no sentence of their own.
  else if (bad > notFinite && (name === "loss" || losses.bad === losses.notFinite)) {
    const { thetaY, loss } = samples[worst]!;
    const figures = name === "loss" ? message`: ${loss} in place of ${truths[worst]!}` : [];
    said.push(
      message`${name}: ${bad} of ${samples.length} rows wrong, and no known mistake explains it; worst at ${radians(thetaY)}${figures}`,
    );
  }
  return said;
}
