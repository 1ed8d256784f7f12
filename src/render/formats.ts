/** The formats that --format names. */
export const formats = ["table", "csv", "tsv", "json", "jsonl"] as const;
export type Format = (typeof formats)[number];

/** Pictures of a chart, named by the ending of their file. */
export const pictures = ["svg", "html", "vl.json"] as const;
export type Picture = (typeof pictures)[number];

/** How a result is written: Parquet too, by the ending of the file. */
export type Written = Format | Picture | "parquet";

export const isPicture = (format: Written): format is Picture => pictures.some((picture) => picture === format);

/** Is it the name of a Parquet file? */
export const isParquet = (path = ""): boolean => /\.parquet$/i.test(path);

/** The format of text that the ending of a file names, if it names one. */
export function formatOf(path = ""): Format | undefined {
  const [, ending] = /\.(\w+)$/.exec(path.toLowerCase()) ?? [];
  return ending === "ndjson" ? "jsonl" : formats.find((format) => format === ending && format !== "table");
}

/** Significant digits of the numbers in pictures. */
export const PICTURE_DIGITS = 6;
