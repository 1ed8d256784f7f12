import { sampleLoss } from "../core/loss.ts";
import { countNaive, type Sample } from "../core/report.ts";
import type { Target } from "../core/targets.ts";
import type { RawRecord } from "../data/csv.ts";
import { DataError, RowError } from "../data/errors.ts";
import { nameOf } from "../data/file.ts";
import { fromBytes } from "../render/json.ts";
import { UsageError } from "./errors.ts";
import type { Measured, Samples } from "./measured.ts";
import type { Values } from "./options.ts";
import { isColumn } from "./parse.ts";
import { withProgress } from "./progress.ts";
import { BadRows, openRecords } from "./records.ts";
import { labelPlaces } from "./samples.ts";

/** The losses of a sample: each function at each scale. */
export interface AngleLosses {
  readonly functions: readonly Target[];
  readonly scales: readonly number[];
}

/** Samples from a file with one column of angles a class and a label that names the target class. */
export async function angleSamples(
  path: string,
  values: Values<"competing" | "label" | "inputFormat" | "delimiter" | "badRows">,
  margins: readonly number[],
  { functions, scales }: AngleLosses,
  degrees: boolean,
): Promise<Samples> {
  const { label = "label", competing = { column: "theta_*" } } = values;
  if (!isColumn(competing) || !competing.column.includes("*"))
    throw new UsageError("--competing names the columns of angles here, such as '@theta_*'");
  const { header, blocks, size, read } = await openRecords(path, values);
  const classes = header.classes(competing.column, degrees);
  if (classes.length < 2) throw new DataError(`${nameOf(path)}: ${competing.column} is one column: give two or more`);
  const placeOf = labelPlaces(header, label, competing.column, classes);
  const bad = new BadRows(nameOf(path), "line", values.badRows);

  const sampleOf = (record: RawRecord): Sample => {
    if (record.cells.length !== header.names.length) throw header.ragged(record);
    const place = placeOf(record);
    const angles = classes.map(({ angle }) => angle(record));
    const thetaY = angles.splice(place, 1)[0]!;
    const binding = angles.reduce((least, theta, j) => (theta < angles[least]! ? j : least), 0);
    return {
      label: place,
      thetaY,
      nearest: binding < place ? binding : binding + 1,
      minThetaJ: angles[binding]!,
      naivePairs: countNaive(margins, thetaY, angles),
      losses: functions.flatMap((target) => scales.map((scale) => sampleLoss(target, scale, thetaY, angles).loss)),
    };
  };
  const measuredOf = (record: RawRecord): Measured[] => {
    try {
      return [{ place: record.line, sample: sampleOf(record) }];
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      return bad.take(error) ? [{ place: record.line }] : [];
    }
  };
  async function* measured() {
    for await (const records of blocks) yield records.flatMap(measuredOf);
  }
  return {
    classes: classes.length,
    className: (index) => fromBytes(classes[index]!.name),
    blocks: withProgress(measured(), size, read),
    skipped: () => bad.count,
    warnings: () => [...bad.warnings(), ...header.warnings()],
  };
}
