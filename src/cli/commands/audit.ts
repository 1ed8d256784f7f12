import { type AuditResult, type AuditTable, audit } from "../../audit/audit.ts";
import { type Target, target as targetNamed } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import type { Chart } from "../../render/chart.ts";
import { rowsResult } from "../../render/result.ts";
import { fileValues } from "../../rows/file-rows.ts";
import type { Reader } from "../../rows/header.ts";
import { functionChart, type PlotSize } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions } from "../functions.ts";
import { fileOptions, option, pick } from "../options.ts";
import { column } from "../parse.ts";

const COLUMNS = columnsOf("function rows max_abs_error max_ulp_error first_bad_theta:angle passes diagnosis:message");

export default command({
  examples: [
    ["asoftmax audit --input table.csv --theta @theta --value @psi", "is my psi right, and if not, what is wrong?"],
    ["asoftmax audit --input table.csv --value @psi --gradient @grad --dtype float32", "the gradient too, in float32"],
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
    const columns = gradient === undefined ? [value] : [value, gradient];
    const reading = await fileValues(
      (header): Reader<number>[] => [
        header.angle(theta.column),
        ...columns.map(({ column }) => header.anyNumber(column)),
      ],
      (...row: readonly number[]) => row,
      values,
      values.input,
    );
    const rows: (readonly number[])[] = [];
    for await (const found of reading.values) for (const { value } of found) if (value !== undefined) rows.push(value);
    const columnAt = (i: number) => Float64Array.from(rows, (row) => row[i]!);
    const table = { theta: columnAt(0), value: columnAt(1), gradient: gradient && columnAt(2) };
    const chosen = chosenFunctions(values) ?? [targetNamed("asoftmax")!];
    const audits = chosen.map((target) => ({ target, ...audit(target, table, dtype) }));
    const failed = audits.find(({ passes }) => !passes);
    return rowsResult(COLUMNS, audits.map(auditRow), {
      warnings: reading.warnings(),
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

/** The true function and the table, for the column that fails. */
function chartOf({ target, bad, passes }: Audited, { theta, value, gradient }: AuditTable, size: PlotSize): Chart {
  const ofValue = bad > 0 || passes;
  const given = ofValue ? value : gradient!;
  const chart = functionChart([target], size, { quantity: ofValue ? "value" : "slope" });
  const points = Array.from(theta, (t, i) => ({ t, y: given[i]! })).sort((a, b) => a.t - b.t);
  const at = (x: number) => points.find(({ t }) => t >= x)?.y ?? Number.NaN;
  return { ...chart, series: [...chart.series, { name: "the table", at }] };
}
