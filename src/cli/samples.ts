import { fromBytes } from "../data/bytes.ts";
import { RowError } from "../data/errors.ts";
import { UsageError } from "./errors.ts";
import type { Header, Reader } from "./header.ts";
import type { Values } from "./options.ts";
import { isColumn } from "./parse.ts";
import type { Input } from "./rows.ts";

/** The competing angles of a sample, and what each is called: its place in the list, or its class (as bytes). */
export interface Competitors {
  readonly angles: readonly number[];
  readonly names: readonly (number | string)[];
}

type SampleOptions = Values<"thetaY" | "competing" | "label" | "input">;

/**
 * A sample as a target angle and its competitors: given, from two columns (theta_y, and theta_j with ; between), or from
 * one column a class (theta_*) with a label that names the target class.
 */
export function sampleInputs(
  options: SampleOptions,
  degrees: boolean,
): [thetaY: Input<number>, competing: Input<Competitors>] {
  const { thetaY, competing, label, input } = options;
  if (input === undefined && thetaY === undefined)
    throw new UsageError("the target angle is missing: give --theta, such as --theta 1.2");
  if (input === undefined && competing === undefined) {
    throw new UsageError("competing angles are missing: give --competing, such as --competing 1.5,pi/2");
  }
  if (label !== undefined && thetaY !== undefined)
    throw new UsageError("--label and --theta both name the target angle: use one");
  const pattern = isColumn(competing) ? competing.column : undefined;
  const byLabel = (header: Header) =>
    thetaY === undefined && (label !== undefined || (!header.has("theta_y") && header.has("label")));
  const classes = (header: Header) => labelledClasses(header, label ?? "label", pattern ?? "theta_*", degrees);
  const column = { name: "theta_y", kind: "angle" } as const;
  return [
    thetaY !== undefined && !isColumn(thetaY)
      ? { column, source: thetaY }
      : {
          source: (header) =>
            byLabel(header) ? classes(header).own : header.angle(thetaY?.column ?? "theta_y", degrees),
        },
    competing !== undefined && !isColumn(competing)
      ? { source: [numbered(competing)] }
      : {
          source: (header) =>
            byLabel(header)
              ? classes(header).others
              : competitors(header, pattern ?? "theta_j", isColumn(thetaY) ? thetaY.column : "theta_y", degrees),
        },
  ];
}

const numbered = (angles: readonly number[]): Competitors => ({ angles, names: angles.map((_, i) => i + 1) });

/** Competitors from one cell, or from every column that a pattern matches but that of the target angle. */
function competitors(header: Header, name: string, target: string, degrees: boolean): Reader<Competitors> {
  if (!name.includes("*")) {
    const read = header.angles(name, degrees);
    return (record) => numbered(read(record));
  }
  const classes = header.classes(name, degrees, target);
  const names = classes.map((one) => one.name);
  return (record) => ({ angles: classes.map((one) => one.angle(record)), names });
}

/** The angle of the class that the label names, and those of all other classes. */
function labelledClasses(header: Header, column: string, pattern: string, degrees: boolean) {
  const classes = header.classes(pattern, degrees);
  if (classes.length < 2)
    throw new UsageError(`--competing: ${pattern} matches one column: a sample needs a competing class`);
  const placeOf = labelPlaces(header, column, pattern, classes);
  const own: Reader<number> = (record) => classes[placeOf(record)]!.angle(record);
  const others: Reader<Competitors> = (record) => {
    const rest = classes.toSpliced(placeOf(record), 1);
    return { angles: rest.map(({ angle }) => angle(record)), names: rest.map(({ name }) => name) };
  };
  return { own, others };
}

/** The place among the classes of the one that a label names. */
export function labelPlaces(
  header: Header,
  column: string,
  pattern: string,
  classes: readonly { readonly name: string }[],
): Reader<number> {
  const places = new Map(classes.map(({ name }, i) => [name, i]));
  const labelOf = header.text(column);
  return (record) => {
    const place = places.get(labelOf(record));
    if (place !== undefined) return place;
    throw new RowError(
      record.line,
      `column ${column}: no column of ${pattern} is that of class "${fromBytes(labelOf(record))}"`,
    );
  };
}
