import * as dd from "./double-double.ts";
import { LARGEST, ParameterError, requireWithin } from "./errors.ts";
import { isAngle, MAX_MARGIN } from "./psi.ts";

/** One piece of a target function: weight * cos(a theta + b) + offset. */
export interface Piece {
  readonly weight: 1 | -1;
  readonly a: number;
  readonly b: number;
  readonly offset: number;
  /** The rounding error of offset: the exact offset less offset. */
  readonly offsetLow?: number;
}

/**
 * The pieces of a function, in order: count of them, up to 2^20, so that piece(i) makes one when it is asked for. Piece
 * i ends, and piece i + 1 begins, at a theta + b = (i + 1) * quarters * pi/2.
 */
export interface Pieces {
  readonly a: number;
  readonly b: number;
  readonly quarters: number;
  readonly count: number;
  readonly piece: (i: number) => Piece;
  /** Given where piece k is (-1)^k cos(a theta + b) + step * k for every k. */
  readonly step?: number;
}

/**
 * A target function: what replaces cos(theta_y) in the target logit.
 * Angles are in radians, in [0, pi]; others give NaN.
 */
export interface Target {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** The weight of cos(theta): (lambda cos(theta) + target(theta)) / (1 + lambda). */
  readonly lambda: number;
  /** The text that targetFromSpec reads back: name, every parameter in order, lambda only when not 0. */
  readonly spec: string;
  readonly pieces: Pieces;
  /** Competing logits are cos(theta_j / competingDivisor): 1 for all but sphereface-r2. */
  readonly competingDivisor: number;
  /** The value at theta, within 0.51 ulp, or 2^-57 of its largest term where terms cancel. */
  value(theta: number): number;
  /** The value as a double-double, with an error of about 2^-57 of its largest term. */
  exactValue(theta: number): dd.DoubleDouble;
  /**
   * The derivative by theta, per radian, of the piece that holds theta; where
   * pieces meet, of the later. Accuracy as value.
   */
  slope(theta: number): number;
  /** The derivative by cos(theta); at theta = 0 its limit, which may be infinite. */
  slopeByCosine(theta: number): number;
}

interface Parameter {
  readonly name: string;
  readonly standard: number;
  readonly lo: number;
  readonly hi: number;
}

/** A target function as a formula of its parameters: one such object in the list below defines a new one. */
export interface TargetDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly formula: string;
  readonly parameters: readonly Parameter[];
  readonly pieces: (...parameters: number[]) => Pieces;
  readonly competingDivisor?: (...parameters: number[]) => number;
}

const within = (lo: number, hi: number) => (name: string, standard: number) => ({ name, standard, lo, hi });
const asMargin = within(1, MAX_MARGIN);
const asFactor = within(Number.MIN_VALUE, MAX_MARGIN);
const asAngle = within(0, Math.PI);
const asOffset = within(0, 2);

const plain = (a = 1, b = 0, offset = 0): Piece => ({ weight: 1, a, b, offset });
/** Pieces from a list: piece i ends at a theta + b = (i + 1) * quarters * pi/2, the last at theta = pi. */
const parts = (a: number, b: number, quarters: number, ...list: Piece[]): Pieces => {
  return { a, b, quarters, count: list.length, piece: (i) => list[i] ?? list.at(-1)! };
};
const one = (piece: Piece): Pieces => parts(1, 0, 2, piece);
const segments = (a: number, step: number): Pieces => {
  const piece = (k: number): Piece => ({ weight: k & 1 ? -1 : 1, a, b: 0, offset: step * k });
  return { a, b: 0, quarters: 2, count: Math.ceil(a), piece, step };
};

/** A cosine with an offset of more digits than a double has. */
const plainAbove = ({ hi, lo }: dd.DoubleDouble): Piece => ({ ...plain(1, 0, hi), offsetLow: lo });
const lowest: Piece = { ...plain(0), weight: -1 };

/** cos(t + m) up to pi - m, and another piece beyond. */
const arcfaceThen = (name: string, formula: string, beyond: (m: number) => Piece): TargetDefinition => ({
  name,
  formula,
  parameters: [asAngle("m", 0.5)],
  pieces: (m) => parts(1, m!, 2, plain(1, m), beyond(m!)),
});

/**
 * Every target function known. Sources: SphereFace (arXiv:1704.08063), CosFace (1801.09414), ArcFace (1801.07698),
 * SphereFace-R (2109.05565); arcface beyond pi - m in programs: insightface (arcface-hard), OpenSphere (-clip),
 * FaceX-Zoo (-plain), WeSpeaker and 3D-Speaker (-shift), Keras_insightface (-reflect).
 */
