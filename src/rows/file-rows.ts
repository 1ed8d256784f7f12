import type { Message } from "../core/message.ts";
import type { Batch } from "../data/batch.ts";
import { toBytes } from "../data/bytes.ts";
import { nameOf, sizeOf } from "../data/file.ts";
import { openTable } from "../data/open-table.ts";
import { type FilePart, remaining } from "../data/table.ts";
import type { Cell, Row, RowBatch, RowsResult, RowTally } from "../render/result.ts";
import { type BadRows, badRows } from "./bad-rows.ts";
import { choices, endOf, type NamedCounts, type RowOptions, shownColumns, type Work } from "./computation.ts";
import { type Faults, faultOf, Header, type Reader } from "./header.ts";

/**
 * Files above this size, in bytes, gain from threads that start at once: most
 * of the file is still unread when they are ready.
 */
const LONG = 2 ** 24;

/**
 * Opens a file: its table, its header, the counts of its bad rows, and what threads share (its parts, and their
 * counts). In a worker, names are the column names, which the main thread has read.
 */
export async function openRows(path: string, options: RowOptions, names?: readonly string[], counts: NamedCounts = {}) {
  const file = nameOf(path);
  const table = await openTable(path, options, names);
  const header = new Header(table, file, options);
  const bad = badRows(file, options.badRows);
  const source = {
    ...table,
    isLong: sizeOf(path) > LONG && table.isWhole !== true,
    takeTally: () => {
      const tally = { ...bad.taken(), clamped: header.takeClamped(), counts: { ...counts } };
      for (const name of Object.keys(counts)) counts[name] = 0;
      return tally;
    },
    addTally: (tally: RowTally) => {
      bad.add(tally.bad, tally.badLines);
      header.clampedRows += tally.clamped;
      for (const [name, count] of Object.entries(tally.counts)) counts[name]! += count;
    },
  };
  return { table, header, bad, source, warnings: () => [...bad.warnings(), ...header.warnings()] };
}

/** The faults of a batch, to which those that readers find are added. */
export const faultsOf = (batch: Batch): Faults => new Map(batch.faults);

type Visit = (row: number) => void;

/**
 * Calls compute for each row without a fault, and keep for each bad row that is kept;
 * returns the error with which a bad row ends the program.
 */
export function visitRows(batch: Batch, faults: Faults, bad: BadRows, compute: Visit, keep: Visit): unknown {
  for (let row = 0; row < batch.size; row++) {
    const fault = faults.get(row) ?? faultOf(compute, row);
    if (fault === undefined) continue;
    try {
      if (bad.take(batch.line(row), fault, batch.isLong(row))) keep(row);
    } catch (stop) {
      return stop;
    }
  }
  return undefined;
}

/** Calls take with the list of inputs of each good row of a file, in order; returns the warnings about the file. */
export async function readRows<T extends readonly unknown[]>(
  inputs: (header: Header) => { readonly [I in keyof T]: Reader<T[I]> },
  take: (values: T) => void,
  options: RowOptions,
  path: string,
): Promise<Message[]> {
  const { table, header, bad, warnings } = await openRows(path, options);
  const readers: readonly Reader<unknown>[] = inputs(header);
  for await (const part of remaining(table.parts)) {
    for await (const batch of table.batches(part)) {
      const faults = faultsOf(batch);
      const at = readers.map((reader) => reader(batch, faults).at);
      const takeRow = (row: number) => take(at.map((get) => get(row)) as unknown as T);
      const stop = visitRows(batch, faults, bad, takeRow, () => {});
      if (stop !== undefined) throw stop;
    }
  }
  return warnings();
}

/**
 * The rows of a computation over a file: the cells of each row, then what was computed of
 * it. In a worker, names are the column names of the file.
 */
export async function fileRows(work: Work, options: RowOptions, path: string, names?: readonly string[]) {
  const { table, header, bad, source, warnings } = await openRows(path, options, names, work.counts);
  const computed = rowComputer(work, header, bad);
  async function* rowsOf(part: FilePart): AsyncGenerator<RowBatch> {
    for await (const batch of table.batches(part)) yield* computed(batch);
  }
  async function* batches(): AsyncGenerator<RowBatch> {
    for await (const part of remaining(table.parts)) yield* rowsOf(part);
  }
  const passed = header.names.map((name) => ({ name, kind: "bytes" as const }));
  const prefix = toBytes(options.prefix ?? "");
  const added = [...shownColumns(work), ...work.columns].map((column) => ({ ...column, name: prefix + column.name }));
  return {
    kind: "rows",
    columns: [...passed, ...added],
    inputColumns: passed.length,
    batches: batches(),
    end: () => endOf(work, warnings(), bad.kept()),
    source: { ...source, rowsOf },
  } satisfies RowsResult;
}

/**
 * Computes the rows of a batch: for each input row one per choice of the given
 * values; a bad row that is kept has empty computed cells.
 */
function rowComputer(work: Work, header: Header, bad: BadRows): (batch: Batch) => Iterable<RowBatch> {
  const readers = work.inputs.map(({ source }) => (typeof source === "function" ? source(header) : undefined));
  const given = [...choices(work)];
  const width = shownColumns(work).length + work.columns.length;
  return function* (batch) {
    const faults = faultsOf(batch);
    const read = readers.map((reader) => reader?.(batch, faults));
    const column = read.at(-1)?.column;
    if (column !== undefined && readers[0] === undefined && faults.size === 0 && given.length === 1) {
      const [{ values, lead }] = given as [(typeof given)[number]];
      const columns = work.ofColumn?.(values[0], column, batch.size);
      if (columns) {
        const shown = lead.map((cell) => Array<Cell>(batch.size).fill(cell));
        return yield { size: batch.size, input: { batch }, columns: [...shown, ...columns] };
      }
    }
    const at = read.map((values) => values?.at);
    const rows: number[] = [];
    const columns = Array.from({ length: width }, (): Cell[] => []);
    const push = (row: number, lead: Row, cells: Row) => {
      rows.push(row);
      for (let i = 0; i < lead.length; i++) columns[i]!.push(lead[i]!);
      for (let i = lead.length; i < width; i++) columns[i]!.push(cells[i - lead.length] ?? null);
    };
    const compute = (row: number) => {
      // All is computed before the first row is kept: a row that is bad for one choice is bad.
      const found = given.map(({ values }) => {
        for (let i = 0; i < values.length; i++) if (at[i] !== undefined) values[i] = at[i]!(row);
        return work.compute(...values);
      });
      for (const [c, some] of found.entries()) for (const cells of some) push(row, given[c]!.lead, cells);
    };
    const stop = visitRows(batch, faults, bad, compute, (row) => push(row, [], []));
    // The rows before the one that stops the program are not lost.
    yield { size: rows.length, input: { batch, rows: Int32Array.from(rows) }, columns };
    if (stop !== undefined) throw stop;
  };
}
