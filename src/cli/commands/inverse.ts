import { anglesOfLoss } from "../../core/choosing.ts";
import { requireWithin } from "../../core/errors.ts";
import { anglesOfValue, inverse, type Occurrence } from "../../core/inverse.ts";
import { message } from "../../core/message.ts";
import { psi } from "../../core/psi.ts";
import { UsageError } from "../../data/errors.ts";
import { isColumn } from "../../rows/computation.ts";
import { columnsOf, command } from "../command.ts";
import { functionInput, functionOptions } from "../functions.ts";
import { angleInput, marginInput, numberInput, rowResult, STANDARD_ARC, scaleInput } from "../inputs.ts";
import { inputOptions, listOption, options, orColumn, refuse } from "../options.ts";
import { number } from "../parse.ts";

const LOSS_ONLY = ["scale", "classes", "competing"] as const;

export default command({
  examples: [
    ["asoftmax inverse --m 4 --psi -2.0875", "the angle at which psi has this value, 1.2"],
    ["asoftmax inverse --m 4 --psi 0.5,-1,-2.5 --degrees", "several values, in degrees"],
    ["asoftmax inverse --functions naive,arcface --value 0.33", "the angles at which other functions have a value"],
    ["asoftmax inverse --functions arcface --scale 64 --classes 10574 --loss 3", "the angle that a loss stands for"],
  ],
  options: {
    ...functionOptions,
    psi: orColumn(options.psi),
    value: orColumn(listOption("values of the functions", number)),
    loss: orColumn(listOption("losses of a sample", number)),
    scale: orColumn(options.scale),
    classes: orColumn(options.classes),
    competing: orColumn({ ...options.competing, help: "the angle of every other class (default pi/2)" }),
    ...inputOptions,
  },
  runsExample: true,
  run(values, { names }) {
    const [form = "psi", other] = (["loss", "value", "psi"] as const).filter((name) => values[name] !== undefined);
    if (other) throw new UsageError(`--${form} and --${other} ask for different angles: give one of them`);
    const given = values[form] ?? (values.input === undefined ? undefined : { column: "psi" });
    if (given === undefined)
      throw new UsageError("there is no value: give --psi, such as --psi -2.5, --value or --loss");
    const unused = { psi: ["functions", "lambda", ...LOSS_ONLY], value: LOSS_ONLY, loss: [] } as const;
    refuse(values, unused[form], (flag) => `${flag} does not go with --${form}: leave it out or ask for another`);
    const asked = numberInput(form, given);
    if (form === "psi") {
      const where = isColumn(given) ? `column ${given.column}` : "--psi";
      const compute = (m: number, value: number) => {
        requireWithin(`${where}: psi for m = ${m}`, value, psi(m, Math.PI), 1);
        const { theta, k } = inverse(m, value);
        return [[theta, k]];
      };
      const inputs = [marginInput(values.m), asked] as const;
      return rowResult({ inputs, columns: columnsOf("theta:angle k:integer"), compute }, values, names);
    }
    const counts = { none: 0 };
    const none = (count: number) => message`Rows without an angle, since none has that ${form}: ${count}.`;
    const end = () => ({ notes: counts.none > 0 ? [none(counts.none)] : [] });
    const rows = (found: readonly Occurrence[]) => {
      if (found.length > 0) return found.map(({ theta, to }, i) => [i + 1, theta, to]);
      counts.none++;
      return [[null, null, null]];
    };
    if (form === "value") {
      const inputs = [functionInput(values), asked] as const;
      const columns = columnsOf("*index:integer theta:angle to:angle");
      const compute = (...given: Parameters<typeof anglesOfValue>) => rows(anglesOfValue(...given));
      return rowResult({ inputs, columns, compute, counts, end }, values, names);
    }
    const { classes, competing = [STANDARD_ARC] } = values;
    if (classes === undefined) throw new UsageError("--classes is missing: give it, such as --classes 1000");
    const others = [numberInput("classes", classes), angleInput("theta_j", competing)] as const;
    const inputs = [functionInput(values), scaleInput(values.scale), ...others, asked] as const;
    const compute = (...sample: Parameters<typeof anglesOfLoss>) => rows(anglesOfLoss(...sample));
    return rowResult({ inputs, columns: columnsOf("*index:integer theta:angle"), compute, counts, end }, values, names);
  },
});
