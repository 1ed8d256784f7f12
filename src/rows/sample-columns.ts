import { isDecimal } from "../core/notation.ts";
import type { Batch } from "../data/batch.ts";
import { fromBytes } from "../data/bytes.ts";
import { numbersAt } from "../data/fields.ts";
import { shortened } from "../data/shown.ts";
import { doubles } from "../kernels/rows.ts";
import type { ClassColumn, Faults, Header, Reader } from "./header.ts";

/**
 * The competing angles of a sample, and what each is called: its place in the list,
 * or its class (as bytes). Valid until the next row.
 */
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
      const { at } = read(batch, faults);
      return { at: (row) => numbered(at(row)) };
    };
  }
  const classes = header.classes(name, target);
  const read = header.angles(classes.map(({ index }) => index));
  const nameOf = (j: number) => classes[j]!.name;
  return (batch, faults) => {
    const address = read(batch, faults);
    const stride = 8 * classes.length;
    return { at: (row) => ({ angles: numbersAt(address + row * stride, classes.length), nameOf }) };
  };
}

export type LabelledAngles = ReturnType<ReturnType<typeof labelledAngles>>;

/**
 * Reads one column of angles a class, and a label that names the target class: gives the angles of some rows to every
 * class, row after row from an address of the row kernel on, and the index of the own class of each.
 */
export function labelledAngles(header: Header, column: string, pattern: string, classes: readonly ClassColumn[]) {
  const read = header.angles(classes.map(({ index }) => index));
  const labelOf = header.text(column);
  const placeOf = new Map(classes.map(({ name }, i) => [name, i]));
  const hint = (label: string) =>
    placeOf.has("0") && Number(label) === classes.length ? ": do the labels count from 1, and the columns from 0?" : "";
  const faultOf = (label: string) =>
    `column ${column}: no column of ${pattern} is that of class "${shortened(fromBytes(label))}"${hint(label)}`;
  const places: number[] = [];
  return (batch: Batch, faults: Faults) => {
    for (let row = 0; row < batch.size; row++) {
      if (faults.has(row)) continue;
      const label = labelOf(batch, row);
      // numpy.savetxt writes 4 as 4.000000000000000000e+00.
      const place = placeOf.get(label) ?? (isDecimal(label) ? placeOf.get(`${Number(label)}`) : undefined);
      if (place === undefined) faults.set(row, faultOf(label));
      else places[row] = place;
    }
    return { address: read(batch, faults, places), places, classes };
  };
}

/**
 * The same as two inputs: the angle to the own class, and those to the other classes.
 * The second reader only uses what the first has read.
 */
export function labelledSamples(
  ...from: Parameters<typeof labelledAngles>
): [own: Reader<number>, others: Reader<Competitors>] {
  const classes = from[3];
  const count = classes.length;
  const read = labelledAngles(...from);
  const angles = new Float64Array(count - 1);
  let labelled: LabelledAngles;
  const readOwn: Reader<number> = (batch, faults) => {
    labelled = read(batch, faults);
    const { address, places } = labelled;
    return { at: (row) => doubles[address / 8 + count * row + places[row]!]! };
  };
  const othersIn = (row: number): Competitors => {
    const place = labelled.places[row]!;
    const first = labelled.address / 8 + count * row;
    for (let j = 0; j < place; j++) angles[j] = doubles[first + j]!;
    for (let j = place + 1; j < count; j++) angles[j - 1] = doubles[first + j]!;
    return { angles, place, nameOf: (j) => classes[j < place ? j : j + 1]!.name };
  };
  return [readOwn, () => ({ at: othersIn, column: labelled })];
}
