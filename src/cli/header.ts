import { type Phrase, phrase } from "../core/phrase.ts";
import { isAngle } from "../core/psi.ts";
import { fromDegrees } from "../core/units.ts";
import { fromBytes, toBytes } from "../data/bytes.ts";
import { angleFrom, anyNumberIn, numberIn } from "../data/cells.ts";
import { DataError, RowError } from "../data/errors.ts";
import { CellRecord, cellsOf, type RawRecord } from "../data/record.ts";
import type { Column } from "../render/result.ts";
import { UsageError } from "./errors.ts";
import { classPattern } from "./parse.ts";
import { repeated } from "./repeated.ts";
import { suggestion } from "./suggest.ts";

/** Reads one value from a record. Throws RowError where the cell holds none. */
export interface Reader<T> {
  (record: RawRecord): T;
  /** The cell, where the value is the plain number in it. */
  readonly cell?: number;
}

/** A column of angles to one class, which is called by the bytes that its name has beside those of all classes. */
export interface ClassColumn {
  readonly name: string;
  readonly angle: Reader<number>;
}

const numberAt =
  (index: number, name: string, inText = numberIn): Reader<number> =>
  (record) =>
    record.number(index) ?? inText(record.text(index), record.line, name);

const asRadians = (x: number) => x;

/** The columns of a file, and readers for them. Names outside are text, names inside bytes. */
export class Header {
  readonly names: readonly string[];
  /** The first column with that name, as it stands or without spaces around it. */
  private readonly places = new Map<string, number>();
  private readonly separator: string;
  private readonly file: string;
  private readonly toRadians: (angle: number) => number;
  /** Rows with an angle a little above pi. */
  clampedRows = 0;
  private lastClamped = 0;

  constructor(names: readonly string[], separator: string, file: string, degrees = false) {
    this.names = names;
    this.separator = separator;
    this.file = file;
    this.toRadians = degrees ? fromDegrees : asRadians;
    for (const [i, name] of names.entries()) {
      for (const key of [name, name.trim()]) if (!this.places.has(key)) this.places.set(key, i);
    }
    const twice = repeated(names);
    if (twice !== undefined)
      throw new DataError(`${file}: the header has two columns named "${fromBytes(twice)}": rename one`);
  }

  has(name: string): boolean {
    return this.find(name) >= 0;
  }

  columns(): Column[] {
    return this.names.map((name) => ({ name, kind: "bytes" }));
  }

  /** check throws an Error for a number outside its domain. */
  number(name: string, check: (value: number) => void = () => {}): Reader<number> {
    const read = numberAt(this.index(name), name);
    return (record) => {
      const value = read(record);
      try {
        check(value);
      } catch (error) {
        throw new RowError(record.line, `column ${name}: ${(error as Error).message}`);
      }
      return value;
    };
  }

  /** A number that may be NaN or an infinity. */
  anyNumber(name: string): Reader<number> {
    return numberAt(this.index(name), name, anyNumberIn);
  }

  angle(name: string): Reader<number> {
    return this.angleAt(this.index(name), name);
  }

  /** Several angles in one cell, with ; between. */
  angles(name: string): Reader<number[]> {
    const index = this.index(name);
    const whole = this.angleAt(index, name);
    const part = this.angleAt(0, name);
    return (record) => {
      if (record.number(index) !== undefined) return [whole(record)];
      const cells = record.text(index).split(";");
      return cells.map((cell) => part(new CellRecord([cell], record.line)));
    };
  }

  /**
   * One angle a column, for the columns that a pattern such as theta_* matches; the class is what * stands for.
   * theta_y and theta_j are no classes (unless all classes are single letters), nor is the column that holds the target angle.
   */
  classes(pattern: string, target?: string): ClassColumn[] {
    const around = classPattern(toBytes(pattern));
    if (around === undefined)
      throw new UsageError(`--competing: "${pattern}" stands for one column a class: write one *, such as '@theta_*'`);
    const [before, after] = around;
    const left = target === undefined ? -1 : this.find(target);
    const found = this.names.flatMap((column, i) => {
      const matches =
        column.startsWith(before) && column.endsWith(after) && column.length > before.length + after.length;
      if (!matches || i === left) return [];
      const name = column.slice(before.length, column.length - after.length);
      return [{ column, name, angle: this.angleAt(i, fromBytes(column)) }];
    });
    if (found.length === 0) throw this.missing(pattern);
    const letters = found.every(({ name }) => name.length === 1 && name.toLowerCase() !== name.toUpperCase());
    return letters ? found : found.filter(({ column }) => column !== "theta_y" && column !== "theta_j");
  }

  /** The bytes of a cell without spaces around it. */
  text(name: string): Reader<string> {
    const index = this.index(name);
    return (record) => record.text(index).trim();
  }

  /** The record with empty cells added until it has as many as the header. */
  padded(record: RawRecord): RawRecord {
    const missing = this.names.length - record.size;
    return missing > 0 ? new CellRecord([...cellsOf(record), ...Array(missing).fill("")], record.line) : record;
  }

  ragged({ size, line }: RawRecord): RowError {
    const wanted = this.names.length;
    const decimals = this.separator === "," && size > wanted ? " (decimal commas? quote such cells)" : "";
    const cells = size === 1 ? "cell" : "cells";
    return new RowError(line, `the row has ${size} ${cells}, the header ${wanted}${decimals}`);
  }

  warnings(): Phrase[] {
    if (this.clampedRows === 0) return [];
    const rows = phrase`${this.clampedRows} ${this.clampedRows === 1 ? "row has" : "rows have"}`;
    return [phrase`${this.file}: ${rows} an angle above pi by at most 1e-6, which counts as pi`];
  }

  private angleAt(index: number, name: string): Reader<number> {
    const { toRadians } = this;
    const read = numberAt(index, name);
    const reader = (record: RawRecord) => {
      const theta = toRadians(read(record));
      if (isAngle(theta)) return theta;
      angleFrom(theta, () => record.text(index), record.line, name);
      // A little above pi: it counts as pi, and its row once.
      if (record.line !== this.lastClamped) this.clampedRows++;
      this.lastClamped = record.line;
      return Math.PI;
    };
    return toRadians === asRadians ? Object.assign(reader, { cell: index }) : reader;
  }

  private find(name: string): number {
    return this.places.get(toBytes(name)) ?? -1;
  }

  private index(name: string): number {
    const index = this.find(name);
    if (index < 0) throw this.missing(name);
    return index;
  }

  private missing(name: string): DataError {
    const fault = `${this.file}: there is no column "${name}"`;
    const [only = "", more] = this.names;
    const other = [";", "\t", "|", ","].find((char) => char !== this.separator && only.includes(char));
    if (more !== undefined || other === undefined)
      return new DataError(fault + suggestion(name, this.names.map(fromBytes)));
    const written = other === "\t" ? "'\\t'" : `'${other}'`;
    return new DataError(`${fault}, and the header holds ${written}: give --delimiter ${written}`);
  }
}
