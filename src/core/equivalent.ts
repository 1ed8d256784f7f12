import { aboveCosine, boundary, exactTheta1 } from "./boundary.ts";
import { angleOfQuarter, type DoubleDouble, doubleDouble, subtract } from "./double-double.ts";
import { ParameterError } from "./errors.ts";
import { bisect } from "./roots.ts";
import { makeTarget, type Piece, pieceIndex, pieceValue, type Target, targetDefinition } from "./targets.ts";

/**
 * The values of the one parameter of `to` (its own value does not matter, its lambda does) with which its boundary at theta12 is that of
 * target, in order: the smallest, and the next if there is one. Angles in radians; each within 2 ulp where an ulp of the parameters of
 * target moves it by less. Empty if there is none, or target has no boundary. Throws ParameterError for a `to` with no parameter or
 * several, and for theta12 outside [1e-100, pi].
 * @example
 * sameBoundary(cosface({ m: 0.35 }), arcface(), Math.PI / 2)[0]?.toFixed(5); // "0.50017"
 */
export function sameBoundary(target: Target, to: Target, theta12: number): readonly number[] {
  const at = boundary(target, theta12);
  if (at === undefined) return parametersOf(to, 0, () => Number.NaN);
  const theta1 = exactTheta1(target, at.theta1, theta12);
  const theta2 = subtract(doubleDouble(theta12), theta1);
  return parametersOf(to, theta1.hi, (full, piece) => aboveCosine(full, piece, theta1, theta2));
}

/**
 * The values of the one parameter of `to` with which it has the value y at theta, in radians; else as sameBoundary. Throws
 * ParameterError for sphereface-r2 too, whose value does not depend on its m.
 * @example
 * sameValue(arcface(), 0.5, arcface().exactValue(0.5))[0]; // 0.5
 */
export function sameValue(to: Target, theta: number, y: DoubleDouble): readonly number[] {
  if (to.competingDivisor !== 1) throw new ParameterError(`the value of ${to.name} does not depend on its m`);
  const gap = (_: Target, piece: Piece) => subtract(pieceValue(piece, theta, to.lambda), y).hi;
  return parametersOf(to, theta, gap, 2 ** -60 * Math.max(1, Math.abs(y.hi)));
}

/** m sin(m), the drop of arcface-hard, rises up to this m, and falls from there to pi. */
const LARGEST_DROP = 2.028757838110434;

/**
 * The first two values of the parameter of `to` at which gap is 0, given the function and its piece at theta: found between the values at
 * which it may turn from falling to rising, or the piece changes. At these a gap of at most tiny is 0.
 */
function parametersOf(
  to: Target,
  theta: number,
  gap: (full: Target, piece: Piece) => number,
  tiny = 0,
): readonly number[] {
  const definition = targetDefinition(to.name)!;
  const [parameter, ...more] = definition.parameters;
  if (parameter === undefined || more.length > 0) {
    const count = parameter === undefined ? "no parameter" : `${more.length + 1} parameters`;
    throw new ParameterError(`${to.name} has ${count}: name a function with one`);
  }
  const { name, lo, hi } = parameter;
  const at = (m: number) => makeTarget(definition, { [name]: m, lambda: to.lambda });
  const indexAt = (m: number) => pieceIndex(at(m).pieces, theta);
  // The pieces of psi go on falling; of other functions the one that holds theta changes once at most.
  const isOne = at(lo).pieces.step !== undefined || indexAt(lo) === indexAt(hi);
  const change = isOne ? hi : bisect((m) => indexAt(m) - 0.5, lo, hi);
  const turns = [2, 4, 6, 8].flatMap((n) => [angleOfQuarter(n, theta), angleOfQuarter(n, 1, theta)]);
  const found = new Set<number>();
  for (const [from, end] of isOne ? [[lo, hi] as const] : [[lo, change] as const, [change, hi] as const]) {
    const index = end === hi ? undefined : indexAt(lo);
    const gapAt = (m: number) => {
      const full = at(m);
      return gap(full, full.pieces.piece(index ?? indexAt(m)));
    };
    const inner = [...turns, LARGEST_DROP].filter((m) => m > from && m < end);
    const cuts = [from, ...inner.sort((x, y) => x - y), end];
    const gaps = cuts.map(gapAt);
    for (const [i, m] of cuts.entries()) {
      if (i > 0 && gaps[i - 1]! * gaps[i]! < 0) found.add(bisect(gapAt, cuts[i - 1]!, m));
      // What ends a range begins the next.
      if (Math.abs(gaps[i]!) <= tiny && (m < end || end === hi)) found.add(m);
    }
  }
  return [...found].slice(0, 2);
}
