import { cosine, reduce, sine, TINY_ANGLE } from "../core/double-double.ts";
import { naive, softmax } from "../core/target-functions.ts";
import {
  type Piece,
  pieceSlope,
  pieceValue,
  type Target,
  type TargetDefinition,
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
export const slopeCurve = ({ pieces, lambda }: Target): Piecewise => ({
  pieces,
  at: (piece, theta) => pieceSlope(piece, theta, lambda).hi,
});

const sign = (k: number) => (k & 1 ? -1 : 1);
const even = (lo: number, hi: number, steps: number) =>
  Array.from({ length: steps + 1 }, (_, i) => lo + ((hi - lo) * i) / steps);

/** Mistakes in psi: the wrong weight and offset of segment k, and by how much m theta is shifted where the segments are found. */
const wrongPsi: readonly [
  name: string,
  weight: (k: number) => 1 | -1,
  offset: (k: number) => number,
  shift?: number,
][] = [
  ["cos(m theta) without psi", () => 1, () => 0],
  ["-k in place of -2k", sign, (k) => -k],
  ["+2k in place of -2k", sign, (k) => 2 * k],
  ["the sign (-1)^k is missing", () => 1, (k) => -2 * k],
  ["k is one too large", (k) => sign(k + 1), (k) => -2 * (k + 1)],
  ["k is one too small", (k) => sign(k - 1), (k) => -2 * (k - 1)],
  ["k is rounded, not floored", sign, (k) => -2 * k, Math.PI / 2],
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

/** The mistakes that values of a target are compared with, the likelier first. */
export function valueMistakes(target: Target): Mistake[] {
  const { pieces, lambda } = target;
  const value = valueCurve(target).at;
  // The margin of sphereface-r2 is not in its values.
  const known = targetDefinitions.filter(({ competingDivisor }) => competingDivisor === undefined);
  const own = known.find(({ name }) => name === target.name);
  const others = known.filter((d) => d !== own).sort((x, y) => x.parameters.length - y.parameters.length);
  return [
    ...(target.name === "asoftmax" ? psiMistakes(target.parameters.m!, lambda) : []),
    fixed("degrees taken for radians", turned(target, 180 / Math.PI)),
    fixed("radians taken for degrees", turned(target, Math.PI / 180)),
    clamped(target, "the cosine is clamped at 1 - eps", true),
    clamped(target, "the cosine is clamped at 1 - eps, not at -1 + eps", false),
    {
      name: "a scale factor is left in",
      searched: [coefficient("scale", 1)],
      curve: (scale) => ({ pieces, at: (piece, theta) => scale! * value(piece, theta) }),
    },
    {
      name: lambda === 0 ? "a lambda blend is left in" : "another lambda",
      searched: [{ name: "lambda", lo: 1e-5, hi: 1, starts: [0.5], from: (weight) => 1 / weight - 1 }],
      curve: (found) => valueCurve({ pieces, lambda: found! }),
    },
    ...(own && target.parameters.m !== undefined ? [truncated(own, Math.trunc(target.parameters.m), lambda)] : []),
    ...(own ? [another(own, own.parameters.length > 1 ? "other parameters" : "another m", lambda)] : []),
    ...others.map((definition) => another(definition, definition.name, lambda)),
    {
      name: "a mix scale * target + weight * cos(theta) + offset",
      searched: [coefficient("scale", 1), coefficient("weight", 0), coefficient("offset", 0)],
      curve: (scale, weight, offset) => ({
        pieces,
        at: (piece, theta) => scale! * value(piece, theta) + weight! * cosine(reduce(1, theta)).hi + offset!,
      }),
    },
  ];
}

/** The mistakes that gradients of a target are compared with. */
export function slopeMistakes(target: Target): Mistake[] {
  const { pieces, lambda } = target;
  const slope = slopeCurve(target).at;
  const changed = (name: string, at: Piecewise["at"]) => fixed(name, { pieces, at });
  // A tiny angle in place of 0 gives the limit, rounded.
  const byCosine = (piece: Piece, theta: number) => {
    const t = Math.max(theta, TINY_ANGLE);
    return -slope(piece, t) / sine(reduce(1, t)).hi;
  };
  const unscaled = (piece: Piece, theta: number) =>
    slope(piece, theta) - (piece.a && ((1 - 1 / piece.a) * pieceSlope(piece, theta, 0).hi) / (1 + lambda));
  const naiveCurve = slopeCurve(naive({ m: pieces.a, lambda }));
  return [
    changed("the gradient is by cos(theta), not theta", byCosine),
    changed("the gradient has its sign flipped", (piece, theta) => -slope(piece, theta)),
    changed("the gradient lacks the factor m", unscaled),
    ...(target.name === "asoftmax" ? [fixed("the gradient is that of cos(m theta)", naiveCurve)] : []),
  ];
}

const fixed = (name: string, curve: Piecewise): Mistake => ({ name, searched: [], curve: () => curve });

function psiMistakes(m: number, lambda: number): Mistake[] {
  const segments = wrongPsi.map(([name, weight, offset, b = 0]) => {
    const piece = (k: number) => ({ weight: weight(k), a: m, b: 0, offset: offset(k) });
    return fixed(name, valueCurve({ pieces: { a: m, b, quarters: 2, count: Math.ceil(m) + 1, piece }, lambda }));
  });
  const { pieces } = softmax();
  const series = wrongSeries.map(([name, c8, c9]) => {
    const at = (_: Piece, theta: number) => {
      const x = m * theta;
      const sum = 1 - x ** 2 / 2 + x ** 4 / 24 - x ** 6 / 720 + (c8 * x ** 8) / 40320 + (c9 * x ** 9) / 362880;
      return (lambda * cosine(reduce(1, theta)).hi + Math.min(1, Math.max(-m, sum))) / (1 + lambda);
    };
    return fixed(`${name}, clamped at -m`, { pieces, at, terms: SERIES_TERMS });
  });
  return [...segments, ...series];
}

/** The target at factor * theta, with pieces for angles up to 180. */
const turned = (target: Target, factor: number): Piecewise => ({
  ...valueCurve({ ...target, pieces: { ...target.pieces, count: 58 * target.pieces.count } }),
  warp: (theta) => factor * theta,
});

const coefficient = (name: string, start: number): Searched => ({ name, lo: -1e6, hi: 1e6, starts: [start] });

/** The target with the cosine clamped to [-1, 1 - eps], or [-1 + eps, 1 - eps] if also at pi. */
function clamped(target: Target, name: string, alsoAtPi: boolean): Mistake {
  const end = (eps: number) => 2 * Math.asin(Math.sqrt(eps / 2));
  return {
    name,
    searched: [{ name: "eps", lo: -16, hi: -1, starts: even(-16, -1, 60), from: (u) => 10 ** u }],
    curve: (eps) => ({
      ...valueCurve(target),
      warp: (theta) => Math.min(Math.PI - (alsoAtPi ? end(eps!) : 0), Math.max(end(eps!), theta)),
    }),
  };
}

const another = (definition: TargetDefinition, name: string, lambda: number): Mistake => ({
  name,
  searched: definition.parameters.map((p) => searchedMargin(p, definition.parameters.length)),
  curve: (...parameters) => valueCurve({ pieces: definition.pieces(...parameters), lambda }),
});

const truncated = (definition: TargetDefinition, m: number, lambda: number): Mistake => ({
  ...another(definition, "m is truncated to a whole number", lambda),
  searched: [{ name: "m", lo: m, hi: m, starts: [m] }],
});

/**
 * A parameter with starts so close that from one of them the fit of a cosine over [0, pi] converges; fewer where there are
 * several parameters.
 */
function searchedMargin({ name, lo, hi }: Omit<Searched, "starts">, together: number): Searched {
  const most = together > 1 ? 16 : 64;
  const wide = () => even(0.25, most, 4 * most - 1).filter((m) => m >= lo);
  return { name, lo, hi, starts: hi < Math.PI ? [lo] : hi === Math.PI ? even(lo, hi, 6) : wide() };
}
