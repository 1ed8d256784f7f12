import { STANDARD } from "../../../src/cli/explore/scene.ts";
import { press, type State } from "../../../src/cli/explore/state.ts";

/** A screen to begin with: psi and cos(m theta) on, softmax off. */
export function start(given: Partial<State> = {}): State {
  return { ...STANDARD, names: ["asoftmax", "naive", "softmax"], degrees: false, help: false, ...given };
}

export const after = (keys: readonly string[], given?: Partial<State>): State => keys.reduce(press, start(given));
