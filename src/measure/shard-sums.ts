import { DataError } from "../data/errors.ts";
import { directedSums, fisherScore, scatterOf, storedClassSums } from "./class-sums.ts";
import { notedAngles, type SampleNote } from "./sample-note.ts";
import type { FeatureFigures } from "./samples.ts";

export type ShardSums = Awaited<ReturnType<typeof shardSums>>;

/** Class sums beside tables of samples with these notes. Throws DataError where they are of other class vectors. */
export async function shardSums(paths: readonly string[], notes: ReadonlyMap<string, SampleNote>) {
  const sums = await storedClassSums(paths);
  const areMeans = sums.about.class_vectors === null;
  const [[path, note] = []] = notes;
  if (note && note.class_vectors !== (areMeans ? sums.fingerprint : sums.about.class_vectors)) {
    const advice = areMeans ? ": class means stand for them, measure each table with --class-sums of all" : "";
    throw new DataError(`${paths[0]} has sums of other class vectors than those of ${path}${advice}`);
  }
  // Samples are measured in those class means that have a direction.
  const measured = areMeans ? directedSums(sums) : sums;
  return {
    areMeans,
    /** The angles of classes, where all samples were measured with these sums. */
    angles: notedAngles([...notes.values()], sums.fingerprint),
    figures(angles: FeatureFigures["class_angles"]): FeatureFigures {
      return { fisher_score: fisherScore(scatterOf(measured)), class_angles: angles };
    },
    /** Throws DataError where the sums are not those of the samples, by how many each class has. */
    requireCounts(counts: ReadonlyMap<number, number>): void {
      const [found, summed] = [[...counts.values()], measured.labels.map(sums.countOf)].map((all) =>
        all!.reduce((sum, count) => sum + count, 0),
      );
      if (found !== summed) {
        const missing = found! < summed! ? "a table of samples" : "a file of class sums";
        throw new DataError(`there are ${found} samples, and the class sums are of ${summed}: ${missing} is missing`);
      }
      const other = measured.labels.find((label) => sums.countOf(label) !== (counts.get(label) ?? 0));
      if (other !== undefined)
        throw new DataError(
          `class ${other} has ${counts.get(other) ?? 0} samples, and ${sums.countOf(other)} in the class sums: these are of other samples`,
        );
    },
  };
}
