import { extname, resolve } from "node:path";
import { type Message, message } from "../../core/message.ts";
import { splitPath } from "../../data/array-file.ts";
import { UsageError } from "../../data/errors.ts";
import { npzFile } from "../../data/npz-file.ts";
import { passedOn } from "../../data/table.ts";
import type { AngleFile } from "../../measure/angle-samples.ts";
import { newFingerprint } from "../../measure/fingerprint.ts";
import { perSample } from "../../measure/per-sample.ts";
import { marginReport } from "../../measure/report.ts";
import { noteFile, noteText, requireNoFolder, withoutOldNote } from "../../measure/sample-note.ts";
import type { NewSums, Questions, Samples } from "../../measure/samples.ts";
import { type MarginStatistics, marginStatistics, WORST } from "../../measure/statistics.ts";
import { isParquet } from "../../render/formats.ts";
import type { NumberStyle } from "../../render/number.ts";
import { written } from "../../render/render.ts";
import { documentOf, type Result } from "../../render/result.ts";
import { rowWriter } from "../../render/rows.ts";
import { checked, figureCheck } from "../checks.ts";
import { command } from "../command.ts";
import { pictureFunctions } from "../functions.ts";
import { drawingOptions, fileList, listOption, options, pick, refuse, type Values, type ValuesOf } from "../options.ts";
import { writeToFile } from "../output.ts";
import { type AngleReader, scaleOrNorm } from "../parse.ts";
import { withProgress } from "../progress.ts";
import { sampleOptions } from "../samples.ts";

const keys = <O extends object>(of: O) => Object.keys(of) as (keyof O & string)[];

const STANDARD_MARGINS = [1, 2, 3, 4];
const STANDARD_SCALE = 30;

/** The options for samples from angles, and from vectors. */
const OF_ANGLES = {
  input: options.input,
  competing: sampleOptions.competing,
  ...pick("label", "inputFormat", "delimiter", "comment", "decimalComma"),
};
const OF_FEATURES = pick("features", "weights", "labels", "transposed", "firstLabel");
/** The options for samples that were not measured before. */
const OF_NEW = ["m", "functions", "scale", "badRows", "perSample", ...keys(OF_ANGLES), ...keys(OF_FEATURES)] as const;
/** Options of the report, and how it is written. */
const OF_REPORT = ["check", "worst", "format", "columns", "precision", "degrees"] as const;
const measureOptions = {
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
  ...pick("threads", "badRows", "worst", "perSample"),
  samples: fileList("make the report of all these tables of samples, which --per-sample wrote"),
  classSums: fileList(
    "the sums of the features of each class: with --features a file that is written, or read where it is there; else those of all shards",
  ),
  output: drawingOptions.output,
  check: listOption(
    "exit with status 1 unless all of these hold: accuracy>=0.9, angular@4>=0.9, arcface:m=0.5>=0.9, quantiles.effective_margin.0.5>=2 (repeatable)",
    figureCheck,
    "limits",
  ),
};
type MeasureValues = ValuesOf<typeof measureOptions> & Values<"format" | "columns" | "precision" | "degrees">;
type Checks = NonNullable<MeasureValues["check"]>;

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
  options: measureOptions,
  async run(values, { angles }) {
    const { check: checks = [], worst = WORST, samples: tables, classSums } = values;
    requireOwnFiles(values);
    if (classSums && values.input) throw new UsageError("--class-sums needs --features: angles have no class sums");
    if (classSums && !tables && !values.features) return mergedSums(values, classSums);
    const samples = await (tables ? openStored(values, tables) : openNew(values, checks));
    requireFigures(checks, samples);
    const statistics = marginStatistics(samples);
    await readAll(samples, statistics, values, angles);
    const sumsWritten = samples.newSums ? [await writeSums(samples.newSums)] : [];
    const figures = statistics.figures(samples, angles.degrees, worst);
    const answers = checks.map((check) => checked(check, figures));
    const said = answers.flatMap(({ said }) => said);
    const warnings = [...samples.warnings(), ...statistics.warnings(samples), ...sumsWritten, ...said];
    const ending = { notes: samples.notes ?? [], warnings, holds: answers.every(({ holds }) => holds) };
    return marginReport(figures, statistics, angles.degrees, ending);
  },
});

/** Throws UsageError where one of these options is given: it has no effect beside the others, `what` says which. */
const refuseIn = (what: string, values: MeasureValues, names: readonly string[]): void =>
  refuse(values, names, (flag) => `${flag} has no part in ${what}`);

/** The sum of files of class sums, as a file of its own. */
async function mergedSums(values: MeasureValues, paths: readonly string[]): Promise<Result> {
  refuseIn("adding up --class-sums: leave it out", values, [...OF_REPORT, ...OF_NEW, "threads"]);
  if (!/\.npz$/i.test(values.output ?? ""))
    throw new UsageError("--class-sums alone are added up to an .npz file: give --output merged.npz");
  const { storedClassSums, sumsMembers } = await import("../../measure/class-sums.ts");
  return documentOf("class_sums", npzFile(sumsMembers(await storedClassSums(paths))));
}

/** Throws UsageError for a figure that the report does not have. */
function requireFigures(checks: Checks, { questions: { margins, counted }, norms }: Samples): void {
  for (const { text, figure, m, target } of checks) {
    if (!norms && figure.includes("feature_norm"))
      throw new UsageError(`--check ${text} needs --features: angles have no length`);
    if ((m !== undefined && !margins.includes(m)) || (target && !counted.includes(target.spec)))
      throw new UsageError(
        `--check ${text}: the samples were not measured for that: give it to each run that writes them`,
      );
  }
}

