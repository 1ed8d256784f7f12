import type { Dialect } from "./dialects.ts";

/** SQL expressions by the name of their column. */
export type Named = Record<string, string>;

export const select = (columns: readonly string[], from: string): string =>
  `  SELECT\n    ${columns.join(",\n    ")}\n  FROM ${from}`;

/** A named subquery of WITH: asoftmax_ and this name, which no table of the user has. */
export const part = (name: string, columns: readonly string[], from: string): string =>
  `asoftmax_${name} AS (\n${select(columns, from)}\n)`;

export const named = (columns: Named, written = (name: string) => name): string[] =>
  Object.entries(columns).map(([name, sql]) => `${sql} AS ${written(name)}`);

export const countWhere = (condition: string): string => `count(*) FILTER (WHERE ${condition})`;

/** A class as text: without .0 where it is a whole number of a float or decimal type. */
export function classSql(column: string, { text }: Dialect): string {
  const x = `CAST(${column} AS ${text})`;
  return `CASE WHEN ${x} LIKE '%.0%' AND translate(${x}, '-0123456789', '') = '.' THEN regexp_replace(${x}, '[.]0*$', '') ELSE ${x} END`;
}
