import { cosine, reduce, sine, TINY_ANGLE } from "../core/double-double.ts";
import { naive, softmax } from "../core/target-functions.ts";
import {
  type Piece,
  type Pieces,
  pieceSlope,
  pieceValue,
  type Target,
  type TargetDefinition,
  targetDefinition,
  targetDefinitions,
} from "../core/targets.ts";
import type { Mistake, Searched } from "./fit.ts";
import type { Piecewise } from "./tolerance.ts";

/** The values of a target, within 0.51 ulp. */
export const valueCurve = ({ pieces, lambda }: Pick<Target, "pieces" | "lambda">): Piecewise => ({
  pieces,
  at: (piece, theta) => pieceValue(piece, theta, lambda).hi,
});

/** The slopes of a target by theta, within 0.51 ulp. */
export const slopeCurve = ({ pieces, lambda }: Pick<Target, "pieces" | "lambda">): Piecewise => ({
  pieces,
  at: (piece, theta) => pieceSlope(piece, theta, lambda).hi,
  orZero: true,
});

const sign = (k: number) => (k & 1 ? -1 : 1);
const even = (lo: number, hi: number, steps: number) =>
  Array.from({ length: steps + 1 }, (_, i) => lo + ((hi - lo) * i) / steps);

/**
 * Mistakes in psi: the wrong weight and offset of segment k, and where the segments are found by how much m theta is shifted and
 * what stands for pi.
 */
const wrongPsi: readonly [
  name: string,
  weight: (k: number) => 1 | -1,
  offset: (k: number) => number,
  shift?: number,
  pi?: number,
][] = [
  ["cos(m theta) without psi", () => 1, () => 0],
  ["-k in place of -2k", sign, (k) => -k],
  ["+2k in place of -2k", sign, (k) => 2 * k],
  ["the sign (-1)^k is missing", () => 1, (k) => -2 * k],
  ["k is one too large", (k) => sign(k + 1), (k) => -2 * (k + 1)],
  ["k is one too small", (k) => sign(k - 1), (k) => -2 * (k - 1)],
  ["k is rounded, not floored", sign, (k) => -2 * k, Math.PI / 2],
  ["pi is cut to 3.14 where k is found", sign, (k) => -2 * k, 0, 3.14],
  ["pi is cut to 3.1415 where k is found", sign, (k) => -2 * k, 0, Math.PI],
  ["pi is cut to 3.1416 where k is found", sign, (k) => -2 * k, 0, Math.PI],
];

/** Mistakes in a Taylor series in place of psi: its last terms c8 x^8/8! + c9 x^9/9!, x = m theta. */
const wrongSeries: readonly [name: string, c8: number, c9: number][] = [
  ["a Taylor series with -x^9/9! in place of +x^8/8!", 0, -1],
  ["a Taylor series with +x^9/9! in place of +x^8/8!", 0, 1],
  ["a Taylor series with a stray last term -x^9/9!", 1, -1],
  ["a Taylor series with a stray last term +x^9/9!", 1, 1],
  ["a Taylor series that ends at x^8/8!", 1, 0],
];

// The largest term of the series where it is not clamped: x is at most about 5, and x^4/24 about 26.
const SERIES_TERMS = 26;

/** A mistake, and how it may be combined with others. */
export interface ValueMistake extends Mistake {
  /** It is another function: with parameters that are found it counts as two mistakes. */
  readonly isOther?: boolean;
  /** A scale beside it would be another m. */
  readonly standsAlone?: boolean;
}

/** The target with nothing wrong but what stands beside it. */
export const nothing = (target: Target): Mistake => fixed("", ownCurve(target.pieces));

/** The target at the angle whose cosine stands in the column of angles, which lie in [0, 1]. */
export const asCosine = ({ pieces }: Target): Mistake =>
  fixed("the column of angles holds cosines: give it as --cosine", {
    ...ownCurve(pieces),
    warp: (theta) => Math.acos(Math.min(theta, 1)),
  });

const coefficient = (name: string, start: number): Searched => ({ name, lo: -1e6, hi: 1e6, starts: [start] });

