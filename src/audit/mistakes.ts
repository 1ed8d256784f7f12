import { reduce, sine, TINY_ANGLE } from "../core/double-double.ts";
import { naive, softmax } from "../core/target-functions.ts";
import {
  type Piece,
  type Pieces,
  pieceSlope,
  pieceValue,
  type Target,
  type TargetDefinition,
  targetDefinitions,
} from "../core/targets.ts";
import type { Mistake, Searched } from "./fit.ts";
import { type Dtype, type Piecewise, plainCosine } from "./tolerance.ts";

/** The values of a target, within 0.51 ulp. */
export const valueCurve = ({ pieces, lambda }: Pick<Target, "pieces" | "lambda">): Piecewise => ({
  pieces,
  at: (piece, theta) => pieceValue(piece, theta, lambda).hi,
});

/** The slopes of a target by theta, within 0.51 ulp. */
export const slopeCurve = ({ pieces, lambda }: Pick<Target, "pieces" | "lambda">): Piecewise => ({
  pieces,
  at: (piece, theta) => pieceSlope(piece, theta, lambda).hi,
  isSlope: true,
});

const even = (lo: number, hi: number, steps: number) =>
  Array.from({ length: steps + 1 }, (_, i) => lo + ((hi - lo) * i) / steps);

/** A mistake, and how it may be combined with others. */
export interface ValueMistake extends Mistake {
  /** It counts as two mistakes: another function with parameters that are found, or what few programs do. */
  readonly isOther?: boolean;
  /** A scale beside it would be another m. */
  readonly standsAlone?: boolean;
}

const fixed = (name: string, curve: Piecewise): Mistake => ({ name, searched: [], curve: () => curve });

/** The values of pieces, the cosine not blended in. */
const ownCurve = (pieces: Pieces): Piecewise => ({ ...valueCurve({ pieces, lambda: 0 }), isCosine: true });

/** The pieces at another angle than theta, which may depend on a parameter. */
const warped = (
  name: string,
  pieces: Pieces,
  warp: (theta: number, eps: number) => number,
  ...searched: Searched[]
) => ({
  name,
  searched,
  curve: (eps = 0) => ({ ...ownCurve(pieces), warp: (theta: number) => warp(theta, eps) }),
});

/** The target with nothing wrong but what stands beside it. */
export const nothing = (target: Target): Mistake => fixed("", ownCurve(target.pieces));

/** The target at the angle whose cosine stands in the column of angles, which lie in [0, 1]. */
export const asCosine = ({ pieces }: Target): Mistake =>
  warped("the column of angles holds cosines: give it as --cosine", pieces, (theta) => Math.acos(Math.min(theta, 1)));

/** A number of any size. */
const coefficient = (name: string, ...starts: number[]): Searched => ({ name, lo: -1e6, hi: 1e6, starts });

/** The last resort. */
export function mixture({ pieces }: Target): Mistake {
  const value = ownCurve(pieces).at;
  return {
    name: "a mix of target and cosine, none of the mistakes known by name: scale * target + weight * cos(theta) + offset",
    searched: [coefficient("scale", 1), coefficient("weight", 0), coefficient("offset", 0)],
    curve: (scale, weight, offset) => ({
      pieces,
      at: (piece, theta) => scale! * value(piece, theta) + weight! * plainCosine(theta) + offset!,
      terms: Math.abs(scale!) + Math.abs(weight!) + Math.abs(offset!),
    }),
  };
}

/**
 * The mistakes that values of a target, the cosine not blended in, are compared with: of equal simplicity the likelier
 * first. scale is what the table's values were divided by.
 */
