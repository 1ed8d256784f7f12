import { type AuditRow, accepts, type Piecewise, residual, ulp } from "./tolerance.ts";

/** A parameter that is fitted, from each of the starts, within [lo, hi]. */
export interface Searched {
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
  readonly starts: readonly number[];
  /**
   * The parameter as a function of the fitted variable u, where these differ (the function is linear in u, or u is a
   * logarithm).
   */
  readonly from?: (u: number) => number;
}

/** A known mistake: the function that a program with it computes, given the parameters that are fitted. */
export interface Mistake {
  readonly name: string;
  readonly searched: readonly Searched[];
  curve(...parameters: number[]): Piecewise;
}

/** Fitted parameters, and the function with them. */
export interface Fit {
  readonly parameters: number[];
  readonly curve: Piecewise;
}

const SCANNED = 32;
const TRIED_STARTS = 3;
const STEPS = 16;
const MOST_DECIMALS = 15;

/**
 * The parameters with which the mistake explains every row to within rounding, in as few decimals as do not worsen the fit;
 * undefined if there are none. The best starts are refined by Gauss-Newton steps (least squares): where the function is linear in
 * the fitted variables one step suffices; where the fit is exact they converge quadratically.
 */
export function fit(mistake: Mistake, rows: readonly AuditRow[]): Fit | undefined {
  const starts = mistake.searched.reduce<number[][]>(
    (all, { starts }) => all.flatMap((u) => starts.map((start) => [...u, start])),
    [[]],
  );
  const few = rows.filter((_, i) => i % Math.ceil(rows.length / SCANNED) === 0);
  const at = (u: readonly number[], of: readonly AuditRow[]) => residuals(mistake.curve(...parametersOf(mistake, u)), of);
  // Rounded to float32, so that starts of equal cost but for rounding errors stay in their order.
  const scanned = starts.map((u) => ({ u, cost: Math.fround(spread(at(u, few))) }));
  for (const { u } of scanned.sort((x, y) => x.cost - y.cost).slice(0, TRIED_STARTS)) {
    const refined = refine(mistake.searched, u, (x) => at(x, rows));
    const found = shorten(mistake, parametersOf(mistake, refined), rows);
    if (rows.every((row) => accepts(found.curve, row))) return found;
  }
  return undefined;
}

/** The parameters rounded to as few decimals as fit about as well as they do. */
function shorten(mistake: Mistake, found: number[], rows: readonly AuditRow[]): Fit {
  const costOf = (parameters: number[]) => sumOfSizes(residuals(mistake.curve(...parameters), rows));
  const parameters = fewestDecimals(found, costOf, rows.length * ulp(1, rows[0]!.dtype));
  return { parameters, curve: mistake.curve(...parameters) };
}

/** The parameters rounded to as few decimals as at most double their cost, give or take slack. */
export function fewestDecimals(found: number[], costOf: (parameters: number[]) => number, slack: number): number[] {
  const enough = 2 * costOf(found) + slack;
  const rounded = Array.from({ length: MOST_DECIMALS + 1 }, (_, d) => found.map((p) => Number(p.toFixed(d))));
  return rounded.find((short) => costOf(short) <= enough) ?? found;
}

const parametersOf = ({ searched }: Mistake, u: readonly number[]) => u.map((x, i) => searched[i]!.from?.(x) ?? x);

const residuals = (curve: Piecewise, rows: readonly AuditRow[]) => rows.map((row) => residual(curve, row));

/** The sum of the absolute values. */
export const sumOfSizes = (r: readonly number[]) => r.reduce((sum, x) => sum + Math.abs(x), 0);

/** The sum of distances of the residuals from their mean: a constant offset does not count, as one Gauss-Newton step finds it. */
function spread(r: readonly number[]): number {
  const mean = r.reduce((sum, x) => sum + x, 0) / r.length;
  return sumOfSizes(r.map((x) => x - mean));
}

const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, xi, i) => sum + xi * y[i]!, 0);

/** The variables, each within its bounds, at which the squares of the residuals have the least sum, by Gauss-Newton steps from start. */
export function refine(
  bounds: readonly Pick<Searched, "lo" | "hi">[],
  start: readonly number[],
  at: (u: readonly number[]) => number[],
): number[] {
  let [u, best, least] = [start, start, Number.POSITIVE_INFINITY];
  for (let step = 0; step < STEPS && u.length > 0; step++) {
    const r = at(u);
    const squares = dot(r, r);
    if (!(squares <= least)) {
      // Too long a step: half of it.
      u = u.map((x, j) => (x + best[j]!) / 2);
      continue;
    }
    best = u;
    if (!(squares < 0.99 * least)) break;
    least = squares;
    const slopes = u.map((x, j) => {
      const h = 1e-6 * Math.max(Math.abs(x), 1) * (x < bounds[j]!.hi ? 1 : -1);
      return at(u.with(j, x + h)).map((moved, i) => (moved - r[i]!) / h);
    });
    const move = solve(slopes.map((a) => [...slopes.map((b) => dot(a, b)), dot(a, r)]));
    u = u.map((x, j) => Math.min(bounds[j]!.hi, Math.max(bounds[j]!.lo, x - move[j]!)));
  }
  return [...best];
}

/** The solution of the normal equations given with their right side as last column; an undetermined variable is 0. */
function solve(rows: number[][]): number[] {
  rows.forEach((row, i) => {
    for (const other of rows) {
      if (other === row || !(row[i]! > 0)) continue;
      const factor = other[i]! / row[i]!;
      row.forEach((x, j) => {
        other[j]! -= factor * x;
      });
    }
  });
  return rows.map((row, i) => (row[i]! > 0 ? row.at(-1)! / row[i]! : 0));
}