/** The last resort. */
export function mixture({ pieces }: Target): Mistake {
  const value = ownCurve(pieces).at;
  return {
    name: "a mix of target and cosine, none of the mistakes known by name: scale * target + weight * cos(theta) + offset",
    searched: [coefficient("scale", 1), coefficient("weight", 0), coefficient("offset", 0)],
    curve: (scale, weight, offset) => ({
      pieces,
      at: (piece, theta) => scale! * value(piece, theta) + weight! * cosine(reduce(1, theta)).hi + offset!,
      terms: Math.abs(scale!) + Math.abs(weight!) + Math.abs(offset!),
    }),
  };
}

/** The mistakes that values of a target, the cosine not blended in, are compared with: of equal simplicity the likelier first. */
export function valueMistakes(target: Target): ValueMistake[] {
  // The margin of sphereface-r2 is not in its values.
  const known = targetDefinitions.filter(({ competingDivisor }) => competingDivisor === undefined);
  const own = known.find(({ name }) => name === target.name);
  const others = known.filter((d) => d !== own).sort((x, y) => x.parameters.length - y.parameters.length);
  const m = target.parameters.m;
  return [
    ...(target.name === "asoftmax" ? psiMistakes(m!) : []),
    ...(target.name === "arcface-hard" ? hardMistakes(m!) : []),
    fixed("degrees taken for radians", turned(target, 180 / Math.PI)),
    fixed("radians taken for degrees", turned(target, Math.PI / 180)),
    fixed("theta is clamped to [-1, 1]: acos and clamp in the wrong order", {
      ...ownCurve(target.pieces),
      warp: (theta) => Math.min(theta, 1),
    }),
    ...(own && m !== undefined && m >= 1 ? [truncated(own, Math.trunc(m))] : []),
    ...others.filter(({ parameters }) => parameters.length === 0).map((definition) => otherFunction(definition)),
    ...(own ? misread(own, target) : []),
    ...others.flatMap((definition) => sameParameters(definition, target)),
    ...clamped(target),
    ...(own ? anotherOne(own, target) : []),
    ...underRoot(target),
    inNorm(target),
    ...outsideScale(target),
    ...others.filter(({ parameters }) => parameters.length > 0).map((definition) => otherFunction(definition)),
  ];
}

/** The mistakes that gradients of a target are compared with. */
export function slopeMistakes(target: Target): Mistake[] {
  const { pieces, lambda } = target;
  const curve = slopeCurve(target);
  const slope = curve.at;
  const changed = (name: string, at: Piecewise["at"]) => fixed(name, { ...curve, at });
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
    changed("the gradient has its sign flipped", (piece, theta) => -slope(piece, theta)),
    changed("the gradient lacks the factor m", unscaled),
    changed("the gradient is that of cos(theta): the margin is detached", (_, theta) => -sine(reduce(1, theta)).hi),
    ...(lambda > 0
      ? [
          changed("the gradient lacks lambda: it is that of the target alone", ownPart),
          changed("the gradient lacks the cosine of the blend", (p, theta) => ownPart(p, theta) / (1 + lambda)),
          changed("the gradient lacks the division by 1 + lambda", (p, theta) => slope(p, theta) * (1 + lambda)),
        ]
      : []),
    ...(target.name === "asoftmax"
      ? [fixed("the gradient is that of cos(m theta)", slopeCurve(naive({ m: pieces.a, lambda })))]
      : []),
  ];
}

const fixed = (name: string, curve: Piecewise): Mistake => ({ name, searched: [], curve: () => curve });

/** The values of pieces, the cosine not blended in. */
const ownCurve = (pieces: Pieces): Piecewise => ({ ...valueCurve({ pieces, lambda: 0 }), isCosine: true });

