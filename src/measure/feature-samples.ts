import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type Message, message } from "../core/message.ts";
import { DataError } from "../data/errors.ts";
import { inTurn } from "../data/table.ts";
import { type BadRowPolicy, badRows } from "../rows/bad-rows.ts";
import { Pool } from "../rows/pool.ts";
import * as classSums from "./class-sums.ts";
import { Mean } from "./exact-sum.ts";
import { type FeatureFiles, type FeaturePaths, openedSamples, openFeatures, withVectors } from "./feature-files.ts";
import { type FeatureAnswer, type FeatureJob, type FeatureTask, featureReader, featureTasks } from "./features.ts";
import { type ClassAngles, meansNote, type NewSums, type Questions, type Samples, sampleRecords } from "./samples.ts";

/** MB of young objects in a thread. */
const YOUNG = 3;
/** Up to this many multiplications one thread is faster than several. */
const SMALL = 2 ** 30;
/** Class vectors are unit vectors where their lengths are this close to 1: rounding to float32. */
const UNIT_TOLERANCE = 2 ** -20;
/** Class means are held in memory up to this many components in all: 2 GiB. */
const MOST_MEANS = 2 ** 28;

/**
 * Samples from a file of features, one of labels and, unless class means stand for them, one of
 * class vectors. saveSums writes the class sums of samples that have too few classes to be measured.
 */
export async function featureSamples(
  paths: FeaturePaths,
  { threads, badRows: policy }: { readonly threads?: number; readonly badRows?: BadRowPolicy },
  questions: Questions,
  saveSums: (sums: NewSums) => Promise<unknown>,
): Promise<Samples> {
  const { classSums: path, weights } = paths;
  const { stored, given, sums, newSums } = await openedFeatures(paths, saveSums);
  const files = openFeatures(stored);
  const { classes } = stored;
  const [rows, { cols }] = [files.weights.rows, files.features];
  const means = rows * cols > MOST_MEANS ? undefined : new Float64Array(new SharedArrayBuffer(8 * rows * cols));
  const labels = files.classLabels();
  const counts = new Float64Array(given ? rows : 0);
  const job: FeatureJob = { stored, questions, means, isScattered: sums !== undefined };
  const form = sampleRecords(questions);
  const bad = badRows(paths.features, policy, "row");
  const tally = classTally(sums === undefined ? [] : classSums.scatterOf(classSums.sumsOfClasses(sums, labels), means));
  let done = 0;

  async function* measured() {
    for await (const answer of answers(job, files, threads)) {
      if ("fault" in answer) throw new DataError(answer.fault);
      tally.add(answer);
      if ("records" in answer) yield keptRecords(answer.records, answer.faults);
    }
    const other = given && labels.find((label, i) => counts[i]! > given.countOf(label));
    if (other !== undefined)
      throw new DataError(`${path} has fewer samples of class ${other} than ${paths.labels}: it sums up other samples`);
  }
  /** The records of a block without the bad rows that are left out. */
  function keptRecords(records: Float64Array, faults: readonly (string | undefined)[]): Float64Array {
    const { width } = form;
    let end = 0;
    for (let at = 0; at < records.length; at += width) {
      const fault = faults[at / width];
      if (fault !== undefined && !bad.take(done + at / width, fault)) continue;
      if (fault === undefined && given) counts[records[at + 1]!]!++;
      records.copyWithin(end, at, at + width);
      end += width;
    }
    done += records.length / width;
    return records.subarray(0, end);
  }

  return {
    questions,
    classes: files.weights.rows,
    components: files.weights.cols,
    norms: true,
    className: (index) => labels[index]!,
    identity: () => ({
      class_names: null,
      class_vectors: weights === undefined && given ? given.fingerprint : files.fingerprint(),
    }),
    sumsRead: given?.fingerprint,
    newSums,
    blocks: measured(),
    total: files.features.rows,
    done: () => done,
    skipped: bad.count,
    labels: classes === 0 ? { name: stored.labels.name, canStart: true } : undefined,
    areMeans: weights === undefined && !given,
    notes: weights === undefined ? [meansNote(rows)] : [],
    ofFeatures: () => ({ fisher_score: tally.fisherScore(), class_angles: means && tally.angles(rows) }),
    warnings: () => [
      ...(given ? [message`class sums are read from ${path!}, in place of those of these samples`] : []),
      ...bad.warnings(),
      ...(means ? [] : [message`class_angles are left out: the means of ${rows} classes take more than 2 GiB`]),
      ...tally.warnings(stored.weights.name),
    ],
  };
}

