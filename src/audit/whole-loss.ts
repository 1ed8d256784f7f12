import { ParameterError } from "../core/errors.ts";
import { sampleLoss } from "../core/loss.ts";
import { type Message, message } from "../core/message.ts";
import type { Target } from "../core/targets.ts";
import {
  type AuditResult,
  type Checked,
  count,
  either,
  isWrong,
  join,
  type KnownMistake,
  noRows,
  resultOf,
} from "./check.ts";
import { digitsOf, sampled } from "./explain.ts";
import { fewestDigits, largestOf, refine, sumOfSizes } from "./fit.ts";
import { sameFunctions } from "./likeness.ts";
import { checkedGradients } from "./loss-gradients.ts";
import { both, fixedMistakes, type LossMistake, searchedMistakes, weightMistakes } from "./loss-mistakes.ts";
import { type LossProgram, type LossSample, lossOf, lossRange, rightProgram, roughLossOf } from "./loss-program.ts";
import {
  CERTAIN,
  coarserTypes,
  type Dtype,
  type Printing,
  printing,
  ROUNDINGS,
  requireDtype,
  rightAs,
  rightTo,
  ulp,
} from "./tolerance.ts";

/** Samples that a mistake is fitted to, for each of its numbers and one more; classes up to which much is fitted. */
const FITTED = 8;
const MOST_CLASSES = 64;
const TRIED_STARTS = 3;
const MOST_NAMED = 3;
const FEW = 3;

/**
 * Are the losses that a program gave for samples right, and if not, which known mistakes explain them? A
 * loss is right when it lies between those that the logits allow with their rounding errors (see
 * lossRange), a gradient by a cosine likewise (see gradientRanges). The fields of Check are those of the
 * losses. Throws ParameterError without samples, and for another dtype.
 * @example
 * const samples = [0.1, 0.5, 1, 1.5].map((thetaY) => {
 *   return { thetaY, competing: [1.2, 2], scale: 4, loss: sampleLoss(softmax(), 4, thetaY, [1.2, 2]).loss };
 * });
 * auditLoss(arcface(), samples, "float64").candidates[0].name; // "no margin: a softmax of the same scale"
 */
export function auditLoss(target: Target, samples: readonly LossSample[], dtype: Dtype): AuditResult {
  requireDtype(dtype);
  if (samples.length === 0) throw new ParameterError("the table has no rows: nothing to audit");
  const right = rightProgram(target);
  const losses = noRows();
  const truths = samples.map((sample, i) => {
    const { loss } = sampleLoss(target, sample.scale, sample.thetaY, sample.competing);
    const error = Math.abs(sample.loss - loss);
    const unit = ulp(loss, dtype);
    count(losses, i, error, unit, error <= CERTAIN * unit || allows(right, sample, { dtype }));
    return loss;
  });
  const finite = samples.filter(({ loss }) => Number.isFinite(loss));
  const fixed = fixedMistakes(target, finite, truths.reduce((sum, x) => sum + x, 0) / truths.length);
  const failing = losses.failing.map((i) => samples[i]!).filter(({ loss }) => Number.isFinite(loss));
  const ofLoss: Checked = {
    ...{ name: "loss", check: losses },
    ...(isWrong(losses) ? reasons(target, fixed, finite, failing, dtype) : { candidates: [] }),
    hint: samples[losses.firstNotFinite]?.loss === Number.POSITIVE_INFINITY ? UNDERFLOW : undefined,
    figures: message`: ${samples.at(losses.worst)!.loss} in place of ${truths.at(losses.worst)!}`,
  };
  const columns = [ofLoss];
  if (samples[0]!.gradient !== undefined) columns.push(checkedGradients(right, samples, dtype, isWrong(losses)));
  const passes = columns.every(({ check }) => check.bad === 0);
  const angles = samples.map(({ thetaY }) => thetaY);
  // Functions that are right for these samples alone are not looked for, only
  // those that are the same at all their angles.
  const notes = passes ? [...alsoPass(right, fixed, finite, dtype), ...sameFunctions(target, angles, () => false)] : [];
  const isUnexplained = isWrong(losses) && ofLoss.candidates.length === 0 && ofLoss.coarser === undefined;
  if (isUnexplained && samples.every(isLikeCosines)) notes.push(LIKE_COSINES);
  else if (isUnexplained && target.pieces.a > 1 && samples.every(({ scale }) => scale === 1)) notes.push(BY_NORM);
  return resultOf(angles, columns, notes);
}

