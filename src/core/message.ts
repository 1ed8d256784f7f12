/** An angle in radians inside a message, so that whoever prints it can choose the unit. */
export interface AngleFigure {
  readonly angle: number;
}

/** A sentence that keeps its figures as numbers: the words around them, in reading order. */
export type Message = readonly (string | number | AngleFigure)[];

/** message`${3} of ${4} hold` keeps 3 and 4 as numbers; messages inside a message are joined in. */
export function message(words: TemplateStringsArray, ...figures: (string | number | AngleFigure | Message)[]): Message {
  return words.flatMap((word, i) => [word, figures[i] ?? ""].flat()).filter((part) => part !== "");
}

export const radians = (theta: number): AngleFigure => ({ angle: theta });

/**
 * A message as one text: numbers in full, angles in radians.
 * @example
 * messageText(["theta is ", { angle: 1.5 }]); // "theta is 1.5"
 */
export const messageText = (parts: Message): string =>
  parts.map((part) => (typeof part === "object" ? part.angle : part)).join("");
