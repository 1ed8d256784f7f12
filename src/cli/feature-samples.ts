import { availableParallelism } from "node:os";
import { type FeatureFiles, type FeaturePaths, openFeatures } from "../bulk/feature-files.ts";
import {
  type FeatureAnswer,
  type FeatureBlock,
  type FeatureJob,
  FeatureReader,
  type FeatureTask,
  featureTasks,
} from "../bulk/features.ts";
import { Pool } from "../bulk/pool.ts";
import { type ClassSpread, fisherScore } from "../bulk/spread.ts";
import { phrase } from "../core/phrase.ts";
import type { Sample } from "../core/report.ts";
import { DataError } from "../data/errors.ts";
import { BadRows } from "./bad-rows.ts";
import type { Measured, Questions, Samples } from "./measured.ts";
import type { Values } from "./options.ts";
import { withProgress } from "./progress.ts";

/** Products of two floats that take less time than starting a thread. */
const SMALL = 2 ** 30;
/** Lengths of class vectors that are unit vectors up to rounding to float32. */
const ROUNDING = 2 ** -20;

/** Samples from a file of features, one of class vectors and one of labels. */
export function featureSamples(
  paths: FeaturePaths,
  { threads, badRows }: Values<"threads" | "badRows">,
  questions: Questions,
): Samples {
  const files = openFeatures(paths);
  const { features, weights } = files;
  const bad = new BadRows(paths.features, badRows, "row");
  const { job, sampleOf } = samplesBy(paths, questions);
  const spreads: ClassSpread[] = [];
  let [done, shortest, longest] = [0, Number.POSITIVE_INFINITY, 0];

  function measuredOf(block: FeatureBlock, row: number): Measured[] {
    const place = block.start + row;
    const fault = block.faults.get(row);
    if (fault === undefined) return [{ place, sample: sampleOf(block, row) }];
    return bad.take({ line: place, message: fault }) ? [{ place, sample: undefined }] : [];
  }
  async function* measured() {
    for await (const answer of answers(job, files, threads)) {
      if ("fault" in answer) throw new DataError(answer.fault);
      if ("within" in answer) {
        spreads.push(answer);
        continue;
      }
      [shortest, longest] = [Math.min(shortest, answer.shortest), Math.max(longest, answer.longest)];
      done += answer.label.length;
      yield Array.from(answer.label, (_, row) => measuredOf(answer, row)).flat();
    }
  }
  return {
    classes: weights.rows,
    className: (index) => index,
    blocks: withProgress(measured(), features.rows, () => done),
    skipped: () => bad.count,
    fisherScore: () => fisherScore(spreads),
    warnings: () => [
      ...bad.warnings(),
      ...(Math.max(longest - 1, 1 - shortest) > ROUNDING
        ? [phrase`${paths.weights}: class vectors of length ${shortest} to ${longest} were made unit vectors`]
        : []),
    ],
  };
}

/** What is to be measured for the questions, and how a sample is made of it. */
function samplesBy(paths: FeaturePaths, { margins, functions, scales }: Questions) {
  const divisors = [...new Set(functions.map(({ competingDivisor }) => competingDivisor))];
  const sums = divisors.flatMap((divisor) => scales.map((scale) => ({ scale, divisor })));
  const job: FeatureJob = { ...paths, margins, sums };
  const sampleOf = (block: FeatureBlock, row: number): Sample => {
    const [thetaY, norm] = [block.thetaY[row]!, block.norm[row]!];
    const losses = functions.flatMap((target) =>
      scales.map((scale, i) => {
        const logOthers = block.logSums[divisors.indexOf(target.competingDivisor) * scales.length + i]![row]!;
        return softplus(logOthers - (scale === "norm" ? norm : scale) * target.value(thetaY));
      }),
    );
    const naivePairs = block.naivePairs.map((counts) => counts[row]!);
    const [label, nearest, minThetaJ] = [block.label[row]!, block.nearest[row]!, block.minThetaJ[row]!];
    return { label, thetaY, nearest, minThetaJ, naivePairs, losses, norm };
  };
  return { job, sampleOf };
}

/** The answers to all tasks in their order, by threads where these are worth their start. */
async function* answers(
  job: FeatureJob,
  files: FeatureFiles,
  threads: number | undefined,
): AsyncGenerator<FeatureAnswer> {
  const { features, weights } = files;
  const tasks = featureTasks(files);
  const isSmall = features.rows * weights.rows * weights.cols < SMALL;
  const count = Math.min(threads ?? (isSmall ? 1 : availableParallelism()), tasks.length);
  if (count <= 1) {
    const reader = new FeatureReader(job);
    for (const task of tasks) yield reader.do(task);
    return;
  }
  const script = new URL("../bulk/feature-worker.cjs", import.meta.url);
  const pool = new Pool<FeatureTask, FeatureAnswer>(script, job, count);
  try {
    yield* pool.inOrder(asynchronous(tasks));
  } finally {
    pool.end();
  }
}

async function* asynchronous<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** log(1 + e^x): the loss where the competing logits come to x above the target's. */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
