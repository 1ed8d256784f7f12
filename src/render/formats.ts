/** The formats that --format names. */
export const formats = ["table", "csv", "tsv", "json", "jsonl"] as const;
export type Format = (typeof formats)[number];

/** Pictures of a chart, named by the ending of their file. */
export const pictures = ["svg", "html", "vl.json"] as const;
export type Picture = (typeof pictures)[number];

export const isPicture = (format: Format | Picture): format is Picture =>
  pictures.some((picture) => picture === format);

/** Significant digits of what a picture says. */
export const PICTURE_DIGITS = 6;
