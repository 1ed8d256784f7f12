import { fromBytes } from "../data/bytes.ts";
import { shortened } from "../data/shown.ts";
import type { Region } from "../kernels/rows.ts";
import type { ClassColumn, Header, Reader } from "./header.ts";

/** The competing angles of a sample, and what each is called: its place in the list, or its class (as bytes). Valid until the next row. */
export interface Competitors {
  readonly angles: ArrayLike<number>;
  readonly nameOf: (j: number) => number | string;
  /** The index of the own class among all, where each class has a column. */
  readonly place?: number;
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
  const labelOf = header.text(column);
  const placeOf = new Map(classes.map(({ name }, i) => [name, i]));
  const places: number[] = [];
  const angles = new Float64Array(count - 1);
  let region: Region;
  return {
    place(batch, faults) {
      for (let row = 0; row < batch.size; row++) {
        if (faults.has(row)) continue;
        const label = labelOf(batch, row);
        const place = placeOf.get(label);
        if (place !== undefined) places[row] = place;
        else
          faults.set(
            row,
            `column ${column}: no column of ${pattern} is that of class "${shortened(fromBytes(label))}"`,
          );
      }
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
          return { angles, place, nameOf: (j) => classes[j < place ? j : j + 1]!.name };
        };
      },
    }),
  };
}
