import { statSync } from "node:fs";
import { sampleLoss } from "../core/loss.ts";
import { countNaive, type Sample } from "../core/report.ts";
import type { Target } from "../core/targets.ts";
import { fromBytes } from "../data/bytes.ts";
import { DataError } from "../data/errors.ts";
import { nameOf } from "../data/file.ts";
import type { RawRecord } from "../data/record.ts";
import { UsageError } from "./errors.ts";
import type { FileResult } from "./file-rows.ts";
import type { ClassColumn, Header } from "./header.ts";
import type { Measured, Samples } from "./measured.ts";
import type { Values, ValuesOf } from "./options.ts";
import { isColumn } from "./parse.ts";
import { withProgress } from "./progress.ts";
import { computeRows } from "./rows.ts";
import { labelPlaces, type sampleOptions } from "./samples.ts";

/** The losses of a sample: each function at each scale. */
export interface AngleLosses {
  readonly functions: readonly Target[];
  readonly scales: readonly number[];
}

/** Samples from a file with one column of angles a class and a label that names the target class. */
export async function angleSamples(
  path: string,
  values: Values<"input" | "label" | "inputFormat" | "delimiter" | "badRows" | "degrees"> &
    ValuesOf<Pick<typeof sampleOptions, "competing">>,
  margins: readonly number[],
  { functions, scales }: AngleLosses,
): Promise<Samples> {
  const { label = "label", competing = { column: "theta_*" } } = values;
  if (!isColumn(competing) || !competing.column.includes("*"))
    throw new UsageError("--competing names the columns of angles here, such as '@theta_*'");
  const pattern = competing.column;
  let classes: ClassColumn[] = [];
  let sample: Sample | undefined;
  const sampleReader = (header: Header) => {
    classes = header.classes(pattern);
    if (classes.length < 2) throw new DataError(`${nameOf(path)}: ${pattern} is one column: give two or more`);
    const placeOf = labelPlaces(header, label, pattern, classes);
    return (record: RawRecord): Sample => {
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
  };
  const compute = (read: Sample) => {
    sample = read;
    return [[true]];
  };
  const rows = await computeRows<[Sample]>(
    { inputs: [{ source: sampleReader }], columns: [{ name: "right" }], compute },
    values,
  );
  const { bytesRead, tally } = (rows as FileResult).file;
  async function* measured() {
    for await (const block of rows.blocks) {
      const found: Measured[] = [];
      block(([right], record) => found.push({ place: record!.line, ...(right && sample && { sample }) }));
      yield found;
    }
  }
  const size = path === "-" ? undefined : statSync(path).size;
  return {
    classes: classes.length,
    className: (index) => fromBytes(classes[index]!.name),
    blocks: withProgress(measured(), size, bytesRead),
    skipped: () => tally().bad,
    warnings: () => rows.end().warnings,
  };
}
