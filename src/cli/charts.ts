import { competingBound } from "../core/competing-bound.ts";
import { joined, type Message, message, radians } from "../core/message.ts";
import { wantedMargin } from "../core/minima.ts";
import { monotonicity } from "../core/monotonicity.ts";
import { psiValues } from "../core/psi.ts";
import { type Target, targetDefinitions } from "../core/targets.ts";
import { timesPi } from "../core/units.ts";
import { violations } from "../core/violations.ts";
import type { Area, Chart, Interval, Series } from "../render/chart.ts";
import { PICTURE_DIGITS } from "../render/formats.ts";
import { formatAngle, forPeople, type NumberStyle } from "../render/number.ts";

interface FunctionChart {
  readonly range?: Interval;
  readonly quantity?: "value" | "slope";
  /** The legend's name of the highlighted stretches, and the stretches of a function. */
  readonly highlight?: string | undefined;
  readonly stretchesOf?: (target: Target) => readonly Interval[];
}

/** Stretches nearer to one another than this part of a picture are one: there can be half a million. */
const FINEST = 2000;

/** Stretches in order, those joined that are no further apart than that. */
function apart(stretches: readonly Interval[], least: number): Interval[] {
  const joined: Interval[] = [];
  for (const { from, to } of stretches) {
    const last = joined.at(-1);
    if (last !== undefined && from - last.to <= least) joined.splice(-1, 1, { from: last.from, to });
    else joined.push({ from, to });
  }
  return joined;
}

/** Target functions over theta, with rules at the knots of the first asoftmax or naive function. */
export function functionChart(
  targets: readonly Target[],
  { range = { from: 0, to: Math.PI }, quantity = "value", highlight, stretchesOf = () => [] }: FunctionChart = {},
): Chart {
  return {
    title: quantity === "value" ? findingOf(targets) : SLOPES,
    subtitle: definitionsOf(targets),
    x: { ...range, angle: true, name: "target angle theta_y" },
    y: { name: quantity === "value" ? "target function" : "slope of the target function by theta_y" },
    series: targets.map((target) => ({
      ...lineOf(target, targets),
      at: (theta: number) => target[quantity](theta),
      jumps: quantity === "value" ? jumpsOf(target) : [],
      highlight: apart(stretchesOf(target), (range.to - range.from) / FINEST),
    })),
    highlight,
    knots: knotsOf(targets),
  };
}

const SLOPES = message`Where the slope is above 0 a larger angle is rewarded; where it is 0 nothing pulls`;

/**
 * The colours of target functions without lambda in all pictures, and their
 * names there, where that is not how they are written.
 */
const WORDS: Readonly<Record<string, { readonly hue: number; readonly word?: (m: number) => Message }>> = {
  asoftmax: { hue: 0, word: (m) => message`psi, m = ${m}` },
  naive: { hue: 1, word: (m) => message`cos(${m} theta)` },
  softmax: { hue: 5, word: () => message`cos(theta)` },
  cosface: { hue: 3 },
  arcface: { hue: 4 },
};
/** The colour of levels, such as a goal, and those of blends with a small, a middle and a large lambda. */
const LEVEL = 6;
const blendHue = (lambda: number) => (lambda < 2 ? 3 : lambda < 10 ? 2 : 4);

/** The name of a target function in a picture that also shows `others`. */
export function inWords({ name, parameters, lambda, spec }: Target, others: readonly Target[] = []): Message {
  const isBlend = lambda > 0 || others.some((other) => other.name === name && other.lambda > 0);
  if (isBlend && areBlended(others)) return message`lambda = ${lambda}`;
  const word = WORDS[name]?.word?.(parameters.m!);
  return word === undefined ? [spec] : message`${word}${isBlend ? message`, lambda = ${lambda}` : []}`;
}

const isPsi = ({ name, lambda }: Target) => name === "asoftmax" && lambda === 0;

/** Are they psi of one m with several lambda, and perhaps cos(theta)? */
function areBlended(targets: readonly Target[]): boolean {
  const blends = targets.filter(({ name }) => name !== "softmax");
  return blends.length > 1 && blends.every((one) => one.name === "asoftmax" && one.parameters.m === knotsOf(targets));
}

/** The names and the colour of the line of a target function in a picture that also shows `others`. */
export const lineOf = (target: Target, others: readonly Target[]) => ({
  name: target.spec,
  label: inWords(target, others),
  hue: target.lambda > 0 ? blendHue(target.lambda) : WORDS[target.name]?.hue,
});

