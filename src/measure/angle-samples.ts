import { sampleLoss } from "../core/loss.ts";
import { fromBytes } from "../data/bytes.ts";
import { DataError, UsageError } from "../data/errors.ts";
import { nameOf, sizeOf } from "../data/file.ts";
import { type ColumnSource, isColumn, type RowOptions } from "../rows/computation.ts";
import { fileValues } from "../rows/file-rows.ts";
import type { ClassColumn, Header, Reader } from "../rows/header.ts";
import { type Competitors, labelledSamples } from "../rows/sample-columns.ts";
import type { MeasuredRow, Questions, Samples } from "./samples.ts";
import { countNaive, type Sample } from "./statistics.ts";

/** Options for reading a file of angles. */
export interface AngleFile extends RowOptions {
  readonly label?: string;
  /** The columns of angles, one a class (default theta_*). */
  readonly competing?: readonly number[] | ColumnSource;
}

/** Samples from a file with one column of angles a class and a label that names the target class. */
export async function angleSamples(
  path: string,
  values: AngleFile,
  { margins, functions, scales }: Questions,
): Promise<Samples> {
  const numbers = scales.filter((scale) => scale !== "norm");
  if (numbers.length < scales.length) throw new UsageError("--scale norm needs --features: angles have no length");
  const { label = "label", competing = { column: "theta_*" } } = values;
  if (!isColumn(competing) || !competing.column.includes("*"))
    throw new UsageError("--competing names the columns of angles here, such as '@theta_*'");
  const pattern = competing.column;

  let classes: readonly ClassColumn[] = [];
  const readers = (header: Header): [Reader<number>, Reader<Competitors>] => {
    classes = header.classes(pattern);
    if (classes.length < 2) throw new DataError(`${nameOf(path)}: ${pattern} is one column: give two or more`);
    return labelledSamples(header, label, pattern, classes);
  };
  const sampleOf = (thetaY: number, { angles, place = 0 }: Competitors): Sample => {
    let nearest = 0;
    for (let j = 1; j < angles.length; j++) if (angles[j]! < angles[nearest]!) nearest = j;
    return {
      label: place,
      thetaY,
      nearest: nearest < place ? nearest : nearest + 1,
      minThetaJ: angles[nearest]!,
      naivePairs: countNaive(margins, thetaY, angles),
      losses: functions.flatMap((target) => numbers.map((scale) => sampleLoss(target, scale, thetaY, angles).loss)),
    };
  };
  const { values: found, skipped, warnings, bytesRead } = await fileValues(readers, sampleOf, values, path);
  async function* measured() {
    for await (const some of found) yield some.map(({ line, value }): MeasuredRow => ({ place: line, sample: value }));
  }
  return {
    classes: classes.length,
    className: (index) => fromBytes(classes[index]!.name),
    blocks: measured(),
    total: sizeOf(path),
    done: bytesRead,
    skipped,
    warnings,
  };
}
