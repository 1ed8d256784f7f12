import type { SchemaElement } from "hyparquet";

/** How the values of a column are stored, and what they stand for, as a Parquet file describes it. */
export type StoredType = Omit<SchemaElement, "name" | "repetition_type" | "num_children">;

/**
 * The types of columns that are computed. Their values: numbers; whole numbers of 32 bits; booleans; UTF-8 as bytes.
 */
export const storedTypes = {
  number: { type: "DOUBLE" },
  integer: { type: "INT32" },
  boolean: { type: "BOOLEAN" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
} as const satisfies Record<string, StoredType>;

/** Are the values what is stored: numbers, booleans, text or bytes? */
export const isPlain = ({ converted_type, logical_type }: StoredType) =>
  (logical_type?.type ?? "STRING") === "STRING" && (converted_type ?? "UTF8") === "UTF8";
