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
import { numberAt, numbersAt } from "../data/fields.ts";
import type { TableOptions } from "../data/open-table.ts";
import { repeated } from "../data/repeated.ts";
import { shortened } from "../data/shown.ts";
import { suggestion } from "../data/suggestion.ts";
import type { OpenTable } from "../data/table.ts";
import { Region } from "../kernels/rows.ts";

/** The bad rows of a batch: by row number, the first fault that was found in it. */
export type Faults = Map<number, string>;

/**
 * Reads an input from every row of a batch that has no fault yet, and adds the faults that it finds. `at` gives the
 * value of a row without a fault, valid until the next. `column` is for ofColumn: the address of the numbers in the
 * memory of the row kernel, or the LabelledAngles.
 */
export type Reader<T> = (
  batch: Batch,
  faults: Faults,
) => { readonly at: (row: number) => T; readonly column?: unknown };

/**
 * Reads some columns as numbers, row after row, and gives the address of the first. Of a row
 * with several faults that of its column in leads comes first.
 */
type NumbersReader = (batch: Batch, faults: Faults, leads?: readonly number[]) => number;

/** Where a number was read; isCosine: may all numbers of its column in the batch be cosines? */
type ReadCell = Readonly<{ text: () => string; batch: Batch; row: number; isCosine: () => boolean }>;

/**
 * A column of angles to one class; the class is called by the bytes of the
 * column's name that the other columns do not share.
 */
export interface ClassColumn {
  readonly name: string;
  readonly index: number;
}

/** What stands before and after the one * of a pattern such as theta_*; undefined for any other text. */
export function classPattern(pattern: string): readonly [before: string, after: string] | undefined {
  const [before = "", after, ...more] = pattern.split("*");
  return after === undefined || more.length > 0 ? undefined : [before, after];
}

const LIKE_COSINES = "; these look like cosines: give their arccosines";

/** The columns of a file, and readers for them. Names outside are text, names inside bytes. */
export class Header {
  readonly names: readonly string[];
  /** The names without spaces around them, and without the # that numpy writes before the first. */
  private readonly bare: readonly string[];
  /** The first column with each name as it stands; where there is none, the first with that bare name. */
  private readonly places: ReadonlyMap<string, number>;
  private readonly separator: string;
  private readonly file: string;
  private readonly inDegrees: boolean;
  private readonly decimalComma: boolean | undefined;
  /** The columns that are read by their names. */
  readonly used = new Set<number>();
  /** Rows with an angle a little above pi. */
  clampedRows = 0;
  /** Those of them in the last batch. */
  private readonly lastClamped = new Set<number>();
  private lastBatch: Batch | undefined;
  /** Is a number of the file an angle as it stands? */
  private readonly isPlain = (x: number) => isAngle(x) && !this.inDegrees;

