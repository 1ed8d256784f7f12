import { ParameterError } from "../core/errors.ts";
import { RowError } from "../data/errors.ts";
import type { Lines, RawRecord } from "../data/record.ts";
import type { Block, Cell, Row } from "../render/result.ts";
import type { BadRows } from "./bad-rows.ts";
import type { Header, Reader } from "./header.ts";
import { choices, shownColumns, type Work } from "./rows.ts";

type Readers = readonly (Reader<unknown> | undefined)[];

/** What reads each input that comes from the file. */
export const readersOf = ({ inputs }: Work, header: Header): Readers =>
  inputs.map(({ source }) => (typeof source === "function" ? source(header) : undefined));

/** Computes the numbers of plain lines together, where each has one and it follows from one cell, which is the last input. */
export function numberTaker(work: Work, readers: Readers, { names }: Header) {
  const [choice, another] = choices(work);
  const last = readers.length - 1;
  const cell = readers[last]?.cell;
  const isOnly = another === undefined && readers.findIndex((reader) => reader !== undefined) === last;
  if (work.number === undefined || choice === undefined || cell === undefined || !isOnly) return undefined;
  const numberOf: (value: number) => number = work.number.bind(undefined, ...choice.values.slice(0, last));
  return (write: NonNullable<Parameters<Block>[1]>) => (lines: Lines) => {
    const column = lines.numbers(cell, names.length);
    let count = 0;
    for (; count < column.length; count++) {
      const value = numberOf(column[count]!);
      // The line is then visited alone, which tells what is unusual about it.
      if (Number.isNaN(value)) break;
      column[count] = value;
    }
    if (count > 0) write(lines, count);
  };
}

/** Shows the rows of one record: those of every choice of the given values, or what is left of a bad one. */
export function rowVisitor(work: Work, readers: Readers, header: Header, bad: BadRows) {
  const read = readers.flatMap((reader, i) => (reader === undefined ? [] : [i]));
  const given = [...choices(work)];
  const computed: Iterable<Row>[] = [];
  const empty = [...shownColumns(work), ...work.columns].map(() => null);
  const columns = header.names.length;
  return (record: RawRecord, visit: Parameters<Block>[0]): void => {
    try {
      if (record.fault !== undefined) throw new RowError(record.line, record.fault);
      if (record.size !== columns) throw header.ragged(record);
      for (let c = 0; c < given.length; c++) {
        const { values } = given[c]!;
        for (let i = 0; i < read.length; i++) values[read[i]!] = readers[read[i]!]!(record);
        computed[c] = work.compute(...values);
      }
      // All is computed before the first row is shown: a record that is bad for one choice is bad.
      for (let c = 0; c < given.length; c++) {
        for (const row of computed[c]!) visit(behind(given[c]!.lead, row), record);
      }
    } catch (error) {
      const fault = error instanceof ParameterError ? new RowError(record.line, error.message) : error;
      if (!(fault instanceof RowError)) throw fault;
      if (bad.take(fault, record.size > header.names.length)) visit(empty, header.padded(record));
    }
  };
}

const scratch: Cell[] = [];

/** The row with the lead before it, in one array that serves all rows in turn. */
function behind(lead: readonly Cell[], row: Row): Row {
  if (lead.length === 0) return row;
  if (scratch.length !== lead.length + row.length) scratch.length = lead.length + row.length;
  for (let i = 0; i < lead.length; i++) scratch[i] = lead[i]!;
  for (let i = 0; i < row.length; i++) scratch[lead.length + i] = row[i]!;
  return scratch;
}
