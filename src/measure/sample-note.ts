import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { DataError, systemReason, tried } from "../data/errors.ts";
import { Mean } from "./exact-sum.ts";
import { having, isCount, isHex, isNull, isNumber, isText, listOf, or } from "./field-tests.ts";
import type { ClassAngles, ClassIdentity, Questions, Samples } from "./samples.ts";
import type { MarginStatistics } from "./statistics.ts";

/** What a report needs beside the rows of a table of samples: a JSON file beside the table. */
export interface SampleNote extends Questions, ClassIdentity, Pick<Samples, "classes" | "components" | "norms"> {
  /** The unit of the angles, and the digits of the numbers where they were rounded. */
  readonly degrees: boolean;
  readonly precision: number | null;
  /** A fingerprint of the samples. */
  readonly contents: string;
  readonly samples: number;
  readonly skipped_rows: number;
  /** The sums of each mean loss from rounded cosines, in hexadecimal multiples of 2^-1074. */
  readonly rounded_losses: readonly (readonly string[])[];
  /** What the class sums gave that all samples were measured with: their fingerprint, and the angles of the classes. */
  readonly class_sums: ClassSumsNote | null;
}

interface ClassSumsNote {
  readonly fingerprint: string;
  /** Angles in radians; null for NaN. */
  readonly angles: Readonly<Record<"w_ec" | "w_inter" | "inter" | "left_out", number | null>>;
  /**
   * The sum of the angles between the samples and the centres of their classes, in
   * hexadecimal multiples of 2^-1074, and how many there are.
   */
  readonly intra: readonly [sum: string, count: number];
}

/** What must be the same in all tables of one report, and the words of the error where it is not. */
const SHARED = {
  margins: "other m",
  functions: "other functions",
  scales: "other scales",
  counted: "other functions whose margin is counted",
  classes: "another number of classes",
  class_names: "other classes",
  norms: "angles where that has features, or the other way round",
  class_vectors: "other class vectors; where class means stand for them, measure each with --class-sums of all",
} as const;

/** The note of a table. */
export const noteFile = (path: string) => `${path}.json`;

/** The note of samples after the last, as text. */
export function noteText(
  samples: Samples,
  statistics: MarginStatistics,
  given: Pick<SampleNote, keyof ClassIdentity | "degrees" | "precision" | "contents">,
): string {
  const note: SampleNote = {
    ...samples.questions,
    ...given,
    classes: samples.classes,
    components: samples.components,
    norms: samples.norms,
    samples: statistics.samples(),
    skipped_rows: samples.skipped(),
    rounded_losses: statistics.roundedLosses.map((loss) => loss.multiples().map((sum) => sum.toString(16))),
    class_sums: sumsNote(samples),
  };
  return `${JSON.stringify(note, undefined, 2)}\n`;
}

function sumsNote({ sumsRead, ofFeatures }: Samples): ClassSumsNote | null {
  const { class_angles } = ofFeatures();
  if (sumsRead === undefined || class_angles === undefined) return null;
  const { intra, ...angles } = class_angles;
  return { fingerprint: sumsRead, angles, intra: [intra.multiple().toString(16), intra.count] };
}

/** The sums of the mean losses of a table from rounded cosines. */
export const notedLosses = ({ rounded_losses }: SampleNote): bigint[][] =>
  rounded_losses.map((sums) => sums.map((sum) => BigInt(`0x${sum}`)));

/**
 * The angles of classes in all notes of one whole; undefined where not every sample was measured with these class sums.
 */
export function notedAngles(notes: readonly SampleNote[], fingerprint: string): ClassAngles | undefined {
  const [first] = notes;
  if (!first?.class_sums || notes.some(({ class_sums }) => class_sums?.fingerprint !== fingerprint)) return undefined;
  const { w_ec, w_inter, inter, left_out } = first.class_sums.angles;
  const intra = new Mean();
  for (const { class_sums } of notes) {
    intra.addMultiple(BigInt(`0x${class_sums!.intra[0]}`));
    intra.count += class_sums!.intra[1];
  }
  const angle = (noted: number | null) => noted ?? Number.NaN;
  return { w_ec: angle(w_ec), w_inter: angle(w_inter), inter: angle(inter), left_out: left_out!, intra };
}

/** Throws DataError where a folder has the name of a note. */
export function requireNoFolder(name: string): void {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory())
    throw new DataError(`cannot write ${name}: it is a folder`);
}

/** Passes on the text of a table that replaces another, and removes the note of that once the new one is complete. */
export async function* withoutOldNote<T>(pieces: AsyncIterable<T>, path: string): AsyncGenerator<T> {
  yield* pieces;
  const failed = (error: unknown) => new DataError(`cannot write ${noteFile(path)}: ${systemReason(error)}`);
  tried(() => rmSync(noteFile(path), { force: true }), failed);
}

const isAngle = or(isNumber, isNull);
const isSumsNote = having({
  fingerprint: isHex,
  angles: having({ w_ec: isAngle, w_inter: isAngle, inter: isAngle, left_out: isCount }),
  intra: having({ 0: isHex, 1: isCount }),
});

/** Is this a note? Fields are tested in this order: the lengths of the last lists are those that earlier ones say. */
const isNote = (note: SampleNote): boolean =>
  having({
    margins: listOf(isNumber),
    functions: listOf(isText),
    scales: listOf(or(isNumber, (scale) => scale === "norm")),
    counted: listOf(isText),
    classes: isCount,
    components: isCount,
    samples: isCount,
    skipped_rows: isCount,
    contents: isHex,
    class_vectors: isHex,
    class_sums: or(isNull, isSumsNote),
    class_names: or(isNull, (names) => listOf(isText, note.classes)(names)),
    rounded_losses: (sums) => listOf(listOf(isHex, 3), note.functions.length * note.scales.length)(sums),
  })(note);

/** The notes of those tables that have one, by the path of the table. */
export const readNotes = (paths: readonly string[]): ReadonlyMap<string, SampleNote> =>
  new Map(paths.filter((path) => existsSync(noteFile(path))).map((path) => [path, readNote(path)]));

/** The note beside a table. Throws DataError for what no run of this program wrote. */
function readNote(path: string): SampleNote {
  const name = noteFile(path);
  const reason = (error: unknown) => (error instanceof SyntaxError ? "it is no JSON" : systemReason(error));
  const failed = (error: unknown) => new DataError(`cannot read ${name}: ${reason(error)}`);
  const note: SampleNote = tried(() => JSON.parse(readFileSync(name, "utf8")), failed);
  if (!isNote(note))
    throw new DataError(`${name} is not what measure --per-sample wrote: remove it, or write both anew`);
  const rounded = note.degrees ? "--degrees" : note.precision === null ? undefined : "--precision";
  if (rounded !== undefined)
    throw new DataError(`${path} was written with ${rounded}, which rounds its angles: write it without`);
  return note;
}

/** Throws DataError where tables with notes cannot be parts of one whole. */
export function requireParts(notes: ReadonlyMap<string, SampleNote>): void {
  const [[first, one] = []] = notes;
  const keys = Object.keys(SHARED) as (keyof typeof SHARED)[];
  const seen = new Map<string, string>();
  for (const [path, note] of notes) {
    const other = keys.find((key) => !isDeepStrictEqual(note[key], one![key]));
    if (other !== undefined)
      throw new DataError(`${path} is no part of the same whole as ${first}: it has ${SHARED[other]}`);
    const twin = seen.get(note.contents);
    if (twin !== undefined) throw new DataError(`${path} holds the same samples as ${twin}: leave one out`);
    if (note.samples > 0) seen.set(note.contents, path);
  }
}