export function valueMistakes(target: Target, scale = 1): ValueMistake[] {
  const { pieces } = target;
  const { m = Number.NaN } = target.parameters;
  // The margin of sphereface-r2 is not in its values.
  const known = targetDefinitions.filter(({ competingDivisor }) => competingDivisor === undefined);
  const own = known.find(({ name }) => name === target.name);
  const others = known.filter((definition) => definition !== own);
  const functions = others.map(otherFunction);
  // Pieces for angles up to 180.
  const long = { ...pieces, count: 58 * pieces.count };
  return [
    ...(target.name === "asoftmax" ? psiMistakes(m) : []),
    fixed("degrees taken for radians", ownCurve(turned(long, 180 / Math.PI))),
    fixed("radians taken for degrees", ownCurve(turned(long, Math.PI / 180))),
    warped("theta is clamped to [-1, 1]: acos and clamp in the wrong order", pieces, (theta) => Math.min(theta, 1)),
    ...(own && m >= 1 ? [given(own, Math.trunc(m), "m is truncated to a whole number")] : []),
    ...functions.filter(({ isOther }) => !isOther),
    ...(own ? misread(own, target) : []),
    ...others.filter((definition) => fits(definition, m)).map((definition) => given(definition, m)),
    ...tailMistakes(target),
    clamped("the cosine is clamped at 1 - eps", pieces),
    clamped("the cosine is clamped at 1 - eps, not at -1 + eps", pieces, Math.PI),
    ...(own ? anotherOne(own, target) : []),
    ...underRoot(target),
    warped("eps is added to a norm: the cosine is divided by 1 + eps", pieces, lengthened, EPS),
    ...outsideScale(target, scale),
    ...functions.filter(({ isOther }) => isOther),
  ];
}

/** The pieces at so many times the angle. */
const turned = (pieces: Pieces, times: number): Pieces => ({
  ...pieces,
  a: times * pieces.a,
  piece: (i) => ({ ...pieces.piece(i), a: times * pieces.piece(i).a }),
});

/** The pieces with the cosine clamped at 1 - eps, and the angle at end; by default, the cosine at -1 + eps. */
const clamped = (name: string, pieces: Pieces, end?: number) =>
  warped(name, pieces, (theta, eps) => clampedAngle(theta, eps, end), EPS);

/** The eps of programs that clamp a cosine at 1 - eps. */
const CLAMPS = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 2 ** -23];

/**
 * A mistake without a number to be found, and with it the cosine clamped at 1 - eps, rounded as a
 * program does; least is how near to 0 or pi the angles come.
 */
export const clampedToo = ({ name, searched, curve }: Mistake, dtype: Dtype, least: number): ValueMistake[] =>
  CLAMPS.filter((eps) => angleOfGap(eps) > least && searched.every(({ lo, hi }) => lo === hi)).map((eps) => ({
    name: `${name}${name && ", and "}the cosine is clamped at 1 - eps`,
    searched: [...searched, { name: "eps", lo: eps, hi: eps, starts: [eps] }],
    curve: (...parameters) => {
      const rounded = 1 - parameters.pop()!;
      const gap = 1 - (dtype === "float32" ? Math.fround(rounded) : rounded);
      const { warp = (t: number) => t, ...rest } = curve(...parameters);
      return { ...rest, warp: (theta: number) => warp(clampedAngle(theta, gap)) };
    },
    isOther: name !== "",
  }));

/** The angle where its cosine is at most 1 - eps and it is itself at most end. */
const clampedAngle = (theta: number, eps: number, end = Math.PI - angleOfGap(eps)) =>
  Math.min(end, Math.max(angleOfGap(eps), theta));

/** The angle whose cosine is cos(theta) / (1 + eps). */
const lengthened = (theta: number, eps: number) =>
  2 * Math.atan2(Math.sqrt(Math.sin(theta / 2) ** 2 + eps / 2), Math.sqrt(Math.cos(theta / 2) ** 2 + eps / 2));

/** The angle whose cosine is 1 - eps. */
const angleOfGap = (eps: number) => 2 * Math.asin(Math.sqrt(eps / 2));

/** An eps, searched for by its logarithm. */
const EPS: Searched = { name: "eps", lo: -16, hi: -1, starts: even(-16, -1, 60), from: (u) => 10 ** u };

/** Is m alone what the function needs, and in its domain? */
export const fits = ({ parameters }: TargetDefinition, m = Number.NaN) =>
  parameters.length === 1 && parameters.every(({ lo, hi }) => m >= lo && m <= hi);

