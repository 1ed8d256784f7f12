import { distance } from "fastest-levenshtein";

/** ": did you mean x?" for the nearest of the words that may be meant, or a list of the known ones where none is near. */
export function suggestion(word: string, known: readonly string[], meant: readonly string[] = known): string {
  let nearest = "";
  let least = Number.POSITIVE_INFINITY;
  for (const one of meant) {
    const edits = distance(word, one);
    if (edits < least) [nearest, least] = [one, edits];
  }
  if (least <= Math.max(1, word.length / 2.5)) return `: did you mean ${nearest}?`;
  return `: choose from ${known.join(", ")}`;
}
