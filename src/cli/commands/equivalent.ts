import { boundary } from "../../core/boundary.ts";
import { sameBoundary, sameValue } from "../../core/choosing.ts";
import { type Message, message, radians } from "../../core/message.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import { columnsOf, command } from "../command.ts";
import { functionInput } from "../functions.ts";
import { angleInput, rowResult, STANDARD_ARC } from "../inputs.ts";
import { listOption, options, pick } from "../options.ts";
import { targetFunction } from "../parse.ts";

export default command({
  examples: [
    ["asoftmax equivalent --functions cosface:m=0.35 --to arcface", "the m of ArcFace with CosFace's boundary"],
    ["asoftmax equivalent --m 4 --lambda 5 --to cosface,arcface --theta-12 60deg", "two functions, another angle"],
    ["asoftmax equivalent --functions arcface --to cosface --at 0.5", "the m with the same value at 0.5"],
  ],
  options: {
    ...pick("functions", "m", "lambda", "theta12"),
    to: listOption("functions whose parameter is looked for, such as arcface", (text) => {
      if (/:(?!lambda=)/.test(text)) throw new UsageError(`${text}: its parameter is looked for: leave it out`);
      return targetFunction(text);
    }),
    at: { ...options.theta, help: "angles at which the values are the same, instead of the boundaries" },
  },
  runsExample: true,
  run(values) {
    const { to, theta12, at } = values;
    if (to === undefined) throw new UsageError("the other function is missing: give --to, such as --to arcface");
    if (at && theta12) throw new UsageError("--at asks for the same value, --theta-12 for the same boundary: give one");
    const notes: Message[] = [];
    const compute = (target: Target, other: Target, theta: number) => {
      const found = at ? sameValue(other, theta, target.exactValue(theta)) : sameBoundary(target, other, theta);
      const gives = message`m gives ${other.name} the ${at ? "value" : "boundary"} of ${target.spec} at ${radians(theta)}`;
      if (found.length === 0) notes.push(message`No ${gives}.`);
      if (found.length > 1) notes.push(message`More than one ${gives}: the smallest is shown.`);
      const [m = null] = found;
      const { effectiveM = null, angularMargin = null } = (!at && boundary(target, theta)) || {};
      return [at ? [target.value(theta), m] : [m, effectiveM, angularMargin]];
    };
    const others = { column: { name: "to" }, cell: ({ spec }: Target) => spec.replace(/:m=[^:]*/, ""), source: to };
    const angles = angleInput(at ? "at" : "theta_12", at ?? theta12 ?? [STANDARD_ARC]);
    const inputs = [functionInput(values), others, angles] as const;
    const columns = columnsOf(at ? "value m" : "m effective_m angular_margin:angle");
    return rowResult({ inputs, columns, compute, end: () => ({ notes }) }, values);
  },
});
