import { type AuditRow, accepts, type Piecewise, plainCosine, ulp, unblended } from "./tolerance.ts";

/** A parameter that is fitted, from each of the starts, within [lo, hi]. */
export interface Searched {
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
  readonly starts: readonly number[];
  /** The parameter as a function of the fitted variable u, where these differ (u is a logarithm). */
  readonly from?: (u: number) => number;
}

/** A known mistake: the function that a program with it computes, given the parameters that are fitted. */
export interface Mistake {
  /** Where it multiplies the right function by a number, that number. */
  readonly factor?: number;
  readonly name: string;
  readonly searched: readonly Searched[];
  curve(...parameters: number[]): Piecewise;
}

/**
 * A mistake beside which a scale or a weight of the cosine can be wrong, found by
 * least squares for any parameters of the mistake.
 */
export interface Form {
  /** What is said of it; nothing where nothing else is wrong. */
  readonly name: string;
  /** What is found, such as a scale: the names, and the numbers, given the weights. */
  readonly found: Readonly<Record<string, (weights: Weights) => number>>;
  /** The weights that these numbers stand for. */
  weights(...numbers: number[]): Weights;
  /** The weights that fit best. */
  solve(products: Products): Weights | undefined;
}

/** Sums of products over the rows: of the table's values v, the cosines p and the function with the mistake f. */
export type Products = Readonly<Record<"ff" | "fp" | "fv" | "pp" | "pv", number>>;

/** The table holds scale * (plain * cos(theta) + own * function). */
export interface Weights {
  readonly scale: number;
  readonly plain: number;
  readonly own: number;
}

type NumberList = readonly number[];

/** Found parameters by name, and the function with them: the table holds scale * curve. */
export interface Fit {
  readonly parameters: Readonly<Record<string, number>>;
  readonly scale: number;
  readonly curve: Piecewise;
}

const SCANNED = 32;
const TRIED_STARTS = 3;
const STEPS = 16;
const MOST_DIGITS = 15;

/** Rows with their values, and the cosines of their angles. */
interface Columns {
  readonly rows: readonly AuditRow[];
  readonly v: NumberList;
  readonly p: NumberList;
}

/** The rows that mistakes are fitted to. */
export class FittedRows {
  private readonly all: Columns;
  /** Some of the rows, which refuse most mistakes. */
  private readonly few: Columns;
  private readonly scans = new Map<Mistake, { u: number[]; f: NumberList }[]>();

  constructor(rows: readonly AuditRow[]) {
    const columns = (some: readonly AuditRow[]): Columns => ({
      rows: some,
      v: some.map(({ value }) => value),
      p: some.map(({ theta }) => plainCosine(theta)),
    });
    this.all = columns(rows);
    const step = Math.ceil(rows.length / SCANNED);
    // The first two are the ends.
    this.few = columns(rows.filter((_, i) => i === 1 || i % step === 0));
  }

