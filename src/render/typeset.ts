import { grouped } from "./grouped.ts";

/** The size of the text of pictures, and the height of its lines, in pixels. */
export const [FONT, LINE] = [14, 18];

/** Numbers with at most one decimal, all that can be seen. */
export const px = (x: number): string => `${Math.round(x * 10) / 10}`;

const LETTERS: Readonly<Record<string, string>> = { theta: "θ", lambda: "λ", psi: "ψ", pi: "π" };
const NAMES = /(?<![A-Za-z_])(theta|lambda|psi|pi)(?:_(\w+))?\b/g;

/** Widths of characters of Helvetica, as a share of the font size; all other characters have the width REST. */
const WIDTHS: readonly (readonly [characters: string, width: number])[] = [
  ["ijl'|", 0.23],
  [" .,:;ftI/()[]r-", 0.31],
  ["mwMW%", 0.85],
  ["ABCDEFGHKNOPQRSTUVXYZ", 0.7],
  ["+<>=−≤≥", 0.59],
];
const REST = 0.56;
const CHARACTERS = new Map(WIDTHS.flatMap(([characters, width]) => [...characters].map((one) => [one, width])));

/** Text inside an element or an attribute. */
export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The text with letters for the names theta, lambda, psi and pi, as it reads without subscripts. */
export const spelled = (text: string): string =>
  text
    .replace(NAMES, (_, name: string, sub = "") => LETTERS[name] + sub)
    .replaceAll("<=", "≤")
    .replaceAll(">=", "≥")
    .replace(/(^|[ (=])-(?=[\d. ]|[a-z]\b)/g, "$1−");

/** The text of spelled() as the content of an SVG text element, with subscripts and exponents. */
export function typeset(text: string): string {
  let at = 0;
  const placed = (content: string, to: number) => {
    const [look, dy] = [to === 0 ? "" : ` class="sub"`, to - at];
    at = to;
    return dy === 0 ? escapeXml(content) : `<tspan${look} dy="${dy}">${escapeXml(content)}</tspan>`;
  };
  // At odd places the angles with a subscript, and the exponents.
  const parts = text.split(/(\btheta_\w+|\^\w+)/).map((part, i) => {
    if (i % 2 === 0) return part && placed(spelled(part), 0);
    return part.startsWith("^") ? placed(part.slice(1), -5) : placed("θ", 0) + placed(part.slice("theta_".length), 3);
  });
  return parts.join("");
}

/** A line of text at a place of a picture. */
export const textAt = (x: number, y: number, text: string, look = "", anchor = ""): string =>
  `<text${look && ` class="${look.trim()}"`} x="${px(x)}" y="${px(y)}"${anchor && ` text-anchor="${anchor}"`}>${typeset(text)}</text>`;

/** About how wide a text is in a font of that size. */
export const widthOf = (text: string, size: number): number =>
  size * [...spelled(text)].reduce((sum, one) => sum + (CHARACTERS.get(one) ?? REST), 0);

/** The text in as few lines of at most that width as its words and formulas allow, of about one length. */
export function linesOf(text: string, size: number, width: number): string[] {
  const words = text.split(/ (?<![<>=+-] )(?![<>=%+-]|theta)/);
  const within = (most: number) =>
    grouped(words, (line) => widthOf(line.join(" "), size) <= most).map((line) => line.join(" "));
  let lines = within(width);
  for (let most = width; lines.length > 1 && most > width / 2; most -= 5) {
    const narrower = within(most);
    if (narrower.length > lines.length) break;
    lines = narrower;
  }
  return lines;
}