const MOST_DEFINITIONS = 3;

/** The formulas of the functions that are not named by them, unless there are too many to be read. */
function definitionsOf(targets: readonly Target[]): Message | undefined {
  const named = targetDefinitions.filter(({ name }) => name !== "naive" && name !== "softmax");
  const shown = named.filter(({ name }) => targets.some((target) => target.name === name));
  const formulas = shown.map(({ name, formula }) => {
    return `${name === "asoftmax" ? "psi" : name}: ${formula.replaceAll(/\bt\b/g, "theta")}`;
  });
  const blended = targets.filter(({ lambda }) => lambda > 0);
  const isPsi = blended.every(({ name }) => name === "asoftmax");
  if (blended.length > 0)
    formulas.push(`with lambda: (lambda cos(theta) + ${isPsi ? "psi" : "function"})/(1 + lambda)`);
  return formulas.length === 0 || formulas.length > MOST_DEFINITIONS ? undefined : [formulas.join("; ")];
}

/** The title of a chart of target functions: which of them rise, jump up or are flat, and where first. */
function findingOf(targets: readonly Target[]): Message | undefined {
  const found = targets.map((target) => ({ target, ...firstBreach(target) }));
  const clause = (breach: Breach | undefined, one: Message, several: Message, where: Message) => {
    const some = found.filter((each) => each.breach === breach);
    const place = some.length === 1 && some[0]!.from !== undefined ? message` ${where} ${radians(some[0]!.from)}` : [];
    const names = joined(some.map(({ target }) => inWords(target)));
    return some.length === 0 ? [] : [message`${names} ${some.length === 1 ? one : several}${place}`];
  };
  const up = [
    ...clause("rising", ["rises again"], ["rise again"], ["beyond"]),
    ...clause("jump-up", ["jumps up"], ["jump up"], ["at"]),
  ];
  const flat = clause("flat", ["never rises, but is flat"], ["never rise, but are flat in part"], ["beyond"]);
  const [faller, ...fallers] = found.filter(({ breach }) => breach === undefined).map(({ target }) => target);
  const knots = faller && fallers.length === 0 && isPsi(faller) ? faller.parameters.m : undefined;
  const everywhere = message`everywhere${knots ? message`, flat only at k ${radians(timesPi(1, knots))}` : []}`;
  const falling = clause(undefined, message`falls ${everywhere}`, message`fall ${everywhere}`, []);
  if (targets.length === 0) return undefined;
  const after = (clauses: readonly Message[]) => clauses.flatMap((one) => message`; ${one}`);
  if (up.length > 0) return message`${joined(up)}: there a larger angle is rewarded${after([...flat, ...falling])}`;
  if (flat.length > 0) return message`${flat[0]!}: there nothing pulls${after(falling)}`;
  if (areBlended(targets))
    return message`The larger lambda, the nearer psi (m = ${knotsOf(targets)!}) comes to cos(theta), and the smaller the margin`;
  const names = joined(targets.map((target) => inWords(target)));
  return message`${names} ${targets.length === 1 ? "falls" : "fall"} on all of [0, pi]: a smaller angle always counts more`;
}

type Breach = "rising" | "jump-up" | "flat";

/** How a target function does not fall everywhere, the gravest way first, and where it first does so. */
function firstBreach(target: Target): { readonly breach?: Breach; readonly from?: number } {
  const { stretches } = monotonicity(target);
  for (const breach of ["rising", "jump-up", "flat"] as const) {
    const first = stretches.find(({ direction }) => direction === breach);
    if (first) return { breach, from: first.from };
  }
  return {};
}

/**
 * The plane of theta_y and theta_j: for each function the angle that theta_j must
 * exceed, and where naive holds and angular does not.
 */
