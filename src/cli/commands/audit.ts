import { type AuditResult, type AuditTable, audit } from "../../audit/audit.ts";
import { type Target, target as targetNamed } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import type { Chart } from "../../render/chart.ts";
import { resultOf } from "../../render/result.ts";
import type { Input } from "../../rows/rows.ts";
import { functionChart, type PlotSize } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions } from "../functions.ts";
import { rowResult } from "../inputs.ts";
import { fileOptions, option, pick } from "../options.ts";
import { column } from "../parse.ts";

const COLUMNS = columnsOf("function rows max_abs_error max_ulp_error first_bad_theta:angle passes diagnosis:message");

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
    ...pick("value", "gradient", "dtype"),
    ...fileOptions,
    ...pick("width", "height"),
  },
  async run(values) {
    const { theta = { column: "theta" }, value = { column: "value" }, gradient, dtype = "float64" } = values;
    if (values.input === undefined)
      throw new UsageError("the table is missing: give --input, a file or - for standard input");
    const inputs: Input<number>[] = [{ source: (header) => header.angle(theta.column) }];
    for (const given of gradient === undefined ? [value] : [value, gradient])
      inputs.push({ source: (header) => header.anyNumber(given.column) });
    const read: number[][] = inputs.map(() => []);
    const compute = (...row: number[]) => {
      for (const [i, x] of row.entries()) read[i]!.push(x);
      return [];
    };
    const reading = await rowResult<number[]>({ inputs, columns: [], compute }, values);
    for await (const block of reading.blocks) block(() => {});
    const table = { theta: read[0]!, value: read[1]!, gradient: read[2] };
    const chosen = chosenFunctions(values) ?? [targetNamed("asoftmax")!];
    const audits = chosen.map((target) => ({ target, ...audit(target, table, dtype) }));
    const failed = audits.find(({ passes }) => !passes);
    return resultOf(COLUMNS, audits.map(auditRow), {
      warnings: reading.end().warnings,
      holds: failed === undefined,
      chart: () => chartOf(failed ?? audits[0]!, table, values),
      ...(failed === undefined && { shows: "rows" }),
    });
  },
});

interface Audited extends AuditResult {
  readonly target: Target;
}

function auditRow({ target, rows, maxAbsError, maxUlpError, firstBadTheta, passes, diagnosis }: Audited) {
  return [target.spec, rows, maxAbsError, maxUlpError, firstBadTheta ?? null, passes, diagnosis];
}

/** The truth and the table, of the column that fails. */
function chartOf({ target, bad, passes }: Audited, { theta, value, gradient }: AuditTable, size: PlotSize): Chart {
  const ofValue = bad > 0 || passes;
  const given = ofValue ? value : gradient!;
  const chart = functionChart([target], size, { quantity: ofValue ? "value" : "slope" });
  const points = Array.from(theta, (t, i) => ({ t, y: given[i]! })).sort((a, b) => a.t - b.t);
  const at = (x: number) => points.find(({ t }) => t >= x)?.y ?? Number.NaN;
  return { ...chart, series: [...chart.series, { name: "the table", at }] };
}
