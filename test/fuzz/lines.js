// Random command lines: any command with any of its options and values that fit, nearly fit or do not.
import { commands } from "../../dist/cli/commands.js";
import { flagOf } from "../../dist/cli/options.js";
import { oneOf } from "../random.js";

const FUNCTIONS = ["asoftmax:m=4", "arcface", "naive:m=2.5", "cosface:m=0.35:lambda=1", "combined:m2=30deg", "softmax"];
const NUMBERS = ["4", "1.5", "0", "1", "2", "100", "0.5", "1e-300", "-1", "1000", "3.1416", "1e308"];
const COUNTS = ["1", "2", "5", "0", "-1", "1.5", "30", "100"];
const ANGLES = ["1.2", "pi/4", "60deg", "0", "pi", "2*pi/3", "3.2", "-0.1", "1e-20", "180"];
const ODD = [
  "",
  " ",
  "abc",
  "NaN",
  "Infinity",
  "1,,2",
  "@",
  "@theta_y",
  "norm",
  "--m",
  "\u{1b}[2J",
  "é",
  "0x10",
  "9".repeat(400),
];
const FILES = ["rows.csv", "features.npy", "missing.csv", ".", "out.csv", "out.svg", "out.vl.json"];

const definitions = await Promise.all(
  Object.entries(commands).map(async ([name, { load }]) => ({ name, ...(await load()).default })),
);

function textOf({ value, choices }, random) {
  if (random(12) === 0) return oneOf(ODD, random);
  if (choices !== undefined) return oneOf(choices, random);
  const pools = { file: FILES, angle: ANGLES, number: NUMBERS, n: COUNTS, "@column": ["@theta_y", "@theta_j", "@x"] };
  const pool = pools[value] ?? [...ANGLES, ...NUMBERS, ...FUNCTIONS, "@theta_y", "theta_*"];
  return Array.from({ length: value === "list" ? 1 + random(3) : 1 }, () => oneOf(pool, random)).join();
}

/** The arguments of a seed. */
export function randomLine(random) {
  const { name, argument, options } = oneOf(definitions, random);
  const args = [name];
  if (argument !== undefined && random(8) > 0) args.push(oneOf(argument.choices, random));
  for (let left = random(7); left > 0; left--) {
    const [option, definition] = oneOf(Object.entries(options), random);
    args.push(flagOf(option));
    if (definition.value !== undefined && random(30) > 0) args.push(textOf(definition, random));
  }
  if (random(40) === 0) args.push(oneOf(["extra", "--nonsense", "-x", "--help"], random));
  return args;
}