export const targetDefinitions: readonly TargetDefinition[] = [
  {
    name: "asoftmax",
    aliases: ["sphereface", "psi", "a-softmax", "angular-softmax", "l-softmax", "lsoftmax"],
    formula: "(-1)^k cos(m t) - 2k on [k pi/m, (k+1) pi/m]",
    parameters: [asMargin("m", 4)],
    pieces: (m) => segments(m!, -2),
  },
  { name: "naive", formula: "cos(m t)", parameters: [asFactor("m", 4)], pieces: (m) => one(plain(m)) },
  {
    name: "softmax",
    aliases: ["normface", "modified-softmax"],
    formula: "cos(t)",
    parameters: [],
    pieces: () => one(plain()),
  },
  {
    name: "cosface",
    aliases: ["am-softmax", "amsoftmax", "am"],
    formula: "cos(t) - m",
    parameters: [asOffset("m", 0.35)],
    pieces: (m) => one(plain(1, 0, -m!)),
  },
  {
    name: "arcface",
    aliases: ["aam-softmax", "aamsoftmax", "aam"],
    formula: "cos(t + m)",
    parameters: [asAngle("m", 0.5)],
    pieces: (m) => one(plain(1, m)),
  },
  {
    name: "arcface-easy",
    formula: "cos(t + m) if cos(t) > 0, else cos(t)",
    parameters: [asAngle("m", 0.5)],
    pieces: (m) => parts(1, 0, 1, plain(1, m), plain()),
  },
  arcfaceThen("arcface-hard", "cos(t + m) if t < pi - m, else cos(t) - m sin(m)", (m) => {
    const phase = dd.reduce(1, m);
    return plainAbove(dd.multiply(dd.fullCosine({ ...phase, quarter: phase.quarter - 1 }), -m));
  }),
  {
    name: "combined",
    formula: "cos(m1 t + m2) - m3",
    parameters: [asFactor("m1", 1), asAngle("m2", 0.3), asOffset("m3", 0.2)],
    pieces: (m1, m2, m3) => one(plain(m1, m2, -m3!)),
  },
  {
    name: "sphereface-r1",
    formula: "cos(min(m t, pi))",
    parameters: [asMargin("m", 1.7)],
    pieces: (m) => parts(m!, 0, 2, plain(m), lowest),
  },
  {
    name: "sphereface-r2",
    formula: "cos(t), against cos(theta_j / m)",
    parameters: [asMargin("m", 1.7)],
    pieces: () => one(plain()),
    competingDivisor: (m) => m!,
  },
  arcfaceThen("arcface-clip", "cos(min(t + m, pi))", () => lowest),
  arcfaceThen("arcface-plain", "cos(t + m) if t < pi - m, else cos(t)", () => plain()),
  arcfaceThen("arcface-shift", "cos(t + m) if t < pi - m, else cos(t) - 1 + cos(m)", (m) => {
    const half = dd.sine(dd.reduce(0.5, m));
    return plainAbove(dd.multiply(dd.multiply(half, half), -2));
  }),
  arcfaceThen("arcface-reflect", "cos(t + m) if t < pi - m, else -2 - cos(t + m)", (m) => {
    return { ...plain(1, m, -2), weight: -1 };
  }),
];

/** Losses that no target function here gives, by name: what they are, and what an audit can check of them. */
export const otherLosses: Readonly<Record<string, string>> = {
  sphereface2:
    "sphereface2 is a sum of binary losses, one a class, with a bias and a reshaped cosine: audit its cosine before they are applied, as cosface (type C), arcface-clip (A) or sphereface-r1 (M)",
  curricularface:
    "curricularface weighs hard competitors by a running mean of the target cosines: audit its target logit alone, as arcface-hard",
  adaface:
    "adaface takes its margins from the feature norms of the batch: audit rows of one norm, as cosface where the scaled norm is 0, as arcface-clip where it is -1",
  magface: "magface takes m from each feature norm: audit rows of one norm, as arcface-hard with their m",
  circle:
    "circle weighs each cosine by its own distance from an optimum, a weight that has no gradient: audit its cosines before, as softmax",
};

/** lambda. Throws ParameterError unless it is finite and at least 0. */
export const requireLambda = (lambda: number): number => requireWithin("lambda", lambda, 0, LARGEST);

/**
 * The target function of that definition with the given parameters, defaults for the rest; lambda >= 0 blends in
 * cos(theta). Throws ParameterError for an unknown parameter or one outside its domain.
 */
export function makeTarget(
  definition: TargetDefinition,
  given: Readonly<Record<string, number | undefined>> = {},
): Target {
  if (typeof given !== "object" || given === null)
    throw new ParameterError(`${definition.name}: give the parameters by name, such as { lambda: 5 }`);
  const { lambda = 0, ...own } = given;
  requireLambda(lambda);
  const unknown = Object.keys(own).find((name) => !definition.parameters.some((p) => p.name === name));
  if (unknown !== undefined) throw new ParameterError(`${definition.name} has no parameter ${unknown}`);
  const parameters = Object.fromEntries(definition.parameters.map((p) => [p.name, own[p.name] ?? p.standard]));
  for (const { name, lo, hi } of definition.parameters) requireWithin(name, parameters[name]!, lo, hi);
  const values = Object.values(parameters);
  const written = Object.entries(lambda === 0 ? parameters : { ...parameters, lambda }).map(([n, v]) => `:${n}=${v}`);
  const pieces = definition.pieces(...values);
  const at = (of: typeof pieceValue, theta: number) =>
    isAngle(theta) ? of(pieces.piece(pieceIndex(pieces, theta)), theta, lambda) : dd.doubleDouble(Number.NaN);
  return {
    name: definition.name,
    parameters,
    lambda,
    spec: definition.name + written.join(""),
    pieces,
    competingDivisor: definition.competingDivisor?.(...values) ?? 1,
    exactValue: (theta) => at(pieceValue, theta),
    value: (theta) => at(pieceValue, theta).hi,
    slope: (theta) => at(pieceSlope, theta).hi,
    slopeByCosine: (theta) => bySine((t) => at(pieceSlope, t), theta),
  };
}