/** SphereFace multiplies by m, and its loss has the lengths of the features as scales. */
const BY_NORM = message`if the logits hold the lengths of the features, give these as the scale: --scale @norm`;
const LIKE_COSINES = message`no angle is above 1: if these are cosines, give their arccosines`;
const isLikeCosines = ({ thetaY, competing }: LossSample) => largestOf([thetaY, ...Array.from(competing)]) <= 1;

const UNDERFLOW = message`-log of a probability that has become 0 is infinite: take log_softmax, not the logarithm of softmax`;

/** What explains wrong losses, those of failing: known mistakes, or a coarser tolerance, with or without a mistake. */
function reasons(
  target: Target,
  fixed: readonly LossMistake[],
  samples: readonly LossSample[],
  failing: readonly LossSample[],
  dtype: Dtype,
): Pick<Checked, "candidates" | "coarser"> {
  const losses = samples.map(({ loss }) => loss);
  const wrongIn = (as: Tolerance) => samples.filter((one) => !allows(rightProgram(target), one, as));
  const printed = printing(losses);
  if (printed && wrongIn({ dtype, printed }).length === 0) return { candidates: [], coarser: rightTo(printed) };
  const candidates = lossCandidates(target, fixed, samples, failing, { dtype, isGiven: true });
  if (candidates.length > 0) return { candidates };
  const coarser: Tolerance[] = coarserTypes(dtype, losses, failing.length).map((type) => ({ dtype: type }));
  if (printed) coarser.unshift({ dtype: "float32", printed });
  for (const as of coarser) {
    const wrong = wrongIn(as);
    if (wrong.length === 0 && tells(rightProgram(target), samples, as))
      return { candidates, coarser: rightAs(as.dtype) };
    const found = either(lossCandidates(target, fixed, samples, wrong, as));
    const how = as.printed ? `to ${as.printed.places}` : `taken as ${as.dtype}`;
    if (found.length > 0) return { candidates, coarser: message`${how}: ${found}` };
  }
  // One loss in more rows than may have it by chance.
  if (losses.length <= FEW || losses.some((loss) => loss !== losses[0])) return { candidates };
  const name = `every loss is ${losses[0]}: it does not depend on the angles`;
  return { candidates: [{ column: "loss", name, parameters: {}, residual: 0 }] };
}

/**
 * How far losses may lie from the true ones: the program's type of number,
 * and how they were printed, where in few places.
 */
interface Tolerance {
  readonly dtype: Dtype;
  /** The type is what the user says, not a guess. */
  readonly isGiven?: boolean;
  readonly printed?: Printing;
}

function allows(program: LossProgram, sample: LossSample, { dtype, printed }: Tolerance): boolean {
  const { low, high } = lossRange(program, sample, dtype);
  const rounding = printed?.errorOf(sample.loss) ?? 0;
  return sample.loss >= low - rounding && sample.loss <= high + rounding;
}

/**
 * Does the tolerance leave less open than half of what the losses, or those errors,
 * add up to? With a huge m or scale it allows any loss.
 */
function tells(program: LossProgram, samples: readonly LossSample[], { dtype }: Tolerance, errors: number[] = []) {
  const open = samples.map((sample) => lossRange(program, sample, dtype)).map(({ low, high }) => high - low);
  return 2 * sumOfSizes(open) < Math.max(sumOfSizes(samples.map(({ loss }) => loss)), sumOfSizes(errors));
}

/**
 * The mistakes that explain every loss, from the first kind that has one: fixed, fitted,
 * another function, a rare one, two fixed, two fitted ...
 */
