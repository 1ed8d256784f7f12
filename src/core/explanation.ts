import type { Margin } from "./margin.ts";
import { type Message, message, radians } from "./message.ts";
import { psiValues } from "./psi.ts";
import { asFractionOfPi, timesPi } from "./units.ts";

/** A sentence: which conditions hold for the target angle thetaY against its nearest competing angle, and why. */
export function reasons(m: number, thetaY: number, { naive, angular, minThetaJ }: Margin): Message {
  const { k, psi, cosMTheta } = psiValues(m, thetaY);
  const cosJ = psiValues(1, minThetaJ).cosTheta;
  const product = message`${m} * ${radians(thetaY)} = ${radians(m * thetaY)}`;
  if (angular)
    return message`all conditions hold: ${product} is below ${radians(minThetaJ)}, and psi ${psi} > ${cosJ}.`;
  if (!naive) {
    return message`no condition holds: cos(${m} theta_y) ${cosMTheta} <= ${cosJ}, and ${product} is not below ${radians(minThetaJ)}.`;
  }
  const where = k === 0 ? [] : message`: ${radians(thetaY)} lies in segment ${k}, beyond ${radians(timesPi(1, m))}`;
  return message`naive holds (${cosMTheta} > ${cosJ}) but ${product} is not below ${radians(minThetaJ)}${where}, where cos(${m} theta) repeats its values; psi ${psi} <= ${cosJ}.`;
}

/** A sentence: the segment of psi in which theta lies, and how psi is computed from cos(m theta) there. */
export function psiInWords(m: number, theta: number): Message {
  const { k, psi, cosMTheta } = psiValues(m, theta);
  // The double of a fraction of pi is not that fraction: its rounding is not shown as a cosine.
  const noise = asFractionOfPi(theta) === undefined ? 0 : m * theta * 2 ** -51;
  const shown = (x: number) => (Math.abs(x) <= noise ? 0 : x);
  const isLast = k + 1 >= m;
  const segment = message`[${radians(timesPi(k, m))}, ${radians(isLast ? Math.PI : timesPi(k + 1, m))}${isLast ? "]" : ")"}`;
  const where = message`${radians(theta)} is in segment k = ${k}, ${segment}`;
  const cosine = message`cos(${radians(m * theta)})`;
  if (k === 0) return message`${where}: psi = ${cosine} = ${shown(psi)}, the plain cosine.`;
  const formula = message`${k % 2 === 1 ? "-" : ""}${cosine} - ${2 * k}`;
  return message`${where}: psi = ${formula} = ${shown(psi)}, where ${cosine} alone is ${shown(cosMTheta)}.`;
}
