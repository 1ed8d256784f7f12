import { segment } from "../../core/psi.ts";
import { timesPi } from "../../core/units.ts";
import { violations } from "../../core/violations.ts";
import { LAMBDAS, MOST, type Scene, targetAt } from "./scene.ts";

/** The scene of the screen, and what else it is drawn from. */
export interface State extends Scene {
  /** The functions that keys turn on and off. */
  readonly names: readonly string[];
  readonly degrees: boolean;
  readonly help: boolean;
  /** Why the last key changed nothing. */
  readonly note?: string | undefined;
}

/** Each function that can be turned on, as it now is, with its key. */
export const functionsOf = (state: State) =>
  state.names.map((name, i) => ({ key: i + 1, target: targetAt(state, name), on: state.functions.includes(name) }));

/** The steps of theta and theta_j in parts of pi. */
const [FINE, COARSE] = [360, 24];

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
function nextViolation({ m, theta, competing }: State): Partial<State> {
  const middles = violations(m, competing).map(({ lo, hi }) => lo + (hi - lo) / 2);
  return { theta: middles.find((middle) => middle > theta) ?? middles[0] ?? theta };
}

type Change = (state: State) => Partial<State>;

const turn =
  (parts: number, way: 1 | -1): Change =>
  ({ theta }) => ({ theta: step(theta, parts, way) });

/** By key: what it changes, and the note that is shown when it changes nothing. */
const actions: Readonly<Record<string, readonly [Change, end?: string]>> = {
  left: [turn(FINE, -1), "theta ends at 0"],
  right: [turn(FINE, 1), "theta ends at pi"],
  "shift+left": [turn(COARSE, -1), "theta ends at 0"],
  "shift+right": [turn(COARSE, 1), "theta ends at pi"],
  pagedown: [turn(COARSE, -1), "theta ends at 0"],
  pageup: [turn(COARSE, 1), "theta ends at pi"],
  m: [({ m }) => ({ m: Math.max(1, m - 1) }), "m ends at 1"],
  M: [({ m }) => ({ m: Math.min(MOST.m, m + 1) }), `m ends at ${MOST.m}`],
  l: [({ lambda }) => ({ lambda: LAMBDAS.findLast((one) => one < lambda) ?? lambda }), "lambda ends at 0"],
  L: [({ lambda }) => ({ lambda: LAMBDAS.find((one) => one > lambda) ?? lambda }), `lambda ends at ${LAMBDAS.at(-1)}`],
  j: [({ competing }) => ({ competing: step(competing, COARSE, -1) }), "theta_j ends at 0"],
  J: [({ competing }) => ({ competing: step(competing, COARSE, 1) }), "theta_j ends at pi"],
  n: [nextKnot, "there is no other knot"],
  v: [nextViolation, "there is no other violation"],
  d: [({ degrees }) => ({ degrees: !degrees })],
  "?": [({ help }) => ({ help: !help })],
  escape: [() => ({ help: false })],
};

/** The state after a key; the same for a key without a meaning. */
export function press(state: State, key: string): State {
  const isOn = (name: string, i: number) => state.functions.includes(name) !== (key === String(i + 1));
  const functions = state.names.filter(isOn);
  const [change, end] = actions[key] ?? [];
  const after = { ...state, functions, ...change?.(state) };
  const { theta, competing, m, lambda } = after;
  const stays = theta === state.theta && competing === state.competing && m === state.m && lambda === state.lambda;
  return { ...after, note: stays ? end : undefined };
}