function lossCandidates(
  target: Target,
  fixed: readonly LossMistake[],
  samples: readonly LossSample[],
  failing: readonly LossSample[],
  as: Tolerance,
): KnownMistake[] {
  const { slips, own, functions, rare, unscaled } = searchedMistakes(target, samples);
  const pairs = (x: LossMistake, others: readonly LossMistake[]) => others.flatMap((y) => both(x, y) ?? []);
  const { competing, place } = samples[0]!;
  const isSmall = competing.length < MOST_CLASSES;
  const kinds = [
    () => fixed,
    () => slips,
    () => [...own, ...unscaled],
    () => functions,
    () => rare,
    () => fixed.flatMap((x, i) => pairs(x, fixed.slice(i + 1))),
    () => own.flatMap((x, i) => pairs(x, own.slice(i + 1))),
    () => own.flatMap((x) => pairs(x, functions)),
    () => (isSmall && place !== undefined ? weightMistakes(samples[0]!) : []),
    () => (isSmall ? fixed.flatMap((x) => pairs(x, [...own, ...functions])) : []),
  ];
  // With large logits much is within rounding: what fits to within that of the
  // right logits is sought among the others too.
  const size = samples.reduce((most, { scale, loss }) => Math.max(most, Math.abs(loss), scale), 1);
  const close = ROUNDINGS * ulp(size, as.dtype) + (as.printed?.errorOf(size) ?? 0);
  const all: KnownMistake[] = [];
  for (const kind of kinds) {
    // What explains alone explains beside another that changes nothing.
    const found = all.map(({ name }) => name);
    const others = kind().filter(({ parts = [] }) => !parts.some((name) => found.includes(name)));
    all.push(...others.flatMap((mistake) => explanation(mistake, rightProgram(target), failing, samples, as)));
    if (all.some(({ residual }) => residual <= close)) break;
  }
  const least = all.reduce((found, { residual }) => Math.min(found, residual), Number.POSITIVE_INFINITY);
  // As among values, a lambda is less likely than another m.
  const digits = ({ parameters }: KnownMistake) =>
    Object.values(parameters).reduce((n, x) => n + digitsOf(x), "lambda" in parameters ? 2 : 0);
  return all
    .filter(({ residual }) => residual <= Math.max(close, ROUNDINGS * least))
    .sort((x, y) => digits(x) - digits(y));
}

/** The mistake, with its parameters, where it explains every sample. */
function explanation(
  { name, parts = [], searched, starts, change }: LossMistake,
  right: LossProgram,
  failing: readonly LossSample[],
  samples: readonly LossSample[],
  as: Tolerance,
): KnownMistake[] {
  const most = FITTED * (searched.length + 1);
  const some = sampled([...sampled(failing, 2 * most), ...sampled(samples, 2 * most)], most);
  // With no more losses than numbers to be found any can be fitted, and one loss is no sign of two mistakes.
  const distinct = new Set(some.map(({ loss }) => loss)).size;
  if (distinct <= searched.length || distinct < parts.length) return [];
  const within = (u: readonly number[]) => u.map((x, j) => Math.min(searched[j]!.hi, Math.max(searched[j]!.lo, x)));
  const programOf = (u: readonly number[]): LossProgram => ({ ...right, ...change(...within(u)) });
  const at = (u: readonly number[]) => {
    const program = programOf(u);
    return some.map((sample) => roughLossOf(program, sample) - sample.loss);
  };
  const explains = (parameters: readonly number[], of: readonly LossSample[]) => {
    const program = programOf(parameters);
    return of.every((sample) => allows(program, sample, as));
  };
  const slack = sumOfSizes(some.map(({ loss }) => ulp(1, as.dtype) + (as.printed?.errorOf(loss) ?? 0)));
  const found = starts
    .map((start) => ({ start, cost: sumOfSizes(at(start)) }))
    .sort((x, y) => x.cost - y.cost)
    .slice(0, TRIED_STARTS)
    .map(({ start }) => refine(searched, start, at))
    .filter((close) => explains(close, some))
    .flatMap((close) => [fewestDigits(close, (p) => sumOfSizes(at(p)), slack), close])
    .find((parameters) => explains(parameters, samples));
  if (found === undefined) return [];
  const program = programOf(found);
  // Losses that are near 0 by a mistake tell by how far they are from the right
  // ones, if neither program nor type was fitted to them.
  const errors = searched.length > 0 || !as.isGiven ? [] : samples.map((one) => roughLossOf(right, one) - one.loss);
  if (!tells(program, samples, as, errors)) return [];
  const residual = largestOf(samples.map((one) => Math.abs(lossOf(program, one) - one.loss)));
  const parameters = Object.fromEntries(searched.map((p, j) => [p.name, found[j]!]));
  return [{ column: "loss", name, parameters, residual }];
}

/** The fixed mistakes that a table of right losses does not show. */
function alsoPass(
  right: LossProgram,
  fixed: readonly LossMistake[],
  samples: readonly LossSample[],
  dtype: Dtype,
): Message[] {
  const same = fixed.filter(({ change }) => samples.every((one) => allows({ ...right, ...change() }, one, { dtype })));
  if (same.length === 0) return [];
  const named = same.slice(0, MOST_NAMED).map(({ name }) => [name]);
  if (same.length > MOST_NAMED) named.push([`${same.length - MOST_NAMED} more`]);
  return [message`the table cannot tell it from: ${join(named, "; or ")}`];
}
