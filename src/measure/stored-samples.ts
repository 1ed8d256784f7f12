import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Message, message } from "../core/message.ts";
import { DataError } from "../data/errors.ts";
import { sizeOf } from "../data/file.ts";
import { classNames } from "./class-names.ts";
import { directedSums, fisherScore, scatterOf, storedClassSums } from "./class-sums.ts";
import { notedAngles, notedLosses, readNotes, requireParts, type SampleNote } from "./sample-note.ts";
import { openSamples, questionsOf, recordsOf, type SampleTable, wholeOf } from "./sample-table.ts";
import { meansNote, type Questions, type Samples, sampleRecords } from "./samples.ts";

type Notes = ReadonlyMap<string, SampleNote>;
type ShardSums = Awaited<ReturnType<typeof shardSums>>;

/**
 * The samples in tables that measure --per-sample wrote, or an engine under the same columns.
 * Conditions are decided anew from the angles, which are exact there. Throws DataError where the tables
 * are no parts of one whole, or one holds other than was written.
 */
export async function storedSamples(
  paths: readonly string[],
  sumsPaths?: readonly string[],
  threads = availableParallelism(),
): Promise<Samples> {
  const twice = paths.find((path, i) => paths.findIndex((other) => resolve(other) === resolve(path)) < i);
  if (twice !== undefined) throw new DataError(`${twice} is given twice: leave one out`);
  const notes = readNotes(paths);
  requireParts(notes);
  const bare = paths.filter((path) => !notes.has(path));
  const tables = await openTables(paths, notes);
  const whole = await wholeOf(tables, notes);
  const { questions, classes, norms } = whole;
  const sums = sumsPaths && (await shardSums(sumsPaths, notes, bare.length === 0));
  const names = classNames(whole.classNames);
  const records = recordsOf(tables, whole, names, threads);
  const total = (of: (table: SampleTable) => number) => tables.reduce((sum, table) => sum + of(table), 0);
  return {
    questions,
    norms,
    classes,
    components: bare.length === 0 ? [...notes.values()][0]!.components : 0,
    roundedLosses: [...notes.values()].map(notedLosses),
    className: names.nameOf,
    order: names.compare,
    blocks: checked(records, sampleRecords(questions).width, () => requireSamples(tables, notes), sums),
    total: total(({ path }) => sizeOf(path)),
    done: () => total(({ table }) => table.bytesRead()),
    skipped: () => total(({ path, counts }) => notes.get(path)?.skipped_rows ?? counts.kept),
    notes: sums?.areMeans ? [meansNote(classes)] : [],
    ofFeatures: () => sums?.figures() ?? {},
    warnings: () => [...withoutNote(bare), ...tables.flatMap(({ warnings }) => warnings()), ...leftOut(norms, sums)],
  };
}

/** Opens the tables. Throws DataError unless all have the same columns, those that their notes name. */
async function openTables(paths: readonly string[], notes: Notes): Promise<SampleTable[]> {
  const tables: SampleTable[] = [];
  for (const path of paths) tables.push(await openSamples(path));
  const columns = ({ table }: SampleTable) => table.names.toSorted().join();
  const [first] = tables as [SampleTable];
  for (const table of tables) {
    const { path } = table;
    const [note, asked] = [notes.get(path), Object.entries(questionsOf(table))];
    if (note && asked.some(([key, value]) => !isDeepStrictEqual(value, note[key as keyof Questions])))
      throw new DataError(`${path} has other columns than ${path}.json says: write both anew`);
    if (columns(table) !== columns(first))
      throw new DataError(`${path} is no part of the same whole as ${first.path}: it has other columns`);
  }
  return tables;
}

/**
 * Class sums beside tables of samples, all of which may have notes. Throws DataError where they are of other class
 * vectors.
 */
async function shardSums(paths: readonly string[], notes: Notes, areNoted: boolean) {
  const sums = await storedClassSums(paths);
  const areMeans = sums.about.class_vectors === null;
  const [[path, note] = []] = notes;
  if (note && note.class_vectors !== (areMeans ? sums.fingerprint : sums.about.class_vectors)) {
    const advice = areMeans ? ": class means stand for them, measure each table with --class-sums of all" : "";
    throw new DataError(`${paths[0]} has sums of other class vectors than those of ${path}${advice}`);
  }
  // Samples are measured in those class means that have a direction.
  const measured = areMeans ? directedSums(sums) : sums;
  const angles = areNoted ? notedAngles([...notes.values()], sums.fingerprint) : undefined;
  return {
    areMeans,
    /** The angles of classes, where all samples were measured with these sums. */
    angles,
    figures: () => ({ fisher_score: fisherScore(scatterOf(measured)), class_angles: angles }),
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

/** Passes records on; after the last, throws DataError where the tables or the class sums belong to other samples. */
async function* checked(blocks: AsyncIterable<Float64Array>, width: number, requireAll: () => void, sums?: ShardSums) {
  const counts = new Map<number, number>();
  for await (const records of blocks) {
    yield records;
    if (sums)
      for (let at = 1; at < records.length; at += width) counts.set(records[at]!, (counts.get(records[at]!) ?? 0) + 1);
  }
  requireAll();
  sums?.requireCounts(counts);
}

function requireSamples(tables: readonly SampleTable[], notes: Notes): void {
  for (const { path, counts } of tables) {
    const { samples = counts.samples } = notes.get(path) ?? {};
    if (samples !== counts.samples)
      throw new DataError(`${path} has ${counts.samples} samples, and ${path}.json says ${samples}: write both anew`);
  }
}

function withoutNote([lone, ...more]: readonly string[]): Message[] {
  if (lone === undefined) return [];
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return [message`${lone}${others}: no .json lies beside to check the rows against`];
}

/**
 * Warnings about figures that the report lacks because class sums are missing,
 * or were missing when the samples were measured.
 */
function leftOut(norms: boolean, sums: ShardSums | undefined): Message[] {
  if (sums && !sums.angles)
    return [
      message`class_angles are left out: they need samples that were measured with all class sums (--features, --class-sums)`,
    ];
  return norms && !sums ? [message`fisher_score and class_angles are left out: they need --class-sums`] : [];
}
