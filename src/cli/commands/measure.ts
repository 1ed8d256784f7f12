import { resolve } from "node:path";
import { conditions, effectiveMargin } from "../../core/margin.ts";
import { angle, type Phrase, phrase } from "../../core/phrase.ts";
import { segment } from "../../core/psi.ts";
import { BINS, binOf, type Figures, LEVELS, type LossKind, Report } from "../../core/report.ts";
import { timesPi, toDegrees } from "../../core/units.ts";
import { toBytes } from "../../data/bytes.ts";
import type { Chart } from "../../render/chart.ts";
import { delimited } from "../../render/delimited.ts";
import { type Block, type Column, type Row, resultOf, type TablePart } from "../../render/result.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { pictureFunctions } from "../functions.ts";
import type { Measured, Samples } from "../measured.ts";
import { givenFlag, option, options, pick, type Values, type ValuesOf } from "../options.ts";
import { writeToFile } from "../output.ts";
import { type AngleReader, list, type ShareCheck, scaleOrNorm, shareCheck } from "../parse.ts";
import { reportTerms } from "../report-terms.ts";
import { sampleOptions } from "../samples.ts";

const STANDARD_MARGINS = [1, 2, 3, 4];
const STANDARD_SCALE = 30;
const STANDARD_WORST = 10;

/** What says where the samples are. */
const sourceOptions = {
  input: options.input,
  competing: sampleOptions.competing,
  ...pick("label", "inputFormat", "delimiter", "features", "weights", "labels", "threads", "badRows"),
};

export default command({
  examples: [
    ["asoftmax measure --input angles.csv", "a file with columns label, theta_0, theta_1, ..."],
    ["asoftmax measure --features f.npy --weights w.npy --labels l.npy", "from the vectors themselves"],
    ["asoftmax measure --input angles.csv --check 'angular@4>=0.9'", "exit status 1 unless 9 in 10 reach m = 4"],
    ["asoftmax measure --input angles.csv --functions asoftmax:m=4,arcface --scale 30,64", "mean losses"],
  ],
  options: {
    m: options.m,
    functions: {
      ...options.functions,
      help: "functions of which the mean loss is given (default asoftmax:m=4,naive:m=4)",
    },
    scale: option(
      "list",
      "scales of the losses; norm: the length of each feature (default with features, else 30)",
      list(scaleOrNorm),
    ),
    ...sourceOptions,
    ...pick("worst", "perSample"),
    check: {
      ...option(
        "condition@m>=share",
        "exit with status 1 unless naive, angular, psi or false_pass@m is >= or <= a share of the samples (repeatable)",
        list(shareCheck),
      ),
      repeatable: true,
    },
  },
  async run(values, angles) {
    const { check: checks = [], worst = STANDARD_WORST } = values;
    const margins = [...new Set([...(values.m ?? STANDARD_MARGINS), ...checks.map(({ m }) => m)])];
    const norms = values.features !== undefined;
    const scales = values.scale ?? [norms ? "norm" : STANDARD_SCALE];
    const functions = values.functions ?? pictureFunctions();
    const losses: LossKind[] = functions.flatMap(({ spec }) => scales.map((scale) => ({ function: spec, scale })));
    const samples = await openSamples(values, margins, functions, scales);
    const report = new Report({ classes: samples.classes, margins, losses, norms });
    await addAll(samples, report, margins, values, angles);
    const figures = report.figures(angles.degrees ? toDegrees : (theta) => theta, samples.className, {
      worst,
      skipped: samples.skipped(),
      fisherScore: samples.fisherScore?.(),
    });
    const failed = checks.filter((check) => !passes(check, figures));
    return resultOf([{ name: "measure", kind: "bytes" }, { name: "value" }], figureRows("", figures), {
      object: figures,
      tables: tablesOf(figures),
      report: {
        title: "Margin report",
        caption: `Samples by angle, in ${BINS} bins over [0, pi]`,
        terms: reportTerms(figures, angles.degrees),
      },
      chart: () => chartOf(report, suspect(figures).m),
      notes: notesOf(figures),
      warnings: [...samples.warnings(), ...failed.map((check) => failure(check, figures))],
      holds: failed.length === 0,
    });
  },
});

type SourceValues = ValuesOf<typeof sourceOptions> & Values<"degrees">;

const ANGLES_ONLY = ["label", "competing", "inputFormat", "delimiter"] as const;
const FEATURES_ONLY = ["weights", "labels", "threads"] as const;