export function planeChart(targets: readonly Target[], range: Interval = { from: 0, to: Math.PI }): Chart {
  const psi = targets.find(isPsi);
  const m = psi?.parameters.m;
  /** cos(m theta), where psi of the same m is there too. */
  const naive = targets.find(({ name, lambda, parameters }) => name === "naive" && lambda === 0 && parameters.m === m);
  /** Are there functions that these words would not be true of? */
  const hasOthers = targets.length > 2;
  const held = naive ? (hasOthers ? "naive, angular, psi hold" : "all three hold") : `${m} theta_y < theta_j`;
  const wrong: Area = {
    name: FALSE_PASS,
    look: "hatched",
    between: (theta) => {
      const needed = competingBound(psi!, theta);
      return [competingBound(naive!, theta), Number.isNaN(needed) ? Math.PI : needed];
    },
  };
  const own = (target: Target): Area => ({
    name: isPsi(target) ? held : `${target.spec} exceeds cos(theta_j)`,
    look: "shaded",
    between: (theta) => [competingBound(target, theta), Math.PI],
  });
  return {
    title: naive
      ? message`cos(${m!} theta_y) > cos(theta_j) also holds in the hatched part, where ${m!} theta_y < theta_j does not; psi holds only where it does`
      : message`How large theta_j must be for the target to exceed cos(theta_j)`,
    subtitle: naive ? [...conditions(m!), PSI_CONDITION] : definitionsOf(targets),
    x: { ...range, angle: true, name: "theta_y, angle to the own class" },
    y: { angle: true, name: "theta_j, angle to another class" },
    series: targets.map((target) => ({ ...lineOf(target, targets), at: (theta) => competingBound(target, theta) })),
    regions: [...targets.slice(0, 1).map(own), ...(naive ? [wrong] : [])],
    zones:
      naive && !hasOthers
        ? [{ name: "none holds", look: "named", between: (theta) => [0, competingBound(naive, theta)] }]
        : [],
    knots: knotsOf(targets),
    square: true,
  };
}

const FALSE_PASS = "naive holds, angular does not";
const PSI_CONDITION = "; psi: psi(theta_y) > cos(theta_j); lines: both sides equal";
const conditions = (m: number) => message`naive: cos(${m} theta_y) > cos(theta_j); angular: ${m} theta_y < theta_j`;

/** The margin of the first function that has knots. */
export const knotsOf = (targets: readonly Target[]) =>
  targets.find(({ name }) => name === "asoftmax" || name === "naive")?.parameters.m;

/** name = theta, as a legend has it. */
export const equation = (name: string, theta: number, style: NumberStyle) =>
  `${name} = ${formatAngle(theta, forPeople(style, PICTURE_DIGITS))}`;

/** A line at one height. */
export const levelOf = (name: string, y: number): Series => ({ name, hue: LEVEL, at: () => y });

/** The goals of descents as level lines: theta_j over the margin that each function wants, each once. */
export const goalLines = (targets: readonly Target[], thetaJ: number, style: NumberStyle): Series[] =>
  [...new Set(targets.map(wantedMargin))].map((m) => {
    return levelOf(equation(`goal: theta_y < theta_j${m === 1 ? "" : `/${m}`}`, thetaJ / m, style), thetaJ / m);
  });

/**
 * Target functions and the level cos(theta_j); the naive function of that m is
 * highlighted where it lies above and angular does not hold.
 */
export function violationChart(targets: readonly Target[], m: number, thetaJ: number, style: NumberStyle): Chart {
  const isNaive = ({ name, parameters }: Target) => name === "naive" && parameters.m === m;
  const found = violations(m, thetaJ).map(({ lo, hi }) => ({ from: lo, to: hi }));
  const chart = functionChart(targets, {
    highlight: targets.some(isNaive) ? FALSE_PASS : undefined,
    stretchesOf: (target) => (isNaive(target) ? found : []),
  });
  const level = psiValues(1, thetaJ).cosTheta;
  const name = `cos(${equation("theta_j", thetaJ, style)})`;
  const good = equation(`angular holds: theta_y < theta_j/${m}`, thetaJ / m, style);
  const first = found[0];
  return {
    ...chart,
    title: first
      ? message`cos(${m} theta_y) rises again beyond ${radians(timesPi(1, m))}: where it is orange it exceeds cos(theta_j) although ${m} theta_y < theta_j does not hold`
      : message`Wherever cos(${m} theta_y) exceeds cos(theta_j), ${m} theta_y < theta_j holds too`,
    subtitle: conditions(m),
    series: [...chart.series, levelOf(name, level)],
    zones: [{ name: good, look: "tinted", between: (at) => [-Infinity, m * at < thetaJ ? Infinity : Number.NaN] }],
    marks: [
      { x: thetaJ / m, text: message`${radians(thetaJ / m)}` },
      ...(first ? [{ x: first.from, y: level, text: message`first violation: beyond ${radians(first.from)}` }] : []),
    ],
  };
}

const jumpsOf = (target: Target): number[] =>
  monotonicity(target).stretches.flatMap(({ from, to }) => (from === to ? [from] : []));
