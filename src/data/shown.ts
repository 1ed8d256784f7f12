/**
 * The characters that are not shown as they are: control characters (C0, DEL, C1), Unicode's
 * line ends, and marks that change the direction of text.
 */
const CONTROLS = /[^ -~\xa0-\u2027\u202f-\u2065\u206a-\uffff]/g;

/** The text with its control characters written as escapes such as \t, \x1b or \u009b, but for those in `kept`. */
export const visible = (text: string, kept = ""): string =>
  text.replace(CONTROLS, (char) => (kept.includes(char) ? char : escapeOf(char)));

function escapeOf(char: string): string {
  const named = { "\t": "\\t", "\n": "\\n", "\r": "\\r" }[char];
  const code = char.charCodeAt(0).toString(16);
  return named ?? (code.length <= 2 && char < "\x80" ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`);
}

/** The most characters that a message quotes. */
const MOST = 200;

/** A text that a message quotes: the middle of a longer one is left out, and counted. */
export function shortened(text: string, most = MOST): string {
  if (text.length <= most) return text;
  const side = Math.floor(most / 2) - 16;
  const left = (text.length - 2 * side).toLocaleString("en");
  return `${text.slice(0, side)} ... ${left} more characters ... ${text.slice(-side)}`;
}

/** Words with commas between; where they are too many for a message, the first of them and how many more there are. */
export function listed(words: readonly string[]): string {
  let shown = "";
  for (const [i, word] of words.entries()) {
    const next = `${i > 0 ? ", " : ""}${shortened(word)}`;
    if (i > 0 && shown.length + next.length > MOST)
      return `${shown}, ... ${(words.length - i).toLocaleString("en")} more`;
    shown += next;
  }
  return shown;
}

/** A message as one line: control characters escaped, and what is longer than anybody reads cut in its middle. */
export function oneLine(message: string): string {
  const shortWords = message.replace(/\S{200,}/g, (word) => shortened(word));
  return visible(shortened(shortWords, 4 * MOST));
}

/** A command or program with FILE and NAME in it replaced, unless the path or the name would have to be quoted. */
export function withNames(command: string, path: string, name = ""): string {
  const isPlain = (text: string) => /^[\w./][\w./-]*$/.test(text);
  return command.replace(/FILE|NAME/g, (word) => {
    const text = word === "FILE" ? path : name;
    return isPlain(text) ? text : word;
  });
}
