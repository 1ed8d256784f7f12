import { extname, resolve } from "node:path";
import { message } from "../../core/message.ts";
import { splitPath } from "../../data/array-file.ts";
import { DataError, UsageError } from "../../data/errors.ts";
import { npzFile } from "../../data/npz-file.ts";
import type { AngleFile } from "../../measure/angle-samples.ts";
import { Fingerprint } from "../../measure/fingerprint.ts";
import { perSample } from "../../measure/per-sample.ts";
import { marginReport } from "../../measure/report.ts";
import { noteFile, noteText, removeNote, requireNoFolder } from "../../measure/sample-note.ts";
import { FewClassesError, type Questions, SampleRecords, type Samples } from "../../measure/samples.ts";
import { MarginStatistics, WORST } from "../../measure/statistics.ts";
import type { StoredSamples } from "../../measure/stored-samples.ts";
import { isParquet } from "../../render/formats.ts";
import { written } from "../../render/render.ts";
import { documentOf, type Result } from "../../render/result.ts";
import { RowWriter } from "../../render/rows.ts";
import { checked, figureCheck } from "../checks.ts";
import { command } from "../command.ts";
import { pictureFunctions } from "../functions.ts";
import {
  drawingOptions,
  fileList,
  givenFlag,
  listOption,
  options,
  pick,
  type Values,
  type ValuesOf,
} from "../options.ts";
import { writeToFile } from "../output.ts";
import { type AngleReader, scaleOrNorm } from "../parse.ts";
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
const OF_FEATURES = pick("features", "weights", "labels", "transposed", "firstLabel");
const OF_SHARDS = {
  samples: fileList("make the report of all these tables of samples, which --per-sample wrote"),
  classSums: fileList(
    "the sums of the features of each class: with --features a file that is written, or read where it is there; else those of all shards",
  ),
};
/** Other options for samples that were not measured before. */
const OF_NEW = ["m", "functions", "scale", "threads", "badRows", "perSample"] as const;
/** Options of both that say how data are read. */
const OF_ALL = ["threads", "badRows", "degrees"] as const;
/** Options of the report, and how it is written. */
const OF_REPORT = ["check", "worst", "format", "columns", "precision", "degrees"] as const;
type MeasureValues = ValuesOf<typeof OF_ANGLES & typeof OF_FEATURES & typeof OF_SHARDS> &
  Values<"threads" | "badRows" | "degrees" | "output" | "perSample">;

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
    ...pick("threads", "badRows", "worst", "perSample"),
    ...OF_SHARDS,
    output: drawingOptions.output,
    check: listOption(
      "exit with status 1 unless all of these hold: accuracy>=0.9, angular@4>=0.9, arcface:m=0.5>=0.9, quantiles.effective_margin.0.5>=2 (repeatable)",
      figureCheck,
      "limits",
    ),
  },
  async run(values, { angles }) {
    const { degrees } = angles;
    const { check: checks = [], worst = WORST, classSums } = values;
    requireOwnFiles(values);
    if (classSums && values.input) throw new UsageError("--class-sums needs --features: angles have no class sums");
    if (classSums && !values.samples && !values.features) return mergedSums(values, classSums);
    const stored = values.samples && (await openStored(values, values.samples, classSums, checks));
    const norms = stored?.norms ?? values.features !== undefined;
    const ofNorms = norms ? undefined : checks.find(({ figure }) => figure.includes("feature_norm"));
    if (ofNorms !== undefined) throw new UsageError(`--check ${ofNorms.text} needs --features: angles have no length`);
    const questions = stored?.questions ?? questionsOf(values, checks, norms);
    const samples = stored ?? (await openSamples(values, questions).catch(saveLoneSums));
    const { classes, className } = samples;
    const form = new SampleRecords(questions);
    const statistics = new MarginStatistics({ classes, records: form, norms });
    const rowsIn = (records: Float64Array) => records.length / form.width;
    const blocks = added(withProgress(samples.blocks, rowsIn, samples.total, samples.done), statistics);
    const { perSample: path } = values;
    if (path === undefined) for await (const _ of blocks);
    else
      await writeSamples(
        path,
        { ...samples, blocks },
        { form, statistics, norms, precision: values.precision, angles },
      );
    for (const errors of stored?.lossErrors ?? []) statistics.addLossErrors(errors);
    const members = samples.classSums?.();
    if (members) await writeToFile(npzFile(members), classSums![0]!);
    const ofFeatures = samples.ofFeatures?.();
    const figures = statistics.figures({
      degrees,
      className,
      worst,
      skipped: samples.skipped(),
      ofFeatures,
      order: samples.order,
    });
    const answers = checks.map((check) => checked(check, figures));
    const warnings = [
      ...samples.warnings(),
      ...(members ? [message`class sums are written to ${classSums![0]!}`] : []),
      ...answers.flatMap(({ said }) => said),
    ];
    const ending = { notes: samples.notes ?? [], warnings, holds: answers.every(({ holds }) => holds) };
    return marginReport(figures, statistics, degrees, ending);
  },
});

