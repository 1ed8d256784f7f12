import { choiceOf, press, type State } from "../../../src/cli/explore/state.ts";
import { target } from "../../../src/core/targets.ts";

/** A screen to begin with: psi and cos(m theta) on, softmax off. */
export function start(given: Partial<State> = {}): State {
  const { m = 4, lambda = 0 } = given;
  const functions = [target("asoftmax", { m, lambda })!, target("naive", { m })!, target("softmax")!];
  const choices = functions.map((one, i) => choiceOf(one, m, lambda, i < 2));
  return { choices, m, lambda, theta: 1.2, thetaJ: 1.5, degrees: false, help: false, ...given };
}

export const after = (keys: readonly string[], given?: Partial<State>): State => keys.reduce(press, start(given));
