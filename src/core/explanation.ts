import type { Margin } from "./margin.ts";
import { angle, type Phrase, phrase } from "./message.ts";
import { psiValues } from "./psi.ts";
import { timesPi } from "./units.ts";

/** Which conditions hold for a target angle against its nearest competing angle, and why. */
export function reasons(m: number, thetaY: number, { naive, angular, minThetaJ }: Margin): Phrase {
  const { k, psi, cos_m_theta } = psiValues(m, thetaY);
  const cosJ = psiValues(1, minThetaJ).cos_theta;
  const product = phrase`${m} * ${angle(thetaY)} = ${angle(m * thetaY)}`;
  if (angular) return phrase`all conditions hold: ${product} is below ${angle(minThetaJ)}, and psi ${psi} > ${cosJ}.`;
  if (!naive) {
    return phrase`no condition holds: cos(${m} theta_y) ${cos_m_theta} <= ${cosJ}, and ${product} is not below ${angle(minThetaJ)}.`;
  }
  const where = k === 0 ? [] : phrase`: ${angle(thetaY)} lies in segment ${k}, beyond ${angle(timesPi(1, m))}`;
  return phrase`naive holds (${cos_m_theta} > ${cosJ}) but ${product} is not below ${angle(minThetaJ)}${where}, where cos(${m} theta) has come round again; psi ${psi} <= ${cosJ}.`;
}
