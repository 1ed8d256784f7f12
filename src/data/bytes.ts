/** Text whose characters are bytes, read as UTF-8. */
export const fromBytes = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** The UTF-8 bytes of a text, one character each. */
export const toBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** Removes the spaces around a text whose characters are bytes of UTF-8, also spaces of several bytes. */
export function trimmed(bytes: string): string {
  if (isVisible(bytes.charCodeAt(0)) && isVisible(bytes.charCodeAt(bytes.length - 1))) return bytes;
  const text = fromBytes(bytes);
  const [start, end] = [text.length - text.trimStart().length, text.trimEnd().length];
  return bytes.slice(Buffer.byteLength(text.slice(0, start)), bytes.length - Buffer.byteLength(text.slice(end)));
}

const isVisible = (byte: number) => byte > 0x20 && byte < 0x7f;

/** Gives what quotes a field that holds the delimiter, a quote or a line end. */
export function quoter(delimiter: string): (field: string) => string {
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, "\\$&")}]`);
  return (field) => (special.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
}
