import { ParameterError } from "../core/errors.ts";
import { type Message, message } from "../core/message.ts";
import { isDecimal } from "../core/notation.ts";
import { isAngle } from "../core/psi.ts";
import { fromDegrees } from "../core/units.ts";
import type { Batch } from "../data/batch.ts";
import { fromBytes, toBytes, trimmed } from "../data/bytes.ts";
import { angleFrom, anyNumberIn, numberIn } from "../data/cells.ts";
import { otherDelimiter } from "../data/delimited.ts";
import { DataError, UsageError } from "../data/errors.ts";
import { repeated } from "../data/repeated.ts";
import { shortened } from "../data/shown.ts";
import { suggestion } from "../data/suggestion.ts";
import { Region } from "../kernels/rows.ts";
import type { Column } from "../render/result.ts";

/** What is wrong with the bad rows of a batch: of each row what was found first. */
export type Faults = Map<number, string>;

/** The values that an input has in the rows of a batch. */
export interface InputValues<T> {
  /** Gives the value of a row without a fault; valid until the memory of the row kernel grows, so it is asked for when all is read. */
  readonly access: () => (row: number) => T;
  /** Where they are numbers one after another in the memory of the row kernel, the address of the first. */
  readonly address?: number;
}

/** Reads an input from every row of a batch that has no fault yet, and adds the faults that it finds. */
export type Reader<T> = (batch: Batch, faults: Faults) => InputValues<T>;

/** A column of angles to one class; the class is called by the bytes of the column's name that the other columns do not share. */
export interface ClassColumn {
  readonly name: string;
  readonly index: number;
}

/** What stands before and after the one * of a pattern such as theta_*; undefined for any other text. */
export function classPattern(pattern: string): readonly [before: string, after: string] | undefined {
  const [before = "", after, ...more] = pattern.split("*");
  return after === undefined || more.length > 0 ? undefined : [before, after];
}

/** The columns of a file, and readers for them. Names outside are text, names inside bytes. */
export class Header {
  readonly names: readonly string[];
  /** The first column with each name, as it stands or without spaces around it. */
  private readonly places = new Map<string, number>();
  private readonly separator: string;
  private readonly file: string;
  private readonly toRadians: ((angle: number) => number) | undefined;
  private readonly decimalComma: boolean | undefined;
  /** Rows with an angle a little above pi. */
  clampedRows = 0;
  private lastClamped = 0;

  constructor(
    names: readonly string[],
    separator: string,
    file: string,
    { degrees, decimalComma = false }: { readonly degrees?: boolean; readonly decimalComma?: boolean } = {},
  ) {
    this.names = names;
    this.separator = separator;
    this.file = file;
    this.toRadians = degrees ? fromDegrees : undefined;
    this.decimalComma = separator === "" ? undefined : decimalComma;
    for (const [i, name] of names.entries())
      for (const key of [name, trimmed(name)]) if (!this.places.has(key)) this.places.set(key, i);
    const twice = repeated(names);
    if (twice !== undefined)
      throw new DataError(
        `${file}: the header has two columns named "${shortened(fromBytes(twice))}": ${this.headless() ?? "rename one"}`,
      );
  }

  has(name: string): boolean {
    return this.find(name) >= 0;
  }

  columns(): Column[] {
    return this.names.map((name) => ({ name, kind: "bytes" }));
  }

  /** check throws an Error for a number outside its domain. */
  number(name: string, check?: (value: number) => void): Reader<number> {
    const read = this.numbers([this.index(name)], (text) => numberIn(text, name, this.decimalComma));
    return (batch, faults) => {
      const values = one(read(batch, faults));
      if (check === undefined) return values;
      const at = values.access();
      const worded = (reason: string) => `column ${name}: ${reason}`;
      for (let row = 0; row < batch.size; row++)
        if (faults.get(row) === undefined) attempt(row, faults, () => check(at(row)), worded);
      return values;
    };
  }

