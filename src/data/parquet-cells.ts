import { toBytes } from "./bytes.ts";

/** ISO 8601, with every digit of a count of so many units a millisecond. */
const instantOf = (units: bigint) => (count: bigint) => {
  const rest = ((count % units) + units) % units;
  const digits = String(units + rest).slice(1);
  return new Date(Number((count - rest) / units)).toISOString().replace("Z", `${digits}Z`);
};

/** How values of these types are read: as their text. */
export const parsers = {
  timestampFromMilliseconds: instantOf(1n),
  timestampFromMicroseconds: instantOf(1000n),
  timestampFromNanoseconds: instantOf(1_000_000n),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
  // Its text, not what it stands for.
  jsonFromBytes: (bytes: Uint8Array) => bytes,
};

/** The cell of a value, in bytes: null is empty, what is nested is JSON. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  if (typeof value !== "object") return toBytes(String(value));
  return toBytes(JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item)));
}

/** The decimal with these digits, places of them after the point; many digits come as a big-endian integer. */
export function decimalOf(value: unknown, places: number): string {
  if (value === null || value === undefined) return "";
  const digits =
    value instanceof Uint8Array
      ? BigInt.asIntN(8 * value.length, BigInt(`0x${Buffer.from(value).toString("hex")}`))
      : BigInt(value as number);
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, "0");
  const point = text.length - places;
  return `${digits < 0n ? "-" : ""}${text.slice(0, point)}${places > 0 ? `.${text.slice(point)}` : ""}`;
}
