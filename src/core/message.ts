/** An angle in radians inside a phrase, so that whoever prints it can choose the unit. */
export interface AngleFigure {
  readonly angle: number;
}

/** A sentence that keeps its figures as numbers: the words around them, in reading order. */
export type Phrase = readonly (string | number | AngleFigure)[];

/** phrase`${3} of ${4} hold` keeps 3 and 4 as numbers; phrases inside a phrase are joined in. */
export function phrase(words: TemplateStringsArray, ...figures: (string | number | AngleFigure | Phrase)[]): Phrase {
  return words.flatMap((word, i) => [word, figures[i] ?? ""].flat()).filter((part) => part !== "");
}

export const angle = (theta: number): AngleFigure => ({ angle: theta });
