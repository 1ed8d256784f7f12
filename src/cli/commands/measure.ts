import { resolve } from "node:path";
import { toDegrees } from "../../core/units.ts";
import { splitPath } from "../../data/array-file.ts";
import { UsageError } from "../../data/errors.ts";
import { perSample } from "../../measure/per-sample.ts";
import { marginReport } from "../../measure/report.ts";
import type { Questions, Samples } from "../../measure/samples.ts";
import { MarginStatistics, WORST } from "../../measure/statistics.ts";
import { written } from "../../render/render.ts";
import { RowWriter } from "../../render/rows.ts";
import { checked, figureCheck } from "../checks.ts";
import { command } from "../command.ts";
import { pictureFunctions } from "../functions.ts";
import { drawingOptions, givenFlag, listOption, options, pick, type Values, type ValuesOf } from "../options.ts";
import { writeToFile } from "../output.ts";
import { scaleOrNorm } from "../parse.ts";
import { withProgress } from "../progress.ts";
import { sampleOptions } from "../samples.ts";

const STANDARD_MARGINS = [1, 2, 3, 4];
const STANDARD_SCALE = 30;

/** The options for samples from angles, and from vectors. */
const OF_ANGLES = {
  input: options.input,
  competing: sampleOptions.competing,
  ...pick("label", "inputFormat", "delimiter", "comment", "decimalComma"),
};
const OF_FEATURES = pick("features", "weights", "labels", "transposed", "firstLabel", "threads");
type MeasureValues = ValuesOf<typeof OF_ANGLES & typeof OF_FEATURES> & Values<"badRows" | "degrees" | "output">;

export default command({
  examples: [
    ["asoftmax measure --input angles.csv", "a file with columns label, theta_0, theta_1, ..."],
    ["asoftmax measure --features f.npy --weights w.npy --labels l.npy", "from the vectors themselves"],
    [
      "asoftmax measure --features embeddings.npz:features --labels embeddings.npz:labels",
      "class means stand for class vectors",
    ],
    ["asoftmax measure --input angles.csv --check 'angular@4>=0.9'", "exit status 1 unless 9 in 10 reach m = 4"],
    ["asoftmax measure --input angles.csv --functions asoftmax:m=4,arcface --scale 30,64", "mean losses"],
  ],
  options: {
    m: options.m,
    functions: {
      ...options.functions,
      help: "functions whose own margin is counted and whose mean loss is given (default asoftmax:m=4,naive:m=4)",
    },
    scale: listOption(
      "scales of the losses; norm: the length of each feature (default with features, else 30)",
      scaleOrNorm,
    ),
    ...OF_ANGLES,
    ...OF_FEATURES,
    badRows: options.badRows,
    ...pick("worst", "perSample"),
    output: drawingOptions.output,
    check: listOption(
      "exit with status 1 unless all of these hold: accuracy>=0.9, angular@4>=0.9, arcface:m=0.5>=0.9, quantiles.effective_margin.0.5>=2 (repeatable)",
      figureCheck,
      "limits",
    ),
  },
  async run(values, { angles: { degrees, given } }) {
    const { check: checks = [], worst = WORST } = values;
    const norms = values.features !== undefined;
    const ofNorms = norms ? undefined : checks.find(({ figure }) => figure.includes("feature_norm"));
    if (ofNorms !== undefined) throw new UsageError(`--check ${ofNorms.text} needs --features: angles have no length`);
    const margins = [...new Set([...(values.m ?? STANDARD_MARGINS), ...checks.flatMap(({ m }) => m ?? [])])];
    const functions = values.functions ?? pictureFunctions();
    const scales = values.scale ?? [norms ? "norm" : STANDARD_SCALE];
    const samples = await openSamples(values, { margins, functions, scales });
    const { classes, className } = samples;
    const losses = functions.flatMap(({ spec }) => scales.map((scale) => ({ function: spec, scale })));
    const counted = [...functions, ...checks.flatMap(({ target }) => target ?? [])];
    const statistics = new MarginStatistics({ classes, margins, losses, functions: counted, norms });
    const blocks = added(withProgress(samples.blocks, samples.total, samples.done), statistics);
    if (values.perSample === undefined) for await (const _ of blocks);
    else {
      requireOwnFile(values.perSample, values);
      const style = { precision: values.precision, degrees, given };
      const rows = perSample({ ...samples, blocks }, margins);
      const writer = new RowWriter(rows, "csv", style);
      await writeToFile(writer.file(written(rows, writer)), values.perSample);
    }
    const ofFeatures = samples.ofFeatures?.((theta) => (degrees ? toDegrees(theta) : theta));
    const figures = statistics.figures({ degrees, className, worst, skipped: samples.skipped(), ofFeatures });
    const answers = checks.map((check) => checked(check, figures));
    const warnings = [...samples.warnings(), ...answers.flatMap(({ said }) => said)];
    const ending = { notes: samples.notes ?? [], warnings, holds: answers.every(({ holds }) => holds) };
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