  /** A number that may be NaN or an infinity. */
  anyNumber(name: string): Reader<number> {
    const read = this.numbers([this.index(name)], (text) => anyNumberIn(text, name, this.decimalComma));
    return (batch, faults) => one(read(batch, faults));
  }

  angle(name: string): Reader<number> {
    const read = this.angles([this.index(name)]);
    return (batch, faults) => one(read(batch, faults));
  }

  /** Several angles in one cell, with ; between, or as an array of JSON or of Parquet. */
  angleList(name: string): Reader<ArrayLike<number>> {
    const index = this.index(name);
    const region = new Region();
    return (batch, faults) => {
      batch.numbers([index], region.reserve(8 * batch.size));
      const plain = region.numbers(batch.size);
      const lists: (readonly number[])[] = [];
      for (let row = 0; row < batch.size; row++) {
        if (faults.get(row) !== undefined) continue;
        const text = Number.isNaN(plain[row]) ? batch.text(row, index) : "";
        const isArray = text.startsWith("[") && text.endsWith("]");
        const cells = isArray ? text.slice(1, -1).split(",") : text.split(";");
        attempt(row, faults, () => {
          const line = batch.line(row);
          const isCosine = () => cells.every((cell) => !(Math.abs(Number(cell)) > 1));
          const angleOf = (value: number, text: () => string) => this.angleOf(value, text, line, name, isCosine);
          lists[row] = !Number.isNaN(plain[row])
            ? [angleOf(plain[row]!, () => batch.text(row, index))]
            : cells.map((cell) => angleOf(numberIn(cell, name, this.decimalComma), () => cell));
        });
      }
      return { access: () => (row) => lists[row]! };
    };
  }

  /** The angles in some columns, row after row, as one array for all rows. Of a row with several faults that of its column in leads comes first. */
  angles(columns: readonly number[]): (batch: Batch, faults: Faults, leads?: readonly number[]) => Region {
    const nameOf = (i: number) => fromBytes(this.names[columns[i]!]!);
    const spelt = (text: string, i: number) => numberIn(text, nameOf(i), this.decimalComma);
    return this.numbers(columns, spelt, (value, text, line, i, isCosine) =>
      this.angleOf(value, text, line, nameOf(i), isCosine),
    );
  }

  /**
   * The columns that a pattern such as theta_* matches; the class is what * stands for. theta_y and theta_j are no classes (unless all
   * classes are single letters), nor is the column that holds the target angle.
   */
  classes(pattern: string, target?: string): ClassColumn[] {
    const around = classPattern(toBytes(pattern));
    if (around === undefined)
      throw new UsageError(`--competing: "${pattern}" stands for one column a class: write one *, such as '@theta_*'`);
    const [before, after] = around;
    const left = target === undefined ? -1 : this.find(target);
    const found = this.names.flatMap((column, index) => {
      const matches =
        column.startsWith(before) && column.endsWith(after) && column.length > before.length + after.length;
      if (!matches || index === left) return [];
      return [{ column, index, name: column.slice(before.length, column.length - after.length) }];
    });
    if (found.length === 0) throw this.missing(pattern);
    const letters = found.every(({ name }) => name.length === 1 && name.toLowerCase() !== name.toUpperCase());
    return letters ? found : found.filter(({ column }) => column !== "theta_y" && column !== "theta_j");
  }

  /** The bytes of a cell without spaces around it. */
  text(name: string): (batch: Batch, row: number) => string {
    const index = this.index(name);
    return (batch, row) => trimmed(batch.text(row, index));
  }

  warnings(): Message[] {
    if (this.clampedRows === 0) return [];
    const rows = message`${this.clampedRows} ${this.clampedRows === 1 ? "row has" : "rows have"}`;
    return [message`${this.file}: ${rows} an angle above pi by at most 1e-6, which counts as pi`];
  }

