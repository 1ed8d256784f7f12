import { boundary } from "../../core/boundary.ts";
import { sameBoundary, sameValue } from "../../core/equivalent.ts";
import { type Message, message, radians } from "../../core/message.ts";
import { asoftmax } from "../../core/target-functions.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { rowsResult } from "../../render/result.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions } from "../functions.ts";
import { STANDARD_ARC } from "../inputs.ts";
import { listOption, options, pick } from "../options.ts";
import { targetFunction } from "../parse.ts";

/** A function whose parameter is looked for; it may have a lambda. */
const functionWithout = (text: string): Target => {
  const given = targetFunction(text);
  if (/:(?!lambda=)/.test(text))
    throw new UsageError(`${text}: the parameter is what is looked for: write ${given.name}`);
  return given;
};

export default command({
  examples: [
    ["asoftmax equivalent --functions cosface:m=0.35 --to arcface", "the m of ArcFace with CosFace's boundary"],
    ["asoftmax equivalent --m 4 --lambda 5 --to cosface,arcface --theta-12 60deg", "two functions, another angle"],
    ["asoftmax equivalent --functions arcface --to cosface --at 0.5", "the m with the same value at 0.5"],
  ],
  options: {
    ...pick("functions", "m", "lambda"),
    to: listOption("functions whose parameter is looked for, such as arcface", functionWithout),
    theta12: options.theta12,
    at: { ...options.theta, help: "angles at which the values are the same, instead of the boundaries" },
  },
  run(values) {
    const { to, theta12 = [STANDARD_ARC], at } = values;
    if (to === undefined) throw new UsageError("the other function is missing: give --to, such as --to arcface");
    if (at !== undefined && values.theta12 !== undefined)
      throw new UsageError("--at asks for the same value, --theta-12 for the same boundary: give one");
    const notes: Message[] = [];
    const found = (target: Target, other: Target, where: Message, parameters: readonly number[]) => {
      const pair = message`${target.spec} and ${other.name} at ${where}`;
      if (parameters.length === 0) notes.push(message`${pair}: no m gives the same ${at ? "value" : "boundary"}.`);
      if (parameters.length > 1) notes.push(message`${pair}: several m do; the smallest is shown.`);
      return parameters[0] ?? null;
    };
    const nameOf = ({ name, lambda }: Target) => (lambda === 0 ? name : `${name}:lambda=${lambda}`);
    const pairs = (chosenFunctions(values) ?? [asoftmax()]).flatMap((target) =>
      to.map((other) => [target, other] as const),
    );
    const rows = pairs.flatMap(([target, other]) =>
      at !== undefined
        ? at.map((theta) => {
            const m = found(
              target,
              other,
              message`${radians(theta)}`,
              sameValue(other, theta, target.exactValue(theta)),
            );
            return [target.spec, nameOf(other), theta, target.value(theta), m];
          })
        : theta12.map((arc) => {
            const { effectiveM = null, angularMargin = null } = boundary(target, arc) ?? {};
            const m = found(target, other, message`theta_12 = ${radians(arc)}`, sameBoundary(target, other, arc));
            return [target.spec, nameOf(other), arc, m, effectiveM, angularMargin];
          }),
    );
    const columns = at === undefined ? "theta_12:angle m effective_m angular_margin:angle" : "at:angle value m";
    return rowsResult(columnsOf(`function to ${columns}`), rows, { notes });
  },
});