/** The definition with that name or alias; undefined for an unknown name. */
export const targetDefinition = (name: string): TargetDefinition | undefined =>
  targetDefinitions.find((d) => d.name === name || d.aliases?.includes(name));

/** The target function with that name or alias, and parameters; undefined for an unknown name. Errors as makeTarget. */
export function target(name: string, parameters?: Readonly<Record<string, number>>): Target | undefined {
  const definition = targetDefinition(name);
  return definition && makeTarget(definition, parameters);
}

/** The angle at which piece i ends: the double nearest to it, at most pi; the last piece ends at pi. */
export function pieceEnd({ a, b, quarters, count }: Pieces, i: number): number {
  return i >= count - 1 ? Math.PI : Math.min(Math.PI, Math.max(0, dd.angleOfQuarter((i + 1) * quarters, a, b)));
}

/** The index of the piece that holds theta, exactly. */
export function pieceIndex({ a, b, quarters, count }: Pieces, theta: number): number {
  return count === 1 ? 0 : Math.min(Math.floor(dd.wholeQuarters(dd.reduce(a, theta, b)) / quarters), count - 1);
}

/**
 * The value of a piece's formula at theta, also outside the piece, with the
 * weight lambda of cos(theta); cos is that of a phase.
 */
export function pieceValue(
  { weight, a, b, offset, offsetLow = 0 }: Piece,
  theta: number,
  lambda: number,
  cos = dd.cosine,
): dd.DoubleDouble {
  const turned = cos(dd.reduce(a, theta, b));
  const own = dd.add(weight < 0 ? dd.negate(turned) : turned, { hi: offset, lo: offsetLow });
  return blend(lambda, () => cos(dd.reduce(1, theta)), own);
}

/** Sides further apart than DOUBT need no more digits than value has; ones closer than EQUAL count as equal. */
const DOUBT = 1e-9;
const EQUAL = 1e-30;

/**
 * Is target(theta_y) > cos(theta_j) (cos(theta_j / m) for sphereface-r2): does the sample keep the
 * margin of its own loss? Decided in double-doubles, with an error of about 2^-102 of the largest
 * term; sides closer than 1e-30 count as equal. NaN gives false.
 */
export function isAboveCosine(target: Target, thetaY: number, thetaJ: number): boolean {
  const { pieces, lambda, competingDivisor } = target;
  const gap = target.value(thetaY) - Math.cos(thetaJ / competingDivisor);
  if (!(Math.abs(gap) <= DOUBT)) return gap > 0;
  const other = dd.divide(dd.doubleDouble(thetaJ), competingDivisor);
  const own = pieceValue(pieces.piece(pieceIndex(pieces, thetaY)), thetaY, lambda, dd.fullCosine);
  return dd.subtract(own, dd.fullCosine(dd.reduce(1, other.hi, other.lo))).hi > EQUAL;
}

/** The derivative by theta of pieceValue. */
export function pieceSlope({ weight, a, b }: Piece, theta: number, lambda: number): dd.DoubleDouble {
  const own = dd.multiply(dd.sine(dd.reduce(a, theta, b)), -weight * a);
  return blend(lambda, () => dd.negate(dd.sine(dd.reduce(1, theta))), own);
}

/** (lambda * plain + own) / (1 + lambda) */
function blend(lambda: number, plainPart: () => dd.DoubleDouble, own: dd.DoubleDouble): dd.DoubleDouble {
  return lambda === 0 ? own : dd.divide(dd.add(dd.multiply(plainPart(), lambda), own), dd.twoSum(1, lambda));
}

/** So many times a tiny angle is one of moderate size. */
const UP = 2 ** 700;

/**
 * The derivative by cos(theta), -slope / sin(theta). At tiny angles the slope is that at 0 and the sine theta; a slope
 * that is 0 at 0 is proportional to theta near it, so that these have the limit.
 */
function bySine(slope: (theta: number) => dd.DoubleDouble, theta: number): number {
  let at = theta;
  if (isAngle(theta) && theta < dd.TINY_ANGLE) {
    const first = slope(0);
    if (first.hi !== 0) return theta === 0 ? first.hi * -Infinity : -dd.divide(first, theta * UP).hi * UP;
    at = dd.TINY_ANGLE;
  }
  return -dd.divide(slope(at), dd.sine(dd.reduce(1, at))).hi;
}
