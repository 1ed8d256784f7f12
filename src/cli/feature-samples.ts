import { availableParallelism } from "node:os";
import { FeaturePool, inOrder } from "../bulk/feature-pool.ts";
import {
  type ClassSpread,
  type FeatureBlock,
  type FeatureJob,
  FeatureReader,
  type FeatureTask,
  fisherScore,
  ROWS,
} from "../bulk/features.ts";
import { phrase } from "../core/phrase.ts";
import type { Target } from "../core/targets.ts";
import { BadRows } from "./bad-rows.ts";
import type { Measured, Samples } from "./measured.ts";
import type { Values } from "./options.ts";
import { withProgress } from "./progress.ts";

/** Products of two floats that take less time than starting a thread. */
const SMALL = 2 ** 30;
/** Lengths of class vectors that are unit vectors up to rounding to float32. */
const ROUNDING = 2 ** -20;

type Paths = Pick<FeatureJob, "features" | "weights" | "labels">;

/** Samples from a file of features, one of class vectors and one of labels. */
export function featureSamples(
  paths: Paths,
  { threads, badRows }: Values<"threads" | "badRows">,
  margins: readonly number[],
  functions: readonly Target[],
  scales: readonly (number | "norm")[],
): Samples {
  const divisors = [...new Set(functions.map(({ competingDivisor }) => competingDivisor))];
  const sums = divisors.flatMap((divisor) => scales.map((scale) => ({ scale, divisor })));
  const job: FeatureJob = { ...paths, margins, sums };
  const reader = new FeatureReader(job);
  const bad = new BadRows(paths.features, badRows, "row");
  let [done, fisher] = [0, Number.NaN];
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];

  const lossesOf = ({ logSums, thetaY, norm }: FeatureBlock, row: number) =>
    functions.flatMap((target) =>
      scales.map((scale, i) => {
        const logOthers = logSums[divisors.indexOf(target.competingDivisor) * scales.length + i]![row]!;
        return softplus(logOthers - (scale === "norm" ? norm[row]! : scale) * target.value(thetaY[row]!));
      }),
    );
  const measuredOf = (block: FeatureBlock, row: number): Measured[] => {
    const place = block.start + row;
    const fault = block.faults.get(row);
    if (fault !== undefined) return bad.take({ line: place, message: fault }) ? [{ place }] : [];
    const sample = {
      label: block.label[row]!,
      thetaY: block.thetaY[row]!,
      nearest: block.nearest[row]!,
      minThetaJ: block.minThetaJ[row]!,
      naivePairs: block.naivePairs.map((counts) => counts[row]!),
      losses: lossesOf(block, row),
      norm: block.norm[row]!,
    };
    return [{ place, sample }];
  };
  async function* measured() {
    const small = reader.rows * reader.classes * reader.dimension < SMALL;
    const count = Math.min(threads ?? (small ? 1 : availableParallelism()), Math.ceil(reader.rows / ROWS));
    const pool = count <= 1 ? undefined : new FeaturePool(count, job);
    const run = pool?.run ?? ((task: FeatureTask) => reader.do(task));
    try {
      for await (const outcome of inOrder(run, tasks("samples", reader.rows, ROWS), 2 * Math.max(1, count))) {
        const block = outcome as FeatureBlock;
        [shortest, longest] = [Math.min(shortest, block.shortest), Math.max(longest, block.longest)];
        done += block.label.length;
        yield Array.from(block.label, (_, row) => row).flatMap((row) => measuredOf(block, row));
      }
      const spreads: ClassSpread[] = [];
      for await (const part of inOrder(run, tasks("spread", reader.classes, reader.spreadClasses), Math.max(1, count)))
        spreads.push(part as ClassSpread);
      fisher = fisherScore(spreads);
    } finally {
      await pool?.close();
    }
  }
  return {
    classes: reader.classes,
    className: (index) => index,
    blocks: withProgress(measured(), reader.rows, () => done),
    skipped: () => bad.count,
    fisherScore: () => fisher,
    warnings: () => [
      ...bad.warnings(),
      ...(Math.max(longest - 1, 1 - shortest) > ROUNDING
        ? [phrase`${paths.weights}: class vectors of length ${shortest} to ${longest} were made unit vectors`]
        : []),
    ],
  };
}

const tasks = (kind: FeatureTask["kind"], end: number, step: number): FeatureTask[] =>
  Array.from({ length: Math.ceil(end / step) }, (_, i) => ({ kind, start: i * step }));

/** log(1 + e^x): the loss where the competing logits come to x above the target's. */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