/**
 * What the answers tell of classes beside their samples: their scatter, their angles, and the lengths of their vectors.
 */
function classTally(scatters: classSums.ClassScatter[]) {
  const angles = { w_ec: new Mean(), w_inter: new Mean(), intra: new Mean(), inter: new Mean() };
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
  return {
    add(answer: ReturnType<ReturnType<typeof featureReader>>): void {
      if ("within" in answer) scatters.push(answer);
      else
        for (const [name, thetas] of Object.entries(answer.angles))
          for (const theta of thetas) if (Number.isFinite(theta)) angles[name as keyof typeof angles].add(theta);
      if (!("records" in answer)) return;
      shortest = Math.min(shortest, answer.shortest);
      longest = Math.max(longest, answer.longest);
    },
    fisherScore: () => classSums.fisherScore(scatters),
    angles(classes: number): ClassAngles {
      const { w_ec, w_inter, intra, inter } = angles;
      const means = { w_ec: w_ec.value(), w_inter: w_inter.value(), inter: inter.value() };
      return { ...means, intra, left_out: classes - w_ec.count };
    },
    warnings(weights: string): Message[] {
      if (Math.max(longest - 1, 1 - shortest) <= UNIT_TOLERANCE) return [];
      return [message`${weights}: class vectors of length ${shortest} to ${longest} were made unit vectors`];
    },
  };
}

/**
 * The files with class vectors or class means; and the class sums, given or to be
 * written, that are known before the samples are measured.
 */
async function openedFeatures(paths: FeaturePaths, saveSums: (sums: NewSums) => Promise<unknown>) {
  const { classSums: path, weights } = paths;
  const given = path !== undefined && existsSync(path) ? await classSums.storedClassSums([path]) : undefined;
  const samples = await openedSamples(paths, given);
  const stored = weights === undefined ? undefined : await withVectors(samples, weights, paths);
  if (stored && path === undefined) return { stored };
  const files = stored && openFeatures(stored);
  const vectors = files?.fingerprint() ?? null;
  const sums = given ?? classSums.ownSums(samples, vectors, files?.classLabels());
  if (sums.about.class_vectors !== vectors)
    throw new DataError(`${path} has sums of other class vectors than ${weights ?? "class means"}`);
  const newSums = given || path === undefined ? undefined : { path, members: () => classSums.sumsMembers(sums) };
  if (stored) return { stored, given, sums, newSums };
  const withMeans = classSums.withMeans(samples, sums);
  const count = withMeans.classes.length;
  if (count >= 2) return { stored: withMeans, given, sums, newSums };
  if (newSums) await saveSums(newSums);
  const saved = newSums ? `; its class sums are written to ${path}` : "";
  throw new DataError(`${samples.labels.name}: without --weights two classes must have samples, not ${count}${saved}`);
}

/** The answers to all tasks in their order, computed in threads unless the work is small. */
async function* answers(job: FeatureJob, files: FeatureFiles, threads?: number): AsyncGenerator<FeatureAnswer> {
  const { features, weights } = files;
  // Class vectors and class means are each compared with one another too.
  const compared = features.rows + (job.means ? 2 * weights.rows : 0);
  const phases = featureTasks(files, job);
  const isSmall = compared * weights.rows * weights.cols < SMALL;
  const count = Math.min(threads ?? (isSmall ? 1 : availableParallelism()), phases[1]!.length);
  if (count === 1) {
    const answerTo = featureReader(job);
    for (const task of phases.flat()) yield answerTo(task);
    return;
  }
  const script = new URL("./measure-worker.cjs", import.meta.url);
  // Blocks of vectors lie outside the heap until young objects are collected: a small room for these keeps memory low.
  const limits = { maxYoungGenerationSizeMb: YOUNG };
  const pool = new Pool<FeatureTask, FeatureAnswer>(script, job, count, limits);
  try {
    for (const tasks of phases) yield* pool.inOrder(inTurn(tasks));
  } finally {
    pool.end();
  }
}
