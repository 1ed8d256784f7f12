import { isDecimal } from "../../../core/notation.ts";
import { isAngle } from "../../../core/psi.ts";
import { asFractionOfPi } from "../../../core/units.ts";
import { formatAngle, type NumberStyle } from "../../../render/number.ts";
import { type Shown, shownOf } from "../../zeros.ts";
import { MOST, nameAt, plainCommands, type Scene, STANDARD, targetAt, targetsOf } from "../scene.ts";

/** What the page shows: a scene, and the scale of the logits. */
export interface PageState extends Scene {
  readonly scale: number;
}

export const START: PageState = { ...STANDARD, scale: 1 };

/** How the page writes numbers: with six digits, angles in radians. */
export const STYLE: NumberStyle = { precision: 6, degrees: false, given: new Map() };

const allowed: Readonly<Record<Exclude<keyof PageState, "functions">, (x: number) => boolean>> = {
  m: (x) => x >= 1 && x <= MOST.m,
  lambda: (x) => x >= 0 && x <= MOST.lambda,
  theta: isAngle,
  competing: isAngle,
  scale: (x) => x > 0 && x <= 1e6,
};

const isAllowed = (name: string, text: string): boolean =>
  isDecimal(text) && allowed[name as keyof typeof allowed]?.(Number(text)) === true;
const partsOf = (hash: string) => new URLSearchParams(hash.replace(/^#/, ""));

/**
 * The state of an address: after its #, name=value with & between. What is missing or wrong there is as at the start.
 */
export function stateOf(hash: string): PageState {
  const given = partsOf(hash);
  const numbers = [...given].flatMap(([name, text]) => (isAllowed(name, text) ? [[name, Number(text)]] : []));
  const named = given.get("functions")?.split(",").filter(isFunction).map(nameOf);
  const functions = named && [...new Set(named)].slice(0, MOST.functions);
  return { ...START, ...Object.fromEntries(numbers), ...(functions && { functions }) };
}

/** The parts of an address that were not understood. */
export const misreadIn = (hash: string): string[] =>
  [...partsOf(hash)].flatMap(([name, text]) => {
    if (name !== "functions") return isAllowed(name, text) ? [] : [`${name}=${text}`];
    return text.split(",").flatMap((one) => (one === "" || isFunction(one) ? [] : [`functions=${one}`]));
  });

function isFunction(name: string): boolean {
  try {
    return targetAt(START, name) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The name of a function that has its default parameters, else its spec. asoftmax and
 * naive stay as given: by name alone they follow the sliders.
 */
const nameOf = (spec: string) =>
  /^(asoftmax|naive)(:|$)/.test(spec) ? spec : nameAt(START, targetAt(START, spec).spec);

/** The state as the part of an address after #. */
export const hashOf = (state: PageState): string =>
  ([...Object.keys(allowed), "functions"] as (keyof PageState)[]).map((name) => `${name}=${state[name]}`).join("&");

/** Functions are chosen, and none of them has the m of the slider. */
export const hasOthersOnly = ({ functions }: PageState): boolean =>
  functions.length > 0 && !functions.some((name) => START.functions.includes(name));

/** The plain commands that give what the page shows. */
export function commandsOf(state: PageState): string[] {
  const { m, lambda, scale } = state;
  const [y, j] = [state.theta, state.competing].map((at) => formatAngle(at, { ...STYLE, precision: undefined }));
  const specs = targetsOf(state).map(({ spec }) => spec);
  const scaled = scale === 1 ? "" : ` --scale ${scale}`;
  const drawn = [
    `asoftmax plot --quantity theta_j --functions ${specs}`,
    `asoftmax descend --functions ${specs} --start ${y} --competing ${j}${scaled}`,
  ];
  const plain = plainCommands(state, STYLE);
  if (hasOthersOnly(state)) return [...plain.slice(0, -1), ...drawn];
  const loss = `asoftmax loss --m ${m}${lambda > 0 ? ` --lambda ${lambda}` : ""} --theta ${y} --competing ${j}${scaled}`;
  return [...plain, loss, ...(specs.length > 0 ? drawn : [])];
}

/**
 * The value to show at an angle of the state: 0 for a value that is only the
 * rounding error of an angle that is a part of pi.
 */
export function shownIn({ theta, competing }: PageState): Shown {
  const decimals = [theta, competing].filter((angle) => angle > 0 && asFractionOfPi(angle) === undefined);
  return shownOf({}, { decimals: new Set(decimals) });
}
