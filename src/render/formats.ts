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

const ENDINGS: Readonly<Record<string, Format>> = {
  csv: "csv",
  tsv: "tsv",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
};

/** The format that the ending of a file names, if it is one of text. */
export const formatOf = (path = ""): Format | undefined => ENDINGS[/\.(\w+)$/.exec(path.toLowerCase())?.[1] ?? ""];

/** Significant digits of the numbers in pictures. */
export const PICTURE_DIGITS = 6;
