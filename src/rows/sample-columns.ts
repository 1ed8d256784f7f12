import type { Batch } from "../data/batch.ts";
import { fromBytes } from "../data/bytes.ts";
import { UsageError } from "../data/errors.ts";
import type { Region } from "../kernels/rows.ts";
import type { ClassColumn, Faults, Header, Reader } from "./header.ts";

/** The competing angles of a sample, and what each is called: its place in the list, or its class (as bytes). Valid until the next row. */
export interface Competitors {
  readonly angles: ArrayLike<number>;
  readonly nameOf: (j: number) => number | string;
}

const numbers = (j: number) => j + 1;

/** Competing angles that are called by their places. */
export const numbered = (angles: ArrayLike<number>): Competitors => ({ angles, nameOf: numbers });

/** Competitors from one cell, or from every column that a pattern matches but that of the target angle. */
export function competitors(header: Header, name = "theta_j", target: string): Reader<Competitors> {
  if (!name.includes("*")) {
    const read = header.angleList(name);
    return (batch, faults) => {
      const values = read(batch, faults);
      return {
        access: () => {
          const at = values.access();
          return (row) => numbered(at(row));
        },
      };
    };
  }
  const classes = header.classes(name, target);
  const read = header.angles(classes.map(({ index }) => index));
  const nameOf = (j: number) => classes[j]!.name;
  return (batch, faults) => {
    const region = read(batch, faults);
    return {
      access: () => {
        const all = region.numbers(batch.size * classes.length);
        return (row) => ({ angles: all.subarray(row * classes.length, (row + 1) * classes.length), nameOf });
      },
    };
  };
}

/** Samples as three inputs: the place of the own class among all, the angle to it, and those to the others. place is read first. */
export interface LabelledSamples {
  readonly place: Reader<number>;
  readonly own: Reader<number>;
  readonly others: Reader<Competitors>;
}

/** Samples from one column of angles a class and a label that names the target class. */
export function labelledSamples(
  header: Header,
  column: string,
  pattern: string,
  classes: readonly ClassColumn[],
): LabelledSamples {
  const count = classes.length;
  const read = header.angles(classes.map(({ index }) => index));
  const placesOf = labelPlaces(header, column, pattern, classes);
  const angles = new Float64Array(count - 1);
  let places: readonly number[] = [];
  let region: Region;
  return {
    place(batch, faults) {
      places = placesOf(batch, faults);
      region = read(batch, faults, places);
      return { access: () => (row) => places[row]! };
    },
    own: (batch) => ({
      access: () => {
        const all = region.numbers(batch.size * count);
        return (row) => all[row * count + places[row]!]!;
      },
    }),
    others: (batch) => ({
      access: () => {
        const all = region.numbers(batch.size * count);
        return (row) => {
          const [start, place] = [row * count, places[row]!];
          for (let j = 0; j < place; j++) angles[j] = all[start + j]!;
          for (let j = place + 1; j < count; j++) angles[j - 1] = all[start + j]!;
          return { angles, nameOf: (j) => classes[j < place ? j : j + 1]!.name };
        };
      },
    }),
  };
}

/** The columns of angles of a file with labels. */
export function labelledClasses(header: Header, pattern: string): ClassColumn[] {
  const classes = header.classes(pattern);
  if (classes.length < 2)
    throw new UsageError(`--competing: ${pattern} matches one column: a sample needs a competing class`);
  return classes;
}

/** The place among the classes of the one that the label of each row names. */
function labelPlaces(header: Header, column: string, pattern: string, classes: readonly ClassColumn[]) {
  const places = new Map(classes.map(({ name }, i) => [name, i]));
  const labelOf = header.text(column);
  const found: number[] = [];
  return (batch: Batch, faults: Faults): readonly number[] => {
    for (let row = 0; row < batch.size; row++) {
      if (faults.get(row) !== undefined) continue;
      const label = labelOf(batch, row);
      const place = places.get(label);
      if (place === undefined)
        faults.set(row, `column ${column}: no column of ${pattern} is that of class "${fromBytes(label)}"`);
      else found[row] = place;
    }
    return found;
  };
}
