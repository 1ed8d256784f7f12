import { sampleLoss } from "../core/loss.ts";
import { fromBytes } from "../data/bytes.ts";
import { DataError, UsageError } from "../data/errors.ts";
import { nameOf, sizeOf } from "../data/file.ts";
import { fileRows } from "../rows/file-rows.ts";
import type { ClassColumn, Header, Reader } from "../rows/header.ts";
import { type ColumnSource, isColumn, type RowOptions } from "../rows/rows.ts";
import { labelPlaces } from "../rows/sample-columns.ts";
import type { Measured, Questions, Samples } from "./samples.ts";
import { countNaive, type Sample } from "./statistics.ts";

/** How a file of angles is read. */
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

  let classes: ClassColumn[] = [];
  let sample: Sample | undefined;
  function sampleReader(header: Header): Reader<void> {
    classes = header.classes(pattern);
    if (classes.length < 2) throw new DataError(`${nameOf(path)}: ${pattern} is one column: give two or more`);
    const placeOf = labelPlaces(header, label, pattern, classes);
    return (record) => {
      const place = placeOf(record);
      const angles = classes.map(({ angle }) => angle(record));
      const thetaY = angles.splice(place, 1)[0]!;
      const binding = angles.reduce((least, theta, j) => (theta < angles[least]! ? j : least), 0);
      sample = {
        label: place,
        thetaY,
        nearest: binding < place ? binding : binding + 1,
        minThetaJ: angles[binding]!,
        naivePairs: countNaive(margins, thetaY, angles),
        losses: functions.flatMap((target) => numbers.map((scale) => sampleLoss(target, scale, thetaY, angles).loss)),
      };
    };
  }
  // What a record gives is a sample and no cells: the row that shows it is empty.
  const rows = await fileRows({ inputs: [{ source: sampleReader }], columns: [], compute: () => [[]] }, values, path);
  async function* measured() {
    for await (const block of rows.blocks) {
      const found: Measured[] = [];
      block((_, record) => {
        found.push({ place: record!.line, sample });
        sample = undefined;
      });
      yield found;
    }
  }
  return {
    classes: classes.length,
    className: (index) => fromBytes(classes[index]!.name),
    blocks: measured(),
    total: sizeOf(path),
    done: rows.file.bytesRead,
    skipped: () => rows.file.tally().bad,
    warnings: () => rows.end().warnings,
  };
}