  /**
   * The parameters with which the mistake explains every row to within rounding, in as few digits as do not worsen the
   * fit; undefined if there are none. The best starts are refined by Gauss-Newton steps (least squares), which converge
   * quadratically where the fit is exact, on a few rows first. The weights are solved for at every step.
   */
  fit(mistake: Mistake, form: Form): Fit | undefined {
    const leftAt = (u: NumberList, columns: Columns) =>
      leftOver(form, columns, curveAt(mistake, parametersOf(mistake, u), columns.rows));
    const closest = (start: NumberList, columns: Columns) => {
      const u = refine(mistake.searched, start, (x) => leftAt(x, columns));
      return sumOfSizes(leftAt(u, columns)) <= this.worthRounding() ? u : undefined;
    };
    const scanned = this.scan(mistake).map(({ u, f }) => ({ u, cost: sumOfSquares(leftOver(form, this.few, f)) }));
    // Rounded to float32, so that starts of equal cost but for rounding errors stay in their order.
    scanned.sort((x, y) => Math.fround(x.cost) - Math.fround(y.cost));
    for (const { u } of scanned.slice(0, TRIED_STARTS)) {
      const near = closest(u, this.few);
      const best = near && closest(near, this.all);
      const fits = best ? this.fits(mistake, form, parametersOf(mistake, best)) : [];
      const found = fits.find((fit) => this.all.rows.every((row) => explains(fit, row)));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * What the residuals of a fit add up to at most: rows near 0 and pi, where a cosine tells little, have the largest.
   */
  private worthRounding(): number {
    return 64 * Math.sqrt(ulp(1, this.all.rows[0]!.dtype)) * sumOfSizes(this.all.v);
  }

  /** The mistake at every start, at a few rows; kept, since several forms begin there. */
  private scan(mistake: Mistake) {
    const known = this.scans.get(mistake);
    if (known !== undefined) return known;
    const starts = mistake.searched.reduce<number[][]>(
      (all, { starts }) => all.flatMap((u) => starts.map((start) => [...u, start])),
      [[]],
    );
    const found = starts.map((u) => ({ u, f: curveAt(mistake, parametersOf(mistake, u), this.few.rows) }));
    this.scans.set(mistake, found);
    return found;
  }

  /** The fit with parameters and weights in as few digits as fit about as well as they do, and in full. */
  private fits(mistake: Mistake, form: Form, parameters: number[]): Fit[] {
    const { rows } = this.all;
    const solved = form.solve(productsOf(this.all, curveAt(mistake, parameters, rows)))!;
    const n = parameters.length;
    const costOf = (found: number[]) => {
      const f = curveAt(mistake, found.slice(0, n), rows);
      return sumOfSizes(residuals(form.weights(...found.slice(n)), this.all, f));
    };
    const slack = sumOfSizes(rows.map(({ value, dtype }) => ulp(value, dtype)));
    const all = [...parameters, ...Object.values(form.found).map((of) => of(solved))];
    const names = [...mistake.searched.map(({ name }) => name), ...Object.keys(form.found)];
    const fitOf = (numbers: number[]): Fit => {
      const { scale, plain, own } = form.weights(...numbers.slice(n));
      return {
        parameters: Object.fromEntries(names.map((name, i) => [name, numbers[i]!])),
        scale,
        curve: { ...mistake.curve(...numbers.slice(0, n)), blend: { own, plain } },
      };
    };
    return [fitOf(fewestDigits(all, costOf, slack)), fitOf(all)];
  }
}

/** Is the row right for a program with the mistake? */
export const explains = ({ curve, scale }: Fit, row: AuditRow): boolean =>
  accepts(curve, { ...row, value: row.value / scale, rounding: (row.rounding ?? 0) / Math.abs(scale) });

/** The mistake at the rows' angles; NaN beside a jump. */
function curveAt(mistake: Mistake, parameters: NumberList, rows: readonly AuditRow[]): NumberList {
  const curve = mistake.curve(...parameters);
  return rows.map((row) => unblended(curve, row));
}

/** What the weights leave of the values, 0 in rows that are left out (f NaN). */
const residuals = ({ scale, plain, own }: Weights, { v, p }: Columns, f: NumberList): number[] =>
  f.map((x, i) => (Number.isNaN(x) ? 0 : scale * (plain * p[i]! + own * x) - v[i]!));

/** What the best weights leave of the values; infinite where there are none. */
function leftOver(form: Form, columns: Columns, f: NumberList): number[] {
  const weights = form.solve(productsOf(columns, f));
  return weights ? residuals(weights, columns, f) : [Number.POSITIVE_INFINITY];
}

/** The sums of products, without rows that are left out (f NaN). */
function productsOf({ v, p }: Columns, f: NumberList): Products {
  let [ff, fp, fv, pp, pv] = [0, 0, 0, 0, 0];
  for (let i = 0; i < f.length; i++) {
    const [x, y, z] = [f[i]!, p[i]!, v[i]!];
    if (Number.isNaN(x)) continue;
    ff += x * x;
    fp += x * y;
    fv += x * z;
    pp += y * y;
    pv += y * z;
  }
  return { ff, fp, fv, pp, pv };
}

/** The parameters rounded to as few significant digits as at most double their cost, give or take slack. */
export function fewestDigits(found: number[], costOf: (parameters: number[]) => number, slack: number): number[] {
  const enough = 2 * costOf(found) + slack;
  const tiny = found.map((p) => (Math.abs(p) < 1e-9 ? 0 : p));
  const base = costOf(tiny) <= enough ? tiny : found;
  const rounded = Array.from({ length: MOST_DIGITS }, (_, d) => base.map((p) => Number(p.toPrecision(d + 1))));
  return rounded.find((short) => costOf(short) <= enough) ?? found;
}

const parametersOf = ({ searched }: Mistake, u: NumberList) => u.map((x, i) => searched[i]!.from?.(x) ?? x);

/** The largest of errors, none of them negative; 0 where there is none. */
export const largestOf = (errors: readonly number[]) => errors.reduce((most, x) => Math.max(most, x), 0);

/** The sum of the absolute values. */
export const sumOfSizes = (r: NumberList) => r.reduce((sum, x) => sum + Math.abs(x), 0);

const sumOfSquares = (r: NumberList) => dot(r, r);

const dot = (x: NumberList, y: NumberList) => x.reduce((sum, xi, i) => sum + xi * y[i]!, 0);

/**
 * The variables, each within its bounds, at which the squares of the residuals
 * have the least sum, by Gauss-Newton steps from start.
 */
export function refine(
  bounds: readonly Pick<Searched, "lo" | "hi">[],
  start: readonly number[],
  at: (u: readonly number[]) => number[],
): number[] {
  let [u, best, least] = [start, start, Number.POSITIVE_INFINITY];
  const isFree = bounds.some(({ lo, hi }) => lo < hi);
  for (let step = 0; step < STEPS && isFree; step++) {
    const r = at(u);
    const squares = sumOfSquares(r);
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
