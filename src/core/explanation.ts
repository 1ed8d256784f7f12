import { aboveCosine } from "./boundary.ts";
import { doubleDouble } from "./double-double.ts";
import type { Margin } from "./margin.ts";
import { type Message, message, radians } from "./message.ts";
import { psiValues } from "./psi.ts";
import type { Target } from "./targets.ts";
import { timesPi, withoutNoise } from "./units.ts";

/** By how much the double of an angle may differ from the angle that was meant. */
type AngleRounding = (theta: number) => number;

/**
 * A sentence: which conditions hold for the target angle thetaY against its nearest competing angle, and why; what is no more
 * than the rounding of the angles is 0 there.
 */
export function reasons(
  m: number,
  thetaY: number,
  { naive, angular, minThetaJ }: Margin,
  rounding: AngleRounding = () => 0,
): Message {
  const own = psiValues(m, thetaY);
  const { k } = own;
  const [psi, cosMTheta] = [own.psi, own.cosMTheta].map((x) => withoutNoise(x, m * rounding(thetaY))) as [
    number,
    number,
  ];
  const cosJ = withoutNoise(psiValues(1, minThetaJ).cosTheta, rounding(minThetaJ));
  const product = message`${m} * ${radians(thetaY)} = ${radians(m * thetaY)}`;
  if (angular)
    return message`all conditions hold: ${product} is below ${radians(minThetaJ)}, and psi ${psi} > ${cosJ}.`;
  if (!naive) {
    return message`no condition holds: cos(${m} theta_y) ${cosMTheta} <= ${cosJ}, and ${product} is not below ${radians(minThetaJ)}.`;
  }
  const where = k === 0 ? [] : message`: ${radians(thetaY)} lies in segment ${k}, beyond ${radians(timesPi(1, m))}`;
  return message`naive holds (${cosMTheta} > ${cosJ}) but ${product} is not below ${radians(minThetaJ)}${where}, where cos(${m} theta) repeats its values; psi ${psi} <= ${cosJ}.`;
}

/** Whether a target with lambda is above cos(thetaJ), exactly, and a sentence that sets this beside m thetaY < thetaJ, which angular says. */
export function blendReasons(target: Target, thetaY: number, { angular, minThetaJ }: Margin, rounding: AngleRounding) {
  const { m } = target.parameters;
  const holds = aboveCosine(target, doubleDouble(thetaY), doubleDouble(minThetaJ)).hi > 0;
  const cosJ = withoutNoise(psiValues(1, minThetaJ).cosTheta, rounding(minThetaJ));
  const value = message`with lambda = ${target.lambda} the target ${target.value(thetaY)} ${holds ? ">" : "<="} ${cosJ}`;
  const product = message`${m!} * ${radians(thetaY)} = ${radians(m! * thetaY)} is ${angular ? "" : "not "}below ${radians(minThetaJ)}`;
  const plain = withoutNoise(psiValues(m!, thetaY).cosMTheta, m! * rounding(thetaY));
  const why = message`${value}, ${holds === angular ? "and" : "but"} ${product}; cos(${m!} theta_y) is ${plain}.`;
  return { holds, why };
}
