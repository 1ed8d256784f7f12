import { requireWithin } from "../../core/errors.ts";
import { inverse } from "../../core/inverse.ts";
import { psi } from "../../core/psi.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { marginInput } from "../inputs.ts";
import { inputOptions } from "../options.ts";
import { isColumn } from "../parse.ts";
import { computeRows, type Input } from "../rows.ts";

export default command({
  examples: [
    ["asoftmax inverse --m 4 --psi 0.5,-1,-2.5", "the angles at which psi has these values"],
    ["asoftmax inverse --m 4 --psi 0.5 --degrees", "in degrees"],
  ],
  options: ["mOrColumn", "psi", ...inputOptions],
  run(values) {
    const { psi: given = values.input === undefined ? undefined : { column: "psi" } } = values;
    if (given === undefined) throw new UsageError("values of psi are missing: give --psi, such as --psi -2.5");
    const y: Input<number> = isColumn(given)
      ? { source: (header) => header.number(given.column) }
      : { column: { name: "psi" }, source: given };
    const columns = [{ name: "theta", kind: "angle" }, { name: "k" }] as const;
    const compute = (m: number, value: number) => {
      requireWithin(`psi for m = ${m}`, value, psi(m, Math.PI), 1);
      const { theta, k } = inverse(m, value);
      return [[theta, k]];
    };
    return computeRows({ inputs: [marginInput(values.mOrColumn), y], columns, compute }, values);
  },
});
