import * as dd from "./double-double.ts";
import { LARGEST, ParameterError, requireWithin } from "./errors.ts";
import { isAngle } from "./psi.ts";
import type { Target } from "./targets.ts";

/** The loss of one sample and its derivatives; by angles, per radian. */
export interface SampleLoss {
  /** scale * target(theta_y) */
  logitY: number;
  /** -log(probability) */
  loss: number;
  /** Softmax probability of the target class. */
  probability: number;
  byThetaY: number;
  /** By cos(theta_y); at theta_y = 0 the limit. */
  byCosY: number;
  byScale: number;
  /** By each competing angle, in the order given. */
  byThetaJ: number[];
}

type Angles = ArrayLike<number>;

/**
 * -log softmax of one sample: target logit scale * target(theta_y), competing logits scale * cos(theta_j) (cos(theta_j
 * / m) for sphereface-r2). Angles in radians, in [0, pi]; others, NaN too, give NaN throughout. A shifted log-sum-exp
 * over differences of logits as double-doubles: up to scale 1e4 the loss has a relative error below 1e-14, however
 * small it is, gradients by angle and by cosine are within 4 ulp of max(|gradient|, scale), and the gradient by scale
 * within 4 ulp of max(|gradient|, largest |gap|, 1e-4), a gap being a competing cosine less the target. At scale 0
 * every class has the same probability, and only the gradient by scale is not 0. others are the competing angles. With
 * count, the number of classes, from 1 to 2^53, the competitors are count - 1 classes at the one competing angle, and
 * byThetaJ has the gradient by the angle of one of them; with count 1 it is empty. Throws ParameterError for a scale
 * outside [0, 1e100], for no competing angle, and for a count that several of them do not fit.
 * @example
 * sampleLoss(softmax(), 1, 1.2, [1.2]).probability; // 0.5
 * sampleLoss(asoftmax({ m: 4 }), 30, 0.1, [1.5]).loss < 1e-9; // true
 * sampleLoss(softmax(), 1, 1.5, [1.5], 10574).loss.toFixed(5); // "9.26615"
 */
export function sampleLoss(target: Target, scale: number, thetaY: number, others: Angles, count?: number): SampleLoss {
  requireWithin("scale", scale, 0, LARGEST);
  if (!(others.length > 0)) throw new ParameterError("competing angles are missing: give at least one");
  requireClasses(count === undefined ? 1 : count, 1);
  const each = count === undefined || count === others.length + 1 ? 1 : count - 1;
  if (each !== 1 && others.length > 1)
    throw new ParameterError(`${count} classes do not go with ${others.length} competing angles: give one for all`);
  const own = target.exactValue(thetaY);
  const phases = each === 0 ? [] : Array.from(others, (theta) => competingPhase(target, theta));
  const gaps = phases.map((phase) => dd.subtract(dd.cosine(phase), own));
  const exponents = gaps.map((gap) => dd.multiply(gap, scale));
  const { loss, probability, missed, shares } = softmaxOf(exponents, each);
  const pull = -missed * scale;
  return {
    logitY: dd.multiply(own, scale).hi,
    loss,
    probability,
    byThetaY: pull * target.slope(thetaY),
    byCosY: productOrZero(pull, target.slopeByCosine(thetaY)),
    byScale: shares.reduce((sum, share, j) => dd.add(sum, dd.multiply(gaps[j]!, share * each)), dd.doubleDouble(0)).hi,
    byThetaJ: shares.map((share, j) => (-share * scale * dd.sine(phases[j]!).hi) / target.competingDivisor),
  };
}

/**
 * The softmax of one sample: loss and probability of the target class, and the
 * probabilities of the others, together and each.
 */
export type Softmax = ReturnType<typeof softmaxOf>;

/**
 * The softmax from the differences competing logit - target logit, each counted `each`
 * times: a shifted log-sum-exp, accurate for a loss near 0 too.
 */
export function softmaxOf(exponents: readonly dd.DoubleDouble[], each = 1) {
  const shift = exponents.reduce<dd.DoubleDouble>((top, x) => (x.hi > top.hi ? x : top), dd.doubleDouble(0));
  const shifted = exponents.map((x) => expOf(dd.subtract(x, shift)));
  const ofEach = shifted.reduce<dd.DoubleDouble>((sum, x) => dd.add(sum, x), dd.doubleDouble(0));
  const odds = dd.multiply(ofEach, each);
  const ownPart = expOf(dd.negate(shift));
  const total = dd.add(odds, ownPart);
  return {
    loss: shift.hi === 0 ? Math.log1p(odds.hi) : shift.hi + Math.log1p(dd.add(total, -1).hi) + shift.lo,
    probability: ownPart / total.hi,
    missed: dd.divide(odds, total).hi,
    shares: shifted.map((x) => x / total.hi),
  };
}

/** Throws ParameterError unless classes is a whole number from least to 2^53. */
export function requireClasses(classes: number, least = 2): void {
  if (!(Number.isInteger(classes) && classes >= least && classes <= 2 ** 53))
    throw new ParameterError(`the number of classes is ${classes}: it must be a whole number from ${least} to 2^53`);
}

/** theta_j / competingDivisor as a phase, the quotient being a double-double. */
export function competingPhase({ competingDivisor }: Target, theta: number): dd.Phase {
  if (!isAngle(theta)) return { quarter: 0, hi: Number.NaN, lo: Number.NaN };
  if (competingDivisor === 1) return dd.reduce(1, theta);
  const { hi, lo } = dd.divide(dd.doubleDouble(theta), competingDivisor);
  return dd.reduce(1, hi, lo);
}

const expOf = ({ hi, lo }: dd.DoubleDouble) => Math.exp(hi) * (1 + lo);

/** x * y, but 0 for x = 0 (a probability that underflowed) and an infinite slope y. */
const productOrZero = (x: number, y: number) => (x === 0 ? 0 : x * y);
