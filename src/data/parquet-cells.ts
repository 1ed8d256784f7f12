import type { SchemaElement, SchemaTree } from "hyparquet";
import { isListLike, isMapLike } from "hyparquet/src/schema.js";
import { fromBytes, toBytes } from "./bytes.ts";
import { DamageError } from "./errors.ts";

/** The text of a value as it is stored. */
type CellText = (value: unknown) => string;

/** Units of time in a second, by the names of the format. */
const PER_SECOND: Readonly<Record<string, bigint>> = {
  MILLIS: 1000n,
  MICROS: 1_000_000n,
  NANOS: 1_000_000_000n,
};

/** The Gregorian calendar repeats after 400 years of so many days. */
const CYCLE = 146_097;

const DAY_SECONDS = 86_400n;
const two = (n: number) => String(n).padStart(2, "0");

/** The ISO 8601 date so many days after 1970-01-01; years beyond 9999 have a plus, those before 0 a minus. */
function dateText(days: number): string {
  const cycles = Math.floor(days / CYCLE);
  const date = new Date((days - cycles * CYCLE) * 86_400_000);
  const year = date.getUTCFullYear() + 400 * cycles;
  const sign = year < 0 ? "-" : year > 9999 ? "+" : "";
  return `${sign}${String(Math.abs(year)).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** The ISO 8601 time of day, with every digit of its unit. A count beyond a day is no time, and stays a number. */
function timeText(count: bigint, perSecond: bigint): string {
  if (!(count >= 0n && count <= DAY_SECONDS * perSecond)) return String(count);
  const seconds = Number(count / perSecond);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${two(hour)}:${two(minute)}:${two(seconds % 60)}.${String(perSecond + (count % perSecond)).slice(1)}`;
}

/** The ISO 8601 time so many units after 1970-01-01T00:00; zone is "Z" where it is UTC, "" where no zone is known. */
function instantText(count: bigint, perSecond: bigint, zone: string): string {
  const perDay = DAY_SECONDS * perSecond;
  const time = ((count % perDay) + perDay) % perDay;
  return `${dateText(Number((count - time) / perDay))}T${timeText(time, perSecond)}${zone}`;
}

const JULIAN_1970 = 2_440_588n;

/** The time in 12 bytes: a Julian day above the nanoseconds of the day. Its zone is not known. */
function julianText(stored: bigint): string {
  const perSecond = PER_SECOND.NANOS!;
  const days = BigInt.asIntN(32, stored >> 64n) - JULIAN_1970;
  return instantText(days * DAY_SECONDS * perSecond + BigInt.asIntN(64, stored), perSecond, "");
}

/** The ISO 8601 duration in 12 bytes: months, days, milliseconds. */
function intervalText(bytes: Uint8Array): string {
  if (bytes.length !== 12) throw new DamageError(`an interval has ${bytes.length} of 12 bytes`);
  const [months, days, millis] = new Uint32Array(bytes.slice().buffer);
  return `P${months}M${days}DT${millis! / 1000}S`;
}

const utc = (unit: string) => (count: bigint) => instantText(BigInt(count), PER_SECOND[unit]!, "Z");

/** What hyparquet reads by itself: values inside a VARIANT. */
export const parsers = {
  timestampFromMilliseconds: utc("MILLIS"),
  timestampFromMicroseconds: utc("MICROS"),
  timestampFromNanoseconds: utc("NANOS"),
  dateFromDays: dateText,
  // Its text, not what it stands for.
  jsonFromBytes: (bytes: Uint8Array) => bytes,
};

/** More than the digits of the longest decimal that anybody writes. */
const MOST_PLACES = 1000;

/**
 * How values of a type that says more than what is stored are written; undefined for other types. Throws DamageError.
 */
function textOf({ type, converted_type, logical_type, scale }: SchemaElement): CellText | undefined {
  const [kind = "", converted = ""] = converted_type?.split("_") ?? [];
  const logical = { type: kind, unit: converted, isAdjustedToUTC: true, scale, ...logical_type };
  const counted = (text: (count: bigint) => string) => (value: unknown) => text(BigInt(value as bigint));
  const perSecond = PER_SECOND[logical.unit]!;
  if (logical.type === "DECIMAL") {
    const places = scale ?? logical.scale ?? 0;
    if (!(Number.isInteger(places) && places >= 0 && places <= MOST_PLACES))
      throw new DamageError(`a decimal has ${places} places`);
    return (value) => decimalOf(value, places);
  }
  if (logical.type === "DATE") return counted((days) => dateText(Number(days)));
  if (logical.type === "TIME") return counted((count) => timeText(count, perSecond));
  if (logical.type === "TIMESTAMP")
    return counted((count) => instantText(count, perSecond, logical.isAdjustedToUTC ? "Z" : ""));
  if (logical.type === "INTERVAL") return (bytes) => intervalText(bytes as Uint8Array);
  if (logical.type === "BSON") return cellOf;
  return type === "INT96" ? counted(julianText) : undefined;
}

/**
 * What makes text of the values of a column, or of those within its nested values, whose types
 * hyparquet would round, cut or refuse; undefined where they stay as they are. It takes these types
 * from the schema, so that values are read as they are stored.
 */
export function takeText(node: SchemaTree): ((value: unknown) => unknown) | undefined {
  const { element, children } = node;
  if (element.logical_type?.type === "VARIANT") return undefined;
  const [first] = children;
  if (first === undefined) {
    const text = textOf(element);
    if (text) Object.assign(element, { converted_type: undefined, logical_type: undefined });
    return text && eachOf(text);
  }
  if (isListLike(node)) return takeText(first.children.length === 1 ? first.children[0]! : first);
  const isMap = isMapLike(node);
  const texts = (isMap ? first.children : children).map((child) => [child.element.name, takeText(child)] as const);
  if (texts.every(([, text]) => text === undefined)) return undefined;
  const textOfKey = new Map(texts);
  const shown = (key: string, value: unknown) => textOfKey.get(key)?.(value) ?? value;
  const entry = ([key, value]: [string, unknown]) =>
    isMap ? [shown("key", key), shown("value", value)] : [key, shown(key, value)];
  return eachOf((object) => Object.fromEntries(Object.entries(object as object).map(entry)));
}

/** The same for every value of a list, and for none. */
function eachOf(text: (value: unknown) => unknown): (value: unknown) => unknown {
  const each = (value: unknown): unknown => {
    if (value === null || value === undefined) return value;
    return Array.isArray(value) ? value.map(each) : text(value);
  };
  return each;
}

/** The cell of a value, in bytes: null is empty, what is nested is JSON. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString("latin1");
  if (typeof value !== "object") return toBytes(String(value));
  return toBytes(JSON.stringify(value, (_, item) => (isPlain(item) ? item : fromBytes(cellOf(item)))));
}

const isPlain = (item: unknown) => typeof item !== "bigint" && !(item instanceof Uint8Array);

/** The decimal with these digits, places of them after the point; many digits come as a big-endian integer. */
function decimalOf(value: unknown, places: number): string {
  const digits =
    value instanceof Uint8Array
      ? BigInt.asIntN(8 * value.length, BigInt(`0x0${Buffer.from(value).toString("hex")}`))
      : BigInt(value as number);
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, "0");
  const point = text.length - places;
  return `${digits < 0n ? "-" : ""}${text.slice(0, point)}${places > 0 ? `.${text.slice(point)}` : ""}`;
}
