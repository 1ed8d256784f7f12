import { fstatSync, statSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { visible } from "../data/shown.ts";
import type { Screen } from "../render/screen.ts";
import type { Values } from "./options.ts";

export const STANDARD_WIDTH = 80;
const STANDARD_HEIGHT = 24;

/**
 * Is standard output (or input, 0, or error, 2) a terminal? The streams take long to load,
 * so a file, a pipe and /dev/null are recognised before.
 */
export function isOnTerminal(descriptor: 0 | 1 | 2 = 1): boolean {
  const stats = fstatSync(descriptor);
  if (!stats.isCharacterDevice() || stats.rdev === statSync("/dev/null", { throwIfNoEntry: false })?.rdev) return false;
  return (descriptor === 0 ? process.stdin : streamOf(descriptor)).isTTY === true;
}

const streamOf = (descriptor: 1 | 2) => (descriptor === 1 ? process.stdout : process.stderr);

/** The columns of that terminal; undefined where it is none. */
export const terminalWidth = (descriptor: 1 | 2): number | undefined =>
  isOnTerminal(descriptor) ? streamOf(descriptor).columns || STANDARD_WIDTH : undefined;

/**
 * Is standard input a pipe, or a file with something in it? Whether a pipe
 * has anything cannot be seen without taking it.
 */
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
export async function screenFor(values: Values<"color" | "width" | "height">, toFile: boolean): Promise<Screen> {
  const { Chalk, default: chalk } = await import("chalk");
  const terminal = !toFile && isOnTerminal();
  const { columns, rows } = terminal ? process.stdout : {};
  const colored = wantsColor(values, terminal);
  const { env } = process;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    width: columns || STANDARD_WIDTH,
    height: rows || STANDARD_HEIGHT,
    chartWidth: values.width,
    chartHeight: values.height,
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