function psiMistakes(m: number): Mistake[] {
  const segments = wrongPsi.map(([name, weight, offset, b = 0, pi = Math.PI]) => {
    const piece = (k: number) => ({ weight: weight(k), a: m, b: 0, offset: offset(k) });
    return fixed(name, ownCurve({ a: (m * Math.PI) / pi, b, quarters: 2, count: Math.ceil(m) + 1, piece }));
  });
  const { pieces } = softmax();
  const series = wrongSeries.map(([name, c8, c9]) => {
    const at = (_: Piece, theta: number) => {
      const x = m * theta;
      const sum = 1 - x ** 2 / 2 + x ** 4 / 24 - x ** 6 / 720 + (c8 * x ** 8) / 40320 + (c9 * x ** 9) / 362880;
      return Math.min(1, Math.max(-m, sum));
    };
    return fixed(`${name}, clamped at -m`, { pieces, at, terms: SERIES_TERMS });
  });
  return [...segments, ...series];
}

/** Slips in what follows pi - m. */
function hardMistakes(m: number): Mistake[] {
  const { pieces } = targetDefinition("arcface-hard")!;
  const own = pieces(m);
  const slipped = {
    ...own,
    piece: (i: number) => (i === 0 ? own.piece(0) : { weight: 1 as const, a: 1, b: 0, offset: -m }),
  };
  return [
    fixed("beyond pi - m: cos(theta) - m in place of cos(theta) - m sin(m)", ownCurve(slipped)),
    fixed("the change is at pi - m/2 in place of pi - m", ownCurve({ ...own, b: m / 2 })),
  ];
}

/** m with the wrong sign or in the wrong unit: angles in degrees or in units of pi, cosines with the wrong sign only. */
function misread(definition: TargetDefinition, target: Target): Mistake[] {
  const values = Object.values(target.parameters);
  return definition.parameters.flatMap(({ name, hi }, i) => {
    const changed = (words: string, factor: number) => {
      const pieces = definition.pieces(...values.with(i, factor * values[i]!));
      const mistake = (pieces: Pieces) => fixed(`${words}`, ownCurve(pieces));
      // A program finds the end of the first piece from a cosine, which does not know signs and whole turns.
      const end = Math.acos(Math.cos(Math.PI - factor * values[i]!));
      const folded = { ...pieces, b: Math.PI - end };
      return pieces.count === 2 && pieces.b !== 0 ? [mistake(folded), mistake(pieces)] : [mistake(pieces)];
    };
    if (values[i] === 0 || hi > Math.PI) return [];
    const negative = changed(`the sign of ${name} is wrong`, -1);
    if (hi !== Math.PI) return negative;
    return [
      ...negative,
      ...changed(`${name} in radians is taken for degrees`, Math.PI / 180),
      ...changed(`${name} in degrees is taken for radians`, 180 / Math.PI),
      ...changed(`${name} is taken in units of pi: it is ${name} pi`, Math.PI),
      ...changed(`${name} is given in units of pi and not multiplied by pi`, 1 / Math.PI),
    ];
  });
}

/** The target at factor * theta, with pieces for angles up to 180. */
const turned = ({ pieces }: Target, factor: number): Piecewise => ({
  ...ownCurve({ ...pieces, count: pieces.step === undefined ? pieces.count : 58 * pieces.count }),
  warp: (theta) => factor * theta,
});

/** An eps, searched for by its logarithm. */
const logarithm = (lo: number, hi: number, steps: number): Searched => ({
  name: "eps",
  lo,
  hi,
  starts: even(lo, hi, steps),
  from: (u) => 10 ** u,
});

/** The target with the cosine clamped to [-1 + eps, 1 - eps], or to [-1, 1 - eps]. */
function clamped({ pieces }: Target): Mistake[] {
  const end = (eps: number) => 2 * Math.asin(Math.sqrt(eps / 2));
  const mistake = (name: string, alsoAtPi: boolean): Mistake => ({
    name,
    searched: [logarithm(-16, -1, 60)],
    curve: (eps) => ({
      ...ownCurve(pieces),
      warp: (theta) => Math.min(Math.PI - (alsoAtPi ? end(eps!) : 0), Math.max(end(eps!), theta)),
    }),
  });
  return [
    mistake("the cosine is clamped at 1 - eps", true),
    mistake("the cosine is clamped at 1 - eps, not at -1 + eps", false),
  ];
}

