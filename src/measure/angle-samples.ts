import { conditions } from "../core/margin.ts";
import { fromBytes, toBytes } from "../data/bytes.ts";
import { DataError, UsageError } from "../data/errors.ts";
import { numbersAt } from "../data/fields.ts";
import { nameOf, sizeOf } from "../data/file.ts";
import { shortened } from "../data/shown.ts";
import type { FilePart } from "../data/table.ts";
import { doubles, Region, rowKernel } from "../kernels/rows.ts";
import { type ColumnSource, isColumn, type RowOptions } from "../rows/computation.ts";
import { openRows } from "../rows/file-rows.ts";
import { labelledAngles } from "../rows/sample-columns.ts";
import type { PartWork } from "../rows/threads.ts";
import { newFingerprint } from "./fingerprint.ts";
import { lossesOf } from "./losses.ts";
import { DOUBT, type Questions, type Samples, sampleRecords } from "./samples.ts";
import { recordsOfBatches, sharedRecords } from "./shared-records.ts";

/** Options for reading a file of angles. */
export interface AngleFile extends RowOptions {
  readonly label?: string;
  /** The columns of angles, one a class (default theta_*). */
  readonly competing?: readonly number[] | ColumnSource;
  readonly threads?: number;
}

/** The file to read and the questions to answer, as plain values that can be sent to a thread. */
export interface AngleJob {
  readonly path: string;
  readonly file: AngleFile;
  readonly questions: Questions;
}

/** Samples from a file with one column of angles a class and a label that names the target class. */
export async function angleSamples(job: AngleJob): Promise<Samples> {
  const { classes, bytesOf, table, bad, source, warnings } = await angleReader(job);
  const { path, file } = job;
  // The first bytes can show another format than the ending of the name.
  const work = { ...job, file: { ...file, inputFormat: table.format }, names: source.names };
  const names = classes.map(({ name }) => fromBytes(name));
  return {
    questions: job.questions,
    classes: classes.length,
    components: 0,
    norms: false,
    className: (index) => names[index]!,
    identity: () => {
      const odd = names.find((name, i) => toBytes(name) !== classes[i]!.name);
      if (odd !== undefined)
        throw new DataError(`${path}: the class "${shortened(odd)}" is not UTF-8, which --per-sample needs`);
      return { class_names: names, class_vectors: newFingerprint().update(JSON.stringify(names)).digest("hex") };
    },
    blocks: sharedRecords(source, bytesOf, work, file.threads),
    total: sizeOf(path),
    done: table.bytesRead,
    skipped: bad.count,
    ofFeatures: () => ({}),
    labels: areNumbered(names) ? { name: `column ${file.label ?? "label"}`, canStart: false } : undefined,
    warnings,
  };
}

/** Are the classes called by whole numbers, one after another? */
const areNumbered = (names: readonly string[]) => names.every((name, i) => name === `${Number(names[0]) + i}`);

/**
 * Reads a file of angles, or, with the names of its columns, the parts of it that another
 * thread has read; gives their samples as bytes of records.
 */
async function angleReader({ path, file, questions }: AngleJob, names?: readonly string[]) {
  const { label = "label", competing = { column: "theta_*" } } = file;
  if (questions.scales.includes("norm")) throw new UsageError("--scale norm needs --features: angles have no length");
  if (!isColumn(competing) || !competing.column.includes("*"))
    throw new UsageError("--competing names the columns of angles here, such as '@theta_*'");
  const pattern = competing.column;
  const opened = await openRows(path, file, names);
  const { table, header, bad } = opened;
  const classes = header.classes(pattern, label);
  if (classes.length < 2) throw new DataError(`${nameOf(path)}: ${pattern} is one column: give two or more`);
  const read = labelledAngles(header, label, pattern, classes);
  const { form, measure } = angleMeter(questions, classes.length);
  const recordsOf = recordsOfBatches(form, (batch, faults) => {
    const { address, places } = read(batch, faults);
    return (row, records, at) => {
      measure(address + 8 * classes.length * row, places[row]!, batch.line(row), records, at);
      return true;
    };
  });
  async function* bytesOf(part: FilePart) {
    for await (const batch of table.batches(part)) yield* recordsOf(batch, bad);
  }
  return { ...opened, classes, bytesOf };
}

/** Reads parts of a file of angles in another thread. */
export async function anglesWork(job: AngleJob & { readonly names: readonly string[] }): Promise<PartWork> {
  const { bytesOf, source } = await angleReader(job, job.names);
  return { bytesOf, takeTally: source.takeTally };
}

/** Terms that together cannot change a sum by more than 2^-53 of it are left out. */
const NEGLIGIBLE = 37;

/** Measures samples from the angles to all classes, which lie in the memory of the row kernel, into records. */
export function angleMeter(questions: Questions, classes: number) {
  const { margins } = questions;
  const form = sampleRecords(questions);
  const losses = lossesOf(questions);
  const { divisors, scales } = losses;
  const powers = new Float64Array(losses.sums.length);
  const gaps = new Region();
  gaps.reserve(8 * classes + 16);
  /** A competing logit e^-reach times as large as the largest is left out, at the smallest scale. */
  const reach = (NEGLIGIBLE + Math.log(classes)) / Math.min(...(scales as readonly number[]));

  /**
   * Finds, for each scale, the sum of e^(scale * gap), gaps being how far the competing
   * cosines lie below the largest; relative error 1e-14.
   */
  function findPowers(angles: number, minThetaJ: number, divisor: number, sum: number): void {
    const least = Math.cos(minThetaJ / divisor) - reach;
    const limit = least > Math.cos(Math.PI / divisor) ? divisor * Math.acos(least) : Math.PI;
    const { address } = gaps;
    const kept = rowKernel.cosineGaps(angles, classes, minThetaJ, 1 / divisor, limit, address);
    for (let i = 0; i < scales.length; i++) powers[sum + i] = rowKernel.sumOfPowers(address, kept, scales[i] as number);
  }

  return {
    form,
    /**
     * Writes the sample with these angles and this own class as the record at `at`. The angle to the own class is lost.
     */
    measure(angles: number, label: number, place: number, records: Float64Array, at: number): void {
      const thetaY = doubles[angles / 8 + label]!;
      doubles[angles / 8 + label] = Number.NaN;
      const nearest = rowKernel.leastAngle(angles, classes);
      const minThetaJ = doubles[angles / 8 + nearest]!;
      const sample = { place, label, nearest, thetaY, minThetaJ, norm: Number.NaN };
      form.write(records, at, sample, (i, folded) => {
        const found = rowKernel.countAbove(angles, classes, folded, DOUBT);
        if (found >= 0) return found;
        // One is too near to be told in double: all are decided exactly.
        const isNaive = (thetaJ: number) => conditions(margins[i]!, thetaY, thetaJ).naive;
        return numbersAt(angles, classes).filter(isNaive).length;
      });
      for (let i = 0; i < divisors.length; i++) findPowers(angles, minThetaJ, divisors[i]!, i * scales.length);
      losses.write(sample, powers, records, at + form.lossesAt);
    },
  };
}
