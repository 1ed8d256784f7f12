import { type AuditRow, accepts, type PiecewiseFunction, residual, ulp } from "./tolerance.ts";

/** A parameter that is searched for: from each start, within [lo, hi]. */
export interface Searched {
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
  readonly starts: readonly number[];
  /** The parameter, where something else is searched (one in which the curve is linear, or a logarithm). */
  readonly from?: (u: number) => number;
}

/** A known mistake: what curve the table follows where it was made, given the parameters that are searched. */
export interface Mistake {
  readonly name: string;
  readonly searched: readonly Searched[];
  curve(...parameters: number[]): PiecewiseFunction;
}

/** Parameters found, and the curve with them. */
export interface Fit {
  readonly parameters: number[];
  readonly curve: PiecewiseFunction;
}

const SCANNED = 32;
const TRIED_STARTS = 3;
const STEPS = 16;
const MOST_DECIMALS = 15;

/**
 * The parameters, in as few decimals as do not worsen the fit, with which the mistake explains every row to within
 * rounding; undefined if there are none. The best starts are refined by Gauss-Newton steps (least squares): one step
 * does it where the curve is linear in what is searched, and where the fit is exact they converge to the last digits.
 */
export function fit(mistake: Mistake, rows: readonly AuditRow[]): Fit | undefined {
  const starts = mistake.searched.reduce<number[][]>(
    (all, { starts }) => all.flatMap((u) => starts.map((start) => [...u, start])),
    [[]],
  );
  const few = rows.filter((_, i) => i % Math.ceil(rows.length / SCANNED) === 0);
  const at = (u: number[], of: readonly AuditRow[]) => residuals(mistake.curve(...parametersOf(mistake, u)), of);
  // In float32, so that starts which do equally well on these rows stay in order.
  const scanned = starts.map((u) => ({ u, cost: Math.fround(spread(at(u, few))) }));
  for (const { u } of scanned.sort((x, y) => x.cost - y.cost).slice(0, TRIED_STARTS)) {
    const found = shorten(mistake, parametersOf(mistake, refine(mistake, u, rows)), rows);
    if (rows.every((row) => accepts(found.curve, row))) return found;
  }
  return undefined;
}

/** The parameters rounded to as few decimals as fit about as well as they do. */
function shorten(mistake: Mistake, found: number[], rows: readonly AuditRow[]): Fit {
  const costOf = (parameters: number[]) => sumOfSizes(residuals(mistake.curve(...parameters), rows));
  const enough = 2 * costOf(found) + rows.reduce((sum, { dtype }) => sum + ulp(1, dtype), 0);
  const rounded = Array.from({ length: MOST_DECIMALS + 1 }, (_, d) => found.map((p) => Number(p.toFixed(d))));
  const parameters = rounded.find((short) => costOf(short) <= enough) ?? found;
  return { parameters, curve: mistake.curve(...parameters) };
}

const parametersOf = ({ searched }: Mistake, u: readonly number[]) => u.map((x, i) => searched[i]!.from?.(x) ?? x);

const residuals = (curve: PiecewiseFunction, rows: readonly AuditRow[]) => rows.map((row) => residual(curve, row));

const sumOfSizes = (r: readonly number[]) => r.reduce((sum, x) => sum + Math.abs(x), 0);

/** How far residuals lie from their mean: an offset is not held against a start, as one step finds it. */
function spread(r: readonly number[]): number {
  const mean = r.reduce((sum, x) => sum + x, 0) / r.length;
  return sumOfSizes(r.map((x) => x - mean));
}

const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, xi, i) => sum + xi * y[i]!, 0);

function refine(mistake: Mistake, start: readonly number[], rows: readonly AuditRow[]): number[] {
  const at = (u: readonly number[]) => residuals(mistake.curve(...parametersOf(mistake, u)), rows);
  let [u, least] = [[...start], Number.POSITIVE_INFINITY];
  for (let step = 0; step < STEPS && u.length > 0; step++) {
    const r = at(u);
    const squares = dot(r, r);
    if (!(squares < 0.99 * least)) break;
    least = squares;
    const slopes = u.map((x, j) => {
      const h = 1e-6 * Math.max(Math.abs(x), 1) * (x < mistake.searched[j]!.hi ? 1 : -1);
      return at(u.with(j, x + h)).map((moved, i) => (moved - r[i]!) / h);
    });
    const move = solve(slopes.map((a) => [...slopes.map((b) => dot(a, b)), dot(a, r)]));
    u = u.map((x, j) => Math.min(mistake.searched[j]!.hi, Math.max(mistake.searched[j]!.lo, x - move[j]!)));
  }
  return u;
}

/** Solves normal equations, given with their right side as last column; what they leave open stays 0. */
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
