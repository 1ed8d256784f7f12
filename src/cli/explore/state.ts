import { segment } from "../../core/psi.ts";
import { type Target, target } from "../../core/targets.ts";
import { timesPi } from "../../core/units.ts";
import { violations } from "../../core/violations.ts";

/** A function that can be turned on; `at` gives it for the m and the lambda of the screen. */
export interface FunctionChoice {
  readonly at: (m: number, lambda: number) => Target;
  readonly on: boolean;
}

/** The state from which the screen is drawn. */
export interface State {
  readonly choices: readonly FunctionChoice[];
  readonly m: number;
  readonly lambda: number;
  readonly theta: number;
  readonly thetaJ: number;
  readonly degrees: boolean;
  readonly help: boolean;
  /** Why the last key changed nothing. */
  readonly note?: string | undefined;
}

/** The largest m whose knots can be told apart on a terminal. */
export const MOST_MARGIN = 64;

/** A function as a choice. One with the m and lambda of the start changes with the keys for m and lambda. */
export function choiceOf(given: Target, m: number, lambda: number, on: boolean): FunctionChoice {
  const { spec } = given;
  for (const at of [psiAt, naiveAt]) if (at(m, lambda).spec === spec) return { at, on };
  return { at: () => given, on };
}

const psiAt: FunctionChoice["at"] = (m, lambda) => target("asoftmax", { m, lambda })!;
const naiveAt: FunctionChoice["at"] = (m) => target("naive", { m })!;

/** Each choice as the function that it now is, with the key that turns it on and off. */
export const functionsOf = ({ choices, m, lambda }: State) =>
  choices.map(({ at, on }, i) => ({ key: i + 1, target: at(m, lambda), on }));

/** The steps of theta and theta_j in parts of pi. */
const [FINE, COARSE] = [360, 24];
const LAMBDAS = [0, ...[0.1, 1, 10, 100].flatMap((power) => [1, 2, 5].map((n) => n * power)), 1000];

/** The next multiple of pi/parts above (1) or below (-1) theta, within [0, pi]. */
function step(theta: number, parts: number, way: 1 | -1): number {
  const place = (theta * parts) / Math.PI;
  const next = way > 0 ? Math.floor(place + 1e-9) + 1 : Math.ceil(place - 1e-9) - 1;
  return timesPi(Math.min(parts, Math.max(0, next)), parts);
}

/** The next knot above theta; after the last the first. */
function nextKnot({ m, theta }: State): Partial<State> {
  const k = segment(m, theta) + 1;
  const next = [timesPi(k, m), timesPi(k + 1, m)].find((knot) => knot > theta)!;
  return { theta: next <= Math.PI ? next : timesPi(1, m) };
}

/** To the middle of the next violation, after the last the first; there may be none. */
function nextViolation({ m, theta, thetaJ }: State): Partial<State> {
  const middles = violations(m, thetaJ).map(({ lo, hi }) => lo + (hi - lo) / 2);
  return { theta: middles.find((middle) => middle > theta) ?? middles[0] ?? theta };
}

type Change = (state: State) => Partial<State>;

const turn =
  (parts: number, way: 1 | -1): Change =>
  ({ theta }) => ({ theta: step(theta, parts, way) });

/** What a key changes, and what there is to say where that is nothing. */
const actions: Readonly<Record<string, readonly [Change, end?: string]>> = {
  left: [turn(FINE, -1), "theta ends at 0"],
  right: [turn(FINE, 1), "theta ends at pi"],
  "shift+left": [turn(COARSE, -1), "theta ends at 0"],
  "shift+right": [turn(COARSE, 1), "theta ends at pi"],
  pagedown: [turn(COARSE, -1), "theta ends at 0"],
  pageup: [turn(COARSE, 1), "theta ends at pi"],
  m: [({ m }) => ({ m: Math.max(1, m - 1) }), "m ends at 1"],
  M: [({ m }) => ({ m: Math.min(MOST_MARGIN, m + 1) }), `m ends at ${MOST_MARGIN}`],
  l: [({ lambda }) => ({ lambda: LAMBDAS.findLast((one) => one < lambda) ?? lambda }), "lambda ends at 0"],
  L: [({ lambda }) => ({ lambda: LAMBDAS.find((one) => one > lambda) ?? lambda }), `lambda ends at ${LAMBDAS.at(-1)}`],
  j: [({ thetaJ }) => ({ thetaJ: step(thetaJ, COARSE, -1) }), "theta_j ends at 0"],
  J: [({ thetaJ }) => ({ thetaJ: step(thetaJ, COARSE, 1) }), "theta_j ends at pi"],
  n: [nextKnot, "there is no other knot"],
  v: [nextViolation, "there is no other violation"],
  d: [({ degrees }) => ({ degrees: !degrees })],
  "?": [({ help }) => ({ help: !help })],
  escape: [() => ({ help: false })],
};

/** The state after a key; the same for a key without a meaning. */
export function press(state: State, key: string): State {
  const choices = state.choices.map((one, i) => (key === String(i + 1) ? { ...one, on: !one.on } : one));
  const [change, end] = actions[key] ?? [];
  const after = { ...state, choices, ...change?.(state) };
  const { theta, thetaJ, m, lambda } = after;
  const stays = theta === state.theta && thetaJ === state.thetaJ && m === state.m && lambda === state.lambda;
  return { ...after, note: stays ? end : undefined };
}
