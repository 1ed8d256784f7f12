import { fstatSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { visible } from "../data/shown.ts";
import type { Screen } from "../render/screen.ts";
import type { Values } from "./options.ts";

export const STANDARD_WIDTH = 80;
const STANDARD_HEIGHT = 24;

/**
 * The columns of the terminal that is standard output (1) or standard error (2); undefined where it is none. The streams take long
 * to load, so a file or a pipe is recognised before.
 */
export function terminalWidth(descriptor: 1 | 2): number | undefined {
  if (!fstatSync(descriptor).isCharacterDevice()) return undefined;
  const { isTTY, columns } = descriptor === 1 ? process.stdout : process.stderr;
  return isTTY ? columns || STANDARD_WIDTH : undefined;
}

/** Is standard output a terminal? */
export const isOnTerminal = (): boolean => terminalWidth(1) !== undefined;

/** Is standard input a pipe, or a file with something in it? Whether a pipe has anything cannot be seen without taking it. */
export function isFed(): boolean {
  const stats = fstatSync(0);
  return stats.isFIFO() || (stats.isFile() && stats.size > 0);
}

/** The text of a file as a terminal may have it: control characters are escaped, but for line ends and tabs. */
export async function* visiblePieces(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  for await (const piece of pieces) yield visible(decoder.write(Buffer.from(piece)), "\n\t");
}

/** The screen that text goes to: standard output, or a file (never coloured unless asked for). */
export async function screenFor(values: Values<"color">, toFile: boolean): Promise<Screen> {
  const { Chalk, default: chalk } = await import("chalk");
  const terminal = !toFile && isOnTerminal();
  const { columns, rows } = terminal ? process.stdout : {};
  const colored = wantsColor(values, terminal);
  const { env } = process;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    width: columns || STANDARD_WIDTH,
    height: rows || STANDARD_HEIGHT,
    unicode: /utf-?8/i.test(locale) && env.TERM !== "dumb",
    colors: new Chalk({ level: colored ? chalk.level || 1 : 0 }),
  };
}

/** --color and --no-color, then NO_COLOR, then FORCE_COLOR, then whether standard output is a terminal. */
function wantsColor({ color }: Values<"color">, terminal: boolean): boolean {
  if (color !== undefined) return color;
  if (process.env.NO_COLOR) return false;
  const forced = process.env.FORCE_COLOR;
  if (forced) return forced !== "0" && forced !== "false";
  return terminal && process.env.TERM !== "dumb";
}
