import { isDecimal, targetFromSpec } from "../../../core/notation.ts";
import { isAngle } from "../../../core/psi.ts";
import { type Target, target, targetDefinitions } from "../../../core/targets.ts";
import { asFractionOfPi } from "../../../core/units.ts";
import { formatAngle, type NumberStyle } from "../../../render/number.ts";
import { type Shown, shownOf } from "../../zeros.ts";
import { MOST_MARGIN } from "../state.ts";

/** What the page shows; angles in radians. asoftmax and naive among the functions have the m and lambda of the page. */
export interface PageState {
  readonly m: number;
  readonly lambda: number;
  readonly theta: number;
  readonly competing: number;
  readonly scale: number;
  readonly functions: readonly string[];
}

export const START: PageState = {
  m: 4,
  lambda: 0,
  theta: 1.2,
  competing: 1.5,
  scale: 1,
  functions: ["asoftmax", "naive"],
};
const MOST_FUNCTIONS = 9;
/** Functions whose names stand for those with the m and lambda of the page. */
const FOLLOWS: readonly string[] = ["asoftmax", "naive"];

/** The descent of the page, beside its start and its scale: as `descend` does without --rate and --steps. */
export const DESCENT = { rate: 0.05, steps: 200 };

/** How the page writes numbers: with six digits, angles in radians. */
export const STYLE: NumberStyle = { precision: 6, wholesInFull: true, degrees: false, given: new Map() };

/** Every function of the page by its name there: those of core, and others that the state has. */
export const functionNames = ({ functions }: PageState): string[] => [
  ...new Set([...targetDefinitions.map(({ name }) => name), ...functions]),
];

/** The function of that name, with the m and lambda of the state where it follows them. */
export function targetAt({ m, lambda }: PageState, name: string): Target {
  if (name === "asoftmax") return target(name, { m, lambda })!;
  return name === "naive" ? target(name, { m })! : targetFromSpec(name);
}

/** The functions that are shown, in the order of their names. */
export const targetsOf = (state: PageState): Target[] =>
  functionNames(state)
    .filter((name) => state.functions.includes(name))
    .map((name) => targetAt(state, name));

const allowed: Readonly<Record<Exclude<keyof PageState, "functions">, (x: number) => boolean>> = {
  m: (x) => x >= 1 && x <= MOST_MARGIN,
  lambda: (x) => x >= 0 && x <= 1e6,
  theta: isAngle,
  competing: isAngle,
  scale: (x) => x > 0 && x <= 1e6,
};

/** The state of an address: after its #, name=value with & between. What is missing or wrong there is as in `otherwise`. */
export function stateOf(hash: string, otherwise = START): PageState {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const numbers = Object.entries(allowed).flatMap(([name, check]) => {
    const text = given.get(name);
    return text !== null && isDecimal(text) && check(Number(text)) ? [[name, Number(text)]] : [];
  });
  const functions = given.get("functions")?.split(",").filter(isFunction).map(nameOf).slice(0, MOST_FUNCTIONS);
  return { ...otherwise, ...Object.fromEntries(numbers), ...(functions && { functions }) };
}

function isFunction(name: string): boolean {
  try {
    return targetAt(START, name) !== undefined;
  } catch {
    return false;
  }
}

/** The name alone where a function is as core has it without parameters. */
const nameOf = (spec: string): string =>
  targetDefinitions.find(({ name }) => !FOLLOWS.includes(name) && targetAt(START, name).spec === spec)?.name ?? spec;

/** The state as the part of an address after #. */
export const hashOf = (state: PageState): string =>
  Object.entries(state)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(",") : value}`)
    .join("&");

/** The plain commands that give what the page shows. */
export function commandsOf(state: PageState): string[] {
  const { m, scale } = state;
  const [y, j] = [state.theta, state.competing].map((theta) => formatAngle(theta, { ...STYLE, precision: undefined }));
  const specs = targetsOf(state).map(({ spec }) => spec);
  const scaled = scale === 1 ? "" : ` --scale ${scale}`;
  const drawn = [
    `asoftmax plot --functions ${specs}`,
    `asoftmax compare --functions ${specs} --theta ${y}`,
    `asoftmax descend --functions ${specs} --start ${y} --competing ${j}${scaled}`,
  ];
  return [`asoftmax margin --m ${m} --theta ${y} --competing ${j}`, ...(specs.length > 0 ? drawn : [])];
}

/** What is shown of a value at an angle of the state: 0 where it is the rounding of an angle that is a part of pi. */
export function shownIn({ theta, competing }: PageState): Shown {
  const decimals = [theta, competing].filter((angle) => angle > 0 && asFractionOfPi(angle) === undefined);
  return shownOf({}, { decimals: new Set(decimals) });
}
