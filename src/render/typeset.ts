const LETTERS: Readonly<Record<string, string>> = { theta: "θ", lambda: "λ", psi: "ψ", pi: "π" };
const NAMES = /\b(theta|lambda|psi|pi)(?:_(\w+))?\b/g;

/** Widths of characters of Helvetica in parts of the size of the font; the others have REST. */
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
    .replace(/(^|[ (=])-(?=[\d.])/g, "$1−");

/** The same as the content of an SVG text element, with subscripts. */
export function typeset(text: string): string {
  // What stands between the angles with a subscript, and at odd places the subscripts.
  const parts = text.split(/\btheta_(\w+)/);
  const written = parts.map((part, i) => {
    if (i % 2 === 1) return `θ<tspan class="sub" dy="3">${escapeXml(part)}</tspan>`;
    const plain = escapeXml(spelled(part));
    return i === 0 || plain === "" ? plain : `<tspan dy="-3">${plain}</tspan>`;
  });
  return written.join("");
}

/** About how wide a text is in a font of that size. */
export const widthOf = (text: string, size: number): number =>
  size * [...spelled(text)].reduce((sum, one) => sum + (CHARACTERS.get(one) ?? REST), 0);

/** The text in lines of at most that width, where its words allow. */
export function linesOf(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