async function openSamples(
  values: SourceValues,
  margins: readonly number[],
  functions: ReturnType<typeof pictureFunctions>,
  scales: readonly (number | "norm")[],
): Promise<Samples> {
  const { input, features, weights, labels } = values;
  if ((input === undefined) === (features === undefined))
    throw new UsageError("give --input with a file of angles, or --features, --weights and --labels");
  const [source, others] = input === undefined ? ["--features", ANGLES_ONLY] : ["--input", FEATURES_ONLY];
  const idle = givenFlag(values, others);
  if (idle !== undefined) throw new UsageError(`${idle} has no part in ${source}: leave it out`);
  const dash = (["features", "weights", "labels"] as const).find((name) => values[name] === "-");
  if (dash !== undefined) throw new UsageError(`--${dash} -: .npy files are read by position, name a file`);
  if (input !== undefined) {
    const numbers = scales.filter((scale) => scale !== "norm");
    if (numbers.length < scales.length) throw new UsageError("--scale norm needs --features: angles have no length");
    const { angleSamples } = await import("../angle-samples.ts");
    return angleSamples(input, values, margins, { functions, scales: numbers });
  }
  if (weights === undefined || labels === undefined) throw new UsageError("--features needs --weights and --labels");
  const { featureSamples } = await import("../feature-samples.ts");
  return featureSamples({ features: features!, weights, labels }, values, margins, functions, scales);
}

/** Reads every sample into the report, and into the file of --per-sample. */
async function addAll(
  samples: Samples,
  report: Report,
  margins: readonly number[],
  {
    perSample,
    precision,
    ...paths
  }: Values<"perSample" | "precision" | "input" | "features" | "weights" | "labels" | "output">,
  { degrees, given }: AngleReader,
): Promise<void> {
  async function* rows() {
    for await (const block of samples.blocks) {
      for (const { sample } of block) if (sample !== undefined) report.add(sample);
      yield (visit: Parameters<Block>[0]) => {
        for (const one of block) visit(sampleRow(one, samples, margins));
      };
    }
  }
  if (perSample === undefined) for await (const _ of rows());
  else {
    const others = [paths.input, paths.features, paths.weights, paths.labels, paths.output];
    if (others.some((other) => other !== undefined && resolve(other) === resolve(perSample)))
      throw new UsageError(`--per-sample ${perSample} is a file of this run already: name another`);
    if (perSample === "-") throw new UsageError("--per-sample: name a file; standard output takes the report");
    const result = { ...resultOf(sampleColumns(margins), []), blocks: rows() };
    await writeToFile(delimited(result, { precision, degrees, given }, ","), perSample);
  }
}

const sampleColumns = (margins: readonly number[]): Column[] => [
  { name: "row" },
  { name: "label" },
  { name: "nearest" },
  { name: "theta_y", kind: "angle" },
  { name: "min_theta_j", kind: "angle" },
  { name: "effective_margin" },
  { name: "angle_gap", kind: "angle" },
  { name: "feature_norm" },
  ...margins.flatMap((m) => [{ name: `naive_${m}` }, { name: `angular_${m}` }, { name: `segment_${m}` }]),
];

function sampleRow({ place, sample }: Measured, { className }: Samples, margins: readonly number[]): Row {
  if (sample === undefined) return [place, ...Array(7 + 3 * margins.length).fill(null)];
  const { label, nearest, thetaY, minThetaJ, norm = null } = sample;
  const held = margins.flatMap((m) => {
    const { naive, angular } = conditions(m, thetaY, minThetaJ);
    return [naive, angular, segment(m, thetaY)];
  });
  const spread = [thetaY, minThetaJ, effectiveMargin(thetaY, minThetaJ), minThetaJ - thetaY, norm];
  const bytes = (index: number) => toBytes(`${className(index)}`);
  return [place, bytes(label), bytes(nearest), ...spread, ...held];
}

/** Every figure with its dotted name. An item of a list goes by what tells it from the others. */
function* figureRows(name: string, value: unknown): Generator<Row> {
  if (typeof value !== "object" || value === null) return yield [toBytes(name), value as number];
  const inside = (key: string | number) => (name === "" ? `${key}` : `${name}.${key}`);
  const entries = Object.entries(value);
  // Levels of quantiles in their order: a language that sorts 0 and 1 before 0.05 is not asked.
  if (entries.every(([key]) => key !== "" && Number.isFinite(Number(key))))
    entries.sort(([a], [b]) => Number(a) - Number(b));
  for (const [key, item] of entries) {
    const [id, rest] = Array.isArray(value) ? identified(key, item) : [key, item];
    yield* figureRows(inside(id), rest);
  }
}

