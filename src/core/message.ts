/** An angle inside a message, in radians; who prints the message chooses the unit. */
export interface AngleFigure {
  readonly angle: number;
}

/** A sentence as a list of its parts in reading order: words, numbers and angles. */
export type Message = readonly (string | number | AngleFigure)[];

/**
 * message`${3} of ${4} hold` is ["", 3, " of ", 4, " hold"] without empty parts;
 * the parts of a message inside it become its own.
 */
export function message(words: TemplateStringsArray, ...figures: (string | number | AngleFigure | Message)[]): Message {
  return words.flatMap((word, i) => [word, figures[i] ?? ""].flat()).filter((part) => part !== "");
}

/** The angle theta, in radians, as a part of a message. */
export const radians = (theta: number): AngleFigure => ({ angle: theta });

/**
 * A message as one text: numbers in full, angles in radians.
 * @example
 * messageText(["theta is ", { angle: 1.5 }]); // "theta is 1.5"
 */
export const messageText = (parts: Message): string =>
  parts.map((part) => (typeof part === "object" ? part.angle : part)).join("");

const MOST_PARTS = 8;

/** a, b and c; a long list ends in "n more". */
export function joined(parts: readonly Message[]): Message {
  const shown = parts.slice(0, MOST_PARTS);
  const rest = parts.length - shown.length;
  if (rest > 0) shown.push(message`${rest} more`);
  return shown.flatMap((part, i) => (i === 0 ? part : [i === shown.length - 1 ? " and " : ", ", ...part]));
}
