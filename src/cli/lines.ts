/** Texts in lines of a given width, and command lines. */

/** Characters beside a name that its text gets at least; on a narrower screen it stands below the name. */
const LEAST_WIDTH = 20;

/** A text in lines of at most width characters, broken at spaces; a longer word has a line of its own. */
export const wordWrapped = (text: string, width: number): readonly string[] =>
  Number.isFinite(width) ? (text.match(RegExp(`\\S.{0,${Math.max(1, width) - 1}}(?= |$)|\\S+`, "g")) ?? []) : [text];

/** A name and its text as lines: the text from the column indent on, or below the name where that leaves too little. */
export function item(name: string, text: string, indent: number, width: number): string {
  const isBeside = width - indent >= Math.min(LEAST_WIDTH, text.length);
  const from = isBeside ? indent : 6;
  const lines = wordWrapped(text, width - from).join(`\n${" ".repeat(from)}`);
  return `  ${name}`.padEnd(isBeside ? indent : 0) + (isBeside ? lines : `\n${" ".repeat(from)}${lines}`);
}

/** Names and texts as two columns, one below the other where the screen is narrow. */
export function items(rows: readonly (readonly [string, string])[], width = Number.POSITIVE_INFINITY): string {
  const indent = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.map(([name, text]) => `${item(name, text, indent, width)}\n`).join("");
}

/** A command line as a shell reads it. */
export const commandLine = (args: readonly string[]): string =>
  ["asoftmax", ...args]
    .map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`))
    .join(" ");
