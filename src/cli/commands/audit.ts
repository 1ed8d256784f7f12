import { type AuditResult, type AuditTable, audit } from "../../audit/audit.ts";
import { type Target, target as targetNamed } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import type { Chart } from "../../render/chart.ts";
import { rowsResult } from "../../render/result.ts";
import { auditTable, auditTableOptions } from "../audit-table.ts";
import { functionChart, type PlotSize } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions } from "../functions.ts";
import { pick } from "../options.ts";

const COLUMNS = columnsOf("function rows max_abs_error max_ulp_error first_bad_theta:angle passes diagnosis:message");

export default command({
  examples: [
    ["asoftmax audit --input table.csv --theta @theta --value @psi", "is my psi right, and if not, what is wrong?"],
    ["asoftmax audit --input table.csv --value @psi --gradient @grad --dtype float32", "the gradient too, in float32"],
    ["asoftmax audit --functions cosface:m=0.4 --input table.csv --value psi --scale 64", "the values are logits"],
  ],
  options: {
    ...pick("functions", "m", "lambda"),
    ...auditTableOptions,
    ...pick("dtype", "width", "height"),
  },
  async run(values) {
    const { input, dtype = "float64" } = values;
    if (input === undefined) throw new UsageError("the table is missing: give --input, a file or - for standard input");
    const { table, warnings } = await auditTable(values, input);
    const chosen = chosenFunctions(values) ?? [targetNamed("asoftmax")!];
    const audits = chosen.map((target) => ({ target, ...audit(target, table, dtype) }));
    const failed = audits.find(({ passes }) => !passes);
    return rowsResult(COLUMNS, audits.map(auditRow), {
      warnings,
      holds: failed === undefined,
      chart: {
        chart: () => chartOf(failed ?? audits[0]!, table, values),
        shown: failed === undefined ? "never" : "below",
      },
    });
  },
});

interface Audited extends AuditResult {
  readonly target: Target;
}

function auditRow({ target, rows, maxAbsError, maxUlpError, firstBadTheta, passes, diagnosis }: Audited) {
  return [target.spec, rows, maxAbsError, maxUlpError, firstBadTheta ?? null, passes, diagnosis];
}

/** The true function and the table, its scale taken out, for the column that fails. */
function chartOf({ target, bad, passes }: Audited, table: AuditTable, size: PlotSize): Chart {
  const { theta, value, gradient, scale = 1 } = table;
  const ofValue = bad > 0 || passes;
  const given = ofValue ? value : gradient!;
  const chart = functionChart([target], size, { quantity: ofValue ? "value" : "slope" });
  const scaleAt = (i: number) => (typeof scale === "number" ? scale : scale[i]!);
  const points = Array.from(theta, (t, i) => ({ t, y: given[i]! / scaleAt(i) })).sort((a, b) => a.t - b.t);
  const at = (x: number) => points.find(({ t }) => t >= x)?.y ?? Number.NaN;
  return { ...chart, series: [...chart.series, { name: "the table", at }] };
}