  constructor({ names, separator }: OpenTable, file: string, options: TableOptions & { readonly degrees?: boolean }) {
    this.names = names;
    this.separator = separator;
    this.file = file;
    this.inDegrees = options.degrees === true;
    this.decimalComma = separator === "" ? undefined : options.decimalComma === true;
    this.bare = names.map((name, i) => trimmed(i === 0 ? name.replace(/^#/, "") : name));
    // Of several places of a name the first stays.
    this.places = new Map([...names, ...this.bare].map((name, i) => [name, i % names.length] as const).reverse());
    this.requireOnce(names, `: ${this.headless() ?? "rename one"}`);
  }

  has(name: string): boolean {
    return this.places.has(toBytes(name));
  }

  /** check gives the number, and throws ParameterError for one outside its domain. */
  number(name: string, check?: (value: number) => number): Reader<number> {
    return one(this.numbers([this.index(name)], numberIn, check));
  }

  /** Several columns of numbers. */
  numbersOf(names: readonly string[]): NumbersReader {
    const columns = names.map((name) => this.index(name));
    return this.numbers(columns, numberIn);
  }

  /** A number that may be NaN or an infinity. */
  anyNumber(name: string): Reader<number> {
    return one(this.numbers([this.index(name)], anyNumberIn));
  }

  /**
   * cosineAdvice is what the fault of an angle below 0 says of cosines; by default it
   * asks for their arccosines where they look like cosines.
   */
  angle(name: string, cosineAdvice?: string): Reader<number> {
    return one(this.angles([this.index(name)], cosineAdvice));
  }

  /** Several angles in one cell, with ; between, or as an array of JSON or of Parquet. */
  angleList(name: string): Reader<ArrayLike<number>> {
    const index = this.index(name);
    const region = new Region();
    return (batch, faults) => {
      batch.numbers([index], region.reserve(8 * batch.size));
      const plain = numbersAt(region.address, batch.size);
      const lists: (readonly number[])[] = [];
      const listIn = (row: number) => {
        const text = () => batch.text(row, index);
        if (!Number.isNaN(plain[row])) return [this.angleOf(plain[row]!, { batch, row, text, isCosine: () => true })];
        const cells = cellsOfList(text());
        const isCosine = () => cells.every((cell) => !(Math.abs(Number(cell)) > 1));
        return cells.map((cell) => {
          const x = numberIn(cell, this.decimalComma);
          return this.isPlain(x) ? x : this.angleOf(x, { batch, row, text: () => cell, isCosine });
        });
      };
      for (let row = 0; row < batch.size; row++) {
        if (faults.has(row)) continue;
        attempt(row, faults, name, () => {
          lists[row] = listIn(row);
        });
      }
      return { at: (row) => lists[row]! };
    };
  }

  angles(columns: readonly number[], cosineAdvice?: string): NumbersReader {
    return this.numbers(columns, numberIn, (value, cell) => this.angleOf(value, cell, cosineAdvice), this.isPlain);
  }

  /**
   * The columns that a pattern such as theta_* matches; the class is what * stands for. theta_y and theta_j are no
   * classes (unless all classes are single letters), nor is the column that holds the target angle or the label.
   */
  classes(pattern: string, target?: string): ClassColumn[] {
    const around = classPattern(toBytes(pattern));
    if (around === undefined)
      throw new UsageError(`--competing: "${pattern}" stands for one column a class: write one *, such as '@theta_*'`);
    const [before, after] = around;
    const left = target === undefined ? undefined : this.places.get(toBytes(target));
    const matches = (column: string) =>
      column.startsWith(before) && column.endsWith(after) && column.length > before.length + after.length;
    const found = this.names.flatMap((given, index) => {
      const column = [this.bare[index]!, given].find(matches);
      if (column === undefined || index === left) return [];
      return [{ column, index, name: column.slice(before.length, column.length - after.length) }];
    });
    if (found.length === 0) throw this.missing(pattern);
    const columns = found.map(({ column }) => column);
    this.requireOnce(columns, ", spaces left out: rename one");
    const letters = found.every(({ name }) => name.length === 1 && name.toLowerCase() !== name.toUpperCase());
    return letters ? found : found.filter(({ column }) => column !== "theta_y" && column !== "theta_j");
  }

  /** The bytes of a cell without spaces around it. */
  text(name: string): (batch: Batch, row: number) => string {
    const index = this.index(name);
    return (batch, row) => trimmed(batch.text(row, index));
  }

  /** How many rows have an angle a little above pi, of those read since this was last asked. */
  takeClamped(): number {
    const taken = this.clampedRows;
    this.clampedRows = 0;
    return taken;
  }

  warnings(): Message[] {
    if (this.clampedRows === 0) return [];
    const rows = message`${this.clampedRows} ${this.clampedRows === 1 ? "row has" : "rows have"}`;
    return [message`${this.file}: ${rows} an angle above pi by at most 1e-6, which counts as pi`];
  }

  /**
   * Where a cell holds no plainly spelt number, spelt gives it from the text; meant, where given, what any number
   * stands for that is not plain. Both throw where it is none.
   */
  private numbers(
    columns: readonly number[],
    spelt: (text: string, decimalComma?: boolean) => number,
    meant?: (value: number, cell: ReadCell) => number,
    isPlain = (x: number) => meant === undefined && !Number.isNaN(x),
  ): NumbersReader {
    const region = new Region();
    const width = columns.length;
    const names = columns.map((column) => fromBytes(this.names[column]!));
    return (batch, faults, leads) => {
      batch.numbers(columns, region.reserve(8 * width * batch.size));
      const values = numbersAt(region.address, width * batch.size);
      /** Columns whose numbers in this batch may all be cosines, as far as it was asked. */
      const cosines: boolean[] = [];
      const areCosines = (i: number) => {
        cosines[i] ??= values.every((y, place) => place % width !== i || !(Math.abs(y) > 1));
        return cosines[i];
      };
      const settle = (row: number, i: number) => {
        const x = values[row * width + i]!;
        if (isPlain(x)) return true;
        const text = () => batch.text(row, columns[i]!);
        return attempt(row, faults, names[i]!, () => {
          const value = Number.isNaN(x) ? spelt(text(), this.decimalComma) : x;
          values[row * width + i] = meant?.(value, { text, batch, row, isCosine: () => areCosines(i) }) ?? value;
        });
      };
      if (areAll(values, 0, values.length, isPlain)) return region.address;
      for (let row = 0; row < batch.size; row++) {
        if (areAll(values, row * width, (row + 1) * width, isPlain) || faults.has(row)) continue;
        const lead = leads?.[row] ?? -1;
        if (lead >= 0 && !settle(row, lead)) continue;
        for (let i = 0; i < width; i++) if (i !== lead && !settle(row, i)) break;
      }
      return region.address;
    };
  }

  /**
   * The angle in [0, pi] that a number of the file is, in radians; a little above pi counts as pi, and its row once.
   */
  private angleOf(value: number, { text, batch, row, isCosine }: ReadCell, cosineAdvice?: string): number {
    const theta = this.inDegrees ? fromDegrees(value) : value;
    if (isAngle(theta)) return theta;
    const looks = () => (this.inDegrees || theta < -1 || !isCosine() ? "" : LIKE_COSINES);
    angleFrom(theta, text(), this.inDegrees, () => cosineAdvice ?? looks());
    if (batch !== this.lastBatch) this.lastClamped.clear();
    this.lastBatch = batch;
    if (!this.lastClamped.has(row)) this.clampedRows++;
    this.lastClamped.add(row);
    return Math.PI;
  }

  private index(name: string): number {
    const index = this.places.get(toBytes(name));
    if (index === undefined) throw this.missing(name);
    this.used.add(index);
    return index;
  }

  private requireOnce(names: readonly string[], advice: string): void {
    const twice = repeated(names);
    if (twice === undefined) return;
    throw new DataError(`${this.file}: the header has two columns named "${shortened(fromBytes(twice))}"${advice}`);
  }

  private missing(name: string): DataError {
    const fault = `${this.file}: there is no column "${name}"`;
    const [only = "", more] = this.names;
    const spaced = only.split(" ").includes(toBytes(name)) ? "' '" : undefined;
    const other = more === undefined ? (otherDelimiter(only, this.separator) ?? spaced) : undefined;
    if (other !== undefined) return new DataError(`${fault}, and the header holds ${other}: give --delimiter ${other}`);
    if (name === "theta_j" && this.bare.some((one) => /^theta_\d+$/.test(one)))
      return new DataError(`${fault}: for a column a class give --competing '@theta_*'`);
    const headless = this.headless();
    const suggested = suggestion(name, this.bare.map(fromBytes));
    if (headless === undefined) return new DataError(fault + suggested);
    // Several names behind a # may be columns, as numpy writes them.
    const areNames = more !== undefined && only.startsWith("#");
    return new DataError(fault + (areNames ? `${suggested} (${headless})` : `: ${headless}`));
  }

  /** What to do where the first line seems to be no header. */
  private headless(): string | undefined {
    const [first = ""] = this.names;
    if (this.separator === "") return undefined;
    if (/^#[^A-Z]/.test(first)) return "the first line begins with #: for comments give --comment '#'";
    if (/^sep=/i.test(first)) return "the first line is the sep= of spreadsheets: take it out";
    const isNumber = (name: string) => isDecimal(this.decimalComma ? name.replace(",", ".") : name);
    const isData = this.names.every(isNumber) || this.names.some((name) => isNumber(name) && /[.,]/.test(name));
    return isData ? "the first line holds numbers: write a header before it, which names the columns" : undefined;
  }
}

/** Numbers with spaces, commas or bars between, not one with a decimal comma. */
const OTHER_LIST = /^(?!\d+,\d+$)\s*[\d.]+(\s*[,|]\s*|\s+)[\d.][\d.,|\s]*$/;

/** The cells of a list with ; between, or of an array. Throws DataError for another list. */
function cellsOfList(text: string): string[] {
  if (OTHER_LIST.test(text))
    throw new DataError(`"${shortened(fromBytes(text))}" is not a decimal number: a list has ; between`);
  if (!(text.startsWith("[") && text.endsWith("]"))) return text.split(";");
  // Integers of 64 bits and decimals of Parquet are quoted there, to keep every digit.
  return text
    .slice(1, -1)
    .split(",")
    .map((cell) => cell.replace(/^\s*"(.*)"\s*$/, "$1"));
}

function areAll(values: Float64Array, from: number, to: number, test: (x: number) => boolean): boolean {
  for (let i = from; i < to; i++) if (!test(values[i]!)) return false;
  return true;
}

/** Runs action; what it throws becomes the fault of the row. False where it threw. */
function attempt(row: number, faults: Faults, column: string, action: () => void): boolean {
  const fault = faultOf(action, row);
  if (fault !== undefined) faults.set(row, `column ${column}: ${fault}`);
  return fault === undefined;
}

/** Runs action on a row; returns the message of a DataError or ParameterError that it throws, else undefined. */
export function faultOf(action: (row: number) => void, row: number): string | undefined {
  try {
    action(row);
  } catch (error) {
    if (error instanceof DataError || error instanceof ParameterError) return error.message;
    throw error;
  }
  return undefined;
}

/** The numbers of one column. */
const one =
  (read: NumbersReader): Reader<number> =>
  (batch, faults) => {
    const address = read(batch, faults);
    return { column: address, at: (row) => numberAt(address, row) };
  };
