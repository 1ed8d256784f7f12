import { requireWithin } from "../../core/errors.ts";
import { inverse } from "../../core/inverse.ts";
import { psi } from "../../core/psi.ts";
import { UsageError } from "../../data/errors.ts";
import { isColumn } from "../../rows/computation.ts";
import { columnsOf, command } from "../command.ts";
import { inputOf, marginInput, rowResult } from "../inputs.ts";
import { inputOptions, options, orColumn } from "../options.ts";

export default command({
  examples: [
    ["asoftmax inverse --m 4 --psi 0.5,-1,-2.5", "the angles at which psi has these values"],
    ["asoftmax inverse --m 4 --psi 0.5 --degrees", "in degrees"],
  ],
  options: { m: orColumn(options.m), psi: orColumn(options.psi), ...inputOptions },
  run(values, { names }) {
    const given = values.psi ?? (values.input === undefined ? undefined : { column: "psi" });
    if (given === undefined) throw new UsageError("values of psi are missing: give --psi, such as --psi -2.5");
    const y = inputOf({ name: "psi" }, given, (header, name) => header.number(name));
    const where = isColumn(given) ? `column ${given.column}` : "--psi";
    const compute = (m: number, value: number) => {
      requireWithin(`${where}: psi for m = ${m}`, value, psi(m, Math.PI), 1);
      const { theta, k } = inverse(m, value);
      return [[theta, k]];
    };
    return rowResult(
      { inputs: [marginInput(values.m), y], columns: columnsOf("theta:angle k"), compute },
      values,
      names,
    );
  },
});
