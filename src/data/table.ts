import type { Batch } from "./batch.ts";
import type { StoredType } from "./stored-types.ts";

/** Formats of files with one row a sample. */
export const inputFormats = ["csv", "tsv", "jsonl", "parquet"] as const;

/**
 * A part of a file that can be read by itself, in any thread: whole records as text, or a row group and about how many
 * bytes it takes; and the number of its file where there are several.
 */
export type FilePart = (
  | { readonly bytes: Uint8Array; readonly line: number }
  | { readonly group: number; readonly size: number }
) & { readonly table?: number };

/**
 * The rest of an iterator, after an item that was taken from it before. A loop that ends early
 * leaves the iterator open, unlike for await on the iterator itself.
 */
export async function* remaining<T>(source: AsyncIterator<T>, first?: T): AsyncGenerator<T> {
  if (first !== undefined) yield first;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

/** The items of either kind of iterable, one after another. */
export async function* inTurn<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** Passes items on, after a visit to each. */
export async function* passedOn<T>(items: AsyncIterable<T>, visit: (item: T) => void): AsyncGenerator<T> {
  for await (const item of items) {
    visit(item);
    yield item;
  }
}

/** A file of rows that was opened, read once, from its start. */
export interface OpenTable {
  readonly format: (typeof inputFormats)[number];
  /** What its columns are called, as bytes. */
  readonly names: readonly string[];
  /** The delimiter between its cells, "" where it has none. */
  readonly separator: string;
  /** Of a Parquet file, the type of each column; undefined for one that is nested. */
  readonly stored?: readonly (StoredType | undefined)[];
  /** The parts of the file in order, without its header. */
  readonly parts: AsyncIterator<FilePart>;
  /** Is it known to be a single part? */
  readonly isWhole?: boolean;
  /** The rows of a part; of other columns than these nothing need be known (default: all are). */
  readonly batches: (part: FilePart, columns?: number[]) => AsyncIterable<Batch> | Iterable<Batch>;
  /** How many bytes of the file were read. */
  readonly bytesRead: () => number;
}
