import { resolve } from "node:path";
import { type Message, message } from "../../core/message.ts";
import { splitPath } from "../../data/array-file.ts";
import { UsageError } from "../../data/errors.ts";
import { perSample } from "../../measure/per-sample.ts";
import { marginReport } from "../../measure/report.ts";
import type { Questions, Samples } from "../../measure/samples.ts";
import { type Figures, MarginStatistics } from "../../measure/statistics.ts";
import { written } from "../../render/render.ts";
import { RowWriter } from "../../render/rows.ts";
import { command } from "../command.ts";
import { pictureFunctions } from "../functions.ts";
import { givenFlag, listOption, options, pick, type Values, type ValuesOf } from "../options.ts";
import { writeToFile } from "../output.ts";
import { type ShareCheck, scaleOrNorm, shareCheck } from "../parse.ts";
import { withProgress } from "../progress.ts";
import { sampleOptions } from "../samples.ts";

const STANDARD_MARGINS = [1, 2, 3, 4];
const STANDARD_SCALE = 30;
const STANDARD_WORST = 10;

/** The options for samples from angles, and from vectors. */
const OF_ANGLES = {
  input: options.input,
  competing: sampleOptions.competing,
  ...pick("label", "inputFormat", "delimiter"),
};
const OF_FEATURES = pick("features", "weights", "labels", "transposed", "firstLabel", "threads");
type MeasureValues = ValuesOf<typeof OF_ANGLES & typeof OF_FEATURES> & Values<"badRows" | "degrees" | "output">;

export default command({
  examples: [
    ["asoftmax measure --input angles.csv", "a file with columns label, theta_0, theta_1, ..."],
    ["asoftmax measure --features f.npy --weights w.npy --labels l.npy", "from the vectors themselves"],
    ["asoftmax measure --features f.npy --labels l.npy", "class means stand for class vectors"],
    ["asoftmax measure --input angles.csv --check 'angular@4>=0.9'", "exit status 1 unless 9 in 10 reach m = 4"],
    ["asoftmax measure --input angles.csv --functions asoftmax:m=4,arcface --scale 30,64", "mean losses"],
  ],
  options: {
    m: options.m,
    functions: {
      ...options.functions,
      help: "functions of which the mean loss is given (default asoftmax:m=4,naive:m=4)",
    },
    scale: listOption(
      "scales of the losses; norm: the length of each feature (default with features, else 30)",
      scaleOrNorm,
    ),
    ...OF_ANGLES,
    ...OF_FEATURES,
    badRows: options.badRows,
    ...pick("worst", "perSample"),
    check: listOption(
      "exit with status 1 unless naive, angular, psi or false_pass@m is >= or <= a share of the samples (repeatable)",
      shareCheck,
      "condition@m>=share",
    ),
  },
  async run(values, { angles: { degrees, given } }) {
    const { check: checks = [], worst = STANDARD_WORST } = values;
    const norms = values.features !== undefined;
    const margins = [...new Set([...(values.m ?? STANDARD_MARGINS), ...checks.map(({ m }) => m)])];
    const functions = values.functions ?? pictureFunctions();
    const scales = values.scale ?? [norms ? "norm" : STANDARD_SCALE];
    const samples = await openSamples(values, { margins, functions, scales });
    const { classes, className } = samples;
    const losses = functions.flatMap(({ spec }) => scales.map((scale) => ({ function: spec, scale })));
    const statistics = new MarginStatistics({ classes, margins, losses, norms });
    const blocks = added(withProgress(samples.blocks, samples.total, samples.done), statistics);
    if (values.perSample === undefined) for await (const _ of blocks);
    else {
      requireOwnFile(values.perSample, values);
      const style = { precision: values.precision, degrees, given };
      const rows = perSample({ ...samples, blocks }, margins);
      const writer = new RowWriter(rows, "csv", style);
      await writeToFile(writer.file(written(rows, writer)), values.perSample);
    }
    const [skipped, fisherScore] = [samples.skipped(), samples.fisherScore?.()];
    const figures = statistics.figures({ degrees, className, worst, skipped, fisherScore });
    const failures = checks.flatMap((check) => failureOf(check, figures));
    const ending = {
      notes: samples.notes ?? [],
      warnings: [...samples.warnings(), ...failures],
      holds: failures.length === 0,
    };
    return marginReport(figures, statistics.histograms, degrees, ending);
  },
});

async function openSamples(values: MeasureValues, questions: Questions): Promise<Samples> {
  const { input, features, weights, labels } = values;
  if ((input === undefined) === (features === undefined))
    throw new UsageError(
      "give --input with a file of angles, or --features and --labels, with --weights if there are class vectors",
    );
  const [source, others] = input === undefined ? ["--features", OF_ANGLES] : ["--input", OF_FEATURES];
  const idle = givenFlag(values, Object.keys(others) as (keyof typeof values)[]);
  if (idle !== undefined) throw new UsageError(`${idle} has no part in ${source}: leave it out`);
  if (input !== undefined) {
    const { angleSamples } = await import("../../measure/angle-samples.ts");
    return angleSamples(input, values, questions);
  }
  const dash = (["features", "weights", "labels"] as const).find((name) => values[name] === "-");
  if (dash !== undefined) throw new UsageError(`--${dash} -: it is read by position, name a file`);
  if (features === undefined || labels === undefined) throw new UsageError("--features needs --labels");
  const shape = weights === undefined && givenFlag(values, ["transposed", "firstLabel"]);
  if (shape) throw new UsageError(`${shape} has no part in class means: leave it out, or give --weights`);
  const { featureSamples } = await import("../../measure/feature-samples.ts");
  return featureSamples({ ...values, features, labels }, values, questions);
}

/** Adds the samples to the statistics and passes them on. */
async function* added(blocks: Samples["blocks"], statistics: MarginStatistics): Samples["blocks"] {
  for await (const block of blocks) {
    for (const { sample } of block) if (sample !== undefined) statistics.add(sample);
    yield block;
  }
}

function requireOwnFile(path: string, { input, features, weights, labels, output }: MeasureValues): void {
  const arrays = [features, weights, labels].map((given) => given && splitPath(given)[0]);
  const others = [input, ...arrays, output];
  if (others.some((other) => other !== undefined && resolve(other) === resolve(path)))
    throw new UsageError(`--per-sample ${path} is a file of this run already: name another`);
  if (path === "-") throw new UsageError("--per-sample: name a file; standard output takes the report");
}

/** The warning for a check that fails. */
function failureOf({ condition, m, atLeast, share, text }: ShareCheck, { by_m, samples }: Figures): Message[] {
  const reached = by_m.find((tally) => tally.m === m)![condition] / samples;
  if (atLeast ? reached >= share : reached <= share) return [];
  return [
    message`--check ${text} does not hold: ${samples === 0 ? "there are no samples" : message`the share is ${reached}`}`,
  ];
}
