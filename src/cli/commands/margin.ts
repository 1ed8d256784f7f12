import { reasons } from "../../core/explanation.ts";
import { conditions, type Margin, marginOf } from "../../core/margin.ts";
import { type Message, message } from "../../core/message.ts";
import { psiValues } from "../../core/psi.ts";
import { fromBytes } from "../../data/bytes.ts";
import { numbersAt } from "../../data/fields.ts";
import { integers, Region, rowKernel } from "../../kernels/rows.ts";
import type { Row } from "../../render/result.ts";
import type { Competitors, LabelledAngles } from "../../rows/sample-columns.ts";
import { columnsOf, command } from "../command.ts";
import { marginInput, rowResult } from "../inputs.ts";
import { inputOptions, options, orColumn, pick } from "../options.ts";
import { sampleInputs, sampleOptions } from "../samples.ts";
import { type Shown, shownOf } from "../zeros.ts";

/** Up to this many samples are explained one by one; more are counted. */
const EXPLAINED = 4;

export default command({
  examples: [
    ["asoftmax margin --m 4 --theta 1.2 --competing 1.5", "which conditions hold, and why"],
    ["asoftmax margin --m 4 --theta 0.3 --competing 1.5,1.25,pi/2 --each", "one row for each competing angle"],
    ["asoftmax margin --m 4 --theta 0.3 --competing 1.5 --check", "exit status 1 unless the psi condition holds"],
    ["asoftmax margin --m 4 --input angles.csv --label label --competing '@theta_*'", "a file with one column a class"],
  ],
  options: { m: orColumn(options.m), ...sampleOptions, ...pick("each", "check"), ...inputOptions },
  runsExample: true,
  run(values, { names, angles }) {
    const exact = shownOf({}, angles);
    const { each, check } = values;
    const counts = { samples: 0, naive: 0, angular: 0, psi: 0, falsePass: 0 };
    const explained: Message[] = [];
    const compute = (m: number, thetaY: number, competing: Competitors): Row[] => {
      const margin = marginOf(m, thetaY, competing.angles);
      counts.samples++;
      for (const name of CONDITIONS) if (margin[name]) counts[name]++;
      if (counts.samples <= EXPLAINED) explained.push(explain(m, thetaY, competing, margin, exact));
      return each ? eachRow(m, thetaY, competing) : [sampleRow(margin, competing)];
    };
    const inputs = [marginInput(values.m), ...sampleInputs(values)] as const;
    const end = (keptRows: number) => ({
      notes: counts.samples <= EXPLAINED ? explained : [summary(counts)],
      // A bad row that is kept has no sample for which the condition could hold.
      holds: !check || (counts.samples > 0 && counts.psi === counts.samples + keptRows),
      warnings: check && counts.samples === 0 ? [message`--check does not hold: there are no samples`] : [],
    });
    const shown = ([j, thetaJ, cosM, psi, cosJ, ...holds]: readonly number[], m: number, thetaY: number) => [
      j!,
      thetaJ!,
      exact(cosM!, m, thetaY),
      exact(psi!, m, thetaY),
      exact(cosJ!, 1, thetaJ!),
      ...holds,
    ];
    const columns = each ? EACH : SAMPLE;
    const ofColumn = each ? undefined : marginOfColumn(counts);
    return rowResult({ inputs, columns, compute, ofColumn, counts, end, shown: each && shown }, values, names);
  },
});

const SAMPLE = columnsOf(
  "competitors:integer naive:boolean angular:boolean psi:boolean false_pass:boolean binding:bytes min_theta_j:angle effective_margin margin_gap:angle cosine_gap",
);
const EACH = columnsOf(
  "*j:bytes *theta_j:angle cos_m_theta_y psi_theta_y cos_theta_j naive:boolean angular:boolean psi:boolean",
);

function sampleRow(margin: Margin, { angles, nameOf }: Competitors): Row {
  const { naive, angular, psi, falsePass, binding, minThetaJ, effectiveMargin, marginGap, cosineGap } = margin;
  const name = nameOf(binding);
  return [angles.length, naive, angular, psi, falsePass, name, minThetaJ, effectiveMargin, marginGap, cosineGap];
}

function eachRow(m: number, thetaY: number, { angles, nameOf }: Competitors): Row[] {
  const own = psiValues(m, thetaY);
  return Array.from(angles, (thetaJ, j) => {
    const { naive, angular, psi } = conditions(m, thetaY, thetaJ);
    return [nameOf(j), thetaJ, own.cosMTheta, own.psi, psiValues(1, thetaJ).cosTheta, naive, angular, psi];
  });
}

const CONDITIONS = ["naive", "angular", "psi", "falsePass"] as const;
type Counts = Record<"samples" | (typeof CONDITIONS)[number], number>;

/** The bits of the conditions in the first column of the kernel's marginColumns, and how many columns it has. */
const [NAIVE, ANGULAR, PSI] = [1, 2, 4];
const COLUMNS = 6;

/** The cells of more samples than are explained, in columns, by the kernel. */
function marginOfColumn(counts: Counts) {
  const ownClasses = new Region();
  const results = new Region();
  return (m: number, { address, places, classes }: LabelledAngles, rows: number) => {
    if (rows <= EXPLAINED) return undefined;
    const own = ownClasses.reserve(4 * rows);
    for (let row = 0; row < rows; row++) integers[own / 4 + row] = places[row]!;
    const out = results.reserve(8 * COLUMNS * rows);
    rowKernel.marginColumns(m, address, classes.length, own, rows, out);
    const [conditions, binding, ...numbers] = Array.from({ length: COLUMNS }, (_, i) => out + 8 * rows * i);
    const bits = Array.from(numbersAt(conditions!, rows));
    const held = [NAIVE, ANGULAR, PSI].map((bit) => bits.map((all) => (all & bit) > 0));
    held.push(bits.map((all) => (all & (NAIVE | ANGULAR)) === NAIVE));
    counts.samples += rows;
    for (const [i, name] of CONDITIONS.entries()) counts[name] += held[i]!.filter(Boolean).length;
    const competitors = Array<number>(rows).fill(classes.length - 1);
    const names = Array.from(numbersAt(binding!, rows), (place) => classes[place]!.name);
    const distances = numbers.map((address) => ({ address, isFull: true }));
    return [competitors, ...held, names, ...distances];
  };
}

function summary({ samples, naive, angular, psi, falsePass }: Counts): Message {
  const passes = falsePass === 1 ? "false pass" : "false passes";
  return message`${samples} samples: naive ${naive}, angular ${angular}, psi ${psi}; ${falsePass} ${passes}.`;
}

/** Why the conditions hold or not for one sample, against its nearest competitor. */
function explain(m: number, thetaY: number, { angles, nameOf }: Competitors, margin: Margin, exact: Shown): Message {
  const why = reasons(m, thetaY, margin, exact);
  if (angles.length === 1) return why;
  return message`Against the nearest of ${angles.length} (${fromBytes(String(nameOf(margin.binding)))}): ${why}`;
}
