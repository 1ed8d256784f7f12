import { distance } from "fastest-levenshtein";
import { listed } from "./shown.ts";

/** Words that are longer get no suggestion. */
const LONGEST = 200;

/** The letters of a word, sorted: words with the same letters in another order count as one edit apart. */
const lettersOf = (word: string) => [...word].sort().join("");

/**
 * ": did you mean x?" for the nearest of the words that may be meant, or a list of the known ones where none is near.
 */
export function suggestion(word: string, known: readonly string[], meant: readonly string[] = known): string {
  let nearest = "";
  let least = Number.POSITIVE_INFINITY;
  const near = Math.max(1, word.length / 2.5);
  for (const one of meant) {
    // The time that it takes grows with the product of the lengths.
    if (word.length > LONGEST || Math.abs(one.length - word.length) > near) continue;
    const [given, other] = [word.toLowerCase(), one.toLowerCase()];
    const edits = given === other ? 0 : lettersOf(given) === lettersOf(other) ? 1 : distance(given, other);
    if (edits < least) [nearest, least] = [one, edits];
  }
  if (least <= near) return `: did you mean ${nearest}?`;
  return `: choose from ${listed(known)}`;
}
