/** Numbers, angles and target functions as people write them. */
import { ParameterError } from "./errors.ts";
import { makeTarget, otherLosses, type Target, targetDefinition, targetDefinitions } from "./targets.ts";
import { fromDegrees, timesPi, toDegrees } from "./units.ts";

const DECIMAL = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;

/** Is it a decimal number, spaces around it allowed? */
export const isDecimal = (text: string): boolean => DECIMAL.test(text);

/**
 * The number that a decimal text stands for. Throws ParameterError for any
 * other text, and for a number too large for a double.
 */
export function parseNumber(given: string): number {
  const text = given.trim();
  if (!isDecimal(text)) throw new ParameterError(`"${text}" is not a number: write a decimal number such as 4 or 1.5`);
  const value = Number(text);
  if (!Number.isFinite(value)) throw new ParameterError(`${text} is too large for a double`);
  return value;
}

/** An angle in both units, that of the text unconverted. */
type WrittenAngle = Readonly<Record<"radians" | "degrees", number>>;

/** Multiples of pi above it are refused before they are computed. */
const MOST_TURNS = 1e6;
const PI_MULTIPLE = /^(?:([\d.]+(?:e[+-]?\d+)?)\*?)?(?:pi|π)(?:\/([\d.]+))?$/i;

/**
 * The angle written as 1.2, pi/4, 3pi/4, 2 * pi / 3, 60deg or 60°; a bare number is in degrees if
 * inDegrees, else in radians. Throws ParameterError for other text and for an angle outside
 * [0, pi]; option is what its message also says to use for degrees.
 */
export function parseAngle(given: string, inDegrees = false, option = " or use --degrees"): WrittenAngle {
  const text = given.trim().replace(/\s*([*/])\s*/g, "$1");
  const angle = readAngle(text, inDegrees);
  if (!(angle.radians >= 0)) throw new ParameterError(`${text} lies below 0: an angle lies in [0, pi]`);
  if (angle.radians <= Math.PI) return angle;
  throw new ParameterError(
    `${text} lies above ${inDegrees ? "180" : `pi (${Math.PI})`}: ${advice(angle, inDegrees, option)}`,
  );
}

function readAngle(text: string, inDegrees: boolean): WrittenAngle {
  const [multiple, coefficient = "1", divisor = "1"] = PI_MULTIPLE.exec(text) ?? [];
  if (multiple !== undefined) return ofPi(text, parseNumber(coefficient), parseNumber(divisor));
  const [, degrees] = /^(.*)(?:deg|°)$/s.exec(text) ?? [];
  if (degrees !== undefined) return ofDegrees(parseNumber(degrees));
  if (!isDecimal(text)) throw new ParameterError(`"${text}" is not an angle: write it as 1.2, pi/4, 2*pi/3 or 60deg`);
  const value = parseNumber(text);
  return inDegrees ? ofDegrees(value) : { radians: value, degrees: toDegrees(value) };
}

function ofPi(text: string, coefficient: number, divisor: number): WrittenAngle {
  if (divisor === 0) throw new ParameterError(`${text} divides by 0`);
  if (!(coefficient <= MOST_TURNS * divisor))
    throw new ParameterError(`${text} lies above pi: an angle lies in [0, pi]`);
  return { radians: timesPi(coefficient, divisor), degrees: (coefficient * 180) / divisor };
}

const ofDegrees = (degrees: number): WrittenAngle => ({ radians: fromDegrees(degrees), degrees });

function advice({ radians }: WrittenAngle, inDegrees: boolean, option: string): string {
  if (radians < Math.PI + 1e-3) return inDegrees ? "write 180" : "write pi";
  return inDegrees ? "an angle lies in [0, 180]" : `an angle lies in [0, pi]; for degrees write 60deg${option}`;
}

/** The end of a message about an unknown name, given the known ones and those that it may stand for. */
type Advise = (name: string, known: readonly string[], meant?: readonly string[]) => string;

const listed: Advise = (_, known) => `: choose from ${known.join(", ")}`;

/**
 * The names that the given one may be a misspelling of. Names of losses differ by a letter or a digit, most at their
 * beginning or end: airface is not arcface, l2-softmax not l-softmax, sphereface+ not sphereface.
 */
function misspelt(given: string): readonly string[] {
  const name = given.toLowerCase();
  const names = targetDefinitions.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const isLonger = names.some((known) => known.length > 3 && name.startsWith(known));
  return names.filter((known) => (isLonger ? known.startsWith(name) : known.slice(0, 3) === name.slice(0, 3)));
}

const NO_SCALE =
  "a scale is no part of the target function: leave it out (loss, descend, measure and audit take --scale)";

/** Why a target function is not found by its name: what the name is, or how the function is written. */
function unknownName(spec: string, name: string, advise: Advise): string {
  if (Object.hasOwn(otherLosses, name))
    return `${name} is no function of theta_y and fixed parameters alone: ${otherLosses[name]}`;
  const [, start = "", rest = ""] = /^(.+?)[=(]([^():]+?)\)?$/.exec(spec.trim()) ?? [];
  const parameters = targetDefinition(start)?.parameters.map((parameter) => parameter.name) ?? [];
  if (parameters.some((one) => rest.startsWith(`${one}=`))) return `"${spec}" is written ${start}:${rest}`;
  if (parameters.length === 1 && !rest.includes("=")) return `"${spec}" is written ${start}:${parameters[0]}=${rest}`;
  const names = targetDefinitions.map((known) => known.name);
  return `there is no target function "${name}"${advise(name, names, misspelt(name))}`;
}

/**
 * The target function written as name:param=value:... Parameters left out take their defaults; additive
 * angles are in radians, or written as 30deg or pi/6. Target.spec is such a text, and gives the same
 * function again. Throws ParameterError for an unknown or repeated name, a value outside its domain, and
 * what is no number; advise ends the message about an unknown name, given the name, the known ones and
 * those that it may stand for (by default it lists the known).
 * @example
 * targetFromSpec("asoftmax:m=4:lambda=5").value(0); // 1
 * targetFromSpec("arcface:m=30deg").spec; // "arcface:m=0.5235987755982989"
 */
export function targetFromSpec(spec: string, advise: Advise = listed): Target {
  const [name = "", ...settings] = spec.trim().split(":");
  const definition = targetDefinition(name);
  if (definition === undefined) throw new ParameterError(unknownName(spec, name, advise));
  const known = [...definition.parameters.map((parameter) => parameter.name), "lambda"];
  const parameters: Record<string, number> = {};
  for (const setting of settings) {
    const [key = "", value, ...rest] = setting.split("=");
    if (value === undefined || rest.length > 0)
      throw new ParameterError(`"${setting}" in ${spec} is not of the form parameter=value`);
    if (key === "s" || key === "scale") throw new ParameterError(`${spec}: ${NO_SCALE}`);
    if (!known.includes(key)) throw new ParameterError(`${name} has no parameter "${key}"${advise(key, known)}`);
    if (key in parameters) throw new ParameterError(`${spec} gives ${key} twice`);
    const isAngle = definition.parameters.find((parameter) => parameter.name === key)?.hi === Math.PI;
    parameters[key] = isAngle ? parseAngle(value, false, "").radians : parseNumber(value);
  }
  return makeTarget(definition, parameters);
}
