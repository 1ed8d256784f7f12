import { conditions, type Margin, marginOf } from "../../core/margin.ts";
import { type Phrase, phrase } from "../../core/phrase.ts";
import { psiValues } from "../../core/psi.ts";
import { fromBytes } from "../../data/bytes.ts";
import type { Column, Row } from "../../render/result.ts";
import { command } from "../command.ts";
import { marginInput } from "../inputs.ts";
import { inputOptions } from "../options.ts";
import { reasons } from "../reasons.ts";
import { computeRows } from "../rows.ts";
import { type Competitors, sampleInputs } from "../samples.ts";

const SAMPLE: readonly Column[] = [
  { name: "competitors" },
  { name: "naive" },
  { name: "angular" },
  { name: "psi" },
  { name: "false_pass" },
  { name: "binding", kind: "bytes" },
  { name: "min_theta_j", kind: "angle" },
  { name: "effective_margin" },
  { name: "margin_gap", kind: "angle" },
  { name: "cosine_gap" },
];
const EACH: readonly Column[] = [
  { name: "j", kind: "bytes" },
  { name: "theta_j", kind: "angle" },
  { name: "cos_m_theta_y" },
  { name: "psi_theta_y" },
  { name: "cos_theta_j" },
  { name: "naive" },
  { name: "angular" },
  { name: "psi" },
];
/** Up to this many samples are explained one by one; more are counted. */
const EXPLAINED = 4;

export default command({
  examples: [
    ["asoftmax margin --m 4 --theta 1.2 --competing 1.5", "which conditions hold, and why"],
    ["asoftmax margin --m 4 --theta 0.3 --competing 1.5,1.25,pi/2 --each", "one row for each competing angle"],
    ["asoftmax margin --m 4 --theta 0.3 --competing 1.5 --check", "exit status 1 unless the psi condition holds"],
    ["asoftmax margin --m 4 --input angles.csv --label label --competing '@theta_*'", "a file with one column a class"],
  ],
  options: ["mOrColumn", "thetaY", "competing", "label", "each", "check", ...inputOptions],
  run(values, { degrees }) {
    const tally = new Tally();
    const { counts } = tally;
    const compute = (m: number, thetaY: number, competing: Competitors): Row[] => {
      const margin = marginOf(m, thetaY, competing.angles);
      tally.add(margin, () => explain(m, thetaY, competing, margin));
      return values.each ? eachRow(m, thetaY, competing) : [sampleRow(margin, competing)];
    };
    const inputs = [marginInput(values.mOrColumn), ...sampleInputs(values, degrees)] as const;
    const end = () => ({ notes: tally.notes(), holds: !values.check || counts.psi === counts.samples });
    return computeRows({ inputs, columns: values.each ? EACH : SAMPLE, compute, counts, end }, values);
  },
});

const sampleRow = (margin: Margin, { angles, names }: Competitors): Row => [
  angles.length,
  margin.naive,
  margin.angular,
  margin.psi,
  margin.falsePass,
  names[margin.binding]!,
  margin.minThetaJ,
  margin.effectiveMargin,
  margin.marginGap,
  margin.cosineGap,
];

function eachRow(m: number, thetaY: number, { angles, names }: Competitors): Row[] {
  const own = psiValues(m, thetaY);
  return angles.map((thetaJ, j) => {
    const { naive, angular, psi } = conditions(m, thetaY, thetaJ);
    return [names[j]!, thetaJ, own.cos_m_theta, own.psi, psiValues(1, thetaJ).cos_theta, naive, angular, psi];
  });
}

/** What the samples came to, for the last lines. */
class Tally {
  readonly counts = { samples: 0, naive: 0, angular: 0, psi: 0, falsePasses: 0 };
  private readonly sentences: Phrase[] = [];

  add(margin: Margin, sentence: () => Phrase): void {
    this.counts.samples++;
    for (const name of ["naive", "angular", "psi"] as const) if (margin[name]) this.counts[name]++;
    if (margin.falsePass) this.counts.falsePasses++;
    if (this.counts.samples <= EXPLAINED) this.sentences.push(sentence());
  }

  notes(): Phrase[] {
    const { samples, naive, angular, psi, falsePasses } = this.counts;
    if (samples <= EXPLAINED) return this.sentences;
    const passes = falsePasses === 1 ? "false pass" : "false passes";
    return [phrase`${samples} samples: naive ${naive}, angular ${angular}, psi ${psi}; ${falsePasses} ${passes}.`];
  }
}

/** Why the conditions hold or not for one sample, against its nearest competitor. */
function explain(m: number, thetaY: number, { angles, names }: Competitors, margin: Margin): Phrase {
  const why = reasons(m, thetaY, margin);
  if (angles.length === 1) return why;
  return phrase`Against the nearest of ${angles.length} (${fromBytes(String(names[margin.binding]))}): ${why}`;
}
