import { fromBytes, toBytes } from "../data/bytes.ts";
import { DataError } from "../data/errors.ts";
import { shortened } from "../data/shown.ts";

/** Classes that are no whole numbers are numbered from here on. */
const FIRST_NAMED = 2 ** 52;

/**
 * Numbers for classes: their places where a note tells their names, else the whole numbers that they are. Where there is no note (names are undefined),
 * other names are numbered as they come.
 */
export class ClassNames {
  readonly #names: string[];
  readonly #numbers: Map<string, number>;
  readonly #areKnown: boolean;
  readonly #areNumbers: boolean;

  constructor(names: readonly string[] | null | undefined) {
    this.#names = [...(names ?? [])];
    this.#numbers = new Map(names?.map((name, i) => [toBytes(name), i]));
    this.#areKnown = Array.isArray(names);
    this.#areNumbers = names === null;
  }

  /** The number of a class by the bytes of its name. Throws DataError for one that is not known. */
  indexOf(bytes: string): number {
    let known = this.#numbers.get(bytes);
    if (known === undefined) {
      known = this.#newNumber(bytes);
      this.#numbers.set(bytes, known);
    }
    return known;
  }

  #newNumber(bytes: string): number {
    const whole = this.#areKnown ? Number.NaN : Number(bytes);
    if (Number.isSafeInteger(whole) && `${whole}` === bytes) return whole;
    if (this.#areKnown || this.#areNumbers)
      throw new DataError(`"${shortened(fromBytes(bytes))}" is none of the classes that were measured`);
    return FIRST_NAMED + this.#names.push(fromBytes(bytes)) - 1;
  }

  /** The order of classes of the same figures: that of their numbers where a note tells them, else by name, the shorter first. */
  compare(i: number, j: number): number {
    if (this.#areKnown || this.#areNumbers) return i - j;
    const [one, other] = [`${this.nameOf(i)}`, `${this.nameOf(j)}`];
    return one.length - other.length || (one < other ? -1 : 1);
  }

  nameOf(index: number): string | number {
    if (this.#areKnown) return this.#names[index]!;
    return index >= FIRST_NAMED ? this.#names[index - FIRST_NAMED]! : index;
  }
}
