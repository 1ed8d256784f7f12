import { distance } from "fastest-levenshtein";

/** ": did you mean x?" for the nearest of the known words, or a list of them where none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const nearest = known.toSorted((a, b) => distance(word, a) - distance(word, b))[0];
  if (nearest !== undefined && distance(word, nearest) <= Math.max(1, word.length / 2.5))
    return `: did you mean ${nearest}?`;
  return `: choose from ${known.join(", ")}`;
}