type Checks = readonly ReturnType<typeof figureCheck>[];

/** The sum of files of class sums, as a file of its own. */
async function mergedSums(values: Readonly<Record<string, unknown>>, paths: readonly string[]): Promise<Result> {
  const idle = givenFlag(values, [...OF_REPORT, ...OF_NEW, ...Object.keys({ ...OF_ANGLES, ...OF_FEATURES })]);
  if (idle !== undefined) throw new UsageError(`${idle} has no part in adding up --class-sums: leave it out`);
  if (values.output === undefined) throw new UsageError("--class-sums alone are added up: give --output merged.npz");
  const { storedClassSums, sumsMembers } = await import("../../measure/class-sums.ts");
  const sums = await storedClassSums(paths);
  return documentOf("class_sums", Buffer.concat([...npzFile(sumsMembers(sums, sums.about))]));
}

/** What is asked of each sample, what --check names included. */
function questionsOf(
  values: Values<"m" | "functions"> & { scale?: Questions["scales"] },
  checks: Checks,
  norms: boolean,
): Questions {
  const functions = (values.functions ?? pictureFunctions()).map(({ spec }) => spec);
  return {
    margins: [...new Set([...(values.m ?? STANDARD_MARGINS), ...checks.flatMap(({ m }) => m ?? [])])],
    functions,
    scales: values.scale ?? [norms ? "norm" : STANDARD_SCALE],
    counted: [...new Set([...functions, ...checks.flatMap(({ target }) => target?.spec ?? [])])],
  };
}

/** Samples from the tables that --samples names. */
async function openStored(
  values: Readonly<Record<string, unknown>>,
  paths: readonly string[],
  classSums: readonly string[] | undefined,
  checks: Checks,
): Promise<StoredSamples> {
  const idle = givenFlag(values, [...OF_NEW, ...Object.keys({ ...OF_ANGLES, ...OF_FEATURES })]);
  if (idle !== undefined)
    throw new UsageError(`${idle} has no part in --samples, which were measured before: leave it out`);
  const { storedSamples } = await import("../../measure/stored-samples.ts");
  const stored = await storedSamples(paths, classSums);
  const { margins, counted } = stored.questions;
  const unasked = checks.find(
    ({ m, target }) => (m !== undefined && !margins.includes(m)) || (target && !counted.includes(target.spec)),
  );
  const ofNorms = checks.find(({ figure }) => figure.includes("feature_norm") && !stored.norms);
  if (ofNorms !== undefined)
    throw new UsageError(`--check ${ofNorms.text}: the samples have no norm: they were measured from angles`);
  if (unasked !== undefined)
    throw new UsageError(
      `--check ${unasked.text}: the samples were not measured for that: give it to each run that writes them`,
    );
  return stored;
}

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
    return angleSamples({ path: input, file: fileOf(values), questions });
  }
  const dash = (["features", "weights", "labels"] as const).find((name) => values[name] === "-");
  if (dash !== undefined) throw new UsageError(`--${dash} -: it is read by position, name a file`);
  if (features === undefined || labels === undefined) throw new UsageError("--features needs --labels");
  const shape = weights === undefined && givenFlag(values, ["transposed", "firstLabel"]);
  if (shape) throw new UsageError(`${shape} has no part in class means: leave it out, or give --weights`);
  const { featureSamples } = await import("../../measure/feature-samples.ts");
  const [classSums, second] = values.classSums ?? [];
  if (second !== undefined) throw new UsageError("--class-sums: with --features give one file");
  return featureSamples({ ...values, features, labels, classSums }, values, questions);
}

