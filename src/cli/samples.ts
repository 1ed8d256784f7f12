import { fromBytes } from "../data/bytes.ts";
import { RowError } from "../data/errors.ts";
import type { ClassColumn, Header, Reader } from "../rows/header.ts";
import type { Input } from "../rows/rows.ts";
import { UsageError } from "./errors.ts";
import { inputOf } from "./inputs.ts";
import { options, orColumn, type Values, type ValuesOf } from "./options.ts";
import { isColumn } from "./parse.ts";

/** The competing angles of a sample, and what each is called: its place in the list, or its class (as bytes). */
export interface Competitors {
  readonly angles: readonly number[];
  readonly names: readonly (number | string)[];
}

/** What says where the angles of a sample are. */
export const sampleOptions = {
  theta: orColumn({ ...options.theta, help: "target angles theta_y in [0, pi]" }),
  competing: {
    ...orColumn(options.competing),
    help: "competing angles theta_j, @column (; between) or '@theta_*'",
  },
  label: options.label,
};

/**
 * A sample as a target angle and its competitors: given, from two columns (theta_y, and theta_j with ; between), or from
 * one column a class (theta_*) with a label that names the target class.
 */
export function sampleInputs(
  values: ValuesOf<typeof sampleOptions> & Values<"input">,
): [thetaY: Input<number>, competing: Input<Competitors>] {
  const { theta, competing, label, input } = values;
  if (input === undefined && theta === undefined)
    throw new UsageError("the target angle is missing: give --theta, such as --theta 1.2");
  if (input === undefined && competing === undefined)
    throw new UsageError("competing angles are missing: give --competing, such as --competing 1.5,pi/2");
  if (label !== undefined && theta !== undefined)
    throw new UsageError("--label and --theta both name the target angle: use one");
  const own = isColumn(theta) ? theta.column : "theta_y";
  const others = isColumn(competing) ? competing.column : undefined;
  const byLabel = (header: Header) => {
    const isAsked = label !== undefined || (theta === undefined && !header.has(own) && header.has("label"));
    return isAsked ? labelledClasses(header, label, others) : undefined;
  };
  return [
    inputOf(
      { name: "theta_y", kind: "angle" },
      theta ?? { column: own },
      (header, name) => byLabel(header)?.own ?? header.angle(name),
    ),
    competing !== undefined && !isColumn(competing)
      ? { source: [numbered(competing)] }
      : { source: (header) => byLabel(header)?.others ?? competitors(header, others, own) },
  ];
}

const numbered = (angles: readonly number[]): Competitors => ({ angles, names: angles.map((_, i) => i + 1) });

/** Competitors from one cell, or from every column that a pattern matches but that of the target angle. */
function competitors(header: Header, name = "theta_j", target: string): Reader<Competitors> {
  if (!name.includes("*")) {
    const read = header.angles(name);
    return (record) => numbered(read(record));
  }
  const classes = header.classes(name, target);
  const names = classes.map((one) => one.name);
  return (record) => ({ angles: classes.map((one) => one.angle(record)), names });
}

/** The angle of the class that the label names, and those of all other classes. */
function labelledClasses(header: Header, column = "label", pattern = "theta_*") {
  const classes = header.classes(pattern);
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
export function labelPlaces(header: Header, column: string, pattern: string, classes: ClassColumn[]): Reader<number> {
  const places = new Map(classes.map(({ name }, i) => [name, i]));
  const labelOf = header.text(column);
  return (record) => {
    const label = labelOf(record);
    const place = places.get(label);
    if (place !== undefined) return place;
    throw new RowError(record.line, `column ${column}: no column of ${pattern} is that of class "${fromBytes(label)}"`);
  };
}
