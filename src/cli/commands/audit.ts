import { type AuditResult, type AuditTable, audit } from "../../core/audit.ts";
import { type Target, target } from "../../core/targets.ts";
import type { Chart } from "../../render/chart.ts";
import { resultOf } from "../../render/result.ts";
import { functionChart, type PlotSize } from "../charts.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { chosenFunctions } from "../functions.ts";
import type { Header } from "../header.ts";
import { fileOptions } from "../options.ts";
import { computeRows, type Input } from "../rows.ts";

export default command({
  examples: [
    ["asoftmax audit --input table.csv --theta @theta --value @psi", "is my psi right, and if not, what is wrong?"],
    [
      "asoftmax audit --input table.csv --value @psi --gradient @grad --dtype float32",
      "its gradient too, computed in float32",
    ],
  ],
  options: ["functions", "m", "lambda", "angleColumn", "value", "gradient", "dtype", ...fileOptions, "width", "height"],
  async run(values, { degrees }) {
    const { angleColumn = { column: "theta" }, value = { column: "value" }, gradient, dtype = "float64" } = values;
    if (values.input === undefined)
      throw new UsageError("the table is missing: give --input, a file or - for standard input");
    const rows: number[][] = [];
    const inputs: Input<number>[] = [
      { source: (header) => header.angle(angleColumn.column, degrees) },
      ...[value, ...(gradient ? [gradient] : [])].map(({ column }) => ({
        source: (header: Header) => header.anyNumber(column),
      })),
    ];
    const keep = (...row: number[]) => {
      rows.push(row);
      return [];
    };
    const reading = await computeRows<number[]>({ inputs, columns: [], compute: keep }, values);
    for await (const block of reading.blocks) block(() => {});
    const [theta, given, slope] = [0, 1, 2].map((i) => Float64Array.from(rows, (row) => row[i]!));
    const table = { theta: theta!, value: given!, ...(gradient && { gradient: slope! }) };
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

const COLUMNS = [
  { name: "function" },
  { name: "rows" },
  { name: "max_abs_error" },
  { name: "max_ulp_error" },
  { name: "first_bad_theta", kind: "angle" },
  { name: "passes" },
  { name: "diagnosis", kind: "phrase" },
] as const;

const auditRow = ({ chosen, found }: Audited) => [
  chosen.spec,
  found.rows,
  found.maxAbsError,
  found.maxUlpError,
  found.firstBadTheta ?? null,
  found.passes,
  found.diagnosis,
];

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