function identified(key: string, item: unknown): [id: string | number, rest: unknown] {
  if (typeof item !== "object" || item === null) return [key, item];
  if ("function" in item && "scale" in item && "value" in item) return [`${item.function}.${item.scale}`, item.value];
  const [[, id], ...rest] = Object.entries(item) as [[string, string | number], ...[string, unknown][]];
  return [id, Object.fromEntries(rest)];
}

function tablesOf({ by_m, quantiles, mean, mean_loss, worst_classes }: Figures): TablePart[] {
  const measures = Object.keys(mean) as (keyof typeof mean)[];
  const columns = (...all: string[]): Column[] => all.map((name) => ({ name }));
  return [
    {
      caption: "Conditions by m",
      columns: columns("m", "naive", "angular", "psi", "false pass", "beyond pi/m", "naive pairs", "angular pairs"),
      rows: by_m.map((at) => [
        at.m,
        at.naive,
        at.angular,
        at.psi,
        at.false_pass,
        at.beyond_first_segment,
        at.pair_naive,
        at.pair_angular,
      ]),
    },
    {
      caption: "Angles and effective margin",
      columns: columns("quantile", ...measures),
      rows: [
        ...LEVELS.map((level) => [`${100 * level} %`, ...measures.map((name) => quantiles[name]![`${level}`]!)]),
        ["mean", ...measures.map((name) => mean[name]!)],
      ],
    },
    {
      caption: "Mean losses",
      columns: columns("function", "scale", "mean loss"),
      rows: mean_loss.map(({ function: name, scale, value }) => [name, scale, value]),
    },
    {
      caption: "Worst classes",
      columns: [...columns("class", "samples", "correct", "accuracy"), { name: "taken for", kind: "phrase" as const }],
      rows: worst_classes.map(({ class: name, samples, correct, accuracy, taken_for }) => [
        name,
        samples,
        correct,
        accuracy,
        taken_for.flatMap((other, i) => phrase`${i > 0 ? ", " : ""}${other.class} (${other.samples})`),
      ]),
    },
  ].filter(({ rows }) => rows.length > 0);
}

function chartOf({ histograms }: Report, m: number): Chart {
  const at = (counts: readonly number[]) => (theta: number) => counts[binOf(theta)]!;
  return {
    x: { from: 0, to: Math.PI, angle: true, name: "angle" },
    series: [
      { name: "samples by theta_y", at: at(histograms.theta_y) },
      { name: "by min theta_j", at: at(histograms.min_theta_j) },
    ],
    knots: m,
  };
}

/** The m at which naive most often holds without angular; where none does, the largest. */
const suspect = ({ by_m }: Figures) =>
  by_m.reduce((most, tally) =>
    tally.false_pass > most.false_pass || (tally.false_pass === most.false_pass && tally.m > most.m) ? tally : most,
  );

function notesOf(figures: Figures): Phrase[] {
  const { samples, classes, correct, accuracy, fisher_score } = figures;
  const fisher =
    fisher_score === undefined
      ? []
      : [phrase`Angular Fisher score ${fisher_score}: spread within classes over spread between them, small is good.`];
  if (samples === 0) return [verdict(figures)];
  return [
    phrase`${samples} samples of ${classes} classes; the smallest angle is the right class on ${correct} (${100 * accuracy} %).`,
    ...fisher,
    verdict(figures),
  ];
}

function verdict(figures: Figures): Phrase {
  const { samples, accuracy } = figures;
  if (samples === 0) return phrase`There are no samples.`;
  const { m, naive, angular, false_pass } = suspect(figures);
  const counts = phrase`At m = ${m}, ${naive} of ${samples} samples meet the naive condition, ${angular} meet the angular one`;
  if (false_pass === 0) return phrase`${counts}: no sample passes by the naive condition alone.`;
  if (2 * false_pass > samples) {
    // Random vectors of many dimensions lie near pi/2, where cos(4 theta) is near 1.
    const untrained = accuracy < 0.5 ? phrase` With ${100 * accuracy} % right perhaps nothing was learned.` : [];
    return phrase`${counts}: the naive target was trained, or should be suspected.${untrained}`;
  }
  return phrase`${counts}; false passes: ${false_pass}, with theta_y beyond ${angle(timesPi(1, m))}.`;
}

function shareOf({ condition, m }: ShareCheck, { by_m, samples }: Figures): number {
  return by_m.find((tally) => tally.m === m)![condition] / samples;
}

function passes(check: ShareCheck, figures: Figures): boolean {
  const share = shareOf(check, figures);
  return check.atLeast ? share >= check.share : share <= check.share;
}

const failure = (check: ShareCheck, figures: Figures) =>
  phrase`--check ${check.text} does not hold: ${figures.samples === 0 ? "there are no samples" : phrase`the share is ${shareOf(check, figures)}`}`;
