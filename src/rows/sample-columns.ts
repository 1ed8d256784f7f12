import { fromBytes } from "../data/bytes.ts";
import { RowError, UsageError } from "../data/errors.ts";
import type { ClassColumn, Header, Reader } from "./header.ts";

/** The competing angles of a sample, and what each is called: its place in the list, or its class (as bytes). */
export interface Competitors {
  readonly angles: readonly number[];
  readonly names: readonly (number | string)[];
}

export const numbered = (angles: readonly number[]): Competitors => ({ angles, names: angles.map((_, i) => i + 1) });

/** Competitors from one cell, or from every column that a pattern matches but that of the target angle. */
export function competitors(header: Header, name = "theta_j", target: string): Reader<Competitors> {
  if (!name.includes("*")) {
    const read = header.angles(name);
    return (record) => numbered(read(record));
  }
  const classes = header.classes(name, target);
  const names = classes.map((one) => one.name);
  return (record) => ({ angles: classes.map((one) => one.angle(record)), names });
}

/** The angle of the class that the label names, and those of all other classes. */
export function labelledClasses(header: Header, column = "label", pattern = "theta_*") {
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
