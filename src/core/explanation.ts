import { aboveCosine } from "./boundary.ts";
import { doubleDouble } from "./double-double.ts";
import type { Margin } from "./margin.ts";
import { type Message, message, radians } from "./message.ts";
import { psiValues } from "./psi.ts";
import type { Target } from "./targets.ts";
import { timesPi } from "./units.ts";

/** What is shown of a value of a function with slopes up to that at theta: the value, or 0 for a rounded zero. */
type ValueShown = (x: number, slope: number, theta: number) => number;

/** A sentence: which conditions hold for the target angle thetaY against its nearest competing angle, and why. */
export function reasons(m: number, thetaY: number, margin: Margin, shown: ValueShown = (x) => x): Message {
  const { naive, angular, minThetaJ } = margin;
  const { k, ...own } = psiValues(m, thetaY);
  const [psi, cosMTheta] = [shown(own.psi, m, thetaY), shown(own.cosMTheta, m, thetaY)];
  const cosJ = shown(psiValues(1, minThetaJ).cosTheta, 1, minThetaJ);
  const product = message`${m} * ${radians(thetaY)} = ${radians(m * thetaY)}`;
  if (angular)
    return message`all conditions hold: ${product} is below ${radians(minThetaJ)}, and psi ${psi} > ${cosJ}.`;
  if (!naive) {
    return message`no condition holds: cos(${m} theta_y) ${cosMTheta} <= ${cosJ}, and ${product} is not below ${radians(minThetaJ)}.`;
  }
  // In segment 0 naive is angular.
  const where = message`${radians(thetaY)} lies in segment ${k}, beyond ${radians(timesPi(1, m))}`;
  return message`naive holds (${cosMTheta} > ${cosJ}) but ${product} is not below ${radians(minThetaJ)}: ${where}, where cos(${m} theta) repeats its values; psi ${psi} <= ${cosJ}.`;
}

/** A sentence: the segment of psi in which theta lies, and how psi is computed from cos(m theta) there. */
export function psiInWords(m: number, theta: number, shown: ValueShown): Message {
  const { k, psi, cosMTheta } = psiValues(m, theta);
  const isLast = k + 1 >= m;
  const segment = message`[${radians(timesPi(k, m))}, ${radians(isLast ? Math.PI : timesPi(k + 1, m))}${isLast ? "]" : ")"}`;
  const where = message`${radians(theta)} is in segment k = ${k}, ${segment}`;
  const cosine = message`cos(${radians(m * theta)})`;
  if (k === 0) return message`${where}: psi = ${cosine} = ${shown(psi, m, theta)}, the same as cos(${m} theta).`;
  const formula = message`${k % 2 === 1 ? "-" : ""}${cosine} - ${2 * k}`;
  return message`${where}: psi = ${formula} = ${shown(psi, m, theta)}, where ${cosine} alone is ${shown(cosMTheta, m, theta)}.`;
}

/**
 * Whether a target with lambda is above cos(thetaJ), exactly, and a sentence that
 * sets this beside m thetaY < thetaJ, which angular says.
 */
export function blendReasons(target: Target, thetaY: number, { angular, minThetaJ }: Margin, shown: ValueShown) {
  const { m } = target.parameters;
  const holds = aboveCosine(target, doubleDouble(thetaY), doubleDouble(minThetaJ)).hi > 0;
  const cosJ = shown(psiValues(1, minThetaJ).cosTheta, 1, minThetaJ);
  const value = message`with lambda = ${target.lambda} the target ${target.value(thetaY)} ${holds ? ">" : "<="} ${cosJ}`;
  const product = message`${m!} * ${radians(thetaY)} = ${radians(m! * thetaY)} is ${angular ? "" : "not "}below ${radians(minThetaJ)}`;
  const plain = shown(psiValues(m!, thetaY).cosMTheta, m!, thetaY);
  const why = message`${value}, ${holds === angular ? "and" : "but"} ${product}; cos(${m!} theta_y) is ${plain}.`;
  return { holds, why };
}