/** The mistakes that gradients of a target are compared with. */
export function slopeMistakes(target: Target, rows: number): Mistake[] {
  const { pieces, lambda } = target;
  const curve = slopeCurve(target);
  const slope = curve.at;
  const changed = (name: string, at: Piecewise["at"]) => fixed(name, { ...curve, at });
  const multiplied = (name: string, factor: number): Mistake => {
    return { ...changed(name, (piece, theta) => factor * slope(piece, theta)), factor };
  };
  // A tiny angle in place of 0 gives the limit, rounded.
  const byCosine = (piece: Piece, theta: number) => {
    const t = Math.max(theta, TINY_ANGLE);
    return -slope(piece, t) / sine(reduce(1, t)).hi;
  };
  const ownPart = (piece: Piece, theta: number) => pieceSlope(piece, theta, 0).hi;
  const unscaled = (piece: Piece, theta: number) =>
    slope(piece, theta) - (piece.a && ((1 - 1 / piece.a) * ownPart(piece, theta)) / (1 + lambda));
  return [
    changed("the gradient is 0: it is detached", () => 0),
    changed("the gradient is by cos(theta), not theta", byCosine),
    multiplied("the gradient has its sign flipped", -1),
    changed("the gradient lacks the factor m", unscaled),
    multiplied("the gradient is divided by the number of rows", 1 / rows),
    multiplied("the gradient is by degrees, not radians", Math.PI / 180),
    changed("the gradient is that of cos(theta): the margin is detached", (_, theta) => -sine(reduce(1, theta)).hi),
    ...(lambda > 0
      ? [
          changed("the gradient lacks lambda: it is that of the target alone", ownPart),
          changed("the gradient lacks the cosine of the blend", (p, theta) => ownPart(p, theta) / (1 + lambda)),
          multiplied("the gradient lacks the division by 1 + lambda", 1 + lambda),
        ]
      : []),
    ...(target.name === "asoftmax"
      ? [fixed("the gradient is that of cos(m theta)", slopeCurve(naive({ m: pieces.a, lambda })))]
      : []),
  ];
}

/** What is wrong with psi = weight(k + by) cos(m theta) + step (k + by), k = floor((a theta + shift) / pi). */
interface PsiSlip {
  readonly weight?: (k: number) => 1 | -1;
  readonly step?: number;
  readonly by?: number;
  readonly shift?: number;
  readonly a?: number;
}

/** Mistakes in psi, and in a Taylor series in place of it, whose last terms are c8 x^8/8! + c9 x^9/9!, x = m theta. */
function psiMistakes(m: number): ValueMistake[] {
  const sign = (k: number) => (k & 1 ? -1 : 1);
  const psi = (name: string, { weight = sign, step = -2, by = 0, shift = 0, a = m }: PsiSlip) => {
    const piece = (k: number): Piece => ({ weight: weight(k + by), a: m, b: 0, offset: step * (k + by) });
    return fixed(name, ownCurve({ a, b: shift, quarters: 2, count: Math.ceil(m) + 1, piece }));
  };
  const series = (name: string, c8: number, c9: number) => {
    const at = (_: Piece, theta: number) => {
      const x = m * theta;
      const sum = 1 - x ** 2 / 2 + x ** 4 / 24 - x ** 6 / 720 + (c8 * x ** 8) / 40320 + (c9 * x ** 9) / 362880;
      return Math.min(1, Math.max(-m, sum));
    };
    // The largest term of the series where it is not clamped: x is at most about 5, and x^4/24 about 26.
    return fixed(`a Taylor series ${name}, clamped at -m`, { pieces: softmax().pieces, at, terms: 26 });
  };
  // Where one moves the last knot by a whole segment, float32 cannot tell it from
  // other mistakes. (biome takes 3.1415 for Math.PI.)
  const cuts = [...CUT_PI, 3142e-3, 3].filter((pi) => m * Math.abs(pi - Math.PI) < Math.PI);
  return [
    psi("cos(m theta) without psi", { weight: () => 1, step: 0 }),
    psi("-k in place of -2k", { step: -1 }),
    psi("+2k in place of -2k", { step: 2 }),
    psi("the sign (-1)^k is missing", { weight: () => 1 }),
    psi("the sign is (-1)^(k + 1) in place of (-1)^k", { weight: (k) => sign(k + 1) }),
    psi("-2k is missing", { step: 0 }),
    psi("k is found from m theta / (2 pi)", { a: m / 2 }),
    psi("k is one too large", { by: 1 }),
    psi("k is one too small", { by: -1 }),
    psi("k is rounded, not floored", { shift: Math.PI / 2 }),
    psi("k is rounded up, not floored", { shift: Math.PI * (1 - 2 ** -40) }),
    ...cuts.map((pi) => ({
      ...psi(`pi is cut to ${pi} where k is found`, { a: (m * Math.PI) / pi }),
      isOther: pi === 3,
    })),
    series("with -x^9/9! in place of +x^8/8!", 0, -1),
    series("with +x^9/9! in place of +x^8/8!", 0, 1),
    series("with a stray last term -x^9/9!", 1, -1),
    series("with a stray last term +x^9/9!", 1, 1),
    series("that ends at x^8/8!", 1, 0),
  ];
}