/** What to find out of each sample: what the options ask for, and what --check needs. */
function questionsOf(values: MeasureValues, checks: Checks, norms: boolean): Questions {
  const functions = (values.functions ?? pictureFunctions()).map(({ spec }) => spec);
  return {
    margins: [...new Set([...(values.m ?? STANDARD_MARGINS), ...checks.flatMap(({ m }) => m ?? [])])],
    functions,
    scales: values.scale ?? [norms ? "norm" : STANDARD_SCALE],
    counted: [...new Set([...functions, ...checks.flatMap(({ target }) => target?.spec ?? [])])],
  };
}

/** Samples from the tables of --samples. */
async function openStored(values: MeasureValues, paths: readonly string[]): Promise<Samples> {
  refuseIn("--samples, which were measured before: leave it out", values, OF_NEW);
  const { storedSamples } = await import("../../measure/stored-samples.ts");
  return storedSamples(paths, values.classSums, values.threads);
}

/** Samples from angles or from vectors. */
async function openNew(values: MeasureValues, checks: Checks): Promise<Samples> {
  const { input, features } = values;
  if ((input === undefined) === (features === undefined))
    throw new UsageError(
      "give --input with a file of angles, or --features and --labels, with --weights if there are class vectors",
    );
  const questions = questionsOf(values, checks, features !== undefined);
  if (input === undefined) return openFeatures(values, questions);
  refuseIn("--input: leave it out", values, keys(OF_FEATURES));
  const { angleSamples } = await import("../../measure/angle-samples.ts");
  return angleSamples({ path: input, file: fileOf(values), questions });
}

async function openFeatures(values: MeasureValues, questions: Questions): Promise<Samples> {
  const { features, weights, labels } = values;
  refuse(values, ["label"], () => "--label names a column of --input: the file of target classes is --labels");
  refuseIn("--features: leave it out", values, keys(OF_ANGLES));
  const dash = (["features", "weights", "labels"] as const).find((name) => values[name] === "-");
  if (dash !== undefined) throw new UsageError(`--${dash} -: it is read by position, name a file`);
  if (features === undefined || labels === undefined) throw new UsageError("--features needs --labels");
  if (weights === undefined)
    refuseIn("class means: leave it out, or give --weights", values, ["transposed", "firstLabel"]);
  const [classSums, second] = values.classSums ?? [];
  if (second !== undefined) throw new UsageError("--class-sums: with --features give one file");
  const { featureSamples } = await import("../../measure/feature-samples.ts");
  return featureSamples({ ...values, features, labels, classSums }, values, questions, writeSums);
}

/** Writes class sums, and says so. */
async function writeSums({ path, members }: NewSums): Promise<Message> {
  await writeToFile(npzFile(members()), path);
  return message`class sums are written to ${path}`;
}

/** How the file of angles is read, in plain values that can be sent to a thread. */
const fileOf = (values: MeasureValues): AngleFile =>
  Object.fromEntries(
    [...keys(OF_ANGLES), "threads", "badRows", "degrees"].map((key) => [key, values[key as keyof MeasureValues]]),
  );

/** Adds all samples to the statistics, and writes them to the file of --per-sample. */
async function readAll(
  samples: Samples,
  statistics: MarginStatistics,
  { perSample, precision }: MeasureValues,
  angles: AngleReader,
): Promise<void> {
  const { width } = statistics.form;
  const read = withProgress(samples.blocks, ({ length }) => length / width, samples.total, samples.done);
  const blocks = passedOn(read, (block) => statistics.add(block));
  if (perSample === undefined) for await (const _ of blocks);
  else await writeSamples(perSample, { ...samples, blocks }, statistics, { precision, ...angles });
  for (const table of samples.roundedLosses ?? [])
    for (const [i, loss] of statistics.roundedLosses.entries()) loss.addMultiples(table[i]!);
}

/** Writes the table of samples, and then the note beside it. */
async function writeSamples(path: string, samples: Samples, statistics: MarginStatistics, style: NumberStyle) {
  const identity = samples.identity!();
  const contents = newFingerprint();
  const blocks = passedOn(samples.blocks, (block) => contents.update(block));
  const rows = perSample({ ...samples, blocks }, statistics.form);
  const writer = rowWriter(rows, "csv", style);
  const pieces = isParquet(path)
    ? (await import("../../render/parquet.ts")).parquetRows(rows, style)
    : writer.file(written(rows, writer));
  await writeToFile(withoutOldNote(pieces, path), path);
  const { degrees, precision = null } = style;
  const note = noteText(samples, statistics, { ...identity, degrees, precision, contents: contents.digest("hex") });
  await writeToFile([note], noteFile(path));
}

/**
 * Throws UsageError where a file that is written is another file of the run, or is not of a kind that can be written.
 */
function requireOwnFiles({ output, perSample, samples = [], classSums = [], ...read }: MeasureValues): void {
  const arrays = [read.features, read.weights, read.labels].map((given) => given && splitPath(given)[0]);
  const all = [read.input, ...arrays, ...samples, ...samples.map(noteFile), ...classSums];
  const known = new Set(all.map((path) => path && resolve(path)));
  const own = [`--output ${output}`, `--per-sample ${perSample}`, `--per-sample ${perSample}`];
  for (const [i, path] of [output, perSample, perSample && noteFile(perSample)].entries()) {
    if (path === undefined || path === "-") continue;
    if (known.has(resolve(path))) throw new UsageError(`${own[i]} is a file of this run already: name another`);
    known.add(resolve(path));
  }
  if (perSample === undefined) return;
  if (perSample === "-") throw new UsageError("--per-sample: name a file; standard output takes the report");
  if (!["", ".csv", ".parquet"].includes(extname(perSample).toLowerCase()))
    throw new UsageError(`--per-sample ${perSample}: it is written as .csv or .parquet: name it so`);
  requireNoFolder(noteFile(perSample));
}