/** Writes the class sums of a shard that has too few classes of its own to be measured. */
async function saveLoneSums(error: unknown): Promise<never> {
  if (!(error instanceof FewClassesError) || error.sums === undefined) throw error;
  const { path, members } = error.sums;
  await writeToFile(npzFile(members()), path);
  throw new DataError(`${error.message}; its class sums are written to ${path}`);
}

/** How the file of angles is read, in plain values that can be sent to a thread. */
const fileOf = (values: MeasureValues): AngleFile =>
  Object.fromEntries([...Object.keys(OF_ANGLES), ...OF_ALL].map((key) => [key, values[key as keyof MeasureValues]]));

/** Writes the table of samples, and then the note beside it. */
async function writeSamples(
  path: string,
  samples: Samples,
  { form, statistics, norms, precision, angles }: SampleFile,
): Promise<void> {
  const { degrees, given } = angles;
  const identity = samples.identity!();
  const contents = new Fingerprint();
  const rows = perSample({ ...samples, blocks: contents.of(samples.blocks) }, form);
  const style = { precision, degrees, given };
  const writer = new RowWriter(rows, "csv", style);
  const pieces = isParquet(path)
    ? (await import("../../render/parquet.ts")).parquetRows(rows, style)
    : writer.file(written(rows, writer));
  await writeToFile(withoutOldNote(pieces, path), path);
  const asked = { ...form.questions, ...identity, norms, degrees, precision: precision ?? null };
  await writeToFile([noteText(samples, statistics, { ...asked, contents: contents.text() })], noteFile(path));
}

/** Removes the note of the table that was there before, when the new one is complete. */
async function* withoutOldNote<T>(pieces: AsyncIterable<T>, path: string): AsyncGenerator<T> {
  yield* pieces;
  removeNote(path);
}

interface SampleFile {
  readonly form: SampleRecords;
  readonly statistics: MarginStatistics;
  readonly norms: boolean;
  readonly precision: number | undefined;
  readonly angles: AngleReader;
}

/** Adds the samples to the statistics and passes them on. */
async function* added(blocks: Samples["blocks"], statistics: MarginStatistics): Samples["blocks"] {
  for await (const block of blocks) {
    statistics.add(block);
    yield block;
  }
}

/** Throws UsageError where a file that is written is another file of the run, or is not of a kind that can be written. */
function requireOwnFiles({
  input,
  features,
  weights,
  labels,
  output,
  perSample,
  samples = [],
  classSums = [],
}: MeasureValues): void {
  const arrays = [features, weights, labels].map((given) => given && splitPath(given)[0]);
  const notes = samples.map(noteFile);
  const known = new Set([input, ...arrays, ...samples, ...notes, ...classSums].map((path) => path && resolve(path)));
  const own = [
    ["--output", output],
    ["--per-sample", perSample],
    ["--per-sample", perSample && noteFile(perSample)],
  ];
  for (const [flag, path] of own) {
    if (path === undefined || path === "-") continue;
    if (known.has(resolve(path)))
      throw new UsageError(
        `${flag} ${flag === "--output" ? path : perSample} is a file of this run already: name another`,
      );
    known.add(resolve(path));
  }
  if (perSample === "-") throw new UsageError("--per-sample: name a file; standard output takes the report");
  if (perSample !== undefined && !["", ".csv", ".parquet"].includes(extname(perSample).toLowerCase()))
    throw new UsageError(`--per-sample ${perSample}: it is written as .csv or .parquet: name it so`);
  if (perSample !== undefined) requireNoFolder(noteFile(perSample));
}
