import { type AuditResult, type AuditTable, audit } from "../../core/audit.ts";
import { type Target, target } from "../../core/targets.ts";
import type { Chart } from "../../render/chart.ts";
import { resultOf } from "../../render/result.ts";
import { functionChart, type PlotSize } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { chosenFunctions } from "../functions.ts";
import { fileOptions, option, pick } from "../options.ts";
import { column } from "../parse.ts";
import { computeRows, type Input } from "../rows.ts";

const COLUMNS = columnsOf("function rows max_abs_error max_ulp_error first_bad_theta:angle passes diagnosis:phrase");

export default command({
  examples: [
    ["asoftmax audit --input table.csv --theta @theta --value @psi", "is my psi right, and if not, what is wrong?"],
    [
      "asoftmax audit --input table.csv --value @psi --gradient @grad --dtype float32",
      "its gradient too, computed in float32",
    ],
  ],
  options: {
    ...pick("functions", "m", "lambda"),
    theta: option("@column", "the column of angles (default @theta)", column),
    ...pick("value", "gradient", "dtype", ...fileOptions, "width", "height"),
  },
  async run(values) {
    const { theta = { column: "theta" }, value = { column: "value" }, gradient, dtype = "float64" } = values;
    if (values.input === undefined)
      throw new UsageError("the table is missing: give --input, a file or - for standard input");
    const inputs: Input<number>[] = [{ source: (header) => header.angle(theta.column) }];
    for (const { column } of gradient === undefined ? [value] : [value, gradient])
      inputs.push({ source: (header) => header.anyNumber(column) });
    const read: number[][] = inputs.map(() => []);
    const compute = (...row: number[]) => {
      for (const [i, x] of row.entries()) read[i]!.push(x);
      return [];
    };
    const reading = await computeRows<number[]>({ inputs, columns: [], compute }, values);
    for await (const block of reading.blocks) block(() => {});
    const table = { theta: read[0]!, value: read[1]!, gradient: read[2] };
    const audits = (chosenFunctions(values) ?? [target("asoftmax")!]).map((chosen) => ({
      chosen,
      found: audit(chosen, table, dtype),
    }));
    const failed = audits.find(({ found }) => !found.passes);
    return resultOf(COLUMNS, audits.map(auditRow), {
      warnings: reading.end().warnings,
      holds: failed === undefined,
      chart: () => chartOf(failed ?? audits[0]!, table, values),
      ...(failed === undefined && { shows: "rows" }),
    });
  },
});

interface Audited {
  readonly chosen: Target;
  readonly found: AuditResult;
}

function auditRow({ chosen, found }: Audited) {
  const { rows, maxAbsError, maxUlpError, firstBadTheta = null, passes, diagnosis } = found;
  return [chosen.spec, rows, maxAbsError, maxUlpError, firstBadTheta, passes, diagnosis];
}

/** The truth and the table, of the column that fails. */
function chartOf({ chosen, found }: Audited, { theta, value, gradient }: AuditTable, size: PlotSize): Chart {
  const ofValue = found.bad > 0 || found.passes;
  const given = ofValue ? value : gradient!;
  const chart = functionChart([chosen], size, { quantity: ofValue ? "value" : "slope" });
  const order = Array.from(theta, (_, i) => i).sort((i, j) => theta[i]! - theta[j]!);
  const at = (x: number) => {
    const next = order.findIndex((i) => theta[i]! >= x);
    return next < 0 ? Number.NaN : given[order[next]!]!;
  };
  return { ...chart, series: [...chart.series, { name: "the table", at }] };
}
