import { type Phrase, phrase } from "../core/phrase.ts";
import { fromDegrees } from "../core/units.ts";
import { fromBytes, toBytes } from "../data/bytes.ts";
import { angleFrom, anyNumberIn, numberIn } from "../data/cells.ts";
import { DataError, RowError } from "../data/errors.ts";
import { CellRecord, cellsOf, type RawRecord } from "../data/record.ts";
import type { Column } from "../render/result.ts";
import { UsageError } from "./errors.ts";
import { classPattern } from "./parse.ts";
import { suggestion } from "./suggest.ts";

/** Reads one value from a record. Throws RowError where the cell holds none. */
export interface Reader<T> {
  (record: RawRecord): T;
  /** The cell, where the value is the plain number in it. */
  readonly cell?: number;
}

const numberAt =
  (index: number, name: string): Reader<number> =>
  (record) =>
    record.number(index) ?? numberIn(record.text(index), record.line, name);

const asRadians = (x: number) => x;

/** The columns of a file, and readers for them. Names outside are text, names inside bytes. */
export class Header {
  readonly names: readonly string[];
  private readonly file: string;
  private readonly separator: string;
  /** Rows with an angle a little above pi. */
  clampedRows = 0;
  private lastClamped = 0;

  constructor(cells: readonly string[], separator: string, file: string) {
    this.names = cells;
    this.file = file;
    this.separator = separator;
    const twice = cells.find((name, i) => cells.indexOf(name) < i);
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
    const index = this.index(name);
    const read = numberAt(index, name);
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
    const index = this.index(name);
    return (record) => record.number(index) ?? anyNumberIn(record.text(index), record.line, name);
  }

  angle(name: string, degrees: boolean): Reader<number> {
    return this.angleAt(this.index(name), name, degrees);
  }

  /** Several angles in one cell, with ; between. */
  angles(name: string, degrees: boolean): Reader<number[]> {
    const index = this.index(name);
    const toRadians = degrees ? fromDegrees : asRadians;
    return (record) => {
      const { line } = record;
      const angleOf = (cell: string) => angleFrom(toRadians(numberIn(cell, line, name)), () => cell, line, name);
      return record
        .text(index)
        .split(";")
        .map((cell) => this.withinPi(angleOf(cell), line));
    };
  }

  /**
   * One angle a column, for the columns that a pattern such as theta_* matches, with what * stands for, the class (as bytes).
   * theta_y and theta_j are no classes (unless all classes are single letters), nor is the column that holds the target angle.
   */
  classes(pattern: string, degrees: boolean, target?: string): { name: string; angle: Reader<number> }[] {
    const around = classPattern(toBytes(pattern));
    if (around === undefined)
      throw new UsageError(`--competing: "${pattern}" stands for one column a class: write one *, such as '@theta_*'`);
    const [before, after] = around;
    const left = target === undefined ? -1 : this.find(target);
    const found = this.names.flatMap((name, i) => {
      const matches = name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length;
      if (!matches || i === left) return [];
      const own = name.slice(before.length, name.length - after.length);
      return [{ column: name, name: own, angle: this.angleAt(i, fromBytes(name), degrees) }];
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
    const missing = Math.max(0, this.names.length - record.size);
    return missing === 0 ? record : new CellRecord([...cellsOf(record), ...Array(missing).fill("")], record.line);
  }

  ragged({ size, line }: RawRecord): RowError {
    const decimals = this.separator === "," && size > this.names.length ? " (decimal commas? quote such cells)" : "";
    return new RowError(
      line,
      `the row has ${size} ${size === 1 ? "cell" : "cells"}, the header ${this.names.length}${decimals}`,
    );
  }

  warnings(): Phrase[] {
    if (this.clampedRows === 0) return [];
    const rows = phrase`${this.clampedRows} ${this.clampedRows === 1 ? "row has" : "rows have"}`;
    return [phrase`${this.file}: ${rows} an angle above pi by at most 1e-6, which counts as pi`];
  }

  private angleAt(index: number, name: string, degrees: boolean): Reader<number> {
    const toRadians = degrees ? fromDegrees : asRadians;
    const read = numberAt(index, name);
    const reader = (record: RawRecord) => {
      const theta = toRadians(read(record));
      if (theta >= 0 && theta <= Math.PI) return theta;
      return this.withinPi(
        angleFrom(theta, () => record.text(index), record.line, name),
        record.line,
      );
    };
    return degrees ? reader : Object.assign(reader, { cell: index });
  }

  private withinPi(theta: number, line: number): number {
    if (theta <= Math.PI) return theta;
    if (line !== this.lastClamped) this.clampedRows++;
    this.lastClamped = line;
    return Math.PI;
  }

  private find(name: string): number {
    const bytes = toBytes(name);
    return this.names.findIndex((own) => own === bytes || own.trim() === bytes);
  }

  private index(name: string): number {
    const index = this.find(name);
    if (index < 0) throw this.missing(name);
    return index;
  }

  private missing(name: string): DataError {
    const other = [";", "\t", "|", ","].find(
      (char) => char !== this.separator && this.names.length === 1 && this.names[0]!.includes(char),
    );
    if (other !== undefined) {
      const written = other === "\t" ? "'\\t'" : `'${other}'`;
      return new DataError(
        `${this.file}: there is no column "${name}", and the header holds ${written}: give --delimiter ${written}`,
      );
    }
    return new DataError(`${this.file}: there is no column "${name}"${suggestion(name, this.names.map(fromBytes))}`);
  }
}
