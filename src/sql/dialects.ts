/** The SQL that differs between engines. */
export interface Dialect {
  /** A name of any characters as an identifier. */
  readonly identifier: (name: string) => string;
  /** A text of any characters as a literal. */
  readonly string: (text: string) => string;
  readonly double: string;
  readonly text: string;
  /** The statement that names an expression over one parameter. */
  readonly define: (name: string, parameter: string, body: string) => string;
  /** Numbers the rows of a table, in any order. */
  readonly rowNumber: string;
  /**
   * A FROM clause: each row of a table once for each column whose name meets a condition, with the name in NAME and the cell in VALUE.
   * Where no column does it is an error, or each row once with NULL in both.
   */
  readonly unpivot: (table: string, picked: (name: string) => string) => string;
  /** The aggregate for the i-th of some quantiles of x, numpy's linear interpolation. */
  readonly quantile: (x: string, quantiles: readonly string[], i: number) => string;
  /** A query that gives the columns of a one-row table as rows measure, value. */
  readonly rows: (table: string, pairs: readonly string[]) => string;
}

/** The columns that unpivot adds: the name of a column and its cell. */
export const [NAME, VALUE] = ["asoftmax_name", "asoftmax_value"];

const doubled = (quote: string) => (text: string) => `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;

const standard = {
  identifier: doubled('"'),
  string: doubled("'"),
  rowNumber: "row_number() OVER ()",
  quantile: (x: string, quantiles: readonly string[], i: number) =>
    `percentile_cont(${quantiles[i]}) WITHIN GROUP (ORDER BY ${x})`,
  rows: (table: string, pairs: readonly string[]) => `SELECT r.measure, r.value
FROM ${table} CROSS JOIN LATERAL (VALUES
  ${pairs.map((pair) => `(${pair})`).join(",\n  ")}
) AS r(measure, value)`,
};

/** The engines. A new one is one object here. */
export const dialects = {
  duckdb: {
    ...standard,
    double: "DOUBLE",
    text: "VARCHAR",
    define: (name, parameter, body) => `CREATE OR REPLACE MACRO ${name}(${parameter}) AS ${body}`,
    unpivot: (table, picked) =>
      `${table} UNPIVOT INCLUDE NULLS (${VALUE} FOR ${NAME} IN (COLUMNS(lambda c: ${picked("c")})))`,
  },
  postgres: {
    ...standard,
    double: "double precision",
    text: "text",
    define: (name, parameter, body) =>
      `CREATE OR REPLACE FUNCTION ${name}(${parameter} double precision) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ${body}`,
    // PostgreSQL picks columns by pattern only from a row as json, which keeps doubles and NaN exactly.
    unpivot: (table, picked) =>
      `${table} AS t LEFT JOIN LATERAL jsonb_each_text(to_jsonb(t)) AS e(${NAME}, ${VALUE}) ON ${picked(NAME)}`,
  },
  spark: {
    identifier: doubled("`"),
    string: (text) => `'${text.replace(/[\\']/g, "\\$&")}'`,
    double: "DOUBLE",
    text: "STRING",
    define: (name, parameter, body) =>
      `CREATE OR REPLACE TEMPORARY FUNCTION ${name}(${parameter} DOUBLE) RETURNS DOUBLE RETURN ${body}`,
    rowNumber: "monotonically_increasing_id()",
    unpivot: (table, picked) => `(
    SELECT *, from_json(to_json(struct(*), map('ignoreNullFields', 'false')), 'map<string,string>') AS asoftmax_json
    FROM ${table}
  ) LATERAL VIEW OUTER explode(map_filter(asoftmax_json, (name, value) -> ${picked("name")})) AS ${NAME}, ${VALUE}`,
    // One aggregate gives them all: Spark sees that it is the same for every i.
    quantile: (x, quantiles, i) => `percentile(${x}, array(${quantiles.join(", ")}))[${i}]`,
    rows: (table, pairs) => `SELECT stack(${pairs.length},
  ${pairs.join(",\n  ")}
) AS (measure, value)
FROM ${table}`,
  },
} as const satisfies Record<string, Dialect>;

export type DialectName = keyof typeof dialects;
export const dialectNames = Object.keys(dialects) as DialectName[];