  /**
   * Reads some columns as numbers, row after row. Where a cell holds no plainly spelt number, spelt gives it from the text; where given, angle takes
   * every number that is not an angle in radians already.
   */
  private numbers(
    columns: readonly number[],
    spelt: (text: string, i: number) => number,
    angle?: (value: number, text: () => string, line: number, i: number, isCosine: () => boolean) => number,
  ): (batch: Batch, faults: Faults, leads?: readonly number[]) => Region {
    const region = new Region();
    const width = columns.length;
    return (batch, faults, leads) => {
      batch.numbers(columns, region.reserve(8 * width * batch.size));
      const values = region.numbers(width * batch.size);
      const isPlain =
        angle === undefined
          ? (x: number) => !Number.isNaN(x)
          : (x: number) => x >= 0 && x <= Math.PI && this.toRadians === undefined;
      /** Columns whose numbers in this batch may all be cosines, as far as it was asked. */
      const cosines: boolean[] = [];
      const settle = (row: number, i: number) => {
        const x = values[row * width + i]!;
        if (isPlain(x)) return true;
        const text = () => batch.text(row, columns[i]!);
        const isCosine = () => {
          cosines[i] ??= values.every((y, place) => place % width !== i || !(Math.abs(y) > 1));
          return cosines[i];
        };
        return attempt(row, faults, () => {
          const value = Number.isNaN(x) ? spelt(text(), i) : x;
          values[row * width + i] = angle === undefined ? value : angle(value, text, batch.line(row), i, isCosine);
        });
      };
      for (let row = 0; row < batch.size; row++) {
        if (areAll(values, row * width, (row + 1) * width, isPlain)) continue;
        if (faults.get(row) !== undefined) continue;
        const lead = leads?.[row] ?? -1;
        if (lead >= 0 && !settle(row, lead)) continue;
        for (let i = 0; i < width; i++) if (i !== lead && !settle(row, i)) break;
      }
      return region;
    };
  }

  /** The angle in [0, pi] that a number of the file is, in radians; a little above pi counts as pi, and its row once. */
  private angleOf(value: number, text: () => string, line: number, name: string, isCosine?: () => boolean): number {
    const inDegrees = this.toRadians !== undefined;
    const theta = this.toRadians === undefined ? value : this.toRadians(value);
    if (isAngle(theta)) return theta;
    angleFrom(theta, text, name, inDegrees, inDegrees ? undefined : isCosine);
    if (line !== this.lastClamped) this.clampedRows++;
    this.lastClamped = line;
    return Math.PI;
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
    const other = more === undefined ? otherDelimiter(only, this.separator) : undefined;
    if (other !== undefined) return new DataError(`${fault}, and the header holds ${other}: give --delimiter ${other}`);
    const headless = this.headless();
    return new DataError(
      fault + (headless === undefined ? suggestion(name, this.names.map(fromBytes)) : `: ${headless}`),
    );
  }

  /** What to do where the first line seems to be no header. */
  private headless(): string | undefined {
    const [first = ""] = this.names;
    if (this.separator === "") return undefined;
    if (/^#[^A-Z]/.test(first)) return "the first line begins with #: for comments give --comment '#'";
    const isNumber = (name: string) => isDecimal(this.decimalComma ? name.replace(",", ".") : name);
    const isData = this.names.every(isNumber) || this.names.some((name) => isNumber(name) && /[.,]/.test(name));
    return isData ? "the first line holds numbers: write a header before it, which names the columns" : undefined;
  }
}

function areAll(values: Float64Array, from: number, to: number, test: (x: number) => boolean): boolean {
  for (let i = from; i < to; i++) if (!test(values[i]!)) return false;
  return true;
}

/** Does what may find a row at fault; false: it did. */
function attempt(
  row: number,
  faults: Faults,
  action: () => void,
  worded: (reason: string) => string = (reason) => reason,
): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!(error instanceof DataError || error instanceof ParameterError)) throw error;
    faults.set(row, worded(error.message));
    return false;
  }
}

/** The numbers of one column. */
const one = (region: Region): InputValues<number> => ({
  access: () => {
    const values = region.numbers(region.size / 8);
    return (row) => values[row]!;
  },
  address: region.address,
});