/** What programs take for pi. */
const CUT_PI = [3.14, 31415e-4, 31416e-4, 314159e-5];

/** Mistakes in the angle at which the first piece, cos(a theta + m) + offset, ends, and in the piece after it. */
function tailMistakes({ name, pieces }: Target): Mistake[] {
  const [first, second] = [pieces.piece(0), pieces.piece(1)];
  const { a, b: m, offset } = first;
  const then = (at: number, beyond: Piece) =>
    ownCurve({ a: 1, b: Math.PI - at, quarters: 2, count: 2, piece: (i) => (i === 0 ? first : beyond) });
  const plain = (c: number): Piece => ({ weight: 1, a: 1, b: 0, offset: -c });
  if (name === "cosface") return [fixed("the margin is only where cos(theta) > 0", then(Math.PI / 2, plain(0)))];
  const heldAt = (pi: number) => then((pi - m) / a, { weight: 1, a: 0, b: pi, offset });
  const held = second.a === 0 ? CUT_PI.map((pi) => fixed(`the angle is held at ${pi}`, heldAt(pi))) : [];
  if (m === 0 || a !== 1) return held;
  const changes = Object.entries({ "pi - m/2": Math.PI - m / 2, "pi/2": Math.PI / 2, m });
  const moved = changes.map(([at, angle]) => fixed(`the change is at ${at} in place of pi - m`, then(angle, second)));
  const end = Math.PI - m;
  const searched = [{ name: "c", lo: -4, hi: 4, starts: [0] }];
  return [
    fixed("beyond pi - m: cos(theta) - m in place of cos(theta) - m sin(m)", then(end, plain(m))),
    ...(pieces.b === 0 ? [] : moved),
    ...held,
    ...(name === "combined" ? [fixed("the angle is held at pi", heldAt(Math.PI))] : []),
    { name: "beyond pi - m: cos(theta) - c", searched, curve: (c) => then(end, plain(c!)) },
  ];
}

/** What can be wrong with a parameter, and the numbers that this makes of it: 0.5 radians are written as 28.65 degrees. */
const MISREAD: readonly [words: (name: string) => string, made: (m: number) => number[]][] = [
  [(name) => `the sign of ${name} is wrong`, (m) => [-m]],
  [(name) => `${name} in radians is taken for degrees`, (m) => [(m * Math.PI) / 180]],
  [(name) => `${name} in degrees is taken for radians`, (m) => writtenWays((m * 180) / Math.PI)],
  [(name) => `${name} is taken in units of pi: it is ${name} pi`, (m) => [m * Math.PI]],
  [(name) => `${name} is given in units of pi and not multiplied by pi`, (m) => [m / Math.PI]],
  [(name) => `sin(${name}) and cos(${name}) are swapped`, (m) => [Math.PI / 2 - m]],
];

/** The number, and it to 3, 2 and 1 decimals. */
const writtenWays = (x: number) => [x, ...[3, 2, 1].map((decimals) => Number(x.toFixed(decimals)))];

