import { type AuditTable, audit, scaleAt } from "../../audit/audit.ts";
import type { AuditResult, Check } from "../../audit/check.ts";
import { sampled } from "../../audit/explain.ts";
import type { LossSample } from "../../audit/loss-program.ts";
import { auditLoss } from "../../audit/whole-loss.ts";
import { sampleLoss } from "../../core/loss.ts";
import { type Message, message } from "../../core/message.ts";
import { asoftmax } from "../../core/target-functions.ts";
import type { Target } from "../../core/targets.ts";
import { UsageError } from "../../data/errors.ts";
import type { Chart } from "../../render/chart.ts";
import { rowsResult } from "../../render/result.ts";
import { auditTable, auditTableOptions, lossSamples } from "../audit-table.ts";
import { functionChart } from "../charts.ts";
import { columnsOf, command } from "../command.ts";
import { chosenFunctions } from "../functions.ts";
import { drawingOptions, pick, refuse } from "../options.ts";

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
  options: { ...pick("functions", "m", "lambda"), ...auditTableOptions, ...pick("dtype"), ...drawingOptions },
  async run(values) {
    const { input, loss, dtype = "float64" } = values;
    if (input === undefined) throw new UsageError("the table is missing: give --input, a file or - for standard input");
    const targets = chosenFunctions(values) ?? [asoftmax()];
    if (loss !== undefined) {
      refuse(values, ["value", "cosine"], (flag) => `${flag} and --loss both name what to check: use one`);
      const { samples, warnings } = await lossSamples(values, loss, input);
      const audits = targets.map((target) => ({ target, ...auditLoss(target, samples, dtype) }));
      return auditResult(audits, warnings, (drawn) => lossChart(drawn, samples));
    }
    refuse(values, ["label", "competing"], (flag) => `${flag} goes with --loss: give it too`);
    const { table, warnings } = await auditTable(values, input);
    const audits = targets.map((target) => ({ target, ...audit(target, table, dtype) }));
    return auditResult(audits, warnings, (drawn) => chartOf(drawn, table));
  },
});

/** The rows of audits, with the chart of the first that fails, or of the first. */
function auditResult(audits: readonly Audited[], warnings: readonly Message[], chartOf: (audited: Audited) => Chart) {
  const failed = audits.find(({ passes }) => !passes);
  const drawn = failed ?? audits[0]!;
  const rows = audits.map(({ target, rows, maxAbsError, maxUlpError, firstBadTheta, passes, diagnosis }) => {
    return [target.spec, rows, maxAbsError, maxUlpError, firstBadTheta ?? null, passes, diagnosis];
  });
  return rowsResult(COLUMNS, rows, {
    warnings,
    holds: failed === undefined,
    chart: {
      chart: () => chartOf(drawn),
      title: message`${drawn.target.spec}: ${drawn.diagnosis}`,
      shown: failed === undefined ? "never" : "below",
    },
  });
}

type Audited = AuditResult & { readonly target: Target };

const FAILING = "rows that fail";
/** Far from the colour of what is highlighted, in a dark scheme too. */
const RIGHT_HUE = 2;
const MOST_DOTS = 300;

/** Rows as dots of a chart: at most MOST_DOTS of those that fail, and as many of the others. */
function dotsOf({ failing }: Check, rows: readonly { readonly x: number; readonly y: number }[]) {
  const bad = new Set(failing);
  const dots = ["rows that are right", FAILING].map((name) => ({
    name,
    hue: name === FAILING ? undefined : RIGHT_HUE,
    at: sampled(
      rows.filter((_, i) => bad.has(i) === (name === FAILING)),
      MOST_DOTS,
    ),
  }));
  return dots.filter(({ at }) => at.length > 0);
}

/** The true function and the rows of the table, its scale taken out, for the column that fails. */
function chartOf(audited: Audited, table: AuditTable): Chart {
  const { target, bad, passes, gradient } = audited;
  const ofSlope = bad === 0 && !passes;
  const given = ofSlope ? table.gradient! : table.value;
  const rows = Array.from(table.theta, (x, i) => ({ x, y: given[i]! / scaleAt(table, i) }));
  return {
    ...functionChart([target], { quantity: ofSlope ? "slope" : "value", highlight: FAILING }),
    dots: dotsOf(ofSlope ? gradient! : audited, rows),
  };
}

/**
 * The losses of the samples, over their target angles, and the true ones; where all
 * losses are right, a failing row is one of a wrong gradient.
 */
function lossChart({ target, gradient, ...losses }: Audited, samples: readonly LossSample[]): Chart {
  const rows = samples.map(({ thetaY, loss }) => ({ x: thetaY, y: loss }));
  const truths = sampled(samples, MOST_DOTS).map(({ thetaY, competing, scale }) => ({
    x: thetaY,
    y: sampleLoss(target, scale, thetaY, competing).loss,
  }));
  const failing = losses.bad === 0 && !losses.passes ? gradient! : losses;
  const least = samples.reduce((x, { thetaY }) => Math.min(x, thetaY), Math.PI);
  const most = samples.reduce((x, { thetaY }) => Math.max(x, thetaY), 0);
  const room = 0.1 + (most - least) / 20;
  const range = { from: Math.max(0, least - room), to: Math.min(Math.PI, most + room) };
  const chart = functionChart([], { range, highlight: FAILING });
  return {
    ...chart,
    x: { ...chart.x, name: "theta_y" },
    y: { name: "loss" },
    dots: [{ name: `true losses of ${target.spec}`, at: truths }, ...dotsOf(failing, rows)],
  };
}
