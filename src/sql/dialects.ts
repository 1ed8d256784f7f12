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
  /** A column of numbers or of text as doubles; NULL where a cell is not a number. */
  readonly number: (column: string) => string;
  /** Numbers the rows of a table, in any order. */
  readonly rowNumber: string;
  /** All columns of a table, as ROW_OF, to be kept in the column or columns of a subquery. */
  readonly whole: string;
  /** The columns of the table again, from that subquery. */
  readonly kept: (subquery: string) => string;
  /**
   * A FROM clause: each row of a subquery with the whole of a table once for each column
   * whose name meets a condition, with the name in NAME and the cell in VALUE. Where no
   * column does it is an error, or each row once with NULL in both.
   */
  readonly unpivot: (subquery: string, picked: (name: string) => string) => string;
  /** The cell in VALUE as a double, exact where its column is of 32 bits; NULL where it is no number. */
  readonly cell: (table: string) => string;
  /** The aggregate for the i-th of some quantiles of x, numpy's linear interpolation. */
  readonly quantile: (x: string, quantiles: readonly string[], i: number) => string;
  /** A query that gives expressions over the columns of a one-row table, each triple as a row place, measure, value. */
  readonly rows: (table: string, triples: readonly string[]) => string;
}

/** The columns that unpivot adds: the name of a column and its cell. */
export const [NAME, VALUE] = ["asoftmax_name", "asoftmax_value"];
/** What the table is called where its rows are numbered, and the columns that hold their number and their class. */
export const [ROW_OF, ROW, LABEL] = ["asoftmax_table", "asoftmax_row", "asoftmax_label"];

const WHOLE = "asoftmax_whole";
const doubled = (quote: string) => (text: string) => `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;

const standard = {
  identifier: doubled('"'),
  string: doubled("'"),
  rowNumber: "row_number() OVER ()",
  quantile: (x: string, quantiles: readonly string[], i: number) =>
    `percentile_cont(${quantiles[i]}) WITHIN GROUP (ORDER BY ${x})`,
  rows: (table: string, triples: readonly string[]) => `SELECT r.place, r.measure, r.value
FROM ${table} CROSS JOIN LATERAL (VALUES
  ${triples.map((triple) => `(${triple})`).join(",\n  ")}
) AS r(place, measure, value)`,
};

const tried = (column: string) => `TRY_CAST(${column} AS DOUBLE)`;
const NUMBER = "^ *[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)? *$";
const numeric = (column: string) =>
  `CASE WHEN CAST(${column} AS text) ~ '${NUMBER}' THEN CAST(${column} AS double precision) END`;

/** The engines. A new one is one object here. */
export const dialects = {
  duckdb: {
    ...standard,
    double: "DOUBLE",
    text: "VARCHAR",
    define: (name, parameter, body) => `CREATE OR REPLACE MACRO ${name}(${parameter}) AS ${body}`,
    number: tried,
    whole: `${ROW_OF}.*`,
    kept: (subquery) => `${subquery}.* EXCLUDE (${ROW}, ${LABEL})`,
    unpivot: (subquery, picked) =>
      `${subquery} UNPIVOT INCLUDE NULLS (${VALUE} FOR ${NAME} IN (COLUMNS(lambda c: ${picked("c")})))`,
    cell: () => tried(VALUE),
  },
  postgres: {
    ...standard,
    double: "double precision",
    text: "text",
    define: (name, parameter, body) =>
      `CREATE OR REPLACE FUNCTION ${name}(${parameter} double precision) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ${body}`,
    number: numeric,
    whole: `${ROW_OF} AS ${WHOLE}`,
    kept: (subquery) => `(${subquery}.${WHOLE}).*`,
    // PostgreSQL picks columns by pattern only from a row as json, which keeps doubles and NaN exactly.
    unpivot: (subquery, picked) =>
      `${subquery} AS t LEFT JOIN LATERAL jsonb_each_text(to_jsonb(${WHOLE})) AS e(${NAME}, ${VALUE}) ON ${picked(NAME)}`,
    // The json of a real holds its shortest decimal, which is another double.
    cell: (table) => `CASE WHEN ${NAME} IN (
      SELECT attname FROM pg_attribute WHERE attrelid = ${doubled("'")(table)}::regclass AND atttypid = 'real'::regtype
    ) THEN CAST(CAST(${VALUE} AS real) AS double precision) ELSE ${numeric(VALUE)} END`,
  },
  spark: {
    identifier: doubled("`"),
    string: (text) => `'${text.replace(/[\\']/g, "\\$&")}'`,
    double: "DOUBLE",
    text: "STRING",
    // A function of a schema stays; one without is gone with the session.
    define: (name, parameter, body) =>
      `CREATE OR REPLACE ${name.includes("`.`") ? "" : "TEMPORARY "}FUNCTION ${name}(${parameter} DOUBLE) RETURNS DOUBLE RETURN ${body}`,
    number: tried,
    rowNumber: "monotonically_increasing_id()",
    whole: `struct(${ROW_OF}.*) AS ${WHOLE}`,
    kept: (subquery) => `${subquery}.${WHOLE}.*`,
    unpivot: (subquery, picked) => `(
    SELECT *, from_json(to_json(${WHOLE}, map('ignoreNullFields', 'false')), 'map<string,string>') AS asoftmax_json
    FROM ${subquery}
  ) LATERAL VIEW OUTER explode(map_filter(asoftmax_json, (name, value) -> ${picked("name")})) AS ${NAME}, ${VALUE}`,
    // The json of a float holds its shortest decimal; typeof gives struct<name:type,...>.
    cell: () =>
      `CASE WHEN position(concat(',', ${NAME}, ':float,') IN translate(typeof(${WHOLE}), '<>', ',,')) > 0
      THEN CAST(TRY_CAST(${VALUE} AS FLOAT) AS DOUBLE) ELSE ${tried(VALUE)} END`,
    // One aggregate computes all quantiles; Spark evaluates it once, since its text is the same for every i.
    quantile: (x, quantiles, i) => `percentile(${x}, array(${quantiles.join(", ")}))[${i}]`,
    rows: (table, triples) => `SELECT stack(${triples.length},
  ${triples.join(",\n  ")}
) AS (place, measure, value)
FROM ${table}`,
  },
} as const satisfies Record<string, Dialect>;

/** A name, or schema.name, as identifiers; double quotes around a part keep its dots. */
export const qualified = (name: string, { identifier }: Dialect): string =>
  name
    .match(/(?<=^|\.)("(?:[^"]|"")+"(?=\.|$)|[^.]*)/g)!
    .map((part) => identifier(/^".+"$/s.test(part) ? part.slice(1, -1).replaceAll('""', '"') : part))
    .join(".");

export type DialectName = keyof typeof dialects;
export const dialectNames = Object.keys(dialects) as DialectName[];
