import type { AuditTable } from "../audit/audit.ts";
import { LARGEST, requireWithin } from "../core/errors.ts";
import { UsageError } from "../data/errors.ts";
import { isColumn } from "../rows/computation.ts";
import { fileValues } from "../rows/file-rows.ts";
import type { Header, Reader } from "../rows/header.ts";
import { fileOptions, option, orColumn, pick, type ValuesOf } from "./options.ts";
import { column, positive } from "./parse.ts";

/** The options that say where the table of an audit stands. */
export const auditTableOptions = {
  theta: option("@column", "the column of angles (default @theta; with --loss the target angles)", column),
  cosine: option("@column", "the column of cosines that the program was given, in place of angles", column),
  ...pick("value", "gradient"),
  scale: orColumn(option("number", "the scale of the logits, in values and slopes (default 1)", positive)),
  ...fileOptions,
};

/** The table of an audit, and what is to be said of its rows. */
export async function auditTable(values: ValuesOf<typeof auditTableOptions>, input: string) {
  const { theta, cosine, value = { column: "value" }, gradient, scale } = values;
  if (theta !== undefined && cosine !== undefined)
    throw new UsageError("--theta and --cosine both name the angles: use one");
  const columns = gradient === undefined ? [value] : [value, gradient];
  const reading = await fileValues(
    (header): Reader<number>[] => [
      cosine === undefined ? angleOf(header, theta?.column ?? "theta") : cosineOf(header, cosine.column),
      ...columns.map(({ column }) => header.anyNumber(column)),
      ...(isColumn(scale) ? [header.number(scale.column, requireScale)] : []),
    ],
    (...row: readonly number[]) => row,
    values,
    input,
  );
  const rows: (readonly number[])[] = [];
  for await (const found of reading.values) for (const { value } of found) if (value !== undefined) rows.push(value);
  const columnAt = (i: number) => Float64Array.from(rows, (row) => row[i]!);
  const table: AuditTable = {
    theta: cosine === undefined ? columnAt(0) : columnAt(0).map(Math.acos),
    exactCosines: cosine !== undefined,
    value: columnAt(1),
    gradient: gradient && columnAt(2),
    scale: isColumn(scale) ? columnAt(1 + columns.length) : scale,
  };
  return { table, warnings: reading.warnings() };
}

const requireScale = (scale: number) => requireWithin("scale", scale, Number.MIN_VALUE, LARGEST);

const cosineOf = (header: Header, name: string) => header.number(name, (c) => requireWithin("a cosine", c, -1, 1));

/** Angles; the fault of a negative one says where cosines go. */
function angleOf(header: Header, name: string): Reader<number> {
  const read = header.angle(name);
  return (batch, faults) => {
    const before = new Set(faults.keys());
    const angles = read(batch, faults);
    for (const [row, fault] of faults)
      if (!before.has(row) && fault.includes("lies below 0"))
        faults.set(row, `${fault.replace(/; these look like.*/, "")}; for cosines give --cosine @${name}`);
    return angles;
  };
}
