import { type AuditResult, type AuditTable, audit, type Check, scaleAt } from "../../audit/audit.ts";
import { sampled } from "../../audit/explain.ts";
import type { LossSample } from "../../audit/loss-program.ts";
import { auditLoss } from "../../audit/whole-loss.ts";
import { sampleLoss } from "../../core/loss.ts";
import { type Message, message } from "../../core/message.ts";
import { type Target, target as targetNamed } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import type { Chart } from "../../render/chart.ts";
import { rowsResult } from "../../render/result.ts";
import { auditTable, auditTableOptions } from "../audit-table.ts";
import { functionChart, type PlotSize } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions } from "../functions.ts";
import { lossSamples } from "../loss-samples.ts";
import { drawingOptions, givenFlag, option, pick } from "../options.ts";
import { column } from "../parse.ts";

const COLUMNS = columnsOf("function rows max_abs_error max_ulp_error first_bad_theta:angle passes diagnosis:message");

export default command({
  examples: [
    ["asoftmax audit --input table.csv --theta @theta --value @psi", "is my psi right, and if not, what is wrong?"],
    ["asoftmax audit --input table.csv --value @psi --gradient @grad --dtype float32", "the gradient too, in float32"],
    ["asoftmax audit --functions cosface:m=0.4 --input table.csv --value logit --scale 64", "the values are logits"],
    [
      "asoftmax audit --input losses.csv --loss @loss --label label --scale @norm",
      "whole losses, from angles to every class",
    ],
  ],
  options: {
    ...pick("functions", "m", "lambda"),
    ...auditTableOptions,
    loss: option("@column", "the column of losses to check, in place of values", column),
    ...pick("label"),
    competing: option("@column", "the columns of angles to every class (default '@theta_*')", column),
    ...pick("dtype"),
    ...drawingOptions,
  },
  async run(values) {
    const { input, loss, dtype = "float64" } = values;
    if (input === undefined) throw new UsageError("the table is missing: give --input, a file or - for standard input");
    const targets = chosenFunctions(values) ?? [targetNamed("asoftmax")!];
    if (loss !== undefined) {
      const idle = givenFlag(values, ["value", "cosine"]);
      if (idle !== undefined) throw new UsageError(`${idle} and --loss both name what to check: use one`);
      const { samples, warnings } = await lossSamples({ ...values, loss }, input);
      const audits = targets.map((target) => ({ target, ...auditLoss(target, samples, dtype) }));
      return auditResult(audits, warnings, (drawn) => lossChart(drawn, samples, values));
    }
    const idle = givenFlag(values, ["label", "competing"]);
    if (idle !== undefined) throw new UsageError(`${idle} goes with --loss: give it too`);
    const { table, warnings } = await auditTable(values, input);
    const audits = targets.map((target) => ({ target, ...audit(target, table, dtype) }));
    return auditResult(audits, warnings, (drawn) => chartOf(drawn, table, values));
  },
});

/** The rows of audits, with the chart of the first that fails, or of the first. */
function auditResult(audits: readonly Audited[], warnings: readonly Message[], chartOf: (audited: Audited) => Chart) {
  const failed = audits.find(({ passes }) => !passes);
  const drawn = failed ?? audits[0]!;
  return rowsResult(COLUMNS, audits.map(auditRow), {
    warnings,
    holds: failed === undefined,
    chart: {
      chart: () => chartOf(drawn),
      title: message`${drawn.target.spec}: ${drawn.diagnosis}`,
      shown: failed === undefined ? "never" : "below",
    },
  });
}

interface Audited extends AuditResult {
  readonly target: Target;
}

function auditRow({ target, rows, maxAbsError, maxUlpError, firstBadTheta, passes, diagnosis }: Audited) {
  return [target.spec, rows, maxAbsError, maxUlpError, firstBadTheta ?? null, passes, diagnosis];
}

const FAILING = "rows that fail";
const MOST_DOTS = 300;

/** Rows as dots of a chart, so many at most of those that fail and of the others. */
function dotsOf({ failing }: Check, rows: readonly { readonly x: number; readonly y: number }[]) {
  const bad = new Set(failing);
  const some = (wanted: boolean) =>
    sampled(
      rows.filter((_, i) => bad.has(i) === wanted),
      MOST_DOTS,
    );
  return {
    highlight: FAILING,
    dots: [
      { name: "rows that are right", at: some(false) },
      { name: FAILING, at: some(true) },
    ].filter(({ at }) => at.length > 0),
  };
}

/** The true function and the rows of the table, its scale taken out, for the column that fails. */
function chartOf(audited: Audited, table: AuditTable, size: PlotSize): Chart {
  const { target, bad, passes } = audited;
  const ofValue = bad > 0 || passes;
  const chart = functionChart([target], size, { quantity: ofValue ? "value" : "slope" });
  const given = ofValue ? table.value : table.gradient!;
  const rows = Array.from(table.theta, (x, i) => ({ x, y: given[i]! / scaleAt(table, i) }));
  return { ...chart, ...dotsOf(ofValue ? audited : audited.gradient!, rows) };
}

/** The losses of the samples, over their target angles, and the true ones; where all losses are right, a failing row is one of a wrong gradient. */
function lossChart(audited: Audited, samples: readonly LossSample[], size: PlotSize): Chart {
  const { bad, passes, gradient } = audited;
  const { highlight, dots } = dotsOf(
    bad > 0 || passes ? audited : gradient!,
    samples.map(({ thetaY, loss }) => ({ x: thetaY, y: loss })),
  );
  const truths = sampled(samples, MOST_DOTS).map(({ thetaY, competing, scale }) => ({
    x: thetaY,
    y: sampleLoss(audited.target, scale, thetaY, competing).loss,
  }));
  const chart = functionChart([], size);
  return {
    ...chart,
    x: { ...chart.x, name: "theta_y" },
    y: { name: "loss" },
    highlight,
    dots: [{ name: `true losses of ${audited.target.spec}`, at: truths }, ...dots],
  };
}