/** m with the wrong sign, in the wrong unit, or with its sine for its cosine; as a cosine with the wrong sign only. */
function misread(definition: TargetDefinition, target: Target): Mistake[] {
  const values = Object.values(target.parameters);
  return definition.parameters.flatMap(({ name, hi }, i) => {
    const known = hi > Math.PI ? [] : hi < Math.PI ? MISREAD.slice(0, 1) : MISREAD;
    return known.flatMap(([words, made]) =>
      made(values[i]!).flatMap((value) => {
        const pieces = definition.pieces(...values.with(i, value));
        // A program finds the end of the first piece from a cosine, which does not know signs and whole turns.
        const folded = pieces.b === 0 ? [] : [{ ...pieces, b: Math.acos(Math.cos(value)) }];
        return [...folded, pieces].map((one) => fixed(words(name), ownCurve(one)));
      }),
    );
  });
}

/** cos(theta + m) with sqrt(1 - c^2 + eps) for the sine. */
function underRoot({ pieces }: Target): Mistake[] {
  const { a, b } = pieces.piece(0);
  if (a !== 1 || b === 0) return [];
  const at = (piece: Piece, theta: number, eps: number) => {
    if (piece.a !== 1) return pieceValue(piece, theta, 0).hi;
    const [c, s] = [Math.cos(theta), Math.sqrt(Math.sin(theta) ** 2 + eps)];
    return piece.weight * (c * Math.cos(piece.b) - s * Math.sin(piece.b)) + piece.offset;
  };
  const curve = (eps?: number) => ({ pieces, at: (piece: Piece, theta: number) => at(piece, theta, eps!) });
  return [{ name: "the sine is sqrt(1 - cos^2 + eps)", searched: [EPS], curve }];
}

/** s cos(theta) - m: a scale that does not reach m. Where the table was divided by it, it is known. */
function outsideScale({ name, pieces, parameters }: Target, divided: number): ValueMistake[] {
  const offset = { cosface: parameters.m, combined: parameters.m3 }[name] ?? 0;
  const bare = { ...pieces.piece(0), offset: 0 };
  const curve = (scale = 1): Piecewise => ({
    pieces,
    at: (_, theta) => scale * pieceValue(bare, theta, 0).hi - offset / divided,
    terms: Math.abs(scale),
  });
  const searched = divided === 1 ? [coefficient("scale", 1, 30)] : [];
  return offset === 0 ? [] : [{ name: "m is outside the scale: scale * cos - m", searched, curve, standsAlone: true }];
}

const another = (definition: TargetDefinition, name: string): Mistake => ({
  name,
  searched: definition.parameters.map((p) => searchedMargin(p, definition.parameters.length === 1)),
  curve: (...parameters) => ownCurve(definition.pieces(...parameters)),
});

const otherFunction = (definition: TargetDefinition): ValueMistake => ({
  ...another(definition, `another function, ${definition.name}`),
  isOther: definition.parameters.length > 0,
});

/** The target with one other parameter, and with all others. */
function anotherOne(definition: TargetDefinition, { parameters }: Target): Mistake[] {
  const values = Object.values(parameters);
  const one = definition.parameters.map((parameter, i) => ({
    name: `another ${parameter.name}`,
    searched: [searchedMargin(parameter, true)],
    curve: (x: number) => ownCurve(definition.pieces(...values.with(i, x))),
  }));
  return one.length > 1 ? [...one, another(definition, "other parameters")] : one;
}

/** A function of the one parameter m, which is given: by default, another function with the m of the target. */
const given = (definition: TargetDefinition, m: number, name = `another function, ${definition.name}`): Mistake => ({
  ...another(definition, name),
  searched: [{ name: "m", lo: m, hi: m, starts: [m] }],
});

/**
 * A parameter with starts so close that from one of them the fit of a cosine over
 * [0, pi] converges; fewer where there are several parameters.
 */
function searchedMargin({ name, lo, hi }: Omit<Searched, "starts">, isAlone: boolean): Searched {
  const powers = Array.from({ length: 14 }, (_, i) => 2 ** (7 + i));
  const wide = isAlone ? [...even(0.25, 64, 255), ...powers] : even(0.25, 16, 63);
  return { name, lo, hi, starts: hi > Math.PI ? wide.filter((m) => m >= lo) : even(lo, hi, isAlone ? 32 : 5) };
}