/** cos(theta + m) with sqrt(1 - c^2 + eps) for the sine. */
function underRoot({ pieces }: Target): Mistake[] {
  if (pieces.piece(0).a !== 1 || pieces.piece(0).b === 0) return [];
  const at = (eps: number) => (piece: Piece, theta: number) => {
    if (piece.a !== 1 || piece.b === 0) return pieceValue(piece, theta, 0).hi;
    const [c, s] = [Math.cos(theta), Math.sqrt(Math.sin(theta) ** 2 + eps)];
    return piece.weight * (c * Math.cos(piece.b) - s * Math.sin(piece.b)) + piece.offset;
  };
  const name = "the sine is sqrt(1 - cos^2 + eps)";
  return [{ name, searched: [logarithm(-16, -1, 15)], curve: (eps) => ({ pieces, at: at(eps!) }) }];
}

/** The cosine divided by 1 + eps, as by a norm with eps added. */
const inNorm = ({ pieces }: Target): Mistake => ({
  name: "eps is added to a norm: the cosine is divided by 1 + eps",
  searched: [logarithm(-15, -1, 14)],
  curve: (eps) => ({
    ...ownCurve(pieces),
    warp: (theta) =>
      2 * Math.atan2(Math.sqrt(Math.sin(theta / 2) ** 2 + eps! / 2), Math.sqrt(Math.cos(theta / 2) ** 2 + eps! / 2)),
  }),
});

/** s cos(theta) - m: a scale that does not reach m. */
function outsideScale({ name, pieces, parameters }: Target): ValueMistake[] {
  const offset = { cosface: parameters.m, combined: parameters.m3 }[name];
  if (offset === undefined || offset === 0) return [];
  const { a, b } = pieces.piece(0);
  const bare: Piece = { weight: 1, a, b, offset: 0 };
  return [
    {
      name: "m is outside the scale: scale * cos - m",
      standsAlone: true,
      searched: [{ name: "scale", lo: -1e6, hi: 1e6, starts: [1, 30] }],
      curve: (scale) => ({
        pieces,
        at: (_, theta) => scale! * pieceValue(bare, theta, 0).hi - offset,
        terms: Math.abs(scale!),
      }),
    },
  ];
}

const another = (definition: TargetDefinition, name: string): Mistake => ({
  name,
  searched: definition.parameters.map((p) => searchedMargin(p, definition.parameters.length)),
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
    searched: [searchedMargin(parameter, 1)],
    curve: (x: number) => ownCurve(definition.pieces(...values.with(i, x))),
  }));
  return one.length > 1 ? [...one, another(definition, "other parameters")] : one;
}

/** The mistake with its one parameter given. */
const given = (mistake: Mistake, m: number): Mistake => ({
  ...mistake,
  searched: [{ name: "m", lo: m, hi: m, starts: [m] }],
});

const truncated = (definition: TargetDefinition, m: number): Mistake =>
  given(another(definition, "m is truncated to a whole number"), m);

/** Another function with the m of the target. */
function sameParameters(definition: TargetDefinition, { parameters: { m } }: Target): Mistake[] {
  const [parameter, second] = definition.parameters;
  if (m === undefined || second !== undefined || parameter === undefined || m < parameter.lo || m > parameter.hi)
    return [];
  return [given(another(definition, `another function, ${definition.name}`), m)];
}

/**
 * A parameter with starts so close that from one of them the fit of a cosine over [0, pi] converges; fewer where there are
 * several parameters.
 */
function searchedMargin({ name, lo, hi }: Omit<Searched, "starts">, together: number): Searched {
  const most = together > 1 ? 16 : 64;
  const large = together > 1 ? [] : Array.from({ length: 14 }, (_, i) => 2 ** (7 + i));
  const wide = () => [...even(0.25, most, 4 * most - 1), ...large].filter((m) => m >= lo);
  return {
    name,
    lo,
    hi,
    starts: hi < Math.PI ? even(lo, hi, 4) : hi === Math.PI ? even(lo, hi, together > 1 ? 6 : 32) : wide(),
  };
}
