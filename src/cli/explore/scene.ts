import { blendReasons, reasons } from "../../core/explanation.ts";
import { marginOf } from "../../core/margin.ts";
import { wantedMargin } from "../../core/minima.ts";
import { targetFromSpec } from "../../core/notation.ts";
import { psiValues } from "../../core/psi.ts";
import { asoftmax, naive } from "../../core/target-functions.ts";
import { type Target, targetDefinitions } from "../../core/targets.ts";
import { formatAngle, type NumberStyle } from "../../render/number.ts";
import { type Shown, shownSlopes } from "../zeros.ts";

/** What is explored, on a terminal or on the page: angles in radians, and the names of the functions that are shown. */
export interface Scene {
  readonly m: number;
  readonly lambda: number;
  readonly theta: number;
  readonly competing: number;
  readonly functions: readonly string[];
}

export const STANDARD: Scene = { m: 4, lambda: 0, theta: 1.2, competing: 1.5, functions: ["asoftmax", "naive"] };

/** The most that is shown. */
export const MOST = {
  /** The largest m whose knots can be told apart on a terminal. */
  m: 64,
  /** Beyond, a blend is cos(theta) to the eye. */
  lambda: 1e6,
  /** One for each of the keys 1 to 9. */
  functions: 9,
};
/** The lambdas that keys and sliders go through. */
export const LAMBDAS = [0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

type Blend = Pick<Scene, "m" | "lambda">;

/** The function of that name. asoftmax and naive alone have the m and lambda of the scene, any other name is a spec. */
export function targetAt({ m, lambda }: Blend, name: string): Target {
  if (name === "asoftmax") return asoftmax({ m, lambda });
  return name === "naive" ? naive({ m }) : targetFromSpec(name);
}

/**
 * The name of the function with that spec in scenes that begin with this m
 * and lambda: one that has them will follow them.
 */
export const nameAt = (begin: Blend, spec: string): string =>
  targetDefinitions.find(({ name }) => targetAt(begin, name).spec === spec)?.name ?? spec;

export const targetsOf = (scene: Scene): Target[] => scene.functions.map((name) => targetAt(scene, name));

/**
 * The conditions with their reasons, with lambda > 0 also that of the blended
 * target, and the values and slopes of the functions.
 */
export function figuresAt(scene: Scene, targets: readonly Target[], shown: Shown) {
  const { m, lambda, theta, competing } = scene;
  const margin = marginOf(m, theta, [competing]);
  return {
    margin,
    why: reasons(m, theta, margin, shown),
    blend: lambda > 0 ? blendReasons(asoftmax({ m, lambda }), theta, margin, shown) : undefined,
    values: targets.map((one) => {
      const at = [one.value(theta), one.slope(theta), 0];
      return shownSlopes(shown, wantedMargin(one), theta, at).slice(0, 2);
    }),
    level: shown(psiValues(1, competing).cosTheta, 1, competing),
  };
}

/** The commands that print the functions, their values and the conditions. */
export function plainCommands(scene: Scene, { degrees, given }: Pick<NumberStyle, "degrees" | "given">): string[] {
  const [y, j] = [scene.theta, scene.competing].map((at) => formatAngle(at, { degrees, given }));
  const specs = targetsOf(scene).map(({ spec }) => spec);
  const drawn = [`plot --functions ${specs}`, `compare --functions ${specs} --theta ${y}`];
  const margin = `margin --m ${scene.m} --theta ${y} --competing ${j}`;
  return [...(specs.length > 0 ? drawn : []), margin].map((line) => `asoftmax ${line}${degrees ? " --degrees" : ""}`);
}
