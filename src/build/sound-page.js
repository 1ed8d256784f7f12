/** The most values of a page: an array of more would take gigabytes. */
const MOST_VALUES = 2 ** 26;

/**
 * Checks what the header of a Parquet page says against the bytes that are left of its column
 * chunk and against the values that the chunk says it has. Throws an Error for a length or a
 * count that is missing, is no whole number, or goes beyond.
 */
export function requireSoundPage(header, bytesLeft, chunk) {
  within("compressed size", header.compressed_page_size, bytesLeft);
  within("uncompressed size", header.uncompressed_page_size, 2 ** 31);
  const v2 = header.type === "DATA_PAGE_V2" && header.data_page_header_v2;
  const counted = v2 || (header.type === "DATA_PAGE" ? header.data_page_header : header.dictionary_page_header);
  if (!counted) return;
  const { num_values } = counted;
  within(
    "number of values",
    num_values,
    counted === header.dictionary_page_header ? 2 ** 31 : Number(chunk.num_values),
  );
  within("number of values", num_values, MOST_VALUES);
  if (!v2) return;
  const { repetition_levels_byte_length, definition_levels_byte_length } = v2;
  const smaller = Math.min(header.compressed_page_size, header.uncompressed_page_size);
  within("number of rows", v2.num_rows, num_values);
  within("number of nulls", v2.num_nulls, num_values);
  within("length of repetition levels", repetition_levels_byte_length, smaller);
  within("length of definition levels", definition_levels_byte_length, smaller - repetition_levels_byte_length);
}

function within(what, value, most) {
  if (!(Number.isSafeInteger(value) && value >= 0 && value <= most))
    throw new Error(`the ${what} of a page ${Number.isFinite(value) ? `cannot be ${value}` : "is no number"}`);
}
