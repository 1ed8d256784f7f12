import { fromBytes, toBytes } from "../data/bytes.ts";
import { DataError } from "../data/errors.ts";
import { shortened } from "../data/shown.ts";

/** Classes that are no whole numbers are numbered from here on. */
const FIRST_NAMED = 2 ** 52;

export type ClassNames = ReturnType<typeof classNames>;

/**
 * Numbers for classes. Where a note lists their names (told), the number of a class is its place in the
 * list; else classes are whole numbers, which are kept. Where there is no note (told is undefined),
 * other names are numbered in the order in which they occur.
 */
export function classNames(told: readonly string[] | null | undefined) {
  const names = [...(told ?? [])];
  const numbers = new Map(told?.map((name, i) => [toBytes(name), i]));
  const areKnown = Array.isArray(told);
  const areNumbers = told === null;

  function newNumber(bytes: string): number {
    const whole = areKnown ? Number.NaN : Number(bytes);
    if (Number.isSafeInteger(whole) && `${whole}` === bytes) return whole;
    if (areKnown || areNumbers)
      throw new DataError(`"${shortened(fromBytes(bytes))}" is none of the classes that were measured`);
    return FIRST_NAMED + names.push(fromBytes(bytes)) - 1;
  }

  const nameOf = (index: number): string | number => names[areKnown ? index : index - FIRST_NAMED] ?? index;

  return {
    nameOf,
    /** The number of a class by the bytes of its name. Throws DataError for one that is not known. */
    indexOf(bytes: string): number {
      const known = numbers.get(bytes);
      if (known !== undefined) return known;
      const found = newNumber(bytes);
      numbers.set(bytes, found);
      return found;
    },
    /**
     * The order of classes of the same figures: that of their numbers where a
     * note tells them, else by name, the shorter first.
     */
    compare(i: number, j: number): number {
      if (areKnown || areNumbers) return i - j;
      const [one, other] = [`${nameOf(i)}`, `${nameOf(j)}`];
      return one.length - other.length || (one < other ? -1 : 1);
    },
  };
}
