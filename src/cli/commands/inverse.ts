import { requireWithin } from "../../core/errors.ts";
import { anglesOfLoss, anglesOfValue, inverse, type Occurrence } from "../../core/inverse.ts";
import { type Message, message, radians } from "../../core/message.ts";
import { psi } from "../../core/psi.ts";
import { asoftmax } from "../../core/target-functions.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import type { Row } from "../../render/result.ts";
import { isColumn } from "../../rows/computation.ts";
import { columnsOf, command } from "../command.ts";
import { functionInput, functionOptions } from "../functions.ts";
import { classesInput, inputOf, marginInput, rowResult, STANDARD_ARC, scaleInput } from "../inputs.ts";
import { givenFlag, inputOptions, listOption, options, orColumn, type ValuesOf } from "../options.ts";
import { number, positive } from "../parse.ts";

const ownOptions = {
  ...functionOptions,
  psi: orColumn(options.psi),
  value: orColumn(listOption("values of the functions", number)),
  loss: orColumn(listOption("losses of a sample", positive)),
  scale: orColumn(options.scale),
  classes: orColumn(options.classes),
  competing: orColumn({ ...options.competing, help: "the angle of every other class (default pi/2)" }),
  ...inputOptions,
};

export default command({
  examples: [
    ["asoftmax inverse --m 4 --psi 0.5,-1,-2.5", "the angles at which psi has these values"],
    ["asoftmax inverse --m 4 --psi 0.5 --degrees", "in degrees"],
    ["asoftmax inverse --functions naive,arcface --value 0.33", "the angles at which other functions have a value"],
    ["asoftmax inverse --functions arcface --loss 3 --scale 64 --classes 10574", "the angle that a loss stands for"],
  ],
  options: ownOptions,
  run(values, { names }) {
    const asked = (["psi", "value", "loss"] as const).filter((name) => values[name] !== undefined);
    if (asked.length > 1) throw new UsageError(`--${asked.join(" and --")} ask for different angles: give one of them`);
    const [form = "psi"] = asked;
    const idle = givenFlag(values, UNUSED[form]);
    if (idle !== undefined) throw new UsageError(`${idle} has no part in --${form}: leave it out`);
    return form === "psi" ? psiRows(values, names) : occurrenceRows(values, names);
  },
});

/** The options that each form does without. */
const UNUSED = {
  psi: ["functions", "lambda", "scale", "classes", "competing"],
  value: ["scale", "classes", "competing"],
  loss: [],
} as const;

type InverseValues = ValuesOf<typeof ownOptions>;

function psiRows(values: InverseValues, names?: readonly string[]) {
  const given = values.psi ?? (values.input === undefined ? undefined : { column: "psi" });
  if (given === undefined)
    throw new UsageError("values of psi are missing: give --psi, such as --psi -2.5, or --value or --loss");
  const y = inputOf({ name: "psi" }, given, (header, name) => header.number(name));
  const where = isColumn(given) ? `column ${given.column}` : "--psi";
  const compute = (m: number, value: number) => {
    requireWithin(`${where}: psi for m = ${m}`, value, psi(m, Math.PI), 1);
    const { theta, k } = inverse(m, value);
    return [[theta, k]];
  };
  return rowResult({ inputs: [marginInput(values.m), y], columns: columnsOf("theta:angle k"), compute }, values, names);
}

/** Up to this many values without an angle are named; more are counted. */
const NAMED = 4;

/** One row for each angle at which a function or its loss has the value; one with empty cells where there is none. */
function occurrenceRows(values: InverseValues, names?: readonly string[]) {
  const counts = { none: 0 };
  const named: Message[] = [];
  const rowsOf = (
    found: readonly Occurrence[],
    row: (at: Occurrence, i: number) => Row,
    what: () => Message,
  ): Row[] => {
    if (found.length > 0) return found.map(row);
    if (counts.none++ < NAMED) named.push(message`${what()} at no angle.`);
    return [[null, null, ...(values.loss === undefined ? [null] : [])]];
  };
  const end = () => ({
    notes: counts.none <= NAMED ? named : [message`${counts.none} rows have no angle.`],
    warnings: [],
    holds: true,
  });
  const chosen = functionInput(values, () => [asoftmax()]);
  const numbers = (name: "value" | "loss", check?: (value: number) => void) =>
    inputOf({ name }, values[name]!, (header, column) => header.number(column, check));
  if (values.loss === undefined) {
    const compute = (target: Target, value: number) =>
      rowsOf(
        anglesOfValue(target, { hi: value, lo: 0 }),
        ({ theta, to }, i) => [i + 1, theta, to],
        () => message`${target.spec} is ${value}`,
      );
    const inputs = [chosen, numbers("value")] as const;
    return rowResult({ inputs, columns: columnsOf("index theta:angle to:angle"), compute, counts, end }, values, names);
  }
  if (values.classes === undefined)
    throw new UsageError("the number of classes is missing: give --classes, such as --classes 1000");
  const compute = (target: Target, scale: number, classes: number, thetaJ: number, loss: number) =>
    rowsOf(
      anglesOfLoss(target, scale, classes, loss, thetaJ),
      ({ theta }, i) => [i + 1, theta],
      () => message`the loss of ${target.spec} at scale ${scale} against theta_j = ${radians(thetaJ)} is ${loss}`,
    );
  const thetaJ = inputOf({ name: "theta_j", kind: "angle" }, values.competing ?? [STANDARD_ARC], (header, name) =>
    header.angle(name),
  );
  const inputs = [chosen, scaleInput(values.scale), classesInput(values.classes, 2), thetaJ, numbers("loss")] as const;
  return rowResult({ inputs, columns: columnsOf("index theta:angle"), compute, counts, end }, values, names);
}
