import type { Margin } from "./margin.ts";
import { type Message, message, radians } from "./message.ts";
import { psiValues } from "./psi.ts";
import { timesPi } from "./units.ts";

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
